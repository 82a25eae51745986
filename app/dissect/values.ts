import type { AttributeValue, Envelope, FieldValue, MessageValue, StructValue } from '../contracts/index.ts';
import type { AttrDef, ValueDef } from '../specs/index.ts';
import {
  align4,
  flagValue,
  NLA_F_NESTED,
  NLA_F_NET_BYTEORDER,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
  protocolByNumber,
  splitFlags,
} from '../wire/index.ts';
import { type BodyFormat, exactValues } from './bodies.ts';
import { byteFormat } from './byteFormats.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { isAttr, payloadHint } from './present.ts';
import { encodesTo, toHex } from './text.ts';
import { isUdevFrame } from './uevent.ts';

/**
 * Turns decoded fields into the value model (MessageValue). Only values, names and what cannot be derived from them
 * (flag bits, order, odd padding, odd lengths) go in; payloads appear as hex only where no spec types them.
 */
export function messageValue(decoded: DecodedMessage, envelope: Envelope): MessageValue {
  const { state } = decoded;
  const protocol = protocolByNumber(envelope.protocol).name;
  if (decoded.form === 'uevent') return ueventValue(decoded, protocol);
  const { view, littleEndian, bytes } = state;
  if (decoded.form === 'broken' || decoded.form === 'datagram') {
    return { protocol, flags: [], seq: 0, portid: 0, length: -1, attributes: [], payload: toHex(bytes) };
  }
  const value: MessageValue = {
    protocol,
    type: decoded.genlFamily === '' ? typeOf(decoded) : undefined,
    flags: flagList(decoded),
    seq: view.getUint32(8, littleEndian),
    portid: view.getUint32(12, littleEndian),
    attributes: [],
  };
  if (value.type === undefined) delete value.type;
  if (decoded.genlFamily !== '') {
    value.genlFamily = decoded.genlFamily;
    const id = view.getUint16(4, littleEndian);
    if (state.context.genl.byName(decoded.genlFamily)?.id !== id) value.type = id;
  }
  if (decoded.body === null) addBody(value, decoded);
  else addFormatted(value, decoded, decoded.body);
  const end = decoded.body === null ? decoded.fields[decoded.fields.length - 1].end : bytes.length;
  if (value.attributes.length === 0 && value.payload === undefined && value.tail === undefined && end < bytes.length) {
    value.tail = toHex(bytes.subarray(end));
  }
  const length = view.getUint32(0, littleEndian);
  if (length !== bytes.length || hasShortHeader(decoded)) value.length = length;
  return value;
}

/** A message whose header is shorter than its struct says cannot be rebuilt without its length. */
function hasShortHeader(decoded: DecodedMessage): boolean {
  const header = decoded.message?.header;
  if (header == null) return false;
  const field = decoded.fields.find((f) => f.kind === 'header' && f.name === header.name);
  if (field === undefined && decoded.isDump && decoded.message?.bareDump === true) return false;
  return field === undefined || field.end - field.start < header.size;
}

function typeOf(decoded: DecodedMessage): string | number {
  const number = decoded.state.view.getUint16(4, decoded.state.littleEndian);
  if (decoded.form !== 'data') return decoded.typeName;
  return messageName(decoded, number) ?? number;
}

/** The message's constant, where the encoder would find this very number by it. */
function messageName(decoded: DecodedMessage, number: number): string | undefined {
  const { message } = decoded;
  if (message === undefined) return undefined;
  const { requests, replies, events } = message.spec;
  const isRequest = (decoded.flags & NLM_F_REQUEST) !== 0;
  for (const table of isRequest ? [requests, replies] : [replies, requests, events]) {
    for (const { name, number: first } of table.values()) {
      if (name === message.name) return first === number ? name : undefined;
    }
  }
  return undefined;
}

function flagList(decoded: DecodedMessage): (string | number)[] {
  const { bits, rest } = splitFlags(decoded.flags, decoded.flagTable);
  const list: (string | number)[] = bits.filter((b) => flagValue(b.name) === b.bit).map((b) => b.name);
  if (rest !== 0) list.push(rest);
  return list;
}

/** A body that a format reads: its values where they give its bytes back, else the bytes. */
function addFormatted(value: MessageValue, { fields, state }: DecodedMessage, format: BodyFormat): void {
  const bytes = state.bytes.subarray(NLMSG_HDRLEN);
  if (bytes.length === 0) return;
  const values = exactValues(format, fields.slice(1), bytes, state.littleEndian);
  if (values === null) value.payload = toHex(bytes);
  else Object.assign(value, values);
}

const NLMSG_HEADERS: ReadonlySet<string> = new Set(['nlmsghdr', 'genlmsghdr']);

function addBody(value: MessageValue, decoded: DecodedMessage): void {
  let echoed = false;
  for (const field of decoded.fields.slice(1)) {
    if (field.name === 'genlmsghdr' && field.kind === 'header') {
      const [cmd, version, reserved] = field.children.map((c) => Number(c.raw));
      value.genl = { cmd: messageName(decoded, cmd) ?? cmd, version };
      if (reserved !== 0) value.genl.reserved = reserved;
    } else if (field.kind === 'header' && NLMSG_HEADERS.has(field.name)) {
      echoed = true;
      value.header = { ...value.header, msg: structValue(field) };
    } else if (field.kind === 'header') value.header = { ...value.header, ...structValue(field) };
    else if (field.kind === 'payload' && field.name === 'rest') value.tail = toHex(field.bytes());
    else if (field.kind === 'payload' && (echoed || decoded.form !== 'error')) value.payload = toHex(field.bytes());
    else if (field.kind !== 'padding') value.attributes.push(attributeValue(field));
  }
}

/** Members by name. */
export function structValue(struct: Field): StructValue {
  const value: StructValue = {};
  for (const member of struct.children) {
    if (member.kind === 'payload') value['rest'] = toHex(member.bytes());
    else value[member.name] = fieldValue(member);
  }
  return value;
}

/** An attribute with everything needed to write it back. */
export function attributeValue(field: Field): AttributeValue {
  const { state } = field;
  const value: AttributeValue = {};
  const chosen = isAttr(field.def) ? field.def.chosen : undefined;
  const def = chosen === undefined ? field.def : chosen.original;
  if (isAttr(def)) value.name = def.name;
  else value.type = field.wireType & 0x3fff;
  const flags = field.wireType & (NLA_F_NESTED | NLA_F_NET_BYTEORDER);
  if (flags !== defaultFlags(def, chosen === undefined && field.type === 'nest')) value.flags = flags;
  // What the user reads otherwise is written back as it is: specs say what it is to the kernel.
  if (chosen === undefined) fillValue(value, field);
  else value.hex = toHex(field.bytes());
  const padded = align4(field.end - field.start);
  const padding = state.bytes.subarray(field.end, Math.min(state.bytes.length, field.start + padded));
  if (padding.length !== padded - (field.end - field.start) || padding.some((b) => b !== 0)) {
    value.padding = toHex(padding);
  }
  return value;
}

/** Flag bits the encoder sets of its own accord: NLA_F_NESTED on nests, as strict kernels demand, and what specs name. */
export function defaultFlags(def: ValueDef | null, nested: boolean): number {
  if (def === null) return nested ? NLA_F_NESTED : 0;
  if (NEST_LAYOUTS.has(def.layout)) return NLA_F_NESTED;
  return isAttr(def) && def.netByteOrder ? NLA_F_NET_BYTEORDER : 0;
}

const NEST_LAYOUTS: ReadonlySet<string> = new Set([
  'nest',
  'sub-message',
  'message',
  'indexed-array',
  'nest-type-value',
]);

function fillValue(value: AttributeValue, field: Field): void {
  const { def } = field;
  if (def === null && field.kind !== 'nest' && field.type !== 'nest') {
    value.hex = toHex(field.bytes());
    return;
  }
  if (def === null || field.kind === 'nest') {
    fillNest(value, field);
    return;
  }
  if (def.layout === 'struct' || (def.layout === 'array' && def.element?.struct != null)) {
    const rest = field.children.at(-1);
    if (rest?.kind === 'payload') value.rest = toHex(rest.bytes());
    const kept = field.children.filter((c) => c.kind !== 'payload');
    if (kept.some((c) => c.type === 'binary' && c.severity === 'note')) {
      value.hex = toHex(field.bytes());
      return;
    }
    value.value = def.layout === 'struct' ? membersValue(kept) : kept.map(fieldValue);
    const short = def.layout === 'struct' ? def.struct!.size - (field.end - field.payloadStart) : 0;
    if (short > 0) value.length = field.end - field.start;
    return;
  }
  if (def.layout === 'string') {
    const text = String(field.raw);
    const bytes = field.bytes();
    const stop = bytes.indexOf(0);
    const body = stop < 0 ? bytes : bytes.subarray(0, stop);
    if (!encodesTo(text, body)) {
      value.hex = toHex(bytes);
      return;
    }
    value.value = text;
    const rest = bytes.subarray(body.length);
    if (rest.length !== 1) value.rest = toHex(rest);
    return;
  }
  if (def.layout === 'flag' || def.layout === 'pad' || def.layout === 'unused') {
    if (def.layout === 'flag' && field.end === field.payloadStart) value.value = true;
    else value.hex = toHex(field.bytes());
    return;
  }
  const plain = fieldValue(field);
  const isUnread = def.layout === 'integer' && (field.raw === null || isOddInteger(field, def));
  if (plain === null || isUnread) value.hex = toHex(field.bytes());
  else value.value = plain;
}

/** A uint of another width than the 4 bytes, or where they do not do 8, that its value gets: it is not in the value. */
function isOddInteger(field: Field, def: ValueDef): boolean {
  if (def.size !== 0 || field.raw === null) return false;
  const number = BigInt(field.raw as number | bigint);
  const fits = def.signed ? number === BigInt.asIntN(32, number) : number === BigInt.asUintN(32, number);
  return field.end - field.payloadStart !== (fits ? 4 : 8);
}

function membersValue(members: readonly Field[]): StructValue {
  const value: StructValue = {};
  for (const member of members) value[member.name] = fieldValue(member);
  return value;
}

function fillNest(value: AttributeValue, field: Field): void {
  const def = field.def as AttrDef | null;
  if (def?.layout === 'sequence') {
    value.value = null;
    value.attributes = field.children.map((item) =>
      item.kind === 'item' ? sequenceItem(item, def) : { hex: toHex(item.bytes()) },
    );
    return;
  }
  value.attributes = [];
  for (const child of field.children) {
    if (child.kind === 'header') value.value = structValue(child);
    else if (child.kind === 'payload') value.rest = toHex(child.bytes());
    else if (child.kind !== 'padding') value.attributes.push(attributeValue(child));
  }
  const [head] = field.children;
  if (head?.kind === 'header') fillHeadLength(value, field, head);
}

/** What a fixed header alone does not give back: that it is cut short, or that zeros align what could follow. */
function fillHeadLength(value: AttributeValue, field: Field, head: Field): void {
  const def = field.def as AttrDef | null;
  const structs = [def?.header, ...[...(def?.formats?.values() ?? [])].map((format) => format.header)];
  const size = structs.find((struct) => struct?.name === head.name)?.size ?? 0;
  if (head.end - head.start < size) value.length = field.end - field.start;
  else if (field.children.length === 1 && head.end < field.end) {
    value.rest = toHex(field.state.bytes.subarray(head.end, field.end));
  }
}

/** An element of a sequence. The length of one that is whole follows from what is in it. */
function sequenceItem(item: Field, { lengthMember }: AttrDef): AttributeValue {
  const [head, ...rest] = item.children;
  const { [lengthMember]: length, ...members } = structValue(head);
  const size = item.end - item.start;
  const isWhole = align4(size) === size && !rest.some(({ kind }) => kind === 'payload');
  const value: AttributeValue = { value: isWhole ? members : { ...members, [lengthMember]: length }, attributes: [] };
  for (const child of rest) {
    if (child.kind === 'payload') value.rest = toHex(child.bytes());
    else if (child.kind !== 'padding') value.attributes!.push(attributeValue(child));
  }
  return value;
}

/** A value as JSON: enum names where the name gives the number back, lists of flag names, addresses, hex. */
export function fieldValue(field: Field): FieldValue {
  const { def, raw } = field;
  if (def === null) {
    if (field.children.length > 0) return structValue(field);
    return raw === null ? toHex(field.bytes()) : typeof raw === 'bigint' ? raw.toString() : raw;
  }
  switch (def.layout) {
    case 'integer':
      if (raw === null) return toHex(field.bytes());
      return (
        (def.hint.startsWith('ipv') ? payloadHint(field, def.hint) : null) ?? integerValue(def, raw as number | bigint)
      );
    case 'bitfield32':
    case 'struct':
      return structValue(field);
    case 'array':
      return field.children.map(fieldValue);
    case 'string': {
      const bytes = field.bytes();
      const stop = bytes.indexOf(0);
      const rest = stop < 0 ? bytes.subarray(bytes.length) : bytes.subarray(stop);
      if (rest.some((b) => b !== 0) || !encodesTo(String(raw), stop < 0 ? bytes : bytes.subarray(0, stop))) {
        return { hex: toHex(bytes) };
      }
      return String(raw);
    }
    case 'binary':
      if (typeof raw === 'string' && def.hint !== 'hex') return raw;
      // Hex alone would be taken for the format's own text.
      if (byteFormat(def.format)?.parse !== undefined) return { hex: toHex(field.bytes()) };
      return toHex(field.bytes());
    default:
      return toHex(field.bytes());
  }
}

function integerValue(def: ValueDef, raw: number | bigint): FieldValue {
  const table = def.enum;
  if (table !== null && !table.isFlags && typeof raw === 'number') {
    const entry = table.byValue.get(raw);
    if (entry !== undefined) return entry.name;
  }
  if (table?.isFlags && raw !== 0) {
    let rest = BigInt.asUintN(64, BigInt(raw));
    const names: FieldValue[] = [];
    for (const entry of table.entries) {
      const bit = BigInt(entry.value);
      if (bit === 0n || (rest & bit) !== bit) continue;
      names.push(entry.name);
      rest &= ~bit;
    }
    if (rest !== 0n) names.push(rest <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(rest) : rest.toString());
    return names;
  }
  return typeof raw === 'bigint' ? raw.toString() : raw;
}

/** A uevent as values: the title or the libudev header, then KEY=VALUE pairs as attributes. */
function ueventValue(decoded: DecodedMessage, protocol: string): MessageValue {
  const { bytes } = decoded.state;
  const value: MessageValue = { protocol, flags: [], seq: 0, portid: 0, attributes: [] };
  for (const field of decoded.fields) {
    if (field.kind === 'header') value.header = structValue(field);
    else value.attributes.push({ name: field.name, value: field.raw as string });
  }
  const rebuiltNul = bytes.length > 0 && bytes[bytes.length - 1] === 0;
  if (!rebuiltNul && !isUdevFrame(bytes)) value.tail = '';
  return value;
}
