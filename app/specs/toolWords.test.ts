import { describe, expect, it } from 'vitest';
import { bareContext, createDissector } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const dissector = createDissector(builtinLibrary());

/** "add qdisc …" of every message of a capture, each text once. */
function textsOf(file: string, interfaces: Readonly<Record<number, string>> = {}): Set<string> {
  const context = { ...bareContext(newFamilies()), interfaceName: (index: number) => interfaces[index] };
  return new Set(
    readCorpus(file).map(({ bytes, envelope }) => dissector.summarize(bytes, envelope, context).info.join('')),
  );
}

/** That all lines are among the texts, those that are not being told. */
function expectAll(texts: ReadonlySet<string>, lines: string): void {
  const wanted = lines.trim().split('\n');
  expect(wanted.filter((line) => !texts.has(line))).toEqual([]);
}

describe('summaries have the words of the commands and of what they print', () => {
  it('ipset', () => {
    const texts = textsOf('ipset-d');
    expectAll(
      texts,
      `
add a 10.0.0.1,tcp:80 timeout 5 comment "c d" skbmark 0x5/0xff skbprio 1:2 skbqueue 4
add a 10.0.0.0/30,udp:5-9
add a 10.0.0.9,icmp:8/0
add b 2001:db8::/32,tcp:5,fe80::/10
add c 10.1.0.0/16,physdev:eth1 nomatch
create d hash:ip,mark family inet markmask 0xff00
add d 1.1.1.1,0x1200
add f 10.0.0.5,00:11:22:33:44:55
add g d before a
add g e after a
IPSET_ERR_TYPE_SPECIFIC IPSET_CMD_ADD
destroy all sets
`,
    );
    // `ipset list`: "family inet markmask 0x0000ff00 hashsize 1024 maxelem 65536 bucketsize 12 initval 0x97c7a890".
    const marks = [...texts].find((text) => text.startsWith('d hash:ip,mark ') && text.includes('members'));
    expect(marks).toMatch(
      / maxelem 65536 bucketsize 12 initval 0x97c7a890 markmask 0xff00 .* members 1\.1\.1\.1,0x1200$/,
    );
  });

  it('conntrack and nfct', () => {
    expectAll(
      textsOf('ct-d'),
      `
insert gre 47 50 src=1.1.1.4 dst=2.2.2.2 srckey=0x5 dstkey=0x6 src=2.2.2.2 dst=1.1.1.4 srckey=0x6 dstkey=0x5
tcp 6 98 ESTABLISHED src=1.1.1.1 dst=2.2.2.2 sport=10 dport=20 packets=0 bytes=0 src=2.2.2.2 dst=1.1.1.1 sport=20 dport=10 packets=0 bytes=0 [ASSURED] mark=5 use=2
add pol1 ipv4 tcp established 100 close 10
pol2 ipv4 udp unreplied 10 replied 20 use 1
delete all policies
delete all helpers
`,
    );
  });

  it('nft', () => {
    expectAll(
      textsOf('nft-d', { 1: 'lo' }),
      `
add synproxy inet a sp1 { mss 1460 wscale 7 timestamp sack-perm }
add limit inet a lim1 { rate over 10 mbytes/second burst 12 kbytes }
add quota inet a q2 { 100 bytes used 10 bytes }
add set inet a conc { type ipv4_addr . inet_service . ifname; flags interval; }
add map inet a verd { type inet_service . ipv4_addr : verdict; }
add map inet a objs { type ipv4_addr : counter; }
add rule inet a in tcp flags syn synproxy mss 1000 wscale 3 timestamp
add rule inet a in meta mark set jhash ip saddr . tcp dport mod 4 seed 0xdead offset 1
add rule inet a in ct event set new,destroy
add rule netdev n i ip saddr 1.1.1.1 fwd ip to 1.2.3.4 device "lo"
`,
    );
  });

  it('tc qdisc and tc class', () => {
    expectAll(
      textsOf('tc-d', { 3: 'd0', 6: 'v0' }),
      `
qdisc cake 1: dev d0 root refcnt 5 bandwidth 20Mbit diffserv4 dual-dsthost nat wash ingress ack-filter split-gso rtt 50ms noatm overhead 38 mpu 64 memlimit 2Mb fwmark 0xff
replace qdisc cake dev d0 root bandwidth unlimited besteffort flowblind no-split-gso
qdisc ets 4: dev d0 root refcnt 5 bands 4 strict 2 quanta 1000 2000 priomap 0 1 2 3 3 3 3 3 3 3 3 3 3 3 3 3
qdisc netem 8003: dev d0 root refcnt 5 limit 1000 loss 5% 25% reorder 25% 50% corrupt 0.1% rate 1Mbit packetoverhead 10 cellsize 100 celloverhead 5 slot 1ms 2ms packets 5 bytes 100 seed 5 ecn
replace qdisc netem dev d0 root limit 1000 loss state p13 1% p31 2% p32 3% p14 5% p23 4%
qdisc gred 8006: dev d0 root refcnt 5 vqs 3 default 2 grio limit 10000b
change qdisc gred dev d0 root DP 0 limit 60000b min 15000b max 45000b prio 2
qdisc pie 8007: dev d0 root refcnt 5 limit 200p target 20ms tupdate 32ms alpha 2 beta 20 ecn bytemode dq_rate_estimator
qdisc codel 8009: dev d0 root refcnt 5 limit 100p target 4ms ce_threshold 5ms interval 30ms ecn
qdisc hhf 800a: dev d0 root refcnt 5 limit 500p quantum 1000b hh_limit 100 reset_timeout 100ms admit_bytes 1000b evict_timeout 1s non_hh_weight 4
qdisc mqprio 7: dev v0 root refcnt 1 tc 3 map 2 2 1 0 2 2 2 2 2 2 2 2 2 2 2 2 queues 1@0 1@1 2@2
class qfq 2:1 dev d0 root weight 5 maxpkt 1500
class hfsc 1:2 dev d0 parent 1:1 rt m1 1Mbit d 5ms m2 500Kbit ls m1 0bit d 0us m2 300Kbit
`,
    );
  });

  it('tc filter', () => {
    expectAll(
      textsOf('tc-filters-d', { 3: 'd0', 4: 'd1', 6: 'gn' }),
      `
add filter dev d0 ingress protocol 802.1Q pref 1 flower eth_type 8021q ip_proto udp vlan_id 5 vlan_prio 3 vlan_ethtype ip src_ip 1.1.1.1 ip_tos 0x10/0xf0 ip_ttl 5 src_port 10-20 dst_port 30-40 ip_flags +is_fragment+frag_is_first action gact drop
add filter dev d0 ingress protocol arp pref 6 flower eth_type arp arp_op 1 arp_sip 1.1.1.1/24 arp_tip 2.2.2.2 arp_sha 00:11:22:33:44:55 arp_tha 00:00:00:00:00:01/24 action gact drop
filter dev d0 ingress protocol mpls_uc pref 4 flower handle 0x1 eth_type mpls_uc action mpls push label 7 tc 1 ttl 3 bos 1 protocol mpls_uc
add filter dev d0 ingress protocol ip pref 11 flower eth_type ip action tunnel_key set src_ip 2001:db8::1 dst_ip 2001:db8::2 id 7, tunnel_key unset, mirred egress_redir to dev d1
filter dev d0 ingress protocol ip pref 20 u32 fh 800::800 match 0a000000/ff000000 at 12, 00000005/0000ffff at nexthdr+0 action pedit keys 3, csum update_flags ipv4hdr,tcp
add filter dev d0 ingress protocol ip pref 35 matchall action mirred ingress_mirror to blockid 5
replace filter dev d0 ingress protocol ip pref 7 flower handle 0x1 eth_type ip ip_proto udp action gact drop
`,
    );
  });

  it('ip route, ip rule, ip address', () => {
    expectAll(
      textsOf('route-d', { 1: 'lo', 12: 'd0', 13: 'd1' }),
      `
add 100 as to 200/300 via inet 10.0.0.2 proto boot
103 proto boot nexthop as to 1 via inet 10.0.0.2 dev d0 weight 1 nexthop as to 2 via inet 10.0.0.3 dev d0 weight 1
10.2.0.0/16 encap ip id 5 src 2.2.2.2 dst 1.1.1.1 ttl 5 tos 0x10 csum,key dev d1 proto boot scope link
add 10.6.0.0/16 encap ip id 7 dst 1.1.1.1 erspan_opts 2:0:1:5 dev d1 proto boot scope link
add 2001:db8:1::/48 encap seg6 mode encap segs fc00::1,fc00::2 dev d0 proto boot
add 10.7.0.0/16 encap seg6 mode encap.red segs fc00::9 tunsrc 2001:db8::99 dev d0 proto boot scope link
add 2001:db8:4::2 encap seg6local action End.X nh6 fe80::1 dev d0 proto boot
add 2001:db8:4::7 encap seg6local action End flavors next-csid lblen 32 nflen 16 dev d0 proto boot
add 2001:db8:7::/64 encap rpl segs fc00::1,fc00::2 dev d0 proto boot
add 2001:db8:8::/64 encap ila 1:2:3:4 csum-mode neutral-map-auto ident-type luid hook-type input dev d0 proto boot
add 10.99.0.0/16 tos 0x10 dev d0 table 77 proto bird scope link metric 50 realms 3/4 mtu 1400 advmss 1000 rtt 1.25ms rttvar 5ms rto_min lock 30ms hoplimit 5 initcwnd 3 initrwnd 4 features ecn quickack 1 fastopen_no_cookie 1 congctl cubic cwnd lock 5 ssthresh 3 reordering 7
add from all flowlabel 0x5/0xff lookup 100
99: from all iif lo lookup 102 realms 5/6 proto static
98: from all fwmark 0x5 lookup 103 suppress_ifgroup 0
12: d0 inet 10.0.5.1 peer 10.0.5.2/32 brd 10.0.5.255 scope link dynamic noprefixroute proto kernel_ra d0:x metric 5 valid_lft 100sec preferred_lft 50sec
12: d0 inet6 2001:db8:9::1/64 scope global home nodad mngtmpaddr noprefixroute
`,
    );
  });

  it('bridge', () => {
    expectAll(
      textsOf('bridge-d', { 3: 'br0', 4: 'p1x', 5: 'p1', 7: 'p2', 9: 'p3', 10: 'vx' }),
      `
set p1 bridge port vid 10 pvid untagged
set p2 bridge port vid 20-30
set vx bridge port vid 11-13 tunnel_info id 1001-1003
set p1 bridge port msti 5 state learning
dev p2 vlan 1 pvid untagged state forwarding, 20-25 state disabled, 26-30 state forwarding
dev br0 vlan 20-25 msti 5 mcast_snooping 1 mcast_querier 0 mcast_igmp_version 2 mcast_mld_version 1 global options
add dev br0 port p2 grp 239.1.1.3 temp filter_mode include source_list 1.1.1.1, 1.1.1.2 vid 20
add dev br0 port p3 grp 01:00:5e:01:01:01 permanent
add dev vx port vx grp 239.1.1.1 permanent dst 10.0.0.5 dst_port 4789 vni 7 src_vni 9 via p1x
delete dev br0 vid 20
`,
    );
  });
});
