import { viewOf } from '../../app/wire/index.ts';

/** Bytes that a piece is copied by. */
export const WORD = 8;
/** Bytes of all pieces there may be. */
const CAPACITY = 4 * 1024 * 1024;

/** Text that is written again and again: it lies encoded in one store, whole words of it. */
export interface Piece {
  /** Its first word in the store. */
  readonly first: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * No eight bytes of UTF-8 are the pattern of a NaN, which alone would not be copied faithfully: 0xff does not occur, and
 * 0x7f does not follow what begins a longer sequence.
 */
const store = new Float64Array(CAPACITY / WORD);
const storeView = viewOf(new Uint8Array(store.buffer));
let used = 0;
const encoder = new TextEncoder();

/** Keeps a text as a piece; null when there is no more room, which only texts that messages bring can use up. */
export function newPiece(text: string): Piece | null {
  const bytes = encoder.encode(text);
  const first = used;
  const words = Math.ceil(bytes.length / WORD);
  if (first + words > store.length) return null;
  new Uint8Array(store.buffer, first * WORD).set(bytes);
  // In the order of the view that they are written to.
  for (let word = first; word < first + words; word++) store[word] = storeView.getFloat64(word * WORD, true);
  used += words;
  return { first, length: bytes.length };
}

/** As `newPiece`, for what a module always needs. */
export function fixedPiece(text: string): Piece {
  const piece = newPiece(text);
  if (piece === null) throw new Error('no room for a fixed piece of text');
  return piece;
}

/** Writes a piece at a place of a view, up to a word more; returns where it ends. */
export function putPiece(view: DataView, at: number, { first, length }: Piece): number {
  const end = at + length;
  for (let word = first, to = at; to < end; to += WORD) view.setFloat64(to, store[word++], true);
  return end;
}

/** Digits of the largest number that `putNumber` takes, rounded up to what it may overrun. */
export const MOST_DIGITS = 24;

/** ASCII of 0000 to 9999, the first digit in the lowest byte. */
const FOURS = new Int32Array(10_000);
/** The same without zeros before it, and how many digits that are. */
const HEADS = new Int32Array(FOURS.length);
const HEAD_DIGITS = new Uint8Array(FOURS.length);
for (let number = 0; number < FOURS.length; number++) {
  const digit = (unit: number): number => 0x30 + (Math.floor(number / unit) % 10);
  const digits = String(number).length;
  FOURS[number] = digit(1000) | (digit(100) << 8) | (digit(10) << 16) | (digit(1) << 24);
  HEADS[number] = FOURS[number] >>> ((4 - digits) * 8);
  HEAD_DIGITS[number] = digits;
}

/** Writes an integer from 0 to 2^53 - 1 in decimal, up to three bytes more; returns where it ends. */
export function putNumber(view: DataView, at: number, number: number): number {
  if (number < 10_000) return putHead(view, at, number);
  return number < 0x7fffffff ? putLong(view, at, number | 0) : putLongest(view, at, number);
}

/** The same from 10000 to 2^31 - 1. */
function putLong(view: DataView, at: number, number: number): number {
  const head = (number / 10_000) | 0;
  if (head < 10_000) return putFour(view, putHead(view, at, head), number - head * 10_000);
  const first = (head / 10_000) | 0;
  const middle = putFour(view, putHead(view, at, first), head - first * 10_000);
  return putFour(view, middle, number - head * 10_000);
}

/** The same for all that is larger. */
function putLongest(view: DataView, at: number, number: number): number {
  const head = Math.floor(number / 100_000_000);
  const rest = (number - head * 100_000_000) | 0;
  const four = (rest / 10_000) | 0;
  return putFour(view, putFour(view, putNumber(view, at, head), four), rest - four * 10_000);
}

/** The first digits of a number, at most four. */
function putHead(view: DataView, at: number, number: number): number {
  view.setInt32(at, HEADS[number], true);
  return at + HEAD_DIGITS[number];
}

function putFour(view: DataView, at: number, number: number): number {
  view.setInt32(at, FOURS[number], true);
  return at + 4;
}
