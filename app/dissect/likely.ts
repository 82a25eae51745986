import type { ByteRange, FieldNode } from '../contracts/index.ts';
import { align4, NLA_HDRLEN, NLA_TYPE_MASK, readU16, readU32 } from '../wire/index.ts';
import { hexText, ipv4Text, ipv6Text, isZero, macText, plainText } from './text.ts';

/** Nests inside nests that are guessed at. */
const DEEPEST = 4;
/** Attribute numbers that a guessed nest may have: families seldom have more. */
const HIGHEST_NUMBER = 512;

/**
 * The ways in which bytes of unknown meaning could be read, the likeliest first: nest, text, integers in the host's
 * byte order and in the network's, addresses. They are guesses, and marked so: generated nodes, which no value, filter
 * or encoding ever sees.
 */
export function likelyReadings(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): FieldNode[] {
  return guesses({ bytes, littleEndian }, start, end, 0);
}

interface Source {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}

function guesses(source: Source, start: number, end: number, depth: number): FieldNode[] {
  const length = end - start;
  if (length === 0) return [guess('flag', 'present', start, end)];
  const found: FieldNode[] = [];
  const nest = depth < DEEPEST ? nestGuess(source, start, end, depth) : null;
  if (nest !== null) found.push(nest);
  const text = textOf(source.bytes, start, end);
  if (text !== null) found.push(guess('string', JSON.stringify(text), start, end));
  for (const [type, value] of numbers(source, start, length)) found.push(guess(type, value, start, end));
  for (const [type, value] of addresses(source.bytes.subarray(start, end))) found.push(guess(type, value, start, end));
  return found;
}

function guess(type: string, text: string, start: number, end: number, children: FieldNode[] = []): FieldNode {
  const range: ByteRange = { start, end };
  return { name: `likely ${type}`, kind: 'generated', type, value: null, text, range, payload: range, children };
}

/** Attributes in a row that fill the bytes to the end, with numbers that attributes have and zeros for padding. */
function nestGuess(source: Source, start: number, end: number, depth: number): FieldNode | null {
  const { bytes, littleEndian } = source;
  const inside: FieldNode[] = [];
  let at = start;
  while (at + NLA_HDRLEN <= end) {
    const length = readU16(bytes, at, littleEndian);
    const number = readU16(bytes, at + 2, littleEndian) & NLA_TYPE_MASK;
    if (length < NLA_HDRLEN || at + length > end || number > HIGHEST_NUMBER) return null;
    const stop = at + length;
    const next = Math.min(end, at + align4(length));
    if (!isZero(bytes, stop, next)) return null;
    const range = { start: at, end: stop };
    inside.push({
      ...guess(`attribute ${number}`, hexText(bytes.subarray(at + NLA_HDRLEN, stop), SHOWN_BYTES), at, stop),
      payload: { start: at + NLA_HDRLEN, end: stop },
      range,
      children: guesses(source, at + NLA_HDRLEN, stop, depth + 1),
    });
    at = next;
  }
  if (at < end || inside.length === 0) return null;
  return guess('nest', inside.length === 1 ? '1 attribute' : `${inside.length} attributes`, start, end, inside);
}

const SHOWN_BYTES = 16;

/** Printable text with at least two characters, ended by zeros or not at all. */
function textOf(bytes: Uint8Array, start: number, end: number): string | null {
  let stop = end;
  while (stop > start && bytes[stop - 1] === 0) stop--;
  return stop - start < 2 ? null : plainText(bytes.subarray(start, stop));
}

function numbers({ bytes, littleEndian }: Source, start: number, length: number): [type: string, value: string][] {
  const read = (little: boolean): bigint => {
    if (length === 1) return BigInt(bytes[start]);
    if (length === 2) return BigInt(readU16(bytes, start, little));
    if (length === 4) return BigInt(readU32(bytes, start, little));
    const [low, high] = little ? [start, start + 4] : [start + 4, start];
    return (BigInt(readU32(bytes, high, little)) << 32n) | BigInt(readU32(bytes, low, little));
  };
  if (length !== 1 && length !== 2 && length !== 4 && length !== 8) return [];
  const bits = length * 8;
  const host = read(littleEndian);
  const found: [string, string][] = [[`u${bits}`, numberText(host)]];
  const signed = BigInt.asIntN(bits, host);
  // Small negative numbers stand for errors and "none".
  if (signed < 0n && signed > -4096n) found.push([`s${bits}`, signed.toString()]);
  const other = read(!littleEndian);
  const order = littleEndian ? 'be' : 'le';
  if (other !== host && other < host) found.push([`${order}${bits}`, numberText(other)]);
  return found;
}

function numberText(value: bigint): string {
  return value < 10n ? value.toString() : `${value} (0x${value.toString(16)})`;
}

function addresses(bytes: Uint8Array): [type: string, value: string][] {
  if (isZero(bytes, 0, bytes.length)) return [];
  // First bytes of 0 and from 240 on are no address anyone has (RFC 1122, RFC 1112).
  if (bytes.length === 4 && bytes[0] > 0 && bytes[0] < 240) return [['IPv4', ipv4Text(bytes)]];
  if (bytes.length === 6) return [['MAC', macText(bytes)]];
  return bytes.length === 16 ? [['IPv6', ipv6Text(bytes)]] : [];
}
