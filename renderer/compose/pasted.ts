import { hexRow } from '../../app/captureFile/text/hexRow.ts';
import { toHex } from './exports.ts';
import { hexDigits } from './fields.ts';

/** Bytes of nlmsghdr: what is shorter is no message. */
const LEAST = 16;
/** The first row of a hex dump. */
const DUMP = /^\s*(0x)?0{4,8}:?\s+[0-9a-f]{2}/i;
/** What stands between the braces of an array in C. */
const C_ARRAY = /\{((?:\s*0x[0-9a-f]{1,2}\s*,?)+)\s*\}/i;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/**
 * Digits of the bytes that a text other than plain hex tells: a hex dump, an array in C, base64. Null for plain hex, and
 * for all else.
 */
export function pastedHex(text: string): string | null {
  if (DUMP.test(text)) return dumpedHex(text);
  if (isHex(hexDigits(text))) return null;
  const array = C_ARRAY.exec(text)?.[1];
  if (array !== undefined) return toHex(Uint8Array.from(array.match(/0x[0-9a-f]+/gi) ?? [], Number));
  const base64 = text.replace(/\s/g, '');
  if (base64.length < 4 || base64.length % 4 !== 0 || !BASE64.test(text)) return null;
  return toHex(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
}

/** Digits of a text that tells the bytes of a message, in hex or as `pastedHex` reads it; '' for any other text. */
export function pastedMessage(text: string): string {
  const digits = pastedHex(text) ?? hexDigits(text);
  return isHex(digits) && digits.length >= 2 * LEAST ? digits : '';
}

function isHex(digits: string): boolean {
  return digits !== '' && !/[^0-9a-f]/.test(digits);
}

/** The bytes of a hex dump, up to where its offsets go on no more; null: there are none. */
function dumpedHex(text: string): string | null {
  const bytes: number[] = [];
  for (const line of text.split('\n')) {
    const row = hexRow(line);
    if (row !== null && row.offset !== bytes.length) break;
    if (row !== null) bytes.push(...row.bytes);
  }
  return bytes.length === 0 ? null : toHex(Uint8Array.from(bytes));
}
