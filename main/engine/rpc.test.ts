import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { Frame, HostApi } from '../../app/contracts/index.ts';
import { METHOD_ARGUMENTS } from './methods.ts';
import { serveHostApi } from './rpc.ts';

/** A HostApi that records its calls: `info` never answers, `clear` fails, the others return their arguments. */
function recordingApi(calls: unknown[]): HostApi {
  const answer =
    (method: string) =>
    (...args: unknown[]) => {
      calls.push([method, ...args]);
      if (method === 'info') return new Promise(() => {});
      if (method === 'clear') return Promise.reject(new Error('no'));
      return Promise.resolve(args);
    };
  return Object.fromEntries(
    Object.keys(METHOD_ARGUMENTS).map((method) => [method, answer(method)]),
  ) as unknown as HostApi;
}

function connect() {
  const calls: unknown[] = [];
  const { port1, port2 } = new MessageChannel();
  const push = serveHostApi(port1, recordingApi(calls));
  const frames: Frame[] = [];
  const waiting: (() => void)[] = [];
  port2.on('message', (frame: Frame) => {
    frames.push(frame);
    for (const wake of waiting.splice(0)) wake();
  });
  const arrived = async (count: number) => {
    while (frames.length < count) await new Promise<void>((wake) => waiting.push(wake));
  };
  return {
    calls,
    frames,
    push,
    send: (frame: unknown) => port2.postMessage(frame),
    arrived,
    close: () => port2.close(),
  };
}

it('answers calls by their id, and one that never ends does not hold up the next', async () => {
  const window = connect();
  window.send({ kind: 'call', id: 1, method: 'info', args: [] });
  window.send({ kind: 'call', id: 2, method: 'rows', args: [0, 256] });
  window.send({ kind: 'call', id: 3, method: 'clear', args: [] });
  window.push('inventory', null);
  await window.arrived(3);
  expect(window.frames).toContainEqual({ kind: 'return', id: 2, value: [0, 256, undefined, undefined] });
  expect(window.frames).toContainEqual({ kind: 'throw', id: 3, message: 'no' });
  expect(window.frames).toContainEqual({ kind: 'event', name: 'inventory', data: null });
  window.close();
});

it('lets nothing through that is not a call with the right arguments', async () => {
  const window = connect();
  const wrong = [
    { kind: 'call', id: 1, method: 'constructor', args: [] },
    { kind: 'call', id: 2, method: 'rows', args: [-1, 10] },
    { kind: 'call', id: 3, method: 'rows', args: [0, 1e9] },
    { kind: 'call', id: 4, method: 'setFilter', args: [{ toString: 'x' }] },
    { kind: 'call', id: 5, method: 'startCapture', args: [{ groups: [{ protocol: 0, group: '1' }] }] },
    { kind: 'call', id: 6, method: 'saveFile', args: ['/x', { kind: 'everything' }] },
    { kind: 'return', id: 7, value: 1 },
  ];
  for (const frame of wrong) window.send(frame);
  window.send(null);
  window.send('text');
  await window.arrived(wrong.length);
  expect(window.calls).toEqual([]);
  expect(window.frames.map((frame) => frame.kind)).toEqual(wrong.map(() => 'throw'));
  expect(window.frames[2]).toMatchObject({ message: expect.stringMatching(/^rows: argument 1: /) });
  window.close();
});

it('takes messages nested deeper than any kernel would', async () => {
  const window = connect();
  let value: unknown = { name: 'X' };
  for (let depth = 0; depth < 400; depth++) value = { name: 'X', attributes: [value] };
  const message = { protocol: 'NETLINK_ROUTE', flags: [], seq: 0, portid: 0, attributes: [value] };
  window.send({ kind: 'call', id: 1, method: 'encode', args: [message] });
  window.send({ kind: 'call', id: 2, method: 'recentFiles', args: [] });
  await window.arrived(2);
  expect(window.frames).toContainEqual({ kind: 'return', id: 2, value: [] });
  window.close();
});
