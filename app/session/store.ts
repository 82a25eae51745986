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
import type { ByteSpan, KernelRows, MessageColumns } from '../dissect/api.ts';
import type { NamingPlace } from '../dissect/namedInterfaces.ts';
import { type Kernel, kernel, type Piece } from '../kernel/index.ts';
import { align4, NETLINK_GENERIC, NLMSG_MIN_TYPE, viewOf } from '../wire/index.ts';
import { CHUNK_BITS, CHUNK_MASK, CHUNK_ROWS, growingU32, NearColumn, SteadyColumn, upperBound } from './columns.ts';
import { UNKNOWN } from './direction.ts';
import { KindColumn } from './kinds.ts';
import { PageCache } from './pages.ts';
import { ProtocolColumn } from './protocols.ts';
import { RowWindow } from './rowWindow.ts';
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

/** An array for a chunk's rows, made when it is first asked for. */
function scratch(): () => Float64Array {
  let made: Float64Array | null = null;
  return () => {
    made ??= new Float64Array(CHUNK_ROWS);
    return made;
  };
}
/** Hosts whose messages are counted apart; no capture has as many. */
const MOST_HOSTS = 64;
/** How far before a chunk's first row its times may lie without costing more memory: a day in units of 2^32 ns. */
const TIME_SLACK = 20_000;
/** CHUNK_ROWS rows of the index, as the kernel keeps them. */
class Chunk {
  readonly piece: Piece;
  /** What the column of offsets counts from. */
  readonly base: number;
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

  constructor(piece: Piece, layout: Kernel['layout'], base: number) {
    const { buffer, byteOffset } = piece.bytes;
    const words = (at: number) => new Uint32Array(buffer, byteOffset + at, CHUNK_ROWS);
    const halves = (at: number) => new Uint16Array(buffer, byteOffset + at, CHUNK_ROWS);
    const bytes = (at: number) => new Uint8Array(buffer, byteOffset + at, CHUNK_ROWS);
    this.piece = piece;
    this.base = base;
    this.offset = new NearColumn(words(layout.COLUMN_OFFSET), base);
    this.timeLow = words(layout.COLUMN_TIME_LOW);
    this.seq = words(layout.COLUMN_SEQ);
    this.portid = words(layout.COLUMN_PORTID);
    this.transaction = words(layout.COLUMN_TRANSACTION);
    this.length = new NearColumn(halves(layout.COLUMN_LENGTH), 0);
    this.type = halves(layout.COLUMN_TYPE);
    this.flags = halves(layout.COLUMN_FLAGS);
    this.envelope = new NearColumn(halves(layout.COLUMN_ENVELOPE), 0);
    this.lead = bytes(layout.COLUMN_LEAD);
    this.bits = bytes(layout.COLUMN_BITS);
  }

  /** Bytes it takes beside the kernel's. */
  get extraBytes(): number {
    const { offset, timeHigh, length, envelope } = this;
    return timeHigh.byteLength + offset.extraBytes + length.extraBytes + envelope.extraBytes;
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
export type MessageWatcher = (row: number, view: DataView, start: number, length: number) => void;

/** Commands of a generic netlink family: genlmsghdr.cmd. */
export interface WatchedCommands {
  readonly requests: readonly number[] | 'all';
  /** Of answers and notifications. */
  readonly others: readonly number[] | 'all';
}

/**
 * The messages of a session: an index in memory, about 32 bytes a message, over bytes that stay in a file (a capture,
 * or the spool of a live one). Rows are message indices from 0; the user sees them from 1. Lost messages are rows of
 * their own. Appending pairs requests with answers and infers directions on the way.
 */
export class MessageStore {
  readonly transactions: Transactions;
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
  private readonly interfaces = new Map<string, number>();
  /** By number of a host: rows of its generic netlink families, by nlmsg_type. */
  private readonly families: (Uint32Array | undefined)[] = [];
  private readonly familyPieces: (Piece | undefined)[] = [];
  /** Number of the envelope with an inferred direction, by source's number * directions + direction. */
  private readonly inferred: number[] = [];
  /** Number of the envelope as its source gave it, by number. */
  private readonly sources: number[] = [];
  /** Rows by number of the envelope, those apart that the kernel counts with their source. */
  private readonly countByEnvelope = growingU32();
  /** Last rows of frames with bytes after their last message, ascending, and how many bytes. */
  private readonly tailRows = growingU32();
  private readonly tailLengths = growingU32();
  /** Bytes that a capture cut off a datagram, by its last row. */
  private readonly missing = new Map<number, number>();
  /** Rows that times are measured from, ascending. */
  private readonly references: number[] = [];
  /** By row. */
  private readonly comments = new Map<number, string>();
  private readonly pages: PageCache;
  private readonly window: RowWindow;
  private readonly time = { high: 0, low: 0 };
  private readonly frame = emptyFrame();

  // What the kernel knows of this session, made when the first message comes.
  private memory: Piece | null = null;
  /** Number of the envelope of the kernel's sources as their source gave it, + 1; 0: not told yet. */
  private readonly told: Uint32Array;
  private readonly kernel = kernel();
  /** What is watched, as the kernel knows it. */
  private readonly watches: Uint8Array[] = [];

  private readonly protocols = new ProtocolColumn((envelope) => this.envelopes.get(envelope).protocol);
  private readonly kinds = new KindColumn();
  /** Where columns of the chunk at hand are put together that do not fit into their narrow arrays. */
  private readonly lengthRows = scratch();
  private readonly envelopeRows = scratch();

  private readonly watcher: MessageWatcher | null;

  /** `source`: where the offsets of appended datagrams lead; `watcher`: see `watch`. */
  constructor(source: ByteSource, watcher: MessageWatcher | null = null) {
    const { PLAIN_SOURCES, OTHER_SOURCES } = this.kernel.layout;
    this.told = new Uint32Array(PLAIN_SOURCES + OTHER_SOURCES);
    this.pages = new PageCache(source);
    this.window = new RowWindow(source);
    this.transactions = new Transactions(this.kernel);
    this.watcher = watcher;
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
    const { CHUNK_SIZE, SESSION_SIZE } = this.kernel.layout;
    const extra = this.chunks.reduce((sum, chunk) => sum + chunk.extraBytes, 0);
    const chunks = extra + this.chunks.length * CHUNK_SIZE + SESSION_SIZE;
    const side = [
      this.countByEnvelope,
      this.tailRows,
      this.tailLengths,
      ...this.families.filter((counts) => counts !== undefined),
    ];
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
  appendFrame(frame: Omit<CapturedFrame, 'marks' | 'references' | 'comments'>): number {
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
    const isContinued = frame.continued && first > 0;
    view.setUint8(at + layout.FRAME_CONTINUED, isContinued ? 1 : 0);
    if (!isContinued) this.datagramRows++;
    this.takeFrames(1, frame.offset - address, null);
    return first;
  }

  /** Adds the first `count` of the kernel's frames, which are a plain capture's. */
  appendPlain(count: number, plain: PlainFrames): void {
    this.datagramRows += count;
    this.takeFrames(count, plain.shift, plain);
  }

  /** Makes rows of the kernel's frames. `shift`: from their addresses to places in the source. */
  private takeFrames(count: number, shift: number, plain: PlainFrames | null): void {
    const { calls, layout } = this.kernel;
    const session = this.session.at;
    calls.beginFrames();
    for (let frame = 0; frame < count; frame = this.kernel.word(layout.FRAME_AT)) {
      const { rows } = this;
      const place = rows & CHUNK_MASK;
      const chunk = this.chunkFor(rows, this.startOf(frame) + shift);
      this.transactions.reserve(this.session, layout.MOST_ROWS);
      const room = CHUNK_ROWS - place;
      const made = calls.takeRows(session, count, chunk.piece.at, place, room, rows, shift - chunk.base);
      this.rows += made;
      if (made > 0) this.keepRows(chunk, rows, made, shift);
      if (plain !== null && this.kernel.word(layout.NEEDS_SOURCE) !== 0) {
        this.tellPlain(this.kernel.word(layout.FRAME_AT), plain);
      }
    }
  }

  /** Address of the first byte of one of the kernel's frames. */
  private startOf(frame: number): number {
    const { view, layout } = this.kernel;
    return view.getUint32(layout.FRAMES + frame * layout.FRAME_SIZE + layout.FRAME_START, true);
  }

  /** What the kernel knows of this session. */
  private get session(): Piece {
    this.memory ??= this.kernel.allocate(this.kernel.layout.SESSION_SIZE);
    return this.memory;
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
    const place = this.placeOf(envelope);
    const scope = (Math.imul((nsid ?? -1) + 1, 0x10000) + ((place & 0xff) << 8) + protocol) >>> 0;
    const families = protocol === NETLINK_GENERIC ? this.familiesOf(envelope.host) : 0;
    const { view } = this.session;
    const at = layout.SOURCES + source * layout.SOURCE_SIZE;
    this.forEachCount(source, (number, count) => this.countRows(number, count));
    view.setUint32(at + layout.SOURCE_SCOPE, scope, true);
    view.setUint32(at + layout.SOURCE_PORTID, sourcePortid ?? 0, true);
    view.setUint32(at + layout.SOURCE_DEST, destPortid ?? 0, true);
    view.setUint16(at + layout.SOURCE_PROTOCOL, protocol, true);
    view.setUint8(at + layout.SOURCE_LITTLE_ENDIAN, littleEndian ? 1 : 0);
    view.setUint8(at + layout.SOURCE_DIRECTION, told);
    view.setUint8(at + layout.SOURCE_KNOWN, 1);
    view.setUint32(at + layout.SOURCE_FAMILIES, families, true);
    view.setUint32(at + layout.SOURCE_PLACE, this.interfacesOf(place, nsid), true);
    for (let inferred = 0; inferred < DIRECTIONS.length; inferred++) {
      const number = told === UNKNOWN ? this.withDirection(id, inferred) : id;
      view.setUint32(at + layout.SOURCE_ENVELOPES + inferred * 4, number, true);
      view.setUint32(at + layout.SOURCE_COUNTS + inferred * 4, 0, true);
    }
    this.told[source] = id + 1;
  }

  /** Rows that the kernel has counted with a source, by number of their envelope. */
  private forEachCount(source: number, visit: (envelope: number, count: number) => void): void {
    if (this.told[source] === 0) return;
    const { layout } = this.kernel;
    const { view } = this.session;
    const at = layout.SOURCES + source * layout.SOURCE_SIZE;
    for (let direction = 0; direction < DIRECTIONS.length; direction++) {
      const count = view.getUint32(at + layout.SOURCE_COUNTS + direction * 4, true);
      if (count > 0) visit(view.getUint32(at + layout.SOURCE_ENVELOPES + direction * 4, true), count);
    }
  }

  private countRows(envelope: number, count: number): void {
    if (envelope >= this.countByEnvelope.length) this.countByEnvelope.extend(envelope + 1);
    this.countByEnvelope.values[envelope] += count;
  }

  // ---- what is learned from messages

  /** Has the watcher told of these messages, too, of a generic netlink family's id. */
  watch(id: number, { requests, others }: WatchedCommands): void {
    const { layout } = this.kernel;
    const { bytes } = this.session;
    const teaching = layout.TEACHING + id;
    const before = bytes[teaching] & ~layout.NAMES;
    const wanted = before === 0 ? new Uint8Array(layout.WATCH_SIZE) : this.watches[before - 1].slice();
    const teach = (commands: WatchedCommands['others'], how: number): void => {
      for (let command = 0; command < wanted.length; command++) {
        if (commands === 'all' || commands.includes(command)) wanted[command] |= how;
      }
    };
    teach(requests, layout.TEACHES_BY_REQUEST);
    teach(others, layout.TEACHES_OTHERWISE);
    // Ids change, but what is watched of a family does not.
    let number = this.watches.findIndex((known) => known.every((how, command) => how === wanted[command]));
    if (number < 0) {
      if (this.watches.length === layout.MOST_WATCHES) throw new Error('too many kinds of watches');
      number = this.watches.push(wanted) - 1;
      bytes.set(wanted, layout.WATCHES + number * layout.WATCH_SIZE);
    }
    bytes[teaching] = (bytes[teaching] & layout.NAMES) | (number + 1);
  }

  /**
   * Has the watcher told of those messages of a protocol and type that name an interface as it was not named before.
   * Messages of NETLINK_ROUTE are RTM_NEWLINK, all others are of NETLINK_GENERIC.
   */
  watchNames(protocol: number, type: number, places: readonly NamingPlace[]): void {
    const { layout } = this.kernel;
    const { view } = this.session;
    for (const { header, member, nest, index, name } of places) {
      const known = view.getUint32(layout.SESSION_NAMINGS, true);
      const numbers = [protocol, type, header, member, nest, index, name];
      const addressOf = (naming: number, i: number) => layout.NAMINGS + naming * layout.NAMING_SIZE + i * 4;
      const isAt = (naming: number) => numbers.every((n, i) => view.getInt32(addressOf(naming, i), true) === n);
      if (Array.from({ length: known }, (_, naming) => naming).some(isAt)) continue;
      if (known === layout.MOST_NAMINGS) {
        this.watch(type, { requests: [], others: 'all' });
        return;
      }
      for (const [i, number] of numbers.entries()) view.setInt32(addressOf(known, i), number, true);
      view.setUint32(layout.SESSION_NAMINGS, known + 1, true);
    }
    if (protocol === NETLINK_GENERIC) this.session.bytes[layout.TEACHING + type] |= layout.NAMES;
  }

  /** Has the watcher told of names again that it was told before: what was learned from them may be past. */
  namesChanged(): void {
    if (this.memory !== null) this.kernel.calls.forgetNamesOf(this.memory.at);
  }

  /** Adds a row that says that messages were lost here. Returns it. */
  appendGap(gap: Gap, timeNs: bigint): number {
    setFromBigInt(this.time, timeNs);
    const row = this.rows;
    const protocol = gap.protocol ?? 0;
    const chunk = this.chunkFor(row, row === 0 ? 0 : this.offset(row - 1));
    const at = row & CHUNK_MASK;
    chunk.offset.set(at, row === 0 ? 0 : this.offset(row - 1));
    chunk.timeHigh.fill(at, at + 1, this.time.high);
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

  /** Takes in what the kernel made `count` rows of, from `row` of a chunk on, and could not do itself. */
  private keepRows(chunk: Chunk, row: number, count: number, shift: number): void {
    const { kernel, watcher } = this;
    const { layout, view } = kernel;
    const at = row & CHUNK_MASK;
    const first = kernel.word(layout.FIRST_START) + shift;
    chunk.offset.takeAscending(at, at + count, first, kernel.word(layout.LAST_START) + shift);
    chunk.length.take(at, at + count);
    chunk.envelope.take(at, at + count);
    const end = layout.NOTES + kernel.word(layout.NOTED) * layout.NOTE_SIZE;
    for (let note = layout.NOTES; note < end; note += layout.NOTE_SIZE) {
      const made = view.getUint16(note, true);
      const value = view.getUint32(note + 4, true);
      switch (view.getUint16(note + 2, true)) {
        case layout.NOTE_TIME:
          chunk.timeHigh.fill(at + made, at + count, value);
          break;
        case layout.NOTE_LENGTH:
          chunk.length.set(at + made, value);
          break;
        case layout.NOTE_ENVELOPE:
          chunk.envelope.set(at + made, value);
          break;
        case layout.NOTE_TAUGHT:
          watcher?.(row + made, view, value, chunk.length.get(at + made));
          break;
        case layout.NOTE_TAIL:
          this.tailRows.push(row + made);
          this.tailLengths.push(value);
          break;
        case layout.NOTE_MISSING:
          this.missing.set(row + made, value);
          break;
        default:
      }
    }
  }

  /** Number of the place that a source's envelope tells of. */
  private placeOf({ netns, host }: Envelope): number {
    const { places, hosts } = this;
    if (!hosts.includes(host) && hosts.length < MOST_HOSTS) hosts.push(host);
    const key = `${netns ?? ''}\0${host ?? ''}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  }

  /** Number of the interfaces that messages of a place with this nsid tell of. */
  private interfacesOf(place: number, nsid: number | null): number {
    const key = `${place}/${nsid ?? ''}`;
    const number = this.interfaces.get(key) ?? this.interfaces.size;
    this.interfaces.set(key, number);
    return number;
  }

  /** Address of the counts of a host's generic netlink families. */
  private familiesOf(host: string | undefined): number {
    const { hosts, families, familyPieces } = this;
    const known = hosts.indexOf(host);
    const number = known < 0 ? MOST_HOSTS - 1 : known;
    let piece = familyPieces[number];
    if (piece === undefined) {
      const { FAMILY_IDS } = this.kernel.layout;
      piece = this.kernel.allocate(FAMILY_IDS * 4);
      familyPieces[number] = piece;
      families[number] = new Uint32Array(piece.bytes.buffer, piece.bytes.byteOffset, FAMILY_IDS);
    }
    return piece.at;
  }

  private chunkFor(row: number, offset: number): Chunk {
    const index = row >>> CHUNK_BITS;
    if (index === this.chunks.length) this.chunks.push(this.newChunk(offset));
    return this.chunks[index];
  }

  private newChunk(offset: number): Chunk {
    const { layout } = this.kernel;
    return new Chunk(this.kernel.allocate(layout.CHUNK_SIZE), layout, offset);
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
    const lengths = () => length.values(this.lengthRows);
    const protocols = () => this.protocolsAround(row);
    const kinds = () => this.kindsAround(row);
    const era = () => this.kinds.era;
    const rows = () => this.rowsAround(row);
    return {
      types,
      flags,
      seqs,
      portids,
      get lengths() {
        return lengths();
      },
      get protocols() {
        return protocols();
      },
      get kinds() {
        return kinds();
      },
      get era() {
        return era();
      },
      get rows() {
        return rows();
      },
    };
  }

  private rowsAround(row: number): KernelRows | null {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    if (!chunk.offset.isNarrow) return null;
    this.kindsAround(row);
    const { window, kinds } = this;
    return {
      chunk: chunk.piece.at,
      kinds: kinds.address,
      get window() {
        return { address: window.address, length: window.length, at: window.offset - chunk.base };
      },
      reach: (place, length) => window.reach(chunk.offset.get(place), length),
    };
  }

  private kindsAround(row: number): ArrayLike<number> {
    const index = row >>> CHUNK_BITS;
    const { piece, envelope } = this.chunks[index];
    const rows = Math.min(CHUNK_ROWS, this.rows - (index << CHUNK_BITS));
    return this.kinds.update(index, rows, piece.at, envelope.isNarrow ? null : envelope.values(this.envelopeRows));
  }

  private protocolsAround(row: number): ArrayLike<number> {
    const index = row >>> CHUNK_BITS;
    const rows = Math.min(CHUNK_ROWS, this.rows - (index << CHUNK_BITS));
    const envelopes = this.chunks[index].envelope.values(this.envelopeRows);
    return this.protocols.update(index, rows, envelopes, this.envelopes.size);
  }

  /** Rows with an nlmsg_type, ascending; gaps may be among them. */
  *rowsOfType(type: number, from = 0, to = this.rows): Iterable<number> {
    const end = Math.min(to, this.rows);
    for (let first = from & ~CHUNK_MASK; first < end; first += CHUNK_ROWS) {
      const { type: types } = this.chunks[first >>> CHUNK_BITS];
      let at = types.indexOf(type, Math.max(0, from - first));
      for (; at >= 0 && first + at < end; at = types.indexOf(type, at + 1)) yield first + at;
    }
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

  /** Rows of a transaction in order, its request first: at most `limit`, of those from `from` to before `end`. */
  members(
    transaction: number,
    { from = 0, end = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = {},
  ): number[] {
    const rows: number[] = [];
    this.forEachMember(transaction, from, end, (_chunk, _at, row) => rows.push(row) < limit);
    return rows;
  }

  /** Replies of a transaction, and their bytes. */
  replies(transaction: number): { readonly count: number; readonly bytes: number } {
    let count = 0;
    let bytes = 0;
    const request = this.transactions.requestOf(transaction);
    const { envelopes } = this;
    this.forEachMember(transaction, 0, Number.POSITIVE_INFINITY, ({ envelope, length }, at, row) => {
      if (row === request || envelopes.get(envelope.get(at)).direction !== 'reply') return true;
      count++;
      bytes += length.get(at);
      return true;
    });
    return { count, bytes };
  }

  /**
   * Visits the rows of a transaction from `from` to before `end`, in order, until `visit` returns false. They may lie
   * anywhere in a large capture.
   */
  private forEachMember(
    transaction: number,
    from: number,
    end: number,
    visit: (chunk: Chunk, at: number, row: number) => boolean,
  ): void {
    if (transaction === 0) return;
    const last = Math.min(this.transactions.lastOf(transaction), end - 1);
    for (let row = Math.max(this.transactions.requestOf(transaction), from); row <= last; ) {
      const chunk = this.chunks[row >>> CHUNK_BITS];
      const first = row & ~CHUNK_MASK;
      const at = chunk.transaction.indexOf(transaction, row - first);
      if (at < 0) {
        row = first + CHUNK_ROWS;
        continue;
      }
      row = first + at;
      if (row > last || !visit(chunk, at, row)) return;
      row++;
    }
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

  /** The comment on a row's message, "" for none. */
  comment(row: number): string {
    return this.comments.get(row) ?? '';
  }

  /** Comments a row's message; "" takes the comment away. */
  setComment(row: number, comment: string): void {
    if (comment === '') this.comments.delete(row);
    else this.comments.set(row, comment);
  }

  /** Messages that have a comment. */
  get commentedCount(): number {
    return this.comments.size;
  }

  /** Rows of messages that have a comment, ascending. */
  commentedRows(): number[] {
    return [...this.comments.keys()].sort((a, b) => a - b);
  }

  /** Rows that times are measured from. */
  get referenceCount(): number {
    return this.references.length;
  }

  /** They, ascending, as they are now. */
  referenceRows(): number[] {
    return [...this.references];
  }

  /** Whether the times of the rows after it are measured from a row. */
  isReference(row: number): boolean {
    const at = upperBound(this.references, this.references.length, row) - 1;
    return at >= 0 && this.references[at] === row;
  }

  setReference(row: number, reference: boolean): void {
    const place = upperBound(this.references, this.references.length, row);
    if (this.isReference(row) === reference) return;
    if (reference) this.references.splice(place, 0, row);
    else this.references.splice(place - 1, 1);
  }

  clearReferences(): void {
    this.references.length = 0;
  }

  /** The row that the time of a row is measured from: the last such row up to it, else the first of all. */
  referenceOf(row: number): number {
    const place = upperBound(this.references, this.references.length, row);
    return place === 0 ? 0 : this.references[place - 1];
  }

  /** Takes in what was added to the messages of a datagram or frame whose first message is a row, and whose last is the newest. */
  annotate(
    first: number,
    { marks = [], references = [], comments = [] }: Partial<Pick<CapturedFrame, 'marks' | 'references' | 'comments'>>,
  ): void {
    for (const mark of marks) if (first + mark < this.rows) this.setMarked(first + mark, true);
    for (const message of references) if (first + message < this.rows) this.setReference(first + message, true);
    // What is said of a message that cannot be told from its datagram is kept at the last that can.
    for (const { message, text } of comments) {
      if (first < this.rows) this.setComment(Math.min(first + message, this.rows - 1), text);
    }
  }

  // ---- counts

  counts(): StoreCounts {
    const protocols = new Map<number, number>();
    const groups = new Map<number, Map<number, number>>();
    const add = (id: number, count: number): void => {
      if (count === 0) return;
      const { protocol, group } = this.envelopes.get(id);
      protocols.set(protocol, (protocols.get(protocol) ?? 0) + count);
      if (group === null || group === 0) return;
      const ofProtocol = groups.get(protocol) ?? new Map<number, number>();
      ofProtocol.set(group, (ofProtocol.get(group) ?? 0) + count);
      groups.set(protocol, ofProtocol);
    };
    for (let id = 0; id < this.countByEnvelope.length; id++) add(id, this.countByEnvelope.values[id]);
    for (let source = 0; source < this.told.length; source++) this.forEachCount(source, add);
    const genlFamilies: { host: string | undefined; id: number; count: number }[] = [];
    for (const [number, families] of this.families.entries()) {
      if (families === undefined) continue;
      const host = this.hosts[number];
      for (let id = NLMSG_MIN_TYPE; id < families.length; id++) {
        if (families[id] > 0) genlFamilies.push({ host, id, count: families[id] });
      }
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
