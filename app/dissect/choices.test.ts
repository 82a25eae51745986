import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Envelope, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { SpecLibrary, type ViewDocument, type YnlDocument } from '../specs/index.ts';
import { bareContext, createDissector, fromHex, toHex } from './index.ts';
import { newFamilies } from './testing/corpus.ts';

/** A spec whose head starts with a kind; what a value means depends on members around it. */
function spec(name: string): YnlDocument {
  return parse(`
name: ${name}
protocol: netlink-raw
protonum: 20
definitions:
  - name: inner
    type: struct
    members: [{ name: addr, type: binary, len: 16, display-hint: ipv6 }]
  - name: ${name}-head
    type: struct
    members:
      - { name: kind, type: u8 }
      - { name: bits, type: u8 }
      - { name: wide, type: u16 }
      - { name: inner, type: binary, struct: inner }
      - { name: fam, type: u32 }
  - name: long
    type: struct
    members: [{ name: alpha, type: u32 }, { name: beta, type: u32 }]
  - name: short
    type: struct
    members: [{ name: gamma, type: u16 }]
attribute-sets:
  - name: ${name}-attrs
    name-prefix: ${name}-
    attributes: [{ name: info, type: binary, struct: long }, { name: key, type: binary }]
operations:
  name-prefix: ''
  list:
    - { name: get-thing, value: 40, fixed-header: ${name}-head, attribute-set: ${name}-attrs, do: {}, dump: {} }
`) as YnlDocument;
}

function view(name: string, values: number[]): ViewDocument {
  return {
    spec: name,
    select: [{ offset: 0, values }],
    'bare-dumps': ['GET_THING'],
    members: {
      [`${name}_head.bits`]: { bits: { first: 1, second: 3 } },
      [`${name}_head.wide`]: { bits: { low: 4, high: 12 } },
      'inner.addr': { variant: { member: 'fam', cases: { 2: { hint: 'ipv4', length: 4 }, 10: { hint: 'ipv6' } } } },
    },
    attributes: {
      [`${name.toUpperCase()}_INFO`]: {
        variant: { member: ['request.kind', 'kind'], cases: { 8: { struct: 'short' } } },
      },
      [`${name.toUpperCase()}_KEY`]: { secret: true },
    },
  };
}

const library = new SpecLibrary();
library.add(spec('one'), view('one', [1, 8]));
library.add(spec('two'), view('two', [2]));
const dissector = createDissector(library);
const families = newFamilies();
const context = bareContext(families);

function envelope(direction: Envelope['direction'], littleEndian = true): Envelope {
  const unknown = { group: null, nsid: null, sourcePortid: null, destPortid: null };
  return { protocol: 20, direction, littleEndian, ...unknown };
}

function message(header: MessageValue['header'], attributes: MessageValue['attributes'] = []): MessageValue {
  return { protocol: 'NETLINK_RDMA', type: 'GET_THING', flags: [], seq: 1, portid: 2, header, attributes };
}

function encode(value: MessageValue, littleEndian = true): Uint8Array {
  const { bytes, problems } = encodeMessage(value, { library, genl: families, littleEndian });
  expect(problems).toEqual([]);
  return bytes;
}

/** Texts by name, nested ones too, and the values the message is made of. */
function read(bytes: Uint8Array, littleEndian = true, request?: Uint8Array) {
  const circumstances = { ...context, request: () => request };
  const { tree } = dissector.dissect(bytes, envelope('reply', littleEndian), circumstances);
  const found: Record<string, string> = {};
  const visit = (nodes: typeof tree): void => {
    for (const node of nodes) {
      found[node.name] = node.text;
      visit(node.children);
    }
  };
  visit(tree);
  return {
    found,
    names: Object.keys(found),
    values: dissector.values(bytes, envelope('reply', littleEndian), circumstances),
  };
}

describe('specs that share a message type', () => {
  it('are told apart by a byte of the payload, and by the header when encoding', () => {
    const [one, two] = [encode(message({ kind: 1 })), encode(message({ kind: 2 }))];
    expect(read(one).names).toContain('one_head');
    expect(read(two).names).toContain('two_head');
    const numbered = { ...message({ kind: 2 }, [{ name: 'TWO_KEY', value: 'aabb' }]), type: 40 };
    expect(read(encode(numbered)).found['TWO_KEY']).toBe('2 bytes, hidden');
  });

  it('are no match for another byte', () => {
    const bytes = encode(message({ kind: 1 }));
    bytes[16] = 9;
    const { tree, summary } = dissector.dissect(bytes, envelope('reply'), context);
    expect(tree.map(({ name }) => name)).toEqual(['nlmsghdr', 'payload']);
    expect(summary.type).toBe('NETLINK_RDMA 40');
  });
});

describe('bit-fields', () => {
  it.each([
    [true, { bits: 0b0000_1011, wide: 0x1234 }, { first: '1', second: '5', low: '4', high: '291' }],
    [false, { bits: 0b1101_0000, wide: 0x1234 }, { first: '1', second: '5', low: '1', high: '564' }],
  ])('lie as the compiler of the host lays them (little endian: %s)', (littleEndian, members, parts) => {
    const bytes = encode(message({ kind: 1, ...members }), littleEndian);
    const { found, values } = read(bytes, littleEndian);
    expect(found).toMatchObject(parts);
    expect(found['bits']).toBe('first, second 5');
    expect(values?.header).toMatchObject(members);
  });
});

describe('a value that another one explains', () => {
  it('looks at the structs around it, even at members that come later', () => {
    const v4 = read(encode(message({ kind: 1, fam: 2, inner: { addr: '10.0.0.1' } })));
    expect(v4.found['addr']).toBe('10.0.0.1');
    const v6 = read(encode(message({ kind: 1, fam: 10, inner: { addr: 'fe80::1' } })));
    expect(v6.found['addr']).toBe('fe80::1');
  });

  it('keeps what does not fit the explanation', () => {
    const value = message({ kind: 1, fam: 2, inner: { addr: 'a00:1::5' } });
    const bytes = encode(value);
    expect(read(bytes).found['addr']).toBe('a00:1::5');
    expect(toHex(encode(read(bytes).values!))).toBe(toHex(bytes));
  });

  it('looks at the request that is answered, and is written by the members it has', () => {
    const reply = encode(message({ kind: 1 }, [{ name: 'ONE_INFO', value: { gamma: 7 } }]));
    expect(toHex(reply).slice(-16)).toBe('0600010007000000');
    const request = encode({ ...message({ kind: 8 }), flags: ['NLM_F_REQUEST'] });
    expect(read(reply, true, request).found['gamma']).toBe('7');
    expect(read(reply).names).toContain('alpha');
    const long = encode(message({ kind: 8 }, [{ name: 'ONE_INFO', value: { alpha: 1, beta: 2 } }]));
    expect(toHex(long).slice(-24)).toBe('0c0001000100000002000000');
  });
});

describe('dump requests without a fixed header', () => {
  const asked = (body: string): Uint8Array => {
    const size = (16 + body.length / 2).toString(16).padStart(2, '0');
    return fromHex(`${size}000000280001030100000000000000${body}`)!;
  };
  const dissect = (bytes: Uint8Array) => dissector.dissect(bytes, envelope('request'), context).tree.map((n) => n.name);
  const values = (bytes: Uint8Array) => dissector.values(bytes, envelope('request'), context)!;

  it('are attributes alone', () => {
    // The first byte, 8, is the length of the attribute; spec "one" takes it.
    const bytes = asked('0800020001020304');
    expect(dissect(bytes)).toEqual(['nlmsghdr', 'ONE_KEY']);
    expect(values(bytes).header).toBeUndefined();
    expect(values(bytes).attributes).toEqual([{ name: 'ONE_KEY', value: '01020304' }]);
  });

  it('may have one nevertheless', () => {
    const bytes = asked(`01${'00'.repeat(23)}`);
    expect(dissect(bytes)).toEqual(['nlmsghdr', 'one_head']);
    expect(toHex(encode(values(bytes)))).toBe(toHex(bytes));
  });
});
