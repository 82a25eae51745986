import { expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector } from './dissector.ts';
import { learnFamily } from './genl.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

const dissector = createDissector(builtinLibrary());

/** The lines about messages of a capture whose type begins so. */
function linesOf(file: string, type: string): string[] {
  const families = newFamilies();
  const context = bareContext(families);
  return readCorpus(file).flatMap(({ bytes, envelope }) => {
    if (envelope.direction === 'reply') learnFamily(bytes, envelope, context, families);
    const summary = dissector.summarize(bytes, envelope, context);
    return summary.type.startsWith(type) ? [summary.info.join('')] : [];
  });
}

it('flows read as ovs-dpctl takes and prints them: what the mask leaves out is not named', () => {
  const lines = linesOf('wpan-d', 'OVS_FLOW_CMD_');
  expect(lines[0]).toBe(
    'add in_port(1),eth_type(0x0800),ipv4(src=10.0.0.0/255.0.0.0,proto=6),tcp(dst=80) ' +
      'actions:ct(commit,zone=5,mark=0x1/0xff,nat(src=1.2.3.4-1.2.3.9:100-200)),recirc(0x3)',
  );
  expect(lines[1]).toMatch(
    /^add in_port\(1\),eth_type\(0x86dd\),ipv6\(label=0x5,frag=no\) actions:sample\(sample=50\.0%,/,
  );
  expect(lines[1]).toMatch(
    /,check_pkt_len\(size=200,gt\(drop\),le\(0\)\),set\(ipv6\(tclass=0x5\)\),push_vlan\(vid=5,pcp=1\),0$/,
  );
});

/** `ovs-dpctl dump-flows dp0`, without what its masks leave out. */
it('what the kernel tells of flows reads as ovs-dpctl prints it', () => {
  expect(linesOf('ovs-d', 'OVS_FLOW_CMD_GET').slice(1)).toEqual([
    'recirc_id(0x7),in_port(1),ct_state(+est+trk),ct_zone(5),eth_type(0x0800),ipv4(frag=no) actions:ct_clear,sample(sample=50.0%,actions(2)),2',
    'in_port(1),eth_type(0x0800),ipv4(dst=10.0.0.5) actions:check_pkt_len(size=200,gt(1),le(2))',
    'in_port(1),eth_type(0x0800),ipv4(dst=10.0.0.7,proto=1),icmp(type=8,code=0) actions:drop',
    'in_port(1),eth_type(0x0800),ipv4(dst=10.0.0.4) actions:set(tunnel(tun_id=0x7,src=10.0.0.1,dst=10.0.0.2,tos=0x3,ttl=64,tp_dst=4789,flags(df|csum|key))),3',
    'in_port(1),eth_type(0x0800),ipv4(dst=10.0.0.6) actions:trunc(100),2,set(skb_priority(0x10)),set(skb_mark(0x20)),meter(1),2',
    'in_port(1),eth_type(0x0800),ipv4(dst=10.0.0.1) actions:push_vlan(vid=5,pcp=2),2',
    'in_port(2),eth_type(0x0806),arp(tip=10.0.0.9) actions:1,userspace(pid=7,userdata(0102000000000000))',
  ]);
});

/** `ovs-dpctl ct-set-limits default=100 zone=5,limit=10`, `ct-get-limits zone=5` and `ct-del-limits zone=5`. */
it('limits of connections read as ovs-dpctl has them', () => {
  const lines = linesOf('wpan-d', 'OVS_CT_LIMIT_CMD_').filter((line) => line !== '');
  expect(lines).toEqual([
    'set default limit=100, zone=5,limit=10',
    'get default, zone=5',
    'default limit=100, zone=5,limit=10,count=0',
    'delete zone=5',
  ]);
});

/** As `tc filter show` printed them. */
it('combined matches of filters read as tc prints them', () => {
  const matches = linesOf('wpan-d', 'RTM_NEWTFILTER').flatMap(
    (line) => / match (.*?)(?: action .*)?$/.exec(line)?.[1] ?? [],
  );
  expect(new Set(matches)).toEqual(
    new Set([
      'meta(priority eq 6) AND NOT cmp(u8 at 0 layer 0 eq 5)',
      'u32(00000010/000000ff at 8) OR nbyte(61 62 63 at 4 layer 2)',
      'canid(sff 0x123)',
      'meta(vlan_tag mask 0x00000fff gt 5) AND meta(dev eq "v0")',
    ]),
  );
});
