import { describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, createDissector, type Field, fromHex, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const context = { ...bareContext(newFamilies()), interfaceName: (index: number) => (index === 1 ? 'lo' : undefined) };

function envelopeOf(bytes: Uint8Array): Envelope {
  // Events and answers are told apart by what is in them.
  const direction = (bytes[6] & 1) === 1 ? 'request' : 'unknown';
  return {
    protocol: 12,
    direction,
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian: true,
  };
}

function summaryOf(bytes: Uint8Array): string {
  const { type, info } = dissector.summarize(bytes, envelopeOf(bytes), context);
  return `${type} ${info.join('')}`;
}

/** "name text" of fields, indented by depth, without headers. */
function linesOf(fields: readonly Field[], depth = 0): string[] {
  return fields
    .filter((field) => field.kind !== 'header')
    .flatMap((field) => [`${'  '.repeat(depth)}${field.name} ${field.text}`, ...linesOf(field.children, depth + 1)]);
}

function treeOf(bytes: Uint8Array): string[] {
  return linesOf(dissector.decode(bytes, envelopeOf(bytes), context).fields);
}

function summariesOf(file: string): string[] {
  return readCorpus(file).map(({ bytes }) => summaryOf(bytes));
}

describe('conntrack-a reads like conntrack', () => {
  const said = summariesOf('conntrack-a');

  /** Lines of a text as conntrack printed it, without what only its own process knows. */
  function printed(text: string): string[] {
    return text
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\[[0-9.]*\]\s+/, '').replace(/ \[USERSPACE\].*| mark=0\b/g, ''))
      .map((line) => line.replaceAll(/ +/g, ' ').trim());
  }

  it('conntrack -E', () => {
    const events = printed(`
[1795198631.877256]	    [NEW] icmp     1 30 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=2328 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 type=0 code=0 id=2328
[1795198631.885775]	 [UPDATE] icmp     1 30 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=2328 src=127.0.0.1 dst=127.0.0.1 type=0 code=0 id=2328
[1795198633.198633]	    [NEW] tcp      6 120 SYN_SENT src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914
[1795198633.204810]	 [UPDATE] tcp      6 60 SYN_RECV src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914
[1795198633.210253]	 [UPDATE] tcp      6 432000 ESTABLISHED src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914 [ASSURED]
[1795198633.239647]	 [UPDATE] tcp      6 120 TIME_WAIT src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914 [ASSURED]
[1795198633.800318]	    [NEW] udp      17 30 src=127.0.0.1 dst=127.0.0.1 sport=40953 dport=6666 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=6666 dport=40953`);
    expect(events.filter((line) => !said.includes(`IPCTNL_MSG_CT_NEW ${line}`))).toEqual([]);
    const gone = printed(`
[1795198634.099583]	[DESTROY] udp      17 29 src=127.0.0.1 dst=127.0.0.1 sport=40953 dport=6666 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=6666 dport=40953 [USERSPACE] portid=3413296447
[1795198634.134698]	[DESTROY] tcp      6 119 TIME_WAIT src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914 [ASSURED] [USERSPACE] portid=2343 progname=
[1795198634.137832]	[DESTROY] icmp     1 27 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=2328 src=127.0.0.1 dst=127.0.0.1 type=0 code=0 id=2328 [USERSPACE] portid=2343`);
    expect(gone.filter((line) => !said.includes(`IPCTNL_MSG_CT_DELETE ${line}`))).toEqual([]);
  });

  it('conntrack -L, -C and -S', () => {
    const listed = printed(`
tcp      6 119 TIME_WAIT src=127.0.0.1 dst=127.0.0.1 sport=51914 dport=5555 src=127.0.0.1 dst=127.0.0.1 sport=5555 dport=51914 [ASSURED] mark=0 use=1
icmp     1 28 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=2328 src=127.0.0.1 dst=127.0.0.1 type=0 code=0 id=2328 mark=0 use=1
udp      17 29 src=127.0.0.1 dst=127.0.0.1 sport=40953 dport=6666 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=6666 dport=40953 mark=0 use=1`);
    expect(listed.filter((line) => !said.includes(`IPCTNL_MSG_CT_NEW ${line}`))).toEqual([]);
    expect(said).toContain('IPCTNL_MSG_CT_GET_STATS entries 3 of 65536');
    expect(said).toContain(
      'IPCTNL_MSG_CT_GET_STATS_CPU cpu=1 found=0 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0',
    );
  });

  it('every attribute of an entry', () => {
    const { bytes } = readCorpus('conntrack-a')[33];
    expect(treeOf(bytes)).toEqual([
      'CTA_TUPLE_ORIG tcp 127.0.0.1 to 127.0.0.1 port 51914 to 5555',
      '  CTA_TUPLE_IP 127.0.0.1, 127.0.0.1',
      '    CTA_IP_V4_SRC 127.0.0.1',
      '    CTA_IP_V4_DST 127.0.0.1',
      '  CTA_TUPLE_PROTO IPPROTO_TCP, 51914, 5555',
      '    CTA_PROTO_NUM IPPROTO_TCP (6)',
      '    CTA_PROTO_SRC_PORT 51914',
      '    CTA_PROTO_DST_PORT 5555',
      'CTA_TUPLE_REPLY tcp 127.0.0.1 to 127.0.0.1 port 5555 to 51914',
      '  CTA_TUPLE_IP 127.0.0.1, 127.0.0.1',
      '    CTA_IP_V4_SRC 127.0.0.1',
      '    CTA_IP_V4_DST 127.0.0.1',
      '  CTA_TUPLE_PROTO IPPROTO_TCP, 5555, 51914',
      '    CTA_PROTO_NUM IPPROTO_TCP (6)',
      '    CTA_PROTO_SRC_PORT 5555',
      '    CTA_PROTO_DST_PORT 51914',
      'CTA_ID 3945133669',
      'CTA_STATUS IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED (0xe)',
      'CTA_TIMEOUT 432000 s',
      'CTA_PROTOINFO ',
      '  CTA_PROTOINFO_TCP TCP_CONNTRACK_ESTABLISHED, 7, 7, …',
      '    CTA_PROTOINFO_TCP_STATE TCP_CONNTRACK_ESTABLISHED (3)',
      '    CTA_PROTOINFO_TCP_WSCALE_ORIGINAL 7',
      '    CTA_PROTOINFO_TCP_WSCALE_REPLY 7',
      '    CTA_PROTOINFO_TCP_FLAGS_ORIGINAL WINDOW_SCALE,SACK_PERM,MAXACK_SET',
      '      flags IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_MAXACK_SET (0x23)',
      '      mask 0',
      '    CTA_PROTOINFO_TCP_FLAGS_REPLY WINDOW_SCALE,SACK_PERM,MAXACK_SET',
      '      flags IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_MAXACK_SET (0x23)',
      '      mask 0',
    ]);
  });
});

describe('nft-a', () => {
  const said = summariesOf('nft-a');

  it.each([
    'NFNL_MSG_BATCH_BEGIN nftables',
    'NFT_MSG_NEWTABLE table inet filter # handle 1',
    'NFT_MSG_NEWCHAIN add chain inet filter input { type filter hook input priority 0; policy accept; }',
    'NFT_MSG_NEWCHAIN chain inet filter mychain # handle 2',
    'NFT_MSG_NEWRULE add rule inet filter input ct state established,related counter packets 0 bytes 0 accept',
    'NFT_MSG_NEWRULE rule inet filter input tcp dport @__set0 counter packets 0 bytes 0 jump mychain # handle 7',
    'NFT_MSG_NEWRULE rule inet filter mychain iifname "lo" accept comment "a comment" # handle 14',
    'NFT_MSG_NEWSET add set inet filter s1 { type ipv4_addr; flags timeout; timeout 1h; }',
    'NFT_MSG_NEWSET map inet filter m1 { type inet_service : verdict; } # handle 16',
    'NFT_MSG_NEWSETELEM add element inet filter s1 { 10.0.0.1, 10.0.0.2 timeout 5m }',
    'NFT_MSG_NEWSETELEM add element inet filter m1 { 25 : drop, 26 : accept }',
    'NFT_MSG_NEWGEN generation 14 by process 1991 (nft)',
    'NFT_MSG_DELRULE delete rule inet filter mychain handle 4',
    'NLMSG_ERROR ENOENT NFT_MSG_DELRULE in NFTA_RULE_HANDLE',
  ])('%s', (line) => {
    expect(said).toContain(line);
  });

  it('every attribute of an expression', () => {
    const rule = readCorpus('nft-a')[64];
    const lines = treeOf(rule.bytes);
    expect(lines.slice(0, 2)).toEqual(['NFTA_RULE_TABLE "filter"', 'NFTA_RULE_CHAIN "input"']);
    const at = lines.indexOf('  NFTA_LIST_ELEM limit 10 packets in 1 s burst 5');
    expect(lines.slice(at, at + 8)).toEqual([
      '  NFTA_LIST_ELEM limit 10 packets in 1 s burst 5',
      '    NFTA_EXPR_NAME "limit"',
      '    NFTA_EXPR_DATA 10 packets in 1 s burst 5',
      '      NFTA_LIMIT_RATE 10',
      '      NFTA_LIMIT_UNIT 1 s',
      '      NFTA_LIMIT_BURST 5',
      '      NFTA_LIMIT_TYPE NFT_LIMIT_PKTS (0)',
      '      NFTA_LIMIT_FLAGS 0',
    ]);
  });
});

/** Messages of Linux 6.12 and 6.18, for subsystems that no capture of the repository has. */
const MESSAGES: { readonly title: string; readonly hex: string; readonly summary: string; readonly tree: string[] }[] =
  [
    {
      title: 'a network with skbinfo for an ipset',
      hex: '6400000009060502c18e006b00000000020000000500010007000000070002006e31000040000780180001801400024020010db800000000000000000000000005000300200000000c001b40000000010000000f08001c40000100100800094000000000',
      summary: 'IPSET_CMD_ADD add n1 2001:db8::/32 skbmark 0x1/0xf skbprio 1:10',
      tree: [
        'IPSET_ATTR_PROTOCOL 7',
        'IPSET_ATTR_SETNAME "n1"',
        'IPSET_ATTR_DATA 32, 0x10000000f, 1:10, …',
        '  IPSET_ATTR_IP 2001:db8::',
        '    IPSET_ATTR_IPADDR_IPV6 2001:db8::',
        '  IPSET_ATTR_CIDR 32',
        '  IPSET_ATTR_SKBMARK 0x10000000f',
        '  IPSET_ATTR_SKBPRIO 1:10',
        '  IPSET_ATTR_CADT_LINENO 0',
      ],
    },
    {
      title: 'a range of ports for an ipset',
      hex: '4000000009060502c28e006b0000000002000000050001000700000007000200623100001c000780060004400050000006000540005a00000800094000000000',
      summary: 'IPSET_CMD_ADD add b1 80-90',
      tree: [
        'IPSET_ATTR_PROTOCOL 7',
        'IPSET_ATTR_SETNAME "b1"',
        'IPSET_ATTR_DATA 80, 90, 0',
        '  IPSET_ATTR_PORT 80',
        '  IPSET_ATTR_PORT_TO 90',
        '  IPSET_ATTR_CADT_LINENO 0',
      ],
    },
    {
      title: 'a packet in a queue, its last attribute without padding',
      hex: '61000000000300000000000000000000020000030b000100000000020800030008000600000000010800100000000000080011000000000008000e000000000121000a004500001d0c7b4000401130537f0000017f000001b9cc270f0009fe1c78',
      summary: 'NFQNL_MSG_PACKET queue 3 packet 2 ip 127.0.0.1:47564 > 127.0.0.1:9999 udp output out lo uid 0',
      tree: [
        'NFQA_PACKET_HDR 2, ip, NF_INET_LOCAL_OUT',
        '  packet_id 2',
        '  hw_protocol ip',
        '  hook NF_INET_LOCAL_OUT (3)',
        'NFQA_IFINDEX_OUTDEV 1 [lo]',
        'NFQA_UID 0',
        'NFQA_GID 0',
        'NFQA_SKB_INFO NFQA_SKB_CSUMNOTREADY (0x1)',
        'NFQA_PAYLOAD 45 00 00 1d 0c 7b 40 00 40 11 30 53 7f 00 00 01 7f 00 00 01 b9 cc 27 0f 00 09 fe 1c 78',
      ],
    },
    {
      title: 'a logged packet',
      hex: '8800000000040000000000000000000002000005080001000800030009000a006e66352000000000080005000000000158000900450000544e2b000040012e7c7f0000017f00000100005f2e0a360001ce8e006b0000000002ce060000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
      summary: 'NFULNL_MSG_PACKET group 5 nf5 ip 127.0.0.1 > 127.0.0.1 icmp output out lo',
      tree: [
        'NFULA_PACKET_HDR ip, NF_INET_LOCAL_OUT',
        '  hw_protocol ip',
        '  hook NF_INET_LOCAL_OUT (3)',
        'NFULA_PREFIX "nf5 "',
        'NFULA_IFINDEX_OUTDEV 1 [lo]',
        'NFULA_PAYLOAD 45 00 00 54 4e 2b 00 00 40 01 2e 7c 7f 00 00 01 7f 00 00 01 00 00 5f 2e 0a 36 00 01 ce 8e 00 6b 00 00 00 00 02 ce 06 00 00 00 00 00 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 … 20 more bytes',
      ],
    },
    {
      title: 'timeouts by the layer 4 protocol',
      hex: '9400000000080200ed00000027400000000000000900010070544350000000000600020000020000050003000600000008000500000000015c0004800800010000000078080002000000003c08000300000000630800040000000078080005000000003c080006000000001e0800070000000078080008000000000a080009000000007808000a000000012c08000b000000012c',
      summary:
        'IPCTNL_MSG_TIMEOUT_NEW pTCP ipv4 tcp syn_sent 120 syn_recv 60 established 99 fin_wait 120 close_wait 60 last_ack 30 time_wait 120 close 10 use 1',
      tree: [
        'CTA_TIMEOUT_NAME "pTCP"',
        'CTA_TIMEOUT_L3PROTO NFPROTO_IPV4 (2)',
        'CTA_TIMEOUT_L4PROTO IPPROTO_TCP (6)',
        'CTA_TIMEOUT_USE 1',
        'CTA_TIMEOUT_DATA 120, 60, 99, …',
        '  CTA_TIMEOUT_TCP_SYN_SENT 120 s',
        '  CTA_TIMEOUT_TCP_SYN_RECV 60 s',
        '  CTA_TIMEOUT_TCP_ESTABLISHED 99 s',
        '  CTA_TIMEOUT_TCP_FIN_WAIT 120 s',
        '  CTA_TIMEOUT_TCP_CLOSE_WAIT 60 s',
        '  CTA_TIMEOUT_TCP_LAST_ACK 30 s',
        '  CTA_TIMEOUT_TCP_TIME_WAIT 120 s',
        '  CTA_TIMEOUT_TCP_CLOSE 10 s',
        '  CTA_TIMEOUT_TCP_SYN_SENT2 120 s',
        '  CTA_TIMEOUT_TCP_RETRANS 300 s',
        '  CTA_TIMEOUT_TCP_UNACK 300 s',
      ],
    },
    {
      title: 'statistics of expectations, which come with the number of another message',
      hex: '2c00000003010200f90000002740000000000000080001000000000008000200000000010800030000000000',
      summary: 'IPCTNL_MSG_EXP_GET_STATS_CPU cpu=0 new=0 create=1 delete=0',
      tree: ['CTA_STATS_EXP_NEW 0', 'CTA_STATS_EXP_CREATE 1', 'CTA_STATS_EXP_DELETE 0'],
    },
  ];

describe.each(MESSAGES)('$title', ({ hex, summary, tree }) => {
  const bytes = fromHex(hex)!;

  it('reads like its tool', () => {
    expect(summaryOf(bytes)).toBe(summary);
  });

  it('has every attribute', () => {
    expect(treeOf(bytes)).toEqual(tree);
    expect(dissector.notes(bytes, envelopeOf(bytes), context)).toEqual([]);
  });

  it('encodes from its values', () => {
    const values = dissector.values(bytes, envelopeOf(bytes), context);
    const carried = JSON.parse(JSON.stringify(values));
    const encoded = encodeMessage(carried, { library, genl: newFamilies(), littleEndian: true });
    expect(encoded.problems).toEqual([]);
    expect(toHex(encoded.bytes)).toBe(hex);
  });
});

describe('errors of ipset', () => {
  const hex =
    '4800000002000000c28e006bb2090000f9efffff340000000b060500c28e006b000000000200000005000100070000000700020068310000100007800c000180080001400a000001';

  it('go by their own names', () => {
    const bytes = fromHex(hex)!;
    expect(summaryOf(bytes)).toBe('NLMSG_ERROR IPSET_ERR_EXIST IPSET_CMD_TEST');
    const notes = dissector.notes(bytes, envelopeOf(bytes), context);
    expect(notes.map(({ text }) => text)).toEqual(['IPSET_ERR_EXIST']);
  });

  const element = (name: string, value: number | string) => ({
    name: 'IPSET_ATTR_DATA',
    attributes: [{ name, value }],
  });

  it.each([
    ['CREATE', { name: 'IPSET_ATTR_TYPENAME', value: 'bitmap:ip' }, 4353, 'IPSET_ERR_BITMAP_RANGE_SIZE'],
    ['ADD', element('IPSET_ATTR_PORT', 80), 4353, 'IPSET_ERR_HASH_ELEM'],
    ['ADD', element('IPSET_ATTR_PORT', 80), 4355, 'IPSET_ERR_MISSING_PROTO'],
    ['ADD', element('IPSET_ATTR_PORT', 80), 4352, 'IPSET_ERR_TYPE_SPECIFIC'],
    ['DEL', element('IPSET_ATTR_NAME', 'a'), 4357, 'IPSET_ERR_REF_EXIST'],
    ['ADD', { name: 'IPSET_ATTR_ADT', attributes: [element('IPSET_ATTR_NAME', 'a')] }, 4353, 'IPSET_ERR_LOOP'],
    ['ADD', element('IPSET_ATTR_NAME', 'a'), 4103, 'IPSET_ERR_EXIST'],
  ])('and by the kind of set: %s %j %i', (command, attribute, errno, name) => {
    const type = `IPSET_CMD_${command}`;
    const request = encodeMessage(
      {
        protocol: 'NETLINK_NETFILTER',
        type,
        flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
        seq: 7,
        portid: 0,
        header: { nfgen_family: 2, version: 0, res_id: 0 },
        attributes: [{ name: 'IPSET_ATTR_PROTOCOL', value: 7 }, attribute],
      },
      { library, genl: newFamilies(), littleEndian: true },
    );
    expect(request.problems).toEqual([]);
    const bytes = new Uint8Array(20 + request.bytes.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length, true);
    view.setUint16(4, 2, true);
    view.setInt32(16, -errno, true);
    bytes.set(request.bytes, 20);
    expect(summaryOf(bytes)).toBe(`NLMSG_ERROR ${name} ${type}`);
  });

  it('but those of another subsystem do not', () => {
    const bytes = fromHex(hex.replace('340000000b06', '340000000b07'))!;
    expect(summaryOf(bytes)).toMatch(/^NLMSG_ERROR errno 4103 /);
  });
});

describe('expectations hold tuples of conntrack', () => {
  const hex =
    'd800000000020200f800000027400000020000003400028014000180080001000a00000b080002000a00000c1c000280050001000600000006000200000000000600030000140000340003801400018008000100ffffffff08000200ffffffff1c0002800500010006000000060002000000000006000300ffff00003400018014000180080001000a00000b080002000a00000c1c000280050001000600000006000200000100000600030000020000080004000000012b080005006a24acd7080008000000000008000900000000000800060066747000';
  const bytes = fromHex(hex)!;

  it('in the tree', () => {
    expect(treeOf(bytes)[0]).toBe('CTA_EXPECT_TUPLE tcp 10.0.0.11 to 10.0.0.12 port 0 to 20');
    expect(treeOf(bytes)).toContain('    CTA_PROTO_DST_PORT 20');
  });

  it('and in the summary, as conntrack -E expect prints them', () => {
    expect(summaryOf(bytes)).toBe(
      'IPCTNL_MSG_EXP_NEW 299 proto=6 src=10.0.0.11 dst=10.0.0.12 sport=0 dport=20 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.11 master-dst=10.0.0.12 sport=1 dport=2 class=0 helper=ftp',
    );
  });
});

describe('hooks are named by their family', () => {
  it.each([
    [1, 'NF_INET_LOCAL_IN', 'input'],
    [3, 'NF_ARP_OUT', 'output'],
    [5, 'NF_NETDEV_EGRESS', 'egress'],
    [7, 'NF_BR_LOCAL_IN', 'input'],
  ])('family %i: %s', (nfgen_family, hook, word) => {
    const { bytes, problems } = encodeMessage(
      {
        protocol: 'NETLINK_NETFILTER',
        type: 'NFT_MSG_NEWCHAIN',
        flags: ['NLM_F_REQUEST'],
        seq: 0,
        portid: 0,
        header: { nfgen_family, version: 0, res_id: 0 },
        attributes: [
          { name: 'NFTA_CHAIN_TABLE', value: 't' },
          { name: 'NFTA_CHAIN_HOOK', attributes: [{ name: 'NFTA_HOOK_HOOKNUM', value: hook }] },
        ],
      },
      { library, genl: newFamilies(), littleEndian: true },
    );
    expect(problems).toEqual([]);
    expect(toHex(bytes.subarray(-4))).toBe('00000001');
    expect(summaryOf(bytes)).toContain(` hook ${word}`);
    expect(treeOf(bytes)).toContain(`  NFTA_HOOK_HOOKNUM ${hook} (1)`);
  });
});
