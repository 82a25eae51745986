import {
  afterDigits,
  briefText,
  type DecodeState,
  DIGEST_LENGTH,
  Field,
  isPlainIndex,
  isSaidByValue,
  isUndivided,
  LONGEST_VALUE,
  plainStruct,
  waitingTexts,
} from '../../app/dissect/index.ts';
import type { StructDef, ValueDef } from '../../app/specs/index.ts';
import { readNumber, readU16, readU32 } from '../../app/wire/index.ts';
import type { TextBuffer } from './textBuffer.ts';
import { fixedPiece, MOST_DIGITS, newPiece, type Piece, putNumber, putPiece } from './textPieces.ts';

/** How a form of output spells fields: what stands between their names, values and places. */
export interface Spelling {
  /** A field from its name to its value. */
  name(name: string): string;
  /** A number from its value to its range. */
  said(value: number | bigint, text: string): string;
  /** A part of a text. */
  part(text: string): string;
  /** Writes it, where it is not kept. */
  writePart(out: TextBuffer, text: string): void;
  /** Between a number's digits as its value and as its text; null where the text alone is written. */
  readonly again: Piece | null;
  /** From a text to the range. */
  readonly afterText: string;
  /** Between the numbers of a range. */
  readonly to: Piece;
  /** From the name of what has children to its text. */
  readonly beforeText: Piece;
  /** Bytes before an empty text that are taken back. */
  readonly takenBack: number;
  /** From the range of what has leaves below it to the name of the first; null: at that depth they are not written here. */
  first(depth: number): Piece | null;
  /** From the range of a leaf to the name of the next. */
  next(depth: number): Piece;
  /** From the range of the last leaf to the end of what it is in. */
  readonly last: Piece;
}

/** Names that are remembered: messages name the same fields again and again, but may bring names without end. */
const MOST_NAMES = 8192;
/** Values of one definition whose texts are remembered: constants have few, counters are not worth it. */
const MOST_VALUES = 64;
/** Items of an array whose names are remembered. */
const MOST_ITEMS = 1024;
/** Bytes of a remembered piece. */
const LONGEST_PIECE = 512;
/** Bytes of a leaf from the end of the one before to that of its range. */
const MOST_OF_LEAF = 6 * LONGEST_PIECE + 4 * MOST_DIGITS;
/** Texts that others tell. */
const MOST_TOLD = 2048;
/** The upper half of the largest number that a double holds exactly. */
const MOST_HIGH = 0x1fffff;

const NO_PIECE = fixedPiece('');
const COMMA = fixedPiece(', ');
const MORE = fixedPiece(', …');
const NAME = fixedPiece(' [');
const NAME_END = fixedPiece(']');

/** How a number of some definition is written. */
interface NumberForm {
  readonly def: ValueDef;
  readonly big: boolean | null;
  readonly signed: boolean;
  /** By value, from there to the range; null where the text is the digits and what follows them. */
  readonly texts: Map<number, Piece> | null;
  /** What follows the digits up to the range, and the same with the digits of zero. */
  readonly after: Piece;
  readonly zero: Piece;
  /** Nothing follows the digits in the text. */
  readonly isBare: boolean;
  /** It is the index of an interface: the text has the name that this has in the message. */
  readonly isIndex: boolean;
  /** By value the text in a digest, where that is not the digits. */
  readonly briefs: Map<number, Brief>;
}

interface Brief {
  readonly piece: Piece;
  /** UTF-16 units of the text. */
  readonly length: number;
}

/** A member of a struct, which is a number. */
interface Leaf {
  readonly form: NumberForm;
  readonly name: Piece;
  /** What stands before its value in the digest of a header; null for nothing. */
  readonly label: Piece | null;
  readonly offset: number;
  readonly length: number;
}

/** A struct of nothing but numbers. */
interface Plan {
  readonly leaves: readonly Leaf[];
  /** Where it has padding, which shows when it is not zero. */
  readonly pads: readonly { readonly start: number; readonly end: number }[];
}

/** What is remembered of a name. */
interface Known {
  readonly name: string;
  readonly piece: Piece;
  /** The definition that a field of that name had last, or its struct, and how they are written. */
  def: ValueDef | null;
  form: NumberForm | null;
  struct: StructDef | null;
  plan: Plan | null;
  /** What followed it last: members and attributes keep their order. */
  next: Known | null;
}

function newKnown(name: string, piece: Piece): Known {
  return { name, piece, def: null, form: null, struct: null, plan: null, next: null };
}

/** The text of a number that somebody else tells, from the value to the range. */
interface ToldPiece {
  readonly raw: number;
  readonly piece: Piece;
}

/** How much of a field has been written: nothing, a leaf up to its range, or all of it. */
export type Written = 'nothing' | 'leaf' | 'whole';

/**
 * Writes fields that need no tree, straight from the bytes of their message: numbers, and structs and arrays of nothing
 * but numbers. What is the same in all of them is encoded once.
 */
export class PlainFields {
  readonly #spelling: Spelling;
  readonly #again: Piece | null;
  readonly #to: Piece;
  readonly #afterText: Piece;
  readonly #names = new Map<string, Known>();
  /** What is known of the name that was written last. */
  #at = newKnown('', NO_PIECE);
  readonly #told = new Map<string, ToldPiece>();
  readonly #forms = new WeakMap<ValueDef, NumberForm | null>();
  readonly #plans = new WeakMap<StructDef, Plan | null>();
  readonly #items: Piece[] = [];

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
    this.#again = spelling.again;
    this.#to = spelling.to;
    this.#afterText = fixedPiece(spelling.afterText);
  }

  /** Writes the name of a field. */
  name(out: TextBuffer, name: string): void {
    const next = this.#at.next;
    const known = next !== null && next.name === name ? next : this.#knownOf(name);
    if (known === null) {
      this.#at = newKnown(name, NO_PIECE);
      out.text(this.#spelling.name(name));
    } else {
      this.#at = known;
      out.put(known.piece);
    }
  }

  #knownOf(name: string): Known | null {
    let known = this.#names.get(name);
    if (known === undefined) {
      const piece = this.#names.size < MOST_NAMES ? shortPiece(this.#spelling.name(name)) : null;
      if (piece === null) return null;
      known = newKnown(name, piece);
      this.#names.set(name, known);
    }
    this.#at.next = known;
    return known;
  }

  /**
   * Writes what follows the name of a field, which was written last, if that can be done.
   * @param depth of what is below it
   */
  write(out: TextBuffer, field: Field, depth: number): Written {
    const { def } = field;
    if (def !== null && def.layout === 'integer') return this.#number(out, field, def);
    if (field.state.choices !== null) return 'nothing';
    if (def !== null && def.layout === 'array') return this.#array(out, field, def.element!, depth);
    const struct = plainStruct(field);
    return struct === null ? 'nothing' : this.#struct(out, field, struct, depth);
  }

  #number(out: TextBuffer, field: Field, def: ValueDef): Written {
    const known = this.#at;
    if (known.def !== def) {
      known.def = def;
      known.form = this.#formOf(def);
    }
    const { form } = known;
    if (form === null) return 'nothing';
    const { start, payloadStart, end, state } = field;
    const waits = field.unread !== null && !state.lazy;
    if (!waits && (field.raw === null || field.override !== undefined)) return 'nothing';
    const raw = waits ? digitsAt(state, form, payloadStart, end - payloadStart) : field.raw;
    const at = putValue(out.room(MOST_OF_LEAF), out.size, form, this.#again, typeof raw === 'number' ? raw : -1);
    if (at >= 0) out.advance(at);
    else this.#learn(out, form, field.raw as number | bigint, field);
    this.#range(out, start, end);
    return 'leaf';
  }

  /** A number whose text is not known yet, or never will be, from its value to its range; `field` has the text. */
  #learn(out: TextBuffer, form: NumberForm, raw: number | bigint, field: Field): void {
    const { texts } = form;
    if (typeof raw === 'number' && raw > 0 && form.isIndex) {
      this.#index(out, raw, field.state.context.interfaceName(raw));
      return;
    }
    const said = this.#spelling.said(raw, field.text);
    if (texts !== null && typeof raw === 'number' && texts.size < MOST_VALUES) {
      const piece = shortPiece(said);
      if (piece !== null) texts.set(raw, piece);
    }
    out.text(said);
  }

  /** An interface by its index, from that to its range. */
  #index(out: TextBuffer, index: number, name: string | undefined): void {
    out.number(index);
    if (this.#again !== null) {
      out.put(this.#again);
      out.number(index);
    }
    if (name !== undefined) {
      out.put(NAME);
      this.#spelling.writePart(out, name);
      out.put(NAME_END);
    }
    out.put(this.#afterText);
  }

  #range(out: TextBuffer, start: number, end: number): void {
    out.advance(putRange(out.room(MOST_OF_LEAF), out.size, start, this.#to, end));
  }

  #struct(out: TextBuffer, field: Field, struct: StructDef, depth: number): Written {
    const { payloadStart: start, end, state } = field;
    const plan = this.#planAt(struct);
    const first = this.#spelling.first(depth);
    if (plan === null || first === null) return 'nothing';
    const count = countLeaves(plan, struct, state.bytes, start, end);
    if (count === 0) return 'nothing';
    const { leaves } = plan;
    const told = waitingTexts(field);
    out.put(this.#spelling.beforeText);
    const before = out.size;
    if (told !== null) this.#spelling.writePart(out, told.textOf('header'));
    else if (field.kind === 'header') this.#headerDigest(out, field, leaves, count);
    else this.#nestDigest(out, field, leaves, count);
    if (out.size === before) out.advance(before - this.#spelling.takenBack);
    out.put(this.#afterText);
    this.#range(out, field.start, end);
    const next = this.#spelling.next(depth);
    let toldSoFar = 0;
    for (let i = 0; i < count; i++) {
      const { form, name, offset, length } = leaves[i];
      const between = i === 0 ? first : next;
      if (told !== null && told.members[toldSoFar] === i) {
        toldSoFar++;
        this.#toldLeaf(out, state, between, leaves[i], told.textOf(i), start + offset);
      } else this.#leaf(out, state, between, name, form, start + offset, length);
    }
    out.put(this.#spelling.last);
    return 'whole';
  }

  #planAt(struct: StructDef): Plan | null {
    const known = this.#at;
    if (known.struct !== struct) {
      known.struct = struct;
      known.plan = this.#planOf(struct);
    }
    return known.plan;
  }

  /** A number from the range of what stands before it to its own. */
  #leaf(
    out: TextBuffer,
    state: DecodeState,
    between: Piece,
    name: Piece,
    form: NumberForm,
    start: number,
    length: number,
  ): void {
    const raw = digitsAt(state, form, start, length);
    const view = out.room(MOST_OF_LEAF);
    const named = putPiece(view, putPiece(view, out.size, between), name);
    const at = putValue(view, named, form, this.#again, raw);
    if (at >= 0) {
      out.advance(putRange(view, at, start, this.#to, start + length));
      return;
    }
    out.advance(named);
    const field = fieldAt(state, form.def, start, length);
    this.#learn(out, form, field.raw as number | bigint, field);
    this.#range(out, start, start + length);
  }

  /** The same where somebody else tells the text. */
  #toldLeaf(out: TextBuffer, state: DecodeState, between: Piece, leaf: Leaf, text: string, start: number): void {
    const { form, name, length } = leaf;
    const raw = digitsAt(state, form, start, length);
    out.put(between);
    out.put(name);
    let known = this.#told.get(text);
    if (known === undefined && raw >= 0 && this.#told.size < MOST_TOLD) {
      const piece = shortPiece(this.#spelling.said(raw, text));
      if (piece !== null) {
        known = { raw, piece };
        this.#told.set(text, known);
      }
    }
    if (known?.raw === raw) out.put(known.piece);
    else out.text(this.#spelling.said(fieldAt(state, form.def, start, length).raw as number | bigint, text));
    this.#range(out, start, start + length);
  }

  #headerDigest(out: TextBuffer, header: Field, leaves: readonly Leaf[], among: number): void {
    let count = 0;
    for (let i = 0; i < among && count < DIGEST_LENGTH; i++) {
      const leaf = leaves[i];
      const start = header.start + leaf.offset;
      const raw = digitsAt(header.state, leaf.form, start, leaf.length);
      if (raw === 0) continue;
      const from = out.size;
      if (count > 0) out.put(COMMA);
      if (leaf.label !== null) out.put(leaf.label);
      if (this.#brief(out, header.state, leaf, raw, start) > 0) count++;
      else out.advance(from);
    }
  }

  #nestDigest(out: TextBuffer, nest: Field, leaves: readonly Leaf[], among: number): void {
    let count = 0;
    for (let i = 0; i < among; i++) {
      if (count === DIGEST_LENGTH) {
        out.put(MORE);
        return;
      }
      const leaf = leaves[i];
      const start = nest.payloadStart + leaf.offset;
      const raw = digitsAt(nest.state, leaf.form, start, leaf.length);
      const from = out.size;
      if (count > 0) out.put(COMMA);
      const length = this.#brief(out, nest.state, leaf, raw, start);
      if (length > 0 && length < LONGEST_VALUE) count++;
      else out.advance(from);
    }
  }

  /** A number as a digest has it; returns the length of its text. */
  #brief(out: TextBuffer, state: DecodeState, { form, length }: Leaf, digits: number, start: number): number {
    if (form.texts === null && digits >= 0) {
      out.number(digits);
      return 1;
    }
    const known = form.briefs.get(digits);
    if (known !== undefined) {
      out.put(known.piece);
      return known.length;
    }
    const text = briefText(fieldAt(state, form.def, start, length), 'plain');
    if (!form.isIndex && digits >= 0 && form.briefs.size < MOST_VALUES) {
      const piece = shortPiece(this.#spelling.part(text));
      if (piece !== null) form.briefs.set(digits, { piece, length: text.length });
    }
    this.#spelling.writePart(out, text);
    return text.length;
  }

  /** The names of so many items of an array; null for more than are kept. */
  #itemNames(count: number): readonly Piece[] | null {
    const names = this.#items;
    if (count > MOST_ITEMS) return null;
    while (names.length < count) {
      const name = newPiece(this.#spelling.name(`[${names.length}]`));
      if (name === null) return null;
      names.push(name);
    }
    return names;
  }

  #array(out: TextBuffer, field: Field, element: ValueDef, depth: number): Written {
    const { state, payloadStart, end } = field;
    const { size } = element;
    const form = field.kind === 'attr' && field.isPlain ? this.#formOf(element) : null;
    const first = this.#spelling.first(depth);
    if (form === null || first === null || !form.isBare || size === 0) return 'nothing';
    if (end === payloadStart || (end - payloadStart) % size !== 0) return 'nothing';
    const names = this.#itemNames((end - payloadStart) / size);
    if (names === null) return 'nothing';
    const before = out.size;
    out.put(this.#spelling.beforeText);
    for (let at = payloadStart; at < end; at += size) {
      const raw = digitsAt(state, form, at, size);
      if (raw < 0) {
        out.advance(before);
        return 'nothing';
      }
      if (at > payloadStart) out.put(COMMA);
      out.number(raw);
    }
    out.put(this.#afterText);
    this.#range(out, field.start, end);
    const next = this.#spelling.next(depth);
    for (let at = payloadStart, i = 0; at < end; at += size, i++) {
      this.#leaf(out, state, i === 0 ? first : next, names[i], form, at, size);
    }
    out.put(this.#spelling.last);
    return 'whole';
  }

  #formOf(def: ValueDef): NumberForm | null {
    let form = this.#forms.get(def);
    if (form === undefined) {
      form = this.#newForm(def);
      this.#forms.set(def, form);
    }
    return form;
  }

  #newForm(def: ValueDef): NumberForm | null {
    const isIndex = isPlainIndex(def);
    if (!isUndivided(def) || !(isIndex || isSaidByValue(def))) return null;
    const unit = afterDigits(def);
    const after = shortPiece(`${this.#spelling.part(unit ?? '')}${this.#spelling.afterText}`);
    const zero = shortPiece(this.#spelling.said(0, `0${unit ?? ''}`));
    if (after === null || zero === null) return null;
    const texts = unit === null ? new Map() : null;
    return {
      def,
      big: def.big,
      signed: def.signed,
      texts,
      after,
      zero,
      isBare: unit === '',
      isIndex,
      briefs: new Map(),
    };
  }

  #planOf(struct: StructDef): Plan | null {
    let plan = this.#plans.get(struct);
    if (plan === undefined) {
      plan = this.#newPlan(struct);
      this.#plans.set(struct, plan);
    }
    return plan;
  }

  #newPlan({ members, variable }: StructDef): Plan | null {
    const leaves: Leaf[] = [];
    const pads: { start: number; end: number }[] = [];
    if (variable) return null;
    for (const member of members) {
      const { offset, length } = member;
      if (member.layout === 'pad') {
        pads.push({ start: offset, end: offset + length });
        continue;
      }
      const form = member.variant === null ? this.#formOf(member) : null;
      const name = shortPiece(this.#spelling.name(member.name));
      const label = member.enum === null ? shortPiece(this.#spelling.part(`${member.name} `)) : null;
      if (form === null || name === null || (label === null && member.enum === null)) return null;
      leaves.push({ form, name, label, offset, length });
    }
    return leaves.length === 0 ? null : { leaves, pads };
  }
}

/** Writes a number from its value to its range, if it is known how; returns where it ends, else -1. */
function putValue(view: DataView, at: number, form: NumberForm, again: Piece | null, raw: number): number {
  if (raw < 0) return -1;
  const { texts } = form;
  if (texts !== null) {
    const piece = texts.get(raw);
    return piece === undefined ? -1 : putPiece(view, at, piece);
  }
  if (raw === 0) return putPiece(view, at, form.zero);
  let end = putNumber(view, at, raw);
  if (again !== null) end = putNumber(view, putPiece(view, end, again), raw);
  return putPiece(view, end, form.after);
}

function putRange(view: DataView, at: number, start: number, to: Piece, end: number): number {
  return putNumber(view, putPiece(view, putNumber(view, at, start), to), end);
}

function numberAt({ bytes, littleEndian }: DecodeState, def: ValueDef, start: number, length: number): number | bigint {
  return readNumber(bytes, start, length, def.big === null ? littleEndian : !def.big, def.signed);
}

/** The same for what is written in digits alone; -1 for numbers below zero and those that no double holds exactly. */
function digitsAt({ bytes, littleEndian }: DecodeState, form: NumberForm, start: number, length: number): number {
  const { big, signed } = form;
  const little = big === null ? littleEndian : !big;
  switch (length) {
    case 1:
      return signed && bytes[start] > 0x7f ? -1 : bytes[start];
    case 2: {
      const raw = readU16(bytes, start, little);
      return signed && raw > 0x7fff ? -1 : raw;
    }
    case 4: {
      const raw = readU32(bytes, start, little);
      return signed && raw > 0x7fffffff ? -1 : raw;
    }
    default: {
      const high = readU32(bytes, little ? start + 4 : start, little);
      const low = readU32(bytes, little ? start : start + 4, little);
      return high > MOST_HIGH ? -1 : high * 0x100000000 + low;
    }
  }
}

/** A number in a message as a field of its own, which knows its texts. */
function fieldAt(state: DecodeState, def: ValueDef, start: number, length: number): Field {
  const end = start + length;
  return new Field(state, def.name, 'member', def, numberAt(state, def, start, length), start, start, end);
}

/** How many leaves of a struct its bytes hold; 0 where they end inside of one, hold more, or padding is not zero. */
function countLeaves({ leaves, pads }: Plan, { size }: StructDef, bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length > size) return 0;
  for (let i = 0; i < pads.length; i++) {
    const { start, end } = pads[i];
    if (start < length && end > length) return 0;
    for (let at = start; at < end && at < length; at++) if (bytes[from + at] !== 0) return 0;
  }
  let count = leaves.length;
  while (length < size && count > 0 && leaves[count - 1].offset >= length) count--;
  return count > 0 && leaves[count - 1].offset + leaves[count - 1].length <= length ? count : 0;
}

/** A piece as long as a leaf has room for; null for a longer one, or where there is no place left to keep it. */
function shortPiece(text: string): Piece | null {
  return Buffer.byteLength(text) > LONGEST_PIECE ? null : newPiece(text);
}
