import { at, listOf, type Reader, type Table } from './compare.ts';
import { type Links, linkAt, linkTable, portTable } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, named } from './words.ts';

const seconds =
  (path: string): Reader =>
  (ours) =>
    Math.trunc(Number(at(ours, path)) / 100);

/** States of a forwarding entry as bridge(8) names them: permanent for permanent, static for NOARP, stale; else none. */
function entryState(state: Shown[string] | undefined): string {
  const names = flagNames(state);
  const words = { NUD_PERMANENT: 'permanent', NUD_NOARP: 'static', NUD_STALE: 'stale', NUD_REACHABLE: '' };
  return Object.entries(words).find(([name]) => names.includes(name))?.[1] ?? '';
}

const ENTRY_FLAGS: readonly (readonly [string, string])[] = [
  ['NTF_SELF', 'self'],
  ['NTF_ROUTER', 'router'],
  ['NTF_EXT_LEARNED', 'extern_learn'],
  ['NTF_OFFLOADED', 'offload'],
  ['NTF_STICKY', 'sticky'],
];

/** What `bridge -d -s -j fdb` says. */
export function fdbTable(links: Links): Table {
  return {
    mac: 'NDA_LLADDR',
    ifname: linkAt(links, 'ndm_ifindex'),
    dst: 'NDA_DST',
    port: 'NDA_PORT',
    vni: 'NDA_VNI',
    src_vni: 'NDA_SRC_VNI',
    vlan: 'NDA_VLAN',
    viaIf: linkAt(links, 'NDA_IFINDEX'),
    nhid: 'NDA_NH_ID',
    used: seconds('NDA_CACHEINFO.ndm_used'),
    updated: seconds('NDA_CACHEINFO.ndm_updated'),
    flags: (ours) => {
      const set = flagNames(at(ours, 'ndm_flags'));
      return ENTRY_FLAGS.filter(([flag]) => set.includes(flag)).map(([, word]) => word);
    },
    master: linkAt(links, 'NDA_MASTER'),
    state: (ours) => entryState(at(ours, 'ndm_state')),
  };
}

/** Groups in the tables of bridges: each entry of each table, in the kernel's order. */
export function groupsOf(dump: readonly Shown[]): readonly Shown[] {
  return dump.flatMap((table) =>
    listOf(at(table, 'MDBA_MDB.MDBA_MDB_ENTRY')).flatMap((entry) =>
      listOf((entry as Shown)['MDBA_MDB_ENTRY_INFO']).map((info) => ({
        ...(info as Shown),
        bridge: table['ifindex'] ?? 0,
      })),
    ),
  );
}

/** What `bridge -d -s -j mdb` says of a group. */
export function mdbTable(links: Links): Table {
  const flag = (name: string, word: string) => [name, word] as const;
  const flags = [
    flag('MDB_FLAGS_OFFLOAD', 'offload'),
    flag('MDB_FLAGS_FAST_LEAVE', 'fast_leave'),
    flag('MDB_FLAGS_STAR_EXCL', 'added_by_star_ex'),
    flag('MDB_FLAGS_BLOCKED', 'blocked'),
  ];
  return {
    index: 'bridge',
    dev: linkAt(links, 'bridge'),
    port: linkAt(links, 'ifindex'),
    grp: 'addr.u',
    src: 'MDBA_MDB_EATTR_SOURCE',
    vid: 'vid',
    state: named('state', '', { MDB_TEMPORARY: 'temp', MDB_PERMANENT: 'permanent' }),
    protocol: named('MDBA_MDB_EATTR_RTPROT', 'RTPROT_'),
    filter_mode: named('MDBA_MDB_EATTR_GROUP_MODE', 'MCAST_'),
    source_list: {
      each: (ours) => listOf(at(ours, 'MDBA_MDB_EATTR_SRC_LIST.MDBA_MDB_SRCLIST_ENTRY')) as readonly Shown[],
      table: {
        address: 'MDBA_MDB_SRCATTR_ADDRESS',
        timer: hundredths('MDBA_MDB_SRCATTR_TIMER'),
      },
    },
    flags: (ours) => {
      const set = flagNames(at(ours, 'flags'));
      return flags.filter(([name]) => set.includes(name)).map(([, word]) => word);
    },
    timer: hundredths('MDBA_MDB_EATTR_TIMER'),
  };
}

/** A timer in hundredths of a second. */
function hundredths(path: string): Reader {
  return (ours) => Number(at(ours, path)) / 100;
}

/** What `bridge -d -j link` says of a port. */
export function bridgeLinkTable(links: Links): Table {
  const { ifindex, ifname, link, flags, mtu, master } = linkTable(links) as Record<string, Table[string]>;
  const port: Reader = (ours, key) => {
    const rule = portTable(links)[key];
    const shown = at(ours, 'IFLA_PROTINFO') as Shown;
    if (typeof rule === 'string') return at(shown, rule);
    return typeof rule === 'function' ? rule(shown, key) : at(shown, `IFLA_BRPORT_${key.toUpperCase()}`);
  };
  return {
    ...(ifindex && ifname && link && flags && mtu && master ? { ifindex, ifname, link, flags, mtu, master } : {}),
    hairpin: named('IFLA_PROTINFO.IFLA_BRPORT_MODE', '', { BRIDGE_MODE_HAIRPIN: 1, BRIDGE_MODE_UNSPEC: 0 }),
    mcast_router: (ours) => port(ours, 'multicast_router'),
    '*': port,
  };
}
