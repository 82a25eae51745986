import type { ByteSource } from '../captureFile/index.ts';
import { kernel, type Piece } from '../kernel/index.ts';

/** Most bytes at once: few enough to stay in the processor's cache. */
const MOST = 1 << 18;

/** Bytes of a source that are in the kernel's memory: those of many messages, for who looks at one after the other. */
export class RowWindow {
  /** Byte offset of the first, and how many there are. */
  offset = 0;
  length = 0;
  private piece: Piece | null = null;
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The kernel's address of the first. */
  get address(): number {
    return this.piece?.at ?? 0;
  }

  /** Brings a range in. False where it is not all there, or too long. */
  reach(offset: number, length: number): boolean {
    if (length > MOST) return false;
    this.piece ??= kernel().allocate(MOST);
    const { source, piece } = this;
    const target = piece.bytes.subarray(0, length);
    this.offset = offset;
    this.length = 0;
    if (source.readInto === undefined) {
      const bytes = source.read(offset, length);
      target.set(bytes);
      this.length = bytes.length;
    } else this.length = source.readInto(target, offset);
    return this.length === length;
  }
}
