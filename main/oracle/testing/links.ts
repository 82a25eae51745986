import { at, listOf, type Reader, type Rule, type Table, unshared } from './compare.ts';
import type { Shown } from './scene.ts';
import { flagNames, flagWords, hasFlag, hexAt, named, quadAt, scaled } from './words.ts';

/** The links of a namespace by index: names and flags that tools put into what they print of others. */
export type Links = ReadonlyMap<number, { readonly name: string; readonly flags: readonly string[] }>;

/** Links by index, of a dump of RTM_NEWLINK. */
export function linksOf(dump: readonly Shown[]): Links {
  return new Map(
    dump.map((link) => [
      Number(link['ifi_index']),
      { name: String(link['IFLA_IFNAME']), flags: flagNames(link['ifi_flags']) },
    ]),
  );
}

/** The name of the link whose index is at a path, as tools print it; "*" for none. */
export function linkAt(links: Links, path: string): Reader {
  return (ours) => {
    const index = Number(at(ours, path) ?? 0);
    return index === 0 ? undefined : (links.get(index)?.name ?? `if${index}`);
  };
}

const LINK_TYPES: { readonly [constant: string]: string } = {
  ARPHRD_TUNNEL: 'ipip',
  ARPHRD_IPGRE: 'gre',
  ARPHRD_IP6GRE: 'gre6',
  ARPHRD_VSOCKMON: '[826]',
};

const ETHERTYPES = { ETH_P_8021Q: '802.1Q', ETH_P_8021AD: '802.1ad' };
const INFO = 'IFLA_LINKINFO.IFLA_INFO_DATA';
const PORT = 'IFLA_LINKINFO.IFLA_INFO_SLAVE_DATA';

/** What `ip -d -s -j link` says, in our values. */
export function linkTable(links: Links): Table {
  return {
    ifindex: 'ifi_index',
    ifname: 'IFLA_IFNAME',
    link: (ours, key) => (at(ours, 'IFLA_LINK') === 0 ? null : linkAt(links, 'IFLA_LINK')(ours, key)),
    link_index: 'IFLA_LINK',
    link_netnsid: 'IFLA_LINK_NETNSID',
    flags: deviceFlags(links),
    mtu: 'IFLA_MTU',
    qdisc: 'IFLA_QDISC',
    master: linkAt(links, 'IFLA_MASTER'),
    operstate: (ours) => String(at(ours, 'IFLA_OPERSTATE')).replace('IF_OPER_', ''),
    linkmode: (ours) => String(at(ours, 'IFLA_LINKMODE')).replace('IF_LINK_MODE_', ''),
    group: (ours) => (at(ours, 'IFLA_GROUP') === 0 ? 'default' : at(ours, 'IFLA_GROUP')),
    txqlen: 'IFLA_TXQLEN',
    link_type: named('ifi_type', 'ARPHRD_', LINK_TYPES),
    address: 'IFLA_ADDRESS',
    broadcast: 'IFLA_BROADCAST',
    link_pointtopoint: isPointToPoint,
    permaddr: 'IFLA_PERM_ADDRESS',
    promiscuity: 'IFLA_PROMISCUITY',
    allmulti: 'IFLA_ALLMULTI',
    min_mtu: 'IFLA_MIN_MTU',
    max_mtu: 'IFLA_MAX_MTU',
    inet6_addr_gen_mode: named('IFLA_AF_SPEC.AF_INET6.IFLA_INET6_ADDR_GEN_MODE', 'IN6_ADDR_GEN_MODE_'),
    num_tx_queues: 'IFLA_NUM_TX_QUEUES',
    num_rx_queues: 'IFLA_NUM_RX_QUEUES',
    gso_max_size: 'IFLA_GSO_MAX_SIZE',
    gso_max_segs: 'IFLA_GSO_MAX_SEGS',
    tso_max_size: 'IFLA_TSO_MAX_SIZE',
    tso_max_segs: 'IFLA_TSO_MAX_SEGS',
    gro_max_size: 'IFLA_GRO_MAX_SIZE',
    ifalias: 'IFLA_IFALIAS',
    altnames: (ours) => listOf(at(ours, 'IFLA_PROP_LIST.IFLA_ALT_IFNAME')),
    proto_down: 'IFLA_PROTO_DOWN',
    parentbus: 'IFLA_PARENT_DEV_BUS_NAME',
    parentdev: 'IFLA_PARENT_DEV_NAME',
    phys_port_name: 'IFLA_PHYS_PORT_NAME',
    phys_switch_id: 'IFLA_PHYS_SWITCH_ID',
    'stats64.rx.*': statistic('rx_'),
    'stats64.rx.multicast': 'IFLA_STATS64.multicast',
    'stats64.tx.*': statistic('tx_'),
    'stats64.tx.collisions': 'IFLA_STATS64.collisions',
    'linkinfo.info_kind': 'IFLA_LINKINFO.IFLA_INFO_KIND',
    'linkinfo.info_slave_kind': 'IFLA_LINKINFO.IFLA_INFO_SLAVE_KIND',
    'linkinfo.info_data': kindRule('IFLA_INFO_KIND', INFO, kindTables(links)),
    'linkinfo.info_slave_data': kindRule('IFLA_INFO_SLAVE_KIND', PORT, portTables(links)),
    addr_info: unshared('addresses are compared as RTM_NEWADDR'),
  };
}

/** The members of net_device_flags(7) as ip prints them, with the two that it makes up: NO-CARRIER and M-DOWN. */
function deviceFlags(links: Links): Rule {
  return (ours) => {
    const flags = flagNames(at(ours, 'ifi_flags'));
    const lower = links.get(Number(at(ours, 'IFLA_LINK') ?? 0));
    const printed = flags.filter((flag) => flag !== 'IFF_RUNNING').map((flag) => flag.replace('IFF_', ''));
    if (flags.includes('IFF_UP') && !flags.includes('IFF_RUNNING')) printed.push('NO-CARRIER');
    if (lower !== undefined && !lower.flags.includes('IFF_UP')) printed.push('M-DOWN');
    return IP_FLAG_ORDER.filter((flag) => printed.includes(flag));
  };
}

const IP_FLAG_ORDER = [
  ...['NO-CARRIER', 'LOOPBACK', 'BROADCAST', 'POINTOPOINT', 'MULTICAST', 'NOARP', 'ALLMULTI', 'PROMISC', 'MASTER'],
  ...['SLAVE', 'DEBUG', 'DYNAMIC', 'AUTOMEDIA', 'PORTSEL', 'NOTRAILERS', 'UP', 'LOWER_UP', 'DORMANT', 'ECHO', 'M-DOWN'],
];

const isPointToPoint: Reader = (ours) => flagNames(at(ours, 'ifi_flags')).includes('IFF_POINTOPOINT');

const statistic =
  (direction: string): Reader =>
  (ours, key) =>
    at(
      ours,
      `IFLA_STATS64.${key.startsWith(direction) ? key : key === 'carrier_errors' ? 'tx_carrier_errors' : direction + key}`,
    );

/** Options of a kind: its table, the rest by the mechanical name (PREFIX_KEY). */
interface KindTable {
  readonly prefix: string;
  readonly table?: Table;
}

function kindRule(kindName: string, path: string, tables: { readonly [kind: string]: KindTable }): Rule {
  return {
    inside: (ours) => {
      const kind = tables[String(at(ours, `IFLA_LINKINFO.${kindName}`))];
      const shown = at(ours, path) as Shown | undefined;
      if (kind === undefined || shown === undefined) return undefined;
      const rest: Reader = (values, key) => at(values, kind.prefix + key.toUpperCase());
      return { shown, table: { '*': rest, ...kind.table } };
    },
  };
}

/** A bridge identifier as ip prints it: priority in hex, then the address without leading zeros. */
const bridgeId =
  (path: string): Reader =>
  (ours) => {
    const address = String(at(ours, `${path}.addr`));
    const bytes = address.split(':').map((byte) => Number.parseInt(byte, 16).toString(16));
    return `${Number(at(ours, `${path}.prio`))
      .toString(16)
      .padStart(4, '0')}.${bytes.join(':')}`;
  };

const isOn =
  (path: string, flag: string): Reader =>
  (ours) =>
    flagNames(at(ours, path)).includes(flag) ? 1 : 0;

/** ip says "any" for the address that means so. */
const anyOr =
  (path: string): Reader =>
  (ours) =>
    ['0.0.0.0', '::', undefined].includes(at(ours, path) as string) ? 'any' : at(ours, path);

const tos = (path: string): Reader => hexAt(path);

function gre(links: Links): KindTable {
  return { prefix: 'IFLA_GRE_', table: tunnel(links, 'IFLA_GRE_') };
}

/** What tunnels of all sorts have. */
function tunnel(links: Links, prefix: string): Table {
  const path = (name: string) => prefix + name;
  const flag = (name: string) => hasFlag(path('FLAGS'), name);
  return {
    external: path('COLLECT_METADATA'),
    remote: anyOr(path('REMOTE')),
    local: anyOr(path('LOCAL')),
    link: linkAt(links, path('LINK')),
    tos: tos(path('TOS')),
    ikey: quadAt(path('IKEY')),
    okey: quadAt(path('OKEY')),
    iseq: hasFlag(path('IFLAGS'), 'GRE_SEQ'),
    oseq: hasFlag(path('OFLAGS'), 'GRE_SEQ'),
    icsum: hasFlag(path('IFLAGS'), 'GRE_CSUM'),
    ocsum: hasFlag(path('OFLAGS'), 'GRE_CSUM'),
    fwmark: hexAt(path('FWMARK')),
    tclass: (ours) => `0x${((Number(at(ours, path('FLOWINFO'))) >>> 20) & 255).toString(16).padStart(2, '0')}`,
    flowlabel: (ours) => `0x${(Number(at(ours, path('FLOWINFO'))) & 0xfffff).toString(16).padStart(5, '0')}`,
    erspan_dir: (ours) => ['ingress', 'egress'][Number(at(ours, path('ERSPAN_DIR')))],
    erspan_hwid: hexAt(path('ERSPAN_HWID')),
    ip6_tnl_f_ign_encap_limit: flag('IP6_TNL_F_IGN_ENCAP_LIMIT'),
    ip6_tnl_f_use_orig_tclass: flag('IP6_TNL_F_USE_ORIG_TCLASS'),
    ip6_tnl_f_use_orig_flowlabel: flag('IP6_TNL_F_USE_ORIG_FLOWLABEL'),
    ip6_tnl_f_rcv_dscp_copy: flag('IP6_TNL_F_RCV_DSCP_COPY'),
    ip6_tnl_f_allow_local_remote: flag('IP6_TNL_F_ALLOW_LOCAL_REMOTE'),
    'encap.type': named(path('ENCAP_TYPE'), 'TUNNEL_ENCAP_'),
    'encap.sport': path('ENCAP_SPORT'),
    'encap.dport': path('ENCAP_DPORT'),
    'encap.csum': hasFlag(path('ENCAP_FLAGS'), 'TUNNEL_ENCAP_FLAG_CSUM'),
    'encap.csum6': hasFlag(path('ENCAP_FLAGS'), 'TUNNEL_ENCAP_FLAG_CSUM6'),
    'encap.remcsum': hasFlag(path('ENCAP_FLAGS'), 'TUNNEL_ENCAP_FLAG_REMCSUM'),
  };
}

function ipTunnel(links: Links, protocols: { readonly [constant: string]: string }): KindTable {
  return {
    prefix: 'IFLA_IPTUN_',
    table: {
      ...tunnel(links, 'IFLA_IPTUN_'),
      proto: named('IFLA_IPTUN_PROTO', 'IPPROTO_', protocols),
      prefix: 'IFLA_IPTUN_6RD_PREFIX',
      prefixlen: 'IFLA_IPTUN_6RD_PREFIXLEN',
      relay_prefix: 'IFLA_IPTUN_6RD_RELAY_PREFIX',
      relay_prefixlen: 'IFLA_IPTUN_6RD_RELAY_PREFIXLEN',
    },
  };
}

const qosMap =
  (path: string): Reader =>
  (ours) =>
    listOf(at(ours, `${path}.IFLA_VLAN_QOS_MAPPING`));

function kindTables(links: Links): { readonly [kind: string]: KindTable } {
  const macvlan: KindTable = {
    prefix: 'IFLA_MACVLAN_',
    table: {
      mode: named('IFLA_MACVLAN_MODE', 'MACVLAN_MODE_'),
      bcqueuelen: 'IFLA_MACVLAN_BC_QUEUE_LEN',
      usedbcqueuelen: 'IFLA_MACVLAN_BC_QUEUE_LEN_USED',
      macaddr_data: 'IFLA_MACVLAN_MACADDR_DATA.IFLA_MACVLAN_MACADDR',
    },
  };
  const vti: KindTable = { prefix: 'IFLA_VTI_', table: tunnel(links, 'IFLA_VTI_') };
  return {
    macvlan,
    macvtap: macvlan,
    vlan: {
      prefix: 'IFLA_VLAN_',
      table: {
        protocol: named('IFLA_VLAN_PROTOCOL', '', ETHERTYPES),
        flags: (ours) => {
          const set = flagWords('IFLA_VLAN_FLAGS.flags', 'VLAN_FLAG_')(ours).map((flag) => flag.toUpperCase());
          return ['REORDER_HDR', 'GVRP', 'MVRP', 'LOOSE_BINDING', 'BRIDGE_BINDING'].filter((flag) =>
            set.includes(flag),
          );
        },
        ingress_qos: qosMap('IFLA_VLAN_INGRESS_QOS'),
        egress_qos: qosMap('IFLA_VLAN_EGRESS_QOS'),
      },
    },
    ipvlan: {
      prefix: 'IFLA_IPVLAN_',
      table: {
        mode: named('IFLA_IPVLAN_MODE', 'IPVLAN_MODE_'),
        vepa: hasFlag('IFLA_IPVLAN_FLAGS', 'IPVLAN_F_VEPA'),
        private: hasFlag('IFLA_IPVLAN_FLAGS', 'IPVLAN_F_PRIVATE'),
      },
    },
    bridge: {
      prefix: 'IFLA_BR_',
      table: {
        stp_state: named('IFLA_BR_STP_STATE', '', { BR_NO_STP: 0, BR_KERNEL_STP: 1, BR_USER_STP: 2 }),
        bridge_id: bridgeId('IFLA_BR_BRIDGE_ID'),
        root_id: bridgeId('IFLA_BR_ROOT_ID'),
        hello_timer: scaled('IFLA_BR_HELLO_TIMER', 100),
        tcn_timer: scaled('IFLA_BR_TCN_TIMER', 100),
        topology_change_timer: scaled('IFLA_BR_TOPOLOGY_CHANGE_TIMER', 100),
        gc_timer: scaled('IFLA_BR_GC_TIMER', 100),
        group_fwd_mask: hexAt('IFLA_BR_GROUP_FWD_MASK'),
        vlan_protocol: named('IFLA_BR_VLAN_PROTOCOL', '', ETHERTYPES),
        mcast_router: named('IFLA_BR_MCAST_ROUTER', '', ROUTER_TYPES),
        no_linklocal_learn: isOn('IFLA_BR_MULTI_BOOLOPT.optval', 'BR_BOOLOPT_NO_LL_LEARN'),
        mcast_vlan_snooping: isOn('IFLA_BR_MULTI_BOOLOPT.optval', 'BR_BOOLOPT_MCAST_VLAN_SNOOPING'),
        mst_enabled: isOn('IFLA_BR_MULTI_BOOLOPT.optval', 'BR_BOOLOPT_MST_ENABLE'),
        mcast_querier_ipv4_addr: 'IFLA_BR_MCAST_QUERIER_STATE.BRIDGE_QUERIER_IP_ADDRESS',
      },
    },
    bond: {
      prefix: 'IFLA_BOND_',
      table: {
        mode: named('IFLA_BOND_MODE', 'BOND_MODE_', {
          BOND_MODE_8023AD: '802.3ad',
          BOND_MODE_ACTIVEBACKUP: 'active-backup',
        }),
        active_slave: linkAt(links, 'IFLA_BOND_ACTIVE_SLAVE'),
        primary: linkAt(links, 'IFLA_BOND_PRIMARY'),
        peer_notify_delay: 'IFLA_BOND_PEER_NOTIF_DELAY',
        arp_missed_max: 'IFLA_BOND_MISSED_MAX',
        arp_validate: named('IFLA_BOND_ARP_VALIDATE', 'BOND_ARP_VALIDATE_', { BOND_ARP_VALIDATE_NONE: null }),
        arp_all_targets: named('IFLA_BOND_ARP_ALL_TARGETS', 'BOND_ARP_TARGETS_'),
        arp_ip_target: (ours) => Object.values((at(ours, 'IFLA_BOND_ARP_IP_TARGET') ?? {}) as Shown),
        ns_ip6_target: (ours) => Object.values((at(ours, 'IFLA_BOND_NS_IP6_TARGET') ?? {}) as Shown),
        primary_reselect: named('IFLA_BOND_PRIMARY_RESELECT', 'BOND_PRI_RESELECT_'),
        fail_over_mac: named('IFLA_BOND_FAIL_OVER_MAC', 'BOND_FOM_'),
        xmit_hash_policy: named('IFLA_BOND_XMIT_HASH_POLICY', 'BOND_XMIT_POLICY_', {
          BOND_XMIT_POLICY_LAYER34: 'layer3+4',
          BOND_XMIT_POLICY_LAYER23: 'layer2+3',
        }),
        ad_lacp_active: (ours) => (at(ours, 'IFLA_BOND_AD_LACP_ACTIVE') === 1 ? 'on' : 'off'),
        ad_lacp_rate: named('IFLA_BOND_AD_LACP_RATE', 'AD_LACP_'),
        ad_select: named('IFLA_BOND_AD_SELECT', 'BOND_AD_'),
        'ad_info.*': (ours, key) => at(ours, `IFLA_BOND_AD_INFO.IFLA_BOND_AD_INFO_${key.toUpperCase()}`),
      },
    },
    vxlan: {
      prefix: 'IFLA_VXLAN_',
      table: {
        external: 'IFLA_VXLAN_COLLECT_METADATA',
        remote: 'IFLA_VXLAN_GROUP',
        remote6: 'IFLA_VXLAN_GROUP6',
        link: linkAt(links, 'IFLA_VXLAN_LINK'),
        'port_range.low': 'IFLA_VXLAN_PORT_RANGE.low',
        'port_range.high': 'IFLA_VXLAN_PORT_RANGE.high',
        tos: tos('IFLA_VXLAN_TOS'),
        df: named('IFLA_VXLAN_DF', 'VXLAN_DF_'),
        label: hexAt('IFLA_VXLAN_LABEL'),
      },
    },
    geneve: {
      prefix: 'IFLA_GENEVE_',
      table: {
        external: 'IFLA_GENEVE_COLLECT_METADATA',
        tos: tos('IFLA_GENEVE_TOS'),
        df: named('IFLA_GENEVE_DF', 'GENEVE_DF_'),
        label: hexAt('IFLA_GENEVE_LABEL'),
      },
    },
    ipip: ipTunnel(links, { IPPROTO_IP: 'any', IPPROTO_IPIP: 'ipip', IPPROTO_MPLS: 'mplsip' }),
    sit: ipTunnel(links, { IPPROTO_IP: 'any', IPPROTO_IPIP: 'ipip', IPPROTO_IPV6: 'ip6ip', IPPROTO_MPLS: 'mplsip' }),
    ip6tnl: ipTunnel(links, { IPPROTO_IP: 'any', IPPROTO_IPIP: 'ipip6', IPPROTO_IPV6: 'ip6ip6' }),
    gre: gre(links),
    gretap: gre(links),
    erspan: gre(links),
    ip6gre: gre(links),
    ip6gretap: gre(links),
    ip6erspan: gre(links),
    vti,
    vti6: vti,
    xfrm: {
      prefix: 'IFLA_XFRM_',
      table: { if_id: hexAt('IFLA_XFRM_IF_ID'), external: 'IFLA_XFRM_COLLECT_METADATA' },
    },
    vrf: { prefix: 'IFLA_VRF_' },
    hsr: {
      prefix: 'IFLA_HSR_',
      table: {
        slave1: linkAt(links, 'IFLA_HSR_SLAVE1'),
        slave2: linkAt(links, 'IFLA_HSR_SLAVE2'),
        proto: named('IFLA_HSR_PROTOCOL', '', { HSR_PROTOCOL_HSR: 0, HSR_PROTOCOL_PRP: 1 }),
      },
    },
    tun: {
      prefix: 'IFLA_TUN_',
      table: {
        type: named('IFLA_TUN_TYPE', 'IFF_'),
        numqueues: 'IFLA_TUN_NUM_QUEUES',
        numdisabled: 'IFLA_TUN_NUM_DISABLED_QUEUES',
        user: unshared('the name of a user of this machine'),
        group: unshared('the name of a group of this machine'),
      },
    },
    macsec: {
      prefix: 'IFLA_MACSEC_',
      table: {
        sci: (ours) => String(at(ours, 'IFLA_MACSEC_SCI')),
        cipher_suite: unshared('a name that ip gives to a 64-bit number'),
        validate: named('IFLA_MACSEC_VALIDATION', 'MACSEC_VALIDATE_'),
        icv_len: 'IFLA_MACSEC_ICV_LEN',
        encoding_sa: 'IFLA_MACSEC_ENCODING_SA',
        encrypt: 'IFLA_MACSEC_ENCRYPT',
        send_sci: 'IFLA_MACSEC_INC_SCI',
        end_station: 'IFLA_MACSEC_ES',
        replay_protect: 'IFLA_MACSEC_REPLAY_PROTECT',
      },
    },
  };
}

/** MDB_RTR_TYPE_* (linux/if_bridge.h). */
const ROUTER_TYPES = {
  MDB_RTR_TYPE_DISABLED: 0,
  MDB_RTR_TYPE_TEMP_QUERY: 1,
  MDB_RTR_TYPE_PERM: 2,
  MDB_RTR_TYPE_TEMP: 3,
};

/** What ip and bridge say of a bridge port, in the values of IFLA_BRPORT_*. */
export function portTable(links: Links): Table {
  return {
    state: named('IFLA_BRPORT_STATE', 'BR_STATE_'),
    hairpin: named('IFLA_BRPORT_MODE', '', { BRIDGE_MODE_HAIRPIN: 1, BRIDGE_MODE_UNSPEC: 0 }),
    root_block: 'IFLA_BRPORT_PROTECT',
    fastleave: 'IFLA_BRPORT_FAST_LEAVE',
    flood: 'IFLA_BRPORT_UNICAST_FLOOD',
    id: hexAt('IFLA_BRPORT_ID'),
    no: hexAt('IFLA_BRPORT_NO'),
    bridge_id: bridgeId('IFLA_BRPORT_BRIDGE_ID'),
    root_id: bridgeId('IFLA_BRPORT_ROOT_ID'),
    hold_timer: scaled('IFLA_BRPORT_HOLD_TIMER', 100),
    message_age_timer: scaled('IFLA_BRPORT_MESSAGE_AGE_TIMER', 100),
    forward_delay_timer: scaled('IFLA_BRPORT_FORWARD_DELAY_TIMER', 100),
    proxy_arp: 'IFLA_BRPORT_PROXYARP',
    proxy_arp_wifi: 'IFLA_BRPORT_PROXYARP_WIFI',
    multicast_router: named('IFLA_BRPORT_MULTICAST_ROUTER', '', ROUTER_TYPES),
    mcast_to_unicast: 'IFLA_BRPORT_MCAST_TO_UCAST',
    group_fwd_mask: hexAt('IFLA_BRPORT_GROUP_FWD_MASK'),
    group_fwd_mask_str: (ours) => `0x${Number(at(ours, 'IFLA_BRPORT_GROUP_FWD_MASK')).toString(16)}`,
    backup_port: linkAt(links, 'IFLA_BRPORT_BACKUP_PORT'),
  };
}

/** LACP_STATE_* (linux/if_bonding.h) by their bits, and ip's words for them. */
const LACP_STATES = [
  ['LACP_STATE_LACP_ACTIVITY', 'active'],
  ['LACP_STATE_LACP_TIMEOUT', 'short_timeout'],
  ['LACP_STATE_AGGREGATION', 'aggregating'],
  ['LACP_STATE_SYNCHRONIZATION', 'in_sync'],
  ['LACP_STATE_COLLECTING', 'collecting'],
  ['LACP_STATE_DISTRIBUTING', 'distributing'],
  ['LACP_STATE_DEFAULTED', 'defaulted'],
  ['LACP_STATE_EXPIRED', 'expired'],
] as const;

const portStates = (ours: Shown, end: string) => flagNames(at(ours, `IFLA_BOND_SLAVE_${end}_PORT_STATE`));
const portState =
  (end: string): Reader =>
  (ours) =>
    LACP_STATES.reduce((sum, [name], bit) => sum + (portStates(ours, end).includes(name) ? 1 << bit : 0), 0);
const portStateWords =
  (end: string): Reader =>
  (ours) =>
    LACP_STATES.filter(([name]) => portStates(ours, end).includes(name)).map(([, text]) => text);

function portTables(links: Links): { readonly [kind: string]: KindTable } {
  return {
    bridge: { prefix: 'IFLA_BRPORT_', table: portTable(links) },
    bond: {
      prefix: 'IFLA_BOND_SLAVE_',
      table: {
        state: (ours) => String(at(ours, 'IFLA_BOND_SLAVE_STATE')).replace('BOND_STATE_', ''),
        mii_status: (ours) => String(at(ours, 'IFLA_BOND_SLAVE_MII_STATUS')).replace('BOND_LINK_', ''),
        ad_actor_oper_port_state: portState('AD_ACTOR_OPER'),
        ad_partner_oper_port_state: portState('AD_PARTNER_OPER'),
        ad_actor_oper_port_state_str: portStateWords('AD_ACTOR_OPER'),
        ad_partner_oper_port_state_str: portStateWords('AD_PARTNER_OPER'),
      },
    },
    vrf: { prefix: 'IFLA_VRF_PORT_' },
  };
}
