import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { ByteSink, ByteSource } from '../../app/captureFile/index.ts';

/** What a closed file reads as: its descriptor's number may be another file's by then. */
const NOTHING = new Uint8Array(0);

/** A file on disk as a ByteSource. The size is the one it had when it was opened. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #descriptor: number;
  #open = true;

  /** Throws what open(2) throws, and for folders and devices, which have no bytes at offsets. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    const info = fstatSync(this.#descriptor);
    if (!info.isFile()) {
      closeSync(this.#descriptor);
      throw new Error(info.isDirectory() ? 'is a folder' : 'is not a regular file');
    }
    this.size = info.size;
  }

  read(offset: number, length: number): Uint8Array {
    if (!this.#open) return NOTHING;
    return readAt(this.#descriptor, offset, Math.min(length, this.size - offset));
  }

  readInto(target: Uint8Array, offset: number): number {
    const length = Math.max(0, Math.min(target.length, this.size - offset));
    return this.#open ? fill(this.#descriptor, target.subarray(0, length), offset) : 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }
}

/**
 * A new file that is appended to, and read at the same time. It has no buffer of its own: capture writers hand over
 * large pieces.
 */
export class GrowingFile implements ByteSink, ByteSource {
  readonly #descriptor: number;
  #size = 0;
  #open = true;

  /** Creates the file, or empties it; by default only its owner may read it. Throws what open(2) throws. */
  constructor(path: string, mode = 0o600) {
    this.#descriptor = openSync(path, 'w+', mode);
  }

  get size(): number {
    return this.#size;
  }

  /** Writes all or nothing: the file keeps what it had when this throws what write(2) throws (ENOSPC). */
  write(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#size + done);
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    if (!this.#open) return NOTHING;
    return readAt(this.#descriptor, offset, Math.min(length, this.#size - offset));
  }

  readInto(target: Uint8Array, offset: number): number {
    const length = Math.max(0, Math.min(target.length, this.#size - offset));
    return this.#open ? fill(this.#descriptor, target.subarray(0, length), offset) : 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }
}

/** A file that is written from its beginning to its end. */
export interface OutputFile extends ByteSink {
  /** Bytes that were written. */
  readonly size: number;
  close(): void;
}

/**
 * Opens a file for a capture that users asked for: a new one, a pipe that somebody reads, or "-" for standard output.
 * Throws what open(2) throws.
 */
export function openOutput(path: string): OutputFile {
  if (path === '-') return new PipeFile(1);
  const isPipe = statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  return isPipe ? new PipeFile(openSync(path, 'w')) : new GrowingFile(path, 0o666);
}

/** A pipe that is written to: what a reader has taken cannot be taken back. */
class PipeFile implements OutputFile {
  readonly #descriptor: number;
  #size = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): void {
    writeAll(this.#descriptor, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    if (this.#descriptor > 2) closeSync(this.#descriptor);
  }
}

const RETRY_MS = 5;

/** Writes everything to a pipe or terminal, waiting for a slow reader. Throws what write(2) throws (EPIPE). */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      // A pipe that another program made non-blocking is full.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

function readAt(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, length));
  return bytes.subarray(0, fill(descriptor, bytes, offset));
}

/** Reads until an array is full or the file ends. Returns how many bytes were read. */
function fill(descriptor: number, bytes: Uint8Array, offset: number): number {
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
