import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
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
 * Opens a file for a capture that users asked for: a new one, a pipe or device, or "-" for standard output.
 * Throws what open(2) throws.
 */
export function openOutput(path: string): OutputFile {
  return openPipe(path) ?? new GrowingFile(path, 0o666);
}

/** A file that takes its place only when it is complete. */
export interface Replacement extends OutputFile {
  /** Puts it in place, and closes it. Throws what rename(2) throws. */
  finish(): void;
  /** Closes and forgets it: what was there stays. */
  abandon(): void;
}

/**
 * Opens what takes the place of a file: what was there stays until then, also where it is read meanwhile or space runs
 * out. Pipes, devices and "-" for standard output are written to at once. Throws what open(2) throws.
 */
export function openReplacement(path: string): Replacement {
  return openPipe(path) ?? new ReplacingFile(path);
}

/** What takes bytes only one after another; null for names of files. */
function openPipe(path: string): PipeFile | null {
  if (path === '-') return new PipeFile(1);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Error('is a folder');
  return found === undefined || found.isFile() ? null : new PipeFile(openSync(path, 'w'));
}

class ReplacingFile implements Replacement {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: GrowingFile;

  constructor(path: string) {
    const found = statSync(path, { throwIfNoEntry: false });
    // A link goes on to lead to the file.
    this.#path = found === undefined ? path : realpathSync(path);
    this.#partial = `${this.#path}.part-${process.pid}`;
    this.#file = new GrowingFile(this.#partial, found === undefined ? 0o666 : found.mode & 0o777);
  }

  get size(): number {
    return this.#file.size;
  }

  write(bytes: Uint8Array): void {
    this.#file.write(bytes);
  }

  close(): void {
    this.#file.close();
  }

  finish(): void {
    this.close();
    renameSync(this.#partial, this.#path);
  }

  abandon(): void {
    this.close();
    rmSync(this.#partial, { force: true });
  }
}

/** A pipe that is written to: what a reader has taken cannot be taken back. */
class PipeFile implements Replacement {
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

  finish(): void {
    this.close();
  }

  abandon(): void {
    this.close();
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

/** The words of a system call's error: "no such file or directory". */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z0-9]+: ([^,]+), /.exec(message)?.[1] ?? message;
}
