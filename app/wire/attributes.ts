import { align4, readU16, readU32 } from './header.ts';
import { NLA_HDRLEN, NLA_TYPE_MASK } from './numbers.ts';

/** Attribute numbers that families have: what looks like an attribute with a higher one is none. */
const HIGHEST_NUMBER = 1024;

/** Whether bytes read as a chain of attributes without a gap: the only sign of a nest without NLA_F_NESTED. */
export function looksLikeAttributes(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): boolean {
  if (end - start < NLA_HDRLEN) return false;
  let at = start;
  while (at + NLA_HDRLEN <= end) {
    const length = readU16(bytes, at, littleEndian);
    const type = readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK;
    if (length < NLA_HDRLEN || at + length > end || type > HIGHEST_NUMBER) return false;
    at += (length + 3) & ~3;
  }
  return at >= end;
}

/** Visits the attributes (struct nlattr) of a range: number and payload. Stops at the first whose length cannot be true. */
export function forEachAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
  visit: (number: number, start: number, end: number) => void,
): void {
  const limit = Math.min(end, bytes.length);
  let at = start;
  while (at + NLA_HDRLEN <= limit) {
    const length = readU16(bytes, at, littleEndian);
    if (length < NLA_HDRLEN || length > limit - at) return;
    visit(readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK, at + NLA_HDRLEN, at + length);
    at += align4(length);
  }
}

/** An integer of 1, 2 or 4 bytes; 0 where the range is shorter, its first four bytes where it is longer. */
export function readUnsigned(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): number {
  const size = end - start;
  if (size >= 4) return readU32(bytes, start, littleEndian);
  if (size >= 2) return readU16(bytes, start, littleEndian);
  return size === 1 ? bytes[start] : 0;
}

/** An integer of up to 8 bytes, of which fewer than 8 count as `readUnsigned` says. */
export function readUnsigned64(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): bigint {
  if (end - start < 8) return BigInt(readUnsigned(bytes, start, end, littleEndian));
  const first = BigInt(readU32(bytes, start, littleEndian));
  const second = BigInt(readU32(bytes, start + 4, littleEndian));
  return littleEndian ? (second << 32n) | first : (first << 32n) | second;
}

/** As `readUnsigned64`, where the highest bit of 8 bytes is the sign. */
export function readSigned64(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): bigint {
  return BigInt.asIntN(64, readUnsigned64(bytes, start, end, littleEndian));
}

/** An integer of 1, 2, 4 or 8 bytes: a number where a double holds it exactly, else a bigint. */
export function readNumber(
  bytes: Uint8Array,
  at: number,
  size: number,
  littleEndian: boolean,
  signed: boolean,
): number | bigint {
  switch (size) {
    case 1:
      return signed ? (bytes[at] << 24) >> 24 : bytes[at];
    case 2: {
      const value = readU16(bytes, at, littleEndian);
      return signed ? (value << 16) >> 16 : value;
    }
    case 4: {
      const value = readU32(bytes, at, littleEndian);
      return signed ? value | 0 : value;
    }
    default: {
      const low = readU32(bytes, littleEndian ? at : at + 4, littleEndian);
      const high = readU32(bytes, littleEndian ? at + 4 : at, littleEndian);
      if (high < 0x200000) return high * 0x100000000 + low;
      const wide = (BigInt(high) << 32n) | BigInt(low);
      const value = signed ? BigInt.asIntN(64, wide) : wide;
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value < 0n ? Number(value) : value;
    }
  }
}

const decoder = new TextDecoder();

/** Text up to its NUL or the end of the range. Names are nearly always ASCII, which takes no decoder. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end && bytes[at] !== 0; at++) {
    if (bytes[at] >= 0x80) {
      const stop = bytes.indexOf(0, at);
      return decoder.decode(bytes.subarray(start, stop < 0 || stop > end ? end : stop));
    }
    text += String.fromCharCode(bytes[at]);
  }
  return text;
}

/** As `readText`, where a DataView is at hand. */
export function readTextAt(view: DataView, start: number, end: number): string {
  return readText(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), start, end);
}

/** Whether that text is this one, which is ASCII. */
export function isTextAt(view: DataView, start: number, end: number, text: string): boolean {
  const { length } = text;
  if (length > end - start || (length < end - start && view.getUint8(start + length) !== 0)) return false;
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(start + i);
    if (byte !== text.charCodeAt(i) || byte === 0 || byte >= 0x80) return false;
  }
  return true;
}
