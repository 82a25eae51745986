import { conntracked, conntrackLines, monitored, monitorLines, watch } from './events.ts';
import type { Oracle } from './oracle.ts';

const LAST = '31000';
/** RTNLGRP_LINK, NEIGH, IPV4_IFADDR, IPV4_ROUTE, IPV4_RULE, IPV6_IFADDR, IPV6_ROUTE, IPV6_RULE, NEXTHOP. */
const ROUTE_GROUPS = [1, 3, 5, 7, 8, 9, 11, 19, 32];
/** NFNLGRP_CONNTRACK_NEW, UPDATE, DESTROY. */
const CONNTRACK_GROUPS = [1, 2, 3];

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
];
