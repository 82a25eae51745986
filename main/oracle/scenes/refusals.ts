/** A command that the kernel refuses, in words of its own, by a pointer into the request, or both. */
export interface Refused {
  readonly command: string;
  /** The attribute that the kernel points at; absent where it points nowhere (newer kernels point more often). */
  readonly attribute?: string;
}

/** Things that the commands trip over. */
export const REFUSAL_LINES: readonly string[] = [
  'ip link set lo up',
  'ip link add v0 type veth peer name v1',
  'ip link set v0 up',
  'ip link add br0 type bridge',
  'ip addr add 192.0.2.1/24 dev v0',
  'ip link add vx0 type vxlan id 4 dstport 4789',
  'ip nexthop add id 1 via 192.0.2.2 dev v0',
  'tc qdisc add dev v0 root handle 1: htb default 5',
  'nft add table inet t',
  'nft add chain inet t c',
  'nft add set inet t s { type ipv4_addr ; }',
];

/**
 * Commands that fail. Attributes are those of NL_SET_ERR_MSG_ATTR, NL_SET_BAD_ATTR and the validation of policies in the
 * kernel's code of each; where there is none, the kernel only has words.
 */
export const REFUSED: readonly Refused[] = [
  { command: 'ip link add v3 type nothing' },
  { command: 'ip link set v0 mtu 10' },
  { command: 'ip link set v0 mtu 999999' },
  { command: 'ip link add v9 numtxqueues 99999 type veth' },
  { command: 'ip link set v0 gso_max_size 9999999' },
  { command: 'ip link add vx type vxlan id 5 srcport 99 5 dstport 4790', attribute: 'IFLA_VXLAN_PORT_RANGE' },
  { command: 'ip link set vx0 type vxlan id 9' },
  { command: 'ip link set vx0 type vxlan dstport 9' },
  { command: 'ip addr add 192.0.2.1/24 dev v0' },
  { command: 'ip addr del 192.0.2.77/24 dev v0' },
  { command: 'ip addr add ff02::1/64 dev v0' },
  { command: 'ip route add 10.0.0.0/8 via 203.0.113.1' },
  { command: 'ip route add 10.0.0.1/8 via 192.0.2.2' },
  { command: 'ip route add 10.0.0.0/8 nhid 99' },
  { command: 'ip route add 10.0.0.0/8 via 192.0.2.2 congctl nothing' },
  { command: 'ip route add 10.0.0.0/8 via 192.0.2.2 src 1.2.3.4' },
  { command: 'ip route add 10.0.0.0/8 nexthop via 192.0.2.2 dev v0 nexthop via 198.51.100.2' },
  { command: 'ip route add 10.0.0.0/8 encap mpls 100 via 192.0.2.2' },
  { command: 'ip -6 route add 2001:db8::/32 via fe80::1' },
  { command: 'ip -6 route add 2001:db8::/32 nhid 9' },
  { command: 'ip rule add goto 1 priority 5' },
  { command: 'ip rule add ipproto tcp sport 5-1 table 5' },
  { command: 'ip neigh add 192.0.2.9 dev v0 nud reachable' },
  { command: 'ip neigh get 192.0.2.99 dev v0' },
  { command: 'ip nexthop add id 2' },
  { command: 'ip nexthop add id 2 via 192.0.2.2' },
  { command: 'ip nexthop add id 2 group 77' },
  { command: 'ip nexthop add id 2 blackhole dev v0' },
  { command: 'ip nexthop add id 2 group 1/1' },
  { command: 'ip mptcp endpoint delete id 9' },
  { command: 'ip mptcp limits set subflow 99', attribute: 'MPTCP_PM_ATTR_SUBFLOWS' },
  { command: 'ip xfrm state add src 1.2.3.4 dst 5.6.7.8 proto esp spi 5 mode tunnel enc nothing 0x11' },
  { command: 'tc qdisc add dev v0 root handle 2: nothing' },
  { command: 'tc qdisc add dev v0 parent 5:1 handle 3: htb' },
  { command: 'tc qdisc del dev v0 root handle 9:' },
  { command: 'tc filter add dev v0 parent 9: protocol ip u32 match u32 0 0' },
  { command: 'tc filter add dev v0 parent 1: protocol ip nothing' },
  { command: 'tc filter add dev v0 parent 1: protocol ip u32 ht 5: match u32 0 0' },
  { command: 'tc filter del dev v0 parent 1: pref 5' },
  { command: 'tc chain del dev v0 parent 1: chain 5' },
  { command: 'bridge fdb add 02:00:00:00:00:01 dev lo self' },
  { command: 'bridge fdb get 02:00:00:00:00:09 br br0' },
  { command: 'bridge mdb add dev br0 port v1 grp 239.1.1.1' },
  { command: 'bridge mdb add dev br0 port br0 grp 1.2.3.4' },
  { command: 'bridge mdb add dev v0 port v0 grp 239.1.1.1' },
  { command: 'ethtool -L v0 combined 99', attribute: 'ETHTOOL_A_CHANNELS_COMBINED_COUNT' },
  { command: 'ethtool -L v0 rx 5 tx 0', attribute: 'ETHTOOL_A_CHANNELS_RX_COUNT' },
  { command: 'ethtool -K v0 nothing on', attribute: 'ETHTOOL_A_BITSET_BIT_NAME' },
  { command: 'ethtool --show-tunnels v0' },
  { command: 'ethtool -S v0 --groups nothing', attribute: 'ETHTOOL_A_BITSET_BIT_NAME' },
  { command: 'nft add rule inet nothing x accept', attribute: 'NFTA_RULE_TABLE' },
  { command: 'nft add rule inet t nothing accept', attribute: 'NFTA_RULE_CHAIN' },
  { command: 'nft delete table inet nothing', attribute: 'NFTA_TABLE_NAME' },
  { command: 'nft delete chain inet t nothing', attribute: 'NFTA_CHAIN_NAME' },
  { command: 'nft create table inet t', attribute: 'NFTA_TABLE_NAME' },
  { command: 'nft create chain inet t c', attribute: 'NFTA_CHAIN_NAME' },
  { command: 'nft delete rule inet t c handle 99', attribute: 'NFTA_RULE_HANDLE' },
  { command: 'nft delete set inet t nothing', attribute: 'NFTA_SET_NAME' },
  { command: 'nft delete element inet t s { 1.2.3.4 }', attribute: 'NFTA_SET_ELEM_LIST_ELEMENTS[1]' },
];

/** A command of generic netlink that lacks what the kernel wants. */
export interface Incomplete {
  readonly family: string;
  readonly command: string;
  /** The attribute that the kernel names (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missing: string;
}

/** Of GENL_REQ_ATTR_CHECK in the kernel's code of each family. */
export const INCOMPLETE: readonly Incomplete[] = [
  { family: 'mptcp_pm', command: 'MPTCP_PM_CMD_ADD_ADDR', missing: 'MPTCP_PM_ENDPOINT_ADDR' },
  { family: 'netdev', command: 'NETDEV_CMD_DEV_GET', missing: 'NETDEV_A_DEV_IFINDEX' },
  { family: 'netdev', command: 'NETDEV_CMD_QUEUE_GET', missing: 'NETDEV_A_QUEUE_ID' },
  { family: 'netdev', command: 'NETDEV_CMD_NAPI_GET', missing: 'NETDEV_A_NAPI_ID' },
];
