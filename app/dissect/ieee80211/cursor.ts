import type { BytePart } from '../byteFormats.ts';
import { hexText, macText, toHex, utf8 } from '../text.ts';

/** How a number reads: by a list of its values' texts, or by a function; without either as a decimal number. */
export type Reading = readonly (string | undefined)[] | ((value: number) => string);

/** Some bits of a little-endian bit string: the lowest of them, how many, and how their number reads. */
export interface BitField {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly reading: Reading | undefined;
}

/** Bit-fields one behind the other, the lowest bit first; those without a name are reserved. */
export function bitFields(
  ...rows: readonly (readonly [name: string, width?: number, reading?: Reading])[]
): BitField[] {
  let at = 0;
  return rows.map(([name, width = 1, reading]) => {
    const field = { name, at, width, reading };
    at += width;
    return field;
  });
}

/** The number as it reads, followed by the bare number where the text is not one itself. */
function readingText(value: number, reading: Reading | undefined): string {
  if (reading === undefined) return String(value);
  if (typeof reading === 'function') return reading(value);
  const text = reading[value];
  return text === undefined ? String(value) : `${text} (${value})`;
}

/** Levels of parts within parts; elements may hold elements, so hostile input could go on for long. */
const MAX_LEVELS = 12;
/** Parts in the text of what they make up, and bit-fields in that of theirs. */
const DIGEST = 4;
const BIT_DIGEST = 12;

/** What reads a part that has parts: returns its text, or nothing where a digest of the parts will do. */
export type Body = (cursor: Cursor) => string | undefined;

/**
 * Reads little-endian fields one behind the other and keeps each as a part with its range. It never reads beyond its
 * end: a field that does not fit is kept as far as it goes with a problem, and whatever is asked for after it is 0.
 */
export class Cursor {
  readonly parts: BytePart[] = [];
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  readonly #level: number;
  /** What this reads goes on elsewhere: its end is no surprise. */
  readonly continues: boolean;
  #cut = false;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length, level = 0, continues = false) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.#level = level;
    this.continues = continues;
  }

  /** Bytes that have not been read. */
  get left(): number {
    return this.end - this.at;
  }

  /** A number without reading it; 0 beyond the end. */
  peek(offset = 0): number {
    return this.at + offset < this.end ? this.bytes[this.at + offset] : 0;
  }

  /** The next `length` bytes as a part; null when there are not as many. */
  #field(name: string, type: string, length: number, text: (start: number) => string): number | null {
    const start = this.at;
    if (start + length > this.end) {
      this.#fail(name);
      return null;
    }
    this.at += length;
    this.parts.push({ name, type, start, end: this.at, text: text(start) });
    return start;
  }

  #fail(name: string): void {
    if (this.#cut) return;
    this.#cut = true;
    const text = this.continues ? `${name} goes on in the fragment that follows` : `ends before ${name} does`;
    const problem = { severity: this.continues ? ('note' as const) : ('warn' as const), code: 'bad-length', text };
    const shown = hexText(this.bytes.subarray(this.at, this.end));
    this.parts.push({ name, type: 'binary', start: this.at, end: this.end, text: shown, problem });
    this.at = this.end;
  }

  #number(start: number, length: number, big: boolean): number {
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + this.bytes[start + (big ? i : length - 1 - i)];
    return value;
  }

  /** A number of up to 6 bytes. */
  uint(name: string, length: number, reading?: Reading, big = false): number {
    const start = this.at;
    if (start + length > this.end) {
      this.#fail(name);
      return 0;
    }
    const value = this.#number(start, length, big);
    this.#field(name, `u${length * 8}${big ? ' be' : ''}`, length, () => readingText(value, reading));
    return value;
  }

  u8(name: string, reading?: Reading): number {
    return this.uint(name, 1, reading);
  }

  u16(name: string, reading?: Reading): number {
    return this.uint(name, 2, reading);
  }

  /** A signed number of one byte. */
  s8(name: string, unit = ''): number {
    const value = (this.peek() << 24) >> 24;
    this.#field(name, 's8', 1, () => (unit === '' ? String(value) : `${value} ${unit}`));
    return value;
  }

  /** A number of 8 bytes. */
  u64(name: string, unit = ''): void {
    this.#field(name, 'u64', 8, (start) => {
      const high = BigInt(this.#number(start + 4, 4, false));
      const value = (high << 32n) | BigInt(this.#number(start, 4, false));
      return unit === '' ? String(value) : `${value} ${unit}`;
    });
  }

  mac(name: string): string {
    const start = this.#field(name, 'mac', 6, (at) => macText(this.bytes.subarray(at, at + 6)));
    return start === null ? '' : macText(this.bytes.subarray(start, start + 6));
  }

  /** Text of `length` bytes, in quotes. */
  text(name: string, length = this.left): string {
    const read = (at: number) => JSON.stringify(utf8(this.bytes.subarray(at, at + length)));
    const start = this.#field(name, 'string', length, read);
    return start === null ? '' : read(start);
  }

  /** Bytes that are nothing but bytes, in hex; nothing where there are none. */
  hex(name: string, length = this.left): string {
    if (length === 0) return '';
    const start = this.#field(name, 'binary', length, (at) => hexText(this.bytes.subarray(at, at + length)));
    return start === null ? '' : toHex(this.bytes.subarray(start, start + length));
  }

  /** Bytes in a text of the caller's. */
  value(name: string, type: string, length: number, text: (bytes: Uint8Array) => string): string {
    const start = this.#field(name, type, length, (at) => text(this.bytes.subarray(at, at + length)));
    return start === null ? '' : text(this.bytes.subarray(start, start + length));
  }

  /** Numbers of one byte up to the end, or as many as `count`. */
  list(name: string, reading: (value: number) => string, count = this.left): string {
    return this.value(name, 'u8 array', count, (bytes) => Array.from(bytes, reading).join(' '));
  }

  /**
   * A bit string of `length` bytes and its fields, as far as the bytes reach. Returns the number of each field by name.
   */
  bits(name: string, length: number, fields: readonly BitField[], text?: (of: BitValues) => string): BitValues {
    const values = new BitValues();
    const start = this.at;
    if (start + length > this.end) {
      this.#fail(name);
      return values;
    }
    const parts: BytePart[] = [];
    const shown: string[] = [];
    for (const { name: part, at, width, reading } of fields) {
      if (at >= length * 8) break;
      const value = this.#bitsAt(start, at, Math.min(width, length * 8 - at));
      values.set(part, value);
      if (part === '' && value === 0) continue;
      const label = part === '' ? 'reserved' : part;
      const from = start + (at >> 3);
      const to = start + ((Math.min(at + width, length * 8) + 7) >> 3);
      const which = width === 1 ? `bit ${at}` : `bits ${at}-${at + width - 1}`;
      const meaning = readingText(value, reading);
      parts.push({ name: label, type: which, start: from, end: to, text: meaning });
      if (value !== 0) shown.push(width === 1 && reading === undefined ? label : `${label} ${meaning}`);
    }
    if (shown.length > BIT_DIGEST) shown.splice(BIT_DIGEST, shown.length, `… ${shown.length - BIT_DIGEST} more`);
    this.at += length;
    const all = text?.(values) ?? (shown.length === 0 ? '0' : shown.join(', '));
    this.parts.push({ name, type: `${length * 8} bits`, start, end: this.at, text: all, parts });
    return values;
  }

  #bitsAt(start: number, at: number, width: number): number {
    let value = 0;
    for (let i = width - 1; i >= 0; i--) {
      const bit = at + i;
      value = value * 2 + ((this.bytes[start + (bit >> 3)] >> (bit & 7)) & 1);
    }
    return value;
  }

  /**
   * The next `length` bytes as a part that `body` reads the parts of; what it leaves is kept as `rest`.
   * @returns its text
   */
  group(name: string, type: string, length: number, body: Body, continues = false): string {
    const start = this.at;
    const stop = Math.min(this.end, start + length);
    if (this.#level >= MAX_LEVELS) {
      const problem = { severity: 'warn' as const, code: 'too-deep', text: `nested deeper than ${MAX_LEVELS} levels` };
      const shown = hexText(this.bytes.subarray(start, stop));
      this.parts.push({ name, type, start, end: stop, text: shown, problem });
      this.at = stop;
      return shown;
    }
    const inner = new Cursor(this.bytes, start, stop, this.#level + 1, continues);
    const told = body(inner);
    if (inner.left > 0) inner.hex('rest');
    const text = told ?? digest(inner.parts);
    this.at = stop;
    this.parts.push({ name, type, start, end: stop, text, parts: inner.parts });
    return text;
  }

  /** A problem with the bytes up to `end`, which are kept as a part of that name and passed. */
  malformed(name: string, end: number, text: string): void {
    const start = this.at;
    this.at = Math.min(end, this.end);
    const shown = hexText(this.bytes.subarray(start, this.at));
    this.parts.push({
      name,
      type: 'binary',
      start,
      end: this.at,
      text: shown,
      problem: { severity: 'warn', code: 'malformed', text },
    });
  }

  /** Tells the reader something about the part that was read last. */
  remark(text: string): void {
    const last = this.parts.pop();
    if (last !== undefined) this.parts.push({ ...last, problem: { severity: 'note', code: 'wifi', text } });
  }
}

/** The numbers of a bit string's fields by their names; those that were not read are 0. */
export class BitValues {
  readonly #values = new Map<string, number>();

  set(name: string, value: number): void {
    this.#values.set(name, value);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  has(name: string): boolean {
    return this.get(name) !== 0;
  }
}

/** The first of the parts in one line. */
export function digest(parts: readonly BytePart[]): string {
  const shown = parts.slice(0, DIGEST).map(({ name, text }) => `${name} ${text}`);
  if (parts.length > DIGEST) shown.push('…');
  return shown.join(', ');
}
