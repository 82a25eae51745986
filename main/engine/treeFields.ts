import type { FieldNode } from '../../app/contracts/index.ts';
import { Field } from '../../app/dissect/index.ts';
import { PlainFields } from './plainFields.ts';
import type { TextBuffer } from './textBuffer.ts';
import { fixedPiece, type Piece } from './textPieces.ts';

/** Depths whose beginnings of lines are kept as pieces; few trees are deeper. */
const MOST_DEPTH = 40;
const NAMED = ': ';
const RANGE = '  [';
const RANGE_PIECE = fixedPiece(RANGE);
const TO = fixedPiece('..');
const LINE_END = fixedPiece(']\n');

/** Beginnings of lines by depth. */
const INDENTS: readonly Piece[] = pieces('');
/** The same with the end of a line before the first of them, and between them. */
const LINES: readonly Piece[] = pieces(']\n');

function pieces(before: string): Piece[] {
  return Array.from({ length: MOST_DEPTH }, (_, depth) => fixedPiece(`${before}${indentOf(depth)}`));
}

function indentOf(depth: number): string {
  return '  '.repeat(depth);
}

const plain = new PlainFields({
  name: (name) => `${name}${NAMED}`,
  said: (_, text) => `${text}${RANGE}`,
  part: (text) => text,
  writePart: (out, text) => out.text(text),
  again: null,
  beforeText: fixedPiece(''),
  afterText: RANGE,
  takenBack: NAMED.length,
  to: TO,
  first: (depth) => LINES[depth] ?? null,
  next: (depth) => LINES[depth],
  last: LINE_END,
});

/** Fields as lines, each with those below it, as `read -V` prints them. */
export function writeTreeFields(out: TextBuffer, fields: readonly FieldNode[], depth: number): void {
  const indent = INDENTS[depth];
  for (let i = 0; i < fields.length; i++) {
    if (indent === undefined) out.text(indentOf(depth));
    else out.put(indent);
    writeField(out, fields[i], depth);
  }
}

function writeField(out: TextBuffer, field: FieldNode, depth: number): void {
  const isGenerated = field.kind === 'generated';
  if (isGenerated) out.text('[');
  plain.name(out, field.name);
  const written = field instanceof Field ? plain.write(out, field, depth + 1) : 'nothing';
  if (written === 'whole') return;
  if (written === 'nothing') {
    const { text } = field;
    if (text === '') out.advance(out.size - NAMED.length);
    else out.text(text);
    if (isGenerated) out.text(']');
    writeRange(out, field);
  }
  const { decodedAs, note } = field;
  if (decodedAs === undefined && note === undefined) out.put(LINE_END);
  else {
    out.text(']');
    if (decodedAs !== undefined) out.text(` <${decodedAs}>`);
    if (note !== undefined) out.text(` ! ${note}`);
    out.text('\n');
  }
  if (written === 'nothing') writeTreeFields(out, field instanceof Field ? field.shown : field.children, depth + 1);
}

function writeRange(out: TextBuffer, field: FieldNode): void {
  const { start, end } = field instanceof Field ? field : field.range;
  out.put(RANGE_PIECE);
  out.number(start);
  out.put(TO);
  out.number(end);
}
