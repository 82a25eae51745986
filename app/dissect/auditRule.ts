import type { FieldValue, StructValue } from '../contracts/index.ts';
import type { EnumTable } from '../specs/index.ts';
import { errnoName, viewOf } from '../wire/index.ts';
import { auditEnum, syscallTable } from './auditNames.ts';
import type { BodyFormat, BodyValue, Report } from './bodies.ts';
import { type DecodeState, Field } from './field.ts';
import type { InfoWriter } from './infoWriter.ts';
import { utf8 } from './text.ts';

/**
 * struct audit_rule_data (linux/audit.h): which events are recorded. Words of the host: flags, action, field_count,
 * mask[64] of system calls, then 64 each of fields, values and operators, of which field_count are in use, then buflen
 * and the texts of those fields that have one, whose value is the text's length.
 */
export const auditRule: BodyFormat = { decode, values, encode, summarize };

const FIELDS = 64;
const MASK = 12;
const MASK_WORDS = 64;
const CALLS = MASK_WORDS * 32;
const FIELD_AT = MASK + MASK_WORDS * 4;
const VALUE_AT = FIELD_AT + FIELDS * 4;
const OPERATOR_AT = VALUE_AT + FIELDS * 4;
const BUFLEN_AT = OPERATOR_AT + FIELDS * 4;
const BUF_AT = BUFLEN_AT + 4;

const AUDIT_FILTER_PREPEND = 0x10;
const AUDIT_ARCH = 11;
const AUDIT_PERM = 106;
const AUDIT_FIELD_COMPARE = 111;
const AUDIT_FILTERKEY = 210;
/** Fields whose value is a text in the buffer. */
const TEXTS: ReadonlySet<number> = new Set([13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 105, 107, 112, AUDIT_FILTERKEY]);
/** Users and groups, where all ones mean nobody. */
const IDS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 25, 109, 110]);

const LISTS = (): EnumTable => auditEnum('rule-list');
const ACTIONS = (): EnumTable => auditEnum('rule-action');
const FIELD_NAMES = (): EnumTable => auditEnum('rule-field');
const OPERATORS = (): EnumTable => auditEnum('rule-operator');
const COMPARISONS = (): EnumTable => auditEnum('rule-compare');
const PERMISSIONS = 'xwra';
const SIGNS: ReadonlyMap<number, string> = new Map([
  [0x08000000, '&'],
  [0x10000000, '<'],
  [0x20000000, '>'],
  [0x30000000, '!='],
  [0x40000000, '='],
  [0x48000000, '&='],
  [0x50000000, '<='],
  [0x60000000, '>='],
]);

function nameOf(table: EnumTable, value: number): FieldValue {
  return table.byValue.get(value)?.name ?? value;
}

function decode(state: DecodeState, start: number, end: number): Field[] {
  const rule = new Field(state, 'audit_rule_data', 'header', null, null, start, start, end);
  rule.typeName = 'struct audit_rule_data';
  if (end - start < BUF_AT) {
    rule.complain('error', 'malformed', `${end - start} bytes are too few for a rule, which takes ${BUF_AT}`);
    return [rule];
  }
  const word = (at: number): number => state.view.getUint32(start + at, state.littleEndian);
  const member = (name: string, at: number, length: number, text: string, raw: number | null = word(at)): Field => {
    const field = new Field(state, name, 'member', null, raw, start + at, start + at, start + at + length);
    field.typeName = length === 4 ? 'u32' : 'u32[64]';
    field.override = text;
    rule.add(field);
    return field;
  };
  const flags = word(0);
  const list = nameOf(LISTS(), flags & ~AUDIT_FILTER_PREPEND);
  member('flags', 0, 4, `${list}${(flags & AUDIT_FILTER_PREPEND) === 0 ? '' : ' | AUDIT_FILTER_PREPEND'}`);
  member('action', 4, 4, String(nameOf(ACTIONS(), word(4))));
  const count = word(8);
  const counted = member('field_count', 8, 4, String(count));
  if (count > FIELDS) counted.complain('error', 'malformed', `a rule has at most ${FIELDS} fields`);
  const used = Math.min(count, FIELDS);
  let arch = 0;
  let at = start + BUF_AT;
  const items: Field[] = [];
  for (let i = 0; i < used; i++) {
    const number = word(FIELD_AT + i * 4);
    const value = word(VALUE_AT + i * 4);
    if (number === AUDIT_ARCH) arch = value;
    const place = start + VALUE_AT + i * 4;
    const item = new Field(state, String(nameOf(FIELD_NAMES(), number)), 'item', null, value, place, place, place + 4);
    item.typeName = 'rule field';
    if (TEXTS.has(number)) {
      const stop = Math.min(end, at + value);
      item.raw = utf8(state.bytes.subarray(at, stop));
      if (stop < at + value) item.complain('error', 'malformed', `a text of ${value} bytes exceeds the buffer`);
      at = stop;
    }
    item.override = fieldText(number, word(OPERATOR_AT + i * 4), item.raw as number | string);
    items.push(item);
  }
  member('mask', MASK, MASK_WORDS * 4, maskText(maskOf(word), arch), null);
  const array = member('fields', FIELD_AT, BUFLEN_AT - FIELD_AT, items.map((item) => item.text).join(', '), null);
  array.typeName = 'fields';
  for (const item of items) array.add(item);
  member('buflen', BUFLEN_AT, 4, String(word(BUFLEN_AT)));
  return [rule];
}

type Mask = 'all' | readonly (number | string)[];

/** Numbers of the system calls in the mask, three or more in a row as "0-2031"; 'all' where every bit is set. */
function maskOf(word: (at: number) => number): Mask {
  const calls: (number | string)[] = [];
  const has = (bit: number): boolean => bit < CALLS && ((word(MASK + (bit >> 5) * 4) >>> (bit & 31)) & 1) === 1;
  for (let first = 0; first < CALLS; first++) {
    if (!has(first)) continue;
    let last = first;
    while (has(last + 1)) last++;
    if (last - first === CALLS - 1) return 'all';
    if (last - first > 1) calls.push(`${first}-${last}`);
    else for (let call = first; call <= last; call++) calls.push(call);
    first = last;
  }
  return calls;
}

function maskText(mask: Mask, arch: number): string {
  // The kernel clears the bits of classes of calls, which come last, in rules it lists.
  if (mask === 'all' || mask[0] === `0-${CALLS - 17}`) return 'all';
  const names = syscallTable(arch);
  return mask.map((call) => names.get(Number(call)) ?? String(call)).join(',');
}

/** A field as auditctl writes it: auid!=unset, perm=wa. */
function fieldText(number: number, operator: number, value: number | string): string {
  const sign = SIGNS.get(operator) ?? ` ${operator} `;
  if (number === AUDIT_FIELD_COMPARE && typeof value === 'number') {
    const names = COMPARISONS().byValue.get(value)?.short.toLowerCase().split('_to_');
    if (names !== undefined) return names.join(sign);
  }
  const name = number === AUDIT_FILTERKEY ? 'key' : FIELD_NAMES().byValue.get(number)?.short.toLowerCase();
  return `${RENAMED.get(name ?? '') ?? name ?? number}${sign}${valueText(number, value)}`;
}

/** Names that auditctl writes in another way than the constants. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['loginuid', 'auid'],
  ['watch', 'path'],
  ['arg0', 'a0'],
  ['arg1', 'a1'],
  ['arg2', 'a2'],
  ['arg3', 'a3'],
]);

function valueText(number: number, value: number | string): string {
  if (typeof value === 'string') return value.replaceAll('\x01', ',');
  if (number === AUDIT_ARCH) return (value & 0x80000000) === 0 ? 'b32' : 'b64';
  if (number === AUDIT_PERM) return permissions(value);
  if (IDS.has(number) && value === 0xffffffff) return 'unset';
  if (number === 103 && value > 0x7fffffff) return `-${errnoName(-(value | 0))}`;
  return number >= 200 && number <= 203 ? `0x${value.toString(16)}` : String(value);
}

function permissions(bits: number): string {
  return [...'rwxa'].filter((letter) => (bits >> PERMISSIONS.indexOf(letter)) & 1).join('');
}

// ---- values and back

function values([rule]: readonly Field[]): BodyValue | null {
  const bytes = rule?.bytes();
  if (bytes === undefined || bytes.length < BUF_AT) return null;
  const view = viewOf(bytes);
  const word = (at: number): number => view.getUint32(at, rule.state.littleEndian);
  const flags = word(0);
  const items = rule.child('fields')?.children ?? [];
  const header: StructValue = {
    flags: [
      nameOf(LISTS(), flags & ~AUDIT_FILTER_PREPEND),
      ...((flags & AUDIT_FILTER_PREPEND) === 0 ? [] : ['AUDIT_FILTER_PREPEND']),
    ],
    action: nameOf(ACTIONS(), word(4)),
    mask: maskOf(word) as FieldValue,
    fields: items.map((item, i) => ({
      field: nameOf(FIELD_NAMES(), word(FIELD_AT + i * 4)),
      op: nameOf(OPERATORS(), word(OPERATOR_AT + i * 4)),
      value: item.raw,
    })) as FieldValue[],
  };
  return { header };
}

function encode({ header }: BodyValue, littleEndian: boolean, report: Report): Uint8Array {
  if (header === undefined) return new Uint8Array();
  const number = (table: EnumTable, value: FieldValue | undefined, ...path: (string | number)[]): number => {
    const found = table.byName.get(String(value))?.value ?? Number(value ?? 0);
    if (Number.isInteger(found)) return found;
    report(['header', ...path], `${JSON.stringify(value)} is neither a number nor a name of ${table.name}`);
    return 0;
  };
  const list = (value: FieldValue | undefined): FieldValue[] =>
    Array.isArray(value) ? value : value === undefined ? [] : [value];
  const fields = list(header['fields']);
  if (fields.length > FIELDS) report(['header', 'fields'], `a rule has at most ${FIELDS} fields`);
  const used = fields
    .slice(0, FIELDS)
    .map((one) => (typeof one === 'object' && one !== null && !Array.isArray(one) ? one : {}));
  const texts: Uint8Array[] = [];
  const words: { field: number; op: number; value: number }[] = used.map((one, i) => {
    const field = number(FIELD_NAMES(), one['field'], 'fields', i, 'field');
    const op = number(OPERATORS(), one['op'] ?? 'AUDIT_EQUAL', 'fields', i, 'op');
    if (!TEXTS.has(field)) {
      const value = Number(one['value'] ?? 0);
      if (!Number.isInteger(value))
        report(['header', 'fields', i, 'value'], `${JSON.stringify(one['value'])} is no number`);
      return { field, op, value: Number.isInteger(value) ? value : 0 };
    }
    const text = new TextEncoder().encode(String(one['value'] ?? ''));
    texts.push(text);
    return { field, op, value: text.length };
  });
  const buflen = texts.reduce((sum, text) => sum + text.length, 0);
  const bytes = new Uint8Array(BUF_AT + buflen);
  const view = viewOf(bytes);
  const put = (at: number, value: number): void => view.setUint32(at, value >>> 0, littleEndian);
  put(
    0,
    list(header['flags']).reduce((bits: number, flag, i) => {
      return bits | (flag === 'AUDIT_FILTER_PREPEND' ? AUDIT_FILTER_PREPEND : number(LISTS(), flag, 'flags', i));
    }, 0),
  );
  put(4, number(ACTIONS(), header['action'], 'action'));
  put(8, used.length);
  writeMask(view, header['mask'], littleEndian, report);
  words.forEach(({ field, op, value }, i) => {
    put(FIELD_AT + i * 4, field);
    put(VALUE_AT + i * 4, value);
    put(OPERATOR_AT + i * 4, op);
  });
  put(BUFLEN_AT, buflen);
  let at = BUF_AT;
  for (const text of texts) {
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}

function writeMask(view: DataView, mask: FieldValue | undefined, littleEndian: boolean, report: Report): void {
  if (mask === 'all') {
    new Uint8Array(view.buffer, view.byteOffset + MASK, MASK_WORDS * 4).fill(0xff);
    return;
  }
  (Array.isArray(mask) ? mask : []).forEach((call, i) => {
    const [first, last = first] = String(call).split('-').map(Number);
    if (!(first >= 0 && last < CALLS && first <= last && Number.isInteger(first + last))) {
      report(
        ['header', 'mask', i],
        `${JSON.stringify(call)} is no system call's number, nor a range (0 to ${CALLS - 1})`,
      );
      return;
    }
    for (let bit = first; bit <= last; bit++) {
      const at = MASK + (bit >> 5) * 4;
      view.setUint32(at, (view.getUint32(at, littleEndian) | (1 << (bit & 31))) >>> 0, littleEndian);
    }
  });
}

// ---- summary

/** The rule as `auditctl -l` prints it: a watch, or list and action with what must hold. */
function summarize([rule]: readonly Field[], info: InfoWriter): void {
  const fields = rule?.child('fields');
  if (rule === undefined || fields === undefined) return;
  const texts = fields.children.map((item) => item.text);
  const mask = rule.child('mask')?.text ?? '';
  const [flags, action] = ['flags', 'action'].map((name) => rule.child(name)?.text ?? '');
  const [path, perm, ...rest] = texts;
  const isWatch =
    /^(path|dir)=/.test(path ?? '') &&
    /^perm=/.test(perm ?? '') &&
    mask === 'all' &&
    rest.every((t) => t.startsWith('key='));
  const word = (option: string, value: string): void => {
    info.muted(` ${option} `);
    info.strong(value);
  };
  const after = (text: string): string => text.slice(text.indexOf('=') + 1);
  if (isWatch) {
    word('-w', after(path));
    word('-p', after(perm));
    for (const key of rest) word('-k', after(key));
    return;
  }
  const list = flags.replace('AUDIT_FILTER_', '').replace(/ \|.*/, '').toLowerCase();
  word(flags.includes('PREPEND') ? '-A' : '-a', `${action.replace('AUDIT_', '').toLowerCase()},${list}`);
  const arch = texts.filter((text) => text.startsWith('arch'));
  for (const text of arch) word('-F', text);
  if (mask !== '' && (list === 'exit' || mask !== 'all')) word('-S', mask);
  for (const text of texts)
    if (!arch.includes(text))
      word(
        /^\w+!?=obj_|^\w+!?=\w*[ug]id$/.test(text) &&
          fields.children[texts.indexOf(text)].name === 'AUDIT_FIELD_COMPARE'
          ? '-C'
          : '-F',
        text,
      );
}
