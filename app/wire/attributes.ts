import { NLA_HDRLEN, NLA_TYPE_MASK, readU16 } from './header.ts';

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
