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

/** The text of a part, or what makes it; nothing where a digest of its parts will do. */
export type Told = string | (() => string) | undefined;

/** The text of what was told, '' where nothing was. */
export function toldText(told: Told): string {
  return typeof told === 'function' ? told() : (told ?? '');
}

/** What reads a part that has parts. */
export type Body = (cursor: Cursor) => Told;

/** A part whose text is made when somebody looks at it: most trees are never opened. */
class ReadPart implements BytePart {
  readonly name: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly BytePart[] | undefined;
  #text: string | (() => string);

  constructor(
    name: string,
    type: string,
    start: number,
    end: number,
    text: string | (() => string),
    parts?: readonly BytePart[],
  ) {
    this.name = name;
    this.type = type;
    this.start = start;
    this.end = end;
    this.parts = parts;
    this.#text = text;
  }

  get text(): string {
    if (typeof this.#text !== 'string') this.#text = this.#text();
    return this.#text;
  }
}

/** Types of numbers by their length in bytes. */
const UINT_TYPES = Array.from({ length: 9 }, (_, length) => `u${length * 8}`);
const BIG_UINT_TYPES = UINT_TYPES.map((type) => `${type} be`);

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

  /** The next `length` bytes as a part, as which `text` reads them; false when there are not as many. */
  #field(name: string, type: string, length: number, text: string | (() => string)): boolean {
    const start = this.at;
    if (start + length > this.end) {
      this.#fail(name);
      return false;
    }
    this.at += length;
    this.parts.push(new ReadPart(name, type, start, this.at, text));
    return true;
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
    const types = big ? BIG_UINT_TYPES : UINT_TYPES;
    this.#field(name, types[length], length, () => readingText(value, reading));
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
    const start = this.at;
    this.#field(name, 'u64', 8, () => {
      const high = BigInt(this.#number(start + 4, 4, false));
      const value = (high << 32n) | BigInt(this.#number(start, 4, false));
      return unit === '' ? String(value) : `${value} ${unit}`;
    });
  }

  mac(name: string): string {
    return this.value(name, 'mac', 6, macText);
  }

  /** Text of `length` bytes, in quotes. */
  text(name: string, length = this.left): string {
    return this.value(name, 'string', length, (bytes) => JSON.stringify(utf8(bytes)));
  }

  /** Bytes that are nothing but bytes, in hex; nothing where there are none. */
  hex(name: string, length = this.left): string {
    if (length === 0) return '';
    const bytes = this.bytes.subarray(this.at, this.at + length);
    return this.#field(name, 'binary', length, () => hexText(bytes)) ? toHex(bytes) : '';
  }

  /** Bytes in a text of the caller's. */
  value(name: string, type: string, length: number, text: (bytes: Uint8Array) => string): string {
    // What does not fit is never read.
    const shown = this.at + length > this.end ? '' : text(this.bytes.subarray(this.at, this.at + length));
    return this.#field(name, type, length, shown) ? shown : '';
  }

  /** Numbers of one byte up to the end, or as many as `count`. */
  list(name: string, reading: (value: number) => string, count = this.left): string {
    return this.value(name, 'u8 array', count, (bytes) => Array.from(bytes, reading).join(' '));
  }

  /**
   * A bit string of `length` bytes and its fields, as far as the bytes reach. Returns the number of each field by name.
   */
  bits(name: string, length: number, fields: readonly BitField[], text?: (of: BitValues) => string): BitValues {
    const start = this.at;
    if (start + length > this.end) {
      this.#fail(name);
      return new BitValues(this.bytes, start, 0, fields);
    }
    const values = new BitValues(this.bytes, start, length, fields);
    const parts: BytePart[] = [];
    const total = length * 8;
    for (const field of fields) {
      const { name: part, at, width, reading } = field;
      if (at >= total) break;
      const value = values.of(field);
      if (part === '' && value === 0) continue;
      const from = start + (at >> 3);
      const to = start + ((Math.min(at + width, total) + 7) >> 3);
      const label = part === '' ? 'reserved' : part;
      parts.push(new ReadPart(label, bitsName(at, width), from, to, () => readingText(value, reading)));
    }
    this.at += length;
    const all = (): string => text?.(values) ?? values.digest();
    this.parts.push(new ReadPart(name, `${total} bits`, start, this.at, all, parts));
    return values;
  }

  /**
   * The next `length` bytes as a part that `body` reads the parts of; what it leaves is kept as `rest`.
   * @returns what makes its text
   */
  group(name: string, type: string, length: number, body: Body, continues = false): () => string {
    const start = this.at;
    const stop = Math.min(this.end, start + length);
    if (this.#level >= MAX_LEVELS) {
      const problem = { severity: 'warn' as const, code: 'too-deep', text: `nested deeper than ${MAX_LEVELS} levels` };
      const shown = hexText(this.bytes.subarray(start, stop));
      this.parts.push({ name, type, start, end: stop, text: shown, problem });
      this.at = stop;
      return () => shown;
    }
    const inner = new Cursor(this.bytes, start, stop, this.#level + 1, continues);
    const told = body(inner);
    if (inner.left > 0) inner.hex('rest');
    this.at = stop;
    const part = new ReadPart(name, type, start, stop, told ?? (() => digest(inner.parts)), inner.parts);
    this.parts.push(part);
    return () => part.text;
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
    if (last === undefined) return;
    const { name, type, start, end, parts } = last;
    const problem = { severity: 'note', code: 'wifi', text } as const;
    this.parts.push({ name, type, start, end, text: last.text, problem, ...(parts === undefined ? {} : { parts }) });
  }
}

/** The numbers of a bit string's fields by their names; those that were not read are 0. */
export class BitValues {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #bits: number;
  readonly #fields: readonly BitField[];

  constructor(bytes: Uint8Array, start: number, length: number, fields: readonly BitField[]) {
    this.#bytes = bytes;
    this.#start = start;
    this.#bits = length * 8;
    this.#fields = fields;
  }

  get(name: string): number {
    // Of those that share a name, which only reserved ones do, the last counts.
    const field = this.#fields.findLast((each) => each.name === name);
    return field === undefined ? 0 : this.of(field);
  }

  has(name: string): boolean {
    return this.get(name) !== 0;
  }

  of({ at, width }: BitField): number {
    let value = 0;
    for (let bit = Math.min(at + width, this.#bits) - 1; bit >= at; bit--) {
      value = value * 2 + ((this.#bytes[this.#start + (bit >> 3)] >> (bit & 7)) & 1);
    }
    return value;
  }

  /** Those that are not 0 in one line. */
  digest(): string {
    const shown: string[] = [];
    for (const field of this.#fields) {
      const value = this.of(field);
      if (value === 0) continue;
      const { name, width, reading } = field;
      const label = name === '' ? 'reserved' : name;
      shown.push(width === 1 && reading === undefined ? label : `${label} ${readingText(value, reading)}`);
    }
    if (shown.length > BIT_DIGEST) shown.splice(BIT_DIGEST, shown.length, `… ${shown.length - BIT_DIGEST} more`);
    return shown.length === 0 ? '0' : shown.join(', ');
  }
}

const bitsNames = new Map<number, string>();

/** "bit 3" or "bits 4-7". */
function bitsName(at: number, width: number): string {
  const key = at * 1024 + width;
  let name = bitsNames.get(key);
  if (name === undefined) {
    name = width === 1 ? `bit ${at}` : `bits ${at}-${at + width - 1}`;
    bitsNames.set(key, name);
  }
  return name;
}

/** The first of the parts in one line. */
export function digest(parts: readonly BytePart[]): string {
  const shown = parts.slice(0, DIGEST).map(({ name, text }) => `${name} ${text}`);
  if (parts.length > DIGEST) shown.push('…');
  return shown.join(', ');
}
