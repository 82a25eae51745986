import type { Kind } from '../testing/scene.ts';

export const PAIR_KINDS: readonly Kind[] = [
  {
    name: 'a veth pair',
    lines: [
      'ip link add lan0 type veth peer name lan0_peer',
      'ip link set lo up',
      'ip link set lan0 up',
      'ip link set lan0_peer up',
    ],
  },
];

/** Addresses, routes, rules, neighbours and nexthops on one veth pair. */
export const ROUTING_KINDS: readonly Kind[] = [
  ...PAIR_KINDS,
  {
    name: 'addresses',
    lines: [
      'ip addr add 192.0.2.1/24 broadcast + label lan0:one metric 77 dev lan0',
      'ip addr add 192.0.2.2/24 dev lan0 valid_lft 5000 preferred_lft 4000',
      'ip addr add 198.51.100.1 peer 198.51.100.2/32 dev lan0 scope link noprefixroute',
      'ip addr add 2001:db8::1/64 dev lan0 nodad metric 99 valid_lft 6000 preferred_lft 0',
      'ip addr add 2001:db8:1::1/64 dev lan0 nodad mngtmpaddr noprefixroute',
      'ip addr add 2001:db8:2::1 peer 2001:db8:2::2/128 dev lan0 nodad home',
    ],
  },
  {
    name: 'routes',
    lines: [
      'ip route add 203.0.113.0/24 via 192.0.2.9 src 192.0.2.1 metric 50 mtu lock 1300 advmss 1200 initcwnd 20 rtt 80ms rto_min 300ms hoplimit 9 window 4000 quickack 1 proto static tos 0x10 features ecn',
      'ip route add 203.0.113.128/25 nexthop via 192.0.2.9 dev lan0 weight 3 nexthop via 192.0.2.10 dev lan0 weight 7 onlink',
      'ip route add blackhole 10.9.0.0/16 table 1000',
      'ip route add unreachable 10.8.0.0/16 metric 4',
      'ip route add prohibit 10.7.0.0/16 table 77',
      'ip route add throw 10.6.0.0/16 table 300',
      'ip route add default via inet6 2001:db8::9 dev lan0',
      'ip route add 10.5.5.5 dev lan0 scope link realm 4/5',
      'ip -6 route add 2001:db8:77::/48 via 2001:db8::9 metric 30 mtu 1400 pref high proto 99',
      'ip -6 route add 2001:db8:78::/48 nexthop via 2001:db8::9 dev lan0 weight 2 nexthop via 2001:db8::a dev lan0 weight 4',
      'ip -6 route add 2001:db8:79::/48 dev lan0 expires 900 pref low',
      'ip -6 route add unreachable 2001:db8:80::/48',
      'ip -6 route add default from 2001:db8::/64 via 2001:db8::9 dev lan0',
    ],
  },
  {
    name: 'rules',
    lines: [
      'ip rule add from 192.0.2.0/24 to 203.0.113.0/24 tos 0x10 fwmark 0x11/0xff iif lan0 table 1000 priority 100',
      'ip rule add not fwmark 5 oif lan0_peer ipproto tcp sport 100-200 dport 443 uidrange 1000-2000 lookup 77 priority 200 suppress_prefixlength 8',
      'ip rule add iif nowhere lookup 1234 priority 300 protocol static',
      'ip rule add to 10.1.1.1 unreachable priority 400',
      'ip rule add to 10.1.1.2 goto 32766 priority 500',
      'ip rule add to 10.1.1.3 nop priority 600',
      'ip rule add to 10.1.1.4 lookup main realms 3/4 priority 650 suppress_ifgroup 7',
      'ip -6 rule add from 2001:db8::/32 table 99 priority 700 tun_id 55',
      'ip -6 rule add ipproto ipv6-icmp blackhole priority 800',
    ],
  },
  {
    name: 'neighbours',
    lines: [
      'ip neigh add 192.0.2.20 lladdr 02:00:00:00:00:20 dev lan0 nud permanent protocol static',
      'ip neigh add 192.0.2.21 lladdr 02:00:00:00:00:21 dev lan0 nud stale extern_learn',
      'ip neigh add 2001:db8::20 lladdr 02:00:00:00:00:22 dev lan0 nud noarp router',
    ],
  },
  {
    name: 'nexthops',
    lines: [
      'ip nexthop add id 1 via 192.0.2.30 dev lan0 proto static',
      'ip nexthop add id 2 via 192.0.2.31 dev lan0 onlink',
      'ip nexthop add id 3 blackhole',
      'ip nexthop add id 4 via 2001:db8::30 dev lan0',
      'ip nexthop add id 5 group 1,10/2,12 proto 99',
      'ip nexthop add id 6 group 1/2 type resilient buckets 8 idle_timer 7 unbalanced_timer 9',
      'ip nexthop add id 7 via 192.0.2.33 fdb',
      'ip route add 10.20.0.0/16 nhid 5',
    ],
  },
];

/** Routes whose encapsulations need more of a kernel. */
export const TUNNEL_ROUTES: readonly Kind[] = [
  { name: 'mpls routes', lines: ['ip route add 10.30.1.0/24 encap mpls 100/200 ttl 9 via 192.0.2.9 dev lan0'] },
  {
    name: 'ip tunnel routes',
    lines: [
      'ip route add 10.30.2.0/24 encap ip id 77 src 192.0.2.1 dst 192.0.2.99 ttl 8 tos 4 key csum dev lan0',
      'ip route add 10.30.3.0/24 encap ip6 id 78 src 2001:db8::1 dst 2001:db8::99 hoplimit 8 tc 4 dev lan0',
    ],
  },
  {
    name: 'seg6 routes',
    lines: [
      'ip -6 route add 2001:db8:a1::/48 encap seg6 mode encap segs 2001:db8::a1,2001:db8::a2 dev lan0',
      'ip -6 route add 2001:db8:a2::/48 encap seg6 mode inline segs 2001:db8::a3 dev lan0',
      'ip -6 route add 2001:db8:a3::/128 encap seg6local action End dev lan0',
      'ip -6 route add 2001:db8:a4::/128 encap seg6local action End.X nh6 2001:db8::b1 dev lan0',
      'ip -6 route add 2001:db8:a5::/128 encap seg6local action End.DT6 table 254 dev lan0',
    ],
  },
  {
    name: 'ioam6 routes',
    lines: [
      'ip -6 route add 2001:db8:a6::/48 encap ioam6 mode inline trace prealloc type 0x800000 ns 1 size 12 dev lan0',
    ],
  },
  { name: 'rpl routes', lines: ['ip -6 route add 2001:db8:a7::/48 encap rpl segs 2001:db8::c1,2001:db8::c2 dev lan0'] },
];

export const MORE_KINDS: readonly Kind[] = [
  {
    name: 'labels and tokens',
    lines: ['ip addrlabel add prefix 2001:db8::/32 dev lan0 label 77', 'ip token set ::1 dev lan0'],
  },
  {
    name: 'endpoints',
    lines: [
      'ip mptcp endpoint add 192.0.2.1 dev lan0 id 5 subflow backup',
      'ip mptcp endpoint add 2001:db8::1 signal id 6',
    ],
  },
];
