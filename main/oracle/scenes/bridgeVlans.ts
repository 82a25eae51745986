import type { Kind } from '../testing/scene.ts';

/** VLANs of a bridge's ports with states and options of their own, what they are mapped to in a tunnel, and VNIs. */
export const VLAN_KINDS: readonly Kind[] = [
  {
    name: 'a bridge with VLANs',
    lines: [
      'ip link add br0 type bridge vlan_filtering 1 vlan_stats_enabled 1 mcast_snooping 1 mcast_vlan_snooping 1',
      'ip link add p0 type veth peer name p0_peer',
      'ip link set p0 master br0',
      'ip link set br0 up',
      'ip link set p0 up',
      'bridge vlan add dev p0 vid 10 pvid untagged',
      'bridge vlan add dev p0 vid 20-25',
      'bridge vlan add dev br0 vid 10 self',
      'bridge vlan set dev p0 vid 20 state blocking',
      'bridge vlan set dev p0 vid 21-22 mcast_router 2',
      'bridge vlan set dev p0 vid 23 mcast_max_groups 9',
      'bridge vlan global set dev br0 vid 10 mcast_snooping 1 mcast_querier 1 mcast_igmp_version 3',
    ],
  },
  {
    name: 'a vxlan with VNIs',
    lines: [
      'ip link add vx type vxlan dstport 4789 dev p0_peer external vnifilter',
      'ip link set vx master br0',
      'ip link set vx up',
      'bridge link set dev vx vlan_tunnel on',
      'bridge vlan add dev vx vid 100',
      'bridge vlan add dev vx vid 100 tunnel_info id 1000',
      'bridge vlan add dev vx vid 110-112',
      'bridge vlan add dev vx vid 110-112 tunnel_info id 1110-1112',
      'bridge vni add dev vx vni 1000',
      'bridge vni add dev vx vni 1110-1112 group 239.1.1.9',
      'bridge vni add dev vx vni 1200 group ff05::9',
    ],
  },
];
