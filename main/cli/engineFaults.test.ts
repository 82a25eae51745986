import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from '../sources/testing/namespace.ts';
import { ADDRESS_GROUP, addAddresses, countAddresses } from './testing/addresses.ts';
import { type BuiltCommand, buildCommand } from './testing/command.ts';
import { faultsOf } from './testing/faultCounts.ts';
import { type ServedHost, startServed } from './testing/servedHost.ts';

const FAULTS = faultsOf('engine');
/** More than are added before any of the ends below. */
const ADDRESSES = 20_000;
const LATEST_MS = 400;
const INJECTOR = new URL('./testing/faultyEngine.mjs', import.meta.url).href;
/** A heap that is soon full. */
const NODE_OPTIONS = `--import ${INJECTOR} --max-old-space-size=128`;

/** Ways to bring the thread down, and what is then said. */
const WAYS: readonly (readonly [way: string, words: string])[] = [
  ['terminate', 'its thread ended with status 1'],
  ['throw', 'brought down'],
  ['reject', 'brought down'],
  ['exit', 'its thread ended with status 3'],
  ['heap', 'it ran out of memory'],
];

const HEAP = WAYS.length - 1;

const skipped = namespacesMissing() !== undefined;
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
let command: BuiltCommand;
beforeAll(async () => {
  if (!skipped) command = await buildCommand();
});
afterAll(() => {
  command?.remove();
  rmSync(root, { recursive: true });
});

function serve(name: string): Promise<ServedHost> {
  const directory = join(root, name);
  mkdirSync(directory);
  return startServed(command, directory, { env: { NODE_OPTIONS } });
}

/** Addresses of netlink sockets in a namespace that are not the kernel's. */
function socketsIn({ name }: TestNamespace): string[] {
  const { stdout } = spawnSync('ip', ['netns', 'exec', name, 'cat', '/proc/net/netlink'], { encoding: 'utf8' });
  const lines = stdout.split('\n').slice(1).filter(Boolean);
  expect(lines.length).toBeGreaterThan(0);
  return lines.map((line) => line.trim().split(/\s+/)[2]).filter((portid) => portid !== '0');
}

/** Files and threads that a process has. */
function holdings({ process: { pid } }: ServedHost): { readonly files: number; readonly threads: number } {
  const threads = /^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { files: readdirSync(`/proc/${pid}/fd`).length, threads: Number(threads?.[1]) };
}

/** Captures in a namespace of its own and brings the engine down at some moment; what the window had been told of. */
async function bringDown(host: ServedHost, way: string, delay: number): Promise<number> {
  const namespace = makeNamespace();
  try {
    const started = await host.call('startCapture', { groups: [ADDRESS_GROUP], netns: namespace.path });
    expect(started.ok).toBe(true);
    expect(socketsIn(namespace)).not.toEqual([]);
    const ip = addAddresses(namespace, ADDRESSES);
    const ended = new Promise((resolve) => ip.once('exit', resolve));
    try {
      await sleep(delay);
      host.process.send(way);
      await host.disconnected();
    } finally {
      ip.kill('SIGKILL');
      await ended;
    }
    // A state of before is of the file that was open.
    const state = host.state();
    const told = state?.capture === 'capturing' ? state.view.total : 0;
    await until(() => socketsIn(namespace).length === 0, 'its sockets are closed');
    return told;
  } finally {
    namespace.remove();
  }
}

describe.skipIf(skipped)("an engine's thread that is brought down", () => {
  it(`takes no socket and no message with it, and the next one goes on, ${FAULTS} times`, {
    timeout: 60_000 + FAULTS * 15_000,
  }, async () => {
    const host = await serve('often');
    try {
      let first: ReturnType<typeof holdings> | undefined;
      for (let fault = 0; fault < FAULTS; fault++) {
        // To fill a heap takes long.
        const [way, words] = WAYS[fault % 10 === 0 ? HEAP : fault % HEAP];
        const delay = Math.random() * LATEST_MS;
        const what = `${way} after ${delay} ms`;
        const told = await bringDown(host, way, delay);
        await host.reconnect();
        await until(() => host.notices.length > 0, 'the window is told');
        expect(host.notices).toEqual([
          {
            severity: 'error',
            text: `The engine stopped and was started again: ${words}.`,
            hint: expect.stringMatching(/open it or discard it/),
          },
        ]);
        expect(host.state()).toMatchObject({ capture: 'idle', view: { total: 0 } });
        const offered = await host.call('abandonedCaptures');
        if (offered.length === 0) expect(told, what).toBe(0);
        for (const { path } of offered) {
          const { count } = countAddresses(path);
          expect(count, what).toBeGreaterThanOrEqual(told);
          const opened = await host.call('openFile', path);
          expect(opened).toMatchObject({ ok: true, value: { messages: count } });
          expect(await host.call('discardAbandoned', path)).toEqual({ ok: true, value: null });
        }
        first ??= holdings(host);
      }
      const last = holdings(host);
      expect(last.threads).toBeLessThanOrEqual((first?.threads ?? 0) + 1);
      expect(last.files).toBeLessThanOrEqual((first?.files ?? 0) + 4);
      const said = host
        .complaints()
        .split('\n')
        .filter((line) => line.startsWith('nlscope: the engine stopped: '));
      expect(said).toHaveLength(FAULTS);
    } finally {
      await host.kill();
    }
  });

  it('has what it captured offered until it is saved, by this host and, when that has ended, by the next', {
    timeout: 90_000,
  }, async () => {
    const host = await serve('offered');
    let told = 0;
    for (const way of ['terminate', 'throw']) {
      told += await bringDown(host, way, LATEST_MS);
      await host.reconnect();
    }
    const offered = await host.call('abandonedCaptures');
    expect(offered).toHaveLength(2);
    const counts = offered.map(({ path }) => countAddresses(path).count);
    expect(counts[0] + counts[1]).toBeGreaterThanOrEqual(told);
    expect(await host.call('discardAbandoned', offered[0].path)).toMatchObject({ ok: true });
    expect(await host.end()).toBe(0);
    const directory = join(root, 'offered');
    const listed = spawnSync(process.execPath, [command.entry, 'recover', '--json'], {
      env: { ...command.env, TMPDIR: directory },
      encoding: 'utf8',
    });
    expect(
      listed.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toMatchObject([offered[1]]);
  });
});
