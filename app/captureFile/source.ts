import { kernel, type Piece } from '../kernel/index.ts';

/** Bytes that can be read at any place: a file, or memory. */
export interface ByteSource {
  /** Bytes there are now; the source of a live capture grows. */
  readonly size: number;
  /**
   * Bytes from `offset`, at most `length`, fewer at the end. The array belongs to the caller: the source never writes
   * to it again.
   */
  read(offset: number, length: number): Uint8Array;
  /** Whoever reads may wait for more at its end. */
  readonly mayGrow?: boolean;
  /** As `read`, into the caller's array, as far as it goes. Returns how many bytes there were. */
  readInto?(target: Uint8Array, offset: number): number;
}

/** Takes bytes in order. They must be written or copied before `write` returns: the writer reuses its buffer. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

/** A ByteSource over bytes in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A sink in memory that can be read back while it grows. */
export class MemoryFile implements ByteSink, ByteSource {
  private buffer = new Uint8Array(4096);
  private used = 0;

  get size(): number {
    return this.used;
  }

  write(bytes: Uint8Array): void {
    const need = this.used + bytes.length;
    if (need > this.buffer.length) {
      const larger = new Uint8Array(Math.max(need, this.buffer.length * 2));
      larger.set(this.buffer.subarray(0, this.used));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.used);
    this.used = need;
  }

  read(offset: number, length: number): Uint8Array {
    return this.buffer.slice(offset, Math.min(offset + length, this.used));
  }
}

const PIECE = 1 << 18;
/** A record that is longer is not real: no socket holds such a datagram. */
export const LONGEST_RECORD = 1 << 28;

const EMPTY = new DataView(new ArrayBuffer(0));

/**
 * Walks a source in pieces of 256 KiB, few enough to stay in the processor's cache, that lie in the kernel's memory.
 */
export class SourceWindow {
  /** What can be read now. */
  view: DataView = EMPTY;
  /** Bytes of the view that are there. */
  private length = 0;
  private base = 0;
  private piece: Piece | null = null;
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get size(): number {
    return this.source.size;
  }

  /** The kernel's address of the view's first byte, and of the first one behind the bytes that are there. */
  get address(): number {
    return this.piece?.at ?? 0;
  }

  get endAddress(): number {
    return this.address + this.length;
  }

  /** True when so many bytes more may still come. A record that is longer than any real one is not waited for. */
  mayCome(bytes: number): boolean {
    return this.source.mayGrow === true && bytes <= LONGEST_RECORD;
  }

  /**
   * Makes `length` bytes from `offset` of the source readable. Returns their index in `view`, valid until the next
   * call, or -1 when the source ends before them or nothing real is as long.
   */
  seek(offset: number, length: number): number {
    const index = offset - this.base;
    if (index >= 0 && index + length <= this.length) return index;
    if (offset + length > this.source.size || length > LONGEST_RECORD) return -1;
    this.read(offset, Math.min(Math.max(length, PIECE), this.source.size - offset));
    return this.length < length ? -1 : 0;
  }

  private read(offset: number, length: number): void {
    const { source } = this;
    if (this.piece === null || this.piece.bytes.length < length) {
      this.piece = kernel().allocate(length);
      this.view = this.piece.view;
    }
    const target = this.piece.bytes.subarray(0, length);
    this.base = offset;
    if (source.readInto !== undefined) {
      this.length = source.readInto(target, offset);
      return;
    }
    const bytes = source.read(offset, length);
    target.set(bytes);
    this.length = bytes.length;
  }
}
