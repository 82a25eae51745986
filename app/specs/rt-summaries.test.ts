import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import { bareContext, createDissector } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const dissector = createDissector(builtinLibrary());

/** "RTM_NEWROUTE default via …" of every message that went one way in a capture, each text once. */
function summariesOf(
  file: string,
  interfaces: Readonly<Record<number, string>>,
  direction: 'reply' | 'request' = 'reply',
): Set<string> {
  const context = { ...bareContext(newFamilies()), interfaceName: (index: number) => interfaces[index] };
  const texts = readCorpus(file)
    .filter(({ envelope }) => envelope.direction === direction)
    .map(({ bytes, envelope }) => dissector.summarize(bytes, envelope, context))
    .map(({ type, info }) => `${type} ${info.join('')}`);
  return new Set(texts);
}

/** What `ip` prints although it says nothing: the values a route has by default. */
function withoutDefaults(line: string): string {
  return line
    .replace(/^unicast /, '')
    .replace(/ table main\b| scope global\b| pref medium\b| metric 0\b/g, '')
    .trim();
}

/** Lines of a text as `ip` printed it. */
function lines(text: string): string[] {
  return text.trim().split('\n').map(withoutDefaults);
}

describe('summaries of what the kernel says read like what ip prints of it', () => {
  it('cangw -L', () => {
    const said = summariesOf('can-d', { 7: 'vcan0', 8: 'vcan1', 9: 'vcan2' });
    expect([...said].map((line) => line.replace('RTM_NEWROUTE', 'cangw -A'))).toEqual([
      `cangw -A -s vcan0 -d vcan1 -X -M SET:FLD:000.4.3.${'00112233445566778899AABBCCDDEEFF'.repeat(4)} # 0 handled 0 dropped 0 deleted`,
      // It prints the table of 256 sums, too, and the profile behind it.
      'cangw -A -s vcan0 -d vcan2 -m XOR:D:000.0.FFFFFFFFFFFFFFFF -c 0:-2:-1:FF:FF -f 400~700 # 3 handled 0 dropped 1 deleted',
      'cangw -A -s vcan1 -d vcan0 -e -t -i -l 1 -m AND:ILD:7FF.8.00FF00FF00FF00FF -m OR:D:000.0.0000000000000001 -u 5D -x 0:6:7:AA # 1 handled 0 dropped 3 deleted',
      'cangw -A -s vcan0 -d vcan1 -e -m SET:IL:333.4.1122334455667788 -f 123:C00007FF # 3 handled 0 dropped 0 deleted',
    ]);
  });

  it('ip -d route show table all', () => {
    const printed = lines(`
unicast 10.0.0.0/24 dev d0 table main proto kernel scope link src 10.0.0.1
unicast 10.0.1.0/24 dev d0 table main proto kernel scope link src 10.0.1.1
unicast 10.10.0.0/16 via 10.0.0.9 dev d0 table main proto boot scope global
unicast 10.10.0.0/16 via 10.0.0.10 dev d0 table main proto boot scope global metric 3
blackhole 10.12.0.0/16 table main proto boot scope global
unreachable 10.13.0.0/16 table main proto boot scope global
prohibit 10.14.0.0/16 table main proto boot scope global
unicast 10.17.0.0/16 via inet6 fe80::1 dev d0 table main proto boot scope global
local 10.0.0.1 dev d0 table local proto kernel scope host src 10.0.0.1
broadcast 10.0.0.255 dev d0 table local proto kernel scope link src 10.0.0.1
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
throw 10.15.0.0/16 table 33 proto boot scope global
unicast fe80::/64 dev d0 table main proto kernel scope global metric 256 pref medium
local ::1 dev lo table local proto kernel scope global metric 0 pref medium
local fe80::78a1:8eff:fe25:1ad2 dev d0 table local proto kernel scope global metric 0 pref medium
multicast ff00::/8 dev d0 table local proto kernel scope global metric 256 pref medium`);
    const said = summariesOf('route-a', { 1: 'lo', 45: 'd0' });
    expect(printed.filter((line) => !said.has(`RTM_NEWROUTE ${line}`))).toEqual([]);
  });

  it('what the nexthops of a route put around packets, as `ip route add` was told it', () => {
    const sent = [
      'b800000018000506eb1c0e6b0000000002100000fe03000100000000080001000a0900009400090030000001',
      '01000000180016800c0001000000000000000005080002000a0000090600150002000100080005007f000002',
      '3c000000010000002400168020000100010000000002040000000000fc000000000000000000000000000001',
      '0600150005000000080005007f00000324000000010000000c00168008000100000641000600150001000000',
      '080005007f000004',
    ].join('');
    const bytes = Uint8Array.from(sent.match(/../g)!, (byte) => Number.parseInt(byte, 16));
    const context = { ...bareContext(newFamilies()), interfaceName: () => 'lo' };
    expect(dissector.summarize(bytes, { ...plainEnvelope(0, true), direction: 'request' }, context).info.join('')).toBe(
      'add 10.9.0.0/16 proto boot nexthop encap ip id 5 dst 10.0.0.9 via 127.0.0.2 dev lo weight 2 ' +
        'nexthop encap seg6 mode encap segs fc00::1 via 127.0.0.3 dev lo weight 1 ' +
        'nexthop encap mpls 100 via 127.0.0.4 dev lo weight 1',
    );
  });

  it('metrics and every nexthop of a route', () => {
    const said = [...summariesOf('route-a', { 45: 'd0' })];
    expect(said).toContain(
      'RTM_NEWROUTE 10.16.0.0/16 dev d0 proto static scope link src 10.0.1.1 metric 500 mtu lock 1300 window 20000 rtt 100ms advmss 1200 initcwnd 20 quickack 1 congctl reno',
    );
    expect(said).toContain(
      'RTM_NEWROUTE 10.11.0.0/16 proto boot nexthop via 10.0.0.2 dev d0 weight 1 nexthop via 10.0.0.3 dev d0 weight 5',
    );
  });

  it('ip rule show', () => {
    const printed = lines(`
1000:	from 10.0.0.0/8 to 192.0.2.0/24 tos 0x10 fwmark 0x1/0xf iif lo lookup 100
1001:	from all oif lo lookup 101 suppress_prefixlength 0
1003:	not from 10.2.0.0/16 blackhole
1004:	from all goto 1006
1005:	from all prohibit
1006:	from all nop
1007:	from all tun_id 77 lookup 103
32766:	from all lookup main
32767:	from all lookup default`);
    const said = summariesOf('rule-a', {});
    expect(printed.filter((line) => !said.has(`RTM_NEWRULE ${line.replace('\t', ' ')}`))).toEqual([]);
  });

  it('ip neigh show, ip ntable show', () => {
    const said = [...summariesOf('neigh-a', { 49: 'd0' })];
    for (const line of [
      'RTM_NEWNEIGH 10.0.0.2 dev d0 lladdr 02:00:00:00:00:12 PERMANENT proto static',
      'RTM_NEWNEIGH 10.0.0.3 dev d0 lladdr 02:00:00:00:00:03 REACHABLE',
      'RTM_NEWNEIGH fe80::2 dev d0 lladdr 02:00:00:00:00:05 router PERMANENT',
      'RTM_NEWNEIGHTBL arp_cache entries 4 thresh 128/512/1024 base_reachable 30000 ms queue 101',
      'RTM_NEWNEIGHTBL arp_cache dev d0 base_reachable 30000 ms queue 101',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('ip address show', () => {
    const said = [...summariesOf('addr-a', { 43: 'd0' })];
    for (const line of [
      'RTM_NEWADDR 43: d0 inet 10.1.0.1/24 brd 10.1.0.255 scope link d0:lbl',
      'RTM_NEWADDR 43: d0 inet 10.3.0.1/16 scope global dynamic d0 valid_lft 400sec preferred_lft 200sec',
      'RTM_NEWADDR 43: d0 inet6 2001:db8:2::1/64 scope global dynamic noprefixroute valid_lft 1000sec preferred_lft 500sec',
      'RTM_NEWADDR 43: d0 inet6 fe80::200d:acff:fe10:2e47/64 scope link proto kernel_ll',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('ip monitor all', () => {
    const said = [...summariesOf('monitor-events', { 561: 'd0', 562: 'br0' })];
    for (const line of [
      'RTM_NEWADDR 561: d0 inet 10.6.0.1/24 scope global d0',
      'RTM_NEWROUTE 10.66.0.0/16 via 10.6.0.2 dev d0 proto boot metric 50',
      'RTM_NEWROUTE 2001:db8:66::/48 via 2001:db8:6::2 dev d0 proto boot metric 1024',
      'RTM_NEWROUTE anycast 2001:db8:6:: dev d0 table local proto kernel',
      'RTM_DELROUTE Deleted 2001:db8:6::/64 dev d0 proto kernel metric 256',
      'RTM_NEWNEIGH 10.6.0.3 dev d0 lladdr 02:00:00:00:00:03 PERMANENT',
      'RTM_NEWNEIGH 02:00:00:00:00:07 dev d0 vlan 1 master br0 NOARP',
      'RTM_NEWRULE 500: from 10.6.0.0/24 lookup 100',
      'RTM_DELRULE Deleted 500: from 10.6.0.0/24 lookup 100',
      'RTM_NEWNETCONF inet d0 rp_filter 1',
      'RTM_NEWNETCONF inet6 d0 forwarding 1',
      'RTM_NEWNSID nsid 12',
      'RTM_DELNSID Deleted nsid 12',
      'RTM_NEWVLAN dev d0 vlan 1 pvid untagged state forwarding',
      'RTM_DELVLAN Deleted dev br0 vlan 1',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('ip monitor nexthop: such notifications carry the flags of their request, NLM_F_REQUEST too', () => {
    const said = [...summariesOf('monitor-events', { 561: 'd0' }, 'request')];
    expect(said).toContain('RTM_NEWNEXTHOP add id 9 via 10.6.0.4 dev d0 scope link');
  });

  it('genl ctrl', () => {
    const said = [...summariesOf('genl-ctrl-a', {})];
    expect(said).toContain('CTRL_CMD_NEWFAMILY nlctrl id 16 version 2 groups notify');
  });
});
