import {
  type ByteSource,
  type CapturedFrame,
  EnvelopeTable,
  emptyFrame,
  GAP_CAUSES,
  type Gap,
  joinTime,
  plainEnvelope,
  setFromBigInt,
} from '../captureFile/index.ts';
import { DIRECTIONS, type Envelope, type Severity } from '../contracts/index.ts';
import type { ByteSpan, MessageColumns } from '../dissect/api.ts';
import {
  align4,
  NETLINK_GENERIC,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  viewOf,
} from '../wire/index.ts';
import { auditEventOf } from './auditEvents.ts';
import {
  CHUNK_BITS,
  CHUNK_MASK,
  CHUNK_ROWS,
  growingU16,
  growingU32,
  NearColumn,
  SteadyColumn,
  upperBound,
} from './columns.ts';
import { UNKNOWN } from './direction.ts';
import { KindColumn } from './kinds.ts';
import { forEachMessage, type MessageShape } from './messages.ts';
import { PageCache } from './pages.ts';
import { type MessageFacts, Transactions } from './transactions.ts';

/** The row begins a datagram (or is a gap). */
const FIRST = 1;
/** Fewer bytes than nlmsg_len says. */
const CUT = 2;
/** Bytes without an nlmsghdr. */
const RAW = 4;
const GAP = 8;
const MARKED = 16;
/** Worst severity, two bits: 0 none, then the place in SEVERITIES + 1. */
const SEVERITY_SHIFT = 5;
const SEVERITY_BITS = 3 << SEVERITY_SHIFT;
const SEVERITIES: readonly Severity[] = ['note', 'warn', 'error'];

/** In the flags column of a gap: the loss is counted; its protocol is known. */
const COUNTED = 1;
const PROTOCOL_KNOWN = 2;

const LARGEST_U32 = 0xffffffff;
/** Values of nlmsg_type. */
const FAMILY_IDS = 0x10000;
/** Hosts whose messages are counted apart; no capture has as many. */
const MOST_HOSTS = 64;
/** How far before a chunk's first row its times may lie without costing more memory: a day in units of 2^32 ns. */
const TIME_SLACK = 20_000;
/** "libudev": how user space's own uevents begin (struct monitor_netlink_header of libudev). */
const LIBUDEV = [0x6c, 0x69, 0x62, 0x75, 0x64, 0x65, 0x76];

/** Bytes of a chunk's columns. */
const CHUNK_BYTES = 30 * CHUNK_ROWS;
/**
 * Memory for several chunks: with the word before it that malloc keeps, it fills one huge page (2 MiB) that the system
 * may be asked for. Fresh memory in pages of 4 KiB would cost as much as filling it.
 */
const SLAB_BYTES = (2 << 20) - 4096;

/** Makes memory, all zero. */
export type MakeMemory = (bytes: number) => ArrayBuffer;

/** CHUNK_ROWS rows of the index. */
class Chunk {
  readonly offset: NearColumn;
  readonly timeHigh = new SteadyColumn(TIME_SLACK);
  readonly timeLow: Uint32Array;
  readonly length: NearColumn;
  readonly seq: Uint32Array;
  readonly portid: Uint32Array;
  readonly type: Uint16Array;
  readonly flags: Uint16Array;
  readonly envelope: NearColumn;
  readonly transaction: Uint32Array;
  readonly lead: Uint8Array;
  readonly bits: Uint8Array;

  /** @param start of CHUNK_BYTES of the memory that are the chunk's */
  constructor(memory: ArrayBuffer, start: number, offset: number) {
    let at = start;
    const next = (bytes: number): number => {
      at += bytes * CHUNK_ROWS;
      return at - bytes * CHUNK_ROWS;
    };
    const words = () => new Uint32Array(memory, next(4), CHUNK_ROWS);
    const halves = () => new Uint16Array(memory, next(2), CHUNK_ROWS);
    const bytes = () => new Uint8Array(memory, next(1), CHUNK_ROWS);
    this.offset = new NearColumn(words(), offset);
    this.timeLow = words();
    this.seq = words();
    this.portid = words();
    this.transaction = words();
    this.length = new NearColumn(halves(), 0);
    this.type = halves();
    this.flags = halves();
    this.envelope = new NearColumn(halves(), 0);
    this.lead = bytes();
    this.bits = bytes();
  }

  get byteLength(): number {
    const { offset, timeHigh, length, envelope } = this;
    return CHUNK_BYTES + timeHigh.byteLength + offset.extraBytes + length.extraBytes + envelope.extraBytes;
  }
}

/** Messages by circumstance, for the status bar and the Families panel. */
export interface StoreCounts {
  /** By NETLINK_* number. */
  readonly protocols: ReadonlyMap<number, number>;
  /** By NETLINK_* number, then by group number (known ones only). */
  readonly groups: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** By Envelope.host and nlmsg_type of NETLINK_GENERIC: the family's id. Control messages (types below 16) are not counted. */
  readonly genlFamilies: readonly { readonly host: string | undefined; readonly id: number; readonly count: number }[];
}

/** Is told of messages when they are appended: `length` bytes from `start` of the view. */
export interface TypeWatcher {
  /** 1 by nlmsg_type for those it wants. */
  readonly types: Uint8Array;
  seen(row: number, view: DataView, start: number, length: number): void;
}

/**
 * The messages of a session: an index in memory, about 32 bytes a message, over bytes that stay in a file (a capture,
 * or the spool of a live one). Rows are message indices from 0; the user sees them from 1. Lost messages are rows of
 * their own. Appending pairs requests with answers and infers directions on the way.
 */
export class MessageStore {
  readonly transactions = new Transactions();
  private readonly chunks: Chunk[] = [];
  private rows = 0;
  private datagramRows = 0;
  private gapRows = 0;
  private marked = 0;
  private readonly severityRows = [0, 0, 0, 0];
  private readonly envelopes = new EnvelopeTable();
  /** Numbers of netns and host together, and of hosts. */
  private readonly places = new Map<string, number>();
  private readonly hosts: (string | undefined)[] = [];
  /** The same by number of an envelope as its source gave it. */
  private readonly placeOf: number[] = [];
  private readonly hostOf: number[] = [];
  /** Number of the envelope with an inferred direction, by source's number * directions + direction. */
  private readonly inferred: number[] = [];
  /** Number of the envelope as its source gave it, by number. */
  private readonly sources: number[] = [];
  private readonly countByEnvelope = growingU32();
  private readonly countByFamily = growingU32();
  /** Last rows of frames with bytes after their last message, ascending, and how many bytes. */
  private readonly tailRows = growingU32();
  private readonly tailLengths = growingU32();
  /** Bytes that a capture cut off a datagram, by its last row. */
  private readonly missing = new Map<number, number>();
  /** By first row of a datagram. */
  private readonly comments = new Map<number, string>();
  private readonly pages: PageCache;
  private readonly time = { high: 0, low: 0 };
  private readonly facts: MessageFacts = {
    row: 0,
    framed: true,
    protocol: 0,
    type: 0,
    flags: 0,
    seq: 0,
    portid: 0,
    fromUdev: false,
    direction: UNKNOWN,
    nsid: null,
    place: 0,
    sourcePortid: null,
    destPortid: null,
    status: 0,
    event: '',
  };
  // The datagram being appended, for the visitor below.
  private readonly frame = emptyFrame();
  private source = 0;
  private littleEndian = true;
  private direction = UNKNOWN;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewStart = 0;
  private fileOffset = 0;
  private nextIsFirst = true;

  // Protocols of a chunk's rows, and how many of them are there.
  private readonly protocols = new Uint16Array(CHUNK_ROWS);
  private protocolsOf = -1;
  /** By number of the envelope. */
  private readonly envelopeProtocols = growingU16();
  private protocolRows = 0;

  private readonly kinds = new KindColumn();

  private readonly watcher: TypeWatcher | null;
  private readonly makeMemory: MakeMemory;
  private slab = new ArrayBuffer(0);
  private slabUsed = 0;

  /**
   * `source`: where the offsets of appended datagrams lead; `makeMemory`: for the index, when it is more than a chunk.
   */
  constructor(
    source: ByteSource,
    watcher: TypeWatcher | null = null,
    makeMemory: MakeMemory = (bytes) => new ArrayBuffer(bytes),
  ) {
    this.pages = new PageCache(source);
    this.watcher = watcher;
    this.makeMemory = makeMemory;
  }

  /** Rows, gaps included. */
  get count(): number {
    return this.rows;
  }

  get datagramCount(): number {
    return this.datagramRows;
  }

  get gapCount(): number {
    return this.gapRows;
  }

  get markedCount(): number {
    return this.marked;
  }

  /** Hosts that messages come from, those that tell none counted as one. */
  get hostCount(): number {
    return this.hosts.length;
  }

  /** Rows by their worst severity. */
  get severityCounts(): { readonly error: number; readonly warn: number; readonly note: number } {
    const [, note, warn, error] = this.severityRows;
    return { error, warn, note };
  }

  /** Bytes the index takes in memory. */
  get indexBytes(): number {
    const chunks = this.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const side = [this.countByEnvelope, this.countByFamily, this.tailRows, this.tailLengths];
    return side.reduce((sum, column) => sum + column.byteLength, chunks + this.transactions.byteLength);
  }

  // ---- appending

  /**
   * Adds the messages of a datagram. `timeNs`: nanoseconds since 1970; `offset`: where its bytes begin in the source;
   * `originalLength`: its length before the capture cut it; `continued`: it carries on the one before. Returns the first row; the last is `count - 1`.
   */
  appendDatagram(
    envelope: Envelope,
    timeNs: bigint,
    offset: number,
    bytes: Uint8Array,
    originalLength = 0,
    continued = false,
  ): number {
    const { frame } = this;
    setFromBigInt(this.time, timeNs);
    frame.envelope = envelope;
    frame.timeHigh = this.time.high;
    frame.timeLow = this.time.low;
    frame.offset = offset;
    frame.view = viewOf(bytes);
    frame.length = bytes.length;
    frame.originalLength = originalLength;
    frame.continued = continued;
    return this.appendFrame(frame);
  }

  /** `appendDatagram` without allocation, for readers of files. */
  appendFrame({
    envelope,
    timeHigh,
    timeLow,
    offset,
    view,
    start,
    length,
    originalLength,
    continued,
  }: Omit<CapturedFrame, 'marks' | 'comment'>): number {
    const first = this.rows;
    const { facts } = this;
    this.source = this.envelopes.intern(envelope);
    this.littleEndian = envelope.littleEndian;
    this.direction = DIRECTIONS.indexOf(envelope.direction);
    this.time.high = timeHigh;
    this.time.low = timeLow;
    this.view = view;
    this.viewStart = start;
    this.fileOffset = offset;
    this.nextIsFirst = !continued || first === 0;
    facts.protocol = envelope.protocol;
    facts.nsid = envelope.nsid;
    if (this.placeOf[this.source] === undefined) this.numberPlace(this.source, envelope);
    facts.place = this.placeOf[this.source];
    facts.sourcePortid = envelope.sourcePortid;
    facts.destPortid = envelope.destPortid;
    if (this.nextIsFirst) this.datagramRows++;
    const end = forEachMessage(view, start, length, envelope.protocol, envelope.littleEndian, this.appendMessage);
    const tail = start + length - end;
    if (tail > 0) {
      this.tailRows.push(this.rows - 1);
      this.tailLengths.push(tail);
    }
    if (originalLength > length) this.missing.set(this.rows - 1, originalLength - length);
    return first;
  }

  /** Adds a row that says that messages were lost here. Returns it. */
  appendGap(gap: Gap, timeNs: bigint): number {
    setFromBigInt(this.time, timeNs);
    const row = this.rows;
    const protocol = gap.protocol ?? 0;
    const chunk = this.chunkFor(row, row === 0 ? 0 : this.offset(row - 1));
    const at = row & CHUNK_MASK;
    chunk.offset.set(at, row === 0 ? 0 : this.offset(row - 1));
    chunk.timeHigh.set(at, this.time.high);
    chunk.timeLow[at] = this.time.low;
    chunk.seq[at] = Math.min(gap.lost ?? 0, LARGEST_U32);
    chunk.type[at] = GAP_CAUSES.indexOf(gap.cause);
    chunk.flags[at] = (gap.lost === null ? 0 : COUNTED) | (gap.protocol === null ? 0 : PROTOCOL_KNOWN);
    chunk.envelope.set(at, this.envelopes.intern(plainEnvelope(protocol, true, gap.netns, gap.host)));
    chunk.bits[at] = GAP | FIRST;
    this.rows++;
    this.gapRows++;
    return row;
  }

  private readonly appendMessage = (start: number, length: number, shape: MessageShape): void => {
    const { facts, view } = this;
    const row = this.rows;
    const le = this.littleEndian;
    const offset = this.fileOffset + (start - this.viewStart);
    const chunk = this.chunkFor(row, offset);
    const at = row & CHUNK_MASK;
    const framed = shape !== 'raw';
    facts.row = row;
    facts.framed = framed;
    facts.type = framed ? view.getUint16(start + 4, le) : 0;
    facts.flags = framed ? view.getUint16(start + 6, le) : 0;
    facts.seq = framed ? view.getUint32(start + 8, le) : 0;
    facts.portid = framed ? view.getUint32(start + 12, le) : 0;
    facts.direction = this.direction;
    facts.fromUdev = !framed && startsWith(view, start, length, LIBUDEV);
    const control = facts.type === NLMSG_ERROR || facts.type === NLMSG_DONE;
    facts.status = control && length >= NLMSG_HDRLEN + 4 ? view.getInt32(start + NLMSG_HDRLEN, le) : 0;
    facts.event = framed ? auditEventOf(facts.protocol, facts.type, view, start, length) : '';
    const payload = framed ? NLMSG_HDRLEN : 0;

    chunk.transaction[at] = this.transactions.observe(facts);
    const envelope = facts.direction === this.direction ? this.source : this.withDirection(facts.direction);
    chunk.offset.set(at, offset);
    chunk.timeHigh.set(at, this.time.high);
    chunk.timeLow[at] = this.time.low;
    chunk.length.set(at, length);
    chunk.seq[at] = facts.seq;
    chunk.portid[at] = facts.portid;
    chunk.type[at] = facts.type;
    chunk.flags[at] = facts.flags;
    chunk.envelope.set(at, envelope);
    chunk.lead[at] = length > payload ? view.getUint8(start + payload) : 0;
    chunk.bits[at] = (this.nextIsFirst ? FIRST : 0) | (shape === 'cut' ? CUT : 0) | (framed ? 0 : RAW);
    this.nextIsFirst = false;
    this.rows++;
    if (envelope >= this.countByEnvelope.length) this.countByEnvelope.extend(envelope + 1);
    this.countByEnvelope.values[envelope]++;
    if (facts.protocol === NETLINK_GENERIC) {
      const family = this.hostOf[this.source] * FAMILY_IDS + facts.type;
      if (family >= this.countByFamily.length) this.countByFamily.extend(family + 1);
      this.countByFamily.values[family]++;
    }
    if (framed && this.watcher?.types[facts.type] === 1) this.watcher.seen(row, view, start, length);
  };

  /** Gives the place that a source's envelope tells of its numbers. */
  private numberPlace(source: number, { netns, host }: Envelope): void {
    const { places, hosts } = this;
    const key = `${netns ?? ''}\0${host ?? ''}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    this.placeOf[source] = place;
    const known = hosts.indexOf(host);
    this.hostOf[source] = known < 0 ? Math.min(hosts.length, MOST_HOSTS - 1) : known;
    if (known < 0 && hosts.length < MOST_HOSTS) hosts.push(host);
  }

  private chunkFor(row: number, offset: number): Chunk {
    const index = row >>> CHUNK_BITS;
    if (index === this.chunks.length) this.chunks.push(this.newChunk(offset));
    return this.chunks[index];
  }

  private newChunk(offset: number): Chunk {
    // Most documents are small.
    if (this.chunks.length === 0) return new Chunk(new ArrayBuffer(CHUNK_BYTES), 0, offset);
    if (this.slabUsed + CHUNK_BYTES > this.slab.byteLength) {
      this.slab = this.makeMemory(SLAB_BYTES);
      this.slabUsed = 0;
    }
    this.slabUsed += CHUNK_BYTES;
    return new Chunk(this.slab, this.slabUsed - CHUNK_BYTES, offset);
  }

  /** Number of the circumstances of the datagram at hand with a direction that was inferred. */
  private withDirection(direction: number): number {
    const { source } = this;
    const key = source * DIRECTIONS.length + direction;
    let id = this.inferred[key];
    if (id === undefined) {
      id = this.envelopes.intern({ ...this.envelopes.get(source), direction: DIRECTIONS[direction] });
      this.inferred[key] = id;
      this.sources[id] = source;
    }
    return id;
  }

  // ---- one row

  isGap(row: number): boolean {
    return (this.bits(row) & GAP) !== 0;
  }

  /** What was lost at a gap row; null for messages. */
  gap(row: number): Gap | null {
    if (!this.isGap(row)) return null;
    const flags = this.flags(row);
    const { protocol, netns, host } = this.envelope(row);
    return {
      protocol: flags & PROTOCOL_KNOWN ? protocol : null,
      lost: flags & COUNTED ? this.seq(row) : null,
      cause: GAP_CAUSES[this.type(row)],
      ...(netns === undefined ? {} : { netns }),
      ...(host === undefined ? {} : { host }),
    };
  }

  /** The row begins a datagram. */
  isFirst(row: number): boolean {
    return (this.bits(row) & FIRST) !== 0;
  }

  /** Its nlmsg_len promises more bytes than there are. */
  isCut(row: number): boolean {
    return (this.bits(row) & CUT) !== 0;
  }

  /** It has no nlmsghdr: a uevent, text, or what no header fits. */
  isRaw(row: number): boolean {
    return (this.bits(row) & RAW) !== 0;
  }

  /** Nanoseconds since 1970. */
  timeNs(row: number): bigint {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return joinTime(chunk.timeHigh.get(row & CHUNK_MASK), chunk.timeLow[row & CHUNK_MASK]);
  }

  /** `timeNs` in halves of 32 bits, without allocation. */
  timeHigh(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].timeHigh.get(row & CHUNK_MASK);
  }

  timeLow(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].timeLow[row & CHUNK_MASK];
  }

  /** Seconds since 1970, to about a microsecond: for columns and charts, never for differences. */
  seconds(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return chunk.timeHigh.get(row & CHUNK_MASK) * 4.294967296 + chunk.timeLow[row & CHUNK_MASK] / 1e9;
  }

  /** Nanoseconds from one row to another; exact up to 2^53 (104 days). */
  elapsed(from: number, to: number): number {
    const a = this.chunks[from >>> CHUNK_BITS];
    const b = this.chunks[to >>> CHUNK_BITS];
    const high = b.timeHigh.get(to & CHUNK_MASK) - a.timeHigh.get(from & CHUNK_MASK);
    return high * 0x1_0000_0000 + (b.timeLow[to & CHUNK_MASK] - a.timeLow[from & CHUNK_MASK]);
  }

  /** The columns of the CHUNK_ROWS rows around a row, for those who look at many. */
  columns(row: number): MessageColumns {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    const { type: types, flags, seq: seqs, portid: portids, length } = chunk;
    const protocols = () => this.protocolsAround(row);
    const kinds = () => this.kindsAround(row);
    const era = () => this.kinds.era;
    return {
      types,
      flags,
      seqs,
      portids,
      lengths: length.values,
      get protocols() {
        return protocols();
      },
      get kinds() {
        return kinds();
      },
      get era() {
        return era();
      },
    };
  }

  private kindsAround(row: number): ArrayLike<number> {
    const index = row >>> CHUNK_BITS;
    const { type, flags, envelope } = this.chunks[index];
    const rows = Math.min(CHUNK_ROWS, this.rows - (index << CHUNK_BITS));
    return this.kinds.update(index, rows, type, flags, envelope.values);
  }

  private protocolsAround(row: number): ArrayLike<number> {
    const index = row >>> CHUNK_BITS;
    const { protocols, envelopes, envelopeProtocols } = this;
    for (let id = envelopeProtocols.length; id < envelopes.size; id++) {
      envelopeProtocols.push(envelopes.get(id).protocol);
    }
    const known = index === this.protocolsOf ? this.protocolRows : 0;
    const end = Math.min(CHUNK_ROWS, this.rows - (index << CHUNK_BITS));
    const ids = this.chunks[index].envelope.values;
    const byId = envelopeProtocols.values;
    for (let at = known; at < end; at++) protocols[at] = byId[ids[at]];
    this.protocolsOf = index;
    this.protocolRows = end;
    return protocols;
  }

  /** Where the message begins in the source. */
  offset(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].offset.get(row & CHUNK_MASK);
  }

  /** Bytes there are of the message, padding not counted. */
  length(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].length.get(row & CHUNK_MASK);
  }

  /** nlmsg_seq, 0 for rows without a header. */
  seq(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].seq[row & CHUNK_MASK];
  }

  /** nlmsg_pid. */
  portid(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].portid[row & CHUNK_MASK];
  }

  /** nlmsg_type. */
  type(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].type[row & CHUNK_MASK];
  }

  /** nlmsg_flags. */
  flags(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].flags[row & CHUNK_MASK];
  }

  /** First byte after the nlmsghdr (genlmsghdr.cmd, rtgen_family, sdiag_family, …), of a raw row its first; 0: none. */
  lead(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].lead[row & CHUNK_MASK];
  }

  /** The message's circumstances, its direction inferred where the source did not tell it. */
  envelope(row: number): Envelope {
    return this.envelopes.get(this.chunks[row >>> CHUNK_BITS].envelope.get(row & CHUNK_MASK));
  }

  /** The circumstances as the source told them: what belongs in a file. */
  sourceEnvelope(row: number): Envelope {
    const id = this.chunks[row >>> CHUNK_BITS].envelope.get(row & CHUNK_MASK);
    return this.envelopes.get(this.sources[id] ?? id);
  }

  /** Number of its transaction in `transactions`, 0 for none. */
  transaction(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].transaction[row & CHUNK_MASK];
  }

  /** Exactly the bytes of one message; none for a gap. A view that must not be written to. */
  bytes(row: number): Uint8Array {
    return this.pages.read(this.offset(row), this.length(row));
  }

  /** Tells where the bytes of one message stand: the array must not be written to. */
  locate(row: number, span: ByteSpan): void {
    this.pages.locate(this.offset(row), this.length(row), span);
  }

  // ---- what belongs together

  /** First and last row of a row's datagram. */
  datagramRange(row: number): { readonly first: number; readonly last: number } {
    let first = row;
    while (!this.isFirst(first)) first--;
    return { first, last: this.lastOfDatagram(row) };
  }

  /** Last row of a row's datagram. */
  lastOfDatagram(row: number): number {
    let last = row;
    while (last + 1 < this.rows && !this.isFirst(last + 1)) last++;
    return last;
  }

  /** The datagram of a row as it was captured, padding and trailing bytes included. */
  datagram(row: number): Uint8Array {
    const { first, last } = this.datagramRange(row);
    if (first === last) return this.pages.read(this.offset(row), this.length(row) + this.tailOf(row));
    const pieces: Uint8Array[] = [];
    let pieceStart = first;
    for (let at = first; at <= last; at++) {
      const next = at + 1;
      if (next <= last && this.offset(next) - this.offset(at) === align4(this.length(at))) continue;
      const start = this.offset(pieceStart);
      pieces.push(this.pages.read(start, this.offset(at) + this.length(at) + this.tailOf(at) - start));
      pieceStart = next;
    }
    return pieces.length === 1 ? pieces[0] : concatenate(pieces);
  }

  /** Bytes that the capture cut off the row's datagram, 0 for none. */
  missingBytes(row: number): number {
    return this.missing.size === 0 ? 0 : (this.missing.get(this.datagramRange(row).last) ?? 0);
  }

  /** Rows of a transaction in order, its request first; at most `limit`. */
  members(transaction: number, limit = Number.POSITIVE_INFINITY): number[] {
    const rows: number[] = [];
    if (transaction === 0) return rows;
    const last = this.transactions.lastOf(transaction);
    for (let row = this.transactions.requestOf(transaction); row <= last && rows.length < limit; row++) {
      if (this.transaction(row) === transaction) rows.push(row);
    }
    return rows;
  }

  /** Replies of a transaction, and their bytes. */
  replies(transaction: number): { readonly count: number; readonly bytes: number } {
    let count = 0;
    let bytes = 0;
    for (const row of this.members(transaction).slice(1)) {
      if (this.envelope(row).direction !== 'reply') continue;
      count++;
      bytes += this.length(row);
    }
    return { count, bytes };
  }

  /** Nanoseconds from a transaction's request to its end, null while it has none. */
  latency(transaction: number): number | null {
    if (transaction === 0) return null;
    const { request, end } = this.transactions.get(transaction);
    return end < 0 ? null : this.elapsed(request, end);
  }

  // ---- what is added to rows

  severity(row: number): Severity | null {
    const level = (this.bits(row) & SEVERITY_BITS) >>> SEVERITY_SHIFT;
    return level === 0 ? null : SEVERITIES[level - 1];
  }

  /** Raises a row's severity; a milder one leaves it. */
  raiseSeverity(row: number, severity: Severity): void {
    const bits = this.bits(row);
    const before = (bits & SEVERITY_BITS) >>> SEVERITY_SHIFT;
    const level = SEVERITIES.indexOf(severity) + 1;
    if (level <= before) return;
    this.setBits(row, (bits & ~SEVERITY_BITS) | (level << SEVERITY_SHIFT));
    this.severityRows[before]--;
    this.severityRows[level]++;
  }

  /** Forgets all severities: notes begin anew. */
  clearSeverities(): void {
    for (const { bits } of this.chunks) for (let at = 0; at < bits.length; at++) bits[at] &= ~SEVERITY_BITS;
    this.severityRows.fill(0);
  }

  isMarked(row: number): boolean {
    return (this.bits(row) & MARKED) !== 0;
  }

  setMarked(row: number, marked: boolean): void {
    if (this.isMarked(row) === marked) return;
    this.setBits(row, this.bits(row) ^ MARKED);
    this.marked += marked ? 1 : -1;
  }

  /** The comment of a row's datagram, "" for none. */
  comment(row: number): string {
    return this.comments.size === 0 ? '' : (this.comments.get(this.datagramRange(row).first) ?? '');
  }

  /** Comments the datagram of a row; "" takes the comment away. */
  setComment(row: number, comment: string): void {
    const { first } = this.datagramRange(row);
    if (comment === '') this.comments.delete(first);
    else this.comments.set(first, comment);
  }

  // ---- counts

  counts(): StoreCounts {
    const protocols = new Map<number, number>();
    const groups = new Map<number, Map<number, number>>();
    for (let id = 0; id < this.countByEnvelope.length; id++) {
      const count = this.countByEnvelope.values[id];
      if (count === 0) continue;
      const { protocol, group } = this.envelopes.get(id);
      protocols.set(protocol, (protocols.get(protocol) ?? 0) + count);
      if (group === null || group === 0) continue;
      const ofProtocol = groups.get(protocol) ?? new Map<number, number>();
      ofProtocol.set(group, (ofProtocol.get(group) ?? 0) + count);
      groups.set(protocol, ofProtocol);
    }
    const genlFamilies: { host: string | undefined; id: number; count: number }[] = [];
    for (let family = NLMSG_MIN_TYPE; family < this.countByFamily.length; family++) {
      const count = this.countByFamily.values[family];
      const id = family % FAMILY_IDS;
      if (count === 0 || id < NLMSG_MIN_TYPE) continue;
      genlFamilies.push({ host: this.hosts[Math.floor(family / FAMILY_IDS)], id, count });
    }
    return { protocols, groups, genlFamilies };
  }

  private bits(row: number): number {
    return this.chunks[row >>> CHUNK_BITS].bits[row & CHUNK_MASK];
  }

  private setBits(row: number, bits: number): void {
    this.chunks[row >>> CHUNK_BITS].bits[row & CHUNK_MASK] = bits;
  }

  /** Bytes after a row that ends a frame. */
  private tailOf(row: number): number {
    if (this.tailRows.length === 0) return 0;
    const at = upperBound(this.tailRows.values, this.tailRows.length, row) - 1;
    return at >= 0 && this.tailRows.values[at] === row ? this.tailLengths.values[at] : 0;
  }
}

function startsWith(view: DataView, start: number, length: number, bytes: readonly number[]): boolean {
  return length >= bytes.length && bytes.every((byte, i) => view.getUint8(start + i) === byte);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
