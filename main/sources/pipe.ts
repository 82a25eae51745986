import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** A pipe without a writer is asked so often whether somebody has come. */
const POLL_MS = 50;
const PIECE = 1 << 16;
const STANDARD_INPUT_FD = 0;

/** How the standard input of this process is named where a pipe's path is asked for, and what it is called. */
export const STANDARD_INPUT = '-';
export const STANDARD_INPUT_NAME = 'standard input';

/** Takes what comes through a pipe, in order; the pipe is not read on before its promise resolves. */
export interface PipeListener {
  bytes(bytes: Uint8Array): Promise<void>;
  /** Everything has come: null when the writer closed the pipe, else why it cannot be read. Told once. */
  ended(error: Error | null): void;
}

/**
 * Opens a pipe (FIFO) by path and reads it until its writer closes it. It is waited for a writer without blocking
 * anything. Returns what ends the reading. Throws what open(2) throws, and for what is no pipe.
 */
export function readPipe(path: string, listener: PipeListener): () => void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!fstatSync(descriptor).isFIFO()) {
    closeSync(descriptor);
    throw new Error('is no pipe');
  }
  const buffer = new Uint8Array(PIECE);
  let stop = () => {};
  const look = async () => {
    const count = firstBytes(descriptor, buffer);
    if (count === null) {
      timer = setTimeout(look, POLL_MS);
      return;
    }
    // From now on the end of the pipe is the end of its writer.
    const stream = new Socket({ fd: descriptor, readable: true, writable: false });
    stop = () => stream.destroy();
    if (count > 0) await listener.bytes(buffer.slice(0, count));
    if (!stream.destroyed) stop = follow(stream, listener);
  };
  let timer = setTimeout(look, 0);
  stop = () => {
    clearTimeout(timer);
    closeSync(descriptor);
  };
  return () => stop();
}

/**
 * Reads what comes through standard input until its writer closes it. A pipe is read by a descriptor of its own: the
 * process may close that of standard input, so that the writer learns when nobody reads any more. Returns what ends the
 * reading. Throws for what is neither a pipe nor a socket.
 */
export function readStandardInput(listener: PipeListener): () => void {
  const about = fstatSync(STANDARD_INPUT_FD);
  if (!about.isFIFO() && !about.isSocket()) throw new Error('is no pipe');
  const fd = about.isFIFO() ? openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK) : STANDARD_INPUT_FD;
  return follow(new Socket({ fd, readable: true, writable: false }), listener);
}

/** Bytes that a pipe has; null when nobody has come to write yet, 0 when a writer is there and has nothing to say. */
function firstBytes(descriptor: number, buffer: Uint8Array): number | null {
  try {
    return readSync(descriptor, buffer) || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    return null;
  }
}

/** Reads a stream to its end. Returns what ends the reading before; then nothing is told any more. */
export function follow(stream: Readable, listener: PipeListener): () => void {
  let stopped = false;
  const read = async () => {
    try {
      for await (const piece of stream) {
        await listener.bytes(piece);
        if (stopped) return;
      }
      if (!stopped) listener.ended(null);
    } catch (error) {
      if (!stopped) listener.ended(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void read();
  return () => {
    stopped = true;
    stream.destroy();
  };
}
