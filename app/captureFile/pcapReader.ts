import type { Envelope } from '../contracts/index.ts';
import { kernel } from '../kernel/index.ts';
import { EnvelopeCache } from './envelopeCache.ts';
import { type LinkLayout, linkLayout } from './linkTypes.ts';
import {
  type CaptureBreak,
  type CaptureFacts,
  type CaptureReader,
  type CaptureReport,
  emptyFrame,
  type Gap,
  type PlainFrames,
} from './reader.ts';
import { LONGEST_RECORD, type SourceWindow } from './source.ts';

const FILE_HEADER = 24;

/** What the magic number at the start of a pcap file says (libpcap's savefile format). */
interface Variant {
  readonly littleEndian: boolean;
  /** Nanoseconds in the unit of the timestamps' lower half. */
  readonly unit: 1 | 1000;
  readonly recordHeader: 16 | 24;
}

const VARIANTS: ReadonlyMap<number, Omit<Variant, 'littleEndian'>> = new Map([
  [0xa1b2c3d4, { unit: 1000, recordHeader: 16 }],
  [0xa1b23c4d, { unit: 1, recordHeader: 16 }],
  // Kuznetzov's variant: eight more bytes in a record header.
  [0xa1b2cd34, { unit: 1000, recordHeader: 24 }],
]);

/** Bytes of the header of a pcap file, where a source begins like one, however little of it is there; else 0. */
export function pcapHeaderLength(window: SourceWindow): number {
  const start = window.seek(0, 4);
  if (start < 0) return 0;
  return [true, false].some((little) => VARIANTS.has(window.view.getUint32(start, little))) ? FILE_HEADER : 0;
}

const NO_GAP: Gap = { protocol: null, lost: null, cause: 'file' };

/** Reader of a pcap file, or null when the source does not begin like one. */
export function openPcap(window: SourceWindow): CaptureReader | null {
  const start = window.seek(0, FILE_HEADER);
  if (start < 0) return null;
  for (const littleEndian of [true, false]) {
    const variant = VARIANTS.get(window.view.getUint32(start, littleEndian));
    if (variant === undefined) continue;
    const linkType = window.view.getUint32(start + 20, littleEndian) & 0x0fffffff;
    return new PcapReader(window, { ...variant, littleEndian }, linkLayout(linkType));
  }
  return null;
}

class PcapReader implements CaptureReader, PlainFrames {
  readonly plain = this;
  readonly frame = emptyFrame();
  readonly gap = NO_GAP;
  readonly facts: CaptureFacts = { hosts: [], comments: [] };
  private at = FILE_HEADER;
  private frames = 0;
  private datagrams = 0;
  private skipped = 0;
  private broken: CaptureBreak | null = null;
  private readonly envelopes = new EnvelopeCache();
  /** What is added to an address of the last run to get the byte offset in the source. */
  shift = 0;
  private readonly window: SourceWindow;
  private readonly variant: Variant;
  private readonly layout: LinkLayout | undefined;

  constructor(window: SourceWindow, variant: Variant, layout: LinkLayout | undefined) {
    this.window = window;
    this.variant = variant;
    this.layout = layout;
  }

  get position(): number {
    return this.at;
  }

  report(): CaptureReport {
    const { frames, datagrams, skipped, broken } = this;
    return { format: 'pcap', frames, datagrams, skipped, broken };
  }

  next(): 'datagram' | 'end' {
    if (this.run(1) === 0) return 'end';
    const { frame, window } = this;
    const { view, layout: at } = kernel();
    const start = view.getUint32(at.FRAMES + at.FRAME_START, true);
    frame.timeHigh = view.getUint32(at.FRAMES + at.FRAME_TIME_HIGH, true);
    frame.timeLow = view.getUint32(at.FRAMES + at.FRAME_TIME_LOW, true);
    frame.offset = start + this.shift;
    frame.view = window.view;
    frame.start = start - window.address;
    frame.length = view.getUint32(at.FRAMES + at.FRAME_LENGTH, true);
    frame.originalLength = view.getUint32(at.FRAMES + at.FRAME_ORIGINAL, true);
    const protocol = view.getUint16(at.FRAMES + at.FRAME_PROTOCOL, true);
    frame.envelope = this.envelopeOf(protocol, view.getUint8(at.FRAMES + at.FRAME_LITTLE_ENDIAN) !== 0);
    return 'datagram';
  }

  envelopeOf(protocol: number, littleEndian: boolean): Envelope {
    return this.envelopes.plainOf(protocol, littleEndian);
  }

  run(limit: number): number {
    const { window, variant, layout } = this;
    const { recordHeader, unit } = variant;
    const littleEndian = variant.littleEndian ? 1 : 0;
    const { calls, layout: at } = kernel();
    while (this.broken === null && this.at < window.size) {
      const start = this.seekRecord();
      if (start < 0) return 0;
      const from = window.address + start;
      const { length = 0, hardwareType = 0, protocol = 0 } = layout ?? {};
      const to = window.endAddress;
      const most = Math.min(limit, at.MOST_FRAMES);
      const found = calls.findRecords(from, to, most, littleEndian, unit, recordHeader, length, hardwareType, protocol);
      const end = kernel().word(at.RECORDS_END);
      this.shift = this.at - from;
      this.at += end - from;
      this.frames += kernel().word(at.RECORDS_SEEN);
      this.skipped += kernel().word(at.RECORDS_SKIPPED);
      this.datagrams += found;
      if (found > 0) return found;
    }
    return 0;
  }

  /** Makes the next record readable. Returns its index in the window; -1 where it is not there, or not yet. */
  private seekRecord(): number {
    const { window, variant } = this;
    const { littleEndian, recordHeader } = variant;
    const start = window.seek(this.at, recordHeader);
    if (start < 0) {
      if (!window.mayCome(recordHeader)) this.breakOff('the file ends inside a record header');
      return -1;
    }
    const captured = window.view.getUint32(start + 8, littleEndian);
    const left = window.size - this.at - recordHeader;
    if (captured > left) {
      if (!window.mayCome(captured)) {
        this.breakOff(`a record of ${captured} bytes, but only ${left} bytes are left in the file`);
      }
      return -1;
    }
    if (captured > LONGEST_RECORD - recordHeader) {
      this.breakOff(`a record of ${captured} bytes: no datagram is as long`);
      return -1;
    }
    const whole = window.seek(this.at, recordHeader + captured);
    if (whole < 0) this.breakOff('the file ends inside a record');
    return whole;
  }

  private breakOff(reason: string): void {
    this.broken = { offset: this.at, frame: this.frames + 1, reason };
  }
}
