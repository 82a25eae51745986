import { MessageChannelMain, type WebContents } from 'electron';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';
import type { EngineHandle } from '../engine/host.ts';

/**
 * Gives a window its own port to the engine. Electron's ports and Node's worker ports cannot be joined, so frames are
 * handed from one to the other. When the engine's end closes (its thread died) the window gets a port to the next one.
 * Returns what closes both ends.
 */
export function connectWindow(engine: EngineHandle, contents: WebContents, onLost: () => void): () => void {
  const inner = engine.connect();
  const { port1: outer, port2: given } = new MessageChannelMain();
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    inner.close();
    outer.close();
  };
  inner.on('message', (frame) => {
    if (!closed) outer.postMessage(frame);
  });
  inner.on('close', () => {
    if (closed) return;
    close();
    onLost();
  });
  outer.on('message', (event) => {
    if (!closed) inner.postMessage(event.data);
  });
  outer.on('close', close);
  outer.start();
  contents.postMessage(CHANNEL.port, null, [given]);
  return close;
}
