import type { Kind } from '../testing/scene.ts';

/**
 * A link of each kind that Debian's iproute2 can make, with options away from what they are by themselves.
 * `lower0` is the device that others are made on.
 */
export const LINK_KINDS: readonly Kind[] = [
  {
    name: 'veth',
    lines: [
      'ip link add lower0 numtxqueues 2 numrxqueues 3 type veth peer name peer0',
      'ip link set lower0 alias uplink-of-the-lab mtu 1400 txqueuelen 77 group 7 allmulticast on gso_max_size 30000 gso_max_segs 99 up',
      'ip link set peer0 address 02:00:00:00:00:99 promisc on up',
      'ip link property add dev lower0 altname uplink altname another-name',
      'ip link set peer0 addrgenmode none',
    ],
  },
  { name: 'dummy', lines: ['ip link add dummy0 address 02:00:00:00:00:01 type dummy'] },
  {
    name: 'vlan',
    lines: [
      'ip link add vlan7 link lower0 type vlan protocol 802.1ad id 7 gvrp on mvrp on loose_binding on reorder_hdr off ingress-qos-map 1:2 3:4 egress-qos-map 5:6',
    ],
  },
  { name: 'macvlan', lines: ['ip link add macvlan0 link lower0 type macvlan mode bridge bcqueuelen 77'] },
  {
    name: 'macvlan source',
    lines: [
      'ip link add macvlan1 link lower0 type macvlan mode source',
      'ip link set macvlan1 type macvlan macaddr add 02:00:00:00:00:31',
      'ip link set macvlan1 type macvlan macaddr add 02:00:00:00:00:32',
    ],
  },
  { name: 'macvtap', lines: ['ip link add macvtap0 link peer0 type macvtap mode vepa'] },
  {
    name: 'ipvlan',
    lines: [
      'ip link add ipvl_low type veth peer name ipvl_peer',
      'ip link add ipvlan0 link ipvl_low type ipvlan mode l3s vepa',
    ],
  },
  {
    name: 'bridge',
    lines: [
      'ip link add br0 type bridge forward_delay 1700 hello_time 300 max_age 1900 ageing_time 12345 priority 4096 group_fwd_mask 8 group_address 01:80:c2:00:00:05 mcast_router 2 mcast_query_use_ifaddr 1 mcast_querier 1 mcast_hash_max 1024 mcast_last_member_count 5 mcast_startup_query_count 6 mcast_igmp_version 3 mcast_mld_version 2 nf_call_iptables 1 mcast_stats_enabled 1',
      'ip link add port0 type veth peer name port0_peer',
      'ip link set port0 master br0',
      'ip link set port0 type bridge_slave priority 9 cost 55 hairpin on guard on root_block on fastleave on learning off flood off mcast_flood off bcast_flood off mcast_to_unicast on neigh_suppress on group_fwd_mask 16 isolated on proxy_arp on mcast_router 2',
      'ip link set port0 up',
      'ip link set port0_peer up',
      'ip link set br0 up',
    ],
  },
  {
    name: 'bridge vlan filtering',
    lines: [
      'ip link add br1 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 9 vlan_stats_enabled 1 vlan_stats_per_port 1 mcast_vlan_snooping 1',
      'ip link add port1 type veth peer name port1_peer',
      'ip link set port1 master br1',
      'ip link set port1 up',
    ],
  },
  {
    name: 'bond',
    lines: [
      'ip link add bond0 type bond mode 802.3ad miimon 100 updelay 200 downdelay 300 lacp_rate fast xmit_hash_policy layer3+4 min_links 1 ad_select bandwidth ad_user_port_key 5 ad_actor_sys_prio 99 ad_actor_system 02:00:00:00:00:aa all_slaves_active 1 resend_igmp 7 lp_interval 9',
      'ip link add slave0 type veth peer name slave0_peer',
      'ip link set slave0 master bond0',
      'ip link set bond0 up',
      'ip link set slave0_peer up',
    ],
  },
  {
    name: 'bond arp',
    lines: [
      'ip link add bond1 type bond mode active-backup arp_interval 250 arp_validate active arp_all_targets all arp_ip_target 192.0.2.1,192.0.2.2 primary_reselect better num_grat_arp 3',
    ],
  },
  { name: 'team', lines: ['ip link add team0 type team'] },
  {
    name: 'vxlan',
    lines: [
      'ip link add vxlan0 type vxlan id 4242 local 192.0.2.1 group 239.1.1.1 dev lower0 dstport 4789 srcport 32768 61000 ttl 7 tos 4 nolearning proxy rsc l2miss l3miss ageing 600 maxaddress 99 noudpcsum gbp',
      'ip link add vxlan6 type vxlan id 43 local 2001:db8::1 remote 2001:db8::2 dstport 4790 tos inherit flowlabel 0x12345 udp6zerocsumtx udp6zerocsumrx df set',
      'ip link add vxlan_md type vxlan external vnifilter',
    ],
  },
  {
    name: 'geneve',
    lines: [
      'ip link add geneve0 type geneve id 5 remote 192.0.2.9 ttl 8 tos 5 dstport 6082 df set noudpcsum innerprotoinherit',
      'ip link add geneve6 type geneve id 6 remote 2001:db8::9 flowlabel 0x54321 udp6zerocsumtx udp6zerocsumrx ttl inherit',
    ],
  },
  {
    name: 'ipip',
    lines: [
      'ip link add ipip1 type ipip local 192.0.2.1 remote 192.0.2.2 ttl 9 tos 6 dev lower0 encap none',
      'ip link add ipip2 type ipip local 192.0.2.1 remote 192.0.2.3 nopmtudisc mode any',
    ],
  },
  {
    name: 'sit',
    lines: [
      'ip link add sit1 type sit local 192.0.2.1 remote 192.0.2.4 ttl 64 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/16',
    ],
  },
  {
    name: 'gre',
    lines: [
      'ip link add gre1 type gre local 192.0.2.1 remote 192.0.2.5 ikey 1.2.3.4 okey 7 iseq oseq icsum ocsum ttl 3 tos inherit',
    ],
  },
  {
    name: 'gretap',
    lines: [
      'ip link add gretap1 type gretap local 192.0.2.1 remote 192.0.2.6 key 9 nopmtudisc ignore-df',
      'ip link add gretap2 type gretap external',
    ],
  },
  {
    name: 'erspan',
    lines: [
      'ip link add erspan1 type erspan seq key 30 local 192.0.2.1 remote 192.0.2.7 erspan_ver 1 erspan 123',
      'ip link add erspan2 type erspan seq key 31 local 192.0.2.1 remote 192.0.2.8 erspan_ver 2 erspan_dir egress erspan_hwid 17',
    ],
  },
  {
    name: 'ip6gre',
    lines: [
      'ip link add ip6gre1 type ip6gre local 2001:db8::1 remote 2001:db8::3 ttl 12 encaplimit 3 tclass 0x12 flowlabel 0x00fff key 5 allow-localremote',
      'ip link add ip6gretap1 type ip6gretap local 2001:db8::1 remote 2001:db8::4 encaplimit none hoplimit 77 tclass inherit flowlabel inherit dev lower0',
    ],
  },
  {
    name: 'ip6erspan',
    lines: [
      'ip link add ip6erspan1 type ip6erspan seq key 40 local 2001:db8::1 remote 2001:db8::5 erspan_ver 2 erspan_dir ingress erspan_hwid 7',
    ],
  },
  {
    name: 'ip6tnl',
    lines: [
      'ip link add ip6tnl1 type ip6tnl mode ip6ip6 local 2001:db8::1 remote 2001:db8::6 hoplimit 33 encaplimit 2 tclass 0x20 flowlabel 0x00abc dscp inherit',
    ],
  },
  { name: 'vti', lines: ['ip link add vti1 type vti local 192.0.2.1 remote 192.0.2.10 ikey 5 okey 6 fwmark 77'] },
  { name: 'vti6', lines: ['ip link add vti61 type vti6 local 2001:db8::1 remote 2001:db8::7 key 8 fwmark 0x99'] },
  {
    name: 'xfrm',
    lines: ['ip link add xfrm1 type xfrm dev lower0 if_id 0x55', 'ip link add xfrm2 type xfrm external'],
  },
  {
    name: 'vrf',
    lines: [
      'ip link add vrf1 type vrf table 1234',
      'ip link add vport type veth peer name vport_peer',
      'ip link set vport master vrf1',
    ],
  },
  {
    name: 'macsec',
    lines: [
      'ip link add macsec0 link lower0 type macsec sci 0200000000010001 cipher gcm-aes-128 encrypt on send_sci off end_station on protect on replay on window 32 validate strict',
    ],
  },
  {
    name: 'hsr',
    lines: [
      'ip link add hsr_a type veth peer name hsr_ap',
      'ip link add hsr_b type veth peer name hsr_bp',
      'ip link add hsr0 type hsr slave1 hsr_a slave2 hsr_b supervision 45 version 1',
    ],
  },
  { name: 'vcan', lines: ['ip link add vcan0 type vcan'] },
  { name: 'vxcan', lines: ['ip link add vxcan0 type vxcan peer name vxcan1'] },
  { name: 'ifb', lines: ['ip link add ifb0 type ifb'] },
  { name: 'nlmon', lines: ['ip link add nlmon0 type nlmon'] },
  { name: 'vsockmon', lines: ['ip link add vsockmon0 type vsockmon'] },
  {
    name: 'bareudp',
    lines: ['ip link add bareudp0 type bareudp dstport 6635 ethertype ip srcportmin 12345 multiproto'],
  },
  { name: 'batadv', lines: ['ip link add bat0 type batadv'] },
  {
    name: 'tun',
    lines: ['ip tuntap add dev tun0 mode tun user 7 group 8 multi_queue', 'ip tuntap add dev tap0 mode tap vnet_hdr'],
  },
  { name: 'wireguard', lines: ['ip link add wg0 type wireguard'] },
];
