import type { FieldValue, StructValue } from '../contracts/index.ts';
import { byteFormat } from '../dissect/byteFormats.ts';
import { ethertypeNumber, fromHex, parseIpv4, parseIpv6, parseTcFilterInfo, parseTcHandle } from '../dissect/text.ts';
import type { EnumTable, MemberDef, StructDef, ValueDef, Variant } from '../specs/index.ts';
import type { ByteWriter } from '../wire/index.ts';

/** Where in a MessageValue something is, and how problems there are reported. */
export interface Place {
  readonly path: readonly (string | number)[];
  report(path: readonly (string | number)[], text: string): void;
}

export function inside(place: Place, step: string | number): Place {
  return { path: [...place.path, step], report: place.report };
}

function complain(place: Place, text: string): void {
  place.report(place.path, text);
}

/** Values of the structs around a value, the innermost first: what chooses how it is written may be in any of them. */
export interface ValueFrame {
  readonly struct: StructDef;
  readonly value: StructValue;
  readonly outer: ValueFrame | null;
}

/**
 * Writes a value as its definition says. What cannot be written is reported and leaves zeros of the right size.
 * @param frame the structs around it
 */
export function writeValue(
  writer: ByteWriter,
  given: ValueDef,
  value: FieldValue | undefined,
  place: Place,
  frame: ValueFrame | null = null,
): void {
  const def = variantOf(given, value, frame);
  if (isHexObject(value)) {
    writeHex(writer, value.hex, place);
    return;
  }
  switch (def.layout) {
    case 'integer':
      writeInteger(writer, def, value, place);
      return;
    case 'string':
      writer.text(value === undefined || value === null ? '' : String(value));
      return;
    case 'flag':
    case 'pad':
    case 'unused':
      return;
    case 'bitfield32':
      writeBitfield(writer, def, value, place);
      return;
    case 'struct':
      writeStruct(writer, def.struct!, asStruct(value, place), place, frame);
      return;
    case 'array':
      if (Array.isArray(value)) {
        value.forEach((item, i) => {
          writeValue(writer, def.element!, item, inside(place, i), frame);
        });
      } else if (typeof value === 'string') writeHex(writer, value, place);
      else if (value !== undefined && value !== null) complain(place, `${def.name} takes a list`);
      return;
    default:
      writeBinary(writer, def, value, place);
  }
}

function isHexObject(value: FieldValue | undefined): value is { hex: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value['hex'] === 'string';
}

function asStruct(value: FieldValue | undefined, place: Place): StructValue {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  complain(place, 'takes an object with the members of the struct');
  return {};
}

function writeHex(writer: ByteWriter, text: string, place: Place): void {
  const bytes = fromHex(text);
  if (bytes === null) complain(place, `"${text.slice(0, 20)}" is not hex: pairs of digits 0-9 a-f`);
  else writer.bytes(bytes);
}

function writeBitfield(writer: ByteWriter, def: ValueDef, value: FieldValue | undefined, place: Place): void {
  const parts = asStruct(value, place);
  const part: ValueDef = { ...def, layout: 'integer', size: 4, signed: false };
  const bits = parts['value'] ?? 0;
  writeInteger(writer, part, bits, inside(place, 'value'));
  writeInteger(writer, part, parts['selector'] ?? bits, inside(place, 'selector'));
}

/**
 * Writes a struct: members by name, absent members as zeros. Unknown member names are reported.
 */
export function writeStruct(
  writer: ByteWriter,
  struct: StructDef,
  value: StructValue,
  place: Place,
  outer: ValueFrame | null = null,
): void {
  const frame: ValueFrame = { struct, value, outer };
  const start = writer.length;
  for (const name of Object.keys(value)) {
    if (!struct.byName.has(name) && name !== 'rest') {
      complain(inside(place, name), `struct ${struct.name} has no member ${name}`);
    }
  }
  for (const member of struct.members) {
    const given = value[member.name] ?? value[member.specName];
    const at = writer.length;
    // A struct at the end of which nothing is there has no bytes: not every message of its type has one.
    if (member.length < 0 && memberNames(given)?.length === 0 && !hasRest(given)) continue;
    if (member.layout === 'pad' && typeof given === 'string') writeHex(writer, given, inside(place, member.name));
    else if (given !== undefined || member.layout === 'integer') {
      writeValue(writer, member, given, inside(place, member.name), frame);
    }
    if (member.length < 0) continue;
    const used = writer.length - at;
    if (used > member.length) {
      complain(inside(place, member.name), `${member.name} holds ${member.length} bytes, ${used} were given`);
      writer.truncate(at + member.length);
    } else writer.zeros(member.length - used);
  }
  if (typeof value['rest'] === 'string') writeHex(writer, value['rest'], inside(place, 'rest'));
  if (struct.counter !== null) count(writer, struct, struct.counter, value, start);
}

/** What a struct's counter says of its variable member: as given it cuts what is longer, else it is the true length. */
function count(writer: ByteWriter, { size }: StructDef, counter: MemberDef, value: StructValue, start: number): void {
  const given = value[counter.name] ?? value[counter.specName];
  if (given !== undefined) writer.truncate(Math.max(start + size, start + size + Number(given)));
  else writer.patch(start + counter.offset, writer.length - start - size, counter.length);
}

type VariantCase = Variant['cases'] extends ReadonlyMap<number, infer Case> ? Case : never;

/**
 * The definition chosen for a value (see Variant); its own where nothing chooses. A struct need not be chosen by another
 * value where its members tell which it is.
 */
function variantOf(def: ValueDef, value: FieldValue | undefined, innermost: ValueFrame | null): ValueDef {
  const { variant } = def;
  if (variant === null) return def;
  const chosen = chosenCase(variant, innermost);
  const names = memberNames(value);
  if (names !== null && (chosen === undefined || !hasMembers(chosen.def, names))) {
    const own = [def, ...[...variant.cases.values()].map((one) => one.def)].find((one) => hasMembers(one, names));
    if (own !== undefined) return own;
  }
  if (chosen === undefined) return def;
  const tooLong = chosen.length > 0 && typeof value === 'string' && (parseIpv6(value)?.length ?? 0) > chosen.length;
  return tooLong ? def : chosen.def;
}

function chosenCase({ members, cases }: Variant, innermost: ValueFrame | null): VariantCase | undefined {
  for (let frame = innermost; frame !== null; frame = frame.outer) {
    for (const path of members) {
      const member = memberValue(frame, path);
      const chosen = member === undefined ? undefined : cases.get(member);
      if (chosen !== undefined) return chosen;
    }
  }
  return undefined;
}

/** The members that a value names; null when it is no struct. */
function memberNames(value: FieldValue | undefined): string[] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.keys(value).filter((name) => name !== 'rest');
}

function hasRest(value: FieldValue | undefined): boolean {
  return typeof value === 'object' && value !== null && 'rest' in value;
}

function hasMembers({ struct }: ValueDef, names: readonly string[]): boolean {
  return struct !== null && names.every((name) => struct.byName.has(name));
}

function memberValue(frame: ValueFrame, path: readonly string[]): number | undefined {
  const silent: Place = { path: [], report: () => {} };
  let struct: StructDef | null = frame.struct;
  let values: StructValue = frame.value;
  for (const [i, name] of path.entries()) {
    const member: MemberDef | undefined = struct?.byName.get(name);
    if (member === undefined) return undefined;
    const given = values[member.name] ?? values[member.specName];
    if (i === path.length - 1)
      return member.layout === 'integer' ? Number(toInteger(member, given ?? 0, silent)) : undefined;
    struct = member.struct ?? unionOf(member, frame);
    values = given === undefined ? {} : asStruct(given, silent);
  }
  return undefined;
}

/** The struct that a member beside it chooses for a union; null where the choice would lead through another union. */
function unionOf({ variant }: MemberDef, frame: ValueFrame): StructDef | null {
  if (variant === null || variant.members.some((path) => path.length > 1)) return null;
  return chosenCase(variant, frame)?.def.struct ?? null;
}

function writeInteger(writer: ByteWriter, def: ValueDef, value: FieldValue | undefined, place: Place): void {
  const littleEndian = def.big === null ? writer.littleEndian : !def.big;
  const address = typeof value === 'string' ? addressBytes(def, value) : null;
  if (address !== null && address.length === def.size) {
    writer.bytes(address);
    return;
  }
  const number =
    value === undefined || value === null ? 0n : (filterInfo(def, value, littleEndian) ?? toInteger(def, value, place));
  const size = def.size === 0 ? variableSize(number, def.signed) : def.size;
  const bits = BigInt(size * 8);
  const low = def.signed ? -(1n << (bits - 1n)) : 0n;
  const high = def.signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  // A negative number for an unsigned type is its two's complement, as C would store it.
  if (number > high || number < (def.signed ? low : -(1n << (bits - 1n)))) {
    complain(place, `${number} does not fit ${def.type} (${low} to ${high})`);
  }
  writer.integer(number, size, littleEndian);
}

/** The number of a tc filter's protocol and priority in words; null for everything else. */
function filterInfo(def: ValueDef, value: FieldValue, littleEndian: boolean): bigint | null {
  if (def.format !== 'tc-filter-info' || typeof value !== 'string') return null;
  const number = parseTcFilterInfo(value, littleEndian);
  return number === null ? null : BigInt(number);
}

function addressBytes(def: ValueDef, text: string): Uint8Array | null {
  if (def.hint === 'ipv4' || def.hint === 'ipv4-or-v6') return parseIpv4(text);
  return null;
}

/** uint and sint take 4 bytes where the value fits, else 8 (nla_put_uint). */
function variableSize(value: bigint, signed: boolean): number {
  return (signed ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value)) === value ? 4 : 8;
}

/** The integer that a number, digits, an enum name, a list of flag names or a formatted text stands for. */
function toInteger(def: ValueDef, value: FieldValue, place: Place): bigint {
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return BigInt(value);
    complain(place, `${value} is not a whole number`);
    return 0n;
  }
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (Array.isArray(value)) {
    let bits = 0n;
    for (const item of value) bits |= toInteger(def, item, place);
    return bits;
  }
  if (typeof value === 'string') {
    const parsed = parseInteger(value) ?? enumValue(def.enum, value) ?? formatted(def, value);
    if (parsed !== null) return parsed;
  }
  const what = def.enum === null ? 'a number' : `a number or a name of ${def.enum.name}`;
  complain(place, `${JSON.stringify(value)} is not ${what}`);
  return 0n;
}

/** Decimal, 0x, 0o and 0b digits with an optional sign. */
export function parseInteger(text: string): bigint | null {
  const word = text.trim();
  if (!/^-?(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(word)) return null;
  return word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
}

function enumValue(table: EnumTable | null, text: string): bigint | null {
  if (table === null) return null;
  if (table.isFlags && /[|,+ ]/.test(text)) {
    let bits = 0n;
    for (const word of text.split(/[|,+\s]+/).filter((w) => w !== '')) {
      const bit = parseInteger(word) ?? enumValue(table, word);
      if (bit === null) return null;
      bits |= bit;
    }
    return bits;
  }
  const entry = table.byName.get(text) ?? table.byName.get(text.toUpperCase()) ?? table.byName.get(text.toLowerCase());
  return entry === undefined ? null : BigInt(entry.value);
}

function formatted(def: ValueDef, text: string): bigint | null {
  if (def.format === 'tc-handle') {
    const handle = parseTcHandle(text);
    return handle === null ? null : BigInt(handle);
  }
  if (def.format === 'ethertype') {
    const number = ethertypeNumber(text);
    return number === undefined ? null : BigInt(number);
  }
  return null;
}

/** Bytes as their display hint writes them, else hex. */
function writeBinary(writer: ByteWriter, def: ValueDef, value: FieldValue | undefined, place: Place): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'string') {
    complain(place, `${def.name} takes ${def.hint === '' ? 'hex' : def.hint} text`);
    return;
  }
  const bytes = def.hint.startsWith('ipv') ? (parseIpv4(value) ?? parseIpv6(value)) : null;
  if (bytes !== null) {
    const size = def.hint === 'ipv4' ? 4 : def.hint === 'ipv6' ? 16 : bytes.length;
    if (size !== bytes.length) complain(place, `${value} is no ${def.hint} address`);
    writer.bytes(bytes);
    return;
  }
  const parsed = byteFormat(def.format)?.parse?.(value) ?? null;
  if (parsed !== null) {
    writer.bytes(parsed);
    return;
  }
  const plain = fromHex(
    def.hint === 'uuid' || def.hint === 'mac' || def.hint === 'fddi' ? value.replaceAll(/[-.]/g, '') : value,
  );
  if (plain === null)
    complain(place, `"${value.slice(0, 40)}" is neither ${def.hint || 'text this field knows'} nor hex`);
  else writer.bytes(plain);
}
