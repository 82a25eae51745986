import {
  type AttrDef,
  type AttrSpace,
  type MemberDef,
  type StructDef,
  unknownName,
  type ValueDef,
  type Variant,
} from '../specs/index.ts';
import {
  looksLikeAttributes,
  MAX_DEPTH,
  NLA_F_NESTED,
  NLA_HDRLEN,
  NLA_TYPE_MASK,
  readNumber,
  readU16,
} from '../wire/index.ts';
import { type BytePart, byteFormat, exactText } from './byteFormats.ts';
import type { Beginning, DecodeState, Teller } from './field.ts';
import { Field, textFilter } from './field.ts';
import { aroundOf, hintText, numberBytes, significantEnd } from './present.ts';
import { findPath } from './render.ts';
import { isZero, shortText } from './text.ts';

/**
 * One level of attributes being read: selectors of sub-messages look outwards through these, and what a message's
 * fixed header chooses is found in it.
 */
export interface Scope {
  readonly kind: 'attributes';
  fields: Field[];
  /** How many of them have been read: the others are not there yet. */
  count: number;
  readonly outer: Scope | null;
  /** The fixed header of the message: sub-message switches look at its members. */
  readonly header: Field | null;
  /** The struct around the attributes' values. */
  readonly frame: Frame | null;
  readonly depth: number;
  /** Where the attributes stand, by which users' choices call it: the set's id, or the numbers that lead to them. */
  place: string;
}

/** Structs around a value, the innermost first: what chooses how it reads may be a member of any of them. */
export interface Frame {
  readonly struct: StructDef;
  readonly start: number;
  readonly end: number;
  readonly outer: Frame | null;
}

/** Texts of a header and its members that their definitions do not say. */
export interface Told {
  /** Which members, in the order of the bytes. */
  readonly members: readonly number[];
  /** The text of one of them, or of the header itself. */
  textOf(member: number | 'header'): string;
}

/** Makes such a text when somebody looks at it. */
class ToldText implements Teller {
  readonly #told: Told;
  readonly #member: number | 'header';

  constructor(told: Told, member: number | 'header') {
    this.#told = told;
    this.#member = member;
  }

  get text(): string {
    return this.#told.textOf(this.#member);
  }
}

/** A struct whose members are not read yet. */
interface Members {
  readonly kind: 'members';
  readonly struct: StructDef;
  readonly outer: Frame | null;
  readonly depth: number;
  readonly told: Told | null;
}

/** An item that is a nest whose attributes are not read yet. */
interface Inside {
  readonly kind: 'inside';
  readonly space: AttrSpace | null;
  readonly scope: Scope;
}

/** What reading a field later takes. */
export type Unread = Scope | Members | Inside;

/** Reads a field that waits for it (see Field). */
export function readField(field: Field, unread: Unread): void {
  if (unread.kind === 'attributes') readAttribute(field, field.def!, unread);
  else if (unread.kind === 'inside') decodeNest(field, unread.space, unread.scope);
  else {
    addMembers(field, unread.struct, field.start, field.end, unread.depth, unread.outer);
    if (unread.told !== null) tell(field, unread.told);
  }
}

function tell(header: Field, told: Told): void {
  for (const member of told.members) header.children[member].teller = new ToldText(told, member);
  header.teller = new ToldText(told, 'header');
}

/**
 * The struct whose members are all that a field has below it: of an attribute, or of a header that nobody has read; null
 * for all else. Its bytes may be fewer, or more.
 */
export function plainStruct({ unread, def, kind, isPlain }: Field): StructDef | null {
  if (def === null) return (unread as Partial<Members> | null)?.struct ?? null;
  return kind === 'attr' && isPlain && def.layout === 'struct' ? def.struct : null;
}

/** The texts of a header that waits to be read; null for those that its struct says. */
export function waitingTexts({ unread }: Field): Told | null {
  return unread === null ? null : ((unread as Partial<Members>).told ?? null);
}

/**
 * One member of a header that waits, without reading the others; undefined where it has none of that name, null where
 * all of them must be read to tell.
 */
export function readMember(header: Field, unread: Unread, name: string): Field | undefined | null {
  if (unread.kind !== 'members') return null;
  const { struct, outer, depth, told } = unread;
  const member = struct.byName.get(name);
  if (member === undefined || member.name !== name) return undefined;
  const { state, start, end } = header;
  const from = start + member.offset;
  const to = member.length < 0 ? end : from + member.length;
  if (to > end || told !== null || member.layout === 'pad') return null;
  const frame = looksAround(member) ? { struct, start, end, outer } : outer;
  return decodeMember(state, member, frame, from, to, depth);
}

/**
 * The fixed header or struct at `start`. Members that the bytes do not reach are left out; the field ends where the
 * bytes of the struct end.
 * @param outer the structs around it
 * @param told texts that stand in place of those its definitions say; the bytes must reach those members
 */
export function decodeStruct(
  state: DecodeState,
  struct: StructDef,
  start: number,
  end: number,
  depth = 0,
  outer: Frame | null = null,
  told: Told | null = null,
): Field {
  const stop = Math.min(end, start + structLength(state, struct, start, end));
  const field = new Field(state, struct.name, 'header', null, null, start, start, stop);
  field.typeName = struct.typeName;
  const unread: Members = { kind: 'members', struct, outer, depth, told };
  if (state.lazy || (struct.calm && stop - start >= struct.size)) field.wait(unread);
  else readField(field, unread);
  return field;
}

/** Reads the members of a struct from `start`; returns where its bytes end. */
function addMembers(
  field: Field,
  struct: StructDef,
  start: number,
  end: number,
  depth: number,
  outer: Frame | null,
): number {
  const { state } = field;
  const stop = Math.min(end, start + structLength(state, struct, start, end));
  let frame: Frame | null = null;
  const { members } = struct;
  const fields: Field[] = new Array(members.length - struct.pads);
  let count = 0;
  for (let i = 0; i < members.length; i++) {
    const member = members[i];
    const from = start + member.offset;
    const to = member.length < 0 ? stop : from + member.length;
    if (from >= stop && to > stop) break;
    if (to > stop) {
      const cut = new Field(state, member.name, 'member', null, null, from, from, stop);
      cut.typeName = 'binary';
      cut.complain('note', 'short-struct', `${struct.name} ends inside ${member.name}`);
      fields[count++] = cut;
      break;
    }
    if (member.scalar) {
      const raw = readInteger(state, member, from, member.length);
      fields[count++] = new Field(state, member.name, 'member', member, raw, from, from, to);
      continue;
    }
    if (member.layout === 'pad' && isZero(state.bytes, from, to)) continue;
    if (frame === null && looksAround(member)) frame = { struct, start, end: stop, outer };
    fields[count++] = decodeMember(state, member, frame, from, to, depth);
  }
  if (count < fields.length) fields.length = count;
  field.addAll(fields);
  return stop;
}

/** Whether how a member reads may depend on the struct around it. */
function looksAround({ variant, layout }: MemberDef): boolean {
  return variant !== null || (layout !== 'integer' && layout !== 'binary' && layout !== 'string');
}

function decodeMember(
  state: DecodeState,
  member: MemberDef,
  frame: Frame | null,
  from: number,
  to: number,
  depth: number,
): Field {
  const def = member.variant === null ? member : chooseVariant(member, member.variant, state, frame, from, to);
  const field = new Field(state, member.name, 'member', def, null, from, from, to);
  decodeValue(field, def, depth, frame);
  return field;
}

/** Bytes a struct takes, with its variable member: as its counter says, else all there are. */
function structLength(state: DecodeState, struct: StructDef, start: number, end: number): number {
  const { variable, counter, size } = struct;
  if (!variable) return size;
  if (counter === null || start + size > end) return end - start;
  return size + Number(readInteger(state, counter, start + counter.offset, counter.length));
}

/** The way to read a value that another value chooses, where the bytes beyond its length are zero. */
function chooseVariant(
  def: ValueDef,
  variant: Variant,
  state: DecodeState,
  frame: Frame | null,
  from: number,
  to: number,
): ValueDef {
  const chosen = variantCase(variant, state, frame);
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
  for (let i = 0; i < path.length; i++) {
    const member: MemberDef | undefined = struct?.byName.get(path[i]);
    if (member === undefined) return undefined;
    at += member.offset;
    if (i < path.length - 1) {
      struct = member.struct ?? unionAt(state, frame, member);
      continue;
    }
    if (member.layout !== 'integer' || at + member.length > frame.end) return undefined;
    return Number(readInteger(state, member, at, member.length));
  }
  return undefined;
}

/** The struct that a member beside it chooses for a union; null where the choice would lead through another union. */
function unionAt(state: DecodeState, frame: Frame, { variant }: MemberDef): StructDef | null {
  if (variant === null || variant.members.some((path) => path.length > 1)) return null;
  return variantCase(variant, state, frame)?.def.struct ?? null;
}

function readInteger(state: DecodeState, def: ValueDef, at: number, size: number): number | bigint {
  return readNumber(state.bytes, at, size, def.big === null ? state.littleEndian : !def.big, def.signed);
}

/** A plain integer in some bytes; undefined for all else, and where their length is not the one it should have. */
export function wholeInteger(
  state: DecodeState,
  def: ValueDef,
  start: number,
  end: number,
): number | bigint | undefined {
  const length = end - start;
  if (def.layout !== 'integer' || (length !== 1 && length !== 2 && length !== 4 && length !== 8)) return undefined;
  return def.size === 0 || def.size === length ? readInteger(state, def, start, length) : undefined;
}

/** Whether an attribute's value may wait until somebody asks for it: no bytes of that length are worth a note. */
function isCalm(def: ValueDef, length: number): boolean {
  switch (def.layout) {
    case 'integer':
      return def.size === 0 ? length === 4 || length === 8 : length === def.size;
    case 'string':
    case 'binary':
    case 'pad':
    case 'unused':
      return true;
    case 'flag':
      return length === 0;
    case 'bitfield32':
      return length === 8;
    case 'struct':
      return def.struct!.calm && length >= def.struct!.size;
    case 'array':
      return def.element!.struct === null ? def.element!.layout === 'integer' : def.element!.struct.calm;
    default:
      return false;
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
      field.raw = readInteger(state, def, start, size);
      if (def.bits.length > 0) decodeBits(field, def);
      else if (def.format !== '') decodeNumberParts(field, def);
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
      if (def.hint !== '') field.raw = hintText(def.hint, state.bytes, start, significantEnd(field));
      else if (def.format !== '') decodeFormat(field, def.format);
      return;
    default:
  }
}

/** Text up to the first NUL. */
export function readString(bytes: Uint8Array, start: number, end: number): string {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  return shortText(bytes, start, stop);
}

const BITFIELD_PARTS = ['value', 'selector'] as const;

function decodeBitfield(field: Field, def: ValueDef): void {
  const { state, payloadStart: start, end } = field;
  if (end - start !== 8) {
    field.complain('warn', 'bad-length', `${def.name} is a bitfield32, but has ${end - start} bytes`);
    return;
  }
  const part: ValueDef = { ...def, layout: 'integer', type: 'u32', size: 4, signed: false };
  for (const [index, name] of BITFIELD_PARTS.entries()) {
    const at = start + index * 4;
    field.add(new Field(state, name, 'member', { ...part, name }, state.u32(at), at, at, at + 4));
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
  addParts(field, format.parts?.(bytes, state.littleEndian, aroundOf(field)) ?? [], start);
}

function addParts(field: Field, parts: readonly BytePart[], start: number): void {
  for (const part of parts) {
    const at = start + part.start;
    const item = new Field(field.state, part.name, 'item', null, null, at, at, start + part.end);
    item.teller = part;
    if (part.problem !== undefined) item.complain(part.problem.severity, part.problem.code, part.problem.text);
    if (part.parts !== undefined) addParts(item, part.parts, start);
    field.add(item);
  }
}

/** The bit-fields of a number by a format of bytes, which counts them from the lowest whatever the host's byte order. */
function decodeNumberParts(field: Field, def: ValueDef): void {
  const format = byteFormat(def.format);
  if (format?.parts === undefined) return;
  const { state, payloadStart: start, end } = field;
  const little = def.big === null ? state.littleEndian : !def.big;
  const length = end - start;
  const parts = format.parts(numberBytes(field, def), true);
  const placed = parts.map((part) => (little ? part : { ...part, start: length - part.end, end: length - part.start }));
  addParts(field, placed, start);
}

function decodeStructValue(field: Field, struct: StructDef, depth: number, frame: Frame | null): void {
  if (depth > MAX_DEPTH) return;
  const stop = addMembers(field, struct, field.payloadStart, field.end, depth + 1, frame);
  if (stop < field.end) field.add(restField(field.state, stop, field.end));
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
  // Elements are at least that long.
  const items: Field[] = new Array(Math.floor((field.end - at) / size));
  let count = 0;
  while (at + size <= field.end) {
    const length = element.struct === null ? size : structLength(state, element.struct, at, field.end);
    const stop = Math.min(field.end, at + length);
    const item = new Field(state, indexName(count), 'item', element, null, at, at, stop);
    decodeValue(item, element, depth + 1, frame);
    items[count++] = item;
    at = stop;
  }
  if (count < items.length) items.length = count;
  field.addAll(items);
  if (at < field.end) field.add(restField(state, at, field.end));
}

const INDEX_NAMES: readonly string[] = Array.from({ length: 256 }, (_, i) => `[${i}]`);

function indexName(index: number): string {
  return INDEX_NAMES[index] ?? `[${index}]`;
}

/**
 * Reads attributes from `start` to `end` into fields. Bytes that are no attribute end the walk and are noted. Never
 * throws; each attribute takes at least 4 bytes, so the walk is bounded by the bytes given.
 * @param header the fixed header of the message, `frame` the same as the struct around the attributes
 * @param place where they stand if no set describes them, for what users chose (see Scope)
 * @param needs the attributes of the set that are to be read, 1 by number, the others passed over; null: all
 */
export function decodeAttributes(
  state: DecodeState,
  space: AttrSpace | null,
  start: number,
  end: number,
  header: Field | null,
  frame: Frame | null,
  place = '',
  needs: Uint8Array | null = null,
): Field[] {
  return walk(state, space, start, end, topScope(header, frame, place), needs);
}

/** What lies around a message's own attributes: its fixed header, as a field and as a struct. */
export interface Surroundings {
  readonly header: Field | null;
  readonly frame: Frame | null;
}

/** One attribute of a message, from `at` to `stop`, for whose reading its siblings do not matter. */
export function decodeOne(
  state: DecodeState,
  def: AttrDef,
  at: number,
  stop: number,
  { header, frame }: Surroundings,
): Field {
  return decodeAttribute(state, def, at, stop, topScope(header, frame, ''));
}

/** The level of a message's own attributes. */
function topScope(header: Field | null, frame: Frame | null, place: string): Scope {
  return { kind: 'attributes', fields: NONE, count: 0, outer: null, header, frame, depth: 0, place };
}

/** The level below: attributes inside one of `outer`, which has a number there. */
function inside(outer: Scope, number = 0): Scope {
  const { header, frame, depth } = outer;
  const place = outer.place === '' ? '' : `${outer.place}/${number}`;
  return { kind: 'attributes', fields: NONE, count: 0, outer, header, frame, depth: depth + 1, place };
}

/**
 * Reads all that follows a message's headers as the user chose: attributes, a struct, or one value.
 * @param place what the choice calls the message, for choices about attributes in it
 */
export function decodeChosen(state: DecodeState, def: AttrDef, start: number, end: number, place: string): Field[] {
  if (def.layout === 'nest') return decodeAttributes(state, def.space, start, end, null, null, place);
  if (def.layout === 'struct') {
    const header = decodeStruct(state, def.struct!, start, end);
    return header.end < end ? [header, restField(state, header.end, end)] : [header];
  }
  const read = fitting(def, end - start);
  const field = new Field(state, 'payload', 'payload', read, null, start, start, end);
  readAttribute(field, read, topScope(null, null, place));
  if (read.layout === 'string') field.filterAs = textFilter(String(field.raw));
  else if (read.format === 'text') field.filterAs = textFilter(field.text);
  return [field];
}

/** A chosen definition for so many bytes: one integer, or several of them. */
function fitting(def: AttrDef, length: number): AttrDef {
  const several = def.chosen?.several ?? null;
  return several !== null && length > def.size && length % def.size === 0 ? several : def;
}

const NONE: Field[] = [];

/** How many of the attributes in some bytes are to be read, as far as they are attributes. */
function countAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
  needs: Uint8Array | null,
): number {
  let count = 0;
  for (let at = start; at + NLA_HDRLEN <= end; ) {
    const length = readU16(bytes, at, littleEndian);
    if (length < NLA_HDRLEN) break;
    if (needs === null || needs[readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK] !== 0) count++;
    at += (length + 3) & ~3;
  }
  return count;
}

/** Reads attributes into the fields of `scope`, which are empty before. */
function walk(
  state: DecodeState,
  space: AttrSpace | null,
  start: number,
  end: number,
  scope: Scope,
  needs: Uint8Array | null = null,
): Field[] {
  const { bytes, choices } = state;
  if (choices !== null && space !== null) scope.place = space.id;
  const own = choices?.attributesAt(scope.place);
  const littleEndian = state.littleEndian && space?.bigEndian !== true;
  const fields: Field[] = new Array(countAttributes(bytes, start, end, littleEndian, needs));
  scope.fields = fields;
  let chosenLater: Field[] | null = null;
  let at = start;
  while (at + NLA_HDRLEN <= end) {
    const length = readU16(bytes, at, littleEndian);
    const wireType = readU16(bytes, at + 2, littleEndian);
    if (length < NLA_HDRLEN || at + length > end) {
      if (isZero(bytes, at, end)) break;
      const broken = restField(state, at, end);
      broken.complain(
        'error',
        'malformed',
        length < NLA_HDRLEN
          ? `attribute length ${length} is below the 4 bytes of its own header`
          : `attribute length ${length} exceeds the ${end - at} bytes that are left`,
      );
      fields[scope.count++] = broken;
      at = end;
      break;
    }
    const number = wireType & NLA_TYPE_MASK;
    if (needs !== null && needs[number] === 0) {
      at = Math.min(end, at + ((length + 3) & ~3));
      continue;
    }
    const stop = at + length;
    const def = own?.get(number) ?? space?.dense[number];
    if (def === undefined) {
      const unknown = decodeUnknown(state, space, number, wireType, at, stop, scope);
      fields[scope.count++] = unknown;
    } else {
      const field = decodeAttribute(state, def, at, stop, scope);
      fields[scope.count++] = field;
      if (isChosen(def)) {
        chosenLater ??= [];
        chosenLater.push(field);
      }
    }
    const next = at + ((length + 3) & ~3);
    if (next > stop && stop < end && !isZero(bytes, stop, Math.min(next, end))) {
      const padding = new Field(state, 'padding', 'padding', null, null, stop, stop, Math.min(next, end));
      padding.typeName = 'binary';
      fields[scope.count++] = padding;
    }
    at = Math.min(next, end);
  }
  if (at < end) {
    const rest = restField(state, at, end);
    if (isZero(bytes, at, end)) rest.state.note('note', 'trailing-bytes', `${end - at} zero bytes follow`, at, end);
    else rest.complain('warn', 'trailing-bytes', `${end - at} bytes follow that are no attribute`);
    fields[scope.count++] = rest;
  }
  if (scope.count < fields.length) fields.length = scope.count;
  if (chosenLater !== null && scope.depth < MAX_DEPTH) readChosen(chosenLater, scope);
  return fields;
}

/** Whether siblings choose how an attribute reads, which may stand after it (RTA_ENCAP before RTA_ENCAP_TYPE). */
export function isChosen(def: AttrDef): boolean {
  return def.layout === 'sub-message' || def.types !== null;
}

/** Reads attributes that their siblings choose, now that all of them are there. */
function readChosen(fields: readonly Field[], scope: Scope): void {
  for (const field of fields) {
    const def = field.def as AttrDef;
    if (def.types !== null) decodeTyped(field, def, scope);
    else if (field.state.lazy) field.wait(scope);
    else decodeSubMessage(field, def, scope);
  }
}

function decodeAttribute(state: DecodeState, def: AttrDef, at: number, stop: number, scope: Scope): Field {
  const payload = at + NLA_HDRLEN;
  const { variant } = def;
  const read =
    def.chosen !== undefined
      ? fitting(def, stop - payload)
      : variant === null || def.types !== null
        ? def
        : chooseVariant(def, variant, state, scope.frame, payload, stop);
  const field = new Field(state, def.name, def.nests ? 'nest' : 'attr', read, null, at, payload, stop);
  if (scope.depth >= MAX_DEPTH) {
    field.def = def;
    field.space = null;
    field.complain('warn', 'too-deep', `nested deeper than ${MAX_DEPTH} levels`);
  } else if (isChosen(def)) return field;
  else if (state.lazy || isCalm(read, stop - payload)) field.wait(scope);
  else readAttribute(field, read, scope);
  return field;
}

/** Reads what an attribute holds. */
function readAttribute(field: Field, def: ValueDef, scope: Scope): void {
  switch (def.layout) {
    case 'nest':
      decodeNest(field, chooseSpace(def as AttrDef, scope), scope);
      return;
    case 'message':
      decodeHeaded(field, (def as AttrDef).header, (def as AttrDef).space, scope);
      return;
    case 'sub-message':
      decodeSubMessage(field, def as AttrDef, scope);
      return;
    case 'indexed-array':
      decodeIndexedArray(field, def as AttrDef, scope);
      return;
    case 'nest-type-value':
      decodeLevels(field, def as AttrDef, 0, scope);
      return;
    case 'sequence':
      decodeSequence(field, def as AttrDef, scope);
      return;
    default:
      decodeValue(field, def, scope.depth, scope.frame);
  }
}

function chooseSpace(def: AttrDef, scope: Scope): AttrSpace | null {
  if (def.switch === null) return def.space;
  const raw = scope.header?.member(def.switch.member)?.raw;
  return (typeof raw === 'number' ? def.switch.cases.get(raw) : undefined) ?? def.space;
}

function decodeUnknown(
  state: DecodeState,
  space: AttrSpace | null,
  number: number,
  wireType: number,
  at: number,
  stop: number,
  scope: Scope,
): Field {
  const nested = (wireType & NLA_F_NESTED) !== 0 && scope.depth < MAX_DEPTH;
  const payload = at + NLA_HDRLEN;
  const field = new Field(state, unknownName(space, number), nested ? 'nest' : 'attr', null, null, at, payload, stop);
  field.typeName = nested ? 'nest' : 'unknown';
  if (space !== null) {
    field.complain('note', 'unknown-attribute', `attribute ${number} is not in ${space.id}`);
  }
  if (nested) field.addAll(walk(state, null, payload, stop, inside(scope, number)));
  return field;
}

function decodeNest(field: Field, space: AttrSpace | null, scope: Scope): void {
  field.space = space;
  const number = field.wireType & NLA_TYPE_MASK;
  field.addAll(walk(field.state, space, field.payloadStart, field.end, inside(scope, number)));
}

function decodeHeaded(field: Field, header: StructDef | null, space: AttrSpace | null, scope: Scope): void {
  const { state } = field;
  let at = field.payloadStart;
  if (header !== null) {
    field.add(decodeStruct(state, header, at, field.end, scope.depth, scope.frame));
    at = Math.min(field.end, at + ((header.size + 3) & ~3));
  }
  field.space = space;
  if (space !== null) field.addAll(walk(state, space, at, field.end, inside(scope)));
  else if (at < field.end) field.add(restField(state, at, field.end));
}

function selectorText(def: AttrDef, before: Field, scope: Scope): string | null {
  for (const selector of def.selectors) {
    for (let level: Scope | null = scope; level !== null; level = level.outer) {
      const isSelector = (f: Field): boolean => f.def?.specName === selector && f.raw !== null;
      const field = chooserOf(level, before, isSelector);
      if (field === undefined) continue;
      const entry = typeof field.raw === 'number' ? field.def?.enum?.byValue.get(field.raw) : undefined;
      return entry === undefined ? String(field.raw) : entry.name;
    }
  }
  return null;
}

/** The last one before a field that chooses how it reads, else the first after it. */
function chooserOf({ fields, count }: Scope, before: Field, isSelector: (field: Field) => boolean): Field | undefined {
  let last: Field | undefined;
  for (let i = 0; i < count; i++) {
    const field = fields[i];
    if ((last !== undefined && field.start >= before.start) || !isSelector(field)) continue;
    last = field;
    if (field.start >= before.start) break;
  }
  return last;
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

/** A value whose type a sibling tells (DEVLINK_ATTR_PARAM_VALUE_DATA); without one it stays what its own type says. */
function decodeTyped(field: Field, def: AttrDef, scope: Scope): void {
  const selected = selectorText(def, field, scope);
  const chosen = selected === null ? undefined : def.types?.get(selected);
  if (chosen !== undefined) field.def = chosen;
  decodeValue(field, chosen ?? def, scope.depth, scope.frame);
}

function decodeSubMessage(field: Field, def: AttrDef, scope: Scope): void {
  const { state } = field;
  const selected = selectorText(def, field, scope);
  const format = selected === null ? undefined : findFormat(def, selected);
  field.typeName = selected ?? 'sub-message';
  if (format !== undefined) {
    decodeHeaded(field, format.header, format.space, scope);
    return;
  }
  const why =
    selected === null ? `no ${def.selectors[0]} stands beside it` : `no format for ${def.selectors[0]} ${selected}`;
  if ((field.wireType & NLA_F_NESTED) !== 0 || looksNested(state, field.payloadStart, field.end)) {
    field.state.note('note', 'unknown-format', `${def.name}: ${why}`, field.start, field.end);
    field.note = why;
    decodeNest(field, null, scope);
  } else if (field.payloadStart < field.end) {
    field.complain('note', 'unknown-format', `${def.name}: ${why}`);
    field.add(restField(state, field.payloadStart, field.end));
  }
}

/** Whether bytes of a message read as attributes (see looksLikeAttributes). */
export function looksNested({ bytes, littleEndian }: DecodeState, start: number, end: number): boolean {
  return looksLikeAttributes(bytes, start, end, littleEndian);
}

/** The children of an indexed array: each attribute's type is its index. */
function decodeIndexedArray(field: Field, def: AttrDef, scope: Scope): void {
  forEachItem(field, itemsOf(field.state, def, scope));
}

/** Makes an item of an array of the attribute it is. */
type MakeItem = (at: number, stop: number, wireType: number) => Field;

function itemsOf(state: DecodeState, { element, space }: AttrDef, scope: Scope): MakeItem {
  const unread: Inside = { kind: 'inside', space, scope: inside(scope) };
  return (at, stop, wireType) => {
    const name = indexName(wireType & NLA_TYPE_MASK);
    const item = new Field(state, name, 'item', element, null, at, at + NLA_HDRLEN, stop);
    if (element !== null) {
      decodeValue(item, element, scope.depth + 1, scope.frame);
      return item;
    }
    item.typeName = 'nest';
    if (scope.depth + 1 >= MAX_DEPTH) return item;
    if (state.lazy) item.wait(unread);
    else readField(item, unread);
    return item;
  };
}

/** The first items of an indexed array that waits; null for all else. What it has in all is known by a walk of lengths. */
export function readFirstItems(array: Field, unread: Unread, most: number): Beginning | null {
  const { state, def } = array;
  if (unread.kind !== 'attributes' || def?.layout !== 'indexed-array') return null;
  const make = itemsOf(state, def as AttrDef, unread);
  const first: Field[] = [];
  let count = 0;
  walkItems(array, (at, stop, wireType) => {
    if (count++ < most) first.push(make(at, stop, wireType));
  });
  return { first, count };
}

/** A nest whose levels are numbered by values (policy index, attribute number, …) and whose leaf is an attribute set. */
function decodeLevels(field: Field, def: AttrDef, level: number, scope: Scope): void {
  if (level >= def.levels.length || scope.depth + 1 >= MAX_DEPTH) {
    decodeNest(field, def.space, scope);
    return;
  }
  forEachItem(field, (at, stop, wireType) => {
    const name = `${def.levels[level]} ${wireType & NLA_TYPE_MASK}`;
    const item = new Field(field.state, name, 'item', null, null, at, at + NLA_HDRLEN, stop);
    item.typeName = 'nest';
    decodeLevels(item, def, level + 1, inside(scope));
    return item;
  });
}

/** Visits the items of an array as far as they are attributes. Returns where they end. */
function walkItems({ state, payloadStart, end }: Field, visit: (...item: Parameters<MakeItem>) => void): number {
  let at = payloadStart;
  while (at + NLA_HDRLEN <= end) {
    const length = state.u16(at);
    if (length < NLA_HDRLEN || at + length > end) break;
    visit(at, at + length, state.u16(at + 2));
    at = Math.min(end, at + ((length + 3) & ~3));
  }
  return at;
}

function forEachItem(field: Field, make: MakeItem): void {
  const { state, end } = field;
  const at = walkItems(field, (from, stop, wireType) => field.add(make(from, stop, wireType)));
  if (at >= end) return;
  const rest = restField(state, at, end);
  if (!isZero(state.bytes, at, end)) rest.complain('error', 'malformed', `${end - at} bytes are no array entry`);
  field.add(rest);
}

/** Structs, each followed by attributes up to the length that one of its members gives (struct rtnexthop). */
function decodeSequence(field: Field, def: AttrDef, scope: Scope): void {
  const { state, end } = field;
  const header = def.header!;
  let at = field.payloadStart;
  for (let index = 0; at + header.size <= end; index++) {
    const head = decodeStruct(state, header, at, end, scope.depth, scope.frame);
    const length = head.member(def.lengthMember)?.raw;
    if (typeof length !== 'number' || length < header.size || at + length > end) break;
    const item = new Field(state, indexName(index), 'item', null, null, at, at, at + length);
    item.typeName = header.name;
    item.add(head);
    item.space = def.space;
    item.addAll(walk(state, def.space, at + header.size, at + length, inside(scope)));
    field.add(item);
    at = Math.min(end, at + ((length + 3) & ~3));
  }
  if (at >= end) return;
  const rest = restField(state, at, end);
  rest.complain('error', 'malformed', `${end - at} bytes are no ${header.name} with attributes`);
  field.add(rest);
}
