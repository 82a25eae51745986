import { describe, expect, it } from 'vitest';
import type { Envelope, FieldNode, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { createFieldRegistry, type FilterRecord } from '../dissect/filterFields.ts';
import { bareContext, createDissector, fromHex, type Needs, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import type { FilterValue } from '../filter/fields.ts';
import { NETLINK_SOCK_DIAG } from '../wire/index.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const families = newFamilies();
const context = bareContext(families);

function envelope(direction: Envelope['direction']): Envelope {
  const unknown = { group: null, nsid: null, sourcePortid: null, destPortid: null };
  return { protocol: NETLINK_SOCK_DIAG, direction, littleEndian: true, ...unknown };
}

/** Texts of the nodes below a message's top level, by their path of names. */
function texts(tree: readonly FieldNode[], path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const node of tree) {
    const here = path === '' ? node.name : `${path}.${node.name}`;
    found.set(here, node.text);
    for (const [name, text] of texts(node.children, here)) found.set(name, text);
  }
  return found;
}

function readReply(hex: string, request?: string) {
  const asked = request === undefined ? undefined : (fromHex(request) ?? undefined);
  const { tree, summary, notes } = dissector.dissect(fromHex(hex)!, envelope('reply'), {
    ...context,
    request: () => asked,
  });
  return { texts: texts(tree), info: summary.info.join(''), notes };
}

function encode(value: MessageValue): string {
  const { bytes, problems } = encodeMessage(value, { library, genl: families, littleEndian: true });
  expect(problems).toEqual([]);
  return toHex(bytes);
}

/** Messages of `ss -a` and its like, each answer with the request that it answers: one socket at a time in this capture. */
function readSs() {
  let asked: Uint8Array | undefined;
  return readCorpus('ss-a')
    .filter((message) => message.envelope.protocol === NETLINK_SOCK_DIAG)
    .map((message) => {
      const isRequest = message.envelope.direction === 'request';
      if (isRequest) asked = message.bytes;
      const answered = isRequest ? undefined : asked;
      const found = dissector.dissect(message.bytes, message.envelope, { ...context, request: () => answered });
      return { ...found, info: found.summary.info.join('') };
    });
}

describe('what ss did in ss-a', () => {
  const messages = readSs();
  const replies = messages.filter(({ summary }) => summary.type === 'SOCK_DIAG_BY_FAMILY' && !summary.dump);

  it('lists the sockets that `ss -a` printed', () => {
    const first = replies.slice(0, 15).map(({ info }) => info);
    expect(first).toEqual([
      'nl UNCONN 0 0 rtnl:kernel * ino:16',
      'nl UNCONN 4352 0 tcpdiag:2663 * ino:6363',
      'nl UNCONN 960 0 tcpdiag:kernel * ino:263',
      'nl UNCONN 0 0 xfrm:kernel * ino:388',
      'nl UNCONN 0 0 selinux:kernel * ino:262',
      'nl UNCONN 0 0 audit:kernel * ino:22',
      'nl UNCONN 0 0 fiblookup:kernel * ino:242',
      'nl UNCONN 0 0 connector:kernel * ino:27',
      'nl UNCONN 0 0 nft:kernel * ino:1210',
      'nl UNCONN 0 0 uevent:kernel * ino:1029',
      'nl UNCONN 0 0 genl:kernel * ino:17',
      'p_dgr UNCONN 0 0 all:if4 uid:0 ino:6357',
      'udp UNCONN 0 0 [::1]:7002 [::]:* ino:6360',
      'tcp CLOSE-WAIT 0 0 127.0.0.1:60716 127.0.0.1:7001 ino:6361',
      'tcp FIN-WAIT-2 0 0 127.0.0.1:7001 127.0.0.1:60716 ino:6362',
    ]);
  });

  it('asks as the options said', () => {
    const asked = messages.filter(({ summary }) => summary.dump).map(({ info }) => info);
    expect(asked).toContain('dump netlink sockets with meminfo,groups');
    expect(asked).toContain('dump inet mptcp sockets in all states');
    expect(asked).toContain('dump inet6 tcp sockets in states UNCONN,LISTEN');
    expect(asked.find((info) => info.includes('with meminfo,info'))).toMatch(
      /filter 000 src = \*:7001 else go to 020; 016 jump accept; 020 dst = \*:7001 accept, else reject with meminfo,info,vegasinfo,cong,skmeminfo$/,
    );
    expect(messages.filter(({ summary }) => summary.type === 'SOCK_DESTROY').map(({ info }) => info)).toEqual([
      'kill tcp 127.0.0.1:60716 127.0.0.1:7001',
    ]);
  });

  it('has the values that `ss -tinem` printed', () => {
    const { tree } = replies.find(({ info }) => info.includes('rtt:5.75ms'))!;
    const found = texts(tree);
    const info = (member: string): string | undefined => found.get(`INET_DIAG_INFO.tcpi_${member}`);
    // ino:6362 sk:2ed; ts sack cubic wscale:7,7 rto:208 rtt:5.75/2.63 mss:32768 pmtu:65535 cwnd:10 busy:8ms app_limited
    expect(found.get('inet_diag_msg.id.idiag_cookie')).toBe('0x2ed');
    expect(found.get('INET_DIAG_CONG')).toBe('"cubic"');
    expect(found.get('INET_DIAG_SKMEMINFO.SK_MEMINFO_SNDBUF')).toBe('2626560');
    expect(info('options')).toBe('TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE (0x7)');
    expect(info('wscale')).toBe('tcpi_snd_wscale 7, tcpi_rcv_wscale 7');
    expect(info('limits')).toBe('tcpi_delivery_rate_app_limited');
    expect(['rto', 'rtt', 'rttvar', 'snd_mss', 'pmtu', 'snd_cwnd'].map(info)).toEqual([
      '208000 us',
      '5750 us',
      '2630 us',
      '32768 bytes',
      '65535 bytes',
      '10',
    ]);
    expect(['pacing_rate', 'delivery_rate', 'busy_time', 'min_rtt'].map(info)).toEqual([
      '113968219 byte/s',
      '7527682 byte/s',
      '8000 us',
      '4353 us',
    ]);
    // This kernel's struct tcp_info ends before the members that newer ones have.
    expect(info('total_rto_time')).toBe('0 ms');
    expect(info('received_ce')).toBeUndefined();
  });
});

// Of `ss -M -ai` on Linux 6.18: mptcp ESTAB 127.0.0.1:42678 127.0.0.1:52291 ino:502579 sk:ba
//   subflows_max:2 remote_key token:e2538dda write_seq:86169f0346391fbf rcv_nxt:4cf9aa6a6d899b40
const MPTCP_REQUEST =
  '50000000140001036a000000000000000206ff00ff3f00000000000000000000000000000000000000000000000000000000' +
  '000000000000000000000000000000000000000000000800030006010000';
const MPTCP_REPLY =
  '2c010000140002006a0000005940000002010000a6b6cc437f0000010000000000000000000000007f0000010000000000000000' +
  '0000000000000000ba000000000000000000000028070000000000000000000033ab070005000800000000000500050000000000' +
  '08000f000000000008001100000000000c0015000100000000000000060016005200000014000100280700000000000000000000' +
  '0000000028000700280700000000020000000000002e3c0000000000000000000000000000000000000000006400020000000002' +
  '0000000002000000da8d53e2bf1f3946039f1686bf1f3946039f1686409b896d6aaaf94c00000000000000000000000000000000' +
  '0000000000000000e803000000000000000000000000000001000000040000000400000004000000';

describe('INET_DIAG_INFO', () => {
  it('is what the protocol of the request makes it', () => {
    const reply = readReply(MPTCP_REPLY, MPTCP_REQUEST);
    expect(reply.info).toBe('mptcp ESTAB 1832 0 127.0.0.1:42678 127.0.0.1:52291 ino:502579');
    expect(reply.texts.get('INET_DIAG_INFO.mptcpi_subflows_max')).toBe('2');
    expect(reply.texts.get('INET_DIAG_INFO.mptcpi_flags')).toBe('MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED (0x2)');
    expect(reply.texts.get('INET_DIAG_INFO.mptcpi_token')).toBe('0xe2538dda');
    expect(reply.texts.get('INET_DIAG_INFO.mptcpi_write_seq')).toBe(String(0x86169f0346391fbfn));
  });

  it('is tcp_info where the request was not seen', () => {
    const reply = readReply(MPTCP_REPLY);
    expect(reply.info).toMatch(/^ESTAB 1832 0 127\.0\.0\.1:42678 127\.0\.0\.1:52291 ino:502579$/);
    expect(reply.texts.has('INET_DIAG_INFO.tcpi_state')).toBe(true);
  });

  it('is written back by the members it has, with or without the request', () => {
    const bytes = fromHex(MPTCP_REPLY)!;
    for (const request of [undefined, fromHex(MPTCP_REQUEST)!]) {
      const value = dissector.values(bytes, envelope('reply'), { ...context, request: () => request });
      expect(encode(value!)).toBe(MPTCP_REPLY);
    }
  });
});

// Of `ss -ax`: u_str LISTEN 1 3 @abstract 502587, and 502589, which is bound to "\\0a\\0b".
const MEMINFO = '28000500000000000040030000000000004003000000000000000000000000000000000000000000';
const PLAIN =
  '7c0000001400020076000000ee2088c501010a003bab0700c7000000000000000d000000006162737472616374000000' +
  `080003003cab07000c0004000100000003000000${MEMINFO}05000600000000000800070000000000`;
const SPLIT =
  '740000001400020076000000ee2088c501010a003dab0700c800000000000000080000000061006208' +
  `0003003eab07000c0004000100000003000000${MEMINFO}05000600000000000800070000000000`;

describe('Unix sockets', () => {
  it('have names as ss writes them', () => {
    expect(readReply(PLAIN).info).toBe('u_str LISTEN 1 3 @abstract 502587 * 0 uid:0 waiting:502588');
    expect(readReply(SPLIT).info).toBe('u_str LISTEN 1 3 @a@b 502589 * 0 uid:0 waiting:502590');
  });

  it('keep a name that its text does not tell', () => {
    const values = [PLAIN, SPLIT].map((hex) => dissector.values(fromHex(hex)!, envelope('reply'), context)!);
    expect(values.map((value) => value.attributes[0].value)).toEqual(['@abstract', { hex: '00610062' }]);
    expect(values.map(encode)).toEqual([PLAIN, SPLIT]);
  });
});

describe('a netlink socket', () => {
  it('lists its groups by number', () => {
    const hex =
      '3c0000001400020077000000e2ac22f21003000759400000000000000000000047ab0700c900000000000000' +
      '0c00010011000000010000000800040002000000';
    const reply = readReply(hex);
    expect(reply.info).toBe('nl UNCONN 0 0 rtnl:16473 * ino:502599 groups:1, 5, 33 pktinfo');
  });
});

describe('the spec of a message', () => {
  it('follows from the address family in its header', () => {
    const request = (header: MessageValue['header']): MessageValue => ({
      protocol: 'NETLINK_SOCK_DIAG',
      type: 'SOCK_DIAG_BY_FAMILY',
      flags: ['NLM_F_REQUEST', 'NLM_F_DUMP'],
      seq: 1,
      portid: 0,
      header,
      attributes: [],
    });
    const head = '140001030100000000000000';
    expect(encode(request({ sdiag_family: 'AF_UNIX', udiag_show: ['UDIAG_SHOW_NAME'] }))).toBe(
      `28000000${head}01000000000000000000000001${'0'.repeat(22)}`,
    );
    expect(encode(request({ sdiag_family: 'AF_XDP', xdiag_ino: 5 }))).toBe(
      `24000000${head}2c00000005000000${'0'.repeat(24)}`,
    );
    expect(encode(request({ sdiag_family: 10, sdiag_protocol: 'IPPROTO_UDP' }))).toBe(
      `48000000${head}0a11${'0'.repeat(108)}`,
    );
  });

  it('follows from the shape of a TIPC answer, which has no header', () => {
    const sock: MessageValue = {
      protocol: 'NETLINK_SOCK_DIAG',
      type: 'SOCK_DIAG_BY_FAMILY',
      flags: ['NLM_F_MULTI'],
      seq: 1,
      portid: 2,
      attributes: [
        {
          name: 'TIPC_NLA_SOCK',
          flags: 0,
          attributes: [
            { name: 'TIPC_NLA_SOCK_TYPE', value: 'SOCK_RDM' },
            { name: 'TIPC_NLA_SOCK_TIPC_STATE', value: 'TIPC_LISTEN' },
            { name: 'TIPC_NLA_SOCK_INO', value: 77 },
            { name: 'TIPC_NLA_SOCK_UID', value: 1000 },
            { name: 'TIPC_NLA_SOCK_COOKIE', value: 9 },
          ],
        },
      ],
    };
    const hex = encode(sock);
    // The length of the nest, 48, is the first byte: no family, but one of 44 (AF_XDP) could stand there as well.
    expect(hex.slice(32, 40)).toBe('30000200');
    expect(readReply(hex).info).toBe('rdm LISTEN inode 77 uid 1000');
    const shorter = encode({ ...sock, attributes: [{ ...sock.attributes[0], attributes: xdpSized(sock) }] });
    expect(shorter.slice(32, 34)).toBe('2c');
    expect(readReply(shorter).info).toBe('rdm LISTEN inode 77 uid 1000');
  });

  it('is nothing for a family that no spec covers, yet has a name', () => {
    const { summary } = dissector.dissect(
      fromHex('18000000140002000000000000000000ff010101ffffffff')!,
      envelope('reply'),
      context,
    );
    expect(summary.type).toBe('SOCK_DIAG_BY_FAMILY');
  });
});

/** The attributes of a TIPC socket in a nest of 44 bytes. */
function xdpSized(sock: MessageValue) {
  const nested = sock.attributes[0].attributes!.slice(0, 4);
  return [...nested, { name: 'TIPC_NLA_SOCK_REF', value: 3 }];
}

describe('filter fields of sockets', () => {
  const registry = createFieldRegistry(library);
  const read = (name: string, hex: string): FilterValue[] => {
    const bytes = fromHex(hex)!;
    const decoded = dissector.glance(bytes, envelope('reply'), context);
    const { length } = bytes;
    const record = {
      envelope: envelope('reply'),
      type: bytes[4],
      flags: bytes[6],
      length,
      bytes: () => bytes,
      decoded: () => decoded,
      glanced: (needs: Needs) => dissector.glance(bytes, envelope('reply'), context, needs),
    } as Partial<FilterRecord> as FilterRecord;
    const found: FilterValue[] = [];
    registry.find(name)!.read(record, found);
    return found;
  };

  it('are addresses of the length that counts, ports and names', () => {
    expect(read('inet_diag_sockid.idiag_src', MPTCP_REPLY)).toEqual([Uint8Array.of(127, 0, 0, 1)]);
    expect(read('inet_diag_sockid.idiag_dport', MPTCP_REPLY)).toEqual([52291]);
    expect(read('unix_diag.name', PLAIN)).toEqual(['@abstract']);
    expect(read('unix_diag.name', SPLIT)).toEqual(['@a@b']);
    expect(read('unix_diag.icons', PLAIN)).toEqual([502588]);
  });

  it('are there for sockets of their family only', () => {
    expect(read('unix_diag', PLAIN)).toEqual([true]);
    expect(read('inet_diag', PLAIN)).toEqual([]);
  });
});
