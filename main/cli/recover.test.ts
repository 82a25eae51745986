import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AbandonedCapture, Row } from '../../app/contracts/index.ts';
import { makeNamespace, namespacesMissing, until } from '../sources/testing/namespace.ts';
import { ADDRESS_GROUP, addAddresses, capinfosCount, countAddresses } from './testing/addresses.ts';
import { type BuiltCommand, buildCommand, capturePath } from './testing/command.ts';
import { faultsOf } from './testing/faultCounts.ts';
import { type ServedHost, startServed } from './testing/servedHost.ts';

/** How often a host is killed. */
const KILLS = faultsOf('host');
/** More than are added before any of the ends below. */
const ADDRESSES = 100_000;
const LATEST_KILL_MS = 800;
const skipped = namespacesMissing() !== undefined;

let command: BuiltCommand;
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
beforeAll(async () => {
  if (!skipped) command = await buildCommand();
});
afterAll(() => {
  command?.remove();
  rmSync(root, { recursive: true });
});

/** Runs `nlscope` where spools are looked for in a folder. */
function run(directory: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...command.env, TMPDIR: directory };
  return spawnSync(process.execPath, [command.entry, ...args], { env, encoding: 'utf8' });
}

function listed(directory: string): AbandonedCapture[] {
  const { stdout } = run(directory, 'recover', '--json');
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Captures while ip(8) adds addresses, until `end` is through. */
async function capturing(host: ServedHost, end: () => Promise<void>): Promise<void> {
  const namespace = makeNamespace();
  try {
    const started = await host.call('startCapture', { groups: [ADDRESS_GROUP], netns: namespace.path });
    expect(started.ok).toBe(true);
    const ip = addAddresses(namespace, ADDRESSES);
    const ended = new Promise((resolve) => ip.once('exit', resolve));
    try {
      await end();
    } finally {
      ip.kill('SIGKILL');
      await ended;
    }
  } finally {
    namespace.remove();
  }
}

describe.skipIf(skipped)('a host that is killed', () => {
  it(`leaves everything it told of, ${KILLS} times`, { timeout: 60_000 + KILLS * 30_000 }, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const directory = join(root, `kill-${kill}`);
      mkdirSync(directory);
      const host = await startServed(command, directory);
      const delay = Math.random() * LATEST_KILL_MS;
      await capturing(host, async () => {
        await sleep(delay);
        await host.kill();
      });
      const told = host.state()?.view.total ?? 0;
      const captures = listed(directory);
      const [capture] = captures;
      if (capture === undefined) {
        expect(told, `killed after ${delay} ms`).toBe(0);
        // Nothing to keep: nothing is kept.
        expect(readdirSync(directory)).toEqual([]);
        continue;
      }
      expect(captures).toHaveLength(1);
      const spool = countAddresses(capture.path);
      expect(spool.count, `killed after ${delay} ms`).toBeGreaterThanOrEqual(told);
      const saved = join(directory, 'saved.pcapng');
      expect(run(directory, 'recover', '-w', saved)).toMatchObject({ status: 0 });
      expect(countAddresses(saved)).toEqual({ ...spool, broken: '' });
      expect([null, spool.count]).toContain(capinfosCount(saved));
      // It is kept until it is discarded.
      expect(listed(directory)).toEqual(captures);
      expect(run(directory, 'recover', '--discard')).toMatchObject({ status: 0 });
      expect(listed(directory)).toEqual([]);
      expect(readdirSync(directory)).toEqual(['saved.pcapng']);
    }
  });

  it('has its capture offered by the next one, until that is discarded', { timeout: 90_000 }, async () => {
    const directory = join(root, 'offered');
    mkdirSync(directory);
    const first = await startServed(command, directory);
    await capturing(first, async () => {
      await until(() => (first.state()?.view.total ?? 0) > 50, 'messages are told');
      // Not while it lives.
      expect(listed(directory)).toEqual([]);
      await first.kill();
    });
    const next = await startServed(command, directory);
    try {
      const [capture, ...others] = await next.call('abandonedCaptures');
      expect(others).toEqual([]);
      const { count } = countAddresses(capture.path);
      const opened = await next.call('openFile', capture.path);
      expect(opened.ok && opened.value.messages).toBe(count);
      await until(() => next.state()?.unsaved === true, 'it is told to be unsaved');
      const stranger = join(directory, 'stranger.pcapng');
      writeFileSync(stranger, '');
      expect(await next.call('discardAbandoned', stranger)).toMatchObject({ ok: false });
      expect(await next.call('discardAbandoned', capture.path)).toEqual({ ok: true, value: null });
      expect(await next.call('abandonedCaptures')).toEqual([]);
    } finally {
      await next.kill();
    }
  });
});

describe.skipIf(skipped)('what the user said of messages', () => {
  /** Comments by their messages, and which messages are marked and which times are measured from. */
  const said = async (host: ServedHost) => {
    const { items } = await host.call('comments', 0, 100);
    const { rows } = await host.call('rows', 0, 40);
    const numbers = (wanted: (row: Row) => boolean) => rows.filter(wanted).map(({ number }) => number);
    return {
      comments: items.map(({ number, text }) => [number, text]),
      marks: numbers(({ marked }) => marked),
      references: numbers(({ reference }) => reference),
    };
  };

  it('survives kills, of the capture and of what recovers it, and is saved with it', { timeout: 300_000 }, async () => {
    const directory = join(root, 'notes');
    mkdirSync(directory);
    const first = await startServed(command, directory);
    await capturing(first, async () => {
      await until(() => (first.state()?.view.total ?? 0) > 50, 'messages are told');
      await first.call('mark', [3, 5, 7], true);
      await first.call('mark', [5], false);
      await first.call('setComment', 4, 'look\nhere');
      await first.call('setComment', 6, 'not here');
      await first.call('setComment', 6, '');
      await first.call('setReference', 9, true);
      await first.kill();
    });
    const [capture] = listed(directory);
    const expected = { comments: [[4, 'look\nhere']], marks: [3, 7], references: [9] };

    const second = await startServed(command, directory);
    expect(await second.call('openFile', capture.path)).toMatchObject({ ok: true });
    await second.call('setGrouping', false);
    expect(await said(second)).toEqual(expected);
    await until(() => second.state()?.comments.messages === 1, 'comments are told');
    // What is said now is about the same capture, which is still not saved.
    await second.call('setComment', 12, 'second');
    await second.call('mark', [3], false);
    await second.kill();

    const saved = join(directory, 'saved.pcapng');
    expect(run(directory, 'recover', '-w', saved)).toMatchObject({ status: 0 });
    const commented = run(directory, 'read', saved, '--json', '-Y', 'comment').stdout.split('\n').filter(Boolean);
    expect(commented.map((line) => JSON.parse(line).comment)).toEqual(['look\nhere', 'second']);

    const third = await startServed(command, directory);
    try {
      const all = { comments: [...expected.comments, [12, 'second']], marks: [7], references: [9] };
      for (const path of [saved, capture.path]) {
        await third.call('openFile', path);
        await third.call('setGrouping', false);
        expect(await said(third), path).toEqual(all);
      }
      // Once it is saved, nothing is left of it, and what is said then is of the file.
      const { origin, cookie } = third;
      const reserved = await fetch(`${origin}/reserve?name=own.pcapng`, {
        method: 'POST',
        headers: { cookie, origin },
      });
      const { path } = (await reserved.json()) as { path: string };
      expect(await third.call('saveFile', path, { kind: 'all' })).toMatchObject({ ok: true });
      expect(await third.call('abandonedCaptures')).toEqual([]);
      await until(() => third.state()?.unsaved === false, 'it is saved');
      await third.call('mark', [8], true);
      await until(() => third.state()?.unsavedParts.join() === 'marks', 'a mark is not saved');
      expect(third.notices.filter(({ severity }) => severity !== 'note')).toEqual([]);
    } finally {
      await third.end();
    }
    expect(readdirSync(directory)).toEqual(['saved.pcapng']);
  });

  it('of a file survives kills, is told at the next opening, and is no more once it is saved', {
    timeout: 120_000,
  }, async () => {
    const directory = join(root, 'fileNotes');
    mkdirSync(directory);
    const capture = join(directory, 'rules.pcap');
    copyFileSync(capturePath('rule-a.pcap'), capture);
    const open = async (path = capture): Promise<ServedHost> => {
      const host = await startServed(command, directory);
      expect(await host.call('openFile', path)).toMatchObject({ ok: true });
      await host.call('setGrouping', false);
      return host;
    };
    const told = ({ notices }: ServedHost) =>
      notices.map(({ text }) => text).filter((text) => text.includes('is here again'));

    const first = await open();
    await first.call('mark', [3, 5], true);
    await first.call('mark', [5], false);
    await first.call('setComment', 4, 'look\nhere');
    await first.call('setReference', 9, true);
    expect(told(first)).toEqual([]);
    // Not while it lives.
    const beside = await open();
    expect(await said(beside)).toEqual({ comments: [], marks: [], references: [] });
    await beside.end();
    await first.kill();
    // No capture was left, and yet the notes are not cleared away.
    expect(listed(directory)).toEqual([]);

    const second = await open();
    const expected = { comments: [[4, 'look\nhere']], marks: [3], references: [9] };
    expect(await said(second)).toEqual(expected);
    await until(() => told(second).length > 0, 'it is told');
    expect(told(second)[0]).toContain('3 messages of rules.pcap');
    await until(() => second.state()?.unsavedParts.join() === 'comments,marks,references', 'they are not saved');
    await second.call('setComment', 6, 'second');
    await second.kill();

    const third = await open();
    const all = { ...expected, comments: [...expected.comments, [6, 'second']] };
    expect(await said(third)).toEqual(all);
    const { origin, cookie } = third;
    const reserved = await fetch(`${origin}/reserve?name=own.pcapng`, { method: 'POST', headers: { cookie, origin } });
    const { path } = (await reserved.json()) as { path: string };
    expect(await third.call('saveFile', path, { kind: 'all' })).toMatchObject({ ok: true });
    const saved = join(directory, 'saved.pcapng');
    copyFileSync(path, saved);
    // That file is the browser's to have, and goes with the host's folder: notes about it keep nothing.
    await third.call('setComment', 2, 'of what goes');
    await third.kill();
    expect(listed(directory)).toEqual([]);
    expect(readdirSync(directory).filter((name) => name.startsWith('nlscope-host-'))).toEqual([]);

    // What the saved file holds is told no more, and of the first file nothing is left.
    const fourth = await open();
    expect(await said(fourth)).toEqual({ comments: [], marks: [], references: [] });
    expect(await fourth.call('openFile', saved)).toMatchObject({ ok: true });
    await fourth.call('setGrouping', false);
    expect(await said(fourth)).toEqual(all);
    await fourth.call('setComment', 1, 'given up');
    // Another file takes its place: what was not saved is gone, as the window asked.
    expect(await fourth.call('openFile', capture)).toMatchObject({ ok: true });
    await fourth.kill();
    const fifth = await open(saved);
    expect(await said(fifth)).toEqual(all);
    expect(told(fifth)).toEqual([]);
    await fifth.end();
  });
});

describe.skipIf(skipped)('capture --stop-after', () => {
  it('stops by itself, and its file holds what it counts', { timeout: 90_000 }, async () => {
    const namespace = makeNamespace();
    const file = join(root, 'stopped.pcapng');
    const args = ['capture', '--group', 'ROUTE/5', '--netns', namespace.path, '-w', file, '--stop-after', '300'];
    const capture = command.start(args);
    let stderr = '';
    capture.stderr?.on('data', (data) => {
      stderr += data;
    });
    capture.stdout?.resume();
    const status = new Promise((resolve) => capture.once('close', resolve));
    try {
      await until(() => stderr.includes('Capturing 1 group.'), 'it captures');
      const ip = addAddresses(namespace, ADDRESSES);
      expect(await status).toBe(0);
      ip.kill('SIGKILL');
      const { count } = countAddresses(file);
      expect(count).toBeGreaterThanOrEqual(300);
      expect(count).toBeLessThan(ADDRESSES);
      expect(stderr).toContain(`${count} messages captured`);
    } finally {
      capture.kill('SIGKILL');
      namespace.remove();
    }
  });
});

describe.skipIf(skipped)('a full disk', () => {
  const DISK = 300 * 1024;
  const onSmallDisk = (directory: string, script: string) => [
    'unshare',
    '--mount',
    // Namespaces that are made later are seen inside.
    '--propagation=slave',
    'sh',
    '-c',
    `mount -t tmpfs -o size=${DISK} none "$0" && ${script}`,
    directory,
  ];

  it('ends `capture -w` with what was written readable', { timeout: 90_000 }, async () => {
    const disk = mkdtempSync(join(root, 'disk-'));
    const namespace = makeNamespace();
    try {
      const copy = join(root, 'full.pcapng');
      const nlscope = `"$1" "$2" capture -w "$0/full.pcapng" --netns "$3" --group ROUTE/5 >/dev/null`;
      const [program, ...args] = onSmallDisk(disk, `${nlscope}; status=$?; cp "$0/full.pcapng" "$4"; exit $status`);
      const capture = spawn(program, [...args, process.execPath, command.entry, namespace.path, copy], {
        env: command.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      capture.stderr.on('data', (data) => {
        stderr += data;
      });
      const status = new Promise((resolve) => capture.once('exit', resolve));
      await until(() => stderr.includes('Capturing 1 group.'), 'it captures');
      const ip = addAddresses(namespace, ADDRESSES);
      expect(await status).toBe(2);
      ip.kill('SIGKILL');
      expect(stderr).toMatch(/cannot write .*full.pcapng: no space left on device; capturing stopped/);
      expect(stderr).not.toContain('    at ');
      const { count, broken } = countAddresses(copy);
      expect(broken).toBe('');
      expect([null, count]).toContain(capinfosCount(copy));
      expect(statSync(copy).size).toBeGreaterThan(DISK / 2);
    } finally {
      namespace.remove();
    }
  });

  it('ends a capture of the window with every message of the list kept', { timeout: 90_000 }, async () => {
    const disk = mkdtempSync(join(root, 'disk-'));
    const host = await startServed(command, disk, { wrapper: onSmallDisk(disk, 'exec "$@"') });
    try {
      await capturing(host, () => until(() => host.notices.length > 0, 'it is told'));
      expect(host.notices).toHaveLength(1);
      expect(host.notices[0]).toMatchObject({
        severity: 'error',
        text: 'Capturing stopped: the spool cannot be written: no space left on device.',
      });
      await until(() => host.state()?.capture === 'stopped', 'capturing has stopped');
      const { view, drops } = host.state() ?? expect.unreachable();
      const page = await host.call('rows', Math.max(0, view.rows - 100), 100);
      expect(page.rows).toHaveLength(100);
      for (const row of page.rows) expect(row.kind === 'gap' ? 'gap' : row.type).toMatch(/^(RTM_NEWADDR|gap)$/);
      const copy = join(root, 'spool.pcapng');
      const seen = `/proc/${host.process.pid}/root${disk}`;
      const spool =
        readdirSync(seen, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.pcapng')) ?? '';
      copyFileSync(join(seen, spool), copy);
      const { count, broken } = countAddresses(copy);
      expect(broken).toBe('');
      expect(count).toBeGreaterThan(0);
      // What is not in the file is in memory, what was in neither is counted.
      expect(view.total - (drops.store > 0 ? 1 : 0)).toBeGreaterThanOrEqual(count);
    } finally {
      await host.kill();
    }
  });
});
