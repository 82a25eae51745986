import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import type { EngineCommand, EngineReport, EngineStart } from './host.ts';
import { serveHostApi } from './rpc.ts';

/** Entry of the engine's thread: serves every window that the host connects, until the host closes it. */
const engine = new Engine(workerData as EngineStart);

parentPort?.on('message', (command: EngineCommand) => {
  if (command.kind === 'close') {
    void engine.close().finally(() => process.exit(0));
    return;
  }
  const { port } = command;
  const detach = engine.attach(serveHostApi(port, engine));
  port.on('close', detach);
  parentPort?.postMessage('serves' satisfies EngineReport);
});
