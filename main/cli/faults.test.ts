import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from '../sources/testing/namespace.ts';
import { ADDRESS_GROUP, addAddresses, capinfosCount, countAddresses } from './testing/addresses.ts';
import { type BuiltCommand, buildCommand, capturePath, startCommand } from './testing/command.ts';
import { faultsOf } from './testing/faultCounts.ts';
import { startServed } from './testing/servedHost.ts';

/** How often a capture is killed. */
const FAULTS = faultsOf('capture');
/** More than are added before any end below. */
const ADDRESSES = 100_000;
const HELPERS = faultsOf('helper');
const NETLINK_NETFILTER = 12;
const NOBODY = 65534;
const AS_NOBODY = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups'];
const LATEST_KILL_MS = 500;
const NATIVE = fileURLToPath(new URL('../../native/build/Release/', import.meta.url));
const CAPABILITIES = 'cap_net_admin,cap_net_raw,cap_sys_admin,cap_audit_read,cap_net_broadcast+ep';

const skipped = namespacesMissing() !== undefined;
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
let command: BuiltCommand;
let namespace: TestNamespace;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => {
  command?.remove();
  rmSync(root, { recursive: true });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** Addresses from 10.0.0.0 on that lines of output tell of. */
function printed(out: string): number {
  return out.split('\n').filter((line) => /RTM_NEWADDR .*10\.\d/.test(line)).length;
}

describe.skipIf(skipped)('`capture -w -b` that is killed', () => {
  it(`leaves files that hold everything it printed, ${FAULTS} times`, {
    timeout: 60_000 + FAULTS * 30_000,
  }, async () => {
    for (let round = 0; round < FAULTS; round++) {
      namespace = makeNamespace();
      const folder = mkdtempSync(join(root, 'killed-'));
      try {
        const limits = ['-b', 'messages:200', '-w', join(folder, 'f.pcapng')];
        const args = ['capture', '--group', 'ROUTE/5', '--netns', namespace.name, ...limits];
        const running = await startCommand(command, args, /Capturing/);
        const ip = addAddresses(namespace, ADDRESSES);
        const delay = Math.random() * LATEST_KILL_MS;
        await sleep(delay);
        running.process.kill('SIGKILL');
        const { out } = await running.ended;
        ip.kill('SIGKILL');
        const files = filesIn(folder);
        // All but the last are complete; the files follow on each other without a hole.
        let count = 0;
        for (const [i, file] of files.entries()) {
          // Killed between open(2) and write(2).
          if (statSync(file).size === 0) continue;
          const held = countAddresses(file, count);
          if (i < files.length - 1) expect(held).toEqual({ count: 200, broken: '', lost: 0 });
          expect([null, held.count]).toContain(held.broken === '' ? capinfosCount(file) : null);
          count += held.count;
        }
        expect(count, `killed after ${delay} ms`).toBeGreaterThanOrEqual(printed(out));
      } finally {
        namespace.remove();
      }
    }
  });
});

/** Why an ordinary user with a helper cannot be played here; undefined when it can. */
function helperMissing(): string | undefined {
  if (skipped || process.getuid?.() !== 0) return 'skipped: killing the helper of an ordinary user needs root';
  const helper = join(root, 'nlscope-helper');
  copyFileSync(join(NATIVE, 'nlscope-helper'), helper);
  chmodSync(root, 0o755);
  chmodSync(helper, 0o755);
  return spawnSync('setcap', [CAPABILITIES, helper]).status === 0 ? undefined : 'skipped: setcap does not work here';
}
const noHelper = helperMissing();
if (noHelper !== undefined) console.warn(noHelper);

/** Children that live. */
function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=', '--ppid', String(pid)], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.includes('Z'));
  return lines.map((line) => Number.parseInt(line, 10));
}

describe.skipIf(noHelper !== undefined)('the helper that is killed', () => {
  it('takes nothing with it: what it opened goes on', { timeout: 60_000 }, async () => {
    namespace = makeNamespace();
    chmodSync(dirname(command.entry), 0o755);
    const env = { ...command.env, HOME: '/nonexistent', NLSCOPE_HELPER: join(root, 'nlscope-helper') };
    const args = ['capture', '--group', 'ROUTE/5', '--netns', namespace.path, '-a', 'messages:2'];
    const child = spawn('setpriv', [...AS_NOBODY, process.execPath, command.entry, ...args], { env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        text += data;
      });
    }
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      await until(() => text.includes('Capturing 1 group.'), `it captures: ${text}`);
      namespace.ip('addr', 'add', '10.3.0.1/32', 'dev', 'lo');
      await until(() => text.includes('10.3.0.1'), 'it hears');
      const helpers = childrenOf(child.pid ?? 0);
      expect(helpers).toHaveLength(1);
      process.kill(helpers[0], 'SIGKILL');
      namespace.ip('addr', 'add', '10.3.0.2/32', 'dev', 'lo');
      expect(await ended).toBe(0);
      expect(text).toMatch(/10\.3\.0\.2/);
      expect(text).toContain('2 messages captured, 0 lost');
    } finally {
      child.kill('SIGKILL');
      namespace.remove();
    }
  });

  it(`is started anew when it is needed again, ${HELPERS} times`, { timeout: 60_000 + HELPERS * 10_000 }, async () => {
    const directory = mkdtempSync(join(root, 'served-'));
    chownSync(directory, NOBODY, NOBODY);
    chmodSync(dirname(command.entry), 0o755);
    namespace = makeNamespace();
    const env = { HOME: '/nonexistent', XDG_STATE_HOME: directory, NLSCOPE_HELPER: join(root, 'nlscope-helper') };
    const host = await startServed(command, directory, { wrapper: ['setpriv', ...AS_NOBODY], env });
    let ip: ChildProcess | undefined;
    try {
      // Joining these needs CAP_NET_ADMIN.
      const guarded = [7, 8].map((group) => ({ protocol: NETLINK_NETFILTER, group }));
      const started = await host.call('startCapture', { groups: [ADDRESS_GROUP, guarded[0]], netns: namespace.path });
      expect(started).toMatchObject({ ok: true, value: { refused: [] } });
      ip = addAddresses(namespace, ADDRESSES);
      const killed = new Set<number>();
      for (let round = 0; round < HELPERS; round++) {
        // One that was killed may take a moment to go.
        const helpers = childrenOf(host.process.pid ?? 0).filter((pid) => !killed.has(pid));
        // The thread that looks for processes has one of its own.
        expect([1, 2]).toContain(helpers.length);
        await sleep(Math.random() * LATEST_KILL_MS);
        for (const helper of helpers) {
          process.kill(helper, 'SIGKILL');
          killed.add(helper);
        }
        const [left, joined] = round % 2 === 0 ? guarded : guarded.toReversed();
        const changed = await host.call('subscribe', { add: [joined], remove: [left] });
        expect(changed).toEqual({ ok: true, value: { joined: [joined], refused: [] } });
      }
      await host.call('stopCapture');
      const state = host.state() ?? expect.unreachable();
      expect(state.drops).toEqual({ kernel: 0, queue: 0, store: 0 });
      expect(host.notices).toEqual([]);
      const [spool] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.pcapng'),
      );
      expect(countAddresses(join(directory, spool))).toMatchObject({ lost: 0, broken: '' });
      expect(countAddresses(join(directory, spool)).count).toBeGreaterThanOrEqual(state.view.total);
    } finally {
      ip?.kill('SIGKILL');
      await host.kill();
      namespace.remove();
    }
  });

  it('goes with the one it serves when that is killed', { timeout: 60_000 }, async () => {
    chmodSync(dirname(command.entry), 0o755);
    const env = { ...command.env, HOME: '/nonexistent', NLSCOPE_HELPER: join(root, 'nlscope-helper') };
    const args = ['capture', '--group', 'NETFILTER/nftables'];
    const child = spawn('setpriv', [...AS_NOBODY, process.execPath, command.entry, ...args], { env });
    let err = '';
    child.stderr.on('data', (data) => {
      err += data;
    });
    await until(() => err.includes('Capturing 1 group.'), 'it captures');
    const [helper] = childrenOf(child.pid ?? 0);
    expect(helper).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await until(() => spawnSync('ps', ['-p', String(helper)]).status !== 0, 'it is gone');
  });
});

describe('a file that is damaged', () => {
  const content = readFileSync(capturePath('route-a.pcap'));

  it('is read up to there by the command, which says where and ends with status 2', () => {
    const path = join(root, 'cut');
    writeFileSync(path, content.subarray(0, content.length - 7));
    const { status, stdout, stderr } = command.run(['read', path]);
    expect(stderr).toMatch(/a record of \d+ bytes, but only \d+ bytes are left in the file \(frame \d+, byte \d+\)/);
    expect(status).toBe(2);
    const whole = command.run(['read', capturePath('route-a.pcap')]).stdout;
    expect(stdout.length).toBeGreaterThan(1000);
    expect(whole.startsWith(stdout.trimEnd())).toBe(true);
  });
});

describe.skipIf(skipped)('a socket that overflows', () => {
  it('has its losses told and counted, in the output and in the file', { timeout: 60_000 }, async () => {
    namespace = makeNamespace();
    const file = join(root, 'overflow.pcapng');
    try {
      const args = ['capture', '--group', 'ROUTE/5', '--netns', namespace.name, '-w', file, '--receive-buffer', '4096'];
      const running = await startCommand(command, args, /Capturing/);
      running.process.kill('SIGSTOP');
      const ip = addAddresses(namespace, 3000);
      await new Promise((resolve) => ip.once('exit', resolve));
      running.process.kill('SIGCONT');
      await running.complains(/messages were lost in .* \(kernel\)/);
      const { err } = await running.stop();
      const [, messages, lost] = /(\d+) messages captured, (\d+) lost/.exec(err) ?? [];
      expect(Number(messages) + Number(lost)).toBe(3000);
      const opened = spawnSync('capinfos', ['-M', '-T', '-r', '-c', file], { encoding: 'utf8' });
      expect(opened.error !== undefined || opened.status === 0).toBe(true);
      const { stderr } = command.run(['read', file]);
      expect(stderr).toContain(`${lost} messages were lost at`);
    } finally {
      namespace.remove();
    }
  });
});

describe('permission', () => {
  it.skipIf(process.getuid?.() !== 0)('that is refused is told with what is missing, before anything is begun', () => {
    chmodSync(dirname(command.entry), 0o755);
    const env = { ...command.env, HOME: '/nonexistent', NLSCOPE_HELPER: '/nowhere' };
    const run = (...args: string[]) =>
      spawnSync('setpriv', [...AS_NOBODY, process.execPath, command.entry, 'capture', ...args], {
        env,
        encoding: 'utf8',
      });
    expect(run('--group', 'ROUTE/link', '-w', '/root/no.pcapng')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^nlscope: cannot write \/root\/no\.pcapng: permission denied\n$/),
    });
    expect(run('--group', 'ROUTE/link', '--netns', String(process.pid))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/Entering the network namespace \/proc\/\d+\/ns\/net .* needs CAP_SYS_PTRACE/),
    });
    expect(run('--group', 'ROUTE/link', '-b', 'filesize:10', '-w', '/nowhere/f.pcapng')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^nlscope: cannot write \/nowhere\/f_00001_\d+\.pcapng: no such file or directory\n$/,
      ),
    });
  });
});
