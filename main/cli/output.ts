import { writeAll } from '../engine/fileBytes.ts';

const FLUSH_CHARACTERS = 64 * 1024;

/** Thrown when whoever reads our output has gone (head, less): the command ends quietly. */
export class OutputClosed extends Error {}

/** Text for a pipe, a file or a terminal. */
export interface Output {
  line(text: string): void;
  /** Writes out what has gathered. */
  flush(): void;
}

/**
 * Standard output with a buffer of bounded size. It writes synchronously: a slow reader slows the command down instead
 * of filling memory.
 * @param live flush after every line, for output that is watched as it happens
 */
export function createOutput(descriptor = 1, live = false): Output {
  let buffer: string[] = [];
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    const bytes = Buffer.from(buffer.join(''));
    buffer = [];
    size = 0;
    write(descriptor, bytes);
  };
  return {
    line(text) {
      buffer.push(text, '\n');
      size += text.length + 1;
      if (live || size >= FLUSH_CHARACTERS) flush();
    },
    flush,
  };
}

function write(descriptor: number, bytes: Uint8Array): void {
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EPIPE' ? new OutputClosed() : error;
  }
}
