import { hexText, utf8 } from './text.ts';

/** What nft keeps with objects of nf_tables: a chain of type, length and value, one byte each for the first two. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'nft-userdata': ['comment'],
  'nft-set-userdata': [
    'key-byteorder',
    'data-byteorder',
    'merge-elements',
    'key-typeof',
    'data-typeof',
    'expr',
    'data-interval',
    'comment',
  ],
};

/**
 * Reads user data as libnftnl writes it (NFTNL_UDATA_*): `comment "a comment"`. The kernel does not look at these bytes,
 * so other programs may keep anything there.
 * @param format nft-userdata, or nft-set-userdata for sets
 * @returns null when the bytes are no such chain or the format is another one
 */
export function nftUserdataText(format: string, bytes: Uint8Array): string | null {
  const names = NAMES[format];
  if (names === undefined || bytes.length === 0) return null;
  const parts: string[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes[at + 1];
    if (end > bytes.length) return null;
    const type = bytes[at];
    parts.push(`${names[type] ?? type} ${valueText(bytes.subarray(at + 2, end))}`);
    at = end;
  }
  return at === bytes.length ? parts.join(', ') : null;
}

function valueText(value: Uint8Array): string {
  const stop = value.indexOf(0);
  const isText = stop > 0 && stop === value.length - 1 && value.subarray(0, stop).every((b) => b >= 0x20 && b !== 0x7f);
  return isText ? JSON.stringify(utf8(value.subarray(0, stop))) : hexText(value);
}
