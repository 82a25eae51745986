import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector } from './dissector.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const context = bareContext(newFamilies());

/** What the kernel answered to `nft -a list table inet filter`, as nft 1.1.3 printed it. */
const LISTED = `
	chain input {
		ct state established,related counter packets 0 bytes 0 accept # handle 5
		tcp dport { 22, 80, 443 } counter packets 0 bytes 0 jump mychain # handle 7
		ip saddr 10.0.0.0/8 limit rate 10/second burst 5 packets log prefix "hi " drop # handle 13
		tcp dport vmap @m1 # handle 17
		ip daddr @s1 reject with icmp host-unreachable # handle 19
	}
	chain mychain {
		iifname "lo" accept comment "a comment" # handle 14
	}`;

it('rules of nft-a read as nft lists them', () => {
  const said = readCorpus('nft-a')
    .filter(({ envelope }) => envelope.direction !== 'request')
    .map(({ bytes, envelope }) => dissector.summarize(bytes, envelope, context))
    .filter(({ type }) => type === 'NFT_MSG_NEWRULE')
    .map(({ info }) => info.join('').replace(/^rule inet filter \w+ /, ''));
  // The elements of an anonymous set are messages of their own.
  const printed = LISTED.split('\n')
    .filter((line) => line.includes('# handle'))
    .map((line) => line.trim().replace(/\{[^}]*\}/, '@__set0'));
  expect(printed.length).toBe(6);
  expect(printed.filter((line) => !said.includes(line))).toEqual([]);
});

type Part = { name: string; value?: unknown; attributes?: unknown };
type Expression = readonly [name: string, ...attributes: Part[]];

/** The text of a rule of a table of that family; `order` is that of what an expression is made of. */
function ruleOf(
  nfgen_family: number,
  expressions: readonly Expression[],
  order: (parts: Part[]) => Part[] = (parts) => parts,
): string {
  const { bytes, problems } = encodeMessage(
    {
      protocol: 'NETLINK_NETFILTER',
      type: 'NFT_MSG_NEWRULE',
      flags: ['NLM_F_REQUEST'],
      seq: 1,
      portid: 0,
      header: { nfgen_family, version: 0, res_id: 0 },
      attributes: [
        { name: 'NFTA_RULE_TABLE', value: 't' },
        {
          name: 'NFTA_RULE_EXPRESSIONS',
          attributes: expressions.map(([name, ...data]) => ({
            name: 'NFTA_LIST_ELEM',
            attributes: order([
              { name: 'NFTA_EXPR_NAME', value: name },
              { name: 'NFTA_EXPR_DATA', attributes: data },
            ]),
          })),
        },
      ] as never,
    },
    { library, genl: newFamilies(), littleEndian: true },
  );
  expect(problems).toEqual([]);
  const envelope = { ...readCorpus('nft-a')[0].envelope, direction: 'request' as const };
  return dissector
    .summarize(bytes, envelope, context)
    .info.join('')
    .replace(/^add rule \w+ t ?/, '');
}

const payload = (base: number, at: number, length: number): Expression => [
  'payload',
  { name: 'NFTA_PAYLOAD_DREG', value: 1 },
  { name: 'NFTA_PAYLOAD_BASE', value: base },
  { name: 'NFTA_PAYLOAD_OFFSET', value: at },
  { name: 'NFTA_PAYLOAD_LEN', value: length },
];
const cmp = (op: number, hex: string): Expression => [
  'cmp',
  { name: 'NFTA_CMP_SREG', value: 1 },
  { name: 'NFTA_CMP_OP', value: op },
  { name: 'NFTA_CMP_DATA', attributes: [{ name: 'NFTA_DATA_VALUE', value: { hex } }] },
];
const mask = (bits: string, xor: string): Expression => [
  'bitwise',
  { name: 'NFTA_BITWISE_SREG', value: 1 },
  { name: 'NFTA_BITWISE_DREG', value: 1 },
  { name: 'NFTA_BITWISE_LEN', value: bits.length / 2 },
  { name: 'NFTA_BITWISE_MASK', attributes: [{ name: 'NFTA_DATA_VALUE', value: { hex: bits } }] },
  { name: 'NFTA_BITWISE_XOR', attributes: [{ name: 'NFTA_DATA_VALUE', value: { hex: xor } }] },
];
const meta = (key: number): Expression => [
  'meta',
  { name: 'NFTA_META_DREG', value: 1 },
  { name: 'NFTA_META_KEY', value: key },
];
const immediate = (hex: string): Expression => [
  'immediate',
  { name: 'NFTA_IMMEDIATE_DREG', value: 1 },
  { name: 'NFTA_IMMEDIATE_DATA', attributes: [{ name: 'NFTA_DATA_VALUE', value: { hex } }] },
];

// The left sides are what `nft --debug=netlink` prints for the right ones.
describe('expressions read as nft writes them', () => {
  const tcp: readonly Expression[] = [meta(16), cmp(0, '06')];
  it.each<[string, number, readonly Expression[]]>([
    ['tcp dport 22', 1, [...tcp, payload(2, 2, 2), cmp(0, '0016')]],
    ['tcp dport != 22', 1, [...tcp, payload(2, 2, 2), cmp(1, '0016')]],
    ['tcp dport 1000-2000', 1, [...tcp, payload(2, 2, 2), cmp(5, '03e8'), cmp(3, '07d0')]],
    ['tcp flags syn / syn,ack', 1, [...tcp, payload(2, 13, 1), mask('12', '00'), cmp(0, '02')]],
    ['ip saddr 10.0.0.0/8', 2, [payload(1, 12, 1), cmp(0, '0a')]],
    ['ip saddr 10.16.0.0/12', 2, [payload(1, 12, 4), mask('fff00000', '00000000'), cmp(0, '0a100000')]],
    ['ip6 daddr 2001:db8::1', 10, [payload(1, 24, 16), cmp(0, '20010db8000000000000000000000001')]],
    ['ip6 daddr fe80::1', 1, [meta(15), cmp(0, '0a'), payload(1, 24, 16), cmp(0, 'fe800000000000000000000000000001')]],
    ['icmp type echo-request', 2, [meta(16), cmp(0, '01'), payload(2, 0, 1), cmp(0, '08')]],
    ['ether saddr 02:00:00:00:00:01', 7, [payload(0, 6, 6), cmp(0, '020000000001')]],
    ['meta mark 0x00000001', 2, [meta(3), cmp(0, '01000000')]],
    ['oifname "eth*"', 2, [meta(7), cmp(0, '657468')]],
    [
      'snat to 192.0.2.1',
      2,
      [
        immediate('c0000201'),
        [
          'nat',
          { name: 'NFTA_NAT_TYPE', value: 0 },
          { name: 'NFTA_NAT_FAMILY', value: 2 },
          { name: 'NFTA_NAT_REG_ADDR_MIN', value: 1 },
        ],
      ],
    ],
    ['redirect to :8080', 2, [immediate('1f90'), ['redir', { name: 'NFTA_REDIR_REG_PROTO_MIN', value: 1 }]]],
    [
      'quota over 10 mbytes',
      2,
      [['quota', { name: 'NFTA_QUOTA_BYTES', value: 10485760 }, { name: 'NFTA_QUOTA_FLAGS', value: 1 }]],
    ],
  ])('%s', (text, family, expressions) => {
    expect(ruleOf(family, expressions)).toBe(text);
  });

  it('say nothing of registers that were never loaded', () => {
    expect(ruleOf(2, [cmp(0, '16')])).toBe('cmp reg_1 eq 16');
  });

  it('read alike wherever the name of an expression stands', () => {
    const rule = [payload(1, 12, 4), cmp(0, '0a000001')];
    const text = ruleOf(2, rule);
    expect(text).toBe('ip saddr 10.0.0.1');
    expect(ruleOf(2, rule, (parts) => parts.toReversed())).toBe(text);
    // The last name before it, else the first one after it.
    const other = { name: 'NFTA_EXPR_NAME', value: 'counter' };
    expect(ruleOf(2, rule, (parts) => [...parts, other])).toBe(text);
    expect(ruleOf(2, rule, ([name, data]) => [data, name, other])).toBe(text);
  });

  it('survive registers that do not exist and values of any length', () => {
    const wild: Expression = [
      'payload',
      { name: 'NFTA_PAYLOAD_DREG', value: 0xffffffff },
      { name: 'NFTA_PAYLOAD_LEN', value: 0 },
    ];
    const long = 'ff'.repeat(4000);
    expect(ruleOf(1, [wild, meta(6), cmp(0, long)]).length).toBeGreaterThan(0);
    expect(
      ruleOf(1, [
        payload(1, 0, 0),
        ['lookup', { name: 'NFTA_LOOKUP_SREG', value: 1 }, { name: 'NFTA_LOOKUP_SET', value: 's' }],
      ]),
    ).toContain('@s');
  });
});
