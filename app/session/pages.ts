import type { ByteSource } from '../captureFile/index.ts';
import type { ByteSpan } from '../dissect/api.ts';

const PAGE = 1 << 16;
const PAGES = 16;
/** Most messages that go over the end of a page are shorter. */
const SMALLEST_ROOM = 1 << 12;

/**
 * Reads ranges of a source through a cache of 16 pages of 64 KiB, the least recently used giving way. A page that gives
 * way is read into again: fresh memory for every page would cost more than reading.
 */
export class PageCache {
  private readonly pages = new Map<number, Uint8Array>();
  private latest = -1;
  private latestBytes: Uint8Array = new Uint8Array(0);
  private readonly rooms: (Uint8Array | undefined)[] = [];
  private turn = 0;
  private readonly source: ByteSource;
  private readonly span: ByteSpan = { bytes: this.latestBytes, start: 0, end: 0 };

  constructor(source: ByteSource) {
    this.source = source;
  }

  /**
   * Bytes of a range, fewer where the source ends before it. The caller must not write to them, and copies what it keeps:
   * after 16 other pages, or ranges over the end of one, they may be others.
   */
  read(offset: number, length: number): Uint8Array {
    const { span } = this;
    this.locate(offset, length, span);
    return span.bytes.subarray(span.start, span.end);
  }

  /** As `read`, where they stand: without making anything, as a rule. */
  locate(offset: number, length: number, span: ByteSpan): void {
    const page = Math.floor(offset / PAGE);
    const start = offset - page * PAGE;
    if (start + length > PAGE) {
      span.bytes = this.across(page, start, length);
      span.start = 0;
      span.end = span.bytes.length;
      return;
    }
    const isLatest = page === this.latest && start + length <= this.latestBytes.length;
    const bytes = isLatest ? this.latestBytes : this.load(page, start + length);
    span.bytes = bytes;
    span.start = Math.min(start, bytes.length);
    span.end = Math.min(start + length, bytes.length);
  }

  /** A range that goes over the end of a page. */
  private across(page: number, start: number, length: number): Uint8Array {
    if (length > PAGE) return this.source.read(page * PAGE + start, length);
    const whole = this.room(length);
    const head = this.load(page, PAGE).subarray(start);
    whole.set(head);
    if (head.length < PAGE - start) return whole.subarray(0, head.length);
    const left = length - head.length;
    const tail = this.load(page + 1, left).subarray(0, left);
    whole.set(tail, head.length);
    return whole.subarray(0, head.length + tail.length);
  }

  /** Memory for a range of several pages: that of the one before the last 16. */
  private room(length: number): Uint8Array {
    this.turn = (this.turn + 1) % PAGES;
    let memory = this.rooms[this.turn];
    if (memory === undefined || memory.length < length) {
      memory = new Uint8Array(Math.max(length, SMALLEST_ROOM));
      this.rooms[this.turn] = memory;
    }
    return memory.subarray(0, length);
  }

  /** A page that is known at least up to `needed`: the last page of a growing source gets longer. */
  private load(page: number, needed: number): Uint8Array {
    let bytes = this.pages.get(page);
    if (bytes !== undefined) this.pages.delete(page);
    if (bytes === undefined || bytes.length < needed) bytes = this.fetch(page, bytes);
    this.pages.set(page, bytes);
    this.latest = page;
    this.latestBytes = bytes;
    return bytes;
  }

  /** @param known its beginning, where a shorter page was fetched before */
  private fetch(page: number, known: Uint8Array | undefined): Uint8Array {
    const free = this.pages.size >= PAGES ? this.drop() : null;
    if (this.source.readInto === undefined) return this.source.read(page * PAGE, PAGE);
    if (known !== undefined) {
      const memory = new Uint8Array(known.buffer);
      const more = this.source.readInto(memory.subarray(known.length), page * PAGE + known.length);
      return memory.subarray(0, known.length + more);
    }
    const memory = free ?? new Uint8Array(PAGE);
    return memory.subarray(0, this.source.readInto(memory, page * PAGE));
  }

  /** Gives up the page that was used least recently. Returns its memory, which is a page long where it is ours. */
  private drop(): Uint8Array | null {
    for (const [oldest, { buffer }] of this.pages) {
      this.pages.delete(oldest);
      return buffer.byteLength === PAGE ? new Uint8Array(buffer) : null;
    }
    return null;
  }
}
