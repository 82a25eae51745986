import { align4 } from './header.ts';
import { NLA_HDRLEN } from './numbers.ts';

const encoder = new TextEncoder();

/** Builds messages: a growing byte array with the alignment and the length fix-ups that netlink needs. */
export class ByteWriter {
  readonly littleEndian: boolean;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(littleEndian: boolean, capacity = 512) {
    this.littleEndian = littleEndian;
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends an unsigned or signed integer of 1, 2, 4 or 8 bytes; excess high bits are dropped. */
  integer(value: number | bigint, size: number, littleEndian = this.littleEndian): void {
    const at = this.#grow(size);
    this.#put(at, value, size, littleEndian);
  }

  /** Overwrites an integer written before. */
  patch(at: number, value: number, size: number, littleEndian = this.littleEndian): void {
    this.#put(at, value, size, littleEndian);
  }

  bytes(data: Uint8Array): void {
    const at = this.#grow(data.length);
    this.#bytes.set(data, at);
  }

  /** UTF-8 text without a terminating NUL. */
  text(value: string): void {
    this.bytes(encoder.encode(value));
  }

  zeros(count: number): void {
    this.#grow(count);
  }

  /** Pads with zeros to a multiple of 4, counted from `from`. */
  align(from = 0): void {
    const used = this.#length - from;
    this.zeros(align4(used) - used);
  }

  /** Starts an attribute; returns the position to hand to `endAttribute`. */
  beginAttribute(type: number, littleEndian = this.littleEndian): number {
    const at = this.#length;
    this.integer(0, 2);
    this.integer(type, 2, littleEndian);
    return at;
  }

  /** Writes nla_len and pads to 4. `padding` replaces the zeros; `length` replaces the true nla_len. */
  endAttribute(at: number, padding?: Uint8Array, length?: number, littleEndian = this.littleEndian): void {
    const used = this.#length - at;
    this.patch(at, (length ?? used) & 0xffff, 2, littleEndian);
    if (padding !== undefined) this.bytes(padding);
    else this.align(at);
  }

  /** Cuts everything after `length` bytes. */
  truncate(length: number): void {
    if (length < this.#length) {
      this.#bytes.fill(0, length, this.#length);
      this.#length = length;
    }
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length) as Uint8Array<ArrayBuffer>;
  }

  #grow(count: number): number {
    const at = this.#length;
    const need = at + count;
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = need;
    return at;
  }

  #put(at: number, value: number | bigint, size: number, littleEndian: boolean): void {
    switch (size) {
      case 1:
        this.#view.setUint8(at, Number(BigInt.asUintN(8, BigInt(value))));
        break;
      case 2:
        this.#view.setUint16(at, Number(BigInt.asUintN(16, BigInt(value))), littleEndian);
        break;
      case 4:
        this.#view.setUint32(at, Number(BigInt.asUintN(32, BigInt(value))), littleEndian);
        break;
      default:
        this.#view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), littleEndian);
    }
  }
}

/** The largest payload an attribute can carry: nla_len is 16 bits. */
export const MAX_ATTRIBUTE_PAYLOAD = 0xffff - NLA_HDRLEN;
