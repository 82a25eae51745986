import { align4 } from '../wire/index.ts';
import { datagramIsLittleEndian } from './byteOrder.ts';
import {
  ContentReader,
  customKind,
  decodeFamily,
  decodeGap,
  decodeHost,
  decodeInterface,
  decodeMarks,
  decodeOwner,
  decodePolicy,
  decodeStrings,
  decodeUtf8,
  MOST_REPEATED_GAPS,
  OPT_CUSTOM_BINARY,
} from './customOptions.ts';
import { EnvelopeCache } from './envelopeCache.ts';
import { type LinkLayout, linkLayout, netlinkProtocol } from './linkTypes.ts';
import { OptionWalker } from './optionWalker.ts';
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_INTERFACE_STATISTICS,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  BYTE_ORDER_MAGIC,
  IF_NAME,
  IF_OS,
  IF_TSOFFSET,
  IF_TSRESOL,
  ISB_IFDROP,
  ISB_OSDROP,
  netnsOfInterface,
  OPT_COMMENT,
  SHB_HARDWARE,
  SHB_OS,
  SHB_USERAPPL,
} from './pcapngFormat.ts';
import {
  type CaptureBreak,
  type CaptureReader,
  type CaptureReport,
  emptyFrame,
  type FactLists,
  type Gap,
  type MessageComment,
} from './reader.ts';
import { LONGEST_RECORD, type SourceWindow } from './source.ts';
import { setFromTicks, type TickScale, tickScale } from './time.ts';

/** Block type, block length, and the length again at the block's end. */
const BLOCK_FRAME = 12;
/** Facts of one kind that a file may teach; more are ignored: no kernel has as many. */
const FACTS_LIMIT = 100_000;
/** Namespaces and hosts that are told apart; no capture has as many. */
const NAMESPACES_LIMIT = 1000;
const HOSTS_LIMIT = 64;
const MICROSECONDS = tickScale(6, 0n);
const NO_GAP: Gap = { protocol: null, lost: null, cause: 'file' };
const NO_MARKS: readonly number[] = [];
const NO_COMMENTS: readonly MessageComment[] = [];
const SECTION_TEXTS: ReadonlySet<number> = new Set([OPT_COMMENT, SHB_HARDWARE, SHB_OS, SHB_USERAPPL]);

/** An interface description block: how its frames and its timestamps are to be read. */
interface Interface {
  /** Null when its link type cannot carry netlink. */
  readonly layout: LinkLayout | null;
  readonly snapLength: number;
  readonly scale: TickScale;
  /** Its namespace's. */
  readonly envelopes: EnvelopeCache;
  /** Envelope.host of its frames. */
  readonly host: string | undefined;
}

/** Reader of a pcapng file, or null when the source does not begin like one. */
export function openPcapng(window: SourceWindow): CaptureReader | null {
  const start = window.seek(0, BLOCK_FRAME);
  if (start < 0 || window.view.getUint32(start) !== BLOCK_SECTION) return null;
  const magic = window.view.getUint32(start + 8, true);
  if (magic !== BYTE_ORDER_MAGIC && window.view.getUint32(start + 8) !== BYTE_ORDER_MAGIC) return null;
  return new PcapngReader(window);
}

class PcapngReader implements CaptureReader {
  readonly frame = emptyFrame();
  gap = NO_GAP;
  readonly facts = { hosts: [] as FactLists[], comments: [] as string[] };
  private at = 0;
  private frames = 0;
  private datagrams = 0;
  private skipped = 0;
  private broken: CaptureBreak | null = null;
  private littleEndian = true;
  /** Gaps delivered since the last datagram. */
  private gapsBefore = 0;
  /** Gaps to deliver before the datagram in `frame`; null stands for the datagram. */
  private repeatedGaps: (Gap | null)[] = [];
  private interfaces: Interface[] = [];
  private readonly envelopes = new Map<string, EnvelopeCache>();
  private readonly time = { high: 0, low: 0 };
  private readonly options = new OptionWalker();
  private readonly window: SourceWindow;

  constructor(window: SourceWindow) {
    this.window = window;
  }

  get position(): number {
    return this.at;
  }

  report(): CaptureReport {
    const { frames, datagrams, skipped, broken } = this;
    return { format: 'pcapng', frames, datagrams, skipped, broken };
  }

  next(): 'datagram' | 'gap' | 'end' {
    const { window } = this;
    if (this.repeatedGaps.length > 0) return this.deliverHeld();
    while (this.broken === null && this.at < window.size) {
      let start = window.seek(this.at, BLOCK_FRAME);
      if (start < 0) return window.mayCome(BLOCK_FRAME) ? 'end' : this.breakOff('the file ends inside a block');
      if (window.view.getUint32(start) === BLOCK_SECTION && !this.readByteOrder(start + 8)) {
        return this.breakOff('a section header without a byte order');
      }
      const type = window.view.getUint32(start, this.littleEndian);
      const total = window.view.getUint32(start + 4, this.littleEndian);
      if (total < BLOCK_FRAME || total % 4 !== 0) return this.breakOff(`a block cannot be ${total} bytes long`);
      const left = window.size - this.at;
      if (total > left) {
        if (window.mayCome(total)) return 'end';
        return this.breakOff(`a block of ${total} bytes, but only ${left} bytes are left in the file`);
      }
      if (total > LONGEST_RECORD) return this.breakOff(`a block of ${total} bytes: no datagram is as long`);
      start = window.seek(this.at, total);
      if (start < 0) return this.breakOff('the file ends inside a block');
      if (window.view.getUint32(start + total - 4, this.littleEndian) !== total) {
        return this.breakOff('the two lengths of a block differ');
      }
      const body = start + 8;
      const bodyLength = total - BLOCK_FRAME;
      const position = this.at + 8;
      const outcome = this.readBlock(type, body, bodyLength, position);
      if (this.broken !== null) return 'end';
      this.at += total;
      if (outcome !== null) return outcome;
    }
    return 'end';
  }

  /** Delivers the gaps that the datagram in `frame` tells of, then the datagram itself. */
  private deliverHeld(): 'datagram' | 'gap' {
    const gap = this.repeatedGaps.shift();
    if (gap === null || gap === undefined) return 'datagram';
    this.gap = gap;
    return 'gap';
  }

  private breakOff(reason: string): 'end' {
    this.broken = { offset: this.at, frame: this.frames + 1, reason };
    return 'end';
  }

  private readByteOrder(start: number): boolean {
    const { view } = this.window;
    if (view.getUint32(start, true) === BYTE_ORDER_MAGIC) this.littleEndian = true;
    else if (view.getUint32(start) === BYTE_ORDER_MAGIC) this.littleEndian = false;
    else return false;
    return true;
  }

  private readBlock(type: number, body: number, length: number, position: number): 'datagram' | 'gap' | null {
    switch (type) {
      case BLOCK_ENHANCED_PACKET:
        return this.readEnhancedPacket(body, length, position);
      case BLOCK_SIMPLE_PACKET:
        return this.readSimplePacket(body, length, position);
      case BLOCK_PACKET:
        return this.readObsoletePacket(body, length, position);
      case BLOCK_INTERFACE_STATISTICS:
        return this.readStatistics(body, length);
      case BLOCK_SECTION:
        this.readSection(body, length);
        return null;
      case BLOCK_INTERFACE:
        this.readInterface(body, length);
        return null;
      default:
        return null;
    }
  }

  private readSection(body: number, length: number): void {
    this.interfaces = [];
    if (length < 16) {
      this.breakOff('a section header is too short');
      return;
    }
    const major = this.window.view.getUint16(body + 4, this.littleEndian);
    if (major !== 1) {
      this.breakOff(`pcapng version ${major} is not known`);
      return;
    }
    for (const options = this.optionsOf(body + 16, length - 16); options.next(); ) {
      if (SECTION_TEXTS.has(options.code)) keep(this.facts.comments, this.text(options));
    }
  }

  private readInterface(body: number, length: number): void {
    if (length < 8) {
      this.breakOff('an interface description is too short');
      return;
    }
    const { view } = this.window;
    let resolution = 6;
    let offset = 0n;
    let name = '';
    let host: string | undefined;
    let hasFacts = false;
    for (const options = this.optionsOf(body + 8, length - 8); options.next(); ) {
      const { code, at, size } = options;
      if (code === IF_NAME) name = this.text(options);
      // What other tools tell of the host is its kernel's release.
      if (code === IF_OS) host ??= this.text(options);
      if (code === OPT_CUSTOM_BINARY) {
        const kind = customKind(view, at, size, this.littleEndian);
        if (kind === 'H') host = decodeHost(new ContentReader(view, at, size));
        else hasFacts ||= kind !== '';
      }
      if (code === IF_TSRESOL && size >= 1) resolution = view.getUint8(at);
      if (code === IF_TSOFFSET && size >= 8) offset = view.getBigInt64(at, this.littleEndian);
    }
    this.interfaces.push({
      layout: linkLayout(view.getUint16(body, this.littleEndian)) ?? null,
      snapLength: view.getUint32(body + 4, this.littleEndian),
      scale: resolution === 6 && offset === 0n ? MICROSECONDS : tickScale(resolution, offset),
      envelopes: this.envelopesOf(netnsOfInterface(name), host),
      host,
    });
    if (!hasFacts) return;
    const facts = this.factsOf(host);
    for (const options = this.optionsOf(body + 8, length - 8); options.next(); ) {
      const { code, at, size } = options;
      if (code === OPT_CUSTOM_BINARY) this.keepFact(facts, at, size);
    }
  }

  private envelopesOf(netns: string | undefined, host: string | undefined): EnvelopeCache {
    const key = `${netns ?? ''}\0${host ?? ''}`;
    let cache = this.envelopes.get(key);
    if (cache === undefined) {
      cache = new EnvelopeCache(netns, host);
      if (this.envelopes.size < NAMESPACES_LIMIT) this.envelopes.set(key, cache);
    }
    return cache;
  }

  /** Where facts of a host are kept. */
  private factsOf(host: string | undefined): FactLists {
    const { hosts } = this.facts;
    const known = hosts.find((facts) => facts.host === host);
    if (known !== undefined) return known;
    const lists = { families: [], policies: [], interfaces: [], strings: [], owners: [] };
    const facts: FactLists = host === undefined ? lists : { host, ...lists };
    if (hosts.length < HOSTS_LIMIT) hosts.push(facts);
    return facts;
  }

  /** Keeps what a custom option says, if it is a fact. */
  private keepFact(facts: FactLists, at: number, size: number): void {
    const { view } = this.window;
    const kind = customKind(view, at, size, this.littleEndian);
    const content = new ContentReader(view, at, size);
    if (kind === 'F') keep(facts.families, decodeFamily(content));
    else if (kind === 'A') keep(facts.policies, decodePolicy(content));
    else if (kind === 'I') keep(facts.interfaces, decodeInterface(content));
    else if (kind === 'S') keep(facts.strings, decodeStrings(content));
    else if (kind === 'P') keep(facts.owners, decodeOwner(content));
  }

  private readEnhancedPacket(body: number, length: number, position: number): 'datagram' | 'gap' | null {
    const { view } = this.window;
    if (length < 20) {
      this.breakOff('a packet block is too short');
      return null;
    }
    const captured = view.getUint32(body + 12, this.littleEndian);
    if (captured > length - 20) {
      this.breakOff(`a packet of ${captured} bytes in a block with room for ${length - 20}`);
      return null;
    }
    const source: Interface | undefined = this.interfaces[view.getUint32(body, this.littleEndian)];
    this.readTime(source, body + 4);
    const original = view.getUint32(body + 16, this.littleEndian);
    if (!this.deliver(source, body + 20, position + 20, captured, original) || source === undefined) return null;
    const options = align4(20 + captured);
    if (options < length) this.readPacketOptions(source.envelopes, body + options, length - options);
    this.gapsBefore = 0;
    return this.repeatedGaps.length > 0 ? this.deliverHeld() : 'datagram';
  }

  private readSimplePacket(body: number, length: number, position: number): 'datagram' | null {
    const source = this.interfaces[0];
    if (length < 4) {
      this.breakOff('a packet block is too short');
      return null;
    }
    const original = this.window.view.getUint32(body, this.littleEndian);
    const limit = source === undefined || source.snapLength === 0 ? original : source.snapLength;
    return this.deliver(source, body + 4, position + 4, Math.min(original, limit, length - 4), original)
      ? 'datagram'
      : null;
  }

  /** The packet block that the enhanced one replaced. */
  private readObsoletePacket(body: number, length: number, position: number): 'datagram' | null {
    const { view } = this.window;
    if (length < 20) {
      this.breakOff('a packet block is too short');
      return null;
    }
    const source = this.interfaces[view.getUint16(body, this.littleEndian)];
    this.readTime(source, body + 4);
    const captured = Math.min(view.getUint32(body + 12, this.littleEndian), length - 20);
    const original = view.getUint32(body + 16, this.littleEndian);
    return this.deliver(source, body + 20, position + 20, captured, original) ? 'datagram' : null;
  }

  private readTime(source: Interface | undefined, at: number): void {
    const { view } = this.window;
    const high = view.getUint32(at, this.littleEndian);
    const low = view.getUint32(at + 4, this.littleEndian);
    setFromTicks(this.time, source?.scale ?? MICROSECONDS, high, low);
  }

  /** Fills the frame; false when it is not netlink. */
  private deliver(
    source: Interface | undefined,
    start: number,
    position: number,
    captured: number,
    original: number,
  ): boolean {
    const { view } = this.window;
    const { frame } = this;
    this.frames++;
    const layout = source?.layout ?? null;
    const protocol = layout === null ? -1 : netlinkProtocol(layout, view, start, captured);
    if (source === undefined || layout === null || protocol < 0) {
      this.skipped++;
      return false;
    }
    this.datagrams++;
    frame.timeHigh = this.time.high;
    frame.timeLow = this.time.low;
    frame.offset = position + layout.length;
    frame.view = view;
    frame.start = start + layout.length;
    frame.length = captured - layout.length;
    frame.originalLength = Math.max(frame.length, original - layout.length);
    const host = datagramIsLittleEndian(view, frame.start, frame.length, this.littleEndian);
    frame.envelope = source.envelopes.plainOf(protocol, host);
    frame.continued = false;
    frame.marks = NO_MARKS;
    frame.references = NO_MARKS;
    frame.comments = NO_COMMENTS;
    return true;
  }

  private readPacketOptions(envelopes: EnvelopeCache, start: number, length: number): void {
    const { frame } = this;
    const { view } = this.window;
    const marks: number[] = [];
    const references: number[] = [];
    const texts: string[] = [];
    const commented: number[] = [];
    const gaps: Gap[] = [];
    for (const options = this.optionsOf(start, length); options.next(); ) {
      const { code, at, size } = options;
      if (code === OPT_COMMENT) texts.push(this.text(options));
      if (code !== OPT_CUSTOM_BINARY) continue;
      const kind = customKind(view, at, size, this.littleEndian);
      if (kind === 'M') decodeMarks(new ContentReader(view, at, size), marks);
      if (kind === 'R') decodeMarks(new ContentReader(view, at, size), references);
      if (kind === 'C') decodeMarks(new ContentReader(view, at, size), commented);
      if (kind === 'G' && this.gapsBefore === 0 && gaps.length < MOST_REPEATED_GAPS) {
        const gap = decodeGap(new ContentReader(view, at, size));
        if (gap !== null) gaps.push(gap);
      }
      if (kind !== 'E') continue;
      const envelope = envelopes.fromOption(view, at, size, frame.envelope.protocol);
      if (envelope === null) continue;
      frame.envelope = envelope;
      frame.continued = envelopes.continued;
    }
    if (marks.length > 0) frame.marks = marks;
    if (references.length > 0) frame.references = references;
    if (texts.length > 0) frame.comments = commentsOf(texts, commented);
    if (gaps.length > 0) this.repeatedGaps = [...gaps, null];
  }

  /** Statistics tell what was lost: at this place when the block is ours, somewhere when it is another tool's. */
  private readStatistics(body: number, length: number): 'gap' | null {
    const { view } = this.window;
    if (length < 12) return null;
    let dropped = 0;
    let ours = false;
    let gap: Gap | null = null;
    const source: Interface | undefined = this.interfaces[view.getUint32(body, this.littleEndian)];
    for (const options = this.optionsOf(body + 12, length - 12); options.next(); ) {
      const { code, at, size } = options;
      if ((code === ISB_IFDROP || code === ISB_OSDROP) && size >= 8) {
        dropped += Number(view.getBigUint64(at, this.littleEndian));
      }
      if (code !== OPT_CUSTOM_BINARY) continue;
      const kind = customKind(view, at, size, this.littleEndian);
      if (kind === '') continue;
      ours = true;
      if (kind === 'G') gap = decodeGap(new ContentReader(view, at, size)) ?? gap;
      else this.keepFact(this.factsOf(source?.host), at, size);
    }
    if (!ours && dropped > 0) gap = { protocol: null, lost: dropped, cause: 'file' };
    if (gap === null) return null;
    this.readTime(source, body + 4);
    this.frame.timeHigh = this.time.high;
    this.frame.timeLow = this.time.low;
    this.gap = gap;
    this.gapsBefore++;
    return 'gap';
  }

  private optionsOf(start: number, length: number): OptionWalker {
    return this.options.begin(this.window.view, start, length, this.littleEndian);
  }

  private text(option: OptionWalker): string {
    return decodeUtf8(this.window.view, option.at, option.size);
  }
}

function keep<T>(list: T[], item: T | null): void {
  if (item !== null && list.length < FACTS_LIMIT) list.push(item);
}

/** Comments by the messages they are about; several on one message become one of several lines. */
function commentsOf(texts: readonly string[], messages: readonly number[]): MessageComment[] {
  const byMessage = new Map<number, string>();
  for (const [i, text] of texts.entries()) {
    if (text === '') continue;
    const message = messages[i] ?? 0;
    const before = byMessage.get(message);
    byMessage.set(message, before === undefined ? text : `${before}\n${text}`);
  }
  return Array.from(byMessage, ([message, text]) => ({ message, text }));
}
