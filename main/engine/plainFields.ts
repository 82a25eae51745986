import {
  afterDigits,
  briefText,
  DIGEST_LENGTH,
  Field,
  isPlainIndex,
  isSaidByValue,
  isUndivided,
  LONGEST_VALUE,
  waitingStruct,
} from '../../app/dissect/index.ts';
import type { StructDef, ValueDef } from '../../app/specs/index.ts';
import { readNumber } from '../../app/wire/index.ts';
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

const COMMA = fixedPiece(', ');
const MORE = fixedPiece(', …');

/** How a number of some definition is written. */
interface NumberForm {
  /** By value, from there to the range; null where the text is the digits and what follows them. */
  readonly texts: Map<number, Piece> | null;
  /** What follows the digits up to the range, and the same with the digits of zero. */
  readonly after: Piece;
  readonly zero: Piece;
  /** Nothing follows the digits in the text. */
  readonly isBare: boolean;
  /** The text depends on the message too. */
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
  readonly def: ValueDef;
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

/** What is remembered of a name, and what followed it last: members and attributes keep their order. */
interface NamePiece {
  readonly name: string;
  readonly piece: Piece;
  next: NamePiece | null;
}

/** How much of a field has been written: nothing, a leaf up to its range, or all of it. */
export type Written = 'nothing' | 'leaf' | 'whole';

/**
 * Writes fields that need no tree, straight from the bytes of their message: numbers, and structs and arrays of numbers
 * that nobody has read. What is the same in all of them is encoded once.
 */
export class PlainFields {
  readonly #spelling: Spelling;
  readonly #names = new Map<string, NamePiece>();
  #latest: NamePiece = { name: '', piece: fixedPiece(''), next: null };
  readonly #forms = new WeakMap<ValueDef, NumberForm | null>();
  readonly #plans = new WeakMap<StructDef, Plan | null>();
  readonly #items: Piece[] = [];

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
  }

  /** Writes the name of a field. */
  name(out: TextBuffer, name: string): void {
    const known = this.#latest.next;
    if (known !== null && known.name === name) {
      this.#latest = known;
      out.put(known.piece);
      return;
    }
    const piece = this.#nameOf(name);
    if (piece === null) out.text(this.#spelling.name(name));
    else out.put(piece);
  }

  #nameOf(name: string): Piece | null {
    let known = this.#names.get(name);
    if (known === undefined) {
      const piece = this.#names.size < MOST_NAMES ? shortPiece(this.#spelling.name(name)) : null;
      if (piece === null) return null;
      known = { name, piece, next: null };
      this.#names.set(name, known);
    }
    this.#latest.next = known;
    this.#latest = known;
    return known.piece;
  }

  /**
   * Writes what follows the name of a field, if that can be done.
   * @param depth of what is below it
   */
  write(out: TextBuffer, field: Field, depth: number): Written {
    const { def, unread } = field;
    if (def !== null && def.layout === 'integer') return this.#number(out, field, def, unread !== null);
    if (unread === null || field.state.choices !== null) return 'nothing';
    if (def !== null && def.layout === 'array') return this.#array(out, field, def.element!, depth);
    const struct = waitingStruct(field);
    return struct === null ? 'nothing' : this.#struct(out, field, struct, depth);
  }

  #number(out: TextBuffer, field: Field, def: ValueDef, waits: boolean): Written {
    const form = this.#formOf(def);
    if (form === null) return 'nothing';
    const { start, payloadStart, end } = field;
    const raw = waits ? numberAt(field, def, payloadStart, end) : field.raw;
    if (typeof raw !== 'number' || (!waits && field.override !== undefined)) return 'nothing';
    this.#value(out, form, raw, field);
    this.#range(out, start, end);
    return 'leaf';
  }

  /** A number from its value to its range; `field` makes its text. */
  #value(out: TextBuffer, form: NumberForm, raw: number | bigint, field: Field): void {
    const at = putValue(out.room(MOST_OF_LEAF), out.size, form, this.#spelling.again, raw);
    if (at < 0) this.#learn(out, form, raw, field);
    else out.advance(at);
  }

  /** A number whose text is not known yet, or never will be. */
  #learn(out: TextBuffer, { texts, isIndex }: NumberForm, raw: number | bigint, field: Field): void {
    const said = this.#spelling.said(raw, field.text);
    if (texts !== null && !isIndex && typeof raw === 'number' && texts.size < MOST_VALUES) {
      const piece = shortPiece(said);
      if (piece !== null) texts.set(raw, piece);
    }
    out.text(said);
  }

  #range(out: TextBuffer, start: number, end: number): void {
    out.advance(putRange(out.room(MOST_OF_LEAF), out.size, start, this.#spelling.to, end));
  }

  #struct(out: TextBuffer, field: Field, struct: StructDef, depth: number): Written {
    const plan = this.#planOf(struct);
    const first = this.#spelling.first(depth);
    const { payloadStart: start } = field;
    if (plan === null || first === null || field.end - start !== struct.size) return 'nothing';
    if (!isPadded(plan, field.state.bytes, start)) return 'nothing';
    const { leaves } = plan;
    const before = out.size;
    out.put(this.#spelling.beforeText);
    const textStart = out.size;
    if (field.kind === 'header') this.#headerDigest(out, field, leaves);
    else this.#nestDigest(out, field, leaves);
    if (out.size === textStart) out.advance(before + this.#spelling.beforeText.length - this.#spelling.takenBack);
    out.text(this.#spelling.afterText);
    this.#range(out, field.start, field.end);
    const next = this.#spelling.next(depth);
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      this.#leaf(out, field, i === 0 ? first : next, leaf.name, leaf.def, leaf.form, start + leaf.offset, leaf.length);
    }
    out.put(this.#spelling.last);
    return 'whole';
  }

  /** A number inside of `around`, from the range of what stands before it to its own. */
  #leaf(
    out: TextBuffer,
    around: Field,
    before: Piece,
    name: Piece,
    def: ValueDef,
    form: NumberForm,
    start: number,
    length: number,
  ): void {
    const end = start + length;
    const raw = numberAt(around, def, start, end);
    const view = out.room(MOST_OF_LEAF);
    const named = putPiece(view, putPiece(view, out.size, before), name);
    const at = putValue(view, named, form, this.#spelling.again, raw);
    if (at >= 0) {
      out.advance(putRange(view, at, start, this.#spelling.to, end));
      return;
    }
    out.advance(named);
    this.#learn(out, form, raw, fieldAt(around, def, raw, start, end));
    this.#range(out, start, end);
  }

  #headerDigest(out: TextBuffer, header: Field, leaves: readonly Leaf[]): void {
    let count = 0;
    for (let i = 0; i < leaves.length && count < DIGEST_LENGTH; i++) {
      const leaf = leaves[i];
      const start = header.start + leaf.offset;
      const raw = numberAt(header, leaf.def, start, start + leaf.length);
      if (raw === 0) continue;
      const from = out.size;
      if (count > 0) out.put(COMMA);
      if (leaf.label !== null) out.put(leaf.label);
      if (this.#brief(out, header, leaf, raw, start) > 0) count++;
      else out.advance(from);
    }
  }

  #nestDigest(out: TextBuffer, nest: Field, leaves: readonly Leaf[]): void {
    let count = 0;
    for (let i = 0; i < leaves.length; i++) {
      if (count === DIGEST_LENGTH) {
        out.put(MORE);
        return;
      }
      const leaf = leaves[i];
      const start = nest.payloadStart + leaf.offset;
      const raw = numberAt(nest, leaf.def, start, start + leaf.length);
      const from = out.size;
      if (count > 0) out.put(COMMA);
      const length = this.#brief(out, nest, leaf, raw, start);
      if (length > 0 && length < LONGEST_VALUE) count++;
      else out.advance(from);
    }
  }

  /** A number as a digest has it; returns the length of its text. */
  #brief(out: TextBuffer, around: Field, leaf: Leaf, raw: number | bigint, start: number): number {
    const { form, def } = leaf;
    if (form.texts === null && typeof raw === 'number') {
      out.number(raw);
      return 1;
    }
    const known = form.briefs.get(raw as number);
    if (known !== undefined) {
      out.put(known.piece);
      return known.length;
    }
    const text = briefText(fieldAt(around, def, raw, start, start + leaf.length), 'plain');
    const part = this.#spelling.part(text);
    if (!form.isIndex && typeof raw === 'number' && form.briefs.size < MOST_VALUES) {
      const piece = shortPiece(part);
      if (piece !== null) form.briefs.set(raw, { piece, length: text.length });
    }
    out.text(part);
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
    const { payloadStart, end } = field;
    const { size } = element;
    const form = this.#formOf(element);
    const first = this.#spelling.first(depth);
    if (form === null || first === null || !form.isBare || size === 0) return 'nothing';
    if (end === payloadStart || (end - payloadStart) % size !== 0) return 'nothing';
    const names = this.#itemNames((end - payloadStart) / size);
    if (names === null) return 'nothing';
    const before = out.size;
    out.put(this.#spelling.beforeText);
    for (let at = payloadStart; at < end; at += size) {
      const raw = numberAt(field, element, at, at + size);
      if (typeof raw !== 'number' || raw < 0) {
        out.advance(before);
        return 'nothing';
      }
      if (at > payloadStart) out.put(COMMA);
      out.number(raw);
    }
    out.text(this.#spelling.afterText);
    this.#range(out, field.start, end);
    const next = this.#spelling.next(depth);
    for (let at = payloadStart, i = 0; at < end; at += size, i++) {
      this.#leaf(out, field, i === 0 ? first : next, names[i], element, form, at, size);
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
    return { texts, after, zero, isBare: unit === '', isIndex, briefs: new Map() };
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
      leaves.push({ def: member, form, name, label, offset, length });
    }
    return leaves.length === 0 ? null : { leaves, pads };
  }
}

/** Writes a number from its value to its range, if it is known how; returns where it ends, else -1. */
function putValue(view: DataView, at: number, form: NumberForm, again: Piece | null, raw: number | bigint): number {
  const { texts } = form;
  if (texts !== null) {
    const piece = texts.get(raw as number);
    return piece === undefined ? -1 : putPiece(view, at, piece);
  }
  if (typeof raw !== 'number' || raw < 0) return -1;
  if (raw === 0) return putPiece(view, at, form.zero);
  let end = putNumber(view, at, raw);
  if (again !== null) end = putNumber(view, putPiece(view, end, again), raw);
  return putPiece(view, end, form.after);
}

function putRange(view: DataView, at: number, start: number, to: Piece, end: number): number {
  return putNumber(view, putPiece(view, putNumber(view, at, start), to), end);
}

function numberAt({ state }: Field, def: ValueDef, start: number, end: number): number | bigint {
  const little = def.big === null ? state.littleEndian : !def.big;
  return readNumber(state.bytes, start, end - start, little, def.signed);
}

/** A number inside of a field as a field of its own, which knows its texts. */
function fieldAt({ state }: Field, def: ValueDef, raw: number | bigint, start: number, end: number): Field {
  return new Field(state, def.name, 'member', def, raw, start, start, end);
}

function isPadded({ pads }: Plan, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < pads.length; i++) {
    const stop = start + pads[i].end;
    for (let at = start + pads[i].start; at < stop; at++) if (bytes[at] !== 0) return false;
  }
  return true;
}

/** A piece as long as a leaf has room for; null for a longer one, or where there is no place left to keep it. */
function shortPiece(text: string): Piece | null {
  return Buffer.byteLength(text) > LONGEST_PIECE ? null : newPiece(text);
}
