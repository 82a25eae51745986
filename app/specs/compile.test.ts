import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileSpec, SpecError } from './compile.ts';
import { SpecLibrary } from './library.ts';
import type { YnlDocument } from './ynl.ts';

function spec(text: string) {
  return compileSpec(parse(text) as YnlDocument);
}

describe('constants', () => {
  const compiled = spec(`
name: my-fam
protocol: genetlink
definitions:
  - { name: mode, type: enum, entries: [off, { name: fast-path, value: 7 }, last] }
  - { name: caps, type: flags, name-prefix: cap-, entries: [one, two, { name: ten, value: 10 }] }
attribute-sets:
  - name: main
    attributes:
      - { name: first, type: u32, enum: mode }
      - { name: caps, type: u32, enum: caps }
      - { name: jump, type: u8, value: 9 }
      - { name: after, type: u8 }
      - { name: odd, type: u8, name-prefix: other- }
  - name: small
    subset-of: main
    attributes: [{ name: jump }, { name: first }]
operations:
  list:
    - { name: get, attribute-set: main, do: { request: { attributes: [first] }, reply: { attributes: [first] } } }
    - { name: get-ntf, notify: get }
    - { name: set, value: 12, attribute-set: small, do: { request: { attributes: [jump] } } }
    - { name: del, attribute-set: main, do: {} }
`);
  const space = compiled.spaces.get('main')!;

  it('follow YNL’s rule of prefix and name', () => {
    expect([...space.byNumber].map(([n, a]) => `${n} ${a.name}`)).toEqual([
      '1 MY_FAM_A_MAIN_FIRST',
      '2 MY_FAM_A_MAIN_CAPS',
      '9 MY_FAM_A_MAIN_JUMP',
      '10 MY_FAM_A_MAIN_AFTER',
      '11 OTHER_ODD',
    ]);
    expect(space.byName.get('first')?.enum?.entries.map((e) => [e.name, e.value])).toEqual([
      ['MY_FAM_MODE_OFF', 0],
      ['MY_FAM_MODE_FAST_PATH', 7],
      ['MY_FAM_MODE_LAST', 8],
    ]);
  });

  it('turn flag numbers into bits', () => {
    expect(space.byName.get('caps')?.enum?.entries.map((e) => [e.name, e.value])).toEqual([
      ['CAP_ONE', 1],
      ['CAP_TWO', 2],
      ['CAP_TEN', 1024],
    ]);
  });

  it('number unified operations by one counter', () => {
    expect([...compiled.requests].map(([n, m]) => `${n} ${m.name}`)).toEqual([
      '1 MY_FAM_CMD_GET',
      '12 MY_FAM_CMD_SET',
      '13 MY_FAM_CMD_DEL',
    ]);
    expect(compiled.replies.get(2)?.name).toBe('MY_FAM_CMD_GET_NTF');
    expect(compiled.replies.get(2)?.space).toBe(space);
  });

  it('give subsets the numbers and types of their parent', () => {
    const small = compiled.spaces.get('small')!;
    expect([...small.byNumber].map(([n, a]) => [n, a.name, a.type])).toEqual([
      [9, 'MY_FAM_A_MAIN_JUMP', 'u8'],
      [1, 'MY_FAM_A_MAIN_FIRST', 'u32'],
    ]);
  });
});

describe('directional operations', () => {
  it('count requests and replies apart and name replies by their owner', () => {
    const compiled = spec(`
name: ctl
protocol: genetlink-legacy
attribute-sets: [{ name: a, attributes: [{ name: x, type: u8 }] }]
operations:
  enum-model: directional
  list:
    - { name: get, attribute-set: a, do: { request: { value: 3 }, reply: { value: 1 } } }
    - { name: new, attribute-set: a, value: 1, event: { attributes: [x] } }
    - { name: next, attribute-set: a, do: { request: {}, reply: {} } }
`);
    expect([...compiled.requests].map(([n, m]) => `${n} ${m.name}`)).toEqual(['3 CTL_CMD_GET', '4 CTL_CMD_NEXT']);
    expect([...compiled.replies].map(([n, m]) => `${n} ${m.name}`)).toEqual(['1 CTL_CMD_NEW', '2 CTL_CMD_NEXT']);
  });
});

describe('structs', () => {
  it('lay members out without padding of their own', () => {
    const compiled = spec(`
name: s
protocol: netlink-raw
protonum: 4
definitions:
  - { name: len, type: const, value: 3 }
  - name: inner
    type: struct
    members: [{ name: a, type: u8 }, { name: b-c, type: u16, byte-order: big-endian }]
  - name: outer
    type: struct
    members:
      - { name: head, type: binary, struct: inner }
      - { name: gap, type: pad, len: 1 }
      - { name: name, type: string, len: len }
      - { name: tail, type: binary }
attribute-sets: []
`);
    const outer = compiled.structs.get('outer')!;
    expect(outer.members.map((m) => [m.name, m.offset, m.length])).toEqual([
      ['head', 0, 3],
      ['gap', 3, 1],
      ['name', 4, 3],
      ['tail', 7, -1],
    ]);
    expect(outer).toMatchObject({ size: 7, variable: true });
    expect(compiled.structs.get('inner')?.members[1]).toMatchObject({ name: 'b_c', big: true });
  });
});

describe('mistakes are named with their place', () => {
  const cases: [string, RegExp][] = [
    [
      'attribute-sets: [{ name: a, attributes: [{ name: x, type: nest, nested-attributes: nope }] }]',
      /^f: attribute set a, x: no attribute set named "nope"$/,
    ],
    [
      'attribute-sets: [{ name: a, attributes: [{ name: x, type: u33 }] }]',
      /^f: attribute set a, x: unknown type "u33"$/,
    ],
    [
      'definitions: [{ name: s, type: struct, members: [{ name: m, type: binary, struct: s }] }]\nattribute-sets: []',
      /struct "s" contains itself/,
    ],
    [
      'attribute-sets: [{ name: a, subset-of: b, attributes: [{ name: x }] }, { name: b, subset-of: a, attributes: [{ name: x }] }]',
      /attribute set "a" is a subset of itself/,
    ],
    ['attribute-sets: [{ name: a, attributes: [{ name: x, type: u8, enum: e }] }]', /no enum or flags named "e"/],
    [
      'attribute-sets: [{ name: a, attributes: [{ name: x, type: u8 }] }, { name: b, subset-of: a, attributes: [{ name: y }] }]',
      /"a" has no such attribute/,
    ],
  ];
  it.each(cases)('%s', (text, message) => {
    expect(() => spec(`name: f\nprotocol: genetlink\n${text}`)).toThrow(SpecError);
    expect(() => spec(`name: f\nprotocol: genetlink\n${text}`)).toThrow(message);
  });
});

describe('sets of other specs', () => {
  const library = new SpecLibrary();
  library.add(
    parse(`
name: base
protocol: netlink-raw
protonum: 12
attribute-sets:
  - { name: tuple, name-prefix: b-, attributes: [{ name: port, type: u16 }] }
  - name: policy
    name-prefix: p-
    attributes:
      - { name: kind, type: u8 }
      - { name: data, type: sub-message, sub-message: data, selector: kind }
sub-messages: [{ name: data, formats: [{ value: 6, attribute-set: tuple }] }]
`) as YnlDocument,
  );
  const user = parse(`
name: user
protocol: netlink-raw
protonum: 12
attribute-sets:
  - name: top
    name-prefix: u-
    attributes: [{ name: ct, type: binary }, { name: kind, type: u8 }, { name: data, type: binary }]
`) as YnlDocument;

  it('are found by the spec’s name', () => {
    const spec = library.add(user, {
      spec: 'user',
      attributes: { U_CT: { message: { set: 'base/tuple' } }, U_DATA: { sameAs: 'base/policy/data' } },
    });
    const { byName } = spec.spaces.get('top')!;
    expect(byName.get('ct')).toMatchObject({ layout: 'message', space: library.space('base/tuple') });
    expect(byName.get('data')).toMatchObject({ name: 'U_DATA', number: 3, layout: 'sub-message', selectors: ['kind'] });
    expect(byName.get('data')?.formats?.get('6')?.space).toBe(library.space('base/tuple'));
    expect([...spec.spaces.keys()]).toEqual(['top']);
  });

  it('are missed by name', () => {
    const compile = (attribute: object) => () => library.add(user, { spec: 'user', attributes: { U_CT: attribute } });
    expect(compile({ message: { set: 'base/none' } })).toThrow(
      'user: attribute set top, ct: no attribute set "base/none" in another spec',
    );
    expect(compile({ sameAs: 'base/policy/none' })).toThrow(
      'user: attribute set top, ct: no attribute "base/policy/none"',
    );
  });
});
