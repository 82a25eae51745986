import { describe, expect, it } from 'vitest';
import type { Envelope, FieldNode, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, CoverageCounter, createDissector, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const context = bareContext(newFamilies());

/** Where a message of this host's NETLINK_ROUTE comes from. */
const envelope: Envelope = {
  protocol: 0,
  direction: 'request',
  group: null,
  nsid: null,
  sourcePortid: null,
  destPortid: null,
  littleEndian: true,
};

function dissections(file: string) {
  return readCorpus(file).map((message) => {
    const dissection = dissector.dissect(message.bytes, message.envelope, context);
    const { summary } = dissection;
    return {
      ...message,
      direction: message.envelope.direction,
      tree: dissection.tree,
      line: `${summary.type} ${summary.info.join('')}`,
    };
  });
}

type Dissection = ReturnType<typeof dissections>[number];

/** The texts of some fields by their paths of names below a message's top level. */
function texts(tree: readonly FieldNode[], paths: readonly string[]): (string | undefined)[] {
  return paths.map((path) => {
    let level = tree;
    let found: FieldNode | undefined;
    for (const name of path.split('/')) {
      found = level.find((node) => node.name === name);
      level = found?.children ?? [];
    }
    return found?.text;
  });
}

/** The last message whose line begins so, as the kernel reported it. */
function report(messages: readonly Dissection[], start: string): readonly FieldNode[] {
  const found = messages.findLast(({ direction, line }) => direction !== 'request' && line.startsWith(start));
  expect(found, start).toBeDefined();
  return found!.tree;
}

/** Message types of a family as bytes, written from values. */
function encode(value: MessageValue, littleEndian = true) {
  return encodeMessage(value, { library, genl: newFamilies(), littleEndian });
}

describe('what `tc qdisc` and `tc class` did in tc-qdisc-a', () => {
  const messages = dissections('tc-qdisc-a');

  it('reads like the commands', () => {
    const requests = messages.filter(
      ({ direction, line }) => direction === 'request' && /^RTM_(NEW|DEL)[QT]/.test(line),
    );
    expect(requests.map(({ line }) => line)).toEqual([
      'RTM_NEWQDISC add qdisc htb 1: dev if575 root r2q 20 default 0x30',
      'RTM_NEWTCLASS add class htb 1:1 dev if575 parent 1: prio 0 rate 6Mbit ceil 6Mbit',
      'RTM_NEWTCLASS add class htb 1:10 dev if575 parent 1:1 prio 1 quantum 1500 rate 5Mbit ceil 6Mbit',
      'RTM_NEWTCLASS add class htb 1:30 dev if575 parent 1:1 prio 0 rate 1Kbit ceil 6Mbit',
      'RTM_NEWQDISC add qdisc fq_codel 10: dev if575 parent 1:10 limit 1000p flows 300 target 3ms interval 40ms ecn',
      'RTM_NEWQDISC add qdisc sfq 30: dev if575 parent 1:30 perturb 10',
      'RTM_NEWTCLASS change class htb 1:10 dev if575 parent 1:1 prio 0 rate 4Mbit ceil 4Mbit',
      'RTM_NEWQDISC replace qdisc pfifo_fast dev if575 root',
      'RTM_NEWQDISC replace qdisc prio dev if575 root bands 4',
      'RTM_NEWQDISC replace qdisc tbf dev if575 root rate 1Mbit peakrate 2Mbit limit 54096 burst 4096 pburst 1540',
      'RTM_NEWQDISC replace qdisc red dev if575 root limit 400000 qth_min 30000 qth_max 90000 max_p 2%',
      'RTM_NEWQDISC replace qdisc bfifo dev if575 root limit 10000',
      'RTM_NEWQDISC add qdisc clsact ffff: dev if575 ingress',
      'RTM_NEWQDISC add qdisc ingress ffff: dev if1 ingress',
      'RTM_DELQDISC delete qdisc dev if575 root',
      'RTM_DELQDISC delete qdisc ingress ffff: dev if1 ingress',
    ]);
  });

  it('has the values `tc -s -d qdisc show` printed', () => {
    const htb = 'TCA_OPTIONS/TCA_HTB_INIT';
    expect(
      texts(report(messages, 'RTM_NEWQDISC qdisc htb 1:'), [
        'tcmsg/tcm_parent',
        'tcmsg/tcm_info',
        `${htb}/rate2quantum`,
        `${htb}/defcls`,
        `${htb}/direct_pkts`,
        'TCA_OPTIONS/TCA_HTB_DIRECT_QLEN',
        'TCA_STATS2/TCA_STATS_BASIC/bytes',
        'TCA_STATS2/TCA_STATS_BASIC/packets',
      ]),
    ).toEqual(['root', '2', '20', '0x30', '0 packets', '1000 packets', '196 bytes', '2 packets']);
    expect(
      texts(report(messages, 'RTM_NEWQDISC qdisc sfq 30:'), [
        'TCA_OPTIONS/tc_sfq_qopt_v1/v0/limit',
        'TCA_OPTIONS/tc_sfq_qopt_v1/v0/quantum',
        'TCA_OPTIONS/tc_sfq_qopt_v1/depth',
        'TCA_OPTIONS/tc_sfq_qopt_v1/v0/flows',
        'TCA_OPTIONS/tc_sfq_qopt_v1/v0/divisor',
        'TCA_OPTIONS/tc_sfq_qopt_v1/v0/perturb_period',
      ]),
    ).toEqual(['127 packets', '1514 bytes', '127 packets', '128', '1024', '10 s']);
    expect(
      texts(report(messages, 'RTM_NEWQDISC qdisc fq_codel 10:'), [
        'TCA_OPTIONS/TCA_FQ_CODEL_FLOWS',
        'TCA_OPTIONS/TCA_FQ_CODEL_QUANTUM',
        'TCA_OPTIONS/TCA_FQ_CODEL_MEMORY_LIMIT',
        'TCA_OPTIONS/TCA_FQ_CODEL_DROP_BATCH_SIZE',
        'TCA_STATS2/TCA_STATS_APP/tc_fq_codel_xstats/type',
        'TCA_STATS2/TCA_STATS_APP/tc_fq_codel_xstats/qdisc_stats/maxpacket',
      ]),
    ).toEqual(['300', '1514 bytes', '33554432 bytes', '64 packets', 'TCA_FQ_CODEL_XSTATS_QDISC (0)', '0 bytes']);
  });

  it('has the values `tc -s -d class show` printed', () => {
    const parms = 'TCA_OPTIONS/TCA_HTB_PARMS';
    expect(
      texts(report(messages, 'RTM_NEWTCLASS class htb 1:30'), [
        'tcmsg/tcm_info',
        `${parms}/quantum`,
        `${parms}/rate/linklayer`,
        `${parms}/level`,
        'TCA_STATS2/TCA_STATS_APP/tc_htb_xstats/lends',
        'TCA_STATS2/TCA_STATS_APP/tc_htb_xstats/tokens',
        'TCA_XSTATS/tc_htb_xstats/ctokens',
      ]),
    ).toEqual(['30:', '1000 bytes', 'TC_LINKLAYER_ETHERNET (1)', '0', '2', '175889613', '31292']);
  });
});

describe('filters, chains and actions in tc-filters', () => {
  const messages = dissections('tc-filters');

  it('read like `tc monitor`', () => {
    const lines = messages.map(({ line }) => line);
    expect(lines).toEqual(
      expect.arrayContaining([
        'RTM_NEWTFILTER add filter dev if577 parent 1: protocol ip pref 1 u32 fh 2: divisor 256',
        'RTM_NEWTFILTER add filter dev if577 parent 1: protocol all pref 2 fw handle 0x5 flowid 1:3',
        'RTM_NEWTFILTER add filter dev if577 parent ffff: protocol ip pref 5 flower eth_type ip ip_proto tcp src_ip 10.1.0.0/16 dst_ip 10.2.0.1 dst_port 443 skip_hw action gact drop',
        'RTM_NEWTFILTER add filter dev if581 ingress protocol ip pref 1 matchall action mirred egress_redir to dev if582',
        'RTM_NEWTFILTER add filter block 10 protocol ip pref 5 flower eth_type ip dst_ip 1.2.3.4 action gact drop',
        'RTM_DELTFILTER delete filter dev if577 parent ffff: pref 5',
        'RTM_NEWCHAIN add chain dev if3 parent 1: chain 6 template flower',
        'RTM_NEWACTION add action gact index 10 drop',
        'RTM_GETACTION action police index 1 mtu 2048 rate 1Mbit result drop, police index 11 pkts_rate 1000 count 2',
      ]),
    );
  });

  it('have the keys of u32 one by one', () => {
    const tree = report(messages, 'RTM_NEWTFILTER filter dev if577 parent 1: protocol ip pref 1 u32 fh 800::800');
    const keys = 'TCA_OPTIONS/TCA_U32_SEL/keys';
    expect(
      texts(
        tree,
        ['[0]/val', '[0]/mask', '[0]/off', '[1]/val', '[1]/mask', '[1]/off'].map((key) => `${keys}/${key}`),
      ),
    ).toEqual(['0xa000005', '0xffffffff', '16', '0x50', '0xffff', '20']);
    expect(texts(tree, ['TCA_OPTIONS/TCA_U32_PCNT/kcnts'])).toEqual(['0, 0']);
  });

  it('have what an ematch compares', () => {
    const tree = report(messages, 'RTM_NEWTFILTER filter dev if577 parent 1: protocol ip pref 4 basic handle 0x1');
    const cmp = 'TCA_OPTIONS/TCA_BASIC_EMATCHES/TCA_EMATCH_TREE_LIST/[1]';
    expect(
      texts(
        tree,
        ['kind', 'flags', 'data/val', 'data/mask', 'data/align_flags/align'].map((name) => `${cmp}/${name}`),
      ),
    ).toEqual(['TCF_EM_CMP (1)', 'TCF_EM_REL_AND (0x1)', '0x14', '0xff', '1']);
    const meta = 'TCA_OPTIONS/TCA_BASIC_EMATCHES/TCA_EMATCH_TREE_LIST/[2]';
    expect(
      texts(
        tree,
        ['kind', 'data/nla_type', 'data/left/kind/id', 'data/left/op', 'data/right/kind/type', 'data/values'].map(
          (name) => `${meta}/${name}`,
        ),
      ),
    ).toEqual([
      'TCF_EM_META (4)',
      'TCA_EM_META_HDR (1)',
      'TCF_META_ID_PRIORITY (6)',
      'TCF_EM_OPND_EQ (0)',
      'TCF_META_TYPE_INT (1)',
      '08 00 02 00 00 00 00 00 08 00 03 00 06 00 00 00',
    ]);
    expect(texts(tree, [`${cmp}/data/layer_opnd`])).toEqual(['opnd TCF_EM_OPND_GT (1)']);
  });

  it('have actions by their kinds', () => {
    const tree = report(messages, 'RTM_NEWTFILTER filter dev if581 egress protocol ip pref 2 u32 fh 800::800');
    const act = 'TCA_OPTIONS/TCA_U32_ACT';
    expect(
      texts(tree, [
        `${act}/[1]/TCA_ACT_OPTIONS/TCA_POLICE_TBF/action`,
        `${act}/[1]/TCA_ACT_OPTIONS/TCA_POLICE_RESULT`,
        `${act}/[2]/TCA_ACT_OPTIONS/TCA_SKBEDIT_PRIORITY`,
        `${act}/[2]/TCA_ACT_OPTIONS/TCA_SKBEDIT_PTYPE`,
      ]),
    ).toEqual(['TC_ACT_PIPE (3)', 'TC_ACT_SHOT (2)', ':3', 'PACKET_HOST (0)']);
  });

  it('are named and typed to the last attribute', () => {
    const coverage = new CoverageCounter();
    for (const { bytes, envelope } of messages) coverage.add(dissector.decode(bytes, envelope, context), envelope);
    const { attributes, named, typed, malformed, unknown } = coverage.finish();
    expect(attributes).toBeGreaterThan(1000);
    expect({ named, typed, malformed, unknown }).toEqual({
      named: attributes,
      typed: attributes,
      malformed: 0,
      unknown: [],
    });
  });

  it('encode from their values to the same bytes', () => {
    for (const { number, bytes, envelope } of messages) {
      const values = dissector.values(bytes, envelope, context);
      const encoded = encode(JSON.parse(JSON.stringify(values)));
      expect(`#${number} ${toHex(encoded.bytes)}`).toBe(`#${number} ${toHex(bytes)}`);
      expect(encoded.problems).toEqual([]);
    }
  });
});

describe('tcm_info of a filter', () => {
  it.each([
    [true, '08 00 0a 00'],
    [false, '00 0a 08 00'],
  ])('is protocol and priority in words (little endian: %s)', (littleEndian, hex) => {
    const info = 'protocol ip pref 10';
    const message: MessageValue = {
      protocol: 'NETLINK_ROUTE',
      type: 'RTM_NEWTFILTER',
      flags: ['NLM_F_REQUEST'],
      seq: 1,
      portid: 0,
      header: { tcm_info: info },
      attributes: [],
    };
    const { bytes, problems } = encode(message, littleEndian);
    expect(problems).toEqual([]);
    expect(toHex(bytes.subarray(32, 36))).toBe(hex.replaceAll(' ', ''));
    const { tree } = dissector.dissect(bytes, { ...envelope, littleEndian }, context);
    expect(texts(tree, ['tcmsg/tcm_info'])).toEqual([info]);
  });
});

describe('statistics of older kernels', () => {
  it('are shorter and stay so', () => {
    // Linux before 4.2 did not count what the CE threshold marks, the last member of struct tc_codel_xstats.
    const older = encode({
      protocol: 'NETLINK_ROUTE',
      type: 'RTM_NEWQDISC',
      flags: [],
      seq: 1,
      portid: 0,
      header: { tcm_handle: '1:' },
      attributes: [
        { name: 'TCA_KIND', value: 'codel' },
        { name: 'TCA_XSTATS', value: { maxpacket: 1514, dropping: 1 }, length: 4 + 32 },
      ],
    });
    expect(older.problems).toEqual([]);
    const reply = { ...envelope, direction: 'reply' } as const;
    expect(dissector.notes(older.bytes, reply, context)).toEqual([]);
    const { tree } = dissector.dissect(older.bytes, reply, context);
    const stats = 'TCA_XSTATS/tc_codel_xstats';
    expect(texts(tree, [`${stats}/maxpacket`, `${stats}/dropping`, `${stats}/ce_mark`])).toEqual([
      '1514 bytes',
      '1',
      undefined,
    ]);
    const values = dissector.values(older.bytes, reply, context);
    expect(toHex(encode(JSON.parse(JSON.stringify(values))).bytes)).toBe(toHex(older.bytes));
  });
});
