import type { MessagePort } from 'node:worker_threads';
import type { WebSocket } from 'ws';
import type { Frame, HostEvents } from '../../app/contracts/index.ts';
import { fail, type Result } from '../../app/contracts/index.ts';
import { type CallFrame, parseCall } from '../engine/methods.ts';

/** Bytes waiting for a slow connection beyond which events are no longer queued but replaced by newer ones. */
const EVENT_HIGH_WATER = 1024 * 1024;
const DRAIN_POLL_MS = 50;
/** Calls of one window in progress beyond which its connection is not read any further. */
const MAX_CALLS_IN_PROGRESS = 256;

/**
 * Joins a window's WebSocket to the engine. Answers are all sent; events (which each tell the whole state) wait in a
 * slot of their kind while the connection is slow, so a slow one gets fewer of them, never a growing queue.
 * @param maySaveTo whether this browser may have the host write to a path
 */
export function bridge(socket: WebSocket, port: MessagePort, maySaveTo: (path: string) => boolean): void {
  const waiting = new Map<keyof HostEvents, string>();
  let callsInProgress = 0;
  let timer: NodeJS.Timeout | null = null;

  const drain = () => {
    timer = null;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > EVENT_HIGH_WATER) {
      timer = setTimeout(drain, DRAIN_POLL_MS);
      return;
    }
    for (const text of waiting.values()) socket.send(text);
    waiting.clear();
  };

  port.on('message', (frame: Frame) => {
    if (frame.kind === 'event' && frame.name !== 'notice' && socket.bufferedAmount > EVENT_HIGH_WATER) {
      waiting.set(frame.name, JSON.stringify(frame));
      timer ??= setTimeout(drain, DRAIN_POLL_MS);
      return;
    }
    if (frame.kind === 'event') waiting.delete(frame.name);
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    if (frame.kind === 'return' || frame.kind === 'throw') {
      callsInProgress--;
      if (socket.isPaused && callsInProgress < MAX_CALLS_IN_PROGRESS) socket.resume();
    }
  });
  port.on('close', () => socket.close(1011, 'engine stopped'));

  socket.on('message', (data, isBinary) => {
    const call = isBinary ? null : parseCall(parseJson(String(data)));
    if (call === null) {
      socket.close(1008, 'not a call');
      return;
    }
    const refusal = refusalOf(call, maySaveTo);
    if (refusal !== null) {
      socket.send(JSON.stringify({ kind: 'return', id: call.id, value: refusal } satisfies Frame));
      return;
    }
    try {
      port.postMessage(call);
    } catch (error) {
      // Nested too deep to be copied.
      const message = error instanceof Error ? error.message : String(error);
      socket.send(JSON.stringify({ kind: 'throw', id: call.id, message } satisfies Frame));
      return;
    }
    callsInProgress++;
    if (callsInProgress >= MAX_CALLS_IN_PROGRESS) socket.pause();
  });
  socket.on('close', () => {
    if (timer !== null) clearTimeout(timer);
    port.close();
  });
  socket.on('error', () => socket.terminate());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Methods that write to the path they are given first. */
const WRITERS: ReadonlySet<string> = new Set(['saveFile', 'exportFile', 'exportStatistics']);

/** Why a browser may not make a call that the engine would carry out; null when it may. */
function refusalOf({ method, args }: CallFrame, maySaveTo: (path: string) => boolean): Result<never> | null {
  const [first] = args;
  if (WRITERS.has(method) && !maySaveTo(String(first))) {
    return fail('A browser can only save by downloading.', { hint: 'Use Save in the window.' });
  }
  if (method !== 'startCapture' || typeof first !== 'object' || first === null) return null;
  if ('ringBuffer' in first && first.ringBuffer !== undefined) {
    return fail('A browser cannot have files written on this host.', {
      hint: 'Run "nlscope capture -w FILE -b LIMIT" there.',
    });
  }
  const remotes = 'remotes' in first && Array.isArray(first.remotes) ? first.remotes : [];
  return remotes.some((remote) => remote?.command !== undefined)
    ? fail('A browser cannot choose the command that runs on another host.', { hint: 'Leave it to nlscope.' })
    : null;
}
