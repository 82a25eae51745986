import type { AttributeInfo, EnumEntryInfo, FieldValue, Integer, MemberInfo } from '../../app/contracts/index.ts';

/** What a row of the form is edited with. */
export type Editor =
  | 'flag' // present or not: nothing to type
  | 'integer'
  | 'enum'
  | 'flags'
  | 'text'
  | 'address' // IPv4, IPv6, MAC, UUID: text of a fixed shape
  | 'hex' // opaque bytes
  | 'list' // several scalars, separated by commas
  | 'struct' // member rows
  | 'nest' // attribute rows
  | 'json'; // structured values that no table describes

/** A header member or an attribute, as far as editing goes. */
export type FieldInfo = MemberInfo &
  Partial<Pick<AttributeInfo, 'space' | 'selector' | 'min' | 'max' | 'maxLength'>> & {
    /** Texts that are known to mean something here; any other may be typed. */
    readonly choices?: readonly string[];
  };

/** What is wrong with a value. An `error` cannot be encoded as it is typed; a `warn` can, but the kernel may refuse. */
export interface FieldProblem {
  readonly severity: 'error' | 'warn';
  readonly text: string;
}

/** What typed text means. With an error, `value` is the text itself, so that nothing typed is lost. */
export interface ParsedField {
  readonly value: FieldValue;
  readonly problem: FieldProblem | null;
}

const INTEGER = /^(u|s)(8|16|32|64)$|^(uint|sint)$/;

const ADDRESSES: {
  readonly [hint: string]: { readonly zero: string; readonly example: string; test(text: string): boolean };
} = {
  ipv4: { zero: '0.0.0.0', example: 'an IPv4 address such as 192.0.2.1', test: isIpv4 },
  ipv6: { zero: '::', example: 'an IPv6 address such as 2001:db8::1', test: isIpv6 },
  'ipv4-or-v6': {
    zero: '0.0.0.0',
    example: 'an IPv4 or IPv6 address',
    test: (text) => isIpv4(text) || isIpv6(text),
  },
  mac: {
    zero: '00:00:00:00:00:00',
    example: 'a hardware address such as 02:00:5e:10:00:01',
    test: (text) => /^[0-9a-f]{1,2}([:-][0-9a-f]{1,2})*$/i.test(text),
  },
  uuid: {
    zero: '00000000-0000-0000-0000-000000000000',
    example: 'a UUID',
    test: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  },
};

/** How a field is edited, by its type and the value it has now. */
export function editorOf(info: FieldInfo, value?: FieldValue): Editor {
  if (info.space || info.selector || info.type === 'nest') return 'nest';
  if (isFlat(value)) return info.isFlags ? 'flags' : 'list';
  if (Array.isArray(value)) return 'json';
  if (typeof value === 'object' && value !== null && membersOf(info).length === 0) return 'json';
  if (info.type === 'flag') return 'flag';
  if (membersOf(info).length > 0) return 'struct';
  if (info.isFlags) return 'flags';
  if (info.enum.length > 0) return 'enum';
  if (ADDRESSES[info.hint] !== undefined) return 'address';
  if (INTEGER.test(info.type)) return 'integer';
  return info.type === 'string' ? 'text' : 'hex';
}

/** Members of a struct; of a bitfield32 (struct nla_bitfield32) the two the kernel gives it. */
export function membersOf(info: FieldInfo): readonly MemberInfo[] {
  if (info.members && info.members.length > 0) return info.members;
  if (info.type !== 'bitfield32') return [];
  const word = { type: 'u32', enum: info.enum, isFlags: info.enum.length > 0, hint: 'hex' };
  return [
    { ...word, name: 'value', doc: 'The bits that are set.' },
    { ...word, name: 'selector', doc: 'The bits that the request is about; the others stay as they are.' },
  ];
}

/** The value a field has when it is added: zero, empty, or the least it may be. */
export function defaultValue(info: FieldInfo): FieldValue {
  switch (editorOf(info)) {
    case 'flag':
      return true;
    case 'struct':
      return Object.fromEntries(membersOf(info).map((member) => [member.name, defaultValue(member)]));
    case 'flags':
    case 'list':
      return [];
    case 'enum':
      return info.enum.find((entry) => entry.value === 0)?.name ?? info.enum[0]!.name;
    case 'integer':
      return info.min !== undefined && /^[1-9]\d*$/.test(info.min) ? integer(BigInt(info.min)) : 0;
    case 'address':
      return ADDRESSES[info.hint]!.zero;
    default:
      return '';
  }
}

/** A value as text to be edited. */
export function formatField(info: FieldInfo, value: FieldValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) {
    if (!isFlat(value)) return JSON.stringify(value);
    return value.map((item) => formatField(info, item)).join(info.isFlags ? ' | ' : ', ');
  }
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'number' && !info.isFlags) {
    const named = info.enum.find((entry) => entry.value === value);
    if (named !== undefined) return named.name;
  }
  if (info.hint === 'hex' && isWhole(value)) return hexadecimal(BigInt(value));
  return String(value);
}

/** What the user typed into a field, as a value. */
export function parseField(info: FieldInfo, editor: Editor, text: string): ParsedField {
  const trimmed = text.trim();
  switch (editor) {
    case 'integer':
      return parseInteger(info, trimmed);
    case 'enum':
      return parseEnum(info, trimmed);
    case 'flags':
      return parseEach(trimmed, /[|,\s]+/, (word) => parseEnum(info, word));
    case 'list':
      return parseEach(trimmed, /[,\s]+/, (word) => parseScalar(info, word));
    case 'address':
      return parseAddress(info, trimmed);
    case 'hex':
      return parseHex(info, text);
    case 'json':
      return parseJson(text);
    case 'flag':
      return { value: true, problem: null };
    default:
      return tooLong(text, new TextEncoder().encode(text).length, info) ?? { value: text, problem: null };
  }
}

/** What is wrong with a value that a field has now; structured values are judged by their parts. */
export function checkField(info: FieldInfo, editor: Editor, value: FieldValue | undefined): FieldProblem | null {
  if (editor === 'struct' || editor === 'nest' || editor === 'flag' || value === undefined) return null;
  if (editor === 'json' && typeof value === 'object') return null;
  return parseField(info, editor, formatField(info, value)).problem;
}

/** Entries of an enum that a user may mean by `text`: those whose name, number or doc contains every word; best first. */
export function findEntries(entries: readonly EnumEntryInfo[], text: string): EnumEntryInfo[] {
  const words = text
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  const named: EnumEntryInfo[] = [];
  const described: EnumEntryInfo[] = [];
  for (const entry of entries) {
    const name = `${entry.name} ${entry.value}`.toLowerCase();
    if (words.every((word) => name.includes(word))) named.push(entry);
    else if (words.every((word) => `${name} ${entry.doc}`.toLowerCase().includes(word))) described.push(entry);
  }
  return [...named, ...described];
}

/** Names of the bits in a flags value that no name of the table accounts for, as numbers. */
export function unnamedFlags(info: FieldInfo, value: readonly FieldValue[]): FieldValue[] {
  return value.filter((item) => !info.enum.some((entry) => entry.name === item));
}

/** A flags value as an array, whether it was given as names, numbers or one number. */
export function flagList(info: FieldInfo, value: FieldValue | undefined): FieldValue[] {
  if (Array.isArray(value)) return value;
  if (value === undefined || value === null || value === 0 || value === '') return [];
  if (!isWhole(value)) return [value];
  let rest = BigInt(value);
  const names: FieldValue[] = [];
  for (const entry of info.enum) {
    const bits = BigInt(entry.value);
    if (bits === 0n || (rest & bits) !== bits) continue;
    names.push(entry.name);
    rest &= ~bits;
  }
  return rest === 0n ? names : [...names, integer(rest)];
}

/** Digits of hexadecimal bytes without what people write between them (spaces, colons, commas, 0x). */
export function hexDigits(text: string): string {
  return text.replace(/0x|[\s:,;\\-]+/gi, '').toLowerCase();
}

/** Digits in pairs with a space between, as bytes are read. */
export function spacedHex(digits: string): string {
  return digits.replace(/..(?=.)/g, '$& ');
}

// ---- kinds of values

/** Numbers that have a notation of their own, which the encoder reads: a tc handle as "1:10", an ethertype by name. */
const NOTATIONS: { readonly [hint: string]: RegExp } = {
  'tc-handle': /^([0-9a-f]*:[0-9a-f]*|root|ingress|clsact|none)$/i,
  ethertype: /^[a-z][\w.-]*$/i,
};

function parseInteger(info: FieldInfo, text: string): ParsedField {
  if (text === '' && info.isComputed) return { value: null, problem: null };
  if (NOTATIONS[info.hint]?.test(text)) return { value: text, problem: null };
  const match = /^([+-]?)(0x[0-9a-f]+|0b[01]+|0o[0-7]+|\d+)$/i.exec(text.replaceAll('_', ''));
  if (match === null)
    return wrong(text, `${quoted(text)} is ${info.hint === 'ifindex' ? 'no interface here, nor' : 'not'} a number`);
  const number = match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!);
  const value = integer(number);
  const { least, most } = limitsOf(info.type);
  if (number < least || number > most) return { value: text, problem: error(`${info.type} holds ${least} to ${most}`) };
  const low = info.min === undefined || !isWhole(info.min) ? least : BigInt(info.min);
  const high = info.max === undefined || !isWhole(info.max) ? most : BigInt(info.max);
  const refused = number < low || number > high;
  return { value, problem: refused ? warning(`the kernel takes ${low} to ${high}`) : null };
}

function parseEnum(info: FieldInfo, text: string): ParsedField {
  if (/^[+-]?\d/.test(text)) return parseInteger({ ...info, type: INTEGER.test(info.type) ? info.type : 'u64' }, text);
  const word = text.toUpperCase();
  const entry =
    info.enum.find(({ name }) => name === text) ??
    info.enum.find(({ name }) => name.toUpperCase() === word) ??
    only(info.enum.filter(({ name }) => name.toUpperCase().endsWith(`_${word}`)));
  if (entry !== undefined) return { value: entry.name, problem: null };
  return wrong(text, `${quoted(text)} is none of its values; choose one, or give a number`);
}

function parseScalar(info: FieldInfo, text: string): ParsedField {
  if (info.enum.length > 0) return parseEnum(info, text);
  if (ADDRESSES[info.hint] !== undefined) return parseAddress(info, text);
  return parseInteger({ ...info, type: INTEGER.test(info.type) ? info.type : 'u64' }, text);
}

function parseEach(text: string, separator: RegExp, parse: (word: string) => ParsedField): ParsedField {
  const parsed = text.split(separator).filter(Boolean).map(parse);
  return {
    value: parsed.map(({ value }) => value),
    problem: parsed.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

function parseAddress(info: FieldInfo, text: string): ParsedField {
  const shape = ADDRESSES[info.hint]!;
  // Members of structs (attributes have a space) are zero where nothing is typed.
  if (text === '' && info.space === undefined) return { value: text, problem: null };
  return shape.test(text) ? { value: text, problem: null } : wrong(text, `expected ${shape.example}`);
}

function parseHex(info: FieldInfo, text: string): ParsedField {
  const digits = hexDigits(text);
  if (/[^0-9a-f]/.test(digits)) return wrong(text, 'expected bytes in hexadecimal, such as 0a 1b 2c');
  if (digits.length % 2 !== 0) return wrong(text, 'the last byte lacks a digit');
  return tooLong(digits, digits.length / 2, info) ?? { value: digits, problem: null };
}

function parseJson(text: string): ParsedField {
  try {
    return { value: JSON.parse(text) as FieldValue, problem: null };
  } catch {
    return wrong(text, 'expected JSON');
  }
}

/** The kernel's policy is about what it accepts, not about what can be sent: too long is a warning. */
function tooLong(value: string, bytes: number, info: FieldInfo): ParsedField | null {
  if (info.maxLength === undefined || bytes <= info.maxLength) return null;
  return { value, problem: warning(`${bytes} bytes; the kernel takes at most ${info.maxLength}`) };
}

// ---- pieces

/** Least and most a type holds; the width of uint and sint is up to the value (32 or 64 bits). */
function limitsOf(type: string): { least: bigint; most: bigint } {
  const match = INTEGER.exec(type);
  const bits = BigInt(match?.[2] ?? 64);
  const signed = match?.[1] === 's' || match?.[3] === 'sint';
  return signed
    ? { least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n }
    : { least: 0n, most: (1n << bits) - 1n };
}

/** A number where a double holds it exactly, else its digits. */
function integer(number: bigint): Integer {
  return Number.isSafeInteger(Number(number)) ? Number(number) : number.toString();
}

function isWhole(value: FieldValue): value is Integer {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d+$/.test(value);
}

function isFlat(value: FieldValue | undefined): value is FieldValue[] {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}

function hexadecimal(number: bigint): string {
  return number < 0n ? `-0x${(-number).toString(16)}` : `0x${number.toString(16)}`;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function quoted(text: string): string {
  return text === '' ? 'nothing' : `"${text}"`;
}

function wrong(text: string, why: string): ParsedField {
  return { value: text, problem: error(why) };
}

function error(text: string): FieldProblem {
  return { severity: 'error', text };
}

function warning(text: string): FieldProblem {
  return { severity: 'warn', text };
}

function isIpv4(text: string): boolean {
  return /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256);
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`);
}
