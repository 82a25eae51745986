import { at, listOf, type Reader, type Table, unshared } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, hasFlag, hexAt, named, word } from './words.ts';

const SCOPES = { RT_SCOPE_UNIVERSE: 'global' };
const FAMILIES = { AF_INET: 'inet', AF_INET6: 'inet6', AF_BRIDGE: 'bridge', AF_MPLS: 'mpls' };
const table = (path: string) => named(path, 'RT_TABLE_');
const protocol = (path: string) => named(path, 'RTPROT_');

/** What `ip -j -d addr` says of an address. */
export const ADDRESS_TABLE: Table = {
  family: named('ifa_family', '', FAMILIES),
  local: (ours) => at(ours, 'IFA_LOCAL') ?? at(ours, 'IFA_ADDRESS'),
  address: 'IFA_ADDRESS',
  prefixlen: 'ifa_prefixlen',
  broadcast: 'IFA_BROADCAST',
  anycast: 'IFA_ANYCAST',
  scope: named('ifa_scope', 'RT_SCOPE_', SCOPES),
  label: 'IFA_LABEL',
  metric: 'IFA_RT_PRIORITY',
  protocol: (ours) => word(at(ours, 'IFA_PROTO'), 'IFAPROT_'),
  valid_life_time: 'IFA_CACHEINFO.ifa_valid',
  preferred_life_time: 'IFA_CACHEINFO.ifa_prefered',
  dynamic: (ours) => !flagNames(at(ours, 'IFA_FLAGS')).includes('IFA_F_PERMANENT'),
  deprecated: hasFlag('IFA_FLAGS', 'IFA_F_DEPRECATED'),
  tentative: hasFlag('IFA_FLAGS', 'IFA_F_TENTATIVE'),
  optimistic: hasFlag('IFA_FLAGS', 'IFA_F_OPTIMISTIC'),
  dadfailed: hasFlag('IFA_FLAGS', 'IFA_F_DADFAILED'),
  nodad: hasFlag('IFA_FLAGS', 'IFA_F_NODAD'),
  home: hasFlag('IFA_FLAGS', 'IFA_F_HOMEADDRESS'),
  secondary: hasFlag('IFA_FLAGS', 'IFA_F_SECONDARY'),
  temporary: hasFlag('IFA_FLAGS', 'IFA_F_SECONDARY'),
  mngtmpaddr: hasFlag('IFA_FLAGS', 'IFA_F_MANAGETEMPADDR'),
  noprefixroute: hasFlag('IFA_FLAGS', 'IFA_F_NOPREFIXROUTE'),
  autojoin: hasFlag('IFA_FLAGS', 'IFA_F_MCAUTOJOIN'),
  'stable-privacy': hasFlag('IFA_FLAGS', 'IFA_F_STABLE_PRIVACY'),
};

const HOST_BITS: { readonly [family: string]: number } = { AF_INET: 32, AF_INET6: 128 };

/** A prefix as ip prints it: "default" for all, no length for a host. */
function prefix(ours: Shown, attribute: string, length: string, all: string): unknown {
  const bits = Number(at(ours, length));
  const address = at(ours, attribute);
  const family = String(at(ours, 'rtm_family') ?? at(ours, 'family'));
  if (address === undefined && bits === 0) return all;
  return bits === HOST_BITS[family] ? address : `${address ?? (family === 'AF_INET6' ? '::' : '0.0.0.0')}/${bits}`;
}

/** Metrics as ip prints them: one object with those that are set. */
const METRICS: { readonly [word: string]: string } = { cwnd: 'RTAX_CWND', quickack: 'RTAX_QUICKACK' };
const metric: Reader = (ours, key) => {
  const value = at(ours, `RTA_METRICS.${METRICS[key] ?? `RTAX_${key.toUpperCase()}`}`);
  if (key === 'rtt') return Number(value) / 8;
  if (key === 'rttvar') return Number(value) / 4;
  if (key === 'ecn') return flagNames(at(ours, 'RTA_METRICS.RTAX_FEATURES')).includes('RTAX_FEATURE_ECN');
  return key === 'features' ? flagNames(value).map((name) => word(name, 'RTAX_FEATURE_')) : value;
};

/** Hops and routes say the same of where they lead. */
function hop(links: Links): Table {
  return {
    gateway: 'RTA_GATEWAY',
    'via.family': named('RTA_VIA.rtvia_family', '', FAMILIES),
    'via.host': (ours) => at(ours, 'RTA_VIA.rtvia_addr'),
    ...ENCAP,
    flags: (ours) => routeFlags(at(ours, 'rtm_flags') ?? at(ours, 'rtnh_flags')),
    dev: (ours, key) => linkAt(links, at(ours, 'RTA_OIF') === undefined ? 'rtnh_ifindex' : 'RTA_OIF')(ours, key),
    weight: (ours) => Number(at(ours, 'rtnh_hops')) + 1,
  };
}

/** What encapsulates routes and nexthops: ip prints its options among those of the route, in place of the same keys. */
const tunnelOption =
  (name: string, otherwise?: Reader): Reader =>
  (ours, key) =>
    at(ours, `RTA_ENCAP.LWTUNNEL_IP_${name}`) ?? at(ours, `RTA_ENCAP.LWTUNNEL_IP6_${name}`) ?? otherwise?.(ours, key);
/** Labels as ip prints them, outermost first: the upper 20 bits of each 32-bit entry. */
const labels = (ours: Shown) => {
  const stack = at(ours, 'RTA_ENCAP.MPLS_IPTUNNEL_DST');
  const entries = String(stack ?? '').match(/.{8}/g) ?? [];
  return stack === undefined ? undefined : entries.map((entry) => Number.parseInt(entry, 16) >>> 12).join('/');
};
const tunnelFlag =
  (flag: string): Reader =>
  (ours, key) =>
    flagNames(tunnelOption('FLAGS')(ours, key) as Shown[string]).includes(flag);
/** Segments are on the wire with the last one first. */
const segments: Reader = (ours) => {
  const list = at(ours, 'RTA_ENCAP.SEG6_IPTUNNEL_SRH.segments') ?? at(ours, 'RTA_ENCAP.RPL_IPTUNNEL_SRH.segments');
  return [...listOf(list)].reverse();
};
const ENCAP: Table = {
  encap: named('RTA_ENCAP_TYPE', 'LWTUNNEL_ENCAP_', { LWTUNNEL_ENCAP_SEG6_LOCAL: 'seg6local' }),
  id: tunnelOption('ID'),
  src: tunnelOption('SRC'),
  ttl: (ours, key) => at(ours, 'RTA_ENCAP.MPLS_IPTUNNEL_TTL') ?? tunnelOption('TTL')(ours, key),
  hoplimit: tunnelOption('HOPLIMIT'),
  tc: tunnelOption('TC'),
  key: tunnelFlag('TUNNEL_KEY'),
  csum: tunnelFlag('TUNNEL_CSUM'),
  seq: tunnelFlag('TUNNEL_SEQ'),
  mode: named('RTA_ENCAP.SEG6_IPTUNNEL_SRH.mode', 'SEG6_IPTUN_MODE_'),
  segs: segments,
  action: (ours) =>
    String(at(ours, 'RTA_ENCAP.SEG6_LOCAL_ACTION'))
      .replace('SEG6_LOCAL_ACTION_', '')
      .split('_')
      .map((part) => (part === 'END' ? 'End' : part))
      .join('.'),
  nh4: 'RTA_ENCAP.SEG6_LOCAL_NH4',
  nh6: 'RTA_ENCAP.SEG6_LOCAL_NH6',
};

const ROUTE_FLAGS = ['dead', 'onlink', 'pervasive', 'offload', 'trap', 'notify', 'linkdown', 'unresolved'];
function routeFlags(value: Shown[string] | undefined): string[] {
  const set = flagNames(value).map((flag) => flag.replace(/^RT(NH|M)_F_/, '').toLowerCase());
  return ROUTE_FLAGS.filter((flag) => set.includes(flag));
}

/** What `ip -j -d route` says. */
export function routeTable(links: Links): Table {
  return {
    ...hop(links),
    type: named('rtm_type', 'RTN_'),
    dst: tunnelOption('DST', (ours) => labels(ours) ?? prefix(ours, 'RTA_DST', 'rtm_dst_len', 'default')),
    from: (ours) => prefix(ours, 'RTA_SRC', 'rtm_src_len', 'all'),
    tos: tunnelOption('TOS', hexAt('rtm_tos')),
    table: (ours, key) =>
      table(at(ours, 'RTA_ENCAP.SEG6_LOCAL_TABLE') === undefined ? 'RTA_TABLE' : 'RTA_ENCAP.SEG6_LOCAL_TABLE')(
        ours,
        key,
      ),
    protocol: protocol('rtm_protocol'),
    scope: named('rtm_scope', 'RT_SCOPE_', SCOPES),
    prefsrc: 'RTA_PREFSRC',
    metric: 'RTA_PRIORITY',
    nhid: 'RTA_NH_ID',
    pref: named('RTA_PREF', 'ICMPV6_ROUTER_PREF_'),
    mark: hexAt('RTA_MARK'),
    uid: 'RTA_UID',
    'flow.from': (ours) => Number(at(ours, 'RTA_FLOW')) >>> 16,
    'flow.to': (ours) => Number(at(ours, 'RTA_FLOW')) & 0xffff,
    nh_info: unshared('the nexthop object that `ip nexthop` is asked for, repeated'),
    expires: (ours) => Math.trunc(Number(at(ours, 'RTA_CACHEINFO.rta_expires')) / 100),
    metrics: { each: (ours) => (at(ours, 'RTA_METRICS') === undefined ? [] : [ours]), table: { '*': metric } },
    nexthops: { each: (ours) => listOf(at(ours, 'RTA_MULTIPATH')) as readonly Shown[], table: hop(links) },
  };
}

/** What `ip -j -d rule` says. */
export const RULE_TABLE: Table = {
  priority: (ours) => at(ours, 'FRA_PRIORITY') ?? 0,
  not: hasFlag('flags', 'FIB_RULE_INVERT'),
  src: (ours) => at(ours, 'FRA_SRC') ?? 'all',
  srclen: 'src_len',
  dst: (ours) => at(ours, 'FRA_DST') ?? 'all',
  dstlen: 'dst_len',
  tos: hexAt('tos'),
  fwmark: hexAt('FRA_FWMARK'),
  fwmask: hexAt('FRA_FWMASK'),
  iif: 'FRA_IIFNAME',
  iif_detached: hasFlag('flags', 'FIB_RULE_IIF_DETACHED'),
  oif: 'FRA_OIFNAME',
  oif_detached: hasFlag('flags', 'FIB_RULE_OIF_DETACHED'),
  l3mdev: 'FRA_L3MDEV',
  uid_start: 'FRA_UID_RANGE.start',
  uid_end: 'FRA_UID_RANGE.end',
  ipproto: named('FRA_IP_PROTO', 'IPPROTO_', { IPPROTO_ICMPV6: 'ipv6-icmp' }),
  sport: 'FRA_SPORT_RANGE.start',
  sport_start: 'FRA_SPORT_RANGE.start',
  sport_end: 'FRA_SPORT_RANGE.end',
  dport: 'FRA_DPORT_RANGE.start',
  dport_start: 'FRA_DPORT_RANGE.start',
  dport_end: 'FRA_DPORT_RANGE.end',
  tun_id: 'FRA_TUN_ID',
  table: table('FRA_TABLE'),
  suppress_prefixlen: 'FRA_SUPPRESS_PREFIXLEN',
  suppress_ifgroup: 'FRA_SUPPRESS_IFGROUP',
  flow_from: (ours) => Number(at(ours, 'FRA_FLOW')) >>> 16,
  flow_to: (ours) => Number(at(ours, 'FRA_FLOW')) & 0xffff,
  action: named('action', 'FR_ACT_'),
  nop: (ours) => at(ours, 'action') === 'FR_ACT_NOP',
  goto: 'FRA_GOTO',
  unresolved: hasFlag('flags', 'FIB_RULE_UNRESOLVED'),
  protocol: protocol('FRA_PROTOCOL'),
};

const NEIGH_STATES = ['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT'];
const secondsOf =
  (path: string): Reader =>
  (ours) =>
    Math.trunc(Number(at(ours, path)) / 100);

/** What `ip -j -s neigh` says. */
export function neighTable(links: Links): Table {
  return {
    dst: 'NDA_DST',
    dev: linkAt(links, 'ndm_ifindex'),
    lladdr: 'NDA_LLADDR',
    state: (ours) => {
      const set = flagNames(at(ours, 'ndm_state'));
      return NEIGH_STATES.filter((state) => set.includes(`NUD_${state}`));
    },
    router: hasFlag('ndm_flags', 'NTF_ROUTER'),
    proxy: hasFlag('ndm_flags', 'NTF_PROXY'),
    extern_learn: hasFlag('ndm_flags', 'NTF_EXT_LEARNED'),
    offload: hasFlag('ndm_flags', 'NTF_OFFLOADED'),
    managed: (ours) => flagNames(at(ours, 'NDA_FLAGS_EXT')).includes('NTF_EXT_MANAGED'),
    protocol: protocol('NDA_PROTOCOL'),
    probes: 'NDA_PROBES',
    refcnt: 'NDA_CACHEINFO.ndm_refcnt',
    used: secondsOf('NDA_CACHEINFO.ndm_used'),
    confirmed: secondsOf('NDA_CACHEINFO.ndm_confirmed'),
    updated: secondsOf('NDA_CACHEINFO.ndm_updated'),
  };
}

/** What `ip -j -d nexthop` says. */
export function nexthopTable(links: Links): Table {
  return {
    id: 'NHA_ID',
    gateway: 'NHA_GATEWAY',
    dev: linkAt(links, 'NHA_OIF'),
    scope: named('nh_scope', 'RT_SCOPE_', SCOPES),
    protocol: protocol('nh_protocol'),
    blackhole: 'NHA_BLACKHOLE',
    fdb: 'NHA_FDB',
    flags: (ours) => routeFlags(at(ours, 'nh_flags')),
    encap: named('NHA_ENCAP_TYPE', 'LWTUNNEL_ENCAP_'),
    group: {
      each: (ours) => listOf(at(ours, 'NHA_GROUP')) as readonly Shown[],
      table: { id: 'id', weight: (ours) => Number(at(ours, 'weight')) + 1 },
    },
    type: named('NHA_GROUP_TYPE', 'NEXTHOP_GRP_TYPE_', { NEXTHOP_GRP_TYPE_RES: 'resilient' }),
    'resilient_args.buckets': 'NHA_RES_GROUP.NHA_RES_GROUP_BUCKETS',
    'resilient_args.idle_timer': secondsOf('NHA_RES_GROUP.NHA_RES_GROUP_IDLE_TIMER'),
    'resilient_args.unbalanced_timer': secondsOf('NHA_RES_GROUP.NHA_RES_GROUP_UNBALANCED_TIMER'),
    'resilient_args.unbalanced_time': secondsOf('NHA_RES_GROUP.NHA_RES_GROUP_UNBALANCED_TIME'),
  };
}

/** What `ip -j netconf` says. */
export function netconfTable(links: Links): Table {
  const value =
    (attribute: string): Reader =>
    (ours) =>
      at(ours, attribute);
  const name: Reader = (ours, key) => {
    const index = at(ours, 'NETCONFA_IFINDEX');
    return index === 'NETCONFA_IFINDEX_ALL' || index === -1
      ? 'all'
      : index === 'NETCONFA_IFINDEX_DEFAULT' || index === -2
        ? 'default'
        : linkAt(links, 'NETCONFA_IFINDEX')(ours, key);
  };
  const mode =
    (attribute: string, words: readonly string[]): Reader =>
    (ours) =>
      words[Number(at(ours, attribute))];
  return {
    family: named('ncm_family', '', FAMILIES),
    interface: name,
    forwarding: value('NETCONFA_FORWARDING'),
    rp_filter: mode('NETCONFA_RP_FILTER', ['off', 'strict', 'loose']),
    mc_forwarding: value('NETCONFA_MC_FORWARDING'),
    proxy_neigh: value('NETCONFA_PROXY_NEIGH'),
    ignore_routes_with_linkdown: value('NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN'),
    input: value('NETCONFA_INPUT'),
    bc_forwarding: value('NETCONFA_BC_FORWARDING'),
  };
}
