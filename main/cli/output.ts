import { reasonOf, writeAll } from '../engine/fileBytes.ts';
import { TextBuffer } from '../engine/textBuffer.ts';
import { CommandFailure } from './failure.ts';

const STDOUT = 1;
const FLUSH_BYTES = 256 * 1024;

/** Thrown when whoever reads our output has gone (head, less): the command ends quietly. */
export class OutputClosed extends Error {}

/** Text for a pipe, a file or a terminal. */
export interface Output {
  line(text: string): void;
  /** Takes what belongs to the next line; `endLine` ends it. */
  readonly text: TextBuffer;
  endLine(): void;
  /** Writes out what has gathered. */
  flush(): void;
}

/**
 * Standard output with a buffer that holds little more than its longest line. It writes synchronously: a slow reader
 * slows the command down instead of filling memory. What cannot be written (a full disk) is a CommandFailure.
 * @param live flush after every line, for output that is watched as it happens
 */
export function createOutput(descriptor = STDOUT, live = false): Output {
  const text = new TextBuffer();
  const flush = () => {
    if (text.size === 0) return;
    try {
      write(descriptor, text.bytes);
    } finally {
      text.clear();
    }
  };
  const endLine = () => {
    text.text('\n');
    if (live || text.size >= FLUSH_BYTES) flush();
  };
  return {
    line(line) {
      text.text(line);
      endLine();
    },
    text,
    endLine,
    flush,
  };
}

/**
 * Prints a text at once. Not through process.stdout: as soon as Node is asked for that, a pipe no longer waits for its
 * reader, and whoever writes has to try again and again.
 */
export function printText(text: string): void {
  write(STDOUT, Buffer.from(text));
}

function write(descriptor: number, bytes: Uint8Array): void {
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new OutputClosed();
    throw new CommandFailure(`cannot write to standard output: ${reasonOf(error)}`);
  }
}
