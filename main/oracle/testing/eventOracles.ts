import { conntracked, conntrackLines, monitored, monitorLines, watch } from './events.ts';
import { BRIDGE_WORDING, NFT_WORDING, TC_WORDING, UEVENT_WORDING, XFRM_WORDING } from './monitors.ts';
import type { Oracle } from './oracle.ts';
import type { Kind } from './scene.ts';

const LAST = '31000';
/** RTNLGRP_LINK, NEIGH, IPV4_IFADDR, IPV4_ROUTE, IPV4_RULE, IPV6_IFADDR, IPV6_ROUTE, IPV6_RULE, NEXTHOP. */
const ROUTE_GROUPS = [1, 3, 5, 7, 8, 9, 11, 19, 32];
const RTNLGRP_LINK = 1;
const RTNLGRP_NEIGH = 3;
const RTNLGRP_TC = 4;
const RTNLGRP_MDB = 26;
const NFNLGRP_NFTABLES = 7;
const XFRMNLGRP_POLICY = 4;
/** lib/kobject_uevent.c: what the kernel itself tells; group 2 is udevd's. */
const UEVENT_GROUP_KERNEL = 1;
/** NFNLGRP_CONNTRACK_NEW, UPDATE, DESTROY. */
const CONNTRACK_GROUPS = [1, 2, 3];

const PAIR: readonly Kind[] = [
  {
    name: 'a veth pair',
    lines: ['ip link add e0 type veth peer name e1', 'ip link set e0 up', 'ip link set e1 up'],
  },
];

export const EVENT_ORACLES: readonly Oracle[] = [
  {
    name: 'ip monitor',
    tools: ['ip'],
    kinds: [],
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['ip', '-o', 'monitor', 'all'],
        protocol: 'NETLINK_ROUTE',
        groups: ROUTE_GROUPS,
        lines: [
          'ip link add e0 type veth peer name e1',
          'ip link set e0 up mtu 1400',
          'ip link set e1 up alias other',
          'ip addr add 192.0.2.1/24 dev e0',
          'ip addr add 2001:db8::1/64 dev e0 nodad',
          'ip route add 203.0.113.0/24 via 192.0.2.9',
          'ip route add blackhole 10.9.0.0/16 table 1000',
          'ip -6 route add 2001:db8:77::/48 via 2001:db8::9',
          'ip neigh add 192.0.2.20 lladdr 02:00:00:00:00:20 dev e0',
          'ip nexthop add id 1 via 192.0.2.30 dev e0',
          'ip rule add to 10.1.1.1 unreachable priority 400',
          'ip rule del priority 400',
          'ip nexthop del id 1',
          'ip neigh del 192.0.2.20 dev e0',
          'ip route del 203.0.113.0/24',
          'ip addr del 192.0.2.1/24 dev e0',
          'ip link del e0',
          `ip rule add to 10.1.1.2 unreachable priority ${LAST}`,
        ],
        theirs: monitorLines,
        ours: monitored,
        isLast: (happening) => happening[2] === LAST,
      }),
  },
  {
    name: 'conntrack -E',
    tools: ['ip', 'conntrack'],
    kinds: [],
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['conntrack', '-E'],
        protocol: 'NETLINK_NETFILTER',
        groups: CONNTRACK_GROUPS,
        lines: [
          'conntrack -I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 100 --dport 200 --state ESTABLISHED -t 300',
          'conntrack -U -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 100 --dport 200 -m 9',
          'conntrack -I -p udp -s 10.0.0.3 -d 10.0.0.4 --sport 300 --dport 53 -t 200',
          'conntrack -D -p tcp -s 10.0.0.1',
          `conntrack -I -p udp -s 10.0.0.5 -d 10.0.0.4 --sport ${LAST} --dport 53 -t 200`,
        ],
        theirs: conntrackLines,
        ours: conntracked,
        isLast: (happening) => happening[3] === LAST,
      }),
  },
  {
    name: 'tc monitor',
    tools: ['ip', 'tc'],
    kinds: PAIR,
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['tc', 'monitor'],
        protocol: 'NETLINK_ROUTE',
        groups: [RTNLGRP_LINK, RTNLGRP_TC],
        lines: [
          'ip link set e0 up',
          'tc qdisc add dev e0 root handle 1: htb default 5',
          'tc class add dev e0 parent 1: classid 1:1 htb rate 1mbit',
          'tc class add dev e0 parent 1:1 classid 1:5 htb rate 1mbit ceil 2mbit',
          'tc qdisc add dev e0 parent 1:5 handle 5: pfifo limit 7',
          'tc filter add dev e0 parent 1: protocol ip pref 3 u32 match ip dst 10.0.0.1/32 flowid 1:5',
          'tc qdisc add dev e1 clsact',
          "tc filter add dev e1 ingress protocol all pref 7 bpf bytecode '1,6 0 0 4294967295,' action mirred egress mirror dev e0",
          'tc filter del dev e1 ingress pref 7',
          'tc filter del dev e0 parent 1: pref 3',
          'tc class del dev e0 classid 1:5',
          'tc qdisc del dev e0 root',
          'tc qdisc add dev e0 root handle 31: htb',
        ],
        ...TC_WORDING,
        isLast: (happening) => happening.includes('31:'),
      }),
  },
  {
    name: 'nft monitor',
    tools: ['ip', 'nft'],
    kinds: [],
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['nft', 'monitor'],
        protocol: 'NETLINK_NETFILTER',
        groups: [NFNLGRP_NFTABLES],
        lines: [
          'nft add table inet t',
          'nft add chain inet t c { type filter hook input priority 0 ; policy drop ; }',
          'nft add set inet t s { type ipv4_addr ; flags timeout ; }',
          'nft add element inet t s { 1.2.3.4 timeout 1h, 5.6.7.8 }',
          'nft add map inet t m { type inet_service : verdict ; }',
          'nft add element inet t m { 22 : accept, 80 : drop }',
          'nft add rule inet t c ip saddr 10.0.0.0/8 tcp dport 22 counter accept',
          'nft add rule inet t c ip saddr @s drop',
          'nft add rule inet t c tcp dport vmap @m',
          'nft add rule inet t c iifname "lo" ct state established,related meta mark set 0x11 accept',
          'nft add rule inet t c tcp flags & (syn|rst) == syn limit rate 5/second burst 9 packets log prefix "x: " drop',
          'nft add rule inet t c ip6 daddr 2001:db8::/32 udp sport 1000-2000 reject with icmpv6 admin-prohibited',
          'nft add counter inet t c1',
          'nft add quota inet t q1 { over 5 mbytes ; }',
          'nft delete element inet t s { 5.6.7.8 }',
          'nft flush chain inet t c',
          'nft delete counter inet t c1',
          'nft delete table inet t',
          'nft add table inet last',
        ],
        ...NFT_WORDING,
        isLast: (happening) => happening[0] === 'add table inet last',
      }),
  },
  {
    name: 'ip xfrm monitor',
    tools: ['ip'],
    kinds: [],
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['ip', 'xfrm', 'monitor', 'policy'],
        protocol: 'NETLINK_XFRM',
        groups: [XFRMNLGRP_POLICY],
        lines: [
          'ip xfrm policy add src 10.0.0.0/24 dst 10.1.0.0/24 dir out priority 77 tmpl src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x99 reqid 7 mode tunnel',
          'ip xfrm policy update src 10.0.0.0/24 dst 10.1.0.0/24 dir out priority 78 tmpl src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x99 reqid 7 mode tunnel',
          'ip xfrm policy delete src 10.0.0.0/24 dst 10.1.0.0/24 dir out',
          'ip xfrm policy add src 2001:db8::/64 dst 2001:db8:1::/64 dir fwd action block',
          'ip xfrm policy flush',
          `ip xfrm policy add src 10.9.0.0/24 dst 10.1.0.0/24 dir in priority ${LAST}`,
        ],
        ...XFRM_WORDING,
        isLast: (happening) => happening.includes(LAST),
      }),
  },
  {
    name: 'udevadm monitor',
    tools: ['ip', 'udevadm'],
    kinds: [],
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['udevadm', 'monitor', '--kernel', '--property'],
        protocol: 'NETLINK_KOBJECT_UEVENT',
        groups: [UEVENT_GROUP_KERNEL],
        lines: [
          'ip link add e0 numrxqueues 2 numtxqueues 3 type veth peer name e1',
          'ip link add br0 type bridge',
          'ip link set e0 name renamed',
          'ip link set e1 master br0',
          'ip link del renamed',
          // Of one that is made, its queues are told of after it.
          `ip link set br0 name last${LAST}`,
        ],
        ...UEVENT_WORDING,
        isLast: (happening) => happening.includes(`INTERFACE=last${LAST}`),
      }),
  },
  {
    name: 'bridge monitor',
    tools: ['ip', 'bridge'],
    kinds: PAIR,
    isLive: true,
    ask: (asking) =>
      watch(asking, {
        command: ['bridge', 'monitor', 'all'],
        protocol: 'NETLINK_ROUTE',
        groups: [RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_MDB],
        lines: [
          'ip link add br0 type bridge',
          'ip link set e1 master br0',
          'ip link set br0 up',
          'bridge fdb add 02:00:00:00:00:50 dev e1 master static',
          'bridge fdb del 02:00:00:00:00:50 dev e1 master',
          'bridge mdb add dev br0 port e1 grp 239.1.1.1 permanent',
          'bridge mdb del dev br0 port e1 grp 239.1.1.1 permanent',
          'bridge link set dev e1 cost 9',
          'ip link set e1 nomaster',
          'ip link del br0',
          `ip link set e0 mtu ${LAST}`,
        ],
        ...BRIDGE_WORDING,
        isLast: (happening) => happening.includes(`mtu ${LAST}`),
      }),
  },
];
