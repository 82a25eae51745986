/** Readers of the values a filter may hold. Each returns undefined for text that is not of its kind. */

const INTEGER = /^(-?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9]\d*|0))$/;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:e\d+)?$/i;
/** Longest run of digits looked at: no field is wider than 64 bits, the longest spelling of which is binary. */
const MAX_DIGITS = 70;

/**
 * Decimal, 0x hexadecimal, 0b binary, 0o or 0 octal, negative, or a decimal fraction. Whole numbers beyond 2^53 are
 * bigint.
 */
export function readNumber(text: string): number | bigint | undefined {
  if (text.length > MAX_DIGITS) {
    return undefined;
  }
  const match = INTEGER.exec(text);
  if (match) {
    const [, sign, hex, binary, octal, decimal] = match;
    const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : decimal!;
    return narrow(sign ? -BigInt(digits) : BigInt(digits));
  }
  return DECIMAL.test(text) && !/^-?0\d/.test(text) ? Number(text) : undefined;
}

/** A number where a double holds it exactly, else the bigint itself. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|([0-7]{1,3})|(.))/gsu;

/** The content of a quoted text. r"…" is taken literally; elsewhere C's escapes count, and unknown ones stay as written. */
export function readQuoted(text: string): string {
  if (text.startsWith('r')) {
    return text.slice(2, -1).replaceAll('\\"', '"');
  }
  return text.slice(1, -1).replace(ESCAPE, (whole, hex, unicode, octal, other) => {
    const code = hex ?? unicode;
    if (code !== undefined) {
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    return octal !== undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : (SIMPLE_ESCAPES[other] ?? whole);
  });
}

/** The content of a quoted regular expression: its backslashes are the expression's own. */
export function readQuotedPattern(text: string): string {
  return text.slice(text.indexOf('"') + 1, -1).replaceAll('\\"', '"');
}

/** Text in double quotes that `readQuoted` reads back. */
export function quote(text: string): string {
  const body = text.replace(/["\\]|[^\P{C}]/gu, (char) => {
    const code = char.charCodeAt(0);
    if (char === '"' || char === '\\') {
      return `\\${char}`;
    }
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : char;
  });
  return `"${body}"`;
}

const HEX_BYTES = /^(?:[0-9a-f]{2})+$/i;
const SEPARATED_BYTES = /^[0-9a-f]{1,2}([:.-])(?:[0-9a-f]{1,2}\1)*(?:[0-9a-f]{1,2})?$/i;
const GROUPED_BYTES = /^[0-9a-f]{4}(?:\.[0-9a-f]{4})+$/i;

/** 00:1b:21, 00-1b-21, 00.1b.21, 001b.213c, 001b21 or 0x001b21. */
export function readBytes(text: string): Uint8Array | undefined {
  const digits = /^0x/i.test(text) ? text.slice(2) : text;
  if (HEX_BYTES.test(digits) || GROUPED_BYTES.test(digits)) {
    return fromPairs(digits.replaceAll('.', '').match(/../g)!);
  }
  const separator = SEPARATED_BYTES.exec(text)?.[1];
  return separator ? fromPairs(text.split(separator).filter((pair) => pair !== '')) : undefined;
}

function fromPairs(pairs: readonly string[]): Uint8Array {
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

export interface IpLiteral {
  readonly address: Uint8Array;
  /** Bits that count, when a prefix length was written. */
  readonly prefix: number | undefined;
}

/** An IPv4 or IPv6 address, with a prefix length after a slash or without. */
export function readIp(text: string): IpLiteral | undefined {
  const [host, bits, ...more] = text.split('/');
  const address = readIpv4(host!) ?? readIpv6(host!);
  if (!address || more.length > 0) {
    return undefined;
  }
  if (bits === undefined) {
    return { address, prefix: undefined };
  }
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.POSITIVE_INFINITY;
  return prefix <= address.length * 8 ? { address, prefix } : undefined;
}

/** Four decimal numbers; with a leading 0 they would be octal to some and decimal to others. */
export function readIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const valid = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return valid ? Uint8Array.from(parts, Number) : undefined;
}

/** RFC 4291, section 2.2: eight groups, one run of zero groups as "::", the last two groups also as an IPv4 address. */
export function readIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) {
    return undefined;
  }
  const [head, tail] = halves.map((half, index) => readGroups(half, index === halves.length - 1));
  if (!head || (halves.length === 2 && !tail)) {
    return undefined;
  }
  const known = head.length + (tail?.length ?? 0);
  if (tail ? known > 14 : known !== 16) {
    return undefined;
  }
  const address = new Uint8Array(16);
  address.set(head);
  address.set(tail ?? [], 16 - (tail?.length ?? 0));
  return address;
}

function readGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  const bytes: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [index, group] of groups.entries()) {
    const ipv4 = mayEndInIpv4 && index === groups.length - 1 ? readIpv4(group) : undefined;
    if (ipv4) {
      bytes.push(...ipv4);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}

const TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * A date with or without a time of day: 2026-11-20 14:02:11.3. Local time unless Z, UTC or an offset such as +01:00
 * follows. Returns nanoseconds since 1970.
 */
export function readTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (!match) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0'));
  const exists = new Date(Date.UTC(year, month - 1, day));
  if (exists.getUTCMonth() !== month - 1 || exists.getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) {
    return undefined;
  }
  const zone = match[8];
  const milliseconds = zone
    ? Date.UTC(year, month - 1, day, hour, minute, second) - zoneMinutes(zone) * 60_000
    : new Date(year, month - 1, day, hour, minute, second).getTime();
  return BigInt(milliseconds) * 1_000_000n + fraction;
}

type Six = [number, number, number, number, number, number];

function zoneMinutes(zone: string): number {
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  return offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
}

/** Seconds, whole or decimal, as nanoseconds. */
export function readSeconds(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const nanoseconds = BigInt(match[2]!) * 1_000_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] ? -nanoseconds : nanoseconds;
}
