import { at, type Json, listOf, type Reader, type Table } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, named } from './words.ts';

/** What bridge(8) lists for each device, as one list of objects that name their device. */
export const perDevice =
  (list: string) =>
  (printed: Json): Json[] =>
    (printed as readonly Shown[]).flatMap((device) =>
      (device[list] as readonly Shown[]).map((entry) => ({ ifname: device['ifname'], ...entry }) as Json),
    );

const isFlagSet = (entry: Shown, path: string, flag: string) => flagNames(at(entry, path)).includes(flag);

/** Entries of one sort in the messages of a dump, with the device that their message is about. */
const entriesOf =
  (attribute: string) =>
  (dump: readonly Shown[]): Shown[] =>
    dump.flatMap(({ ifindex = 0, [attribute]: entries }) =>
      (listOf(entries) as readonly Shown[]).map((entry) => ({ ...entry, ifindex })),
    );

const vlanEntriesOf = entriesOf('BRIDGE_VLANDB_ENTRY');

/** VLANs of an RTM_GETVLAN dump, each by itself, with their device. */
export function vlansOf(dump: readonly Shown[]): readonly Shown[] {
  return vlanEntriesOf(dump).flatMap((entry) => {
    const first = Number(at(entry, 'BRIDGE_VLANDB_ENTRY_INFO.vid'));
    const last = Number(at(entry, 'BRIDGE_VLANDB_ENTRY_RANGE') ?? first);
    return Array.from({ length: last - first + 1 }, (_, i) => ({ ...entry, vid: first + i }));
  });
}

const VLAN_FLAGS = [
  ['BRIDGE_VLAN_INFO_PVID', 'PVID'],
  ['BRIDGE_VLAN_INFO_UNTAGGED', 'Egress Untagged'],
] as const;

/** What `bridge -d -s -j vlan show` says of a VLAN. */
export function vlanTable(links: Links): Table {
  const statistics: Reader = (ours, key) =>
    at(ours, `BRIDGE_VLANDB_ENTRY_STATS.BRIDGE_VLANDB_STATS_${key.toUpperCase()}`);
  return {
    ifname: linkAt(links, 'ifindex'),
    vlan: 'vid',
    flags: (ours) =>
      VLAN_FLAGS.filter(([flag]) => isFlagSet(ours, 'BRIDGE_VLANDB_ENTRY_INFO.flags', flag)).map(([, word]) => word),
    state: named('BRIDGE_VLANDB_ENTRY_STATE', 'BR_STATE_'),
    mcast_router: (ours) => routerNumber(at(ours, 'BRIDGE_VLANDB_ENTRY_MCAST_ROUTER')),
    mcast_n_groups: 'BRIDGE_VLANDB_ENTRY_MCAST_N_GROUPS',
    mcast_max_groups: 'BRIDGE_VLANDB_ENTRY_MCAST_MAX_GROUPS',
    neigh_suppress: (ours) => at(ours, 'BRIDGE_VLANDB_ENTRY_NEIGH_SUPPRESS') === 1,
    rx_bytes: statistics,
    rx_packets: statistics,
    tx_bytes: statistics,
    tx_packets: statistics,
  };
}

/** MDB_RTR_TYPE_… of linux/if_bridge.h by number. */
const ROUTER_TYPES = ['MDB_RTR_TYPE_DISABLED', 'MDB_RTR_TYPE_TEMP_QUERY', 'MDB_RTR_TYPE_PERM', 'MDB_RTR_TYPE_TEMP'];

function routerNumber(value: unknown): unknown {
  const number = ROUTER_TYPES.indexOf(String(value));
  return number < 0 ? value : number;
}

const ROUTER_PORT = 'BRIDGE_VLANDB_GOPTS_MCAST_ROUTER_PORTS.MDBA_ROUTER.MDBA_ROUTER_PORT';

/** VLANs and ranges of them in a dump of global options, with their device. */
export const globalVlansOf = entriesOf('BRIDGE_VLANDB_GLOBAL_OPTIONS');

/** What `bridge -d -j vlan global show` says of a VLAN or a range of them. */
export function globalVlanTable(links: Links): Table {
  const option: Reader = (ours, key) =>
    at(ours, `BRIDGE_VLANDB_GOPTS_${key.toUpperCase().replace('COUNT', 'CNT').replace('INTERVAL', 'INTVL')}`);
  const querier = 'BRIDGE_VLANDB_GOPTS_MCAST_QUERIER_STATE';
  return {
    ifname: linkAt(links, 'ifindex'),
    vlan: 'BRIDGE_VLANDB_GOPTS_ID',
    vlanEnd: 'BRIDGE_VLANDB_GOPTS_RANGE',
    'mcast_querier_state_ipv4.mcast_querier_ipv4_addr': `${querier}.BRIDGE_QUERIER_IP_ADDRESS`,
    'mcast_querier_state_ipv6.mcast_querier_ipv6_addr': `${querier}.BRIDGE_QUERIER_IPV6_ADDRESS`,
    router_ports: {
      each: (ours) => listOf(at(ours, ROUTER_PORT)) as readonly Shown[],
      table: { port: linkAt(links, 'ifindex') },
    },
    '*': option,
  };
}

/** What VLANs are mapped to in tunnels, ranges as the kernel tells them: two entries that are marked as its ends. */
export function vlanTunnelsOf(dump: readonly Shown[]): readonly Shown[] {
  return dump.flatMap(({ ifi_index = 0, IFLA_AF_SPEC: specific }) => {
    const entries = listOf(at(specific, 'IFLA_BRIDGE_VLAN_TUNNEL_INFO')) as readonly Shown[];
    return entries.flatMap((entry, i) => {
      if (isFlagSet(entry, 'IFLA_BRIDGE_VLAN_TUNNEL_FLAGS', 'BRIDGE_VLAN_INFO_RANGE_END')) return [];
      const ranged = isFlagSet(entry, 'IFLA_BRIDGE_VLAN_TUNNEL_FLAGS', 'BRIDGE_VLAN_INFO_RANGE_BEGIN');
      return [{ ifi_index, first: entry, ...(ranged ? { last: entries[i + 1] ?? {} } : {}) }];
    });
  });
}

/** What `bridge -j vlan tunnelshow` says of a mapping. */
export function vlanTunnelTable(links: Links): Table {
  return {
    ifname: linkAt(links, 'ifi_index'),
    vlan: 'first.IFLA_BRIDGE_VLAN_TUNNEL_VID',
    vlanEnd: 'last.IFLA_BRIDGE_VLAN_TUNNEL_VID',
    tunid: 'first.IFLA_BRIDGE_VLAN_TUNNEL_ID',
    tunidEnd: 'last.IFLA_BRIDGE_VLAN_TUNNEL_ID',
  };
}

/** VNIs of an RTM_GETTUNNEL dump with their device. */
export const vnisOf = entriesOf('VXLAN_VNIFILTER_ENTRY');

/** What `bridge -s -j vni show` says of a VNI or a range of them. */
export function vniTable(links: Links): Table {
  return {
    ifname: linkAt(links, 'ifindex'),
    vni: 'VXLAN_VNIFILTER_ENTRY_START',
    vniEnd: 'VXLAN_VNIFILTER_ENTRY_END',
    group: (ours) => at(ours, 'VXLAN_VNIFILTER_ENTRY_GROUP') ?? at(ours, 'VXLAN_VNIFILTER_ENTRY_GROUP6'),
    stats: {
      inside: (ours) => ({
        shown: at(ours, 'VXLAN_VNIFILTER_ENTRY_STATS') as Shown,
        table: { '*': (shown, key) => at(shown, `VNIFILTER_ENTRY_STATS_${key.toUpperCase()}`) },
      }),
    },
  };
}
