// Loaded by `node --import` before nlscope: brings the engine's thread down when the process is told how by its channel.
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

const WAYS = {
  throw() {
    setImmediate(() => {
      throw new Error('brought down');
    });
  },
  reject() {
    void Promise.reject(new Error('brought down'));
  },
  exit() {
    process.exit(3);
  },
  heap() {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  },
};

const channel = new BroadcastChannel('nlscope-faults');
channel.unref();

if (isMainThread) {
  let engine = null;
  process.on('worker', (worker) => {
    engine = worker;
  });
  process.on('message', (way) => {
    // At any instruction; the others come between two turns.
    if (way === 'terminate') void engine?.terminate();
    else channel.postMessage(way);
  });
  process.channel?.unref();
  // A host whose test has gone has nothing more to do.
  process.on('disconnect', () => process.exit(1));
} else if (workerData?.edition === 'served') {
  channel.onmessage = ({ data }) => WAYS[data]?.();
}
