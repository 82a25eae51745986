import { align4 } from '../wire/index.ts';
import type { DecodeState, Field } from './field.ts';
import { ADDRESS_TYPES, type NftType } from './nftFields.ts';
import { nftKeyText, nftValueText } from './nftRule.ts';
import { type NftSetTypes, namedNftSet } from './nftSet.ts';
import { prefixLength } from './text.ts';

/** Nft's data types by number (its datatype.h; `data-types` of the spec): how they read, and how many bytes they have; 0 for any. */
const TYPES: Readonly<Record<number, readonly [type: NftType, length: number]>> = {
  2: ['nfproto', 1],
  5: ['string', 0],
  6: ['ether', 0],
  7: ['ipv4', 4],
  8: ['ipv6', 16],
  9: ['ether', 6],
  10: ['ethertype', 2],
  11: ['arpOp', 2],
  12: ['inetProto', 1],
  13: ['number', 2],
  14: ['icmpType', 1],
  15: ['tcpFlags', 1],
  16: ['number', 1],
  17: ['number', 1],
  18: ['host', 8],
  19: ['mark', 4],
  20: ['ifindex', 4],
  21: ['host', 2],
  22: ['host', 4],
  23: ['classid', 4],
  24: ['host', 4],
  25: ['host', 4],
  26: ['ctState', 4],
  27: ['ctDirection', 1],
  28: ['ctStatus', 4],
  29: ['icmpv6Type', 1],
  30: ['hex', 16],
  31: ['pktType', 1],
  32: ['number', 1],
  33: ['number', 1],
  34: ['number', 1],
  35: ['host', 4],
  36: ['dscp', 1],
  37: ['number', 1],
  38: ['fibType', 4],
  39: ['boolean', 1],
  40: ['ctEvent', 4],
  41: ['string', 16],
  42: ['number', 1],
  43: ['host', 8],
  44: ['host', 4],
  45: ['weekday', 1],
  46: ['host', 8],
};
const TYPE_INTEGER = 4;
/** Bytes that a key has at most, and what it leads to (NFT_DATA_VALUE_MAXLEN). */
const MOST_BYTES = 64;
/** Types of a concatenation have 6 bits each, the first in the highest ones. */
const TYPE_BITS = 64;
/** NFT_DATA_VALUE types end here; what is above are verdicts. */
const MOST_TYPE = 0xffff_ff00;

interface Part {
  readonly type: NftType;
  readonly length: number;
}

/**
 * A key of a set's element, or what it leads to, as nft writes it: "10.0.0.1 . 80", "10.0.0.0/8 . 80-90". How its bytes
 * read stands with the set, so that this needs its definition; bytes that do not fit it, or whose set was not seen, are
 * read by their looks.
 * @param nest NFTA_SET_ELEM_KEY, NFTA_SET_ELEM_KEY_END or NFTA_SET_ELEM_DATA
 * @param among the element's other attributes: the end of an interval is told with its beginning
 */
export function nftElementText(nest: Field, among: readonly Field[] = []): string {
  const bytes = elementBytes(nest);
  if (bytes === undefined) return '';
  const isData = nest.name === 'NFTA_SET_ELEM_DATA';
  const end = isData ? undefined : among.find(({ name }) => name === 'NFTA_SET_ELEM_KEY_END');
  const last = end === undefined ? undefined : elementBytes(end);
  return typedText(nest.state, bytes, last, isData) ?? guessed(bytes, last);
}

function elementBytes(nest: Field): Uint8Array | undefined {
  return nest.child('NFTA_DATA_VALUE')?.bytes();
}

function guessed(bytes: Uint8Array, last: Uint8Array | undefined): string {
  return last === undefined ? nftKeyText(bytes) : `${nftKeyText(bytes)}-${nftKeyText(last)}`;
}

/** How the elements of a set read: a message may have thousands, whose keys are alike. */
class ElementForm {
  readonly types: NftSetTypes;
  /** By length; null where such bytes do not fit, undefined where none were seen. */
  readonly #keys: (readonly Part[] | null | undefined)[] = [];
  readonly #data: (readonly Part[] | null | undefined)[] = [];

  constructor(types: NftSetTypes) {
    this.types = types;
  }

  /** The parts of a key, or of what it leads to, that has so many bytes; null where they do not fit the type. */
  partsOf(isData: boolean, length: number): readonly Part[] | null {
    // Keys and data have at most 64 bytes; attributes may have more.
    if (length > MOST_BYTES) return null;
    const { keyType, dataType, partLengths, isKeyHost, isDataHost } = this.types;
    const known = isData ? this.#data : this.#keys;
    let parts = known[length];
    if (parts === undefined) {
      parts = isData ? partsOf(dataType, isDataHost, [], length) : partsOf(keyType, isKeyHost, partLengths, length);
      known[length] = parts;
    }
    return parts;
  }
}

const forms = new WeakMap<DecodeState, ElementForm | null>();

/** How the elements read that a message is about; null where the definition of their set was not seen. */
function formOf(state: DecodeState): ElementForm | null {
  let form = forms.get(state);
  if (form === undefined) {
    const name = namedNftSet(state.bytes, state.littleEndian);
    const types = name === null ? undefined : state.context.nftSet(name);
    form = types === undefined ? null : new ElementForm(types);
    forms.set(state, form);
  }
  return form;
}

function typedText(
  state: DecodeState,
  bytes: Uint8Array,
  last: Uint8Array | undefined,
  isData: boolean,
): string | null {
  const form = formOf(state);
  if (form === null) return null;
  const parts = form.partsOf(isData, bytes.length);
  const isLittle = state.littleEndian && (isData || !form.types.isInterval);
  if (parts !== null) return intervalText(parts, bytes, last, isLittle, state);
  // Of data that are intervals the ends stand one behind the other.
  const half = isData && bytes.length % 2 === 0 ? bytes.length / 2 : 0;
  const ends = half === 0 ? null : form.partsOf(true, half);
  return ends === null ? null : intervalText(ends, bytes.subarray(0, half), bytes.subarray(half), false, state);
}

/** The parts of bytes that are concatenated by a type's number; null when they do not fit it. */
function partsOf(type: number, isHost: boolean, told: readonly number[], length: number): Part[] | null {
  if (type === 0 || type >= MOST_TYPE) return null;
  const numbers: number[] = [];
  for (let rest = type; rest > 0; rest = Math.floor(rest / TYPE_BITS)) numbers.unshift(rest % TYPE_BITS);
  const isSole = numbers.length === 1;
  const sizes = numbers.map((number, i) => told[i] || (TYPES[number]?.[1] ?? 0));
  const open = sizes.indexOf(0);
  if (open >= 0) sizes[open] = length - sizes.reduce((sum, size) => sum + align4(size), 0);
  const total = isSole ? sizes[0] : sizes.reduce((sum, size) => sum + align4(size), 0);
  if (total !== length || sizes.some((size) => size <= 0)) return null;
  return numbers.map((number, i) => ({ type: typeOf(number, isHost, isSole, sizes[i]), length: sizes[i] }));
}

/** An integer has the order of what it is compared with, which is told of the key as a whole. */
function typeOf(number: number, isHost: boolean, isSole: boolean, length: number): NftType {
  if (number !== TYPE_INTEGER) return TYPES[number]?.[0] ?? 'hex';
  if (isSole) return isHost ? 'host' : 'number';
  return length === 1 ? 'number' : 'hex';
}

function intervalText(
  parts: readonly Part[],
  bytes: Uint8Array,
  last: Uint8Array | undefined,
  littleEndian: boolean,
  state: DecodeState,
): string {
  let text = '';
  let at = 0;
  for (const { type, length } of parts) {
    const whole = parts.length === 1 && bytes.length === length;
    const from = whole ? bytes : bytes.subarray(at, at + length);
    const to = last === undefined || whole ? last : last.subarray(at, at + length);
    if (at > 0) text += ' . ';
    at += align4(length);
    text += rangeText(type, from, to, littleEndian, state);
  }
  return text;
}

/** One value, or all from one to another: those that begin alike by their beginning, 10.0.0.0/8 and "eth*". */
function rangeText(
  type: NftType,
  from: Uint8Array,
  to: Uint8Array | undefined,
  littleEndian: boolean,
  state: DecodeState,
): string {
  const first = partText(from, type, littleEndian, state);
  if (to === undefined || from.length !== to.length || from.every((byte, i) => byte === to[i])) return first;
  if (ADDRESS_TYPES.has(type)) {
    const prefix = prefixLength(from.map((byte, i) => ~(byte ^ to[i])));
    if (prefix !== null && from.every((byte, i) => (byte & (byte ^ to[i])) === 0)) return `${first}/${prefix}`;
  }
  if (type === 'string') {
    const stop = from.indexOf(0);
    const isPrefix = stop > 0 && to.every((byte, i) => byte === (i < stop ? from[i] : 0xff));
    if (isPrefix && from.every((byte, i) => i < stop || byte === 0)) return `${first.slice(0, -1)}*"`;
  }
  return `${first}-${partText(to, type, littleEndian, state)}`;
}

function partText(bytes: Uint8Array, type: NftType, littleEndian: boolean, state: DecodeState): string {
  const text = nftValueText(bytes, type, littleEndian);
  const name = type === 'ifindex' ? state.context.interfaceName(Number(text)) : undefined;
  return name === undefined ? text : `"${name}"`;
}
