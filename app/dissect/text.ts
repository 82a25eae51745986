/** Text of addresses, bytes and numbers, and the way back. */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** "00 11 22"; at most `limit` bytes, then how many more there are. */
export function hexText(bytes: Uint8Array, limit = 64, separator = ' '): string {
  const shown = Math.min(bytes.length, limit);
  let text = '';
  for (let i = 0; i < shown; i++) text += i === 0 ? HEX[bytes[i]] : separator + HEX[bytes[i]];
  return bytes.length > limit ? `${text} … ${bytes.length - limit} more bytes` : text;
}

/** Every byte as two hex digits, nothing between. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]];
  return text;
}

/** Bytes of hex digits; blanks, colons, commas and 0x are ignored. Null when something else stands there or a digit is left over. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replaceAll(/0[xX]|[\s:,]/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return null;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

export function ipv4Text(bytes: Uint8Array, at = 0): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** RFC 5952 text of 16 bytes; IPv4-mapped addresses keep their dotted part. */
export function ipv6Text(bytes: Uint8Array, at = 0): string {
  const words: number[] = [];
  for (let i = 0; i < 8; i++) words.push((bytes[at + i * 2] << 8) | bytes[at + i * 2 + 1]);
  if (words[5] === 0xffff && isZero(bytes, at, at + 10)) return `::ffff:${ipv4Text(bytes, at + 12)}`;
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; ) {
    if (words[i] !== 0) {
      i++;
      continue;
    }
    let j = i;
    while (j < 8 && words[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
    i = j;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      text += '::';
      i += bestLength - 1;
    } else text += text === '' || i === best + bestLength ? words[i].toString(16) : `:${words[i].toString(16)}`;
  }
  return text;
}

/** Text of an IPv4 or IPv6 address by its length; null for any other length. */
export function ipText(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return ipv4Text(bytes);
  if (bytes.length === 16) return ipv6Text(bytes);
  return null;
}

/** 4 bytes of a dotted address, null when it is none. */
export function parseIpv4(text: string): Uint8Array<ArrayBuffer> | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text.trim());
  if (match === null) return null;
  const parts = match.slice(1).map(Number);
  return parts.every((p) => p < 256) ? Uint8Array.from(parts) : null;
}

/** 16 bytes of an IPv6 address, null when it is none. */
export function parseIpv6(text: string): Uint8Array<ArrayBuffer> | null {
  let body = text.trim();
  const bytes = new Uint8Array(16);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(body);
  if (dotted !== null) {
    const v4 = parseIpv4(dotted[2]);
    if (v4 === null) return null;
    body = `${dotted[1]}${((v4[0] << 8) | v4[1]).toString(16)}:${((v4[2] << 8) | v4[3]).toString(16)}`;
  }
  const halves = body.split('::');
  if (halves.length > 2) return null;
  const words = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const left = words(halves[0]);
  const right = halves.length === 2 ? words(halves[1]) : [];
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...left, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...right];
  for (let i = 0; i < 8; i++) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(all[i])) return null;
    const word = Number.parseInt(all[i], 16);
    bytes[i * 2] = word >> 8;
    bytes[i * 2 + 1] = word & 0xff;
  }
  return bytes;
}

/** Number of the leading ones of a mask, where nothing but zeros follows them; null otherwise. */
export function prefixLength(mask: Uint8Array): number | null {
  const bits = [...mask].map((b) => b.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : null;
}

/** Link-layer address text of any length: colons between bytes. */
export function macText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start !== 6) return hexText(bytes.subarray(start, end), 64, ':');
  let text = HEX[bytes[start]];
  for (let i = start + 1; i < end; i++) text += `:${HEX[bytes[i]]}`;
  return text;
}

/** 8-4-4-4-12 text of 16 bytes. */
export function uuidText(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A traffic control handle, major:minor in hex, as tc writes it (linux/pkt_sched.h TC_H_MAJ, TC_H_MIN). */
export function tcHandleText(handle: number): string {
  if (handle === 0xffffffff) return 'root';
  if (handle === 0xfffffff1) return 'ingress';
  if (handle === 0) return 'none';
  const major = handle >>> 16;
  const minor = handle & 0xffff;
  return `${major === 0 ? '' : major.toString(16)}:${minor === 0 ? '' : minor.toString(16)}`;
}

/** What becomes of a packet where the verdict has a number in its lower bits (linux/pkt_cls.h TC_ACT_JUMP, TC_ACT_GOTO_CHAIN). */
export function tcActionText(verdict: number): string {
  const [kind, number] = [(verdict >>> 28) & 0xf, verdict & 0xfff_ffff];
  if (kind === 1) return `jump ${number}`;
  return kind === 2 ? `goto chain ${number}` : `0x${(verdict >>> 0).toString(16)}`;
}

/** MACSEC_CIPHER_ID_* and MACSEC_DEFAULT_CIPHER_ID (linux/if_macsec.h), which are too large for the numbers of a spec. */
const MACSEC_CIPHERS: ReadonlyMap<bigint, string> = new Map([
  [0x0080020001000001n, 'GCM-AES-128'],
  [0x0080c20001000001n, 'GCM-AES-128'],
  [0x0080c20001000002n, 'GCM-AES-256'],
  [0x0080c20001000003n, 'GCM-AES-XPN-128'],
  [0x0080c20001000004n, 'GCM-AES-XPN-256'],
]);

/** A cipher suite of MACsec as ip calls it; its number where it has no name. */
export function macsecCipherText(id: bigint): string {
  return MACSEC_CIPHERS.get(BigInt.asUintN(64, id)) ?? `0x${BigInt.asUintN(64, id).toString(16)}`;
}

/** The number of a tc handle's text, null when it is none. */
export function parseTcHandle(text: string): number | null {
  const word = text.trim().toLowerCase();
  if (word === 'root') return 0xffffffff;
  if (word === 'ingress' || word === 'clsact') return 0xfffffff1;
  if (word === 'none') return 0;
  const match = /^([0-9a-f]{0,4}):([0-9a-f]{0,4})$/.exec(word);
  if (match === null) return null;
  return ((Number.parseInt(match[1] || '0', 16) << 16) | Number.parseInt(match[2] || '0', 16)) >>> 0;
}

/** An MPLS label stack as `ip` writes it, labels joined by slashes (RFC 3032 entries); null when it is none. */
export function mplsText(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  const labels: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    labels.push((bytes[at] << 12) | (bytes[at + 1] << 4) | (bytes[at + 2] >> 4));
  }
  return labels.join('/');
}

const ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x0003, 'all'],
  [0x0800, 'ip'],
  [0x0806, 'arp'],
  [0x8100, '802.1Q'],
  [0x88a8, '802.1ad'],
  [0x86dd, 'ipv6'],
  [0x8847, 'mpls_uc'],
  [0x8848, 'mpls_mc'],
  [0x8863, 'ppp_disc'],
  [0x8864, 'ppp_ses'],
  [0x88cc, 'LLDP'],
  [0x88e5, 'macsec'],
  [0x894f, 'nsh'],
]);

/** Name of an Ethernet protocol as iproute2 writes it, else hex. */
export function ethertypeText(number: number): string {
  return ETHERTYPES.get(number) ?? `0x${number.toString(16).padStart(4, '0')}`;
}

/** Number of an Ethernet protocol's name, undefined when there is none. */
export function ethertypeNumber(name: string): number | undefined {
  for (const [number, known] of ETHERTYPES) if (known.toLowerCase() === name.toLowerCase()) return number;
  return undefined;
}

/**
 * What tcm_info of a filter message holds, as tc writes it: the Ethernet protocol (lower 16 bits, in network order) and
 * the priority (upper 16 bits); what is 0 says nothing.
 * @param littleEndian byte order of the host that the number comes from
 */
export function tcFilterInfoText(info: number, littleEndian: boolean): string {
  const stored = info & 0xffff;
  const protocol = littleEndian ? (stored >> 8) | ((stored & 0xff) << 8) : stored;
  const priority = info >>> 16;
  const parts = [
    ...(protocol === 0 ? [] : [`protocol ${ethertypeText(protocol)}`]),
    ...(priority === 0 ? [] : [`pref ${priority}`]),
  ];
  return parts.length === 0 ? '0' : parts.join(' ');
}

/** The number of a tc filter's protocol and priority ("protocol ip pref 10"), null when the text is none. */
export function parseTcFilterInfo(text: string, littleEndian: boolean): number | null {
  const match = /^\s*(?:protocol\s+(\S+))?\s*(?:pref\s+(\d+))?\s*$/.exec(text);
  if (match === null || (match[1] === undefined && match[2] === undefined)) return null;
  const protocol = match[1] === undefined ? 0 : (ethertypeNumber(match[1]) ?? Number(match[1]));
  const priority = Number(match[2] ?? 0);
  if (!Number.isInteger(protocol) || protocol < 0 || protocol > 0xffff || priority > 0xffff) return null;
  const stored = littleEndian ? (protocol >> 8) | ((protocol & 0xff) << 8) : protocol;
  return ((priority << 16) | stored) >>> 0;
}

/** "1,500.25 s" style time of a count of units. */
export function secondsText(value: number | bigint, perSecond: number): string {
  const seconds = Number(value) / perSecond;
  return `${Number(seconds.toFixed(9))} s`;
}

/** A span of milliseconds in the units that are not zero, as nft writes it: "1h", "4m59s272ms". */
export function durationText(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds));
  let text = '';
  for (const [unit, size] of DURATION_UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

const DURATION_UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Bytes a second as tc writes rates, in the largest unit of bits that divides them: "1Mbit", "1500Kbit". */
export function bitRateText(bytesPerSecond: number): string {
  let bits = bytesPerSecond * 8;
  let unit = 0;
  while (unit < RATE_UNITS.length - 1 && bits >= 1000 && bits % 1000 === 0) {
    bits /= 1000;
    unit++;
  }
  return `${bits}${RATE_UNITS[unit]}bit`;
}

const RATE_UNITS: readonly string[] = ['', 'K', 'M', 'G', 'T'];

/** A count of bytes as tc writes sizes: "1514b", "32Kb", "1Mb". */
export function sizeText(bytes: number): string {
  if (bytes >= 1048576 && bytes % 1048576 === 0) return `${bytes / 1048576}Mb`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024}Kb` : `${bytes}b`;
}

/** A span of microseconds as tc writes it: "5us", "4.999ms", "1.5s". */
export function microsecondsText(microseconds: number): string {
  if (microseconds >= 1_000_000) return `${Number((microseconds / 1_000_000).toFixed(3))}s`;
  return microseconds >= 1000
    ? `${Number((microseconds / 1000).toFixed(3))}ms`
    : `${Number(microseconds.toFixed(3))}us`;
}

/** A moment in seconds since 1970 as UTC, "2026-11-20 18:17:56 UTC"; 0 is "never", and what is no moment stays a number. */
export function unixTimeText(seconds: number | bigint): string {
  const time = new Date(Number(seconds) * 1000);
  if (Number(seconds) === 0) return 'never';
  return Number.isNaN(time.getTime()) ? String(seconds) : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const decoder = new TextDecoder('utf-8');
const encoder = new TextEncoder();

/** UTF-8 text; bytes that are none become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Texts that were read of late, by what their bytes add up to: names come again and again. */
const recent: string[] = new Array(1024).fill('');

/** Longer ones are kept less often than they are looked for. */
const LONGEST_RECENT = 32;

/** Text of short attribute strings: plain ASCII without going through TextDecoder. */
export function shortText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > 48) return utf8(bytes.subarray(start, end));
  let sum = length;
  for (let i = start; i < end; i++) {
    if (bytes[i] >= 0x80) return utf8(bytes.subarray(start, end));
    sum = (sum * 33 + bytes[i]) | 0;
  }
  if (length > LONGEST_RECENT) return asciiText(bytes, start, end);
  const place = (sum ^ (sum >>> 10)) & (recent.length - 1);
  const known = recent[place];
  if (isText(known, bytes, start, end)) return known;
  const text = asciiText(bytes, start, end);
  recent[place] = text;
  return text;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Whether all bytes from `from` to `to` are zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Bytes as text when that is what they are: UTF-8 without control characters but white space, NULs only at the end; null otherwise. */
export function plainText(bytes: Uint8Array): string | null {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end === 0) return null;
  for (let at = 0; at < end; at++) if (bytes[at] < 32 && (bytes[at] < 9 || bytes[at] > 13)) return null;
  const text = utf8(bytes.subarray(0, end));
  return text.includes('\ufffd') ? null : text;
}

/** Whether text encodes back to exactly these bytes. */
export function encodesTo(text: string, bytes: Uint8Array): boolean {
  const encoded = encoder.encode(text);
  return encoded.length === bytes.length && encoded.every((b, i) => b === bytes[i]);
}

/** A mark in the upper half of 64 bits and its mask in the lower one: 0x1/0xf, 0x1 where all bits count. */
export function markAndMask(both: bigint): string {
  const mask = both & 0xffffffffn;
  return `0x${(both >> 32n).toString(16)}${mask === 0xffffffffn ? '' : `/0x${mask.toString(16)}`}`;
}

/** A share of all 32 bits, as the packet scheduler has its probabilities: "25%". */
export function shareText(value: number): string {
  return `${Number(((value / 0xffffffff) * 100).toPrecision(4))}%`;
}
