import type { FieldNode } from '../../app/contracts/index.ts';
import { Field, isBareNumber, isSaidByValue } from '../../app/dissect/index.ts';
import type { ValueDef } from '../../app/specs/index.ts';
import { encoded, type Fragment, type TextBuffer } from './textBuffer.ts';

/** Names whose beginnings are remembered: messages name the same fields again and again. */
const MOST_NAMES = 8192;
const LONGEST_NAME = 128;
/** Values of one definition whose texts are remembered: constants have few, counters are not worth it. */
const MOST_VALUES = 64;

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const NONE = encoded('[]');
const NULL_TEXT = encoded('null,"text":');
const TEXT = encoded(',"text":');
const TEXT_DIGITS = encoded(',"text":"');
const RANGE = encoded(',"range":[');
const DIGITS_RANGE = encoded('","range":[');
const CHILDREN = encoded('],"children":');
const LEAF = encoded('],"children":[]}');
const DECODED_AS = encoded(',"decodedAs":');
const END = 0x7d;

/** Fields as one JSON array, as `read --json` prints them. */
export function writeJsonFields(out: TextBuffer, fields: readonly FieldNode[]): void {
  const { length } = fields;
  if (length === 0) {
    out.put(NONE);
    return;
  }
  out.letter(OPEN);
  for (let i = 0; i < length; i++) {
    if (i > 0) out.letter(COMMA);
    writeField(out, fields[i]);
  }
  out.letter(CLOSE);
}

function writeField(out: TextBuffer, field: FieldNode): void {
  const known = knownOf(field.name);
  out.put(known.beginning);
  let decodedAs: string | undefined;
  if (field instanceof Field) {
    if (!writeNumber(out, field, known)) writeValue(out, field);
    writeRange(out, field.start, field.end);
    // Without choices of the user's there is nothing to look for.
    if (field.state.choices !== null) decodedAs = field.decodedAs;
  } else {
    writeValue(out, field);
    writeRange(out, field.range.start, field.range.end);
    decodedAs = field.decodedAs;
  }
  const { children } = field;
  if (children.length === 0 && decodedAs === undefined) {
    out.put(LEAF);
    return;
  }
  out.put(CHILDREN);
  writeJsonFields(out, children);
  if (decodedAs !== undefined) {
    out.put(DECODED_AS);
    out.json(decodedAs);
  }
  out.letter(END);
}

function writeRange(out: TextBuffer, start: number, end: number): void {
  out.number(start);
  out.letter(COMMA);
  out.number(end);
}

/** Value and text up to the numbers of the range. */
function writeValue(out: TextBuffer, field: FieldNode): void {
  const { value } = field;
  if (value === null) out.put(NULL_TEXT);
  else {
    if (typeof value === 'string') out.json(value);
    else if (typeof value === 'number') out.number(value);
    else out.text(String(value));
    out.put(TEXT);
  }
  out.json(field.text);
  out.put(RANGE);
}

/** The same for numbers whose text follows from them alone; false for all else. */
function writeNumber(out: TextBuffer, field: Field, known: Known): boolean {
  const { raw, def } = field;
  if (typeof raw !== 'number' || def === null || field.override !== undefined) return false;
  const texts = textsOf(known, def);
  if (texts === null) return false;
  if (texts === DIGITS) {
    if (raw >= 0 && raw < SMALL.length) {
      out.put(SMALL[raw]);
      return true;
    }
    out.number(raw);
    out.put(TEXT_DIGITS);
    out.number(raw);
    out.put(DIGITS_RANGE);
    return true;
  }
  let fragment = texts.get(raw);
  if (fragment === undefined) {
    if (texts.size >= MOST_VALUES) return false;
    fragment = valueAndText(raw, field.text);
    texts.set(raw, fragment);
  }
  out.put(fragment);
  return true;
}

function valueAndText(value: number, text: string): Fragment {
  return encoded(`${value},"text":${JSON.stringify(text)},"range":[`);
}

/** Counters are often zero, lengths and indices small. */
const SMALL = Array.from({ length: 256 }, (_, number) => valueAndText(number, String(number)));

type Texts = Map<number, Fragment>;

/** Stands for a text that is the number's digits. */
const DIGITS: Texts = new Map();
/** By definition what its values read as; null where more than the value has a say in it. */
const textsByDef = new WeakMap<ValueDef, Texts | null>();

function textsOf(known: Known, def: ValueDef): Texts | null {
  if (known.def === def) return known.texts;
  let texts = textsByDef.get(def);
  if (texts === undefined) {
    texts = isSaidByValue(def) ? (isBareNumber(def) ? DIGITS : new Map()) : null;
    textsByDef.set(def, texts);
  }
  known.def = def;
  known.texts = texts;
  return texts;
}

/** What is remembered of fields of one name. */
interface Known {
  readonly name: string;
  readonly beginning: Fragment;
  /** The definition that one of them had last, and the texts of its values. */
  def: ValueDef | null;
  texts: Texts | null;
  /** What followed one of them last: members and attributes keep their order. */
  next: Known | null;
}

const knownByName = new Map<string, Known>();
let latest = newKnown('');

function knownOf(name: string): Known {
  if (latest.next?.name === name) {
    latest = latest.next;
    return latest;
  }
  let known = knownByName.get(name);
  if (known === undefined) {
    known = newKnown(name);
    // Messages may bring names of their own without end: those are not kept, and nothing leads to them.
    if (knownByName.size >= MOST_NAMES || name.length > LONGEST_NAME) return known;
    knownByName.set(name, known);
  }
  latest.next = known;
  latest = known;
  return known;
}

function newKnown(name: string): Known {
  return {
    name,
    beginning: encoded(`{"name":${JSON.stringify(name)},"value":`),
    def: null,
    texts: null,
    next: null,
  };
}
