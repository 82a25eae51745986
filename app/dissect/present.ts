import type { AttrDef, EnumTable, ValueDef } from '../specs/index.ts';
import { errnoName } from '../wire/index.ts';
import { type Around, byteFormat } from './byteFormats.ts';
import type { Field, RawValue } from './field.ts';
import type { ToldInterface } from './namedInterfaces.ts';
import { nftTypesText } from './nftFields.ts';
import { ethtoolDevice, isPerDevice } from './stringSets.ts';
import {
  ethertypeText,
  hexText,
  ipv4Text,
  ipv6Text,
  isZero,
  macsecCipherText,
  macText,
  secondsText,
  tcActionText,
  tcFilterInfoText,
  tcHandleText,
  unixTimeText,
  uuidText,
} from './text.ts';

/** How a template wants a value: as it reads in a sentence, as the tree has it with its unit, as a bare number, by its full, its short name, or as tools spell it. */
export type Form = 'plain' | 'text' | 'num' | 'name' | 'short' | 'lower';

/** The text of a field's value as the tree shows it. */
export function presentText(field: Field): string {
  const { def, raw } = field;
  if (def === null) return rawText(field);
  switch (def.layout) {
    case 'integer':
      return raw === null ? hexText(field.bytes()) : numberText(field, def, raw as number | bigint);
    case 'bitfield32':
      return field.children.map((c) => `${c.name} ${c.text}`).join(', ');
    case 'flag':
      return 'present';
    case 'string':
      if (def.secret) return hiddenText(field);
      return raw === null ? hexText(field.bytes()) : quoted(raw as string);
    case 'struct':
    case 'nest':
    case 'message':
    case 'sub-message':
    case 'nest-type-value':
      return nestText(field);
    case 'array':
      return field.children.length > 0 ? listed(field.children, textOf) : hexText(field.bytes());
    case 'indexed-array':
    case 'sequence':
      return field.children.length === 1 ? '1 entry' : `${field.children.length} entries`;
    case 'pad':
      return '';
    default:
      if (def.secret) return hiddenText(field);
      if (typeof raw === 'string') return raw;
      return (
        byteFormat(def.format)?.text(field.bytes(), field.state.littleEndian, def.enum, aroundOf(field)) ??
        hexText(field.bytes())
      );
  }
}

/** What is told of key material. */
function hiddenText(field: Field): string {
  return `${field.end - field.payloadStart} bytes, hidden`;
}

const textOf = (field: Field): string => field.text;

/** Texts of fields with commas between. */
function listed(fields: readonly Field[], write: (field: Field) => string): string {
  let list = '';
  for (let i = 0; i < fields.length; i++) list += i === 0 ? write(fields[i]) : `, ${write(fields[i])}`;
  return list;
}

function rawText(field: Field): string {
  if (field.kind === 'header' || field.kind === 'struct') return headerText(field);
  if (field.kind === 'item' && field.children.length > 0) return nestText(field);
  if (field.raw === null) return field.kind === 'payload' || field.kind === 'attr' ? hexText(field.bytes()) : '';
  return String(field.raw);
}

/** The members of a header that say something. */
function headerText(field: Field): string {
  let digest = '';
  let count = 0;
  for (const member of field.children) {
    if (member.kind !== 'member' || isEmptyValue(member)) continue;
    const text = member.def?.layout === 'integer' ? briefText(member, 'plain') : '';
    if (text === '') continue;
    if (count > 0) digest += ', ';
    digest += member.def?.enum === null ? `${member.name} ${text}` : text;
    if (++count === DIGEST_LENGTH) break;
  }
  return digest;
}

/** Values that the digest of what has fields below it shows. */
export const DIGEST_LENGTH = 3;
/** Values of a digest are shorter; lists of so many elements are not. */
export const LONGEST_VALUE = 40;
const LONGEST_LIST = LONGEST_VALUE / 2;

/** The first values inside a nest: enough to recognise it while it is closed. */
function nestText(field: Field): string {
  const line = field.state.reader.describe(field);
  if (line !== '') return line;
  let digest = '';
  let count = 0;
  for (const child of field.children) {
    if (count === DIGEST_LENGTH) return `${digest}, …`;
    if (child.kind === 'nest' || child.kind === 'struct' || child.kind === 'padding') continue;
    if (child.def?.layout === 'array' && child.children.length > LONGEST_LIST && child.override === undefined) continue;
    const text = briefText(child, 'plain');
    if (text === '' || text.length >= LONGEST_VALUE) continue;
    digest += count++ === 0 ? text : `, ${text}`;
  }
  return digest;
}

/** Which name of a flag. */
type FlagName = 'name' | 'short' | 'spelled';

function flagsText(table: EnumTable, raw: number | bigint, separator: string, as: FlagName): string {
  if (typeof raw === 'number' && raw >= 0 && raw <= 0xffffffff) return smallFlagsText(table, raw, separator, as);
  let rest = BigInt.asUintN(64, BigInt(raw));
  const names: string[] = [];
  for (const entry of table.entries) {
    const bit = BigInt(entry.value);
    if ((rest & bit) === 0n || bit === 0n) continue;
    names.push(entry[as]);
    rest &= ~bit;
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names.join(separator);
}

/** The same for 32 bits. */
function smallFlagsText(table: EnumTable, raw: number, separator: string, as: FlagName): string {
  let rest = raw | 0;
  let text = '';
  for (const entry of table.entries) {
    const bit = entry.value > 0xffffffff ? 0 : entry.value | 0;
    if ((rest & bit) === 0) continue;
    if (text !== '') text += separator;
    text += entry[as];
    rest &= ~bit;
  }
  if (rest === 0) return text;
  return `${text}${text === '' ? '' : separator}0x${(rest >>> 0).toString(16)}`;
}

function hexNumber(raw: number | bigint, size: number): string {
  if (typeof raw === 'number' && raw >= 0) return `0x${raw.toString(16)}`;
  const bits = (size || 8) * 8;
  return `0x${BigInt.asUintN(bits, BigInt(raw)).toString(16)}`;
}

/** Text in quotes, as JSON writes it. */
function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** C bit-fields that are not zero: those of one bit by their name alone. */
function bitsText(field: Field, def: ValueDef): string {
  const set = def.bits.flatMap(({ def: part, width }, i) => {
    const child = field.children[i];
    if (child === undefined || typeof child.raw !== 'number' || child.raw === 0) return [];
    return [width === 1 ? part.name : `${part.name} ${numberText(child, part, child.raw)}`];
  });
  return set.length === 0 ? '0' : set.join(', ');
}

/** The bytes of a number with the lowest first, for formats of bytes. */
export function numberBytes(field: Field, def: ValueDef): Uint8Array {
  const little = def.big === null ? field.state.littleEndian : !def.big;
  return little ? field.bytes() : field.bytes().toReversed();
}

/** Units that read better in others: how many of them make one of those. */
const SCALES: ReadonlyMap<string, readonly [count: number, unit: string]> = new Map([
  ['mBm', [100, 'dBm']],
  ['mBi', [100, 'dBi']],
  ['kHz', [1000, 'MHz']],
  ['× 100 kbit/s', [10, 'Mbit/s']],
  ['× ¼ dBm', [4, 'dBm']],
  ['× ½ dBm', [2, 'dBm']],
]);

function numberText(field: Field, def: ValueDef, raw: number | bigint): string {
  if (def.bits.length > 0) return bitsText(field, def);
  const format = def.format === '' ? undefined : byteFormat(def.format);
  const formatted = format?.text(numberBytes(field, def), true, def.enum);
  if (formatted != null) return def.enum?.isFlags ? `${formatted} (${hexNumber(raw, def.size)})` : formatted;
  if (def.enum !== null) {
    if (def.enum.isFlags) {
      const names = flagsText(def.enum, raw, ' | ', 'name');
      return names === '' ? '0' : `${names} (${hexNumber(raw, def.size)})`;
    }
    const entry = typeof raw === 'number' ? def.enum.byValue.get(raw) : undefined;
    if (entry !== undefined) return `${entry.name} (${raw})`;
  }
  if (def.ref === 'ifindex') {
    const name = interfaceName(field, raw);
    return name === undefined ? String(raw) : `${raw} [${name}]`;
  }
  if (def.unit === '') return numberForm(field, def, raw);
  const scale = SCALES.get(def.unit);
  if (scale !== undefined) return `${Number(raw) / scale[0]} ${scale[1]}`;
  const text = numberForm(field, def, raw);
  return TIME_UNITS.has(def.unit) ? text : `${text} ${def.unit}`;
}

/** Whether a number reads in a summary as its digits. */
export function isDecimal({ layout, bits, ref, enum: table, unit, hint, format }: ValueDef): boolean {
  if (layout !== 'integer' || bits.length > 0 || ref === 'ifindex' || table !== null) return false;
  return unit !== 'USER_HZ' && hint === '' && format === '';
}

/** What stands after the digits in a number's text: its unit. null where the text is not its digits. */
export function afterDigits(def: ValueDef): string | null {
  const { unit } = def;
  if (!isSaidByValue(def) || def.enum !== null || def.format !== '' || def.hint !== '') return null;
  if (unit === '') return '';
  return SCALES.has(unit) || TIME_UNITS.has(unit) ? null : ` ${unit}`;
}

/** Whether a number is the index of an interface and nothing else: its text has the interface's name. */
export function isPlainIndex({ layout, bits, ref, enum: table, format }: ValueDef): boolean {
  return layout === 'integer' && bits.length === 0 && ref === 'ifindex' && table === null && format === '';
}

/** Whether a number has no fields of its own below it. */
export function isUndivided({ bits, format }: ValueDef): boolean {
  return bits.length === 0 && byteFormat(format)?.parts === undefined;
}

/** Whether a number's text follows from the number alone, whatever message it stands in. */
export function isSaidByValue({ layout, bits, ref, hint, format, size }: ValueDef): boolean {
  if (layout !== 'integer' || bits.length > 0 || ref === 'ifindex') return false;
  if (format === 'tc-filter-info' || (format !== '' && size === 0)) return false;
  return hint === '' || hint === 'hex';
}

const TIME_UNITS: ReadonlySet<string> = new Set(['USER_HZ']);

function interfaceName(field: Field, raw: RawValue): string | undefined {
  return typeof raw === 'number' && raw > 0 ? field.state.context.interfaceName(raw) : undefined;
}

/** A lifetime in seconds without an end (INFINITY_LIFE_TIME, net/addrconf.h). */
const FOREVER = 0xffff_ffff;

/** A number without its unit. */
function numberForm(field: Field, def: ValueDef, raw: number | bigint): string {
  if (def.unit === 'USER_HZ') return secondsText(raw, 100);
  const formatted = def.format === '' ? null : formattedNumber(field, def, raw);
  if (formatted !== null) return formatted;
  if (def.hint === '') return String(raw);
  if (def.hint === 'hex') return hexNumber(raw, def.size);
  if (def.hint.startsWith('ipv') || def.hint === 'mac') return payloadHint(field, def.hint) ?? String(raw);
  return String(raw);
}

/** A number in the format of its definition; null where that is none of numbers. */
function formattedNumber(field: Field, def: ValueDef, raw: number | bigint): string | null {
  switch (def.format) {
    case 'tc-handle':
      return tcHandleText(Number(raw) >>> 0);
    case 'tc-filter-info':
      return tcFilterInfoText(Number(raw) >>> 0, field.state.littleEndian);
    case 'errno':
      return Number(raw) === 0 ? '0' : errnoName(Math.abs(Number(raw)));
    case 'ethertype':
      return ethertypeText(Number(raw));
    case 'time-s':
      return secondsText(raw, 1);
    case 'time-ns':
      return secondsText(raw, 1e9);
    case 'unix-time':
      return unixTimeText(raw);
    case 'lifetime':
      return raw === FOREVER ? 'forever' : `${raw} s`;
    case 'limit':
      return BigInt.asUintN((def.size || 8) * 8, ~BigInt(raw)) === 0n ? 'INF' : String(raw);
    case 'guid':
      return BigInt.asUintN(64, BigInt(raw))
        .toString(16)
        .padStart(16, '0')
        .replace(/.{4}(?!$)/g, '$&:');
    case 'tc-action':
      return tcActionText(Number(raw));
    case 'macsec-cipher':
      return macsecCipherText(BigInt(raw));
    case 'nft-types':
      return def.enum === null ? null : nftTypesText(def.enum, Number(raw));
    case 'char':
      return JSON.stringify(String.fromCharCode(Number(raw) & 0xff));
    case 'hex':
      return hexNumber(raw, def.size);
    default:
      return null;
  }
}

/** Where the payload bytes of a field that count end: at its end, or after an address in a place for longer ones. */
export function significantEnd({ def, payloadStart, end }: Field): number {
  const count = def?.significant ?? 0;
  return count === 0 ? end : Math.min(end, payloadStart + count);
}

/** Payload bytes of a field that count. */
export function significantBytes(field: Field): Uint8Array {
  return field.state.bytes.subarray(field.payloadStart, significantEnd(field));
}

/** Bytes from `start` to `end` as their display hint says; null when the hint does not fit their length. */
export function hintText(hint: string, bytes: Uint8Array, start: number, end: number): string | null {
  const length = end - start;
  switch (hint) {
    case 'mac':
    case 'fddi':
      return length > 0 ? macText(bytes, start, end) : null;
    case 'ipv4':
      return length === 4 ? ipv4Text(bytes, start) : null;
    case 'ipv6':
      return length === 16 ? ipv6Text(bytes, start) : null;
    case 'ipv4-or-v6':
      return length === 4 ? ipv4Text(bytes, start) : length === 16 ? ipv6Text(bytes, start) : null;
    case 'uuid':
      return length === 16 ? uuidText(bytes.subarray(start, end)) : null;
    case 'hex':
      return hexText(bytes.subarray(start, end));
    default:
      return null;
  }
}

/** The payload of a field as its display hint says (see hintText). */
export function payloadHint({ state, payloadStart, end }: Field, hint: string): string | null {
  return hintText(hint, state.bytes, payloadStart, end);
}

/** The value in a summary: no units, interface names for indices, short names for flags. */
export function briefText(field: Field, form: Form): string {
  const { def, raw } = field;
  if (def === null || field.override !== undefined || form === 'text') return field.text;
  if (def.layout === 'string') return raw === null || def.secret ? field.text : String(raw);
  if (def.layout === 'array') return listed(field.children, (element) => briefText(element, form));
  if (def.layout === 'binary' && raw === null && !def.secret) {
    const brief = byteFormat(def.format)?.brief;
    return brief?.(field.bytes(), field.state.littleEndian, def.enum, aroundOf(field)) ?? field.text;
  }
  if (def.layout !== 'integer' || raw === null) return field.text;
  const number = raw as number | bigint;
  if (form === 'num') return String(number);
  if (def.bits.length > 0) return bitsText(field, def);
  if (def.enum !== null) {
    if (def.enum.isFlags) {
      return flagsText(def.enum, number, ',', form === 'lower' ? 'spelled' : 'short');
    }
    const entry = typeof number === 'number' ? def.enum.byValue.get(number) : undefined;
    if (entry !== undefined) {
      if (form === 'lower') return entry.spelled;
      return form === 'short' ? entry.short : entry.name;
    }
  }
  if (def.ref === 'ifindex') return interfaceName(field, number) ?? `if${number}`;
  return numberForm(field, def, number);
}

/** Whether the texts of an integer are told by its value alone, whatever stands around it and whose message it is in. */
export function standsAlone({ layout, bits, ref, hint, format }: ValueDef): boolean {
  if (layout !== 'integer' || bits.length > 0 || ref === 'ifindex' || hint !== '') return false;
  return format === '' || format === 'tc-handle' || format === 'lifetime';
}

/** The value as a display filter would write it; undefined when there is nothing to compare with. */
export function filterText(field: Field): string | undefined {
  const { def, raw } = field;
  if (def === null) return undefined;
  if (def.layout === 'integer' && raw !== null) {
    if (def.hint.startsWith('ipv') || def.hint === 'mac') return payloadHint(field, def.hint) ?? String(raw);
    const entry =
      def.enum !== null && !def.enum.isFlags && typeof raw === 'number' ? def.enum.byValue.get(raw) : undefined;
    return entry?.name ?? (def.enum?.isFlags === true ? hexNumber(raw as number | bigint, def.size) : String(raw));
  }
  if (def.layout === 'string' && raw !== null && !def.secret) return JSON.stringify(raw);
  if (def.layout === 'binary' && !def.secret) {
    if (def.hint === '' && typeof raw === 'string') return JSON.stringify(raw);
    const bytes = field.bytes();
    if (bytes.length === 0) return undefined;
    return (def.hint === 'hex' ? null : payloadHint(field, def.hint)) ?? hexText(bytes, bytes.length, ':');
  }
  return undefined;
}

/** Whether a value says nothing worth a place in a summary: zero, empty, no flags. */
export function isEmptyValue(field: Field): boolean {
  const { raw } = field;
  if (raw === 0 || raw === 0n || raw === '' || raw === false) return true;
  return raw === null && field.children.length === 0 && isZero(field.state.bytes, field.payloadStart, field.end);
}

/** A number inside a field, 0 where there is none. */
export function num(field: Field, name: string): number {
  const raw = field.child(name)?.raw;
  return typeof raw === 'number' ? raw : typeof raw === 'bigint' ? Number(raw) : 0;
}

/** True for attributes (their definition carries a number). */
export function isAttr(def: ValueDef | null): def is AttrDef {
  return def !== null && def.number >= 0;
}

/** What lies around the bytes of a field. */
export function aroundOf({ state, def }: Field): Around {
  let device: ToldInterface | null | undefined;
  return {
    asked(attribute) {
      const raw = state.request().find(({ name }) => name === attribute)?.raw;
      return typeof raw === 'number' ? raw : undefined;
    },
    bitName(bit) {
      if (def === null || def.strings < 0) return undefined;
      device ??= isPerDevice(def.strings) ? ethtoolDevice(state) : null;
      return state.context.stringName(def.strings, bit, device);
    },
  };
}
