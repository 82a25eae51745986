import type { FieldNode } from '../../app/contracts/index.ts';
import { Field, isBareNumber, isSaidByValue } from '../../app/dissect/index.ts';
import type { ValueDef } from '../../app/specs/index.ts';
import { encoded, type TextBuffer } from './textBuffer.ts';

/** Names whose beginnings are remembered: messages name the same fields again and again. */
const MOST_NAMES = 8192;
/** Values of one definition whose texts are remembered: constants have few, counters are not worth it. */
const MOST_VALUES = 64;

const OPEN = encoded('[');
const CLOSE = encoded(']');
const NONE = encoded('[]');
const COMMA = encoded(',');
const NULL_TEXT = encoded('null,"text":');
const TEXT = encoded(',"text":');
const TEXT_DIGITS = encoded(',"text":"');
const RANGE = encoded(',"range":[');
const DIGITS_RANGE = encoded('","range":[');
const CHILDREN = encoded('],"children":');
const LEAF = encoded('],"children":[]}');
const DECODED_AS = encoded(',"decodedAs":');
const END = encoded('}');

/** Fields as one JSON array, as `read --json` prints them. */
export function writeJsonFields(out: TextBuffer, fields: readonly FieldNode[]): void {
  const { length } = fields;
  if (length === 0) {
    out.put(NONE);
    return;
  }
  out.put(OPEN);
  for (let i = 0; i < length; i++) {
    if (i > 0) out.put(COMMA);
    writeField(out, fields[i]);
  }
  out.put(CLOSE);
}

function writeField(out: TextBuffer, field: FieldNode): void {
  out.put(beginningOf(field.name));
  if (field instanceof Field) {
    if (!writeNumber(out, field)) writeValue(out, field);
    out.number(field.start);
    out.put(COMMA);
    out.number(field.end);
  } else {
    writeValue(out, field);
    out.number(field.range.start);
    out.put(COMMA);
    out.number(field.range.end);
  }
  const { children, decodedAs } = field;
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
  out.put(END);
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
function writeNumber(out: TextBuffer, field: Field): boolean {
  const { raw, def } = field;
  if (typeof raw !== 'number' || def === null || field.override !== undefined) return false;
  const texts = textsOf(def);
  if (texts === null) return false;
  if (texts === DIGITS) {
    out.number(raw);
    out.put(TEXT_DIGITS);
    out.number(raw);
    out.put(DIGITS_RANGE);
    return true;
  }
  let fragment = texts.get(raw);
  if (fragment === undefined) {
    if (texts.size >= MOST_VALUES) return false;
    fragment = encoded(`${raw},"text":${JSON.stringify(field.text)},"range":[`);
    texts.set(raw, fragment);
  }
  out.put(fragment);
  return true;
}

type Texts = Map<number, Uint8Array>;

/** Stands for a text that is the number's digits. */
const DIGITS: Texts = new Map();
/** By definition what its values read as; null where more than the value has a say in it. */
const textsByDef = new WeakMap<ValueDef, Texts | null>();

function textsOf(def: ValueDef): Texts | null {
  let texts = textsByDef.get(def);
  if (texts === undefined) {
    texts = isSaidByValue(def) ? (isBareNumber(def) ? DIGITS : new Map()) : null;
    textsByDef.set(def, texts);
  }
  return texts;
}

const beginnings = new Map<string, Uint8Array>();

function beginningOf(name: string): Uint8Array {
  let bytes = beginnings.get(name);
  if (bytes === undefined) {
    bytes = encoded(`{"name":${JSON.stringify(name)},"value":`);
    if (beginnings.size < MOST_NAMES) beginnings.set(name, bytes);
  }
  return bytes;
}
