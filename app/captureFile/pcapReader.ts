import { datagramIsLittleEndian } from './byteOrder.ts';
import { EnvelopeCache } from './envelopeCache.ts';
import { type LinkLayout, linkLayout, netlinkProtocol } from './linkTypes.ts';
import {
  type CaptureBreak,
  type CaptureFacts,
  type CaptureReader,
  type CaptureReport,
  emptyFrame,
  type Gap,
} from './reader.ts';
import type { SourceWindow } from './source.ts';
import { setFromSeconds } from './time.ts';

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

class PcapReader implements CaptureReader {
  readonly frame = emptyFrame();
  readonly gap = NO_GAP;
  readonly facts: CaptureFacts = { hosts: [], comments: [] };
  private at = FILE_HEADER;
  private frames = 0;
  private datagrams = 0;
  private skipped = 0;
  private broken: CaptureBreak | null = null;
  private readonly envelopes = new EnvelopeCache();
  private readonly time = { high: 0, low: 0 };
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
    const { window, variant, frame, layout, time } = this;
    const { littleEndian, recordHeader } = variant;
    while (this.broken === null && this.at < window.size) {
      let start = window.seek(this.at, recordHeader);
      if (start < 0)
        return window.mayCome(recordHeader) ? 'end' : this.breakOff('the file ends inside a record header');
      const captured = window.view.getUint32(start + 8, littleEndian);
      const left = window.size - this.at - recordHeader;
      if (captured > left) {
        if (window.mayCome(captured)) return 'end';
        return this.breakOff(`a record of ${captured} bytes, but only ${left} bytes are left in the file`);
      }
      start = window.seek(this.at, recordHeader + captured);
      if (start < 0) return this.breakOff('the file ends inside a record');
      const { view } = window;
      const data = start + recordHeader;
      const position = this.at + recordHeader;
      this.frames++;
      this.at = position + captured;
      const protocol = layout === undefined ? -1 : netlinkProtocol(layout, view, data, captured);
      if (layout === undefined || protocol < 0) {
        this.skipped++;
        continue;
      }
      this.datagrams++;
      setFromSeconds(time, view.getUint32(start, littleEndian), view.getUint32(start + 4, littleEndian) * variant.unit);
      frame.timeHigh = time.high;
      frame.timeLow = time.low;
      frame.offset = position + layout.length;
      frame.view = view;
      frame.start = data + layout.length;
      frame.length = captured - layout.length;
      frame.originalLength = Math.max(frame.length, view.getUint32(start + 12, littleEndian) - layout.length);
      const host = datagramIsLittleEndian(view, frame.start, frame.length, littleEndian);
      frame.envelope = this.envelopes.plainOf(protocol, host);
      return 'datagram';
    }
    return 'end';
  }

  private breakOff(reason: string): 'end' {
    this.broken = { offset: this.at, frame: this.frames + 1, reason };
    return 'end';
  }
}
