import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gap, HostFacts } from '../../app/captureFile/index.ts';
import type { Autostop, Envelope, Failure, RingBuffer } from '../../app/contracts/index.ts';
import { Attribution } from '../engine/attribution.ts';
import { CaptureFileError, CaptureFiles, reachedLimit } from '../engine/captureFiles.ts';
import type { Decoding } from '../engine/decoding.ts';
import { reasonOf } from '../engine/fileBytes.ts';
import type { DatagramNotes, StreamSink } from '../engine/liveCapture.ts';
import { newRecording, type Recording } from '../engine/recording.ts';
import type { WatchedNetns } from '../sources/ownersThread.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput, OutputClosed } from './output.ts';
import type { RowFormat, RowPrinter } from './rowFormat.ts';

/** Messages after which the index is begun anew, so that a capture may run for days. */
const ROWS_KEPT = 1_000_000;

export interface LivePrinterOptions {
  readonly decoding: Decoding;
  /** Display filter; what does not pass is not printed. */
  readonly filter?: string;
  /** pcapng file that everything is written to, or several one after another; "-" is standard output. */
  readonly file?: string | RingBuffer;
  /** How messages are printed; null: not at all. */
  readonly format: RowFormat | null;
  /** What is known before anything has been captured. */
  readonly facts: HostFacts;
  /** Finds the processes that speak, in these network namespaces; they are kept in the file. */
  readonly attributed?: readonly WatchedNetns[];
  readonly autostop?: Autostop;
  /** Told when a limit of `autostop` has been reached, with the limit in words. */
  readonly onLimit?: (limit: string) => void;
  /** Told of anything that makes going on pointless: whoever reads the output has gone, the disk is full. */
  readonly onEnd: (error: unknown) => void;
}

/** Files are looked after so often while nothing arrives. */
const FLUSH_MS = 200;

/** Prints messages as they are captured, one line each, and writes them to files. */
export class LivePrinter implements StreamSink {
  readonly #options: LivePrinterOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'nlscope-'));
  readonly #output = createOutput(1, true);
  readonly #attribution: Attribution | null;
  readonly #files: CaptureFiles | null;
  readonly #timer: NodeJS.Timeout | undefined;
  #recording: Recording;
  #passes: ((row: number) => boolean) | null;
  #print: RowPrinter | null;
  #printed = 0;
  /** Rows and bytes of the indexes before this one. */
  #before = { rows: 0, bytes: 0 };
  #messages = 0;
  #lostUnknown = false;
  /** A limit has been reached: what comes later is no part of the capture. */
  #isFull = false;
  /** Something could not be written. */
  #ended = false;

  /** Throws CommandFailure for a wrong filter and for a file that cannot be written. */
  constructor(options: LivePrinterOptions) {
    this.#options = options;
    const { attributed = [], file, autostop } = options;
    try {
      this.#recording = newRecording(join(this.#directory, 'spool'), options.decoding);
      this.#recording.document.learnFacts(options.facts);
      this.#passes = this.#filter();
      this.#print = this.#printer();
      if (options.format?.header !== undefined) this.#output.line(options.format.header);
      const facts = () => this.#facts();
      this.#files = file === undefined ? null : new CaptureFiles(file, { facts, now, mostFiles: autostop?.files });
    } catch (error) {
      rmSync(this.#directory, { recursive: true, force: true });
      // Nothing has been captured yet.
      throw error instanceof CaptureFileError ? new CommandFailure(error.message) : commandError(error);
    }
    this.#timer = this.#files === null ? undefined : setInterval(() => this.#look(), FLUSH_MS);
    this.#attribution = attributed.length > 0 ? new Attribution(() => {}) : null;
    this.#attribution?.watch(attributed);
  }

  /** Messages captured so far. */
  get messages(): number {
    return this.#messages;
  }

  /** Messages were lost whose number nobody knows. */
  get lostUnknown(): boolean {
    return this.#lostUnknown;
  }

  /** Files that were written and are there, "" for none. */
  get written(): string {
    const state = this.#files?.state;
    if (state === undefined || state.begun < 2) return '';
    return state.kept === state.begun
      ? ` to ${state.begun} files, the last is ${state.current}`
      : ` to ${state.begun} files, of which the last ${state.kept} are kept; the last is ${state.current}`;
  }

  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number, notes?: DatagramNotes): void {
    if (this.#isFull) return;
    this.#attempt(() => {
      const { document } = this.#recording;
      const first = this.#recording.add(envelope, timeNs, bytes, originalLength, notes);
      const messages = document.store.count - first;
      this.#messages += messages;
      this.#files?.datagram(envelope, timeNs, bytes, originalLength, messages, notes);
      this.#checkLimits();
    });
  }

  gap(gap: Gap, timeNs: bigint): void {
    if (this.#isFull) return;
    if (gap.lost === null) this.#lostUnknown = true;
    this.#attempt(() => {
      this.#files?.gap(gap, timeNs);
      const where = gap.netns === undefined ? '' : ` in ${gap.netns}`;
      process.stderr.write(
        `nlscope: ${gap.lost ?? 'an unknown number of'} messages were lost${where} (${gap.cause})\n`,
      );
    });
  }

  batch(): void {
    this.#attempt(() => this.#afterBatch());
  }

  failure(failure: Failure): void {
    process.stderr.write(`nlscope: ${failureLine(failure)}\n`);
  }

  facts(facts: HostFacts): void {
    this.#attempt(() => {
      this.#recording.document.learnFacts(facts);
      this.#files?.facts(facts);
    });
  }

  /** Waits until those that spoke last have been looked up, as far as that takes no longer than a moment. */
  async settle(): Promise<void> {
    await this.#attribution?.settle();
  }

  /** Completes the file and removes what is temporary. Throws CommandFailure when the disk has no room for the rest. */
  close(): void {
    const complete = !this.#ended;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#attribution?.close();
    try {
      if (complete) this.#files?.finish();
    } catch (error) {
      throw commandError(error);
    } finally {
      this.#files?.close();
      this.#recording.close();
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  /** The time of a file may be over while nothing arrives. */
  #look(): void {
    this.#attempt(() => {
      this.#files?.flush();
      this.#checkLimits();
    });
  }

  #afterBatch(): void {
    const { document } = this.#recording;
    const { store } = document;
    document.learn();
    this.#attribution?.observe(document);
    // What has been printed is in the file.
    this.#files?.flush();
    for (; this.#printed < store.count; this.#printed++) {
      const row = this.#printed;
      if (this.#print === null || store.isGap(row) || this.#passes?.(row) === false) continue;
      this.#print(row, this.#before.rows + row + 1, this.#output.text);
      this.#output.endLine();
    }
    this.#checkLimits();
    if (store.count >= ROWS_KEPT) this.#rotate();
  }

  #checkLimits(): void {
    const { autostop, onLimit } = this.#options;
    if (autostop === undefined || this.#isFull) return;
    const bytes = this.#files?.bytes ?? this.#before.bytes + this.#recording.spoolBytes;
    const limit = reachedLimit(autostop, { messages: this.#messages, bytes, filled: this.#files?.filled ?? 0 });
    if (limit === null) return;
    this.#isFull = true;
    this.#afterBatch();
    onLimit?.(limit);
  }

  #facts() {
    return this.#recording.document.facts();
  }

  #filter(): ((row: number) => boolean) | null {
    const { decoding, filter } = this.#options;
    return filter === undefined ? null : rowFilter(this.#recording.document, decoding, filter).passes;
  }

  #printer(): RowPrinter | null {
    return this.#options.format?.printer(this.#recording.document) ?? null;
  }

  /** Begins the index anew, with what is known. */
  #rotate(): void {
    const facts = this.#facts();
    const next = newRecording(join(this.#directory, `spool-${this.#before.rows}`), this.#options.decoding);
    for (const known of facts) next.document.learnFacts(known);
    const { document } = this.#recording;
    this.#before = {
      rows: this.#before.rows + document.store.count,
      bytes: this.#before.bytes + this.#recording.spoolBytes,
    };
    this.#recording.close();
    this.#recording = next;
    this.#passes = this.#filter();
    this.#print = this.#printer();
    this.#printed = 0;
  }

  #attempt(work: () => void): void {
    if (this.#ended) return;
    try {
      work();
    } catch (error) {
      this.#ended = true;
      this.#options.onEnd(commandError(error));
    }
  }
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** An error of writing, in the words of the command; a reader that has gone is no error. */
function commandError(error: unknown): unknown {
  if (error instanceof CommandFailure || error instanceof OutputClosed) return error;
  if (!(error instanceof CaptureFileError)) return new CommandFailure(`capturing stopped: ${reasonOf(error)}`);
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'EPIPE') return new OutputClosed();
  const kept = error.holdsSomething ? 'what was written before stays readable' : 'nothing is in it';
  return new CommandFailure(`${error.message}; capturing stopped, ${kept}`);
}
