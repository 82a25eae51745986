import {
  type ByteSource,
  type CapturedFrame,
  EnvelopeTable,
  emptyFrame,
  GAP_CAUSES,
  type Gap,
  joinTime,
  type PlainFrames,
  plainEnvelope,
  setFromBigInt,
} from '../captureFile/index.ts';
import { DIRECTIONS, type Envelope, type Severity } from '../contracts/index.ts';
import type { ByteSpan, MessageColumns } from '../dissect/api.ts';
import { kernel, type Piece } from '../kernel/index.ts';
import { align4, NETLINK_GENERIC, NLMSG_MIN_TYPE, viewOf } from '../wire/index.ts';
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
import { PageCache } from './pages.ts';
import { Transactions } from './transactions.ts';

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
/** Bits of a row by the kernel's number of its shape: a message, one that is cut, bytes without an nlmsghdr. */
const SHAPE_BITS = [0, 0, CUT, RAW];
const RAW_SHAPE = 3;
const ACTION_BITS = 3;

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

/**
 * Is told of messages when they are appended: `length` bytes from `start` of the view, which are the kernel's. It must
 * not have the kernel take other datagrams apart.
 */
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
  /** By number of an envelope as its source gave it: number of its host, and whether its protocol is NETLINK_GENERIC. */
  private readonly hostOf: number[] = [];
  private readonly isGeneric: boolean[] = [];
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
  private readonly frame = emptyFrame();

  // What the kernel knows of this session, made when the first message comes.
  private memory: Piece | null = null;
  /** Number of the envelope of the kernel's sources as their source gave it, + 1; 0: not told yet. */
  private readonly told: Uint32Array;
  private readonly kernel = kernel();

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
    const { PLAIN_SOURCES, OTHER_SOURCES } = this.kernel.layout;
    this.told = new Uint32Array(PLAIN_SOURCES + OTHER_SOURCES);
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
    return side.reduce(
      (sum, column) => sum + column.byteLength,
      chunks + this.transactions.byteLength + (this.memory?.bytes.length ?? 0),
    );
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
  appendFrame(frame: Omit<CapturedFrame, 'marks' | 'comment'>): number {
    const { layout } = this.kernel;
    const { envelope, start, length } = frame;
    const first = this.rows;
    const address = this.kernel.addressOf(frame.view, start, length);
    const source = this.sourceOf(envelope);
    const { view } = this.kernel;
    const at = layout.FRAMES;
    view.setUint32(at + layout.FRAME_START, address, true);
    view.setUint32(at + layout.FRAME_LENGTH, length, true);
    view.setUint32(at + layout.FRAME_TIME_HIGH, frame.timeHigh, true);
    view.setUint32(at + layout.FRAME_TIME_LOW, frame.timeLow, true);
    view.setUint32(at + layout.FRAME_ORIGINAL, frame.originalLength, true);
    view.setUint16(at + layout.FRAME_SOURCE, source, true);
    view.setUint8(at + layout.FRAME_CONTINUED, frame.continued && first > 0 ? 1 : 0);
    this.takeFrames(1, frame.offset - address, null);
    return first;
  }

  /** Adds the first `count` of the kernel's frames, which are a plain capture's. */
  appendPlain(count: number, plain: PlainFrames): void {
    this.takeFrames(count, plain.shift, plain);
  }

  private takeFrames(count: number, shift: number, plain: PlainFrames | null): void {
    const { calls, layout } = this.kernel;
    const session = this.session;
    calls.beginFrames();
    for (;;) {
      this.keepRows(calls.takeRows(session, count), shift);
      const frame = this.kernel.word(layout.FRAME_AT);
      if (frame === count) return;
      if (plain !== null && this.kernel.word(layout.NEEDS_SOURCE) !== 0) this.tellPlain(frame, plain);
    }
  }

  /** Address of what the kernel knows of this session. */
  private get session(): number {
    if (this.memory === null) {
      this.memory = this.kernel.allocate(this.kernel.layout.SESSION_SIZE);
    }
    return this.memory.at;
  }

  /** The kernel's number of what datagrams with this envelope have in common. */
  private sourceOf(envelope: Envelope): number {
    const { PLAIN_SOURCES, OTHER_SOURCES } = this.kernel.layout;
    const id = this.envelopes.intern(envelope);
    const source = PLAIN_SOURCES + (id % OTHER_SOURCES);
    if (this.told[source] !== id + 1) this.tellSource(source, id, envelope);
    return source;
  }

  /** Tells the kernel the source of one of its frames, which is a plain capture's. */
  private tellPlain(frame: number, plain: PlainFrames): void {
    const { view, layout } = this.kernel;
    const at = layout.FRAMES + frame * layout.FRAME_SIZE;
    const protocol = view.getUint16(at + layout.FRAME_PROTOCOL, true);
    const littleEndian = view.getUint8(at + layout.FRAME_LITTLE_ENDIAN);
    const envelope = plain.envelopeOf(protocol, littleEndian !== 0);
    if (protocol >= layout.PLAIN_PROTOCOLS) {
      view.setUint16(at + layout.FRAME_SOURCE, this.sourceOf(envelope), true);
      return;
    }
    this.tellSource(protocol * 2 + littleEndian, this.envelopes.intern(envelope), envelope);
  }

  private tellSource(source: number, id: number, envelope: Envelope): void {
    const { layout } = this.kernel;
    const { protocol, nsid, direction, littleEndian, sourcePortid, destPortid } = envelope;
    const told = DIRECTIONS.indexOf(direction);
    const scope = (Math.imul((nsid ?? -1) + 1, 0x10000) + ((this.placeOf(id, envelope) & 0xff) << 8) + protocol) >>> 0;
    const { session } = this;
    const { view } = this.kernel;
    const at = session + source * layout.SOURCE_SIZE;
    view.setUint32(at + layout.SOURCE_SCOPE, scope, true);
    view.setUint32(at + layout.SOURCE_PORTID, sourcePortid ?? 0, true);
    view.setUint32(at + layout.SOURCE_DEST, destPortid ?? 0, true);
    view.setUint16(at + layout.SOURCE_PROTOCOL, protocol, true);
    view.setUint8(at + layout.SOURCE_LITTLE_ENDIAN, littleEndian ? 1 : 0);
    view.setUint8(at + layout.SOURCE_DIRECTION, told);
    view.setUint8(at + layout.SOURCE_KNOWN, 1);
    for (let inferred = 0; inferred < DIRECTIONS.length; inferred++) {
      const number = told === UNKNOWN ? this.withDirection(id, inferred) : id;
      view.setUint32(at + layout.SOURCE_ENVELOPES + inferred * 4, number, true);
    }
    this.told[source] = id + 1;
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

  /** Keeps the first `count` rows that the kernel has made. `shift`: from their addresses to places in the source. */
  private keepRows(count: number, shift: number): void {
    for (let done = 0; done < count; ) {
      const row = this.rows;
      const chunk = this.chunkFor(row, this.kernel.rows.starts[done] + shift);
      const some = Math.min(count - done, CHUNK_ROWS - (row & CHUNK_MASK));
      this.fill(chunk, row & CHUNK_MASK, done, some, shift);
      this.observe(row, done, some);
      done += some;
    }
  }

  /** Copies `count` rows of the kernel, from its row `from` on, into a chunk from its row `at` on. */
  private fill(chunk: Chunk, at: number, from: number, count: number, shift: number): void {
    const { rows } = this.kernel;
    const { starts, lengths, timesHigh, timesLow, seqs, portids, types, flags, envelopes, transactions } = rows;
    const { leads, shapes, firsts } = rows;
    for (let i = from; i < from + count; i++, at++) {
      chunk.offset.set(at, starts[i] + shift);
      chunk.timeHigh.set(at, timesHigh[i]);
      chunk.timeLow[at] = timesLow[i];
      chunk.length.set(at, lengths[i]);
      chunk.seq[at] = seqs[i];
      chunk.portid[at] = portids[i];
      chunk.type[at] = types[i];
      chunk.flags[at] = flags[i];
      chunk.envelope.set(at, envelopes[i]);
      chunk.transaction[at] = transactions[i];
      chunk.lead[at] = leads[i];
      chunk.bits[at] = SHAPE_BITS[shapes[i]] | firsts[i];
    }
  }

  /** Takes in what rows mean beyond themselves: `count` rows from `row` on, which are the kernel's from `from` on. */
  private observe(row: number, from: number, count: number): void {
    const { rows, layout, view } = this.kernel;
    const { transactions, actions, errnos, firsts, tails, missing, envelopes, sources, types, shapes } = rows;
    const { watcher, told } = this;
    const { STATE_SHIFT } = layout;
    this.rows += count;
    if (this.envelopes.size > this.countByEnvelope.length) this.countByEnvelope.extend(this.envelopes.size);
    const countByEnvelope = this.countByEnvelope.values;
    for (let i = from; i < from + count; i++, row++) {
      const action = actions[i];
      this.transactions.observe(transactions[i], row, action & ACTION_BITS, action >>> STATE_SHIFT, errnos[i]);
      this.datagramRows += firsts[i];
      countByEnvelope[envelopes[i]]++;
      if (tails[i] > 0) {
        this.tailRows.push(row);
        this.tailLengths.push(tails[i]);
      }
      if (missing[i] > 0) this.missing.set(row, missing[i]);
      const type = types[i];
      const source = told[sources[i]] - 1;
      if (this.isGeneric[source]) this.countFamily(this.hostOf[source] * FAMILY_IDS + type);
      if (watcher?.types[type] === 1 && shapes[i] !== RAW_SHAPE)
        watcher.seen(row, view, rows.starts[i], rows.lengths[i]);
    }
  }

  private countFamily(family: number): void {
    if (family >= this.countByFamily.length) this.countByFamily.extend(family + 1);
    this.countByFamily.values[family]++;
  }

  /** The place that a source's envelope tells of, by number; notes what else its messages need. */
  private placeOf(source: number, { protocol, netns, host }: Envelope): number {
    const { places, hosts } = this;
    const key = `${netns ?? ''}\0${host ?? ''}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    const known = hosts.indexOf(host);
    this.hostOf[source] = known < 0 ? Math.min(hosts.length, MOST_HOSTS - 1) : known;
    this.isGeneric[source] = protocol === NETLINK_GENERIC;
    if (known < 0 && hosts.length < MOST_HOSTS) hosts.push(host);
    return place;
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

  /** Number of a source's circumstances with a direction that may be inferred; its own for `unknown`. */
  private withDirection(source: number, direction: number): number {
    if (direction === UNKNOWN) return source;
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

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
