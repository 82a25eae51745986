import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { addonCandidates, loadAddon } from './index.ts';

describe('addonCandidates', () => {
  test('finds the build from the sources and from a bundle at any depth, and looks nowhere else', () => {
    const modules = ['native/index.ts', 'dist/main/engine.js', 'dist/main/electron/main.js', 'dist/nlscope.js'];
    for (const module of modules) {
      expect(addonCandidates(`file:///home/dist/nlscope/${module}`, '')).toEqual([
        `/home/dist/nlscope/native/prebuilds/linux-${process.arch}/nlscope.node`,
        '/home/dist/nlscope/native/build/Release/nlscope.node',
      ]);
    }
  });

  test('looks beside an archive, where the packager unpacks what the system has to load', () => {
    expect(addonCandidates('file:///opt/nlscope/resources/app.asar/dist/main/engine.js', '')).toContain(
      '/opt/nlscope/resources/app.asar.unpacked/native/build/Release/nlscope.node',
    );
  });

  test('NLSCOPE_ADDON decides alone', () => {
    expect(addonCandidates('file:///opt/nlscope/native/index.ts', '/tmp/other.node')).toEqual(['/tmp/other.node']);
  });
});

const addonPath = addonCandidates(new URL('./index.ts', import.meta.url).href).find((path) => existsSync(path));

describe.skipIf(addonPath === undefined)('useHugePages', () => {
  test('leaves what is in the memory as it is, whether the system has such pages or not', () => {
    for (const length of [0, 1, 5000, (2 << 20) - 4096, 5 << 20]) {
      const memory = new ArrayBuffer(length);
      const bytes = new Uint8Array(memory);
      for (let at = 0; at < length; at += 997) bytes[at] = at % 251;
      expect(loadAddon().useHugePages(bytes)).toBeTypeOf('number');
      for (let at = 0; at < length; at++) {
        const held = at % 997 === 0 ? at % 251 : 0;
        if (bytes[at] !== held) expect.fail(`byte ${at} of ${length} is ${bytes[at]}`);
      }
    }
    expect(() => loadAddon().useHugePages(5 as unknown as Uint8Array)).toThrow('a Uint8Array is needed');
  });
});

const NETLINK_USERSOCK = 2;

/** A worker that keeps two receiving sockets busy by a flood to itself, and opens and closes a third all the time. */
const BUSY_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { NetlinkSocket } = require(workerData.addon);
  const bytes = new Uint8Array(200);
  const open = (options) => {
    const socket = new NetlinkSocket(options, () => setImmediate(pump));
    const pump = () => { if (socket.take() !== undefined) setImmediate(pump); };
    return socket;
  };
  const usersock = open({ protocol: ${NETLINK_USERSOCK}, receiveBuffer: 1 << 20 });
  const route = open({ protocol: 0 });
  for (let group = 1; group <= 32; group++) route.join(group);
  const flood = () => {
    for (let i = 0; i < 200; i++) usersock.send(bytes, usersock.portid, 0);
    open({ protocol: ${NETLINK_USERSOCK} }).close();
    try { open({ protocol: 99 }); } catch {}
    for (let i = 0; i < 20; i++) usersock.counters();
    setImmediate(flood);
  };
  flood();
  parentPort.postMessage('ready');
`;

const openDescriptors = () => readdirSync('/proc/self/fd').length;
const receiveThreads = () => readdirSync('/proc/self/task').length;

async function terminateAfter(milliseconds: number): Promise<void> {
  const worker = new Worker(BUSY_WORKER, { eval: true, workerData: { addon: addonPath } });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await worker.terminate();
}

describe('the addon in a worker', () => {
  test('100 terminations at random moments: no crash, no descriptor and no thread is left', async () => {
    expect(addonPath).toBeDefined();
    await terminateAfter(5);
    const descriptors = openDescriptors();
    const threads = receiveThreads();
    for (let round = 0; round < 100; round++) await terminateAfter((round * 7) % 13);
    expect(openDescriptors()).toBe(descriptors);
    expect(receiveThreads()).toBe(threads);
  });

  test('a worker that is terminated while it starts leaves nothing', async () => {
    const descriptors = openDescriptors();
    const workers = Array.from(
      { length: 30 },
      () => new Worker(BUSY_WORKER, { eval: true, workerData: { addon: addonPath } }),
    );
    for (const worker of workers) await worker.terminate();
    expect(openDescriptors()).toBe(descriptors);
  });
});

test('1000 sockets opened and closed in a row leave no descriptor and no thread', () => {
  const { NetlinkSocket } = loadAddon();
  new NetlinkSocket({ protocol: NETLINK_USERSOCK }, () => undefined).close();
  const descriptors = openDescriptors();
  const threads = receiveThreads();
  for (let round = 0; round < 1000; round++) {
    const socket = new NetlinkSocket({ protocol: NETLINK_USERSOCK }, () => undefined);
    socket.close();
    socket.close();
  }
  expect(openDescriptors()).toBe(descriptors);
  expect(receiveThreads()).toBe(threads);
});

test('failed openings leave no descriptor', () => {
  const { NetlinkSocket } = loadAddon();
  const descriptors = openDescriptors();
  for (let round = 0; round < 50; round++) {
    expect(() => new NetlinkSocket({ protocol: 0, netns: '/dev/null' }, () => undefined)).toThrow('setns');
    expect(() => new NetlinkSocket({ protocol: 99 })).toThrow('socket');
  }
  expect(openDescriptors()).toBe(descriptors);
});
