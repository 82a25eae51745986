import type { Kind } from '../testing/scene.ts';

/** A ruleset with objects, sets and rules of many sorts. */
const RULESET = `
table inet t {
 comment "a table"
 set s4 {
  type ipv4_addr; flags interval;
  elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9 }
 }
 set dyn {
  type ipv4_addr . inet_service; size 128; flags dynamic,timeout; timeout 60s; gc-interval 30s;
 }
 set ports {
  type inet_service; comment "of the lab"
  elements = { 22 comment "ssh", 80 }
 }
 map m { type inet_service : verdict; elements = { 22 : accept, 80 : jump other } }
 map marks { type ipv4_addr : mark; elements = { 192.0.2.3 : 0x11 } }
 counter c1 { packets 5 bytes 500 }
 quota q1 { over 5 mbytes used 1 kbytes }
 limit l1 { rate 7/minute burst 3 packets }
 chain other { }
 chain in {
  type filter hook input priority filter + 7; policy drop;
  ip saddr @s4 counter packets 7 bytes 700 accept comment "trusted"
  tcp dport { 1, 2, 5-9 } limit rate over 5/second burst 9 packets log prefix "x: " level warn flags tcp options drop
  ct state established,related accept
  ct direction original ct mark set meta mark
  meta mark set 0x12
  meta mark set ip saddr map @marks
  iifname "v*" ip6 nexthdr icmpv6 icmpv6 type { nd-neighbor-solicit, echo-request } accept
  log prefix "group" group 3 snaplen 80 queue-threshold 9
  ip protocol tcp reject with icmp host-prohibited
  tcp flags & (syn|rst) == syn tcp option maxseg size set 1400
  tcp dport vmap @m
  add @dyn { ip saddr . tcp dport timeout 20s limit rate 3/second }
  meta l4proto 17 quota name "q1"
  quota over 9 mbytes drop
  counter name "c1" jump other
  ip saddr & 255.255.0.255 == 10.1.0.3 tcp sport 1000-2000 goto other
  ip dscp set 8 ip ttl 64
  ct helper "ftp" accept
  limit rate 10 mbytes/second burst 5 kbytes
 }
 chain nat {
  type nat hook postrouting priority srcnat;
  ip saddr 10.0.0.0/8 masquerade random
  oifname "v0" meta l4proto tcp snat ip to 192.0.2.5-192.0.2.7:100-200 persistent
 }
 chain pre {
  type nat hook prerouting priority dstnat;
  tcp dport 81 dnat ip to 10.1.1.1:8080
  tcp dport 82 redirect to :83
 }
}
table netdev nd {
 chain ing {
  type filter hook ingress device "v0" priority -5; policy accept;
  meta mark 7 fwd to "v1"
  dup to "v1"
 }
}
`;

/** Expressions that not every kernel has are rules of their own. */
export const NFT_KINDS: readonly Kind[] = [
  {
    name: 'a veth pair',
    lines: ['ip link add v0 type veth peer name v1', 'ip link set v0 up', 'ip link set v1 up'],
  },
  { name: 'a ruleset', lines: ['nft -f -'], input: RULESET },
  ...[
    'fib saddr . iif oif missing drop',
    'jhash ip saddr mod 5 seed 0xdeadbeef == 2 return',
    'numgen random mod 3 offset 2 == 3 notrack',
    'update @dyn { ip saddr . tcp dport timeout 30s }',
    'udp dport 53 queue flags bypass to 3-5',
    'ct count over 20 drop',
    'socket transparent 1 accept',
  ].map((rule) => ({
    name: `nft ${rule.split(' ').slice(0, 2).join(' ')}`,
    lines: [`nft add rule inet t other ${rule}`],
  })),
  {
    name: 'nft flowtable',
    lines: ['nft add flowtable inet t ft { hook ingress priority 5 ; devices = { v0, v1 } ; }'],
  },
  {
    name: 'nft objects of conntrack',
    lines: ['nft -f -'],
    input: `table inet t {
 ct helper h1 {
  type "ftp" protocol tcp
  l3proto ip
 }
 ct timeout to1 {
  protocol tcp
  l3proto ip
  policy = { established : 120, close : 4 }
 }
 ct expectation e1 {
  protocol tcp
  dport 99
  timeout 1m
  size 12
  l3proto ip
 }
}`,
  },
];
