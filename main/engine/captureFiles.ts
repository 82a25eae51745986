import { rmSync } from 'node:fs';
import { release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FACT_KINDS, type Gap, type HostFacts, PcapngWriter } from '../../app/captureFile/index.ts';
import type { Autostop, Envelope, FilesState, RingBuffer } from '../../app/contracts/index.ts';
import { version } from '../../package.json';
import { type OutputFile, openOutput, reasonOf } from './fileBytes.ts';
import type { DatagramNotes } from './liveCapture.ts';

/** Bytes of the kB that limits are given in. */
const KILOBYTE = 1000;

/** A file of the user's cannot be written: which one and why. */
export class CaptureFileError extends Error {
  /** Something was written to it before. */
  readonly holdsSomething: boolean;

  constructor(path: string, cause: unknown, holdsSomething: boolean) {
    super(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
    this.holdsSomething = holdsSomething;
  }
}

/** What goes into the files beside the messages, and when it happened. */
export interface CaptureFilesOptions {
  /** Known now of families, interfaces and processes: every file tells it, so that each opens alone. */
  readonly facts: () => readonly HostFacts[];
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  /** A file has been completed and the next one begun. */
  readonly onSwitch?: () => void;
  /** Files after which no other is begun. */
  readonly mostFiles?: number;
}

/**
 * The files of the user's that a capture is written to as it runs: one, or with a ring buffer one after another, named
 * as dumpcap names them, the oldest removed. Every file is a complete pcapng capture, up to its last whole block even
 * when this process is killed.
 */
export class CaptureFiles {
  readonly #ring: RingBuffer;
  readonly #isRing: boolean;
  readonly #options: CaptureFilesOptions;
  readonly #kept: string[] = [];
  #begun = 0;
  /** Bytes of the files before this one. */
  #before = 0;
  #path = '';
  #file!: OutputFile;
  #writer!: PcapngWriter;
  #messages = 0;
  #beganMs = 0;
  #isFull = false;
  #open = true;

  /** @param to path of the one file, or a ring buffer. Throws CaptureFileError when it cannot be created. */
  constructor(to: string | RingBuffer, options: CaptureFilesOptions) {
    this.#isRing = typeof to !== 'string';
    this.#ring = typeof to === 'string' ? { path: to } : to;
    this.#options = options;
    this.#begin();
  }

  get state(): FilesState {
    return { current: this.#path, begun: this.#begun, kept: this.#kept.length };
  }

  /** Bytes written in all, removed files included. */
  get bytes(): number {
    return this.#before + this.#writer.size;
  }

  /** Files that have been filled up to a limit of the ring buffer. */
  get filled(): number {
    return this.#begun - (this.#isFull ? 0 : 1);
  }

  /** Writes a datagram of so many messages. Once `mostFiles` have been filled it is left out, and this is false. */
  datagram(
    envelope: Envelope,
    timeNs: bigint,
    bytes: Uint8Array,
    originalLength: number,
    messages: number,
    notes?: DatagramNotes,
  ): boolean {
    if (this.#isFull) return false;
    this.#attempt(() => this.#writer.datagram(envelope, timeNs, bytes, { ...notes, originalLength }));
    this.#messages += messages;
    const { filesize = Number.POSITIVE_INFINITY, messages: most = Number.POSITIVE_INFINITY } = this.#ring;
    if (this.#writer.size >= filesize * KILOBYTE || this.#messages >= most) this.#next();
    return true;
  }

  gap(gap: Gap, timeNs: bigint): void {
    if (!this.#isFull) this.#attempt(() => this.#writer.gap(gap, timeNs));
  }

  facts(facts: HostFacts): void {
    if (!this.#isFull) this.#attempt(() => this.#writeFacts(facts));
  }

  /** Brings everything to the disk's cache, and begins the next file when this one's time is over. */
  flush(): void {
    if (this.#isFull) return;
    this.#attempt(() => this.#writer.flush());
    const { duration = Number.POSITIVE_INFINITY } = this.#ring;
    // An empty file gives way to no other: in a ring it would push out a full one.
    if (this.#messages > 0 && performance.now() - this.#beganMs >= duration * 1000) this.#next();
  }

  /** Completes the file. Throws CaptureFileError when the disk has no room for the rest; it is closed all the same. */
  finish(): void {
    if (!this.#open) return;
    try {
      if (!this.#isFull) this.#complete();
    } finally {
      this.close();
    }
  }

  /** Leaves the file as it is. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file.close();
  }

  #next(): void {
    this.#complete();
    if (this.#begun >= (this.#options.mostFiles ?? Number.POSITIVE_INFINITY)) {
      this.#isFull = true;
      return;
    }
    this.#before += this.#writer.size;
    this.#file.close();
    this.#begin();
    this.#options.onSwitch?.();
  }

  #complete(): void {
    this.#attempt(() => {
      for (const { host, owners } of this.#options.facts()) this.#writeFacts({ host, owners });
      this.#writer.finish(this.#options.now());
    });
  }

  #begin(): void {
    const path = this.#isRing ? ringFileName(this.#ring.path, this.#begun + 1, new Date()) : this.#ring.path;
    try {
      this.#file = openOutput(path);
    } catch (error) {
      throw new CaptureFileError(path, error, false);
    }
    this.#path = path;
    this.#begun++;
    this.#messages = 0;
    this.#beganMs = performance.now();
    this.#writer = new PcapngWriter(this.#file, { application: `nlscope ${version}`, os: `Linux ${release()}` });
    this.#attempt(() => {
      for (const facts of this.#options.facts()) this.#writeFacts(facts);
      // It opens from now on, whatever becomes of us.
      this.#writer.flush();
    });
    this.#kept.push(path);
    while (this.#kept.length > (this.#ring.files ?? Number.POSITIVE_INFINITY)) {
      rmSync(this.#kept.shift()!, { force: true });
    }
  }

  /** Nothing for nothing: other tools keep the first such block of a file, and that should be one with names. */
  #writeFacts({ host, ...facts }: HostFacts): void {
    const known = Object.fromEntries(FACT_KINDS.map((kind) => [kind, [...(facts[kind] ?? [])]]));
    if (Object.values(known).some(({ length }) => length > 0))
      this.#writer.facts({ host, ...known }, this.#options.now());
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new CaptureFileError(this.#path, error, this.#file.size > 0);
    }
  }
}

/** Name of a file of a ring as dumpcap makes it: "cap.pcapng" becomes "cap_00001_20260131120000.pcapng" (local time). */
export function ringFileName(path: string, number: number, began: Date): string {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  const stem = dot <= 0 ? name : name.slice(0, dot);
  const suffix = dot <= 0 ? '' : name.slice(dot);
  const digits = (value: number, width = 2) => String(value).padStart(width, '0');
  const date = `${digits(began.getFullYear(), 4)}${digits(began.getMonth() + 1)}${digits(began.getDate())}`;
  const time = `${digits(began.getHours())}${digits(began.getMinutes())}${digits(began.getSeconds())}`;
  return join(dirname(path), `${stem}_${digits(number, 5)}_${date}${time}${suffix}`);
}

/** How much has been captured, as limits count it. */
export interface CaptureAmount {
  readonly messages: number;
  /** Bytes written in all. */
  readonly bytes: number;
  /** Files of a ring buffer that have been filled. */
  readonly filled: number;
}

/** Which limit has been reached, in words; null while none has. Time is the caller's to measure. */
export function reachedLimit(limits: Autostop, { messages, bytes, filled }: CaptureAmount): string | null {
  const { filesize = Number.POSITIVE_INFINITY, files = Number.POSITIVE_INFINITY } = limits;
  if (messages >= (limits.messages ?? Number.POSITIVE_INFINITY)) return `${messages} messages`;
  if (bytes >= filesize * KILOBYTE) return `${filesize} kB`;
  return filled >= files ? `${filled} ${filled === 1 ? 'file' : 'files'}` : null;
}
