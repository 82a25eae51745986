import { DIRECTIONS, type Envelope } from '../contracts/index.ts';
import { align4 } from '../wire/index.ts';
import {
  encodeCommented,
  encodeEnvelope,
  encodeFamily,
  encodeGap,
  encodeHost,
  encodeInterface,
  encodeMarks,
  encodeOwner,
  encodePolicy,
  encodeStrings,
  encodeTotals,
  encodeUtf8,
  MARKS_PER_OPTION,
  MOST_REPEATED_GAPS,
  needsEnvelopeOption,
  OPT_CUSTOM_BINARY,
  policyParts,
  stringParts,
} from './customOptions.ts';
import { frameCuts } from './frameCuts.ts';
import { COOKED_LENGTH, LINKTYPE_NETLINK, writeCooked } from './linkTypes.ts';
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_SECTION,
  BYTE_ORDER_MAGIC,
  EPB_FLAGS,
  IF_DESCRIPTION,
  IF_NAME,
  IF_TSRESOL,
  ISB_IFDROP,
  ISB_OSDROP,
  interfaceName,
  OPT_COMMENT,
  SHB_HARDWARE,
  SHB_OS,
  SHB_USERAPPL,
} from './pcapngFormat.ts';
import type { Gap, HostFacts, MessageComment } from './reader.ts';
import type { ByteSink } from './source.ts';
import { setFromBigInt } from './time.ts';

export interface WriterOptions {
  /** Program that writes, with its version: "nlscope 0.1.0". */
  readonly application: string;
  /** Kernel release of the captured host, "" when unknown. */
  readonly os?: string;
  readonly hardware?: string;
  /** Byte order of the captured host (default little). Datagrams of another order get a section of their own. */
  readonly littleEndian?: boolean;
  /**
   * Longest frame in bytes, the cooked header included. Wireshark refuses longer ones than 262,144 for this link type,
   * the default: longer datagrams are split between messages over several frames, which this product joins again.
   * Infinity keeps each datagram in one piece, as a spool file wants it.
   */
  readonly longestFrame?: number;
}

/** What goes with a datagram beside its envelope. */
export interface DatagramExtras {
  /** Length before the capture cut it (default: the bytes' own). */
  readonly originalLength?: number;
  /** Marked messages, counted from 0 in this datagram. */
  readonly marks?: readonly number[];
  /** Messages that times are measured from, likewise. */
  readonly references?: readonly number[];
  /** Comments on messages, counted from 0 in this datagram. */
  readonly comments?: readonly MessageComment[];
  /** Carries on the datagram written before it. */
  readonly continued?: boolean;
}

const WIRESHARK_LONGEST_FRAME = 262_144;
const BUFFER = 1 << 20;
const FLUSH_AT = BUFFER - (1 << 14);
const EPB_FIXED = 28;
/** Wireshark refuses blocks of more than 16 MiB. */
const LONGEST_BLOCK = 8 << 20;
const NO_EXTRAS: DatagramExtras = {};
const NO_MARKS: readonly number[] = [];
const NO_COMMENTS: readonly MessageComment[] = [];
const NANOSECOND_RESOLUTION = 9;

/** epb_flags by direction: 1 inbound, 2 outbound (bits 0-1, seen from user space); 1 unicast, 2 multicast (bits 2-4). */
const EPB_FLAGS_OF: readonly number[] = DIRECTIONS.map(
  (direction) =>
    ({ unknown: 0, request: 2 | (1 << 2), reply: 1 | (1 << 2), notify: 1 | (2 << 2), user: 1 << 2 })[direction],
);

/**
 * Writes a pcapng capture in a stream. Only whole blocks reach the sink, so that the file is valid whenever writing
 * stops: at a crash it lacks at most what was not flushed yet. One enhanced packet block per datagram, timestamps in
 * nanoseconds, LINKTYPE_NETLINK with its cooked header. epb_flags tells other tools the direction; what else the
 * header cannot hold stands in custom options (see customOptions.ts), those that belong to no datagram in interface
 * statistics blocks at their place in the stream.
 */
export class PcapngWriter {
  private buffer = new Uint8Array(BUFFER);
  private view = new DataView(this.buffer.buffer);
  private used = 0;
  private flushed = 0;
  private littleEndian: boolean;
  private dropped = { kernel: 0, other: 0 };
  private gapsToRepeat: Gap[] = [];
  /** Numbers of the section's interfaces by host and netns, "" for the one of who captured. */
  private readonly interfaces = new Map<string | undefined, Map<string, number>>();
  private interfaceCount = 0;
  private readonly time = { high: 0, low: 0 };
  private readonly longestFrame: number;
  private readonly sink: ByteSink;
  private readonly options: WriterOptions;

  constructor(sink: ByteSink, options: WriterOptions) {
    this.sink = sink;
    this.options = options;
    this.littleEndian = options.littleEndian ?? true;
    this.longestFrame = options.longestFrame ?? WIRESHARK_LONGEST_FRAME;
    this.section();
  }

  /** Bytes of the capture so far, those not flushed yet included. */
  get size(): number {
    return this.flushed + this.used;
  }

  /**
   * Writes a datagram and returns the offset of its first byte in the file (of its first piece where it is split).
   * `timeNs`: nanoseconds since 1970.
   */
  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, extras: DatagramExtras = NO_EXTRAS): number {
    setFromBigInt(this.time, timeNs);
    return this.datagramAt(envelope, this.time.high, this.time.low, bytes, extras);
  }

  /** `datagram` with its time in halves: nothing is allocated for it. */
  datagramAt(
    envelope: Envelope,
    timeHigh: number,
    timeLow: number,
    bytes: Uint8Array,
    extras: DatagramExtras = NO_EXTRAS,
  ): number {
    if (envelope.littleEndian !== this.littleEndian) {
      this.littleEndian = envelope.littleEndian;
      this.section();
    }
    if (COOKED_LENGTH + bytes.length <= this.longestFrame) {
      return this.frame(envelope, timeHigh, timeLow, bytes, extras);
    }
    return this.split(envelope, timeHigh, timeLow, bytes, extras);
  }

  /** Notes that messages were lost at this place: at once, and again with the next datagram. */
  gap(gap: Gap, timeNs: bigint): void {
    if (gap.cause === 'kernel') this.dropped.kernel += gap.lost ?? 0;
    else this.dropped.other += gap.lost ?? 0;
    if (this.gapsToRepeat.length < MOST_REPEATED_GAPS) this.gapsToRepeat.push(gap);
    const start = this.beginStatistics(this.anyInterface(), timeNs);
    this.option(OPT_CUSTOM_BINARY, encodeGap(gap, this.littleEndian));
    this.end(start, true);
  }

  /**
   * Notes generic netlink families, interface names, string sets and processes of a host. What is told before the first
   * datagram of the host stands in its interface's description, which tools that rewrite and merge captures keep; of what
   * is told later they keep the first call or nothing.
   */
  facts(facts: HostFacts, timeNs: bigint): void {
    const { host } = facts;
    const isKnown = this.interfaces.get(host)?.has('') === true;
    let start = isKnown ? this.beginStatistics(this.interfaceOf(host), timeNs) : this.beginInterface(host, '');
    for (const option of factOptions(facts, this.littleEndian)) {
      if (this.used - start + option.length > LONGEST_BLOCK) {
        this.end(start, true);
        start = this.beginStatistics(this.interfaceOf(host), timeNs);
      }
      this.option(OPT_CUSTOM_BINARY, option);
    }
    this.end(start, true);
  }

  /** What the sink does not have yet, whole blocks; valid until the next call. */
  get unflushed(): Uint8Array {
    return this.buffer.subarray(0, this.used);
  }

  /**
   * Hands everything to the sink. When that throws, the sink has gotten the blocks that it takes one by one; the others
   * stay here to be tried again.
   */
  flush(): void {
    if (this.used === 0) return;
    try {
      this.sink.write(this.buffer.subarray(0, this.used));
    } catch (error) {
      this.flushWhatFits();
      throw error;
    }
    this.flushed += this.used;
    this.used = 0;
    if (this.buffer.length > BUFFER) this.resize(BUFFER);
  }

  private flushWhatFits(): void {
    let end = 0;
    try {
      for (let length = this.blockLength(0); length > 0; length = this.blockLength(end)) {
        this.sink.write(this.buffer.subarray(end, end + length));
        end += length;
      }
    } catch {
      // It is full.
    }
    this.buffer.copyWithin(0, end, this.used);
    this.flushed += end;
    this.used -= end;
  }

  /** Length of a block in the buffer, 0 at its end. Sections of both byte orders may be in it. */
  private blockLength(at: number): number {
    if (at >= this.used) return 0;
    for (const littleEndian of [true, false]) {
      const length = this.view.getUint32(at + 4, littleEndian);
      if (length > this.used - at) continue;
      // A block ends with its length.
      if (this.view.getUint32(at + length - 4, littleEndian) === length) return length;
    }
    return 0;
  }

  /** Writes the totals of lost messages and flushes. */
  finish(timeNs: bigint): void {
    const start = this.beginStatistics(this.anyInterface(), timeNs);
    this.option(OPT_CUSTOM_BINARY, encodeTotals(this.littleEndian));
    this.end(start, true);
    this.flush();
  }

  /** Writes a datagram that is too long for a frame as several, each of whole messages. */
  private split(envelope: Envelope, high: number, low: number, bytes: Uint8Array, extras: DatagramExtras): number {
    const cuts = frameCuts(envelope, bytes, this.longestFrame - COOKED_LENGTH);
    const lost = Math.max(0, (extras.originalLength ?? 0) - bytes.length);
    let offset = -1;
    for (let i = 0; i < cuts.length; i++) {
      const { start, firstMessage } = cuts[i];
      const last = i === cuts.length - 1;
      const end = last ? bytes.length : cuts[i + 1].start;
      const nextMessage = last ? Number.POSITIVE_INFINITY : cuts[i + 1].firstMessage;
      const within = (messages?: readonly number[]) =>
        messages?.filter((m) => m >= firstMessage && m < nextMessage).map((m) => m - firstMessage);
      const written = this.frame(envelope, high, low, bytes.subarray(start, end), {
        originalLength: end - start + (last ? lost : 0),
        marks: within(extras.marks),
        references: within(extras.references),
        comments: extras.comments
          ?.filter(({ message: m }) => m >= firstMessage && m < nextMessage)
          .map(({ message, text }) => ({ message: message - firstMessage, text })),
        continued: i > 0 || extras.continued,
      });
      if (i === 0) offset = written;
    }
    return offset;
  }

  private frame(envelope: Envelope, high: number, low: number, bytes: Uint8Array, extras: DatagramExtras): number {
    const le = this.littleEndian;
    const continued = extras.continued ?? false;
    const { marks = NO_MARKS, references = NO_MARKS, comments = NO_COMMENTS } = extras;
    const captured = COOKED_LENGTH + bytes.length;
    const source = this.interfaceOf(envelope.host, envelope.netns);
    const start = this.begin(BLOCK_ENHANCED_PACKET);
    this.reserve(EPB_FIXED + captured + 4);
    const { view } = this;
    view.setUint32(start + 8, source, le);
    view.setUint32(start + 12, high, le);
    view.setUint32(start + 16, low, le);
    view.setUint32(start + 20, captured, le);
    view.setUint32(start + 24, COOKED_LENGTH + Math.max(bytes.length, extras.originalLength ?? 0), le);
    this.used = start + EPB_FIXED;
    writeCooked(view, this.used, envelope.protocol);
    this.used += COOKED_LENGTH;
    const position = this.flushed + this.used;
    this.padded(bytes);
    const optionsStart = this.used;
    const flags = EPB_FLAGS_OF[DIRECTIONS.indexOf(envelope.direction)];
    if (flags !== 0) this.numberOption(EPB_FLAGS, flags);
    for (const { text } of comments) this.option(OPT_COMMENT, textOption(text));
    if (comments.some(({ message }) => message > 0)) {
      const messages = comments.map(({ message }) => message);
      this.option(OPT_CUSTOM_BINARY, encodeCommented(messages, le));
    }
    if (needsEnvelopeOption(envelope, le, continued)) {
      this.option(OPT_CUSTOM_BINARY, encodeEnvelope(envelope, le, continued));
    }
    for (let i = 0; i < marks.length; i += MARKS_PER_OPTION) {
      this.option(OPT_CUSTOM_BINARY, encodeMarks('M', marks, i, le));
    }
    for (let i = 0; i < references.length; i += MARKS_PER_OPTION) {
      this.option(OPT_CUSTOM_BINARY, encodeMarks('R', references, i, le));
    }
    if (this.gapsToRepeat.length > 0) {
      for (const gap of this.gapsToRepeat) this.option(OPT_CUSTOM_BINARY, encodeGap(gap, le));
      this.gapsToRepeat = [];
    }
    this.end(start, this.used > optionsStart);
    return position;
  }

  private section(): void {
    const { options, littleEndian } = this;
    const section = this.begin(BLOCK_SECTION);
    this.view.setUint32(section + 8, BYTE_ORDER_MAGIC, littleEndian);
    this.view.setUint16(section + 12, 1, littleEndian);
    this.view.setUint16(section + 14, 0, littleEndian);
    // The section's length is not known beforehand: -1.
    this.view.setUint32(section + 16, 0xffffffff, littleEndian);
    this.view.setUint32(section + 20, 0xffffffff, littleEndian);
    this.used = section + 24;
    for (const [code, text] of [
      [SHB_HARDWARE, options.hardware],
      [SHB_OS, options.os],
      [SHB_USERAPPL, options.application],
    ] as const) {
      if (text) this.option(code, textOption(text));
    }
    this.end(section, true);
    this.interfaces.clear();
    this.interfaceCount = 0;
  }

  /** Number of the interface that stands for a network namespace; it is described before its first datagram. */
  private interfaceOf(host: string | undefined, netns = ''): number {
    const known = this.interfaces.get(host)?.get(netns);
    if (known !== undefined) return known;
    this.end(this.beginInterface(host, netns), true);
    return this.interfaceCount - 1;
  }

  /** Number of an interface, whichever: for what belongs to none. */
  private anyInterface(): number {
    return this.interfaceCount > 0 ? 0 : this.interfaceOf(undefined);
  }

  /** Begins the description of an interface. */
  private beginInterface(host: string | undefined, netns: string): number {
    const { interfaces, littleEndian } = this;
    const ofHost = interfaces.get(host) ?? new Map<string, number>();
    interfaces.set(host, ofHost.set(netns, this.interfaceCount++));
    const description = this.begin(BLOCK_INTERFACE);
    this.view.setUint16(description + 8, LINKTYPE_NETLINK, littleEndian);
    this.view.setUint16(description + 10, 0, littleEndian);
    this.view.setUint32(description + 12, 0, littleEndian);
    this.used = description + 16;
    this.option(IF_NAME, textOption(interfaceName(netns)));
    if (host !== undefined) this.option(IF_DESCRIPTION, textOption(host));
    this.option(IF_TSRESOL, new Uint8Array([NANOSECOND_RESOLUTION]));
    if (host !== undefined) this.option(OPT_CUSTOM_BINARY, encodeHost(host, littleEndian));
    return description;
  }

  private beginStatistics(number: number, timeNs: bigint): number {
    const le = this.littleEndian;
    const start = this.begin(BLOCK_INTERFACE_STATISTICS);
    setFromBigInt(this.time, timeNs);
    this.view.setUint32(start + 8, number, le);
    this.view.setUint32(start + 12, this.time.high, le);
    this.view.setUint32(start + 16, this.time.low, le);
    this.used = start + 20;
    this.countOption(ISB_IFDROP, this.dropped.other);
    this.countOption(ISB_OSDROP, this.dropped.kernel);
    return start;
  }

  /** Starts a block after making sure that only whole blocks are flushed; returns its index in the buffer. */
  private begin(type: number): number {
    if (this.used > FLUSH_AT) this.flush();
    this.reserve(32);
    const start = this.used;
    this.view.setUint32(start, type, this.littleEndian);
    return start;
  }

  /** Ends a block: end of options where there are any, and both lengths. */
  private end(start: number, hasOptions: boolean): void {
    this.reserve(8);
    if (hasOptions) this.optionHeader(0, 0);
    const total = this.used + 4 - start;
    this.view.setUint32(start + 4, total, this.littleEndian);
    this.view.setUint32(this.used, total, this.littleEndian);
    this.used += 4;
  }

  private option(code: number, value: Uint8Array): void {
    this.reserve(value.length + 8);
    this.optionHeader(code, value.length);
    this.padded(value);
  }

  private numberOption(code: number, value: number): void {
    this.reserve(8);
    this.optionHeader(code, 4);
    this.view.setUint32(this.used, value, this.littleEndian);
    this.used += 4;
  }

  private countOption(code: number, value: number): void {
    this.reserve(12);
    this.optionHeader(code, 8);
    this.view.setBigUint64(this.used, BigInt(value), this.littleEndian);
    this.used += 8;
  }

  private optionHeader(code: number, length: number): void {
    this.view.setUint16(this.used, code, this.littleEndian);
    this.view.setUint16(this.used + 2, length, this.littleEndian);
    this.used += 4;
  }

  private padded(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    let end = this.used + bytes.length;
    this.used += align4(bytes.length);
    while (end < this.used) this.buffer[end++] = 0;
  }

  /** Makes room for so many more bytes in the buffer, without flushing: a block may be half written. */
  private reserve(bytes: number): void {
    const need = this.used + bytes;
    if (need > this.buffer.length) this.resize(need * 2);
  }

  private resize(length: number): void {
    const larger = new Uint8Array(length);
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Options that hold what is known of a host; each is valid until the next. */
function* factOptions(
  { families = [], policies = [], interfaces = [], strings = [], owners = [] }: HostFacts,
  littleEndian: boolean,
): Generator<Uint8Array> {
  for (const family of families) {
    yield encodeFamily(family, littleEndian);
    const parts = family.policy === undefined ? [] : policyParts(family.policy);
    for (const part of parts) yield encodePolicy(family.id, part, littleEndian);
  }
  for (const { id, policy } of policies) yield encodePolicy(id, policy, littleEndian);
  for (const known of interfaces) yield encodeInterface(known, littleEndian);
  for (const known of strings) for (const part of stringParts(known)) yield encodeStrings(part, littleEndian);
  for (const owner of owners) yield encodeOwner(owner, littleEndian);
}

function textOption(text: string): Uint8Array {
  return encodeUtf8(text, 0xffff);
}
