import type { Frame, HostApi, HostEvents } from '../../app/contracts/index.ts';
import { invoke, parseCall } from './methods.ts';

/** The end of a channel to a window, as MessagePort has it. */
export interface FramePort {
  postMessage(frame: Frame): void;
  on(event: 'message', listener: (frame: unknown) => void): unknown;
}

/**
 * Answers a window's calls. Calls run side by side: an answer that takes long never holds up the next call.
 * @returns a function that pushes an event to the window
 */
export function serveHostApi(
  port: FramePort,
  api: HostApi,
): <Name extends keyof HostEvents>(name: Name, data: HostEvents[Name]) => void {
  port.on('message', (frame) => {
    const call = parseCall(frame);
    if (call === null) {
      const id = (frame as { readonly id?: unknown } | null)?.id;
      if (typeof id === 'number') port.postMessage({ kind: 'throw', id, message: 'no such call' });
      return;
    }
    invoke(api, call)
      .then((value) => port.postMessage({ kind: 'return', id: call.id, value }))
      .catch((error: unknown) => port.postMessage({ kind: 'throw', id: call.id, message: messageOf(error) }));
  });
  return (name, data) => port.postMessage({ kind: 'event', name, data });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
