import { at, type Each, type Inside, listOf, type Reader, type Rule, type Table, unshared } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { actionsAt, eachOption, ethertype, tunnelOptions } from './tcActions.ts';
import { classid, hexBare } from './tcNumbers.ts';
import { flagNames, hexAt, named } from './words.ts';

const FLAGS: readonly string[] = ['SKIP_HW', 'SKIP_SW', 'IN_HW', 'NOT_IN_HW', 'VERBOSE'];

/** skip_hw, not_in_hw and so on, by the attribute that holds them. */
const flagsAt = (path: string): Table =>
  Object.fromEntries(
    FLAGS.map((flag): [string, Reader] => [
      flag.toLowerCase(),
      (ours) => flagNames(at(ours, path)).includes(`TCA_CLS_FLAGS_${flag}`),
    ]),
  );

const ETHERTYPES: { readonly [number: number]: string } = { 3: 'all' };

/** Protocol and preference share 32 bits: the one in network byte order below, the other above. */
const protocolOf: Reader = (ours) => {
  const low = Number(at(ours, 'tcm_info')) & 0xffff;
  const number = ((low & 0xff) << 8) | (low >> 8);
  return ETHERTYPES[number] ?? PROTOCOLS[number] ?? `[${number}]`;
};

/** Names of iproute2 for linux/if_ether.h's numbers. */
const PROTOCOLS: { readonly [number: number]: string } = {
  2048: 'ip',
  2054: 'arp',
  33024: '802.1Q',
  34525: 'ipv6',
  34887: 'mpls_uc',
  34916: 'ppp_ses',
  34984: '802.1ad',
  12: 'can',
};

/** A filter of u32 by hash table, bucket and node. */
const u32Handle: Reader = (ours) => {
  const number = Number(at(ours, 'tcm_handle'));
  const [table, bucket, node] = [number >>> 20, (number >>> 12) & 0xff, number & 0xfff].map((part) =>
    part.toString(16),
  );
  return node === '0' && bucket === '0' ? `${table}:` : `${table}:${bucket === '0' ? '' : bucket}:${node}`;
};

/** The words of a match that tc prints; only the last of several is left of its JSON. */
const lastKey = (ours: Shown) => (listOf(at(ours, 'TCA_OPTIONS.TCA_U32_SEL.keys')) as Shown[]).at(-1) ?? {};
/** A MAC or IP address with the length of its mask where that is not full, as tc prints masks without holes. */
function masked(address: string, mask: string): Reader {
  return (ours) => {
    const [value, bits] = [at(ours, address), at(ours, mask)];
    if (value === undefined || bits === undefined) return value;
    const ones = onesOf(String(bits));
    const all = String(value).includes(':') ? (String(value).length === 17 ? 48 : 128) : 32;
    return ones === all ? value : `${value}/${ones}`;
  };
}

/** How many bits of a mask are set, in whatever form the mask is written. */
function onesOf(mask: string): number {
  const digits = mask.includes('.')
    ? mask.split('.').map((byte) => Number(byte).toString(2))
    : (mask.match(/[0-9a-f]/gi) ?? []).map((digit) => Number.parseInt(digit, 16).toString(2));
  return digits.join('').replaceAll('0', '').length;
}

const KEY = 'TCA_FLOWER_KEY';
const either = (ours: Shown, names: readonly string[]) =>
  names.map((name) => at(ours, name)).find((value) => value !== undefined);

const address =
  (four: string, six: string): Reader =>
  (ours) =>
    at(ours, four) === undefined ? masked(six, `${six}_MASK`)(ours, '') : masked(four, `${four}_MASK`)(ours, '');

const L4 = ['TCP', 'UDP', 'SCTP'];
const portAt =
  (end: 'SRC' | 'DST'): Reader =>
  (ours) => {
    const one = either(
      ours,
      L4.map((protocol) => `${KEY}_${protocol}_${end}`),
    );
    if (one !== undefined) return one;
    return { start: at(ours, `${KEY}_PORT_${end}_MIN`), end: at(ours, `${KEY}_PORT_${end}_MAX`) };
  };

/** A value with a mask beside it in hex digits, where the mask is not full. */
const withMask =
  (name: string, full: number, hex = true): Reader =>
  (ours) => {
    const [value, mask] = [Number(at(ours, name)), Number(at(ours, `${name}_MASK`))];
    const text = hex ? value.toString(16) : String(value);
    return mask === full ? text : `${text}/${mask.toString(16)}`;
  };

const CT_STATES: readonly (readonly [string, string])[] = [
  ['TRACKED', 'trk'],
  ['NEW', 'new'],
  ['ESTABLISHED', 'est'],
  ['RELATED', 'rel'],
  ['INVALID', 'inv'],
  ['REPLY', 'rpl'],
];

const FRAGMENTS: { readonly [word: string]: string } = {
  frag: 'TCA_FLOWER_KEY_FLAGS_IS_FRAGMENT',
  firstfrag: 'TCA_FLOWER_KEY_FLAGS_FRAG_IS_FIRST',
};

const options = tunnelOptions(KEY);
const tunnelPath = (mask: string, kind: string) => `${KEY}_ENC_OPTS${mask}.${KEY}_ENC_OPTS_${kind}`;
const tunnels: Table = Object.fromEntries(
  Object.entries(options).flatMap(([kind, table]): [string, Each][] => [
    [`${kind}_opt_key`, eachOption(tunnelPath('', kind.toUpperCase()), table)],
    [`${kind}_opt_mask`, eachOption(tunnelPath('_MASK', kind.toUpperCase()), table)],
  ]),
);

const LSE = `${KEY}_MPLS_OPT_LSE`;

const plain = (name: string): Rule => `${KEY}_${name}`;

/** What tc says of flower's keys. */
const FLOWER_KEYS: Table = {
  ...tunnels,
  eth_type: named(`${KEY}_ETH_TYPE`, 'ETH_P_', {
    ETH_P_IP: 'ipv4',
    ETH_P_MPLS_UC: '8847',
    ETH_P_8021Q: '802.1Q',
  }),
  ip_proto: named(`${KEY}_IP_PROTO`, 'IPPROTO_'),
  dst_mac: masked(`${KEY}_ETH_DST`, `${KEY}_ETH_DST_MASK`),
  src_mac: masked(`${KEY}_ETH_SRC`, `${KEY}_ETH_SRC_MASK`),
  src_ip: address(`${KEY}_IPV4_SRC`, `${KEY}_IPV6_SRC`),
  dst_ip: address(`${KEY}_IPV4_DST`, `${KEY}_IPV6_DST`),
  src_port: portAt('SRC'),
  dst_port: portAt('DST'),
  ip_tos: plain('IP_TOS'),
  ip_tos_mask: hexBare(`${KEY}_IP_TOS_MASK`),
  ip_ttl: withMask(`${KEY}_IP_TTL`, 0xff, false),
  tcp_flags: (ours) => `0x${withMask(`${KEY}_TCP_FLAGS`, 0xffff)(ours, '')}`,
  icmp_type: (ours) => either(ours, [`${KEY}_ICMPV4_TYPE`, `${KEY}_ICMPV6_TYPE`]),
  icmp_code: (ours) => either(ours, [`${KEY}_ICMPV4_CODE`, `${KEY}_ICMPV6_CODE`]),
  'ip_flags.*': (ours, key) => {
    const flag = FRAGMENTS[key] ?? '';
    const mask = flagNames(at(ours, `${KEY}_FLAGS_MASK`));
    return mask.includes(flag) ? flagNames(at(ours, `${KEY}_FLAGS`)).includes(flag) : undefined;
  },
  vlan_id: plain('VLAN_ID'),
  vlan_prio: plain('VLAN_PRIO'),
  vlan_ethtype: ethertype(`${KEY}_VLAN_ETH_TYPE`),
  cvlan_id: plain('CVLAN_ID'),
  cvlan_prio: plain('CVLAN_PRIO'),
  cvlan_ethtype: ethertype(`${KEY}_CVLAN_ETH_TYPE`),
  num_of_vlans: plain('NUM_OF_VLANS'),
  arp_sip: masked(`${KEY}_ARP_SIP`, `${KEY}_ARP_SIP_MASK`),
  arp_tip: masked(`${KEY}_ARP_TIP`, `${KEY}_ARP_TIP_MASK`),
  arp_sha: masked(`${KEY}_ARP_SHA`, `${KEY}_ARP_SHA_MASK`),
  arp_tha: masked(`${KEY}_ARP_THA`, `${KEY}_ARP_THA_MASK`),
  arp_op: (ours) => ['', 'request', 'reply'][Number(at(ours, `${KEY}_ARP_OP`))],
  mpls_label: plain('MPLS_LABEL'),
  mpls_tc: plain('MPLS_TC'),
  mpls_bos: plain('MPLS_BOS'),
  mpls_ttl: plain('MPLS_TTL'),
  mpls: {
    each: (ours) => listOf(at(ours, `${KEY}_MPLS_OPTS.${KEY}_MPLS_OPTS_LSE`)) as readonly Shown[],
    table: { '*': (ours, key) => at(ours, `${LSE}_${key.toUpperCase()}`) },
  },
  pppoe_sid: plain('PPPOE_SID'),
  // linux/ppp_defs.h: PPP_IP.
  ppp_proto: (ours) => ({ 33: 'ip', 87: 'ipv6' })[Number(at(ours, `${KEY}_PPP_PROTO`))],
  enc_src_ip: address(`${KEY}_ENC_IPV4_SRC`, `${KEY}_ENC_IPV6_SRC`),
  enc_dst_ip: address(`${KEY}_ENC_IPV4_DST`, `${KEY}_ENC_IPV6_DST`),
  enc_key_id: plain('ENC_KEY_ID'),
  enc_dst_port: plain('ENC_UDP_DST_PORT'),
  enc_tos: withMask(`${KEY}_ENC_IP_TOS`, 0xff),
  enc_ttl: withMask(`${KEY}_ENC_IP_TTL`, 0xff, false),
  ct_state: (ours) => {
    const [set, mask] = [flagNames(at(ours, `${KEY}_CT_STATE`)), flagNames(at(ours, `${KEY}_CT_STATE_MASK`))];
    const name = (state: string) => `${KEY}_CT_FLAGS_${state}`;
    return CT_STATES.filter(([state]) => mask.includes(name(state)))
      .map(([state, word]) => `${set.includes(name(state)) ? '+' : '-'}${word}`)
      .join('');
  },
  ct_zone: plain('CT_ZONE'),
  ct_zone_mask: hexBare(`${KEY}_CT_ZONE_MASK`),
  ct_mark: plain('CT_MARK'),
  ct_mark_mask: hexBare(`${KEY}_CT_MARK_MASK`),
  ct_label: (ours) => `${at(ours, `${KEY}_CT_LABELS`)}/${at(ours, `${KEY}_CT_LABELS_MASK`)}`,
};

const inFlower: Inside = {
  inside: (ours) => ({ table: FLOWER_KEYS, shown: (at(ours, 'TCA_OPTIONS') ?? {}) as Shown }),
};

const OPTIONS = 'TCA_OPTIONS';

const FLOW_KEYS: { readonly [constant: string]: string } = {
  FLOW_KEY_SRC: 'src',
  FLOW_KEY_DST: 'dst',
  FLOW_KEY_PROTO: 'proto',
  FLOW_KEY_PROTO_SRC: 'proto-src',
  FLOW_KEY_PROTO_DST: 'proto-dst',
  FLOW_KEY_IIF: 'iif',
};

/** Options by kind; keys of flower are inside one more object. */
function kindTables(links: Links): { readonly [kind: string]: Table } {
  const own = (kind: string, table: Table): Table => {
    const name = `${OPTIONS}.TCA_${kind}`;
    const actions = actionsAt(links, [`${name}_ACT`]);
    return { classid: classid(`${name}_CLASSID`), flowid: classid(`${name}_CLASSID`), actions, ...table };
  };
  return {
    u32: own('U32', {
      ...flagsAt(`${OPTIONS}.TCA_U32_FLAGS`),
      fh: u32Handle,
      ht_divisor: `${OPTIONS}.TCA_U32_DIVISOR`,
      order: (ours) => Number(at(ours, 'tcm_handle')) & 0xfff,
      key_ht: (ours) => (Number(at(ours, `${OPTIONS}.TCA_U32_HASH`)) >>> 20).toString(16),
      bkt: (ours) => ((Number(at(ours, `${OPTIONS}.TCA_U32_HASH`)) >>> 12) & 0xff).toString(16),
      rule_hit: `${OPTIONS}.TCA_U32_PCNT.rcnt`,
      success: `${OPTIONS}.TCA_U32_PCNT.rhit`,
      fwmark_value: hexAt(`${OPTIONS}.TCA_U32_MARK.val`),
      fwmark_mask: hexAt(`${OPTIONS}.TCA_U32_MARK.mask`),
      fwmark_success: `${OPTIONS}.TCA_U32_MARK.success`,
      'match.value': (ours) => hexBare('val')(lastKey(ours), ''),
      'match.mask': (ours) => hexBare('mask')(lastKey(ours), ''),
      'match.off': (ours) => lastKey(ours)['off'],
      'match.offmask': (ours) => (lastKey(ours)['offmask'] === 0 ? '' : 'nexthdr+'),
    }),
    bpf: own('BPF', {
      ...flagsAt(`${OPTIONS}.TCA_BPF_FLAGS_GEN`),
      handle: hexAt('tcm_handle'),
      bytecode: (ours) => ({
        length: at(ours, `${OPTIONS}.TCA_BPF_OPS_LEN`),
        insns: at(ours, `${OPTIONS}.TCA_BPF_OPS`),
      }),
    }),
    fw: own('FW', { 'fw.mark': hexAt('tcm_handle'), 'fw.mask': hexAt(`${OPTIONS}.TCA_FW_MASK`) }),
    route: own('ROUTE4', {
      fh: hexAt('tcm_handle'),
      // tc gives "from" and "to" the same key, of which the last stays.
      name: (ours) => at(ours, `${OPTIONS}.TCA_ROUTE4_FROM`) ?? at(ours, `${OPTIONS}.TCA_ROUTE4_TO`),
      fromif: linkAt(links, `${OPTIONS}.TCA_ROUTE4_IIF`),
    }),
    basic: own('BASIC', { handle: hexBare('tcm_handle') }),
    cgroup: own('CGROUP', { handle: hexAt('tcm_handle') }),
    flow: own('FLOW', {
      handle: hexAt('tcm_handle'),
      mode: named(`${OPTIONS}.TCA_FLOW_MODE`, 'FLOW_MODE_'),
      keys: (ours) => flagNames(at(ours, `${OPTIONS}.TCA_FLOW_KEYS`)).map((key) => FLOW_KEYS[key] ?? key),
      and: hexAt(`${OPTIONS}.TCA_FLOW_MASK`),
      xor: hexAt(`${OPTIONS}.TCA_FLOW_XOR`),
      rshift: `${OPTIONS}.TCA_FLOW_RSHIFT`,
      addend: hexAt(`${OPTIONS}.TCA_FLOW_ADDEND`),
      divisor: `${OPTIONS}.TCA_FLOW_DIVISOR`,
      baseclass: classid(`${OPTIONS}.TCA_FLOW_BASECLASS`),
      perturb: `${OPTIONS}.TCA_FLOW_PERTURB`,
    }),
    matchall: own('MATCHALL', {
      ...flagsAt(`${OPTIONS}.TCA_MATCHALL_FLAGS`),
      handle: hexBare('tcm_handle'),
      rule_hit: `${OPTIONS}.TCA_MATCHALL_PCNT.rhit`,
      success: `${OPTIONS}.TCA_MATCHALL_PCNT.rhit`,
    }),
    flower: own('FLOWER', {
      ...flagsAt(`${OPTIONS}.TCA_FLOWER_FLAGS`),
      handle: 'tcm_handle',
      keys: inFlower,
      indev: `${OPTIONS}.TCA_FLOWER_INDEV`,
      hw_tc: unshared('a class of hardware, which tc has as a part of the class id'),
    }),
  };
}

/** What `tc -d -s -j filter` says. */
export function filterTable(links: Links): Table {
  const tables = kindTables(links);
  return {
    protocol: protocolOf,
    pref: (ours) => Number(at(ours, 'tcm_info')) >>> 16,
    kind: 'TCA_KIND',
    chain: 'TCA_CHAIN',
    options: { inside: (ours) => ({ table: tables[String(at(ours, 'TCA_KIND'))] ?? {}, shown: ours }) },
  };
}

/** What `tc -d -s -j chain` says; a template is a filter without anything to do. */
export const chainTable = (links: Links): Table => ({ ...filterTable(links), parent: classid('tcm_parent') });
