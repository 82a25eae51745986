import type { AttrDef, AttrSpace, MemberDef, StructDef, ValueDef, Variant } from '../specs/index.ts';
import { MAX_DEPTH, NLA_F_NESTED, NLA_HDRLEN, NLA_TYPE_MASK } from '../wire/index.ts';
import { byteFormat, exactText } from './byteFormats.ts';
import type { DecodeState } from './field.ts';
import { Field, type RawValue } from './field.ts';
import { hintText, isAttr, significantBytes } from './present.ts';
import { findPath } from './template.ts';
import { shortText } from './text.ts';

/** One level of attributes being read: selectors of sub-messages look outwards through these. */
interface Scope {
  readonly fields: readonly Field[];
  readonly outer: Scope | null;
}

/** Structs around a value, the innermost first: what chooses how it reads may be a member of any of them. */
export interface Frame {
  readonly struct: StructDef;
  readonly start: number;
  readonly end: number;
  readonly outer: Frame | null;
}

/**
 * Reads the fixed header or struct at `start`. Members that the bytes do not reach are left out; the field ends where
 * the bytes of the struct end.
 * @param outer the structs around it
 */
export function decodeStruct(
  state: DecodeState,
  struct: StructDef,
  kind: 'header' | 'struct' | 'item',
  start: number,
  end: number,
  depth = 0,
  outer: Frame | null = null,
): Field {
  const stop = Math.min(end, start + structLength(state, struct, start, end));
  const frame: Frame = { struct, start, end: stop, outer };
  const field = new Field(state, struct.name, kind, null, null, start, start, stop);
  field.typeName = `struct ${struct.name}`;
  for (const member of struct.members) {
    const from = start + member.offset;
    const to = member.length < 0 ? stop : from + member.length;
    if (from >= stop && to > stop) break;
    if (to > stop) {
      const cut = new Field(state, member.name, 'member', null, null, from, from, stop);
      cut.typeName = 'binary';
      cut.complain('note', 'short-struct', `${struct.name} ends inside ${member.name}`);
      field.add(cut);
      break;
    }
    if (member.layout === 'pad' && isZero(state.bytes, from, to)) continue;
    field.add(decodeMember(state, member, frame, from, to, depth));
  }
  return field;
}

/** Bytes a struct takes, with its variable member: as its counter says, else all there are. */
function structLength(state: DecodeState, struct: StructDef, start: number, end: number): number {
  const { variable, counter, size } = struct;
  if (!variable) return size;
  if (counter === null || start + size > end) return end - start;
  const little = counter.big === null ? state.littleEndian : !counter.big;
  return size + Number(readInteger(state.view, start + counter.offset, counter.length, false, little));
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function decodeMember(
  state: DecodeState,
  member: MemberDef,
  frame: Frame,
  from: number,
  to: number,
  depth: number,
): Field {
  const def = chooseVariant(member, state, frame, from, to);
  const field = new Field(state, member.name, 'member', def, null, from, from, to);
  decodeValue(field, def, depth, frame);
  return field;
}

/** The way to read a value that another value chooses, where the bytes beyond its length are zero. */
function chooseVariant<D extends ValueDef>(
  def: D,
  state: DecodeState,
  frame: Frame | null,
  from: number,
  to: number,
): D | ValueDef {
  if (def.variant === null) return def;
  const chosen = variantCase(def.variant, state, frame);
  if (chosen === undefined) return def;
  if (chosen.length > 0 && !isZero(state.bytes, Math.min(to, from + chosen.length), to)) return def;
  return chosen.def;
}

function variantCase(variant: Variant, state: DecodeState, innermost: Frame | null) {
  for (let frame = innermost; frame !== null; frame = frame.outer) {
    for (const path of variant.members) {
      const value = memberAt(state, frame, path);
      const chosen = value === undefined ? undefined : variant.cases.get(value);
      if (chosen !== undefined) return chosen;
    }
  }
  for (const path of variant.members) {
    if (path[0] !== 'request') continue;
    const raw = findPath(state.request(), path.slice(1))?.raw;
    const chosen = typeof raw === 'number' ? variant.cases.get(raw) : undefined;
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** An integer member of a struct that may not be decoded yet, by its path; undefined where the bytes do not reach. */
function memberAt(state: DecodeState, frame: Frame, path: readonly string[]): number | undefined {
  let struct: StructDef | null = frame.struct;
  let at = frame.start;
  for (const [i, name] of path.entries()) {
    const member: MemberDef | undefined = struct?.byName.get(name);
    if (member === undefined) return undefined;
    at += member.offset;
    if (i < path.length - 1) {
      struct = member.struct;
      continue;
    }
    if (member.layout !== 'integer' || at + member.length > frame.end) return undefined;
    const little = member.big === null ? state.littleEndian : !member.big;
    return Number(readInteger(state.view, at, member.length, member.signed, little));
  }
  return undefined;
}

/** Reads an integer of 1, 2, 4 or 8 bytes: a number where a double holds it exactly, else a bigint. */
export function readInteger(
  view: DataView,
  at: number,
  size: number,
  signed: boolean,
  littleEndian: boolean,
): number | bigint {
  switch (size) {
    case 1:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return signed ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    case 4:
      return signed ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    default: {
      const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
      const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
      if (high < 0x200000) return high * 0x100000000 + low;
      const wide = view.getBigUint64(at, littleEndian);
      const value = signed ? BigInt.asIntN(64, wide) : wide;
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value < 0n ? Number(value) : value;
    }
  }
}

/** Reads the payload of a field whose layout needs no other attributes: everything but nests. */
function decodeValue(field: Field, def: ValueDef, depth: number, frame: Frame | null): void {
  const { state, payloadStart: start, end } = field;
  const length = end - start;
  switch (def.layout) {
    case 'integer': {
      const size = def.size === 0 ? length : def.size;
      if (length === 0) {
        // Some drivers take the bare attribute as "yes" where they answer with a number.
        field.complain('note', 'empty-value', `${def.name} is ${def.type}, but carries no value`);
        return;
      }
      if (length !== size || (size !== 1 && size !== 2 && size !== 4 && size !== 8)) {
        field.complain('warn', 'bad-length', `${def.name} is ${def.type}, but has ${length} bytes`);
        return;
      }
      const little = def.big === null ? state.littleEndian : !def.big;
      field.raw = readInteger(state.view, start, size, def.signed, little);
      if (def.bits.length > 0) decodeBits(field, def);
      return;
    }
    case 'string':
      field.raw = readString(state.bytes, start, end);
      return;
    case 'flag':
      field.raw = true;
      if (length > 0) field.complain('note', 'bad-length', `${def.name} is a flag, but has ${length} bytes`);
      return;
    case 'bitfield32':
      decodeBitfield(field, def);
      return;
    case 'struct':
      decodeStructValue(field, def.struct!, depth, frame);
      return;
    case 'array':
      decodeArray(field, def.element!, depth, frame);
      return;
    case 'binary':
      if (def.hint !== '') field.raw = hintText(def.hint, significantBytes(field)) as RawValue;
      else if (def.format !== '') decodeFormat(field, def.format);
      return;
    default:
  }
}

/** Text up to the first NUL; null when it is not text at all. */
function readString(bytes: Uint8Array, start: number, end: number): string {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  return shortText(bytes, start, stop);
}

function decodeBitfield(field: Field, def: ValueDef): void {
  const { state, payloadStart: start, end } = field;
  if (end - start !== 8) {
    field.complain('warn', 'bad-length', `${def.name} is a bitfield32, but has ${end - start} bytes`);
    return;
  }
  const part: ValueDef = { ...def, layout: 'integer', type: 'u32', size: 4, signed: false };
  for (const [index, name] of ['value', 'selector'].entries()) {
    const at = start + index * 4;
    field.add(
      new Field(state, name, 'member', { ...part, name }, state.view.getUint32(at, state.littleEndian), at, at, at + 4),
    );
  }
}

/** The C bit-fields of an integer: compilers of big-endian hosts give the first of them the highest bits. */
function decodeBits(field: Field, def: ValueDef): void {
  const { state, payloadStart: start, end } = field;
  const bits = BigInt.asUintN(64, BigInt(field.raw as number | bigint));
  const total = (end - start) * 8;
  for (const { def: part, shift, width } of def.bits) {
    const from = BigInt(state.littleEndian ? shift : total - shift - width);
    const raw = Number((bits >> from) & ((1n << BigInt(width)) - 1n));
    field.add(new Field(state, part.name, 'member', part, raw, start, start, end));
  }
}

/** Bytes in a format of their own: the text that stands for them, and the parts it is made of. */
function decodeFormat(field: Field, name: string): void {
  const { state, payloadStart: start } = field;
  const format = byteFormat(name);
  if (format === undefined) return;
  const bytes = field.bytes();
  field.raw = exactText(format, bytes);
  for (const part of format.parts?.(bytes, state.littleEndian) ?? []) {
    const at = start + part.start;
    const item = new Field(state, part.name, 'item', null, null, at, at, start + part.end);
    item.typeName = part.type;
    item.override = part.text;
    field.add(item);
  }
}

function decodeStructValue(field: Field, struct: StructDef, depth: number, frame: Frame | null): void {
  if (depth > MAX_DEPTH) return;
  const inner = decodeStruct(field.state, struct, 'struct', field.payloadStart, field.end, depth + 1, frame);
  for (const child of inner.children) field.add(child);
  if (inner.end < field.end) field.add(restField(field.state, inner.end, field.end));
}

/** Bytes that follow what the spec describes. */
function restField(state: DecodeState, start: number, end: number): Field {
  const rest = new Field(state, 'rest', 'payload', null, null, start, start, end);
  rest.typeName = 'binary';
  return rest;
}

function decodeArray(field: Field, element: ValueDef, depth: number, frame: Frame | null): void {
  const { state } = field;
  const size = element.struct?.size ?? element.size;
  if (size === 0) return;
  let at = field.payloadStart;
  for (let index = 0; at + size <= field.end; index++) {
    const length = element.struct === null ? size : structLength(state, element.struct, at, field.end);
    const stop = Math.min(field.end, at + length);
    const item = new Field(state, `[${index}]`, 'item', element, null, at, at, stop);
    decodeValue(item, element, depth + 1, frame);
    field.add(item);
    at = stop;
  }
  if (at < field.end) field.add(restField(state, at, field.end));
}

/** The fixed header of the message being read: sub-message switches and variants look at its members. */
export interface AttributeContext {
  readonly header: Field | null;
  readonly frame: Frame | null;
}

/**
 * Reads attributes from `start` to `end` into fields. Bytes that are no attribute end the walk and are noted. Never
 * throws; each attribute takes at least 4 bytes, so the walk is bounded by the bytes given.
 */
export function decodeAttributes(
  state: DecodeState,
  space: AttrSpace | null,
  start: number,
  end: number,
  context: AttributeContext,
): Field[] {
  return walk(state, space, start, end, context, 0, null);
}

function walk(
  state: DecodeState,
  space: AttrSpace | null,
  start: number,
  end: number,
  context: AttributeContext,
  depth: number,
  outer: Scope | null,
): Field[] {
  const fields: Field[] = [];
  const scope: Scope = { fields, outer };
  const { view, littleEndian } = state;
  const chosenLater: Field[] = [];
  let at = start;
  while (at + NLA_HDRLEN <= end) {
    const length = view.getUint16(at, littleEndian);
    const wireType = view.getUint16(at + 2, littleEndian);
    if (length < NLA_HDRLEN || at + length > end) {
      if (isZero(state.bytes, at, end)) break;
      const broken = restField(state, at, end);
      broken.complain(
        'error',
        'malformed',
        length < NLA_HDRLEN
          ? `attribute length ${length} is below the 4 bytes of its own header`
          : `attribute length ${length} exceeds the ${end - at} bytes that are left`,
      );
      fields.push(broken);
      at = end;
      break;
    }
    const number = wireType & NLA_TYPE_MASK;
    const stop = at + length;
    const field = decodeAttribute(state, space, number, wireType, at, stop, context, depth, scope);
    fields.push(field);
    if (field.def?.layout === 'sub-message' || typesOf(field) !== null) chosenLater.push(field);
    const next = at + ((length + 3) & ~3);
    if (next > stop && stop < end && !isZero(state.bytes, stop, Math.min(next, end))) {
      const padding = new Field(state, 'padding', 'padding', null, null, stop, stop, Math.min(next, end));
      padding.typeName = 'binary';
      fields.push(padding);
    }
    at = Math.min(next, end);
  }
  if (at < end) {
    const rest = restField(state, at, end);
    if (isZero(state.bytes, at, end))
      rest.state.note('note', 'trailing-bytes', `${end - at} zero bytes follow`, at, end);
    else rest.complain('warn', 'trailing-bytes', `${end - at} bytes follow that are no attribute`);
    fields.push(rest);
  }
  // What chooses a sub-message or a type may stand after it (RTA_ENCAP before RTA_ENCAP_TYPE).
  for (const field of chosenLater) {
    const def = field.def as AttrDef;
    if (def.types === null) decodeSubMessage(field, def, context, depth, scope);
    else decodeTyped(field, def, context, depth, scope);
  }
  return fields;
}

/** The constant of an attribute that its set does not know: "IFLA_? (74)". */
export function unknownName(space: AttrSpace | null, number: number): string {
  return `${space === null || space.prefix === '' ? 'NLA_' : space.prefix}? (${number})`;
}

function decodeAttribute(
  state: DecodeState,
  space: AttrSpace | null,
  number: number,
  wireType: number,
  at: number,
  stop: number,
  context: AttributeContext,
  depth: number,
  scope: Scope,
): Field {
  const def = space?.byNumber.get(number);
  const payload = at + NLA_HDRLEN;
  if (def === undefined) return decodeUnknown(state, space, number, wireType, at, stop, context, depth, scope);
  const kind = NESTING.has(def.layout) ? 'nest' : 'attr';
  const field = new Field(state, def.name, kind, def, null, at, payload, stop);
  field.wireType = wireType;
  if (depth >= MAX_DEPTH) {
    field.complain('warn', 'too-deep', `nested deeper than ${MAX_DEPTH} levels`);
    return field;
  }
  switch (def.layout) {
    case 'nest':
      decodeNest(field, chooseSpace(def, context), context, depth, scope);
      break;
    case 'message':
      decodeHeaded(field, def.header, def.space, context, depth, scope);
      break;
    case 'sub-message':
      break;
    case 'indexed-array':
      decodeIndexedArray(field, def, context, depth, scope);
      break;
    case 'nest-type-value':
      decodeLevels(field, def, 0, context, depth, scope);
      break;
    case 'sequence':
      decodeSequence(field, def, context, depth, scope);
      break;
    default: {
      if (def.types !== null) break;
      const chosen = chooseVariant(def, state, context.frame, payload, stop);
      if (chosen !== def) field.def = chosen;
      decodeValue(field, chosen, depth, context.frame);
    }
  }
  return field;
}

const NESTING: ReadonlySet<string> = new Set([
  'nest',
  'message',
  'sub-message',
  'indexed-array',
  'nest-type-value',
  'sequence',
]);

function chooseSpace(def: AttrDef, context: AttributeContext): AttrSpace | null {
  if (def.switch === null) return def.space;
  const raw = context.header?.child(def.switch.member)?.raw;
  return (typeof raw === 'number' ? def.switch.cases.get(raw) : undefined) ?? def.space;
}

function decodeUnknown(
  state: DecodeState,
  space: AttrSpace | null,
  number: number,
  wireType: number,
  at: number,
  stop: number,
  context: AttributeContext,
  depth: number,
  scope: Scope,
): Field {
  const nested = (wireType & NLA_F_NESTED) !== 0 && depth < MAX_DEPTH;
  const field = new Field(
    state,
    unknownName(space, number),
    nested ? 'nest' : 'attr',
    null,
    null,
    at,
    at + NLA_HDRLEN,
    stop,
  );
  field.wireType = wireType;
  field.typeName = nested ? 'nest' : 'unknown';
  if (space !== null) {
    field.complain('note', 'unknown-attribute', `attribute ${number} is not in ${space.id}`);
  }
  if (nested) for (const child of walk(state, null, at + NLA_HDRLEN, stop, context, depth + 1, scope)) field.add(child);
  return field;
}

function decodeNest(
  field: Field,
  space: AttrSpace | null,
  context: AttributeContext,
  depth: number,
  scope: Scope,
): void {
  field.space = space;
  const children = walk(field.state, space, field.payloadStart, field.end, context, depth + 1, scope);
  if (children.length > 0) field.children = children;
}

function decodeHeaded(
  field: Field,
  header: StructDef | null,
  space: AttrSpace | null,
  context: AttributeContext,
  depth: number,
  scope: Scope,
): void {
  const { state } = field;
  let at = field.payloadStart;
  if (header !== null) {
    const head = decodeStruct(state, header, 'header', at, field.end, depth, context.frame);
    field.add(head);
    at = Math.min(field.end, at + ((header.size + 3) & ~3));
  }
  field.space = space;
  if (space !== null) {
    for (const child of walk(state, space, at, field.end, context, depth + 1, scope)) field.add(child);
  } else if (at < field.end) field.add(restField(state, at, field.end));
}

function selectorText(def: AttrDef, before: Field, scope: Scope): string | null {
  for (const selector of def.selectors) {
    for (let level: Scope | null = scope; level !== null; level = level.outer) {
      const isSelector = (f: Field): boolean => f.def?.specName === selector && f.raw !== null;
      const field =
        level.fields.findLast((f) => f.start < before.start && isSelector(f)) ?? level.fields.find(isSelector);
      if (field === undefined) continue;
      const entry = typeof field.raw === 'number' ? field.def?.enum?.byValue.get(field.raw) : undefined;
      return entry === undefined ? String(field.raw) : entry.name;
    }
  }
  return null;
}

/** The format a sub-message takes for a selector's value: by name, by constant, or by number. */
export function findFormat(def: AttrDef, selected: string): ReturnType<NonNullable<AttrDef['formats']>['get']> {
  const formats = def.formats!;
  const direct = formats.get(selected);
  if (direct !== undefined) return direct;
  for (const [value, format] of formats) {
    if (selected.toLowerCase().endsWith(`_${value.toLowerCase().replaceAll('-', '_')}`)) return format;
  }
  return undefined;
}

/** The types that a sibling chooses from, where one does. */
function typesOf({ def }: Field): AttrDef['types'] {
  return isAttr(def) ? def.types : null;
}

/** A value whose type a sibling tells (DEVLINK_ATTR_PARAM_VALUE_DATA); without one it stays what its own type says. */
function decodeTyped(field: Field, def: AttrDef, context: AttributeContext, depth: number, scope: Scope): void {
  const selected = selectorText(def, field, scope);
  const chosen = selected === null ? undefined : def.types?.get(selected);
  if (chosen !== undefined) field.def = chosen;
  decodeValue(field, chosen ?? def, depth, context.frame);
}

function decodeSubMessage(field: Field, def: AttrDef, context: AttributeContext, depth: number, scope: Scope): void {
  const { state } = field;
  const selected = selectorText(def, field, scope);
  const format = selected === null ? undefined : findFormat(def, selected);
  field.typeName = selected ?? 'sub-message';
  if (format !== undefined) {
    decodeHeaded(field, format.header, format.space, context, depth, scope);
    return;
  }
  const why =
    selected === null ? `no ${def.selectors[0]} stands beside it` : `no format for ${def.selectors[0]} ${selected}`;
  if ((field.wireType & NLA_F_NESTED) !== 0 || looksNested(state, field.payloadStart, field.end)) {
    field.state.note('note', 'unknown-format', `${def.name}: ${why}`, field.start, field.end);
    field.note = why;
    decodeNest(field, null, context, depth, scope);
  } else if (field.payloadStart < field.end) {
    field.complain('note', 'unknown-format', `${def.name}: ${why}`);
    field.add(restField(state, field.payloadStart, field.end));
  }
}

/** Whether bytes read as a chain of attributes without a gap: the only sign of a nest without NLA_F_NESTED. */
export function looksNested(state: DecodeState, start: number, end: number): boolean {
  if (end - start < NLA_HDRLEN) return false;
  let at = start;
  while (at + NLA_HDRLEN <= end) {
    const length = state.view.getUint16(at, state.littleEndian);
    const type = state.view.getUint16(at + 2, state.littleEndian) & NLA_TYPE_MASK;
    if (length < NLA_HDRLEN || at + length > end || type > 1024) return false;
    at += (length + 3) & ~3;
  }
  return at >= end;
}

/** The children of an indexed array: each attribute's type is its index. */
function decodeIndexedArray(field: Field, def: AttrDef, context: AttributeContext, depth: number, scope: Scope): void {
  forEachItem(field, (at, stop, wireType) => {
    const index = wireType & NLA_TYPE_MASK;
    const name = `[${index}]`;
    const payload = at + NLA_HDRLEN;
    if (def.element !== null) {
      const item = new Field(field.state, name, 'item', def.element, null, at, payload, stop);
      item.wireType = wireType;
      decodeValue(item, def.element, depth + 1, context.frame);
      return item;
    }
    const item = new Field(field.state, name, 'item', null, null, at, payload, stop);
    item.typeName = 'nest';
    item.wireType = wireType;
    if (depth + 1 < MAX_DEPTH) decodeNest(item, def.space, context, depth + 1, scope);
    return item;
  });
}

/** A nest whose levels are numbered by values (policy index, attribute number, …) and whose leaf is an attribute set. */
function decodeLevels(
  field: Field,
  def: AttrDef,
  level: number,
  context: AttributeContext,
  depth: number,
  scope: Scope,
): void {
  if (level >= def.levels.length || depth + 1 >= MAX_DEPTH) {
    decodeNest(field, def.space, context, depth, scope);
    return;
  }
  forEachItem(field, (at, stop, wireType) => {
    const item = new Field(
      field.state,
      `${def.levels[level]} ${wireType & NLA_TYPE_MASK}`,
      'item',
      null,
      null,
      at,
      at + NLA_HDRLEN,
      stop,
    );
    item.typeName = 'nest';
    item.wireType = wireType;
    decodeLevels(item, def, level + 1, context, depth + 1, scope);
    return item;
  });
}

function forEachItem(field: Field, make: (at: number, stop: number, wireType: number) => Field): void {
  const { state, end } = field;
  let at = field.payloadStart;
  while (at + NLA_HDRLEN <= end) {
    const length = state.view.getUint16(at, state.littleEndian);
    if (length < NLA_HDRLEN || at + length > end) break;
    field.add(make(at, at + length, state.view.getUint16(at + 2, state.littleEndian)));
    at = Math.min(end, at + ((length + 3) & ~3));
  }
  if (at >= end) return;
  const rest = restField(state, at, end);
  if (!isZero(state.bytes, at, end)) rest.complain('error', 'malformed', `${end - at} bytes are no array entry`);
  field.add(rest);
}

/** Structs, each followed by attributes up to the length that one of its members gives (struct rtnexthop). */
function decodeSequence(field: Field, def: AttrDef, context: AttributeContext, depth: number, scope: Scope): void {
  const { state, end } = field;
  const header = def.header!;
  let at = field.payloadStart;
  for (let index = 0; at + header.size <= end; index++) {
    const head = decodeStruct(state, header, 'header', at, end, depth, context.frame);
    const length = head.child(def.lengthMember)?.raw;
    if (typeof length !== 'number' || length < header.size || at + length > end) break;
    const item = new Field(state, `[${index}]`, 'item', null, null, at, at, at + length);
    item.typeName = header.name;
    item.add(head);
    item.space = def.space;
    for (const child of walk(state, def.space, at + header.size, at + length, context, depth + 1, scope)) {
      item.add(child);
    }
    field.add(item);
    at = Math.min(end, at + ((length + 3) & ~3));
  }
  if (at >= end) return;
  const rest = restField(state, at, end);
  rest.complain('error', 'malformed', `${end - at} bytes are no ${header.name} with attributes`);
  field.add(rest);
}
