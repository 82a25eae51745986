import { type ByteSource, PcapngWriter } from '../../app/captureFile/index.ts';
import { version } from '../../package.json';
import { GrowingFile } from './fileBytes.ts';

/** Where the journal of a spool's notes (notesJournal.ts) is: beside it. */
export function notesPath(spoolPath: string): string {
  return `${spoolPath}.notes`;
}

/** Where the journal of a file's notes is, while the file is shown: beside the spool of what is added to it. */
export function fileNotesPath(spoolPath: string): string {
  return `${spoolPath}.file.notes`;
}

/**
 * The bytes of a live capture: a pcapng file that is appended to and read back. After a crash it is a valid capture of
 * everything up to the last flush.
 */
export class Spool implements ByteSource {
  readonly path: string;
  readonly writer: PcapngWriter;
  readonly #file: GrowingFile;
  #open = true;

  /** Creates the file. Throws what open(2) throws. */
  constructor(path: string) {
    this.path = path;
    this.#file = new GrowingFile(path);
    // Each datagram stays in one piece, or its messages could not be found by their offsets.
    const longestFrame = Number.POSITIVE_INFINITY;
    this.writer = new PcapngWriter(this.#file, { application: `nlscope ${version}`, longestFrame });
  }

  get size(): number {
    return this.writer.size;
  }

  /** What a full disk keeps from the file is read from memory. */
  read(offset: number, length: number): Uint8Array {
    const { size } = this.#file;
    const head = this.#file.read(offset, length);
    if (head.length === length || !this.#open) return head;
    const tail = this.writer.unflushed.subarray(Math.max(0, offset - size), Math.max(0, offset + length - size));
    return joined(head, tail);
  }

  readInto(target: Uint8Array, offset: number): number {
    const fromFile = this.#file.readInto(target, offset);
    if (fromFile === target.length || !this.#open) return fromFile;
    const { size } = this.#file;
    const from = offset + fromFile - size;
    const tail = this.writer.unflushed.subarray(Math.max(0, from), Math.max(0, offset + target.length - size));
    target.set(tail, fromFile);
    return fromFile + tail.length;
  }

  close(): void {
    this.#open = false;
    this.#file.close();
  }
}

/** A source that continues where another ends: messages that were sent while an opened file is shown. */
export class ChainedSource implements ByteSource {
  readonly #head: ByteSource;
  readonly #headSize: number;
  readonly #tail: ByteSource;

  constructor(head: ByteSource, tail: ByteSource) {
    this.#head = head;
    this.#headSize = head.size;
    this.#tail = tail;
  }

  get size(): number {
    return this.#headSize + this.#tail.size;
  }

  read(offset: number, length: number): Uint8Array {
    const inHead = Math.max(0, Math.min(length, this.#headSize - offset));
    if (inHead === 0) return this.#tail.read(offset - this.#headSize, length);
    const head = this.#head.read(offset, inHead);
    const inTail = Math.min(length - inHead, this.#tail.size);
    if (inTail === 0 || head.length < inHead) return head;
    return joined(head, this.#tail.read(0, inTail));
  }

  readInto(target: Uint8Array, offset: number): number {
    const inHead = Math.max(0, Math.min(target.length, this.#headSize - offset));
    const head = inHead === 0 ? 0 : readInto(this.#head, target.subarray(0, inHead), offset);
    if (head < inHead || inHead === target.length) return head;
    return head + readInto(this.#tail, target.subarray(inHead), offset + inHead - this.#headSize);
  }
}

function readInto(source: ByteSource, target: Uint8Array, offset: number): number {
  if (source.readInto !== undefined) return source.readInto(target, offset);
  const bytes = source.read(offset, target.length);
  target.set(bytes);
  return bytes.length;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}
