import { writeAll } from '../engine/fileBytes.ts';

const FLUSH_BYTES = 64 * 1024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

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
  const buffer = Buffer.allocUnsafe(4 * FLUSH_BYTES);
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    const bytes = buffer.subarray(0, size);
    size = 0;
    write(descriptor, bytes);
  };
  return {
    line(text) {
      const most = text.length * BYTES_PER_UNIT + 1;
      if (most > buffer.length - size) flush();
      if (most > buffer.length) write(descriptor, Buffer.from(`${text}\n`));
      else {
        size += buffer.write(text, size);
        size += buffer.write('\n', size, 'latin1');
      }
      if (live || size >= FLUSH_BYTES) flush();
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
