import type { BytePart } from './byteFormats.ts';
import { ipv4Text, ipv6Text } from './text.ts';

const AF_INET = 2;
const AF_INET6 = 10;

/** A member of struct sockaddr_in or sockaddr_in6: its name, type, offset and length in bytes. */
type Member = readonly [name: string, type: string, at: number, length: number];

const INET: readonly Member[] = [
  ['sin_family', 'u16', 0, 2],
  ['sin_port', 'u16 be', 2, 2],
  ['sin_addr', 'struct in_addr', 4, 4],
];

const INET6: readonly Member[] = [
  ['sin6_family', 'u16', 0, 2],
  ['sin6_port', 'u16 be', 2, 2],
  ['sin6_flowinfo', 'u32 be', 4, 4],
  ['sin6_addr', 'struct in6_addr', 8, 16],
  ['sin6_scope_id', 'u32', 24, 4],
];

function familyOf(bytes: Uint8Array, littleEndian: boolean): number {
  if (bytes.length < 2) return 0;
  return littleEndian ? bytes[0] | (bytes[1] << 8) : (bytes[0] << 8) | bytes[1];
}

/** struct sockaddr_in or sockaddr_in6 (linux/in.h, linux/in6.h) as address:port; null for other families. */
export function socketAddressText(bytes: Uint8Array, littleEndian: boolean): string | null {
  const family = familyOf(bytes, littleEndian);
  const port = (bytes[2] << 8) | bytes[3];
  if (family === AF_INET && bytes.length >= 8) return `${ipv4Text(bytes, 4)}:${port}`;
  if (family === AF_INET6 && bytes.length >= 24) return `[${ipv6Text(bytes, 8)}]:${port}`;
  return null;
}

/** The members of such an address, as far as the bytes reach. */
export function socketAddressParts(bytes: Uint8Array, littleEndian: boolean): BytePart[] {
  const family = familyOf(bytes, littleEndian);
  const members = family === AF_INET ? INET : family === AF_INET6 ? INET6 : [];
  return members.flatMap(([name, type, start, length]) => {
    const end = start + length;
    return end > bytes.length ? [] : [{ name, type, start, end, text: memberText(bytes, type, start, littleEndian) }];
  });
}

function memberText(bytes: Uint8Array, type: string, at: number, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type) {
    case 'struct in_addr':
      return ipv4Text(bytes, at);
    case 'struct in6_addr':
      return ipv6Text(bytes, at);
    case 'u16': {
      const family = view.getUint16(at, littleEndian);
      return `${family === AF_INET ? 'AF_INET' : 'AF_INET6'} (${family})`;
    }
    case 'u16 be':
      return String(view.getUint16(at));
    default:
      return String(view.getUint32(at, type === 'u32' && littleEndian));
  }
}

/** union nf_inet_addr (linux/netfilter.h): 16 bytes, of which an IPv4 address takes the first 4 and leaves zeros. */
export function eitherAddressText(bytes: Uint8Array): string | null {
  if (bytes.length !== 16) return null;
  return bytes.subarray(4).every((byte) => byte === 0) ? ipv4Text(bytes) : ipv6Text(bytes);
}
