import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gap, PcapngWriter } from '../../app/captureFile/index.ts';
import type { Envelope, Failure } from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/index.ts';
import { version } from '../../package.json';
import type { Decoding } from '../engine/decoding.ts';
import { GrowingFile } from '../engine/fileBytes.ts';
import type { CaptureSink } from '../engine/liveCapture.ts';
import { reasonOf } from '../engine/openDocument.ts';
import { printedMessage } from '../engine/printedMessage.ts';
import { printLine } from '../engine/printers.ts';
import { newRecording, type Recording } from '../engine/recording.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput } from './output.ts';

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
  /** Told of anything that makes going on pointless: whoever reads the output has gone, the disk is full. */
  readonly onEnd: (error: unknown) => void;
}

/** Prints messages as they are captured, one line each, and writes them to a file. */
export class LivePrinter implements CaptureSink {
  readonly #options: LivePrinterOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'nlscope-'));
  readonly #output = createOutput(1, true);
  readonly #file: { readonly bytes: GrowingFile; readonly writer: PcapngWriter } | null;
  #recording: Recording;
  #passes: ((row: number) => boolean) | null;
  #printed = 0;
  #before = 0;
  #messages = 0;
  #ended = false;

  /** Throws CommandFailure for a wrong filter and for a file that cannot be written. */
  constructor(options: LivePrinterOptions) {
    this.#options = options;
    this.#recording = this.#begin();
    this.#passes = this.#filter();
    this.#file = options.file === undefined ? null : createFile(options.file);
    const now = BigInt(Date.now()) * 1_000_000n;
    const { families, interfaces } = this.#recording.document;
    this.#file?.writer.facts(families.all(), interfaces.all(), now);
  }

  /** Messages captured so far. */
  get messages(): number {
    return this.#messages;
  }

  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number): void {
    this.#attempt(() => {
      this.#file?.writer.datagram(envelope, timeNs, bytes, { originalLength });
      this.#recording.add(envelope, timeNs, bytes, originalLength);
    });
  }

  gap(gap: Gap, timeNs: bigint): void {
    this.#attempt(() => {
      this.#file?.writer.gap(gap, timeNs);
      process.stderr.write(`nlscope: ${gap.lost ?? 'an unknown number of'} messages were lost (${gap.cause})\n`);
    });
  }

  batch(): void {
    this.#attempt(() => {
      const { document } = this.#recording;
      document.learn();
      for (; this.#printed < document.store.count; this.#printed++) this.#print(this.#printed);
      this.#file?.writer.flush();
      if (document.store.count >= ROWS_KEPT) this.#rotate();
    });
  }

  failure(failure: Failure): void {
    process.stderr.write(`nlscope: ${failureLine(failure)}\n`);
  }

  /** Completes the file and removes what is temporary. */
  close(): void {
    this.#ended = true;
    this.#file?.writer.finish(BigInt(Date.now()) * 1_000_000n);
    this.#file?.bytes.close();
    this.#recording.close();
    rmSync(this.#directory, { recursive: true, force: true });
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

  #rotate(): void {
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
      this.#options.onEnd(error);
    }
  }
}

function createFile(path: string): { bytes: GrowingFile; writer: PcapngWriter } {
  try {
    const bytes = new GrowingFile(path, 0o666);
    return { bytes, writer: new PcapngWriter(bytes, { application: `nlscope ${version}` }) };
  } catch (error) {
    throw new CommandFailure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
