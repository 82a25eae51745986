import { describe, expect, it } from 'vitest';
import type { Envelope, FieldNode } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, createDissector, fromHex, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus, seeded } from '../dissect/testing/corpus.ts';
import { NETLINK_SOCK_DIAG, NETLINK_XFRM } from '../wire/index.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const families = newFamilies();
const context = bareContext(families);

function envelope(protocol: number, direction: Envelope['direction']): Envelope {
  const unknown = { group: null, nsid: null, sourcePortid: null, destPortid: null };
  return { protocol, direction, littleEndian: true, ...unknown };
}

function textAt(tree: readonly FieldNode[], path: string): string | undefined {
  let level = tree;
  let found: FieldNode | undefined;
  for (const name of path.split('/')) {
    found = level.find((node) => node.name === name);
    level = found?.children ?? [];
  }
  return found?.text;
}

describe('what `ip xfrm` did in xfrm-a', () => {
  const messages = readCorpus('xfrm-a').map(({ bytes, envelope }) => ({
    bytes,
    ...dissector.dissect(bytes, envelope, context),
  }));
  const infos = messages
    .filter(({ summary }) => !summary.type.startsWith('NLMSG_'))
    .map(({ summary }) => `${summary.type} ${summary.info.join('')}`);

  it('reads like the commands and their output', () => {
    const first =
      'src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x00001000 reqid 5 mode tunnel auth hmac(sha256) enc cbc(aes)';
    const second =
      'src 10.0.0.2 dst 10.0.0.1 proto esp spi 0x00001001 reqid 5 mode transport flag af-unspec,esn ' +
      'aead rfc4106(gcm(aes)) encap espinudp 4500 4500 mark 0x5/0xff if_id 0x7';
    const out = 'src 10.0.0.0/24 dst 10.0.1.0/24 dir out action allow';
    const tmpl = 'priority 100 tmpl src 10.0.0.1 dst 10.0.0.2 proto esp reqid 5 mode tunnel';
    expect(infos).toEqual([
      `XFRM_MSG_NEWSA add ${first}`,
      `XFRM_MSG_NEWSA add ${second}`,
      `XFRM_MSG_NEWPOLICY add ${out} ${tmpl}`,
      'XFRM_MSG_NEWPOLICY add src 10.0.1.0/24 dst 10.0.0.0/24 dir in action block priority 0',
      'XFRM_MSG_GETSA dump states',
      `XFRM_MSG_NEWSA ${second}`,
      `XFRM_MSG_NEWSA ${first}`,
      'XFRM_MSG_GETPOLICY dump policies',
      'XFRM_MSG_NEWPOLICY src 10.0.1.0/24 dst 10.0.0.0/24 dir in action block index 8 priority 0',
      `XFRM_MSG_NEWPOLICY ${out} index 1 ${tmpl}`,
      'XFRM_MSG_GETSADINFO get state count',
      'XFRM_MSG_NEWSADINFO 2 states buckets 8 of 1048576',
      'XFRM_MSG_GETSPDINFO get policy count',
      'XFRM_MSG_NEWSPDINFO in 1 out 1 fwd 0 buckets 7 of 1048576 hthresh4 32 32 hthresh6 128 128',
      'XFRM_MSG_GETSA get src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x00001000',
      `XFRM_MSG_NEWSA ${first}`,
      'XFRM_MSG_GETPOLICY get src 10.0.0.0/24 dst 10.0.1.0/24 dir out',
      `XFRM_MSG_NEWPOLICY ${out} index 1 ${tmpl}`,
      `XFRM_MSG_UPDSA update ${first}`,
      'XFRM_MSG_DELSA delete src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x00001000',
      'XFRM_MSG_FLUSHSA flush all states',
      'XFRM_MSG_FLUSHPOLICY flush policies',
    ]);
  });

  it('has the values that `ip -s xfrm state list` printed', () => {
    const { tree } = messages.findLast(
      ({ summary }) => summary.type === 'XFRM_MSG_NEWSA' && summary.info.includes('0x00001000'),
    )!;
    const state = (path: string): string | undefined => textAt(tree, `xfrm_usersa_info/${path}`);
    // limit: soft (INF)(bytes), hard (INF)(bytes); expire add: soft 0(sec); add 2026-11-20 18:17:56 use -
    expect(['lft/soft_byte_limit', 'lft/hard_packet_limit', 'lft/soft_add_expires_seconds'].map(state)).toEqual([
      'INF bytes',
      'INF packets',
      '0 s',
    ]);
    expect(['curlft/add_time', 'curlft/use_time'].map(state)).toEqual(['2026-11-20 18:17:56 UTC', 'never']);
    expect(textAt(tree, 'XFRMA_ALG_AUTH_TRUNC/alg_trunc_len')).toBe('128');
  });

  it('reads addresses of a selector without family by the family of its state', () => {
    // sel src 0.0.0.0/0 dst 0.0.0.0/0 uid 0
    const { tree } = messages.findLast(
      ({ summary }) => summary.type === 'XFRM_MSG_NEWSA' && summary.info.includes('0x00001001'),
    )!;
    const selector = ['family', 'saddr', 'daddr', 'user'].map((name) => textAt(tree, `xfrm_usersa_info/sel/${name}`));
    expect(selector).toEqual(['AF_UNSPEC (0)', '0.0.0.0', '0.0.0.0', '0']);
  });

  it('hides keys in texts and keeps them in values', () => {
    const { tree, bytes } = messages[0];
    expect(textAt(tree, 'XFRMA_ALG_AUTH_TRUNC/alg_key')).toBe('32 bytes, hidden');
    expect(textAt(tree, 'XFRMA_ALG_CRYPT/alg_key')).toBe('16 bytes, hidden');
    expect(JSON.stringify(tree)).not.toMatch(/00 ?11 ?22 ?33/);
    const value = dissector.values(bytes, envelope(NETLINK_XFRM, 'request'), context)!;
    const crypt = value.attributes.find(({ name }) => name === 'XFRMA_ALG_CRYPT')!;
    expect(crypt.value).toMatchObject({ alg_name: 'cbc(aes)', alg_key: '00112233445566778899aabbccddeeff' });
  });
});

describe('an IPv6 policy', () => {
  // What `ip xfrm monitor` printed as: src fd00::/64 dst fd01::/64 proto udp dport 53 dir in priority 0 ptype main
  //   tmpl src fd00::1 dst fd00::2 proto esp reqid 9 mode tunnel
  const hex =
    '08010000130000006cb4006b00000000fd010000000000000000000000000000fd0000000000000000000000000000000035ffff00000000' +
    '0a004040110000000000000000000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000' +
    '010000000000000000000000000000000000000000000000000000000000000000000000000000006bb4006b000000000000000000000000' +
    '0000000008000000000000000000000044000500fd00000000000000000000000000000200000000320000000a000000fd00000000000000' +
    '00000000000000010900000001000000ffffffffffffffffffffffff0a0010000000000000000000';

  it('reads as `ip xfrm monitor` prints it', () => {
    const { summary } = dissector.dissect(fromHex(hex)!, envelope(NETLINK_XFRM, 'notify'), context);
    expect(summary.info.join('')).toBe(
      'src fd00::/64 dst fd01::/64 proto udp dport 53 dir in action allow index 8 priority 0 ' +
        'tmpl src fd00::1 dst fd00::2 proto esp reqid 9 mode tunnel',
    );
  });
});

describe('fixed headers of IPsec and socket messages', () => {
  const specs = [...library.specs()].filter(
    ({ protocol }) => protocol === NETLINK_XFRM || protocol === NETLINK_SOCK_DIAG,
  );
  const cases = specs.flatMap((spec) =>
    [true, false].flatMap((isRequest) =>
      [...(isRequest ? spec.requests : spec.replies).values()].map(
        (message) => [`${spec.name} ${message.name} ${isRequest ? 'request' : 'reply'}`, message, isRequest] as const,
      ),
    ),
  );
  const random = seeded(7);

  it.each(cases)('%s keeps arbitrary bytes', (_title, message, isRequest) => {
    const { header, spec, number } = message;
    if (header === null) return;
    for (let round = 0; round < 50; round++) {
      const bytes = new Uint8Array(16 + header.size).map(() => (random() < 0.5 ? 0 : Math.floor(random() * 256)));
      const view = new DataView(bytes.buffer);
      view.setUint32(0, bytes.length, true);
      view.setUint16(4, number, true);
      view.setUint16(6, isRequest ? 1 : 0, true);
      const rule = spec.select.find(({ kind }) => kind === 'byte');
      if (rule?.kind === 'byte') bytes[16 + rule.offset] = [...rule.values][round % rule.values.size];
      const about = envelope(spec.protocol, isRequest ? 'request' : 'reply');
      const values = JSON.parse(JSON.stringify(dissector.values(bytes, about, context)));
      const encoded = encodeMessage(values, { library, genl: families, littleEndian: true });
      expect(toHex(encoded.bytes)).toBe(toHex(bytes));
      expect(encoded.problems).toEqual([]);
    }
  });
});
