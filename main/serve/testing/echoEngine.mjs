// A stand-in for the engine's thread: answers every call with its own name and arguments; `clear` ends the thread.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (command) => {
  if (command.kind === 'close') process.exit(0);
  command.port.on('message', ({ id, method, args }) => {
    if (method === 'clear') throw new Error('brought down');
    if (method === 'stopCapture') {
      for (let i = 0; i < 3; i++) command.port.postMessage({ kind: 'event', name: 'inventory', data: null });
    }
    command.port.postMessage({ kind: 'return', id, value: { method, args } });
  });
});
