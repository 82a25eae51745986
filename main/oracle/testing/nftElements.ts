import { at, type Json, listOf } from './compare.ts';
import { NFT_DATA_TYPES, nftComment } from './nft.ts';
import type { Shown, ShownValue } from './scene.ts';
import { flagNames, word } from './words.ts';

/** A type of nft: bytes of a value, and how nft prints it. */
interface DataType {
  readonly bytes: number;
  print(value: Buffer): Json;
}

const hexNumber = (value: Buffer) => BigInt(`0x${value.toString('hex')}`);
const sixteen = (value: Buffer) =>
  Array.from({ length: 8 }, (_, i) => value.readUInt16BE(2 * i).toString(16)).join(':');

const TYPES: { readonly [name: string]: DataType } = {
  ipv4_addr: { bytes: 4, print: (value) => [...value].join('.') },
  // The URL parser writes IPv6 addresses in their shortest form.
  ipv6_addr: { bytes: 16, print: (value) => new URL(`http://[${sixteen(value)}]`).hostname.slice(1, -1) },
  inet_service: { bytes: 2, print: (value) => value.readUInt16BE() },
  ether_addr: { bytes: 6, print: (value) => value.toString('hex').replace(/(..)(?=.)/g, '$1:') },
  // In the byte order of the host, which is that of the answers here.
  mark: { bytes: 4, print: (value) => value.readUInt32LE() },
  ifname: { bytes: 16, print: (value) => value.toString('latin1').replace(/\0.*$/s, '') },
};

/** The types of a key or of data: one by name, or those of a concatenation in six bits each. */
function typesOf(value: ShownValue | undefined): readonly DataType[] {
  const names: string[] = [];
  if (typeof value === 'string') names.push(value.toLowerCase());
  else for (let rest = Number(value); rest > 0; rest = rest >> 6) names.unshift(NFT_DATA_TYPES[rest & 63] ?? '');
  return names.map((name) => {
    const type = TYPES[name];
    if (type === undefined) throw new Error(`no words for values of type ${value}`);
    return type;
  });
}

const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;
const bytesOf = (hex: ShownValue | undefined) => Buffer.from(String(hex ?? ''), 'hex');

/** A value as nft prints it; parts of a concatenation are padded to 32 bits. */
function printed(types: readonly DataType[], first: Buffer, last: Buffer): Json {
  let offset = 0;
  const parts = types.map((type) => {
    const [from, to] = [first, last].map((value) => value.subarray(offset, offset + type.bytes)) as [Buffer, Buffer];
    offset += padded(type.bytes);
    return span(type, from, to);
  });
  return parts.length === 1 ? (parts[0] ?? null) : { concat: parts };
}

/** One value, a prefix, or a range. */
function span(type: DataType, from: Buffer, to: Buffer): Json {
  if (from.equals(to)) return type.print(from);
  const [low, high] = [hexNumber(from), hexNumber(to)];
  const differing = (low ^ high).toString(2);
  const isPrefix = !differing.includes('0') && (low & (low ^ high)) === 0n && type.bytes >= 4;
  if (!isPrefix) return { range: [type.print(from), type.print(to)] };
  return { prefix: { addr: type.print(from), len: 8 * type.bytes - differing.length } };
}

/** A verdict as nft prints it. */
function verdict(data: ShownValue): Json {
  const name = String(word(String(at(data, 'NFTA_VERDICT_CODE')).replace(/^NFT?_/, ''), '')).toLowerCase();
  const target = at(data, 'NFTA_VERDICT_CHAIN');
  return { [name]: target === undefined ? null : { target: String(target) } };
}

/** Elements of a set in nft's JSON, in no order; times that pass are left out. */
export function elementsOf(set: Shown, messages: readonly Shown[]): readonly Json[] {
  const elements = messages.flatMap(
    (message) =>
      Object.values((at(message, 'NFTA_SET_ELEM_LIST_ELEMENTS') ?? {}) as Shown).flatMap((one) =>
        listOf(one),
      ) as Shown[],
  );
  const keyTypes = typesOf(at(set, 'NFTA_SET_KEY_TYPE'));
  const key = (element: Shown) => bytesOf(at(element, 'NFTA_SET_ELEM_KEY.NFTA_DATA_VALUE'));
  const isEnd = (element: Shown) => flagNames(at(element, 'NFTA_SET_ELEM_FLAGS')).includes('NFT_SET_ELEM_INTERVAL_END');
  const ends = elements
    .filter(isEnd)
    .map(key)
    .sort((a, b) => a.compare(b));
  const isInterval = flagNames(at(set, 'NFTA_SET_FLAGS')).includes('NFT_SET_INTERVAL');

  /** The last value of what begins at a key: beside it, or before the next element that ends an interval. */
  function lastOf(element: Shown): Buffer {
    const beside = at(element, 'NFTA_SET_ELEM_KEY_END.NFTA_DATA_VALUE');
    if (beside !== undefined) return bytesOf(beside);
    const end = isInterval ? ends.find((one) => one.compare(key(element)) > 0) : undefined;
    if (end === undefined) return key(element);
    return Buffer.from((hexNumber(end) - 1n).toString(16).padStart(2 * end.length, '0'), 'hex');
  }

  return elements
    .filter((element) => !isEnd(element))
    .map((element) => {
      const value = withOptions(element, printed(keyTypes, key(element), lastOf(element)));
      const data = at(element, 'NFTA_SET_ELEM_DATA');
      if (data === undefined) return value;
      const given = at(data, 'NFTA_DATA_VERDICT');
      if (given !== undefined) return [value, verdict(given)];
      const bytes = bytesOf(at(data, 'NFTA_DATA_VALUE'));
      return [value, printed(typesOf(at(set, 'NFTA_SET_DATA_TYPE')), bytes, bytes)];
    });
}

/** An element with options is an object around the value. */
function withOptions(element: Shown, val: Json): Json {
  const timeout = at(element, 'NFTA_SET_ELEM_TIMEOUT');
  const comment = nftComment(at(element, 'NFTA_SET_ELEM_USERDATA'), 0);
  const counter =
    at(element, 'NFTA_SET_ELEM_EXPR.NFTA_EXPR_DATA') ??
    at(element, 'NFTA_SET_ELEM_EXPRESSIONS.NFTA_LIST_ELEM.NFTA_EXPR_DATA');
  const options: { [name: string]: Json } = {};
  if (timeout !== undefined) options['timeout'] = Number(timeout) / 1000;
  if (comment !== undefined) options['comment'] = comment;
  if (counter !== undefined) {
    options['counter'] = {
      packets: Number(at(counter, 'NFTA_COUNTER_PACKETS')),
      bytes: Number(at(counter, 'NFTA_COUNTER_BYTES')),
    };
  }
  const isTimed = at(element, 'NFTA_SET_ELEM_EXPIRATION') !== undefined;
  return Object.keys(options).length === 0 && !isTimed ? val : { elem: { val, ...options } };
}

/** nft's elements without the times that pass. */
export function withoutTimes(elements: Json | undefined): readonly Json[] {
  return ((elements ?? []) as readonly Json[]).map(
    (element) => JSON.parse(JSON.stringify(element, (name, value) => (name === 'expires' ? undefined : value))) as Json,
  );
}
