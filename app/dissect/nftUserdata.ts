import { hexText, utf8 } from './text.ts';

/** What nft keeps with the sets and maps of nf_tables, by number (NFTNL_UDATA_SET_*). */
const SET_NAMES: readonly string[] = [
  'key-byteorder',
  'data-byteorder',
  'merge-elements',
  'key-typeof',
  'data-typeof',
  'expr',
  'data-interval',
  'comment',
];

/**
 * User data of tables, chains, rules, elements and objects as libnftnl writes it: `comment "a comment"`. The kernel
 * does not look at these bytes, so other programs may keep anything there.
 * @returns null when the bytes are no chain of values
 */
export function nftUserdataText(bytes: Uint8Array): string | null {
  return chainText(bytes, ['comment']);
}

/** User data of sets and maps as libnftnl writes it; null when the bytes are no chain of values. */
export function nftSetUserdataText(bytes: Uint8Array): string | null {
  return chainText(bytes, SET_NAMES);
}

/** Values, each after one byte for its type and one for its length. */
function chainText(bytes: Uint8Array, names: readonly string[]): string | null {
  const parts: string[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes[at + 1];
    if (end > bytes.length) return null;
    const type = bytes[at];
    parts.push(`${names[type] ?? type} ${valueText(bytes.subarray(at + 2, end))}`);
    at = end;
  }
  return at > 0 && at === bytes.length ? parts.join(', ') : null;
}

function valueText(value: Uint8Array): string {
  const stop = value.indexOf(0);
  const isText = stop > 0 && stop === value.length - 1 && value.subarray(0, stop).every((b) => b >= 0x20 && b !== 0x7f);
  return isText ? JSON.stringify(utf8(value.subarray(0, stop))) : hexText(value);
}
