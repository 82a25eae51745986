import type { FieldNode } from '../../app/contracts/index.ts';

/** Names whose beginnings are remembered: messages name the same fields again and again. */
const MOST_NAMES = 8192;
const beginnings = new Map<string, string>();
/** Pieces of the text being made. They are joined at once: text that grows piece by piece is a tree for the collector. */
const pieces: (string | number)[] = [];

/** Fields as one JSON array, as `read --json` prints them, after a beginning. */
export function withJsonFields(beginning: string, fields: readonly FieldNode[]): string {
  pieces.length = 0;
  pieces.push(beginning);
  addFields(fields);
  return pieces.join('');
}

function addFields(fields: readonly FieldNode[]): void {
  for (let i = 0; i < fields.length; i++) {
    pieces.push(i === 0 ? '[' : ',');
    addField(fields[i]);
  }
  pieces.push(fields.length === 0 ? '[]' : ']');
}

function addField(field: FieldNode): void {
  const { value, children, decodedAs } = field;
  const { start, end } = field.range;
  pieces.push(beginningOf(field.name), typeof value === 'string' ? quoted(value) : String(value));
  pieces.push(',"text":', quoted(field.text), ',"range":[', start, ',', end, '],"children":');
  addFields(children);
  pieces.push(decodedAs === undefined ? '}' : `,"decodedAs":${quoted(decodedAs)}}`);
}

function beginningOf(name: string): string {
  let text = beginnings.get(name);
  if (text === undefined) {
    text = `{"name":${quoted(name)},"value":`;
    if (beginnings.size < MOST_NAMES) beginnings.set(name, text);
  }
  return text;
}

/** Letters that JSON carries as they are (RFC 8259, section 7), without those of pairs, whose halves may stand alone. */
const SAFE = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function quoted(text: string): string {
  return SAFE.test(text) ? `"${text}"` : JSON.stringify(text);
}
