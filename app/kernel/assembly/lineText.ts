/** The line that is being written: texts that describe and values in turn, with runs of blanks made one. */
import { LINE_PART_ENDS, LINE_TEXT, LONGEST_LINE, MOST_PARTS } from '../lineLayout.ts';

const BLANK: u8 = 32;
const COLON: u8 = 58;
const DOT: u8 = 46;

/** Where the next byte goes, and where there is no more room. */
export let out: usize = 0;
let limit: usize = 0;
let ends: usize = 0;
let first: usize = 0;
/** Parts there are, the last one unfinished; those at odd places are values. */
export let count: u32 = 0;
/** The next blank would follow another, or begin the line. */
export let blank: bool = true;
/** It cannot be written: too long, or of characters that take more than a byte. */
export let failed: bool = false;

export function beginLine(block: usize): void {
  first = block + LINE_TEXT;
  out = first;
  limit = first + LONGEST_LINE;
  ends = block + LINE_PART_ENDS;
  count = 1;
  blank = true;
  failed = false;
}

export function endLine(): void {
  closePart();
}

export function fail(): void {
  failed = true;
}

/** Goes back to an earlier state of the line. */
export function takeBack(toOut: usize, toCount: u32, toBlank: bool): void {
  out = toOut;
  count = toCount;
  blank = toBlank;
}

function closePart(): void {
  store<u32>(ends + (count - 1) * 4, <u32>(out - first));
}

/** Goes on with text (0) or a value (1); false where there is no room for so many bytes. */
function open(parity: u32, length: u32): bool {
  if (out + length > limit || count >= <u32>MOST_PARTS) {
    failed = true;
    return false;
  }
  if (((count - 1) & 1) !== parity) {
    closePart();
    count++;
  }
  return true;
}

/** Copies short texts, eight bytes at a time: what stands after the target is overwritten. */
function copy(to: usize, from: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** Text known to have single blanks. */
export function putText(from: usize, length: u32): void {
  if (length === 0 || !open(0, length)) return;
  let rest = from;
  let left = length;
  if (blank && load<u8>(rest) === BLANK) {
    rest++;
    left--;
  }
  if (left === 0) return;
  copy(out, rest, left);
  out += left;
  blank = load<u8>(out - 1) === BLANK;
}

/** In eight bytes: the lowest bit of each, the highest of each, blanks. */
const LOWEST: u64 = ((<u64>0x01010101) << 32) | 0x01010101;
export const HIGHEST: u64 = ((<u64>0x80808080) << 32) | 0x80808080;
const BLANKS: u64 = ((<u64>0x20202020) << 32) | 0x20202020;

/** The highest bits of those bytes that are zero, and perhaps of some that follow such a byte. */
export function zeros(bytes: u64): u64 {
  return (bytes - LOWEST) & ~bytes & HIGHEST;
}

/** Eight bytes of a text, those from `length` on zero. */
export function bytesAt(at: usize, length: u32): u64 {
  const bytes = load<u64>(at);
  return length >= 8 ? bytes : bytes & ~(~(<u64>0) << (<u64>length * 8));
}

/** A value in bytes of a character each: as a rule without blanks, of which no byte needs to be looked at alone. */
export function putValue(from: usize, length: u32): void {
  if (length === 0 || !open(1, length)) return;
  const begin = out;
  for (let i: u32 = 0; i < length; i += 8) {
    const bytes = load<u64>(from + i);
    store<u64>(begin + i, bytes);
    if (zeros(bytesAt(from + i, length - i) ^ BLANKS) !== 0) {
      putBlankedValue(from, length);
      return;
    }
  }
  out = begin + length;
  blank = false;
}

function putBlankedValue(from: usize, length: u32): void {
  let isBlank = blank;
  const begin = out;
  for (let i: u32 = 0; i < length; i++) {
    const letter = load<u8>(from + i);
    if (letter === BLANK && isBlank) continue;
    isBlank = letter === BLANK;
    store<u8>(out++, letter);
  }
  if (out > begin) blank = isBlank;
}

export function putDecimal(number: u64, signed: bool): void {
  if (!open(1, 20)) return;
  blank = false;
  let rest = number;
  if (signed && <i64>number < 0) {
    store<u8>(out++, 45);
    rest = <u64>-(<i64>number);
  }
  writeDigits(rest);
}

/** Where as a rule a number is small, steps that it depends on cost more than digits that are not needed. */
function writeDigits(number: u64): void {
  if (number < 10000) {
    const small = <u32>number;
    const hundreds = (small * 5243) >>> 19;
    const rest = small - hundreds * 100;
    const thousands = (hundreds * 103) >>> 10;
    const tens = (rest * 103) >>> 10;
    const text =
      thousands | ((hundreds - thousands * 10) << 8) | (tens << 16) | ((rest - tens * 10) << 24) | 0x30303030;
    const digits = 1 + <u32>(small >= 10) + <u32>(small >= 100) + <u32>(small >= 1000);
    store<u32>(out, text >>> ((4 - digits) * 8));
    out += digits;
    return;
  }
  let digits: u32 = 1;
  for (let power: u64 = 10; number >= power; power *= 10) {
    digits++;
    if (digits === 20) break;
  }
  out += digits;
  let at = out;
  if (number <= 0xffffffff) {
    let small = <u32>number;
    for (let i: u32 = 0; i < digits; i++) {
      store<u8>(--at, 48 + <u8>(small % 10));
      small /= 10;
    }
    return;
  }
  let rest = number;
  for (let i: u32 = 0; i < digits; i++) {
    store<u8>(--at, 48 + <u8>(rest % 10));
    rest /= 10;
  }
}

function writeIpv4(at: usize): void {
  for (let i: u32 = 0; i < 4; i++) {
    if (i > 0) store<u8>(out++, DOT);
    writeDigits(load<u8>(at + i));
  }
}

export function putIpv4(at: usize): void {
  if (!open(1, 15)) return;
  blank = false;
  writeIpv4(at);
}

function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 48 + value : 87 + value);
}

function writeHex(word: u32): void {
  let shift: i32 = word >= 0x1000 ? 12 : word >= 0x100 ? 8 : word >= 0x10 ? 4 : 0;
  for (; shift >= 0; shift -= 4) store<u8>(out++, hexDigit((word >> shift) & 15));
}

function wordAt(at: usize, place: u32): u32 {
  return <u32>bswap<u16>(load<u16>(at + place * 2));
}

/** RFC 5952, an IPv4-mapped address with its dotted part. */
export function putIpv6(at: usize): void {
  if (!open(1, 45)) return;
  blank = false;
  if (load<u64>(at) === 0 && load<u32>(at + 8) === 0xffff0000) {
    store<u8>(out++, COLON);
    store<u8>(out++, COLON);
    for (let i = 0; i < 4; i++) store<u8>(out++, 102);
    store<u8>(out++, COLON);
    writeIpv4(at + 12);
    return;
  }
  let best: u32 = 8;
  let bestLength: u32 = 1;
  for (let i: u32 = 0; i < 8; ) {
    let j = i;
    while (j < 8 && wordAt(at, j) === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
    i = j === i ? i + 1 : j;
  }
  for (let i: u32 = 0; i < 8; i++) {
    if (i === best) {
      store<u8>(out++, COLON);
      store<u8>(out++, COLON);
      i += bestLength - 1;
      continue;
    }
    if (i > 0 && i !== best + bestLength) store<u8>(out++, COLON);
    writeHex(wordAt(at, i));
  }
}

/** Six bytes with colons between. */
export function putMac(at: usize): void {
  if (!open(1, 17)) return;
  blank = false;
  for (let i: u32 = 0; i < 6; i++) {
    if (i > 0) store<u8>(out++, COLON);
    const byte = <u32>load<u8>(at + i);
    store<u8>(out++, hexDigit(byte >> 4));
    store<u8>(out++, hexDigit(byte & 15));
  }
}
