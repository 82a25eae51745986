import type { Kind } from '../testing/scene.ts';

/** Forwarding entries, groups and VLANs of a bridge. */
export const BRIDGE_KINDS: readonly Kind[] = [
  {
    name: 'a bridge with two ports',
    lines: [
      'ip link add br0 type bridge mcast_querier 1',
      'ip link add p0 type veth peer name p0_peer',
      'ip link add p1 type veth peer name p1_peer',
      'ip link set p0 master br0',
      'ip link set p1 master br0',
      'ip link set br0 up',
      'ip link set p0 up',
      'ip link set p1 up',
      'ip link set p0_peer up',
      'ip link set p0 type bridge_slave hairpin on learning off mcast_router 2 isolated on priority 9 cost 44 root_block on guard on',
    ],
  },
  {
    name: 'forwarding entries',
    lines: [
      'bridge fdb add 02:00:00:00:00:50 dev p0 master static sticky',
      'bridge fdb add 02:00:00:00:00:51 dev p0 self',
      'bridge fdb add 02:00:00:00:00:52 dev br0 self local',
      'bridge fdb add 02:00:00:00:00:53 dev p1 master dynamic extern_learn',
    ],
  },
  {
    name: 'vxlan forwarding entries',
    lines: [
      'ip link add vx type vxlan id 4 dstport 4789',
      'bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.9 via p0 port 99 vni 5',
    ],
  },
  {
    name: 'multicast groups',
    lines: [
      'bridge mdb add dev br0 port p0 grp 239.1.1.1 permanent',
      'bridge mdb add dev br0 port p0 grp ff05::99 temp',
      'bridge mdb add dev br0 port p1 grp 239.1.1.2 src 192.0.2.1 permanent',
      'bridge mdb add dev br0 port br0 grp 239.1.1.3',
    ],
  },
];
