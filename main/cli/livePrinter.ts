import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gap, PcapngWriter } from '../../app/captureFile/index.ts';
import type { Envelope, Failure } from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/index.ts';
import { version } from '../../package.json';
import { Attribution } from '../engine/attribution.ts';
import type { Decoding } from '../engine/decoding.ts';
import { GrowingFile } from '../engine/fileBytes.ts';
import type { CaptureSink } from '../engine/liveCapture.ts';
import { reasonOf } from '../engine/openDocument.ts';
import { printedMessage } from '../engine/printedMessage.ts';
import { printLine } from '../engine/printers.ts';
import { newRecording, type Recording } from '../engine/recording.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput, OutputClosed } from './output.ts';

/** Messages after which the index is begun anew, so that a capture may run for days. */
const ROWS_KEPT = 1_000_000;

export interface LivePrinterOptions {
  readonly decoding: Decoding;
  /** Display filter; what does not pass is not printed. */
  readonly filter?: string;
  /** pcapng file that everything is written to. */
  readonly file?: string;
  readonly families: readonly GenlFamily[];
  readonly interfaces: ReadonlyMap<number, string>;
  /** Finds the processes that speak, in this network namespace ("": our own); they are kept in the file. */
  readonly attribute?: boolean;
  readonly netns?: string;
  /** Told of anything that makes going on pointless: whoever reads the output has gone, the disk is full. */
  readonly onEnd: (error: unknown) => void;
  /** Told after each batch how many messages have been captured so far. */
  readonly onProgress?: (messages: number) => void;
}

/** Prints messages as they are captured, one line each, and writes them to a file. */
export class LivePrinter implements CaptureSink {
  readonly #options: LivePrinterOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'nlscope-'));
  readonly #output = createOutput(1, true);
  readonly #attribution: Attribution | null;
  readonly #file: OutputFile | null;
  #recording: Recording;
  #passes: ((row: number) => boolean) | null;
  #printed = 0;
  #before = 0;
  #messages = 0;
  #lostUnknown = false;
  #ended = false;

  /** Throws CommandFailure for a wrong filter and for a file that cannot be written. */
  constructor(options: LivePrinterOptions) {
    this.#options = options;
    this.#attribution = options.attribute ? new Attribution(() => {}) : null;
    this.#recording = this.#begin();
    this.#passes = this.#filter();
    this.#file = options.file === undefined ? null : new OutputFile(options.file);
    const now = BigInt(Date.now()) * 1_000_000n;
    const { families, interfaces } = this.#recording.document;
    this.#file?.write((writer) => writer.facts({ families: families.all(), interfaces: interfaces.all() }, now));
    this.#attribution?.watch(options.netns ?? '');
  }

  /** Messages captured so far. */
  get messages(): number {
    return this.#messages;
  }

  /** Messages were lost whose number nobody knows. */
  get lostUnknown(): boolean {
    return this.#lostUnknown;
  }

  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number): void {
    this.#attempt(() => {
      this.#file?.write((writer) => writer.datagram(envelope, timeNs, bytes, { originalLength }));
      this.#recording.add(envelope, timeNs, bytes, originalLength);
    });
  }

  gap(gap: Gap, timeNs: bigint): void {
    if (gap.lost === null) this.#lostUnknown = true;
    this.#attempt(() => {
      this.#file?.write((writer) => writer.gap(gap, timeNs));
      process.stderr.write(`nlscope: ${gap.lost ?? 'an unknown number of'} messages were lost (${gap.cause})\n`);
    });
  }

  batch(): void {
    this.#attempt(() => {
      const { document } = this.#recording;
      document.learn();
      this.#attribution?.observe(document);
      for (; this.#printed < document.store.count; this.#printed++) this.#print(this.#printed);
      this.#file?.write((writer) => writer.flush());
      if (document.store.count >= ROWS_KEPT) this.#rotate();
      this.#options.onProgress?.(this.#messages);
    });
  }

  failure(failure: Failure): void {
    process.stderr.write(`nlscope: ${failureLine(failure)}\n`);
  }

  /** Waits until those that spoke last have been looked up, as far as that takes no longer than a moment. */
  async settle(): Promise<void> {
    await this.#attribution?.settle();
  }

  /** Completes the file and removes what is temporary. Throws CommandFailure when the disk has no room for the rest. */
  close(): void {
    const complete = !this.#ended;
    this.#ended = true;
    this.#attribution?.close();
    try {
      if (complete) this.#writeOwners();
      if (complete) this.#file?.write((writer) => writer.finish(BigInt(Date.now()) * 1_000_000n));
    } finally {
      this.#file?.close();
      this.#recording.close();
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  #print(row: number): void {
    this.#messages++;
    if (this.#passes !== null && !this.#passes(row)) return;
    const message = printedMessage(this.#recording.document, row);
    this.#output.line(printLine({ ...message, number: this.#before + row + 1 }));
  }

  #begin(): Recording {
    const recording = newRecording(join(this.#directory, 'spool'), this.#options.decoding);
    for (const family of this.#options.families) recording.document.families.learn(family);
    for (const [index, name] of this.#options.interfaces) recording.document.interfaces.learn(index, name, 0n);
    return recording;
  }

  #filter(): ((row: number) => boolean) | null {
    const { decoding, filter } = this.#options;
    return filter === undefined ? null : rowFilter(this.#recording.document, decoding, filter);
  }

  #writeOwners(): void {
    const owners = this.#recording.document.owners.all();
    this.#file?.write((writer) => writer.facts({ owners }, BigInt(Date.now()) * 1_000_000n));
  }

  #rotate(): void {
    this.#writeOwners();
    const { document } = this.#recording;
    this.#before += document.store.count;
    this.#recording.close();
    const next = this.#begin();
    for (const family of document.families.all()) next.document.families.learn(family);
    for (const { index, name, timeNs, nsid } of document.interfaces.all()) {
      next.document.interfaces.learn(index, name, timeNs, nsid);
    }
    this.#recording = next;
    this.#passes = this.#filter();
    this.#printed = 0;
  }

  #attempt(work: () => void): void {
    if (this.#ended) return;
    try {
      work();
    } catch (error) {
      this.#ended = true;
      const told = error instanceof CommandFailure || error instanceof OutputClosed;
      this.#options.onEnd(told ? error : new CommandFailure(`capturing stopped: ${reasonOf(error)}`));
    }
  }
}

/** The pcapng file of a capture; failures tell its name and what it holds. */
class OutputFile {
  readonly #path: string;
  readonly #bytes: GrowingFile;
  readonly #writer: PcapngWriter;

  /** Throws CommandFailure when it cannot be created. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#bytes = new GrowingFile(path, 0o666);
    } catch (error) {
      throw new CommandFailure(`cannot write ${path}: ${reasonOf(error)}`);
    }
    this.#writer = new PcapngWriter(this.#bytes, { application: `nlscope ${version}` });
  }

  write(work: (writer: PcapngWriter) => void): void {
    try {
      work(this.#writer);
    } catch (error) {
      const kept = this.#bytes.size === 0 ? 'nothing is in it' : 'what was written before stays readable';
      throw new CommandFailure(`cannot write ${this.#path}: ${reasonOf(error)}; capturing stopped, ${kept}`);
    }
  }

  close(): void {
    this.#bytes.close();
  }
}
