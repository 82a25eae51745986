import type { FieldNode } from '../../app/contracts/index.ts';
import { Field } from '../../app/dissect/index.ts';
import { PlainFields } from './plainFields.ts';
import type { TextBuffer } from './textBuffer.ts';
import { fixedPiece, MOST_DIGITS, putNumber } from './textPieces.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const END = 0x7d;
const NONE = fixedPiece('[]');
const NULL_TEXT = fixedPiece('null,"text":');
const TEXT = fixedPiece(',"text":');
const TEXT_QUOTED = fixedPiece(',"text":"\\"');
const RANGE = fixedPiece(',"range":[');
const QUOTED_RANGE = fixedPiece('\\"","range":[');
const CHILDREN = fixedPiece('],"children":');
const LEAF = fixedPiece('],"children":[]}');
const DECODED_AS = fixedPiece(',"decodedAs":');
const FIRST = fixedPiece('],"children":[');
const NEXT = fixedPiece('],"children":[]},');
const LAST = fixedPiece('],"children":[]}]}');

const plain = new PlainFields({
  name: (name) => `{"name":${JSON.stringify(name)},"value":`,
  said(value, text) {
    return `${typeof value === 'bigint' ? `"${value}"` : value},"text":${JSON.stringify(text)},"range":[`;
  },
  part: (text) => JSON.stringify(text).slice(1, -1),
  writePart: (out, text) => out.jsonPart(text),
  again: fixedPiece(',"text":"'),
  beforeText: fixedPiece('null,"text":"'),
  afterText: '","range":[',
  takenBack: 0,
  to: fixedPiece(','),
  first: () => FIRST,
  next: () => NEXT,
  last: LAST,
});

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
    if (afterLeaf) out.put(NEXT);
    else if (i > 0) out.letter(COMMA);
    afterLeaf = writeField(out, fields[i]);
  }
  if (afterLeaf) out.put(LEAF);
  out.letter(CLOSE);
}

/** True for a leaf, whose end is still to be written. */
function writeField(out: TextBuffer, field: FieldNode): boolean {
  plain.name(out, field.name);
  let decodedAs: string | undefined;
  if (field instanceof Field) {
    const written = plain.write(out, field, 0);
    if (written === 'whole') return false;
    if (written === 'nothing') {
      writeValue(out, field);
      writeRange(out, field.start, field.end);
    }
    // Without choices of the user's there is nothing to look for.
    if (field.state.choices !== null) decodedAs = field.decodedAs;
    if (written === 'leaf' && decodedAs === undefined) return true;
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
    writeString(out, value, field);
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
function writeString(out: TextBuffer, value: string, field: FieldNode): void {
  const start = out.size;
  out.json(value);
  const end = out.size;
  // Nothing in it was escaped.
  if (end - start === value.length + 2 && isQuoted(field)) {
    out.put(TEXT_QUOTED);
    out.repeat(start + 1, end - 1);
    out.put(QUOTED_RANGE);
    return;
  }
  const { text } = field;
  out.put(TEXT);
  if (text === value) out.repeat(start, end);
  else out.json(text);
  out.put(RANGE);
}

/** Whether the text of a field is its value in quotes, as long as nothing in that is escaped. */
function isQuoted(field: FieldNode): boolean {
  return field instanceof Field && field.def?.layout === 'string' && field.override === undefined;
}
