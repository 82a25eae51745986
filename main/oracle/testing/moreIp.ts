import { at, type Json, type Table, unshared } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, hexAt } from './words.ts';

const FAMILIES: { readonly [constant: string]: string } = { AF_INET: 'inet', AF_INET6: 'inet6' };

/** Parameters and counters that `ip ntable` calls as the kernel's attributes and structs do. */
const same = (prefix: string, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, `${prefix}${key}`]));
const upper = (prefix: string, names: { readonly [key: string]: string }) =>
  Object.fromEntries(Object.entries(names).map(([key, name]) => [key, `${prefix}${name}`]));

/** What `ip -s -j ntable` says. */
export function ntableTable(links: Links): Table {
  return {
    family: (ours) => FAMILIES[String(at(ours, 'ndtm_family'))],
    name: 'NDTA_NAME',
    dev: linkAt(links, 'NDTA_PARMS.NDTPA_IFINDEX'),
    ...upper('NDTA_', { thresh1: 'THRESH1', thresh2: 'THRESH2', thresh3: 'THRESH3', gc_interval: 'GC_INTERVAL' }),
    ...upper('NDTA_CONFIG.ndtc_', {
      key_length: 'key_len',
      entry_size: 'entry_size',
      entries: 'entries',
      hash_rnd: 'hash_rnd',
      hash_chain_gc: 'hash_chain_gc',
      proxy_qlen: 'proxy_qlen',
    }),
    hash_mask: hexAt('NDTA_CONFIG.ndtc_hash_mask'),
    last_flush: unshared('a time that ip works out from how long ago it was'),
    last_rand: unshared('a time that ip works out from how long ago it was'),
    ...upper('NDTA_PARMS.NDTPA_', {
      refcnt: 'REFCNT',
      reachable: 'REACHABLE_TIME',
      base_reachable: 'BASE_REACHABLE_TIME',
      retrans: 'RETRANS_TIME',
      gc_stale: 'GC_STALETIME',
      delay_probe: 'DELAY_PROBE_TIME',
      queue: 'QUEUE_LEN',
      app_probes: 'APP_PROBES',
      ucast_probes: 'UCAST_PROBES',
      mcast_probes: 'MCAST_PROBES',
      anycast_delay: 'ANYCAST_DELAY',
      proxy_delay: 'PROXY_DELAY',
      proxy_queue: 'PROXY_QLEN',
      locktime: 'LOCKTIME',
      mcast_reprobes: 'MCAST_REPROBES',
    }),
    ...same('NDTA_STATS.ndts_', [
      ...['allocs', 'destroys', 'hash_grows', 'res_failed', 'lookups', 'hits', 'rcv_probes_mcast', 'rcv_probes_ucast'],
      ...['periodic_gc_runs', 'forced_gc_runs', 'table_fulls'],
    ]),
  };
}

/** What `ip -j addrlabel` says. */
export const addrlabelTable = (links: Links): Table => ({
  address: 'IFAL_ADDRESS',
  prefixlen: 'ifal_prefixlen',
  ifname: linkAt(links, 'ifal_index'),
  label: 'IFAL_LABEL',
});

const TOKEN = 'IFLA_PROTINFO.IFLA_INET6_TOKEN';

/** What `ip -j token` says of links, and those that it lists: a loopback has none. */
export const TOKEN_TABLE: Table = { token: TOKEN, ifname: 'IFLA_IFNAME' };
export const withToken = (dump: readonly Shown[]) =>
  dump.filter((link) => at(link, TOKEN) !== undefined && !flagNames(at(link, 'ifi_flags')).includes('IFF_LOOPBACK'));

const ENDPOINT = 'MPTCP_PM_ATTR_ADDR';
const endpointFlag = (flag: string) => (ours: Shown) =>
  flagNames(at(ours, `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_FLAGS`)).includes(`MPTCP_PM_ADDR_FLAG_${flag}`);

/** What `ip -j mptcp endpoint` says. */
export const endpointTable = (links: Links): Table => ({
  address: (ours) =>
    at(ours, `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_ADDR4`) ?? at(ours, `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_ADDR6`),
  id: `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_ID`,
  port: `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_PORT`,
  dev: linkAt(links, `${ENDPOINT}.MPTCP_PM_ADDR_ATTR_IF_IDX`),
  ...Object.fromEntries(
    ['signal', 'subflow', 'backup', 'fullmesh', 'implicit'].map((key) => [key, endpointFlag(key.toUpperCase())]),
  ),
});

/** Blocks of `genl ctrl list`: a family, what it can do and its groups. */
export function familiesOf(text: string): Json[] {
  return text
    .split(/^Name: /m)
    .slice(1)
    .map((block) => {
      const [, name = '', id, version, header, most] =
        /^(\S+)\s+ID: (\S+)\s+Version: (\S+)\s+header size: (\d+)\s+max attribs: (\d+)/.exec(block) ?? [];
      const [operations = '', groups = ''] = block.split('multicast groups:');
      return {
        name,
        id: Number(id),
        version: Number(version),
        header: Number(header),
        most: Number(most),
        commands: [...operations.matchAll(/#\d+:\s+ID-(\S+)/g)].map(([, number]) => Number(number)),
        groups: [...groups.matchAll(/#\d+:\s+ID-(\S+)\s+name: (\S+)/g)].map(
          ([, number, group]) => `${group} ${Number(number)}`,
        ),
      };
    });
}

const listIn = (ours: Shown, path: string) => Object.values((at(ours, path) ?? {}) as Shown) as readonly Shown[];

export const FAMILY_TABLE: Table = {
  name: 'CTRL_ATTR_FAMILY_NAME',
  id: 'CTRL_ATTR_FAMILY_ID',
  version: 'CTRL_ATTR_VERSION',
  header: 'CTRL_ATTR_HDRSIZE',
  most: 'CTRL_ATTR_MAXATTR',
  commands: (ours) => listIn(ours, 'CTRL_ATTR_OPS').map((operation) => operation['CTRL_ATTR_OP_ID']),
  groups: (ours) =>
    listIn(ours, 'CTRL_ATTR_MCAST_GROUPS').map(
      (group) => `${group['CTRL_ATTR_MCAST_GRP_NAME']} ${group['CTRL_ATTR_MCAST_GRP_ID']}`,
    ),
};
