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
    'add in_port(1),eth_type(ip),ipv4(src=10.0.0.0/255.0.0.0,proto=6),tcp(dst=80) ' +
      'actions:ct(commit,zone=5,mark=0x1/0xff,nat(src,ip_min=1.2.3.4,ip_max=1.2.3.9,proto_min=100,proto_max=200)),recirc(0x3)',
  );
  expect(lines[1]).toMatch(/^add in_port\(1\),eth_type\(ipv6\),ipv6\(label=0x5\/0xfffff,frag=none\) actions:sample\(/);
  expect(lines[1]).toMatch(
    /,check_pkt_len\(actions\(drop\),actions\(0\)\),set\(ipv6\),push_vlan\(802\.1Q, 0x3005\),0$/,
  );
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
