import type { FilterType, FilterValue, ValueSink } from '../filter/fields.ts';
import type { AttrDef, AttrSpace, MessageDef, SpecLibrary, SubFormat } from '../specs/index.ts';
import {
  align4,
  forEachAttribute,
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
const PASS_OVER = 0;
const TAKE = 1;
const ENTER = 2;
/** A nest whose set a sibling chooses (IFLA_INFO_DATA by IFLA_INFO_KIND). */
const CHOOSE = 3;
const GIVE_UP = 4;

/** A set of attributes as the scan reads it. */
interface Level {
  readonly actions: Uint8Array;
  readonly defs: AttrSpace['dense'];
  /** Sets inside nests that are entered. */
  readonly inner: (Level | undefined)[];
  readonly bigEndian: boolean;
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
  readonly #levels = new Map<AttrSpace, Level>();
  /** What was found in the message at hand: definition, first byte and end of its payload. */
  readonly #defs: AttrDef[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #found = 0;

  constructor(library: SpecLibrary, wanted: Wanted) {
    this.#library = library;
    this.#wanted = wanted;
  }

  /**
   * Adds the values that the attribute has in a message.
   * @returns false where it must be decoded to tell; nothing has been added then
   */
  read(record: FilterRecord, message: MessageDef, type: FilterType, out: ValueSink): boolean {
    if (message.space === null) return false;
    const bytes = record.bytes();
    if (bytes.length !== record.length) return false;
    const start = this.#attributesOf(record, message, bytes.length);
    if (start < 0) return false;
    const { littleEndian } = record.envelope;
    this.#found = 0;
    if (!this.#walk(this.#levelOf(message.space), bytes, start, bytes.length, littleEndian, 0)) return false;
    for (let i = 0; i < this.#found; i++) {
      if (!isPlain(this.#defs[i], type, this.#ends[i] - this.#starts[i])) return false;
    }
    for (let i = 0; i < this.#found; i++) {
      const value = plainValue(this.#defs[i], type, bytes, this.#starts[i], this.#ends[i], littleEndian);
      out.push(value);
    }
    return true;
  }

  /** Where a message's attributes begin; -1 where only decoding tells. */
  #attributesOf({ envelope, type, genl }: FilterRecord, message: MessageDef, end: number): number {
    const { header } = message;
    const { protocol } = envelope;
    if (this.#library.choices !== null || message.options !== '' || message.bareDump) return -1;
    if (protocol === NETLINK_AUDIT || header?.variable === true) return -1;
    const base = protocol === NETLINK_GENERIC ? NLMSG_HDRLEN + GENL_HDRLEN : NLMSG_HDRLEN;
    if (header !== null) return Math.min(end, base + align4(header.size));
    return protocol === NETLINK_GENERIC ? Math.min(end, base + (genl.byId(type)?.headerSize ?? 0)) : base;
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
      const action = actions[number];
      if (action === TAKE) {
        this.#defs[this.#found] = level.defs[number]!;
        this.#starts[this.#found] = at + NLA_HDRLEN;
        this.#ends[this.#found++] = at + length;
      } else if (action === ENTER) {
        const inner = level.inner[number]!;
        if (!this.#walk(inner, bytes, at + NLA_HDRLEN, at + length, messageLittleEndian, depth + 1)) return false;
      } else if (action === CHOOSE) {
        const format = this.#formatOf(level.defs[number]!, level, bytes, start, end, at + NLA_HDRLEN, littleEndian);
        if (format === null || format?.header?.variable === true) return false;
        if (format?.space != null && this.#wanted.isIn(format.space)) {
          const from = Math.min(at + length, at + NLA_HDRLEN + align4(format.header?.size ?? 0));
          const inner = this.#levelOf(format.space);
          if (!this.#walk(inner, bytes, from, at + length, messageLittleEndian, depth + 1)) return false;
        }
      } else if (action === GIVE_UP) return false;
      at += align4(length);
    }
    return true;
  }

  /**
   * The format of a sub-message, whose payload begins at `before`, by the text of the sibling that chooses it; null where
   * the decoder has to look further.
   */
  #formatOf(
    def: AttrDef,
    { defs }: Level,
    bytes: Uint8Array,
    start: number,
    end: number,
    before: number,
    littleEndian: boolean,
  ): SubFormat | undefined | null {
    const [selector] = def.selectors;
    let text: string | null = null;
    let isText = true;
    forEachAttribute(bytes, start, end, littleEndian, (number, from, to) => {
      const sibling = defs[number];
      if (sibling?.specName !== selector || (from > before && text !== null)) return;
      isText &&= sibling.layout === 'string' && sibling.enum === null;
      text = readString(bytes, from, to);
    });
    return text === null || !isText ? null : findFormat(def, text);
  }

  #levelOf(space: AttrSpace): Level {
    const known = this.#levels.get(space);
    if (known !== undefined) return known;
    const { dense } = space;
    const level: Level = {
      actions: new Uint8Array(dense.length),
      defs: dense,
      inner: [],
      bigEndian: space.bigEndian === true,
    };
    // Sets may be inside themselves.
    this.#levels.set(space, level);
    for (let number = 0; number < dense.length; number++) {
      const def = dense[number];
      if (def === undefined) continue;
      const action = this.#actionFor(def);
      level.actions[number] = action;
      if (action === ENTER) level.inner[number] = this.#levelOf(def.space!);
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
    if (def.layout === 'nest' && def.space !== null) return ENTER;
    return def.layout === 'sub-message' && def.selectors.length === 1 ? CHOOSE : GIVE_UP;
  }
}

/** Types whose values are the bytes that count. */
const BYTES: ReadonlySet<FilterType> = new Set(['ip', 'mac', 'bytes']);

/** Whether a value of that length reads without what the decoder knows besides. */
function isPlain({ layout, size, format, bits }: AttrDef, type: FilterType, length: number): boolean {
  if (BYTES.has(type)) return layout !== 'array';
  switch (layout) {
    case 'string':
      return type === 'string';
    case 'integer':
      return type === 'number' && bits.length === 0 && format === '' && length === size && length <= 4;
    case 'flag':
      return type === 'none';
    default:
      return false;
  }
}

function plainValue(
  def: AttrDef,
  type: FilterType,
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): FilterValue {
  if (type === 'none') return true;
  if (BYTES.has(type))
    return bytes.subarray(start, def.significant === 0 ? end : Math.min(end, start + def.significant));
  if (def.layout === 'string') return readString(bytes, start, end);
  return readNumber(bytes, start, end - start, def.big === null ? littleEndian : !def.big, def.signed);
}
