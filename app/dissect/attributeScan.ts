import type { FilterType, FilterValue, ValueSink, ValueTest } from '../filter/fields.ts';
import type { AttrDef, AttrSpace, MessageDef, SpecLibrary } from '../specs/index.ts';
import {
  align4,
  GENL_HDRLEN,
  MAX_DEPTH,
  NETLINK_AUDIT,
  NETLINK_GENERIC,
  NLA_HDRLEN,
  NLA_TYPE_MASK,
  NLMSG_HDRLEN,
  readNumber,
  readU16,
} from '../wire/index.ts';
import type { Wanted } from './attributeValues.ts';
import { findFormat, readString } from './decode.ts';
import type { FilterRecord } from './filterFields.ts';

/** What the scan does with an attribute, by its number in a set. */
export const PASS_OVER = 0;
export const TAKE = 1;
export const ENTER = 2;
/** A nest whose set a sibling chooses (IFLA_INFO_DATA by IFLA_INFO_KIND). */
export const CHOOSE = 3;
/** A nest of numbered nests. */
export const ENTER_ITEMS = 4;
export const GIVE_UP = 5;

/** Whether a sibling chooses, and whether its value is text. */
export const CHOOSES_BY_TEXT = 1;
const CHOOSES_OTHERWISE = 2;

/** What a question about a message's values comes to. */
export const NO = 0;
export const YES = 1;
/** Only decoding tells. */
export const UNSURE = 2;
export type Answer = typeof NO | typeof YES | typeof UNSURE;

/** A set of attributes as the scan reads it. */
export interface Level {
  readonly actions: Uint8Array;
  readonly defs: AttrSpace['dense'];
  /** Sets inside nests that are entered. */
  readonly inner: (Level | undefined)[];
  /** Bytes of the headers before the attributes in those nests. */
  readonly headers: Uint16Array;
  /** Of nests whose set is chosen: which siblings choose it, by their number, and what their texts came to. */
  readonly choosers: (Uint8Array | undefined)[];
  readonly choices: (Choice[] | undefined)[];
  readonly bigEndian: boolean;
}

/** What a text chooses for a nest. */
export interface Choice {
  readonly text: Uint8Array;
  readonly action: typeof PASS_OVER | typeof ENTER | typeof GIVE_UP;
  /** Bytes of the header before the attributes. */
  readonly header: number;
  readonly level: Level | null;
}

/** How the attributes of a message are read. */
export interface Way {
  readonly level: Level;
  /** Where they begin; those of a family with a header of its own after that. */
  readonly start: number;
  readonly hasFamilyHeader: boolean;
}

/** Beyond the end of every message: nlmsg_len of what the kernel and user space exchange is far below. */
const NOWHERE = 1 << 30;

/** Finds nothing, without a look at any attribute. */
export const NO_WAY: Way = {
  level: {
    actions: new Uint8Array(0),
    defs: [],
    inner: [],
    headers: new Uint16Array(0),
    choosers: [],
    choices: [],
    bigEndian: false,
  },
  start: NOWHERE,
  hasFamilyHeader: false,
};

/** What is asked of the values of a message. */
export interface Asked {
  /** Of each; null where one is enough, whatever its value. */
  readonly test: ValueTest | null;
  /** One that passes is enough: else all must, and there must be one. */
  readonly isAny: boolean;
  /** The bytes of the one value that passes, or of the one that does not, where the test is about one. */
  readonly wanted: Uint8Array | null;
  readonly isNot: boolean;
}

/** @param test what a value must pass; null where one is enough, whatever its value */
export function askedOf(test: ValueTest | null, isAny: boolean): Asked {
  const { value, isNot = false } = test?.equals ?? {};
  return { test, isAny, wanted: value === undefined ? null : bytesOf(value), isNot };
}

/** A value as it stands in messages; null where that is not the only way. */
function bytesOf(value: string | Uint8Array): Uint8Array | null {
  if (typeof value !== 'string') return value;
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0));
  return [...value].every((char) => char > '\0' && char < '\x80') ? bytes : null;
}

/**
 * Finds the values of one attribute in messages without decoding them: most rows that a filter passes over hold the
 * attribute with another value, and making a tree to see that costs twenty times as much.
 *
 * It knows plain nests and plain values. At all else that might matter it gives up, and the message has to be decoded.
 */
export class AttributeScan {
  readonly #library: SpecLibrary;
  readonly #wanted: Wanted;
  readonly #type: FilterType;
  readonly #levels = new Map<AttrSpace, Level>();
  /** What was found in the message at hand: definition, first byte and end of its payload. */
  readonly #defs: AttrDef[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #found = 0;

  constructor(library: SpecLibrary, wanted: Wanted, type: FilterType) {
    this.#library = library;
    this.#wanted = wanted;
    this.#type = type;
  }

  /** How a message's attributes are read; null where only decoding tells. */
  wayOf(message: MessageDef, protocol: number): Way | null {
    const { header, space } = message;
    if (this.#library.choices !== null || space === null || message.options !== '' || message.bareDump) return null;
    if (protocol === NETLINK_AUDIT || header?.variable === true) return null;
    const isGeneric = protocol === NETLINK_GENERIC;
    const base = isGeneric ? NLMSG_HDRLEN + GENL_HDRLEN : NLMSG_HDRLEN;
    return {
      level: this.#levelOf(space),
      start: base + (header === null ? 0 : align4(header.size)),
      hasFamilyHeader: isGeneric && header === null,
    };
  }

  /**
   * Adds the values that the attribute has in a message.
   * @returns false where it must be decoded to tell; nothing has been added then
   */
  read(record: FilterRecord, message: MessageDef, out: ValueSink): boolean {
    const { envelope } = record;
    const way = this.wayOf(message, envelope.protocol);
    const bytes = record.bytes();
    if (way === null || bytes.length !== record.length) return false;
    const start = way.start + (way.hasFamilyHeader ? familyHeader(record) : 0);
    if (!this.#find(way.level, bytes, start, bytes.length, envelope.littleEndian)) return false;
    for (let i = 0; i < this.#found; i++) out.push(this.#value(i, bytes, envelope.littleEndian));
    return true;
  }

  /** Whether the values of a message, which has its attributes from `start` to `end`, are as asked. */
  ask(level: Level, bytes: Uint8Array, start: number, end: number, littleEndian: boolean, asked: Asked): Answer {
    if (!this.#find(level, bytes, start, end, littleEndian)) return UNSURE;
    const { isAny } = asked;
    const found = this.#found;
    for (let i = 0; i < found; i++) {
      if (this.#passes(i, bytes, littleEndian, asked) === isAny) return isAny ? YES : NO;
    }
    return found === 0 || isAny ? NO : YES;
  }

  #passes(i: number, bytes: Uint8Array, littleEndian: boolean, { test, wanted, isNot }: Asked): boolean {
    if (test === null) return true;
    const def = this.#defs[i];
    const start = this.#starts[i];
    const end = this.#ends[i];
    if (def.layout === 'integer' && test.range !== undefined) {
      const { low, high, isOutside } = test.range;
      const value = integerAt(def, bytes, start, end, littleEndian);
      return (value >= low && value <= high) !== isOutside;
    }
    if (wanted === null || this.#type === 'number') return test(this.#value(i, bytes, littleEndian));
    if (this.#type !== 'string') {
      const length = significantLength(def, end - start);
      return (length === wanted.length && beginsWith(bytes, start, wanted)) !== isNot;
    }
    // What UTF-8 makes of other bytes than letters may be letters too (a byte order mark).
    if (start < end && bytes[start] >= 0x80) return test(this.#value(i, bytes, littleEndian));
    return isText(bytes, start, end, wanted) !== isNot;
  }

  #value(i: number, bytes: Uint8Array, littleEndian: boolean): FilterValue {
    const [def, start, end] = [this.#defs[i], this.#starts[i], this.#ends[i]];
    if (this.#type === 'none') return true;
    if (BYTES.has(this.#type)) return bytes.subarray(start, start + significantLength(def, end - start));
    if (def.layout === 'string') return readString(bytes, start, end);
    return integerAt(def, bytes, start, end, littleEndian);
  }

  /** Finds what there is of the attribute; false where only decoding tells. */
  #find(level: Level, bytes: Uint8Array, start: number, end: number, littleEndian: boolean): boolean {
    this.#found = 0;
    if (!this.#walk(level, bytes, start, end, littleEndian, 0)) return false;
    for (let i = 0; i < this.#found; i++) {
      const def = this.#defs[i];
      const form = this.formOf(def);
      if (form === null || (form === 'integer' && this.#ends[i] - this.#starts[i] !== def.size)) return false;
    }
    return true;
  }

  /** How values read, without what the decoder knows besides; null where it has to read them. Integers have their size. */
  formOf({ layout, size, format, bits }: AttrDef): 'bytes' | 'text' | 'integer' | 'presence' | null {
    const type = this.#type;
    if (BYTES.has(type)) return layout === 'array' ? null : 'bytes';
    switch (layout) {
      case 'string':
        return type === 'string' ? 'text' : null;
      case 'integer':
        return type === 'number' && bits.length === 0 && format === '' && size <= 4 ? 'integer' : null;
      case 'flag':
        return type === 'none' ? 'presence' : null;
      default:
        return null;
    }
  }

  /** False to give up. */
  #walk(
    level: Level,
    bytes: Uint8Array,
    start: number,
    end: number,
    messageLittleEndian: boolean,
    depth: number,
  ): boolean {
    if (depth >= MAX_DEPTH) return false;
    const { actions } = level;
    const littleEndian = messageLittleEndian && !level.bigEndian;
    for (let at = start; at + NLA_HDRLEN <= end; ) {
      const length = readU16(bytes, at, littleEndian);
      if (length < NLA_HDRLEN || at + length > end) return true;
      const number = readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK;
      const action = number < actions.length ? actions[number] : PASS_OVER;
      if (action !== PASS_OVER) {
        const payload = at + NLA_HDRLEN;
        if (action === TAKE) {
          this.#defs[this.#found] = level.defs[number]!;
          this.#starts[this.#found] = payload;
          this.#ends[this.#found++] = at + length;
        } else if (action === ENTER) {
          const from = Math.min(at + length, payload + level.headers[number]);
          const inner = level.inner[number]!;
          if (!this.#walk(inner, bytes, from, at + length, messageLittleEndian, depth + 1)) return false;
        } else if (action === ENTER_ITEMS) {
          const inner = level.inner[number]!;
          if (!this.#walkItems(inner, bytes, payload, at + length, messageLittleEndian, depth + 1)) return false;
        } else if (action === CHOOSE) {
          const choice = this.#choiceOf(level, number, bytes, start, end, payload, littleEndian);
          if (choice === null || choice.action === GIVE_UP) return false;
          if (choice.level !== null) {
            const from = Math.min(at + length, payload + choice.header);
            if (!this.#walk(choice.level, bytes, from, at + length, messageLittleEndian, depth + 1)) return false;
          }
        } else return false;
      }
      at += align4(length);
    }
    return true;
  }

  #walkItems(
    level: Level,
    bytes: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
    depth: number,
  ): boolean {
    for (let at = start; at + NLA_HDRLEN <= end; ) {
      const length = readU16(bytes, at, littleEndian);
      if (length < NLA_HDRLEN || at + length > end) break;
      if (!this.#walk(level, bytes, at + NLA_HDRLEN, at + length, littleEndian, depth + 1)) return false;
      at += align4(length);
    }
    return true;
  }

  /**
   * What the sibling that chooses says of a sub-message, whose payload begins at `before`: the last one in front of it, or
   * else the first after it. Null where the decoder has to look further.
   */
  #choiceOf(
    level: Level,
    number: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    before: number,
    littleEndian: boolean,
  ): Choice | null {
    const choosers = level.choosers[number]!;
    let from = -1;
    let to = -1;
    for (let at = start; at + NLA_HDRLEN <= end && (at < before || from < 0); ) {
      const length = readU16(bytes, at, littleEndian);
      if (length < NLA_HDRLEN || at + length > end) break;
      const chooses = choosers[readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK];
      if (chooses === CHOOSES_OTHERWISE) return null;
      if (chooses === CHOOSES_BY_TEXT) {
        from = at + NLA_HDRLEN;
        to = at + length;
      }
      at += align4(length);
    }
    if (from < 0) return null;
    const known = level.choices[number]!;
    for (const choice of known) if (isText(bytes, from, to, choice.text)) return choice;
    const choice = this.#choiceBy(level.defs[number]!, bytes, from, to);
    if (known.length < MOST_CHOICES) known.push(choice);
    return choice;
  }

  #choiceBy(def: AttrDef, bytes: Uint8Array, from: number, to: number): Choice {
    const zero = bytes.subarray(from, to).indexOf(0);
    const text = bytes.slice(from, zero < 0 ? to : from + zero);
    const { header = null, space = null } = findFormat(def, readString(bytes, from, to)) ?? {};
    const isInside = space !== null && this.#wanted.isIn(space);
    return {
      text,
      action: header?.variable === true ? GIVE_UP : isInside ? ENTER : PASS_OVER,
      header: align4(header?.size ?? 0),
      level: isInside ? this.#levelOf(space) : null,
    };
  }

  #levelOf(space: AttrSpace): Level {
    const known = this.#levels.get(space);
    if (known !== undefined) return known;
    const { dense } = space;
    const level: Level = {
      actions: new Uint8Array(dense.length),
      defs: dense,
      inner: [],
      headers: new Uint16Array(dense.length),
      choosers: [],
      choices: [],
      bigEndian: space.bigEndian === true,
    };
    // Sets may be inside themselves.
    this.#levels.set(space, level);
    for (let number = 0; number < dense.length; number++) {
      const def = dense[number];
      if (def === undefined) continue;
      const action = this.#actionFor(def);
      level.actions[number] = action;
      if (action === ENTER || action === ENTER_ITEMS) level.inner[number] = this.#levelOf(def.space!);
      if (action === ENTER) level.headers[number] = align4(def.header?.size ?? 0);
      if (action === CHOOSE) {
        level.choosers[number] = choosersOf(def.selectors[0], dense);
        level.choices[number] = [];
      }
    }
    return level;
  }

  #actionFor(def: AttrDef): number {
    if (def.filter === this.#wanted.name) {
      return def.nests || def.variant !== null || def.types !== null || def.chosen !== undefined ? GIVE_UP : TAKE;
    }
    if (!def.nests) return PASS_OVER;
    if (!this.#wanted.isInside(def)) return PASS_OVER;
    if (def.chosen !== undefined || def.switch !== null) return GIVE_UP;
    if (def.space !== null) {
      if (def.layout === 'nest') return ENTER;
      if (def.layout === 'message' && def.header?.variable !== true) return ENTER;
      if (def.layout === 'indexed-array' && def.element === null) return ENTER_ITEMS;
    }
    return def.layout === 'sub-message' && def.selectors.length === 1 ? CHOOSE : GIVE_UP;
  }
}

/** Texts that are remembered for a nest: those of a capture that is damaged have no end. */
const MOST_CHOICES = 64;

/** The siblings that choose, by number. */
function choosersOf(selector: string, siblings: AttrSpace['dense']): Uint8Array {
  const choosers = new Uint8Array(siblings.length);
  siblings.forEach((sibling, number) => {
    if (sibling?.specName !== selector) return;
    choosers[number] = sibling.layout === 'string' && sibling.enum === null ? CHOOSES_BY_TEXT : CHOOSES_OTHERWISE;
  });
  return choosers;
}

/** Bytes of the header that a generic netlink family puts before its attributes. */
export function familyHeader({ genl, type }: FilterRecord): number {
  return genl.byId(type)?.headerSize ?? 0;
}

/** Types whose values are the bytes that count. */
const BYTES: ReadonlySet<FilterType> = new Set(['ip', 'mac', 'bytes']);

function integerAt(
  { big, signed }: AttrDef,
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): number | bigint {
  return readNumber(bytes, start, end - start, big === null ? littleEndian : !big, signed);
}

/** How many bytes of a payload count. */
function significantLength({ significant }: AttrDef, length: number): number {
  return significant === 0 ? length : Math.min(length, significant);
}

function beginsWith(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Whether a payload is a text: up to its end or to the first NUL. */
function isText(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  const stop = start + text.length;
  return stop <= end && beginsWith(bytes, start, text) && (stop === end || bytes[stop] === 0);
}
