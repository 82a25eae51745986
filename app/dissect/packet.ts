import type { BytePart } from './byteFormats.ts';
import { ethertypeText, ipv4Text, ipv6Text, macText } from './text.ts';

const ETH_HLEN = 14;
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
const IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [47, 'gre'],
  [50, 'esp'],
  [58, 'icmpv6'],
  [132, 'sctp'],
]);
/** IPv6 hop-by-hop options, routing header, destination options. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 132]);

/** Collects the parts of a frame and reads numbers in network order; what lies outside the frame ends the reading. */
class FrameReader {
  readonly parts: BytePart[] = [];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  has(at: number, length: number): boolean {
    return at + length <= this.#bytes.length;
  }

  u8(at: number): number {
    return this.#bytes[at];
  }

  u16(at: number): number {
    return (this.#bytes[at] << 8) | this.#bytes[at + 1];
  }

  part(name: string, type: string, start: number, length: number, text: string): void {
    this.parts.push({ name, type, start, end: start + length, text });
  }

  mac(name: string, at: number): void {
    this.part(name, 'mac', at, 6, macText(this.#bytes.subarray(at, at + 6)));
  }

  address(name: string, at: number, length: 4 | 16): void {
    const text = length === 4 ? ipv4Text(this.#bytes, at) : ipv6Text(this.#bytes, at);
    this.part(name, length === 4 ? 'ipv4' : 'ipv6', at, length, text);
  }
}

/**
 * The headers of an Ethernet frame that say who sends what to whom: MAC addresses, VLAN tags, and for ARP, IPv4 and
 * IPv6 (IEEE 802.3, RFC 826, 791, 8200) the addresses, the protocol and the ports. Empty when it is too short for one.
 */
export function packetParts(bytes: Uint8Array): readonly BytePart[] {
  const frame = new FrameReader(bytes);
  if (!frame.has(0, ETH_HLEN)) return [];
  frame.mac('eth_dst', 0);
  frame.mac('eth_src', 6);
  let at = 12;
  while (VLAN_TAGS.has(frame.u16(at)) && frame.has(at + 4, 2)) {
    frame.part('vlan', 'u16 be', at + 2, 2, String(frame.u16(at + 2) & 0xfff));
    at += 4;
  }
  const type = frame.u16(at);
  frame.part('eth_type', 'u16 be', at, 2, ethertypeText(type));
  at += 2;
  if (type === 0x0800) readIpv4(frame, at);
  else if (type === 0x86dd) readIpv6(frame, at);
  else if (type === 0x0806 && frame.has(at, 28)) {
    frame.part('arp_op', 'u16 be', at + 6, 2, frame.u16(at + 6) === 1 ? 'request' : 'reply');
    frame.address('arp_sip', at + 14, 4);
    frame.address('arp_tip', at + 24, 4);
  }
  return frame.parts;
}

function readIpv4(frame: FrameReader, at: number): void {
  if (!frame.has(at, 20)) return;
  frame.address('ip_src', at + 12, 4);
  frame.address('ip_dst', at + 16, 4);
  const isLaterFragment = (frame.u16(at + 6) & 0x1fff) !== 0;
  readProtocol(frame, frame.u8(at + 9), at + 9, isLaterFragment ? null : at + (frame.u8(at) & 15) * 4);
}

function readIpv6(frame: FrameReader, at: number): void {
  if (!frame.has(at, 40)) return;
  frame.address('ip_src', at + 8, 16);
  frame.address('ip_dst', at + 24, 16);
  const [numberAt, start] = skipExtensions(frame, at);
  readProtocol(frame, frame.u8(numberAt), numberAt, start);
}

/** Where the upper protocol of an IPv6 packet is numbered, and where it starts, behind the options that may precede it. */
function skipExtensions(frame: FrameReader, at: number): [numberAt: number, start: number] {
  let numberAt = at + 6;
  let start = at + 40;
  while (EXTENSIONS.has(frame.u8(numberAt)) && frame.has(start, 8)) {
    numberAt = start;
    start += (frame.u8(start + 1) + 1) * 8;
  }
  return [numberAt, start];
}

/** The protocol's number at `at`, and its ports where it has some; `start` is where its header begins, if it is there. */
function readProtocol(frame: FrameReader, protocol: number, at: number, start: number | null): void {
  frame.part('ip_proto', 'u8', at, 1, IP_PROTOCOLS.get(protocol) ?? String(protocol));
  if (start === null || !WITH_PORTS.has(protocol) || !frame.has(start, 4)) return;
  frame.part('sport', 'u16 be', start, 2, String(frame.u16(start)));
  frame.part('dport', 'u16 be', start + 2, 2, String(frame.u16(start + 2)));
}

/** Texts of the parts by name. */
type Parts = ReadonlyMap<string, string>;

function textsOf(frame: readonly BytePart[]): Parts {
  return new Map(frame.map(({ name, text }) => [name, text]));
}

/** "10.0.0.1:53 > 10.0.0.2:3000 udp", the addresses of IPv6 in brackets where a port follows. */
function conversation(parts: Parts): string {
  const end = (address: string, port: string): string => {
    const text = parts.get(address) ?? '';
    const number = parts.get(port);
    return number === undefined ? text : text.includes(':') ? `[${text}]:${number}` : `${text}:${number}`;
  };
  return `${end('ip_src', 'sport')} > ${end('ip_dst', 'dport')} ${parts.get('ip_proto')}`;
}

/** One line about a frame, as packet sniffers write it: "ip 10.0.0.1:53 > 10.0.0.2:3000 udp"; null when it is none. */
export function packetText(bytes: Uint8Array): string | null {
  const parts = textsOf(packetParts(bytes));
  const type = parts.get('eth_type');
  if (type === undefined) return null;
  if (parts.has('ip_proto')) return `${type} ${conversation(parts)}`;
  if (parts.has('arp_op')) return `arp ${parts.get('arp_op')} ${parts.get('arp_sip')} > ${parts.get('arp_tip')}`;
  return `${type} ${parts.get('eth_src')} > ${parts.get('eth_dst')}`;
}

/** One line about a packet that begins with its IPv4 or IPv6 header; '' when it is none. */
export function ipPacketText(bytes: Uint8Array): string {
  const frame = new FrameReader(bytes);
  const version = bytes.length === 0 ? 0 : bytes[0] >> 4;
  if (version === 4) readIpv4(frame, 0);
  else if (version === 6) readIpv6(frame, 0);
  const parts = textsOf(frame.parts);
  return parts.has('ip_proto') ? conversation(parts) : '';
}
