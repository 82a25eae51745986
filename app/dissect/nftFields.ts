import type { EnumTable } from '../specs/index.ts';

/** Types of concatenations have 6 bits a part. */
const TYPE_BITS = 64;

/** The type of a set's keys or data by its number, of concatenated ones those of their parts: "ipv4_addr . inet_service". */
export function nftTypesText(names: EnumTable, type: number): string {
  const parts: string[] = [];
  for (let rest = type; rest > 0; rest = Math.floor(rest / TYPE_BITS))
    parts.unshift(names.byValue.get(rest % TYPE_BITS)?.spelled ?? String(rest % TYPE_BITS));
  return parts.join(' . ');
}

/** How bytes in a register read. Numbers are in network order unless the type says host order. */
export type NftType =
  | 'ipv4'
  | 'ipv6'
  | 'ether'
  | 'number'
  | 'host'
  | 'hex'
  | 'mark'
  | 'ethertype'
  | 'inetProto'
  | 'nfproto'
  | 'string'
  | 'ifindex'
  | 'icmpType'
  | 'icmpv6Type'
  | 'tcpFlags'
  | 'ctState'
  | 'ctStatus'
  | 'ctDirection'
  | 'ctEvent'
  | 'pktType'
  | 'fibType'
  | 'arpOp'
  | 'boolean'
  | 'dscp'
  | 'weekday'
  | 'classid'
  | 'bytes';

/** A field of a protocol header: name, first bit, length in bits, type. */
type FieldRow = readonly [name: string, at: number, bits: number, type: NftType];

const PORTS: readonly FieldRow[] = [
  ['sport', 0, 16, 'number'],
  ['dport', 16, 16, 'number'],
];

/** Header fields by protocol, with the names nft has for them (RFC 791, 8200, 9293, 768, 792, 4443, 826, 802.3, 802.1Q). */
const FIELDS: Readonly<Record<string, readonly FieldRow[]>> = {
  ether: [
    ['daddr', 0, 48, 'ether'],
    ['saddr', 48, 48, 'ether'],
    ['type', 96, 16, 'ethertype'],
  ],
  vlan: [
    ['id', 112, 16, 'number'],
    ['type', 128, 16, 'ethertype'],
  ],
  arp: [
    ['htype', 0, 16, 'number'],
    ['ptype', 16, 16, 'ethertype'],
    ['hlen', 32, 8, 'number'],
    ['plen', 40, 8, 'number'],
    ['operation', 48, 16, 'arpOp'],
    ['saddr ether', 64, 48, 'ether'],
    ['saddr ip', 112, 32, 'ipv4'],
    ['daddr ether', 144, 48, 'ether'],
    ['daddr ip', 192, 32, 'ipv4'],
  ],
  ip: [
    ['version', 0, 8, 'hex'],
    ['dscp', 8, 8, 'hex'],
    ['length', 16, 16, 'number'],
    ['id', 32, 16, 'number'],
    ['frag-off', 48, 16, 'hex'],
    ['ttl', 64, 8, 'number'],
    ['protocol', 72, 8, 'inetProto'],
    ['checksum', 80, 16, 'number'],
    ['saddr', 96, 32, 'ipv4'],
    ['daddr', 128, 32, 'ipv4'],
  ],
  ip6: [
    ['dscp', 0, 16, 'hex'],
    ['flowlabel', 8, 24, 'hex'],
    ['length', 32, 16, 'number'],
    ['nexthdr', 48, 8, 'inetProto'],
    ['hoplimit', 56, 8, 'number'],
    ['saddr', 64, 128, 'ipv6'],
    ['daddr', 192, 128, 'ipv6'],
  ],
  tcp: [
    ...PORTS,
    ['sequence', 32, 32, 'number'],
    ['ackseq', 64, 32, 'number'],
    ['doff', 96, 8, 'hex'],
    ['flags', 104, 8, 'tcpFlags'],
    ['window', 112, 16, 'number'],
    ['checksum', 128, 16, 'number'],
    ['urgptr', 144, 16, 'number'],
  ],
  udp: [...PORTS, ['length', 32, 16, 'number'], ['checksum', 48, 16, 'number']],
  udplite: [...PORTS, ['checksum', 48, 16, 'number']],
  sctp: [...PORTS, ['vtag', 32, 32, 'number'], ['checksum', 64, 32, 'number']],
  dccp: [...PORTS, ['type', 64, 8, 'hex']],
  icmp: [
    ['type', 0, 8, 'icmpType'],
    ['code', 8, 8, 'number'],
    ['checksum', 16, 16, 'number'],
    ['id', 32, 16, 'number'],
    ['sequence', 48, 16, 'number'],
  ],
  icmpv6: [
    ['type', 0, 8, 'icmpv6Type'],
    ['code', 8, 8, 'number'],
    ['checksum', 16, 16, 'number'],
    ['id', 32, 16, 'number'],
    ['sequence', 48, 16, 'number'],
  ],
  igmp: [
    ['type', 0, 8, 'hex'],
    ['mrt', 8, 8, 'number'],
    ['group', 32, 32, 'ipv4'],
  ],
  esp: [
    ['spi', 0, 32, 'number'],
    ['sequence', 32, 32, 'number'],
  ],
  ah: [
    ['nexthdr', 0, 8, 'inetProto'],
    ['hdrlength', 8, 8, 'number'],
    ['spi', 32, 32, 'number'],
  ],
  th: PORTS,
};

/** A field of a header: "ip saddr" and how it reads; where no field begins and ends there, "@nh,96,32" as nft has it. */
export function nftPayloadField(
  protocol: string,
  base: string,
  at: number,
  bits: number,
): { text: string; type: NftType } {
  const rows = FIELDS[protocol] ?? [];
  const row = rows.find(([, start, length]) => start === at && length === bits);
  if (row !== undefined) return { text: `${protocol} ${row[0]}`, type: row[3] };
  // A prefix of an address is loaded by whole bytes alone.
  const part = rows.find(([, start, length, type]) => start === at && length > bits && ADDRESS_TYPES.has(type));
  if (part !== undefined) return { text: `${protocol} ${part[0]}`, type: part[3] };
  return { text: `@${base},${at},${bits}`, type: 'hex' };
}

/** Types of which a rule may compare the first bytes: 10.0.0.0/8. */
export const ADDRESS_TYPES: ReadonlyMap<NftType, number> = new Map([
  ['ipv4', 4],
  ['ipv6', 16],
]);

/** Keys of meta whose name stands alone, and how the values of keys read; `hex` for the others. */
export const NFT_META: Readonly<Record<string, readonly [text: string, type: NftType]>> = {
  len: ['meta length', 'host'],
  protocol: ['meta protocol', 'ethertype'],
  priority: ['meta priority', 'host'],
  mark: ['meta mark', 'mark'],
  iif: ['iif', 'ifindex'],
  oif: ['oif', 'ifindex'],
  iifname: ['iifname', 'string'],
  oifname: ['oifname', 'string'],
  iftype: ['iiftype', 'host'],
  oiftype: ['oiftype', 'host'],
  skuid: ['meta skuid', 'host'],
  skgid: ['meta skgid', 'host'],
  nftrace: ['meta nftrace', 'host'],
  rtclassid: ['meta rtclassid', 'host'],
  secmark: ['meta secmark', 'host'],
  nfproto: ['meta nfproto', 'nfproto'],
  l4proto: ['meta l4proto', 'inetProto'],
  bri_iifname: ['meta ibrname', 'string'],
  bri_oifname: ['meta obrname', 'string'],
  pkttype: ['meta pkttype', 'pktType'],
  cpu: ['meta cpu', 'host'],
  iifgroup: ['iifgroup', 'host'],
  oifgroup: ['oifgroup', 'host'],
  cgroup: ['meta cgroup', 'host'],
  prandom: ['meta random', 'number'],
  secpath: ['meta ipsec', 'boolean'],
  iifkind: ['iifkind', 'string'],
  oifkind: ['oifkind', 'string'],
  bri_iifpvid: ['meta ibrpvid', 'host'],
  bri_iifvproto: ['meta ibrvproto', 'ethertype'],
  time_ns: ['meta time', 'host'],
  time_day: ['meta day', 'weekday'],
  time_hour: ['meta hour', 'host'],
  bri_broute: ['meta broute', 'host'],
  sdif: ['sdif', 'ifindex'],
  sdifname: ['sdifname', 'string'],
};

/** Keys of ct and how their values read; `hex` for the others. */
export const NFT_CT: Readonly<Record<string, readonly [text: string, type: NftType]>> = {
  state: ['state', 'ctState'],
  direction: ['direction', 'ctDirection'],
  status: ['status', 'ctStatus'],
  mark: ['mark', 'mark'],
  expiration: ['expiration', 'host'],
  helper: ['helper', 'string'],
  l3protocol: ['l3proto', 'nfproto'],
  protocol: ['protocol', 'inetProto'],
  src: ['saddr', 'bytes'],
  dst: ['daddr', 'bytes'],
  src_ip: ['ip saddr', 'ipv4'],
  dst_ip: ['ip daddr', 'ipv4'],
  src_ip6: ['ip6 saddr', 'ipv6'],
  dst_ip6: ['ip6 daddr', 'ipv6'],
  proto_src: ['proto-src', 'number'],
  proto_dst: ['proto-dst', 'number'],
  zone: ['zone', 'host'],
  pkts: ['packets', 'host'],
  bytes: ['bytes', 'host'],
  avgpkt: ['avgpkt', 'host'],
  eventmask: ['event', 'ctEvent'],
};

/** Keys of rt and ipsec and how their values read. */
export const NFT_RT: Readonly<Record<string, readonly [text: string, type: NftType]>> = {
  classid: ['classid', 'host'],
  nexthop4: ['ip nexthop', 'ipv4'],
  nexthop6: ['ip6 nexthop', 'ipv6'],
  tcpmss: ['mtu', 'host'],
  xfrm: ['ipsec', 'boolean'],
};
export const NFT_IPSEC: Readonly<Record<string, readonly [text: string, type: NftType]>> = {
  daddr_ip4: ['ip daddr', 'ipv4'],
  daddr_ip6: ['ip6 daddr', 'ipv6'],
  saddr_ip4: ['ip saddr', 'ipv4'],
  saddr_ip6: ['ip6 saddr', 'ipv6'],
  reqid: ['reqid', 'host'],
  spi: ['spi', 'number'],
};

/** Names of flags in a value, from the lowest bit on; '' for bits without one. */
export const NFT_FLAGS: Partial<Readonly<Record<NftType, readonly string[]>>> = {
  tcpFlags: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'],
  ctState: ['invalid', 'established', 'related', 'new', '', '', 'untracked'],
  ctEvent: 'new related destroy reply assured protoinfo helper mark natseqadj secmark label synproxy'.split(' '),
  ctStatus: ['expected', 'seen-reply', 'assured', 'confirmed', 'snat', 'dnat', '', '', '', 'dying'],
};

const names = (list: string): ReadonlyMap<number, string> =>
  new Map(
    list.split(' ').map((item) => {
      const [number, name] = item.split('=');
      return [Number(number), name];
    }),
  );

/** Names of values by type: IANA's numbers as nft spells them, linux/if_packet.h, linux/rtnetlink.h. */
export const NFT_NAMES: Partial<Readonly<Record<NftType, ReadonlyMap<number, string>>>> = {
  inetProto: names(
    '1=icmp 2=igmp 4=ipip 6=tcp 17=udp 33=dccp 41=ipv6 47=gre 50=esp 51=ah 58=ipv6-icmp 89=ospf 132=sctp 136=udplite',
  ),
  nfproto: names('2=ipv4 10=ipv6'),
  ethertype: names('2048=ip 2054=arp 33024=vlan 34525=ip6 34984=8021ad'),
  icmpType: names(
    '0=echo-reply 3=destination-unreachable 4=source-quench 5=redirect 8=echo-request 9=router-advertisement 10=router-solicitation 11=time-exceeded 12=parameter-problem 13=timestamp-request 14=timestamp-reply',
  ),
  icmpv6Type: names(
    '1=destination-unreachable 2=packet-too-big 3=time-exceeded 4=parameter-problem 128=echo-request 129=echo-reply 130=mld-listener-query 131=mld-listener-report 132=mld-listener-done 133=nd-router-solicit 134=nd-router-advert 135=nd-neighbor-solicit 136=nd-neighbor-advert 137=nd-redirect 143=mld2-listener-report',
  ),
  pktType: names('0=host 1=broadcast 2=multicast 3=other'),
  fibType: names('1=unicast 2=local 3=broadcast 4=anycast 5=multicast 6=blackhole 7=unreachable 8=prohibit'),
  ctDirection: names('0=original 1=reply'),
  arpOp: names('1=request 2=reply'),
  boolean: names('0=missing 1=exists'),
  dscp: names(
    '0=cs0 1=lephb 8=cs1 10=af11 12=af12 14=af13 16=cs2 18=af21 20=af22 22=af23 24=cs3 26=af31 28=af32 30=af33 32=cs4 34=af41 36=af42 38=af43 40=cs5 44=va 46=ef 48=cs6 56=cs7',
  ),
  weekday: names('0="Sunday" 1="Monday" 2="Tuesday" 3="Wednesday" 4="Thursday" 5="Friday" 6="Saturday"'),
};

/** Types whose numbers are in the order of the host. */
export const NFT_HOST_ORDER: ReadonlySet<NftType> = new Set([
  'host',
  'mark',
  'ifindex',
  'ctState',
  'ctStatus',
  'ctEvent',
  'pktType',
  'fibType',
  'classid',
]);
