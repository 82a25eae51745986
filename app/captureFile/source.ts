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
const MOST_WAITED = 1 << 28;

/**
 * Walks a source in pieces of 256 KiB, few enough to stay in the processor's cache; what lies in the current piece is
 * read through one DataView without copying.
 */
export class SourceWindow {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  private base = 0;

  /** Pieces are read into the same memory, where the source can do that. */
  private buffer: Uint8Array = new Uint8Array(0);
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get size(): number {
    return this.source.size;
  }

  /** True when so many bytes more may still come. A record that is longer than any real one is not waited for. */
  mayCome(bytes: number): boolean {
    return this.source.mayGrow === true && bytes <= MOST_WAITED;
  }

  /**
   * Makes `length` bytes from `offset` of the source readable. Returns their index in `bytes` and `view`, valid until
   * the next call, or -1 when the source ends before them.
   */
  seek(offset: number, length: number): number {
    const index = offset - this.base;
    if (index >= 0 && index + length <= this.bytes.length) return index;
    if (offset + length > this.source.size) return -1;
    const bytes = this.piece(offset, Math.max(length, PIECE));
    this.base = offset;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return bytes.length < length ? -1 : 0;
  }

  private piece(offset: number, length: number): Uint8Array {
    if (this.source.readInto === undefined) return this.source.read(offset, length);
    if (this.buffer.length < length) this.buffer = new Uint8Array(length);
    const target = this.buffer.subarray(0, length);
    return target.subarray(0, this.source.readInto(target, offset));
  }
}
