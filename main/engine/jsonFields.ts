import type { FieldNode } from '../../app/contracts/index.ts';
import { Field, isBareNumber, isSaidByValue } from '../../app/dissect/index.ts';
import type { ValueDef } from '../../app/specs/index.ts';
import type { TextBuffer } from './textBuffer.ts';
import { fixedPiece, MOST_DIGITS, newPiece, type Piece, putNumber, putPiece } from './textPieces.ts';

/** Names whose beginnings are remembered: messages name the same fields again and again. */
const MOST_NAMES = 8192;
const LONGEST_NAME = 128;
/** Values of one definition whose texts are remembered: constants have few, counters are not worth it. */
const MOST_VALUES = 64;

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const END = 0x7d;
const NONE = fixedPiece('[]');
const NULL_TEXT = fixedPiece('null,"text":');
const TEXT = fixedPiece(',"text":');
const TEXT_DIGITS = fixedPiece(',"text":"');
const TEXT_QUOTED = fixedPiece(',"text":"\\"');
const RANGE = fixedPiece(',"range":[');
const DIGITS_RANGE = fixedPiece('","range":[');
const QUOTED_RANGE = fixedPiece('\\"","range":[');
const CHILDREN = fixedPiece('],"children":');
const LEAF_END = '],"children":[]}';
const LEAF = fixedPiece(LEAF_END);
const DECODED_AS = fixedPiece(',"decodedAs":');
/** Bytes from a number's value to the end of its range. */
const MOST_OF_NUMBER = 4 * MOST_DIGITS + TEXT_DIGITS.length + DIGITS_RANGE.length + 1;

/** Fields as one JSON array, as `read --json` prints them. */
export function writeJsonFields(out: TextBuffer, fields: readonly FieldNode[]): void {
  const { length } = fields;
  if (length === 0) {
    out.put(NONE);
    return;
  }
  out.letter(OPEN);
  // The end of a leaf is written together with the beginning of what follows it.
  let afterLeaf = false;
  for (let i = 0; i < length; i++) {
    if (i > 0 && !afterLeaf) out.letter(COMMA);
    afterLeaf = writeField(out, fields[i], afterLeaf);
  }
  if (afterLeaf) out.put(LEAF);
  out.letter(CLOSE);
}

/** True for a leaf, whose end is still to be written. */
function writeField(out: TextBuffer, field: FieldNode, afterLeaf: boolean): boolean {
  const known = knownOf(field.name);
  if (known === null) out.text(`${afterLeaf ? `${LEAF_END},` : ''}${beginningOf(field.name)}`);
  else out.put(afterLeaf ? known.afterLeaf : known.beginning);
  let decodedAs: string | undefined;
  if (field instanceof Field) {
    if (!writeNumber(out, field, known)) {
      writeValue(out, field);
      writeRange(out, field.start, field.end);
    }
    // Without choices of the user's there is nothing to look for.
    if (field.state.choices !== null) decodedAs = field.decodedAs;
  } else {
    writeValue(out, field);
    writeRange(out, field.range.start, field.range.end);
    decodedAs = field.decodedAs;
  }
  const { children } = field;
  if (children.length === 0 && decodedAs === undefined) return true;
  out.put(CHILDREN);
  writeJsonFields(out, children);
  if (decodedAs !== undefined) {
    out.put(DECODED_AS);
    out.json(decodedAs);
  }
  out.letter(END);
  return false;
}

function writeRange(out: TextBuffer, start: number, end: number): void {
  const view = out.room(2 * MOST_DIGITS + 1);
  const at = putNumber(view, out.size, start);
  view.setUint8(at, COMMA);
  out.advance(putNumber(view, at + 1, end));
}

/** Value and text up to the numbers of the range. */
function writeValue(out: TextBuffer, field: FieldNode): void {
  const { value } = field;
  if (typeof value === 'string') {
    writeString(out, value, field.text);
    return;
  }
  if (value === null) out.put(NULL_TEXT);
  else {
    if (typeof value === 'number') out.number(value);
    else out.text(String(value));
    out.put(TEXT);
  }
  out.json(field.text);
  out.put(RANGE);
}

/** The same for strings: their text is often the value itself, or the value in quotes. */
function writeString(out: TextBuffer, value: string, text: string): void {
  const start = out.size;
  out.json(value);
  const end = out.size;
  // Nothing in it was escaped.
  const isPlain = end - start === value.length + 2;
  if (isPlain && text.length === value.length + 2 && text === `"${value}"`) {
    out.put(TEXT_QUOTED);
    out.repeat(start + 1, end - 1);
    out.put(QUOTED_RANGE);
    return;
  }
  out.put(TEXT);
  if (text === value) out.repeat(start, end);
  else out.json(text);
  out.put(RANGE);
}

/** Value, text and range of numbers whose text follows from them alone; false for all else. */
function writeNumber(out: TextBuffer, field: Field, known: Known | null): boolean {
  const { raw, def, start, end } = field;
  if (typeof raw !== 'number' || def === null) return false;
  const texts = known === null ? textsByDefOf(def) : textsOf(known, def);
  if (texts === null || field.override !== undefined) return false;
  if (texts === DIGITS) {
    if (raw < 0) return false;
    const view = out.room(MOST_OF_NUMBER);
    let at = putPiece(view, putNumber(view, out.size, raw), TEXT_DIGITS);
    at = putPiece(view, putNumber(view, at, raw), DIGITS_RANGE);
    at = putNumber(view, at, start);
    view.setUint8(at, COMMA);
    out.advance(putNumber(view, at + 1, end));
    return true;
  }
  let piece = texts.get(raw);
  if (piece === undefined) {
    if (texts.size >= MOST_VALUES) return false;
    const made = newPiece(`${raw},"text":${JSON.stringify(field.text)},"range":[`);
    if (made === null) return false;
    piece = made;
    texts.set(raw, piece);
  }
  out.put(piece);
  writeRange(out, start, end);
  return true;
}

type Texts = Map<number, Piece>;

/** Stands for a text that is the number's digits. */
const DIGITS: Texts = new Map();
/** By definition what its values read as; null where more than the value has a say in it. */
const textsByDef = new WeakMap<ValueDef, Texts | null>();

function textsByDefOf(def: ValueDef): Texts | null {
  let texts = textsByDef.get(def);
  if (texts === undefined) {
    texts = isSaidByValue(def) ? (isBareNumber(def) ? DIGITS : new Map()) : null;
    textsByDef.set(def, texts);
  }
  return texts;
}

function textsOf(known: Known, def: ValueDef): Texts | null {
  if (known.def !== def) {
    known.texts = textsByDefOf(def);
    known.def = def;
  }
  return known.texts;
}

/** What is remembered of fields of one name. */
interface Known {
  readonly name: string;
  readonly beginning: Piece;
  /** The same after a leaf, with its end. */
  readonly afterLeaf: Piece;
  /** The definition that one of them had last, and the texts of its values. */
  def: ValueDef | null;
  texts: Texts | null;
  /** What followed one of them last: members and attributes keep their order. */
  next: Known | null;
}

const knownByName = new Map<string, Known>();
let latest = newKnown('')!;

/** null for names that are not remembered: messages may bring names of their own without end. */
function knownOf(name: string): Known | null {
  if (latest.next?.name === name) {
    latest = latest.next;
    return latest;
  }
  let known = knownByName.get(name);
  if (known === undefined) {
    const made = knownByName.size < MOST_NAMES && name.length <= LONGEST_NAME ? newKnown(name) : null;
    if (made === null) return null;
    known = made;
    knownByName.set(name, known);
  }
  latest.next = known;
  latest = known;
  return known;
}

function beginningOf(name: string): string {
  return `{"name":${JSON.stringify(name)},"value":`;
}

function newKnown(name: string): Known | null {
  const text = beginningOf(name);
  const beginning = newPiece(text);
  const afterLeaf = newPiece(`${LEAF_END},${text}`);
  if (beginning === null || afterLeaf === null) return null;
  return { name, beginning, afterLeaf, def: null, texts: null, next: null };
}
