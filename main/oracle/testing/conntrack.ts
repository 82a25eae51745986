import { at, type Json, type Reader, type Table } from './compare.ts';
import { flagNames, named } from './words.ts';

/** A direction's addresses and ports as conntrack prints them. */
const KEYS: ReadonlySet<string> = new Set([
  'src',
  'dst',
  'sport',
  'dport',
  'type',
  'code',
  'id',
  'srckey',
  'dstkey',
  'packets',
  'bytes',
]);

/** Lines of `conntrack -L -o extended,id`: names and numbers, timeout, state, then two tuples and what is of both. */
export function flowsOf(text: string): Json[] {
  return text
    .split('\n')
    .filter((line) => line.includes('src='))
    .map(flowOf);
}

function flowOf(line: string): Json {
  const words = line.trim().split(/\s+/);
  const flow: { [key: string]: Json } = { l3num: Number(words[1]), l4num: Number(words[3]), timeout: Number(words[4]) };
  const tuples: { [key: string]: Json }[] = [];
  const flags: string[] = [];
  for (const word of words.slice(5)) {
    const [, key, value] = /^([a-z-]+)=(.*)$/.exec(word) ?? [];
    if (word.startsWith('[')) flags.push(word.slice(1, -1));
    else if (key === undefined || value === undefined) flow['state'] = word;
    else if (key === 'src') tuples.push({ src: value });
    else if (KEYS.has(key) && !(key === 'id' && 'use' in flow)) (tuples.at(-1) ?? flow)[key] = value;
    else flow[key] = value;
  }
  const [orig, reply] = tuples;
  return { ...flow, flags, orig: orig ?? {}, reply: reply ?? {} };
}

const FAMILIES = { NFPROTO_IPV4: 2, NFPROTO_IPV6: 10, AF_INET: 2, AF_INET6: 10 };
const PROTOCOLS: { readonly [constant: string]: number } = {
  IPPROTO_ICMP: 1,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  IPPROTO_GRE: 47,
  IPPROTO_ICMPV6: 58,
  IPPROTO_SCTP: 132,
  IPPROTO_UDPLITE: 136,
};

function tuple(name: string): Table {
  const address =
    (end: string): Reader =>
    (ours) =>
      at(ours, `${name}.CTA_TUPLE_IP.CTA_IP_V4_${end}`) ?? at(ours, `${name}.CTA_TUPLE_IP.CTA_IP_V6_${end}`);
  const proto =
    (v4: string, v6 = v4): Reader =>
    (ours) => {
      const value =
        at(ours, `${name}.CTA_TUPLE_PROTO.CTA_PROTO_${v4}`) ?? at(ours, `${name}.CTA_TUPLE_PROTO.CTA_PROTO_${v6}`);
      return value === undefined ? undefined : String(value);
    };
  return {
    src: address('SRC'),
    dst: address('DST'),
    sport: proto('SRC_PORT'),
    dport: proto('DST_PORT'),
    type: proto('ICMP_TYPE', 'ICMPV6_TYPE'),
    code: proto('ICMP_CODE', 'ICMPV6_CODE'),
    id: proto('ICMP_ID', 'ICMPV6_ID'),
  };
}

const under = (prefix: string, table: Table): Table =>
  Object.fromEntries(Object.entries(table).map(([key, rule]) => [`${prefix}.${key}`, rule]));

/** What conntrack says of a connection. */
export const FLOW_TABLE: Table = {
  l3num: named('nfgen_family', '', FAMILIES),
  l4num: (ours) => PROTOCOLS[String(at(ours, 'CTA_TUPLE_ORIG.CTA_TUPLE_PROTO.CTA_PROTO_NUM'))],
  timeout: 'CTA_TIMEOUT',
  state: (ours) => {
    const tcp = at(ours, 'CTA_PROTOINFO.CTA_PROTOINFO_TCP.CTA_PROTOINFO_TCP_STATE');
    const sctp = at(ours, 'CTA_PROTOINFO.CTA_PROTOINFO_SCTP.CTA_PROTOINFO_SCTP_STATE');
    return String(tcp ?? sctp).replace(/^(TCP|SCTP)_CONNTRACK_/, '');
  },
  ...under('orig', tuple('CTA_TUPLE_ORIG')),
  ...under('reply', tuple('CTA_TUPLE_REPLY')),
  flags: (ours) => {
    const status = flagNames(at(ours, 'CTA_STATUS'));
    return [
      ...(status.includes('IPS_SEEN_REPLY') ? [] : ['UNREPLIED']),
      ...(status.includes('IPS_ASSURED') ? ['ASSURED'] : []),
    ];
  },
  mark: 'CTA_MARK',
  use: 'CTA_USE',
  zone: 'CTA_ZONE',
  id: 'CTA_ID',
  helper: 'CTA_HELP.CTA_HELP_NAME',
};
