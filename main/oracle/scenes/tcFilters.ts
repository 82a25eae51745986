import type { Kind } from '../testing/scene.ts';

/** Classes of the classful queueing disciplines, each on a veth of its own. */
const CLASSES: { readonly [kind: string]: readonly string[] } = {
  htb: [
    'root handle 1: htb default 10',
    'parent 1: classid 1:1 htb rate 10mbit ceil 20mbit burst 15k cburst 20k prio 3 quantum 2000 overhead 12 mpu 64',
    'parent 1:1 classid 1:10 htb rate 5mbit ceil 50gbit prio 1',
    'parent 1:1 classid 1:20 htb rate 40gbit ceil 50gbit linklayer atm mtu 9000',
  ],
  hfsc: [
    'root handle 1: hfsc default 7',
    'parent 1: classid 1:1 hfsc ls m1 2mbit d 10ms m2 1mbit ul m2 5mbit',
    'parent 1:1 classid 1:7 hfsc rt m1 8mbit d 5ms m2 4mbit ls m2 3mbit',
  ],
  drr: ['root handle 1: drr', 'parent 1: classid 1:3 drr quantum 3000'],
  qfq: ['root handle 1: qfq', 'parent 1: classid 1:4 qfq weight 7 maxpkt 2048'],
  ets: ['root handle 1: ets bands 3 strict 1 quanta 4000 2000'],
  prio: ['root handle 1: prio bands 4'],
  multiq: ['root handle 1: multiq'],
  mq: ['root handle 1: mq'],
};

export const CLASS_KINDS: readonly Kind[] = Object.entries(CLASSES).map(([kind, [root, ...classes]]) => ({
  name: `classes of ${kind}`,
  lines: [
    `ip link add c_${kind} numtxqueues 2 numrxqueues 2 type veth peer name c_${kind}_p`,
    `tc qdisc add dev c_${kind} ${root}`,
    ...classes.map((one) => `tc class add dev c_${kind} ${one}`),
  ],
}));

/** Classifiers with every kind of match, by what they have in common, as tc's words after the device. */
const FILTERS: { readonly [name: string]: readonly string[] } = {
  u32: [
    'protocol ip pref 1 handle 2: u32 divisor 256',
    'protocol ip pref 1 u32 ht 2:7f: match ip src 1.2.3.4 flowid 1:2',
    'protocol ip pref 1 u32 match ip dst 10.0.0.5/32 match ip dport 80 0xffff match mark 5 0xff flowid 1:1',
    'protocol ipv6 pref 2 u32 match ip6 dst 2001:db8::/32 match u8 0x3a 0xff at 6 skip_hw action mirred egress mirror dev lo',
  ],
  bpf: ["protocol ip pref 1 bpf bytecode '1,6 0 0 4294967295,' flowid 1:5"],
  fw: [
    'protocol all pref 1 handle 0x5/0xff fw classid 1:3',
    'protocol all pref 1 handle 0x6/0xff fw classid 1:4 action drop',
  ],
  route: [
    'protocol ip pref 1 route from 3 to 10 classid 1:1',
    'protocol ip pref 1 route to 11 classid 1:2',
    'protocol ip pref 1 route fromif lo classid 1:2',
  ],
  basic: [
    'protocol ip pref 1 basic match cmp(u8 at 0 layer 0 mask 0xff gt 20) and not meta(priority eq 6) classid 1:2',
    'protocol ip pref 2 basic match (u32(u32 0xabcd0000 0xffff0000 at 4) or nbyte("abc" at 3 layer 1)) and meta(nf_mark mask 0xff lt 9) classid 1:2',
    'protocol ip pref 3 basic match meta(loadavg_1 gt 5) and meta(vlan mask 0xfff gt 7) and cmp(u16 at 2 layer 2 mask 0xfff0 lt 77) classid 1:3',
    'protocol ip pref 4 basic action drop',
  ],
  'basic canid': ['protocol can pref 1 basic match canid(sff 0x123 eff 0x8965:0xffff sff 0x10:0x7f0) classid 1:2'],
  cgroup: ['protocol ip pref 1 handle 1 cgroup action drop'],
  flow: [
    'protocol ip pref 1 handle 1 flow hash keys src,dst,proto,proto-src,iif divisor 64 perturb 60 baseclass 1:1',
    'protocol ip pref 2 handle 2 flow map key dst and 0xff xor 3 rshift 1 addend 5 divisor 16 baseclass 1:2',
  ],
  matchall: ['protocol all pref 1 matchall skip_hw classid 1:9', 'protocol all pref 2 matchall action pass'],
  'flower addresses': [
    'protocol ip pref 1 flower dst_mac 02:00:00:00:00:01 src_mac 02:00:00:00:00:00/ff:ff:ff:00:00:00 ip_proto tcp src_ip 10.1.0.0/16 dst_ip 10.2.0.1 dst_port 443 src_port 1000-2000 tcp_flags 0x12/0x3f ip_tos 0x10/0xfc ip_ttl 64/0xff ip_flags nofirstfrag skip_hw classid 1:1',
    'protocol ipv6 pref 2 flower ip_proto udp src_ip 2001:db8::/32 dst_ip 2001:db8::9 dst_port 53 ip_flags frag indev lo action drop',
    'protocol ip pref 3 flower ip_proto icmp type 8 code 0 classid 1:2',
    'protocol ipv6 pref 4 flower ip_proto icmpv6 type 128 classid 1:3',
    'protocol ip pref 5 handle 77 flower ip_proto sctp dst_port 9 hw_tc 3 verbose',
  ],
  'flower layer 2': [
    'protocol 802.1Q pref 1 flower vlan_id 7 vlan_prio 3 vlan_ethtype ipv4 dst_ip 10.9.9.9 classid 1:1',
    'protocol 802.1ad pref 2 flower vlan_id 8 vlan_ethtype 802.1q cvlan_id 9 cvlan_prio 2 cvlan_ethtype ipv6 ip_proto udp dst_port 5 classid 1:1',
    'protocol arp pref 3 flower arp_op request arp_sip 192.0.2.1 arp_tip 192.0.2.0/24 arp_sha 02:00:00:00:00:09 arp_tha 02:00:00:00:00:00/ff:ff:ff:ff:ff:00 classid 1:1',
    'protocol mpls_uc pref 4 flower mpls_label 77 mpls_tc 3 mpls_bos 1 mpls_ttl 9 classid 1:1',
    'protocol mpls_uc pref 5 flower mpls lse depth 1 label 100 tc 2 lse depth 2 label 200 bos 1 ttl 8 classid 1:1',
    'protocol all pref 6 flower num_of_vlans 2 classid 1:1',
    'protocol ppp_ses pref 7 flower pppoe_sid 99 ppp_proto ip classid 1:1',
  ],
  'flower tunnels': [
    'protocol ip pref 1 flower enc_key_id 42 enc_src_ip 192.0.2.1 enc_dst_ip 192.0.2.2 enc_dst_port 4789 enc_tos 4/0xff enc_ttl 9 classid 1:1',
    'protocol ip pref 7 flower enc_dst_port 4789 vxlan_opts 255/255 classid 1:1',
    'protocol ip pref 2 flower enc_key_id 43 enc_dst_ip 2001:db8::5 enc_dst_port 6081 geneve_opts 0102:80:1122334421314151/ffff:ff:ffffffffffffffff classid 1:1',
    'protocol ip pref 3 flower enc_key_id 44 enc_dst_ip 192.0.2.7 erspan_opts 2:0:1:30/255:0:255:255 classid 1:1',
    'protocol ip pref 4 flower gtp_opts 01:10/ff:ff classid 1:1',
  ],
  'flower conntrack': [
    'protocol ip pref 1 flower ct_state +trk+est-new ct_zone 5/0xff ct_mark 0x11/0xff ct_label 0102/ffff classid 1:1',
  ],
};

/** Actions with options away from what they are by themselves. */
const ACTIONS: { readonly [kind: string]: readonly string[] } = {
  gact: ['gact drop random determ pass 5 index 11', 'gact reclassify cookie 0102030405'],
  mirred: [
    'mirred egress mirror dev lo index 12',
    'mirred egress redirect dev a_mirred_p',
    'mirred ingress mirror dev lo',
    'mirred ingress redirect dev lo',
  ],
  police: [
    'police rate 5mbit burst 20k mtu 2000 conform-exceed drop/pipe',
    'police rate 1mbit burst 10k peakrate 3mbit mtu 1600 overhead 5 conform-exceed continue',
    'police pkts_rate 1000 pkts_burst 50 conform-exceed drop/ok',
    'police rate 1gbit burst 100k conform-exceed drop/reclassify',
  ],
  pedit: [
    'pedit munge ip dst set 10.0.0.1 munge offset 4 u8 set 7 retain 0xf munge offset 8 u16 clear pipe',
    'pedit ex munge eth src set 02:00:00:00:00:07 munge ip ttl add 0xff munge tcp dport set 99 pass',
  ],
  skbedit: ['skbedit priority 1:5 queue_mapping 1 mark 0x11/0xff ptype host pipe', 'skbedit inheritdsfield'],
  vlan: [
    'vlan push id 7 protocol 802.1ad priority 3',
    'vlan pop pipe',
    'vlan modify id 9 priority 2',
    'vlan push_eth dst_mac 02:00:00:00:00:01 src_mac 02:00:00:00:00:02',
    'vlan pop_eth',
  ],
  ct: [
    'ct commit zone 5 mark 0x11/0xff label 0102/ffff nat src addr 10.0.0.1-10.0.0.9 port 100-200',
    'ct clear',
    'ct nat pipe',
    'ct commit nat dst addr 2001:db8::1 port 99',
  ],
  nat: ['nat ingress 10.0.0.0/24 192.0.2.0', 'nat egress 10.0.0.1/32 192.0.2.9 pipe'],
  csum: ['csum ip and tcp and udp and icmp and igmp and udplite and sctp pipe'],
  sample: ['sample rate 12 group 5 trunc 80'],
  tunnel_key: [
    'tunnel_key set src_ip 192.0.2.1 dst_ip 192.0.2.2 id 42 dst_port 4789 tos 4 ttl 9 nocsum vxlan_opts 77',
    'tunnel_key set src_ip 2001:db8::1 dst_ip 2001:db8::2 id 43 geneve_opts 0102:80:11223344,0103:81:55667788',
    'tunnel_key set src_ip 192.0.2.1 dst_ip 192.0.2.2 id 44 erspan_opts 2:0:1:30',
    'tunnel_key unset',
  ],
  mpls: [
    'mpls push protocol mpls_uc label 123 tc 3 ttl 9 bos 1',
    'mpls pop protocol ipv4',
    'mpls modify label 77 tc 5',
    'mpls dec_ttl pipe',
    'mpls mac_push protocol mpls_uc label 5',
  ],
  skbmod: [
    'skbmod set dmac 02:00:00:00:00:01 set smac 02:00:00:00:00:02 set etype 0x800',
    'skbmod swap mac',
    'skbmod ecn',
  ],
  simple: ['simple sdata hello'],
  connmark: ['connmark zone 7 pipe'],
  ctinfo: ['ctinfo dscp 0xfc000000 0x01000000 cpmark 0xff zone 3'],
  ife: ['ife encode type 0xED3E use mark 7 allow prio dst 02:00:00:00:00:09', 'ife decode pipe'],
  bpf: ["bpf bytecode '1,6 0 0 4294967295,' index 5"],
  gate: [
    'gate clockid CLOCK_TAI base-time 100 cycle-time 200000000 priority 3 sched-entry open 100000000 1 8000 sched-entry close 100000000',
  ],
};

const device = (name: string) => name.replaceAll(/[^a-z0-9]+/g, '_').slice(0, 12);

/** Filters on the ingress of a veth of their own; each is a kind, as not every kernel knows each key. */
export const FILTER_KINDS: readonly Kind[] = Object.entries(FILTERS).flatMap(([name, filters]) => [
  {
    name: `a veth for ${name}`,
    lines: [
      `ip link add ${device(name)} type veth peer name ${device(name)}_p`,
      `tc qdisc add dev ${device(name)} clsact`,
    ],
  },
  ...filters.map((filter) => ({
    name: `filter ${filter}`,
    lines: [`tc filter add dev ${device(name)} ingress ${filter}`],
  })),
]);

/** Actions on their own and at filters. */
export const ACTION_KINDS: readonly Kind[] = [
  {
    name: 'a veth for actions',
    lines: ['ip link add a_mirred type veth peer name a_mirred_p', 'tc qdisc add dev a_mirred clsact'],
  },
  ...Object.entries(ACTIONS).flatMap(([kind, actions]) =>
    actions.map((action, index) => ({
      name: `action ${action}`,
      lines: [
        `tc actions add action ${action.replace(/^action /, '')}`,
        ...(kind === 'gact' || kind === 'bpf' || kind === 'mirred'
          ? []
          : [`tc filter add dev a_mirred ingress pref ${index + 1} protocol all matchall action ${action}`]),
      ],
    })),
  ),
];

export const ACTION_NAMES = Object.keys(ACTIONS);

/** Chains with templates, and a block that devices share. */
export const CHAIN_KINDS: readonly Kind[] = [
  {
    name: 'a block',
    lines: [
      'ip link add ch0 type veth peer name ch1',
      'tc qdisc add dev ch0 ingress_block 22 ingress',
      'tc qdisc add dev ch1 ingress_block 22 egress_block 23 clsact',
    ],
  },
  {
    name: 'chains',
    lines: [
      'tc chain add block 22 chain 5 protocol ip flower dst_ip 0.0.0.0/16 ip_proto tcp',
      'tc chain add block 22 chain 6',
      'tc filter add block 22 chain 5 protocol ip pref 3 flower dst_ip 10.1.0.0/16 ip_proto tcp action goto chain 6',
    ],
  },
];
