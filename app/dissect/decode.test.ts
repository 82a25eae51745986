import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { SpecLibrary, type YnlDocument } from '../specs/index.ts';
import { bareContext, createDissector, fromHex, toHex } from './index.ts';
import { newFamilies } from './testing/corpus.ts';

/** One spec that uses every feature of the format once. */
const TEXT = `
name: lab
protocol: netlink-raw
protonum: 20
definitions:
  - { name: head, type: struct, members: [{ name: fam, type: u8 }, { name: gap, type: pad, len: 3 }, { name: idx, type: s32 }] }
  - { name: point, type: struct, members: [{ name: x, type: u16 }, { name: y, type: u16, byte-order: big-endian }] }
  - { name: opts, type: struct, members: [{ name: level, type: u32 }] }
  - { name: bits, type: flags, name-prefix: b-, entries: [one, two, four] }
  - { name: kinds, type: enum, name-prefix: k-, entries: [zero, { name: five, value: 5 }] }
attribute-sets:
  - name: top
    name-prefix: t-
    attributes:
      - { name: u16be, type: u16, byte-order: big-endian }
      - { name: big, type: u64 }
      - { name: var, type: uint }
      - { name: text, type: string }
      - { name: yes, type: flag }
      - { name: bits, type: u32, enum: bits, enum-as-flags: true }
      - { name: kind, type: u32, enum: kinds }
      - { name: addr, type: binary, display-hint: ipv4-or-v6 }
      - { name: point, type: binary, struct: point }
      - { name: list, type: indexed-array, sub-type: u32 }
      - { name: nests, type: indexed-array, sub-type: nest, nested-attributes: leaf }
      - { name: field, type: bitfield32, enum: bits, enum-as-flags: true }
      - { name: numbers, type: binary, sub-type: u16 }
      - { name: by, type: nest-type-value, type-value: [first-id, second-id], nested-attributes: leaf }
      - { name: sel, type: string }
      - { name: data, type: sub-message, sub-message: data-msg, selector: sel }
      - { name: again, type: nest, nested-attributes: top }
      - { name: many, type: u8, multi-attr: true }
      - { name: small, type: s8 }
  - name: leaf
    name-prefix: l-
    attributes: [{ name: v, type: u8 }]
sub-messages:
  - name: data-msg
    formats:
      - { value: plain, attribute-set: leaf }
      - { value: headed, fixed-header: opts, attribute-set: leaf }
operations:
  name-prefix: lab-
  fixed-header: head
  list:
    - { name: do-it, value: 40, attribute-set: top, do: { request: { attributes: [text] } } }
`;

const library = new SpecLibrary();
library.add(parse(TEXT) as YnlDocument);
const dissector = createDissector(library);
const families = newFamilies();
const context = bareContext(families);

function envelope(littleEndian = true) {
  const unknown = { group: null, nsid: null, sourcePortid: null, destPortid: null };
  return { protocol: 20, direction: 'request' as const, littleEndian, ...unknown };
}

const attributes: MessageValue['attributes'] = [
  { name: 'T_U16BE', value: 258 },
  { name: 'T_BIG', value: '18446744073709551615' },
  { name: 'T_VAR', value: 4294967296 },
  { name: 'T_VAR', value: 7 },
  { name: 'T_TEXT', value: 'grüße' },
  { name: 'T_YES', value: true },
  { name: 'T_BITS', value: ['B_ONE', 'B_FOUR', 64] },
  { name: 'T_KIND', value: 'K_FIVE' },
  { name: 'T_ADDR', value: '10.0.0.1' },
  { name: 'T_ADDR', value: 'fe80::1' },
  { name: 'T_POINT', value: { x: 1, y: 2 } },
  {
    name: 'T_LIST',
    attributes: [
      { type: 1, value: 10 },
      { type: 2, value: 20 },
    ],
  },
  { name: 'T_NESTS', attributes: [{ type: 3, attributes: [{ name: 'L_V', value: 9 }] }] },
  { name: 'T_FIELD', value: { value: ['B_ONE'], selector: ['B_ONE', 'B_TWO'] } },
  { name: 'T_NUMBERS', value: [1, 2, 3] },
  { name: 'T_BY', attributes: [{ type: 4, attributes: [{ type: 6, attributes: [{ name: 'L_V', value: 1 }] }] }] },
  { name: 'T_SEL', value: 'headed' },
  { name: 'T_DATA', value: { level: 3 }, attributes: [{ name: 'L_V', value: 2 }] },
  {
    name: 'T_AGAIN',
    attributes: [
      { name: 'T_SEL', value: 'plain' },
      { name: 'T_DATA', attributes: [{ name: 'L_V', value: 4 }] },
    ],
  },
  { name: 'T_MANY', value: 1 },
  { name: 'T_MANY', value: 2 },
  { name: 'T_SMALL', value: -5 },
  { type: 99, hex: 'deadbeef' },
];

const message: MessageValue = {
  protocol: 'NETLINK_RDMA',
  type: 'LAB_DO_IT',
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  seq: 7,
  portid: 0,
  header: { fam: 2, idx: -1 },
  attributes,
};

describe.each([true, false])('a message with every kind of attribute (little endian: %s)', (littleEndian) => {
  const encoded = encodeMessage(message, { library, genl: families, littleEndian });
  const found = dissector.dissect(encoded.bytes, envelope(littleEndian), context);

  it('encodes without complaint', () => {
    expect(encoded.problems).toEqual([]);
  });

  it('decodes to the values it was made of', () => {
    expect(dissector.values(encoded.bytes, envelope(littleEndian), context)).toEqual(message);
  });

  it('reads as text', () => {
    const texts = Object.fromEntries(found.tree.map((n) => [n.name, n.text]));
    expect(texts).toMatchObject({
      T_U16BE: '258',
      T_BIG: '18446744073709551615',
      T_TEXT: '"grüße"',
      T_BITS: 'B_ONE | B_FOUR | 0x40 (0x45)',
      T_KIND: 'K_FIVE (5)',
      T_ADDR: 'fe80::1',
      T_NUMBERS: '1, 2, 3',
      T_SMALL: '-5',
      'T_? (99)': 'de ad be ef',
    });
  });

  it('ties every node to its bytes', () => {
    const text = found.tree.find((n) => n.name === 'T_TEXT')!;
    expect(Buffer.from(encoded.bytes.subarray(text.payload.start, text.payload.end)).toString()).toBe('grüße\0');
    expect(text.payload.start - text.range.start).toBe(4);
  });
});

describe('what cannot be', () => {
  const header = '28000000' + '2800' + '0500' + '00000000' + '00000000';

  function notes(body: string): string[] {
    const bytes = fromHex(header + body)!;
    return dissector.notes(bytes, envelope(), context).map((n) => `${n.code}: ${n.text}`);
  }

  it('is noted where it stands', () => {
    // head (8 bytes), then an attribute that claims 32 of 16 bytes
    expect(notes('0200000000000000' + '20000100' + '00000000' + '0000000000000000')).toEqual([
      'malformed: attribute length 32 exceeds the 16 bytes that are left',
    ]);
    expect(notes('0200000000000000' + '02000100' + '01000000' + '0000000000000000')).toEqual([
      'malformed: attribute length 2 is below the 4 bytes of its own header',
    ]);
    expect(notes('0200000000000000' + '05000100' + '01000000' + '0800120001000000')).toEqual([
      'bad-length: T_U16BE is u16, but has 1 bytes',
      'bad-length: T_MANY is u8, but has 4 bytes',
    ]);
  });

  it('keeps a length that lies and padding that is not zero', () => {
    const bytes = fromHex(`${header.replace('28', '29')}0200000000000000060001000102ffee0800630001020304`)!;
    const values = dissector.values(bytes, envelope(), context)!;
    expect(values.attributes[0]).toEqual({ name: 'T_U16BE', value: 258, padding: 'ffee' });
    expect(values.length).toBe(0x29);
    expect(toHex(encodeMessage(values, { library, genl: families, littleEndian: true }).bytes)).toBe(toHex(bytes));
  });
});

describe('mistakes in values', () => {
  it('are reported with their path', () => {
    const wrong: MessageValue = {
      ...message,
      header: { fam: 300, nope: 1 },
      attributes: [
        { name: 'T_KIND', value: 'K_NINE' },
        { name: 'T_NOPE', value: 1 },
        { name: 'T_AGAIN', attributes: [{ name: 'T_SMALL', value: 200 }] },
        { name: 'T_ADDR', value: 'here' },
      ],
    };
    const { problems } = encodeMessage(wrong, { library, genl: families, littleEndian: true });
    expect(problems).toEqual([
      { path: ['header', 'nope'], text: 'struct head has no member nope' },
      { path: ['header', 'fam'], text: '300 does not fit u8 (0 to 255)' },
      { path: ['attributes', 0, 'value'], text: '"K_NINE" is not a number or a name of kinds' },
      { path: ['attributes', 1], text: 'no attribute T_NOPE in lab/top' },
      { path: ['attributes', 2, 'attributes', 0, 'value'], text: '200 does not fit s8 (-128 to 127)' },
      { path: ['attributes', 3, 'value'], text: '"here" is neither ipv4-or-v6 nor hex' },
    ]);
  });
});
