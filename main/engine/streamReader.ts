import {
  type ByteSource,
  type CaptureReader,
  FACT_KINDS,
  type FactLists,
  joinTime,
  openCapture,
} from '../../app/captureFile/index.ts';
import { LineSplitter, SNIFFED, type TextReader } from '../../app/captureFile/text/index.ts';
import type { MakeDecompressor } from './decompress.ts';
import { reasonOf } from './fileBytes.ts';
import type { StreamSink } from './liveCapture.ts';
import { describeBreak } from './openDocument.ts';
import { decompressorFor, MOST_LAYERS, textReaderFor } from './plainCapture.ts';

/** Enough to know a compressed file, and a capture that is not text: the header of a pcap file. */
const FEWEST_SNIFFED = 24;
const NEWLINE = 0x0a;

/** How a stream ended. */
export interface StreamEnd {
  /** Where and why it cannot be read on, "" when it ended as it should. */
  readonly broken: string;
  /** What a user should know about how it was read, a sentence each. */
  readonly notes: readonly string[];
  /** It began as captures do. */
  readonly began: boolean;
}

/** One step on the way from bytes to datagrams. */
interface Stage {
  push(bytes: Uint8Array): Promise<void>;
  /** Nothing more will come. */
  end(): Promise<void>;
}

/** What the steps of a stream tell about it. */
class StreamState {
  readonly notes: string[] = [];
  broken = '';
  began = false;
}

/**
 * Reads a capture of any kind while it is being written: pcap and pcapng, also compressed with gzip or zstd, hex dumps,
 * traces of strace. Every datagram is handed on as soon as its last byte is there; memory holds no more than that.
 */
export class StreamReader {
  readonly #state = new StreamState();
  readonly #first: Stage;

  /** @param protocol NETLINK_* number of a hex dump that does not tell it */
  constructor(sink: StreamSink, protocol?: number) {
    this.#first = new Sniffer(sink, this.#state, protocol, 0);
  }

  /** True when nothing that comes later can be read. */
  get isBroken(): boolean {
    return this.#state.broken !== '';
  }

  /** Takes the next bytes; what they complete has been handed on when this resolves. They are not kept. */
  push(bytes: Uint8Array): Promise<void> {
    return this.isBroken ? Promise.resolve() : this.#first.push(bytes);
  }

  async end(): Promise<StreamEnd> {
    if (!this.isBroken) await this.#first.end();
    const { broken, notes, began } = this.#state;
    return { broken, notes, began };
  }
}

/** Gathers the beginning until it tells what comes, then hands everything on to what reads that. */
class Sniffer implements Stage {
  #start = new Uint8Array(0);
  #next: Stage | null = null;
  readonly #sink: StreamSink;
  readonly #state: StreamState;
  readonly #protocol: number | undefined;
  readonly #layer: number;

  constructor(sink: StreamSink, state: StreamState, protocol: number | undefined, layer: number) {
    this.#sink = sink;
    this.#state = state;
    this.#protocol = protocol;
    this.#layer = layer;
  }

  async push(bytes: Uint8Array): Promise<void> {
    if (this.#next !== null) return this.#next.push(bytes);
    const start = new Uint8Array(this.#start.length + bytes.length);
    start.set(this.#start);
    start.set(bytes, this.#start.length);
    this.#start = start;
    this.#next = this.#choose(false);
    if (this.#next === null) return;
    this.#start = new Uint8Array(0);
    await this.#next.push(start);
  }

  async end(): Promise<void> {
    if (this.#next === null) {
      this.#next = this.#choose(true);
      await this.#next?.push(this.#start);
    }
    await this.#next?.end();
  }

  /** What reads on; null while the beginning does not tell. */
  #choose(isAll: boolean): Stage | null {
    const start = this.#start;
    if (start.length < FEWEST_SNIFFED && !isAll) return null;
    const make = this.#layer < MOST_LAYERS ? decompressorFor(start) : null;
    if (make !== null) {
      const inner = new Sniffer(this.#sink, this.#state, this.#protocol, this.#layer + 1);
      return new Unpacker(make, inner, this.#state);
    }
    const isBinary = start.includes(0);
    if (!isBinary) {
      const text = textReaderFor(start, this.#protocol);
      if (text !== null && (isAll || start.includes(NEWLINE))) return new TextStage(text, this.#sink, this.#state);
    }
    const isDecided = isAll || isBinary || start.length >= SNIFFED;
    return isDecided ? new CaptureStage(this.#sink, this.#state) : null;
  }
}

class Unpacker implements Stage {
  readonly #stream: ReturnType<MakeDecompressor>;
  readonly #next: Stage;
  readonly #state: StreamState;
  #unpacked: Uint8Array[] = [];

  constructor(make: MakeDecompressor, next: Stage, state: StreamState) {
    this.#next = next;
    this.#state = state;
    this.#stream = make((bytes) => this.#unpacked.push(bytes));
  }

  async push(bytes: Uint8Array): Promise<void> {
    const failure = await this.#try(() => this.#stream.push(bytes));
    await this.#handOn();
    if (failure === '') return;
    await this.#next.end();
    this.#state.broken = failure;
  }

  async end(): Promise<void> {
    const failure = await this.#try(() => this.#stream.end());
    await this.#handOn();
    await this.#next.end();
    if (failure !== '') this.#state.broken = failure;
  }

  async #try(work: () => Promise<void>): Promise<string> {
    try {
      await work();
      return '';
    } catch (error) {
      return `the compressed data breaks off (${reasonOf(error)})`;
    }
  }

  async #handOn(): Promise<void> {
    const pieces = this.#unpacked;
    this.#unpacked = [];
    for (const piece of pieces) if (this.#state.broken === '') await this.#next.push(piece);
  }
}

class TextStage implements Stage {
  readonly #reader: TextReader;
  readonly #sink: StreamSink;
  readonly #state: StreamState;
  readonly #splitter = new LineSplitter();

  constructor(reader: TextReader, sink: StreamSink, state: StreamState) {
    this.#reader = reader;
    this.#sink = sink;
    this.#state = state;
    state.began = true;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (const line of this.#splitter.push(bytes)) this.#deliver(this.#reader.line(line));
    this.#sink.batch();
  }

  async end(): Promise<void> {
    this.#deliver(this.#reader.line(this.#splitter.rest()));
    this.#deliver(this.#reader.end());
    this.#state.notes.push(...this.#reader.notes);
    this.#sink.batch();
  }

  #deliver(found: ReturnType<TextReader['end']>): void {
    for (const { envelope, timeNs, bytes, originalLength, process } of found) {
      const comments = process === '' ? [] : [{ message: 0, text: `process ${process}` }];
      this.#sink.datagram(envelope, timeNs, bytes, originalLength, { comments });
    }
  }
}

/** pcap and pcapng. */
class CaptureStage implements Stage {
  readonly #sink: StreamSink;
  readonly #state: StreamState;
  readonly #bytes = new SlidingBytes();
  #reader: CaptureReader | null = null;
  /** How many facts have been handed on, by host and kind. */
  readonly #told = new Map<FactLists, { [Kind in (typeof FACT_KINDS)[number]]: number }>();

  constructor(sink: StreamSink, state: StreamState) {
    this.#sink = sink;
    this.#state = state;
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.#bytes.push(bytes);
    this.#readOn();
  }

  async end(): Promise<void> {
    this.#bytes.mayGrow = false;
    this.#readOn();
  }

  #readOn(): void {
    const reader = this.#reader ?? this.#open();
    if (reader === null) return;
    const { frame } = reader;
    for (let kind = reader.next(); kind !== 'end'; kind = reader.next()) {
      const timeNs = joinTime(frame.timeHigh, frame.timeLow);
      if (kind === 'gap') {
        this.#sink.gap(reader.gap, timeNs);
        continue;
      }
      const { envelope, view, start, length, originalLength, marks, references, comments, continued } = frame;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, length);
      const hasNotes = comments.length > 0 || marks.length + references.length > 0 || continued;
      this.#sink.datagram(
        envelope,
        timeNs,
        bytes,
        originalLength,
        hasNotes ? { marks, references, comments, continued } : undefined,
      );
    }
    this.#bytes.forget(reader.position);
    this.#tellFacts(reader);
    this.#sink.batch();
    const report = reader.report();
    if (report.broken !== null) this.#state.broken = describeBreak(report);
  }

  #open(): CaptureReader | null {
    const opened = openCapture(this.#bytes);
    if (opened.ok) this.#reader = opened.value;
    this.#state.began = opened.ok;
    if (!opened.ok)
      this.#state.broken = this.#bytes.size === 0 ? 'nothing came' : opened.error.message.replace(/\.$/, '');
    return this.#reader;
  }

  #tellFacts({ facts }: CaptureReader): void {
    for (const host of facts.hosts) {
      const told = this.#told.get(host) ?? { families: 0, policies: 0, interfaces: 0, strings: 0, owners: 0 };
      this.#told.set(host, told);
      if (FACT_KINDS.every((kind) => host[kind].length === told[kind])) continue;
      this.#sink.facts({
        host: host.host,
        families: host.families.slice(told.families),
        policies: host.policies.slice(told.policies),
        interfaces: host.interfaces.slice(told.interfaces),
        strings: host.strings.slice(told.strings),
        owners: host.owners.slice(told.owners),
      });
      for (const kind of FACT_KINDS) told[kind] = host[kind].length;
    }
  }
}

/** The bytes of a stream by their offsets, as long as they are needed. */
class SlidingBytes implements ByteSource {
  mayGrow = true;
  #buffer = new Uint8Array(1 << 16);
  #used = 0;
  /** Offset of the first. */
  #base = 0;

  get size(): number {
    return this.#base + this.#used;
  }

  push(bytes: Uint8Array): void {
    const need = this.#used + bytes.length;
    if (need > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(need, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used = need;
  }

  forget(before: number): void {
    const count = Math.max(0, Math.min(before - this.#base, this.#used));
    this.#buffer.copyWithin(0, count, this.#used);
    this.#used -= count;
    this.#base += count;
  }

  read(offset: number, length: number): Uint8Array {
    const start = Math.max(0, offset - this.#base);
    return this.#buffer.slice(start, Math.min(start + length, this.#used));
  }
}
