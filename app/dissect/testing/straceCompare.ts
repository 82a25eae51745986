import type { Envelope } from '../../contracts/index.ts';
import { NLA_TYPE_MASK, splitFlags } from '../../wire/index.ts';
import type { Field } from '../field.ts';
import type { DecodedMessage } from '../message.ts';
import {
  attributesOf,
  messageOf,
  type StraceAttribute,
  type StraceMessage,
  type StraceValue,
  wordOf,
} from './straceText.ts';

/** Where strace and we read a message differently. */
export interface Difference {
  /** The message's type as we call it and the names that lead to the value: "RTM_NEWLINK IFLA_LINKINFO.IFLA_INFO_KIND". */
  readonly path: string;
  readonly strace: string;
  readonly ours: string;
}

/** What lies outside a message. */
export interface Surroundings {
  /** Decodes the request that an error message echoes. */
  decodeEcho(bytes: Uint8Array, answer: Envelope): DecodedMessage;
  /** Whether an interface of this index was called so in the capture; undefined when the name never appears there. */
  isInterface(name: string, index: number): boolean | undefined;
}

/** Compares what strace printed of messages with what we decode of the same bytes, and counts what could be compared. */
export class StraceComparison {
  readonly differences: Difference[] = [];
  /** Names of types, members and attributes that both have. */
  names = 0;
  /** Values that strace shows as more than bytes. */
  values = 0;
  readonly #around: Surroundings;
  #type = '';

  constructor(around: Surroundings) {
    this.#around = around;
  }

  message(message: StraceMessage, decoded: DecodedMessage, envelope: Envelope): void {
    this.#type = decoded.typeName;
    this.#header(message.header, decoded);
    const [, ...fields] = decoded.fields;
    if (decoded.form === 'error') this.#error(message, decoded, envelope, fields);
    else this.#body(message.body, fields);
  }

  /** Headers one after the other, then attributes; text where strace knows no structure. */
  #body(body: readonly StraceValue[], fields: readonly Field[]): void {
    let rest = fields;
    for (const value of body) {
      const attributes = attributesOf(value);
      if (attributes !== undefined) {
        this.#attributes(attributes, rest, '');
        rest = [];
      } else if (value.kind === 'struct' && rest[0]?.kind === 'header') {
        this.#value(value, rest[0], '');
        rest = rest.slice(1);
      } else if (value.kind === 'word' && rest[0]?.kind === 'header') {
        this.#value(value, rest[0].children[0], rest[0].name);
        rest = rest.slice(1);
      } else if (value.kind !== 'bytes') this.#differ('(body)', textOf(value), rest.map((f) => f.name).join(' '));
    }
  }

  #error(message: StraceMessage, decoded: DecodedMessage, envelope: Envelope, fields: readonly Field[]): void {
    const [first, second] = message.body;
    const [struct, extack] = first?.kind === 'list' ? first.items : [first, second];
    if (struct?.kind !== 'struct') {
      this.#differ('(body)', first === undefined ? '' : textOf(first), 'nlmsgerr');
      return;
    }
    this.#word(wordOf(struct, 'error'), fields[0].children[0], 'error');
    const echoed = struct.members.find((m) => m.name === 'msg');
    const echo = echoed === undefined ? undefined : messageOf(echoed.value, message.protocol);
    if (echo !== undefined && decoded.echo !== null) {
      const { start, end } = decoded.echo;
      const request = this.#around.decodeEcho(decoded.state.bytes.slice(start, end), envelope);
      this.message(echo, request, envelope);
      this.#type = decoded.typeName;
    }
    if (extack !== undefined) this.#body([extack], decoded.extack);
  }

  #header(header: StraceMessage['header'], decoded: DecodedMessage): void {
    const fields = decoded.fields[0];
    for (const name of ['nlmsg_len', 'nlmsg_seq', 'nlmsg_pid']) {
      this.#word(wordOf(header, name), fields.child(name)!, name);
    }
    this.names++;
    const type = wordOf(header, 'nlmsg_type');
    const number = fields.child('nlmsg_type')!.raw;
    const ours = [decoded.typeName, decoded.genlFamily, String(number)];
    if (!ours.includes(type.replace(/^NFNL_SUBSYS_\w+<<8\|/, '')) && Number(type) !== number) {
      this.#differ('nlmsg_type', type, ours.join(' '));
    }
    this.#flags(wordOf(header, 'nlmsg_flags'), decoded);
  }

  /** Where a type's upper flags have no name for strace, the bits have to be the same. */
  #flags(text: string, decoded: DecodedMessage): void {
    this.values++;
    const { bits } = splitFlags(decoded.flags, decoded.flagTable);
    const shown = new Map(bits.map((b) => [b.name, BigInt(b.bit)]));
    const parts = text.split('|').map((word) => numberOf(word) ?? shown.get(word));
    const sum = parts.reduce<bigint>((all, part) => all | (part ?? 0n), 0n);
    if (parts.includes(undefined) || sum !== BigInt(decoded.flags)) {
      this.#differ('nlmsg_flags', text, bits.map((b) => b.name).join('|'));
    }
  }

  #attributes(attributes: readonly StraceAttribute[], all: readonly Field[], path: string): void {
    const fields = all.filter((f) => f.kind === 'attr' || f.kind === 'nest' || f.wireType !== 0);
    if (fields.length !== attributes.length) {
      this.#differ(path, `${attributes.length} attributes`, `${fields.length}: ${all.map((f) => f.name).join(' ')}`);
    }
    for (const [i, { type, length, payload }] of attributes.entries()) {
      const field = fields[i];
      if (field === undefined) break;
      const here = join(path, field.name);
      this.#attributeName(type, field, here);
      const header = field.payloadStart - field.start;
      if (Number(length) !== field.end - field.payloadStart + header) {
        this.#differ(`${here}.nla_len`, length, String(field.end - field.start));
      }
      if (payload.length === 1) this.#value(payload[0], field, here);
      else if (payload.length > 1) this.#headed(payload, field, here);
    }
  }

  /** A struct with attributes after it, in an attribute or in an element of a sequence. */
  #headed([struct, list]: readonly StraceValue[], field: Field, path: string): void {
    const header = field.children.find((c) => c.kind === 'header' || c.kind === 'struct');
    const attributes = list === undefined ? [] : attributesOf(list);
    if (header === undefined || attributes === undefined) {
      this.#differ(path, `${textOf(struct)} with attributes`, field.children.map((c) => c.name).join(' '));
      return;
    }
    this.#value(struct, header, path);
    this.#attributes(
      attributes,
      field.children.filter((c) => c !== header),
      path,
    );
  }

  #attributeName(type: string, field: Field, path: string): void {
    const number = field.wireType & NLA_TYPE_MASK;
    const name = type.split('|').filter((word) => !word.startsWith('NLA_F_'))[0] ?? '0';
    if (/^\d/.test(name)) {
      if (Number(name) !== number) this.#differ(`${path}.nla_type`, type, String(number));
      return;
    }
    this.names++;
    if (name !== field.name) this.#differ(`${path}.nla_type`, name, `${field.name} (${number})`);
  }

  #value(value: StraceValue, field: Field, path: string): void {
    switch (value.kind) {
      case 'bytes':
        this.#bytes(value.bytes, field, path);
        return;
      case 'word':
        this.#word(value.text, field, path);
        return;
      case 'struct':
        for (const member of value.members) this.#member(member.name, member.value, field, path);
        return;
      case 'list':
        this.#list(value.items, value, field, path);
        return;
      case 'call':
        this.#call(value.name, value.args, field, path);
        return;
      case 'entry':
        this.#member(value.key, value.value, field, path);
    }
  }

  #member(label: string, value: StraceValue, parent: Field, path: string): void {
    const name = label === '' ? addressee(value) : label;
    const here = join(path, name);
    const field = parent.child(name) ?? bitOf(parent, name);
    if (field === undefined) {
      this.#differ(here, textOf(value), `not among ${parent.children.map((c) => c.name).join(' ')}`);
      return;
    }
    this.names++;
    this.#value(value, field, here);
  }

  #list(items: readonly StraceValue[], list: StraceValue, field: Field, path: string): void {
    const attributes = attributesOf(list);
    if (attributes !== undefined) {
      this.#attributes(attributes, field.children, path);
      return;
    }
    if (field.def?.layout === 'integer' && items.length > 1) {
      this.#pieces(items, field, path);
      return;
    }
    const isHeaded = items[0]?.kind === 'list' && items[0].items[0]?.kind === 'struct';
    if (items.every((item) => item.kind === 'entry')) {
      for (const [i, item] of items.entries()) this.#entry(item, i, field, path);
      return;
    }
    if (field.children.length === 0 && items.length > 0 && field.raw !== null) {
      // A set of flags, where strace prints one element.
      if (items.length === 1) this.#value(items[0], field, path);
      else this.#differ(path, textOf(list), field.text);
      return;
    }
    if (items.length !== field.children.length) {
      this.#differ(path, textOf(list), `${field.children.length} elements: ${field.text}`);
      return;
    }
    for (const [i, item] of items.entries()) {
      if (isHeaded && item.kind === 'list') this.#headed(item.items, field.children[i], `${path}[]`);
      else this.#value(item, field.children[i], `${path}[]`);
    }
  }

  /** An integer of ours that strace shows as smaller ones. */
  #pieces(items: readonly StraceValue[], field: Field, path: string): void {
    this.values++;
    const bytes = field.bytes();
    const size = bytes.length / items.length;
    const ours = items.map((_, i) => {
      const piece = [...bytes.subarray(i * size, (i + 1) * size)];
      return piece.reduceRight((sum, byte) => sum * 256 + byte, 0);
    });
    const theirs = items.map((item) => (item.kind === 'word' ? Number(item.text) : Number.NaN));
    if (ours.some((number, i) => number !== theirs[i])) this.#differ(path, theirs.join(), ours.join());
  }

  /** An element of a C array that strace names by its index: ours is a member of that name or the element there. */
  #entry(entry: StraceValue & { kind: 'entry' }, index: number, field: Field, path: string): void {
    // Of arrays whose first element has number 1 strace writes the index as [NAME-1].
    const key = entry.key.replace(/-1$/, '');
    const named = field.child(key);
    const element = named ?? field.children[index];
    if (element === undefined) {
      this.#differ(join(path, key), textOf(entry.value), field.text);
      return;
    }
    if (named !== undefined) this.names++;
    else if (!/^(0x)?\d/.test(key)) this.#differ(`${path}.(index)`, key, element.name);
    this.#value(entry.value, element, join(path, named === undefined ? '[]' : key));
  }

  /** strace ends text at its first NUL, but shows all bytes where it does not know better. */
  #bytes(bytes: Uint8Array, field: Field, path: string): void {
    const payload = field.bytes();
    const stop = payload.indexOf(0);
    const upToNul = stop < 0 ? payload : payload.subarray(0, stop);
    if (!sameBytes(bytes, payload) && !sameBytes(bytes, upToNul)) {
      this.#differ(path, textOf({ kind: 'bytes', bytes, cut: false }), field.text);
      return;
    }
    if (field.def?.layout !== 'string') return;
    this.values++;
    const text = new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
    if (field.raw !== text) this.#differ(path, text, String(field.raw));
  }

  #call(name: string, args: readonly StraceValue[], field: Field, path: string): void {
    const [first] = args;
    switch (name) {
      case 'htons':
      case 'htonl':
      case 'ntohs':
      case 'ntohl':
        if (first !== undefined) this.#value(first, field, path);
        return;
      case 'inet_addr':
      case 'inet_pton': {
        const address = args.find((argument) => argument.kind === 'bytes');
        this.#same(path, address === undefined ? '' : new TextDecoder().decode(address.bytes), field.text);
        return;
      }
      case 'if_nametoindex': {
        const interfaceName = first?.kind === 'bytes' ? new TextDecoder().decode(first.bytes) : '';
        if (this.#around.isInterface(interfaceName, Number(field.raw)) === false) {
          this.#differ(path, interfaceName, field.text);
        }
        return;
      }
      default:
        this.#same(path, textOf({ kind: 'call', name, args }), field.text);
    }
  }

  #word(text: string, field: Field, path: string): void {
    this.values++;
    const { raw } = field;
    if (typeof raw !== 'number' && typeof raw !== 'bigint') {
      if (text.toLowerCase() !== String(raw)) this.#differ(path, text, field.text);
      return;
    }
    const shown = shownNames(field);
    let rest = BigInt(raw);
    // The path behind a descriptor's number is strace's knowledge.
    for (const bit of text.replace(/<\/.*$/, '').split('|')) {
      // 1<<NAME and 1<<(NAME-1) are bits that we call NAME.
      const word = bit.replace(/^1<<\(?([A-Z]\w+?)(-1\))?$/, '$1');
      const number = numberOf(word);
      const part = number ?? shown.get(word);
      if (number === undefined) this.names++;
      if (part === undefined) {
        this.#differ(path, text, field.text);
        return;
      }
      rest -= part;
    }
    const bits = BigInt((field.end - field.payloadStart) * 8);
    if (BigInt.asUintN(Number(bits), rest) !== 0n) this.#differ(path, text, `${field.text} (${raw})`);
  }

  #same(path: string, strace: string, ours: string): void {
    this.values++;
    if (strace !== ours) this.#differ(path, strace, ours);
  }

  #differ(path: string, strace: string, ours: string): void {
    this.differences.push({ path: `${this.#type} ${path}`, strace, ours });
  }
}

/** The constants by which we show a number, with the part of it that each stands for. */
function shownNames(field: Field): Map<string, bigint> {
  const { def, raw } = field;
  const names = new Map<string, bigint>();
  const value = BigInt(raw as number | bigint);
  const table = def?.enum;
  if (table == null) {
    const [, name] = /^([A-Z]\w+) \(\d+\)$/.exec(field.text) ?? [];
    const [, errno] = /^-\d+ \((E\w+)\)$/.exec(field.text) ?? [];
    if (name !== undefined) names.set(name, value);
    if (errno !== undefined) names.set(`-${errno}`, value);
  } else if (table.isFlags) {
    for (const { name, value: bit } of table.entries) {
      if (bit === 0 ? value === 0n : (value & BigInt(bit)) === BigInt(bit)) names.set(name, BigInt(bit));
    }
  } else {
    const entry = table.byValue.get(Number(value));
    if (entry !== undefined) names.set(entry.name, value);
  }
  return names;
}

/** The member that a value without a name says it goes to: `inet_pton(AF_INET6, "::", &idiag_src)`. */
function addressee(value: StraceValue): string {
  const last = value.kind === 'call' ? value.args.at(-1) : undefined;
  return last?.kind === 'word' && last.text.startsWith('&') ? last.text.slice(1) : '';
}

/** A C bit-field, which stands under the integer that holds it. */
function bitOf(struct: Field, name: string): Field | undefined {
  for (const member of struct.children) {
    const bit = (member.def?.bits.length ?? 0) > 0 ? member.child(name) : undefined;
    if (bit !== undefined) return bit;
  }
  return undefined;
}

function numberOf(word: string): bigint | undefined {
  const shift = /^(\d+)<<(\d+)$/.exec(word);
  if (shift !== null) return BigInt(shift[1]) << BigInt(shift[2]);
  const match = /^(-?)(0x[0-9a-f]+|\d+)$/.exec(word);
  if (match === null) return undefined;
  const octal = /^0[0-7]+$/.test(match[2]);
  const number = BigInt(octal ? `0o${match[2].slice(1)}` : match[2]);
  return match[1] === '-' ? -number : number;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A value in strace's notation, shortened. */
export function textOf(value: StraceValue): string {
  switch (value.kind) {
    case 'word':
      return value.text;
    case 'bytes':
      return JSON.stringify(String.fromCharCode(...value.bytes.subarray(0, 40)));
    case 'call':
      return `${value.name}(${value.args.map(textOf).join(', ')})`;
    case 'entry':
      return `[${value.key}]=${textOf(value.value)}`;
    case 'list':
      return `[${value.items.slice(0, 8).map(textOf).join(', ')}]`;
    case 'struct':
      return `{${value.members
        .slice(0, 8)
        .map((m) => `${m.name}=${textOf(m.value)}`)
        .join(', ')}}`;
  }
}
