import type { Severity } from '../contracts/index.ts';
import type { EnumTable } from '../specs/index.ts';
import { base64Text, parseBase64 } from './base64.ts';
import { IEEE80211_FORMATS } from './ieee80211/formats.ts';
import { bytecodeParts } from './inetBytecode.ts';
import { moduleEeprom } from './moduleEeprom.ts';
import { nftSetUserdataText, nftUserdataText } from './nftUserdata.ts';
import { packetParts, packetText } from './packet.ts';
import { eitherAddressText, socketAddressParts, socketAddressText } from './socketAddress.ts';
import { mplsText, utf8 } from './text.ts';
import { wirelessEvents } from './wirelessEvents.ts';

/** A part of formatted bytes, for the tree; offsets count from the first of the bytes. */
export interface BytePart {
  readonly name: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it is made of in turn; their offsets count from the same byte. */
  readonly parts?: readonly BytePart[];
  /** What is wrong with it, or worth saying about it. */
  readonly problem?: { readonly severity: Severity; readonly code: string; readonly text: string };
}

/** What lies around formatted bytes and has a say in how they read. */
export interface Around {
  /** An integer of the request that the message answers, by attribute; undefined where it has none of that name. */
  asked(attribute: string): number | undefined;
  /** How the kernel calls a bit of them, as far as that is known. */
  bitName(bit: number): string | undefined;
}

/** Bytes that read as something better than hex, though no struct or display hint describes them. */
export interface ByteFormat {
  /** Their text; null when they are not what the format is for. `names` is the enum of the value, if it has one. */
  text(bytes: Uint8Array, littleEndian: boolean, names?: EnumTable | null, around?: Around): string | null;
  /** The text for a summary, where that is shorter. */
  brief?(bytes: Uint8Array, littleEndian: boolean, names: EnumTable | null, around: Around): string | null;
  /** The way back, where there is one; null for text that means no bytes. */
  parse?(text: string): Uint8Array | null;
  parts?(bytes: Uint8Array, littleEndian: boolean, around?: Around): readonly BytePart[];
}

const FORMATS: { readonly [name: string]: ByteFormat } = {
  text: { text: escapedText, parts: textLines },
  'mpls-labels': { text: mplsText },
  'socket-path': { text: socketPathText, parse: parseSocketPath },
  'set-bits': { text: setBitsText },
  bitmap: {
    text: (bytes, littleEndian, names, around) =>
      bitmapText(bytes, littleEndian, names, (bit) => bracketed(bit, around?.bitName(bit))),
    brief: (bytes, littleEndian, names, around) =>
      bitmapText(bytes, littleEndian, names, around.bitName, BRIEF_BITS, briefBitName),
  },
  'byte-bitmap': { text: (bytes, _, names) => bitNames(bytes, names) },
  base64: { text: base64Text, parse: parseBase64 },
  sockaddr: { text: socketAddressText, parts: socketAddressParts },
  'inet-addr': { text: eitherAddressText },
  ufid: { text: flowIdText },
  'tipc-error': { text: tipcErrorText },
  'module-eeprom': moduleEeprom,
  packet: { text: packetText, parts: packetParts },
  'nft-userdata': { text: nftUserdataText },
  'nft-set-userdata': { text: nftSetUserdataText },
  'inet-bytecode': {
    text: (bytes, littleEndian) =>
      bytecodeParts(bytes, littleEndian)
        .map(({ name, text }) => `${name} ${text}`)
        .join('; '),
    parts: bytecodeParts,
  },
  'wireless-events': wirelessEvents,
  ...IEEE80211_FORMATS,
};

/** The format of that name, for a view's `format`; undefined for formats of numbers. */
export function byteFormat(name: string): ByteFormat | undefined {
  return FORMATS[name];
}

/** The text of bytes if it gives exactly them back, else null. */
export function exactText(format: ByteFormat, bytes: Uint8Array): string | null {
  if (format.parse === undefined) return null;
  const text = format.text(bytes, true);
  const back = text === null ? null : format.parse(text);
  return back !== null && back.length === bytes.length && back.every((byte, i) => byte === bytes[i]) ? text : null;
}

/** Bytes as text whatever they are: what is not printable is escaped as C does it. */
function escapedText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 10)) end--;
  const text = utf8(bytes.subarray(0, end));
  if (!text.includes('\ufffd')) return text.replace(UNPRINTABLE, escaped);
  return Array.from(bytes.subarray(0, end), (byte) => {
    const char = String.fromCharCode(byte);
    return byte < 0x80 ? char.replace(UNPRINTABLE, escaped) : escaped(char);
  }).join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/g;
const SHORT_ESCAPES: { readonly [char: string]: string } = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

function escaped(char: string): string {
  return SHORT_ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Lines that a text shows at most. */
const MOST_LINES = 1000;

/** The lines of a text that has several. */
function textLines(bytes: Uint8Array): BytePart[] {
  const lines: BytePart[] = [];
  for (let start = 0; start < bytes.length && lines.length < MOST_LINES; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const text = escapedText(bytes.subarray(start, end));
    if (text !== '' || newline >= 0) lines.push({ name: `line ${lines.length + 1}`, type: 'text', start, end, text });
    start = end;
  }
  return lines.length > 1 ? lines : [];
}

/** sun_path of a Unix socket (unix(7)): a path with its NUL, or after a leading NUL an abstract name, written @name. */
function socketPathText(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const abstract = bytes[0] === 0;
  const stop = abstract || bytes[bytes.length - 1] !== 0 ? bytes.length : bytes.length - 1;
  return utf8(bytes.subarray(0, stop)).replaceAll('\0', '@');
}

function parseSocketPath(text: string): Uint8Array | null {
  const name = text.startsWith('@') ? `\0${text.slice(1)}` : `${text}\0`;
  return text === '' ? null : new TextEncoder().encode(name);
}

/** Numbers of the bits that are set, the lowest being 1: multicast groups of a netlink socket. */
function setBitsText(bytes: Uint8Array, littleEndian: boolean): string {
  const set: number[] = [];
  bytes.forEach((_, index) => {
    // The bits are in words of the host: in big-endian ones of 8 bytes (unsigned long) the last byte comes first.
    const byte = littleEndian ? bytes[index] : bytes[(index & ~7) + 7 - (index & 7)];
    for (let bit = 0; bit < 8; bit++) if (((byte ?? 0) >> bit) & 1) set.push(index * 8 + bit + 1);
  });
  return set.length === 0 ? 'none' : set.join(', ');
}

/** The identifier of an Open vSwitch flow as its tools write it: four 32-bit words of the host, grouped like a UUID. */
function flowIdText(bytes: Uint8Array, littleEndian: boolean): string | null {
  if (bytes.length !== 16) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const digits = [0, 4, 8, 12].map((at) => view.getUint32(at, littleEndian).toString(16).padStart(8, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Bits that a summary names at most: a device may have dozens of features. */
const BRIEF_BITS = 10;

/** Names of the bits that are set in a bitmap of 32-bit words (ethnl_bitset): see bitNames. */
function bitmapText(
  bytes: Uint8Array,
  littleEndian: boolean,
  names: EnumTable | null | undefined,
  learned: Around['bitName'],
  most?: number,
  wording?: Wording,
): string | null {
  if (bytes.length % 4 !== 0) return null;
  return bitNames(littleEndian ? bytes : bytes.map((_, at) => bytes[at ^ 3]), names, learned, most, wording);
}

type Wording = (entry: EnumTable['entries'][number]) => string;

const LINK_MODE = /^ETHTOOL_LINK_MODE_(.+)_BIT$/;

/** A bit as ethtool calls it: 100baseT/Full. */
function briefBitName({ name, short, spelled }: EnumTable['entries'][number]): string {
  // A view's own spelling goes before the rule.
  if (spelled !== short.toLowerCase()) return spelled;
  return LINK_MODE.exec(name)?.[1].replace(/_(?=Full$|Half$)/, '/') ?? spelled;
}

/** A number with the name that was learned for it, as interface indices have theirs. */
function bracketed(bit: number, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${bit} [${name}]`;
}

/**
 * Names of the bits that are set: those of a header, else those that were learned, else their numbers, which count from
 * the lowest of the first byte.
 */
function bitNames(
  bytes: Uint8Array,
  names?: EnumTable | null,
  learned?: Around['bitName'],
  most = Number.POSITIVE_INFINITY,
  wording?: Wording,
): string {
  const set: string[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    if (((bytes[bit >> 3] >> (bit & 7)) & 1) === 0) continue;
    const entry = names?.byValue.get(2 ** bit);
    set.push(entry === undefined ? (learned?.(bit) ?? String(bit)) : (wording?.(entry) ?? entry.name));
  }
  if (set.length > most) set.splice(most, set.length, `… ${set.length - most} more`);
  return set.length === 0 ? '0' : set.join(names == null || wording !== undefined ? ', ' : ' | ');
}

/** Reasons that stand for a whole text when they are its first byte, from 0x80 on (linux/tipc_config.h TIPC_CFG_*). */
const TIPC_REASONS = ['TLV_ERROR', 'NOT_NET_ADMIN', 'NOT_ZONE_MSTR', 'NO_REMOTE', 'NOT_SUPPORTED', 'INVALID_VALUE'];

/** Why a TIPC command failed: a reason, a text, or both. */
function tipcErrorText(bytes: Uint8Array): string {
  const reason = TIPC_REASONS[(bytes[0] ?? 0) - 0x80];
  const nul = bytes.indexOf(0);
  const text = utf8(bytes.subarray(reason === undefined ? 0 : 1, nul < 0 ? bytes.length : nul));
  return reason === undefined ? text : `TIPC_CFG_${reason}${text === '' ? '' : ` ${text}`}`;
}
