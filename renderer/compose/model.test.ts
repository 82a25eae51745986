import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeValue, MessageValue } from '../../app/contracts/index.ts';
import {
  attributeAt,
  attributePath,
  childrenAt,
  countAttributes,
  duplicateAttribute,
  type FormPath,
  insertAttribute,
  moveAttribute,
  moveTarget,
  problemPath,
  removeAttribute,
  type Shift,
  setRaw,
  setValue,
  shiftPath,
  toggleFlag,
  valueAt,
} from './model.ts';

/** `ip link add link 5 name dum0.100 type vlan id 100`, as values. */
const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  seq: 1,
  portid: 0,
  length: 99,
  header: { ifi_family: 'AF_UNSPEC', ifi_index: 0 },
  attributes: [
    { name: 'IFLA_LINK', value: 5 },
    { name: 'IFLA_IFNAME', value: 'dum0.100', padding: 'ff', length: 12 },
    {
      name: 'IFLA_LINKINFO',
      attributes: [
        { name: 'IFLA_INFO_KIND', value: 'vlan' },
        {
          name: 'IFLA_INFO_DATA',
          attributes: [
            { name: 'IFLA_VLAN_ID', value: 100 },
            { name: 'IFLA_VLAN_FLAGS', value: { flags: 1, mask: 1 } },
          ],
        },
      ],
    },
  ],
};

describe('reading', () => {
  test('by path', () => {
    expect(valueAt(message, ['header', 'ifi_family'])).toBe('AF_UNSPEC');
    expect(valueAt(message, [2, 1, 0])).toBe(100);
    expect(valueAt(message, [2, 1, 1, 'mask'])).toBe(1);
    expect(childrenAt(message, [2, 1]).map((a) => a.name)).toEqual(['IFLA_VLAN_ID', 'IFLA_VLAN_FLAGS']);
    expect(countAttributes(message.attributes)).toBe(7);
  });

  test.each<[FormPath]>([[[9]], [[2, 9, 0]], [[0, 'mask']], [['header', 'toString']], [['header', 'x', 'y']]])(
    'a path that leads nowhere reads nothing: %j',
    (path) => {
      expect(valueAt(message, path)).toBeUndefined();
    },
  );
});

describe('writing', () => {
  test('changes what is on the way and shares the rest', () => {
    const next = setValue(message, [2, 1, 0], 200);
    expect(valueAt(next, [2, 1, 0])).toBe(200);
    expect(valueAt(message, [2, 1, 0])).toBe(100);
    expect(next.attributes[0]).toBe(message.attributes[0]);
    expect(attributeAt(next, [2, 0])).toBe(attributeAt(message, [2, 0]));
  });

  test('makes missing structs, in the header and in attributes', () => {
    const { header: _, ...bare } = message;
    expect(setValue(bare, ['header', 'ifi_index'], 7).header).toEqual({ ifi_index: 7 });
    expect(valueAt(setValue(message, [0, 'a', 'b'], 1), [0])).toEqual({ a: { b: 1 } });
  });

  test('lengths and padding kept from a capture end with the first edit of what they belong to', () => {
    const next = setValue(message, [1], 'x');
    expect(next.attributes[1]).toEqual({ name: 'IFLA_IFNAME', value: 'x' });
    expect(next).not.toHaveProperty('length');
    expect(toggleFlag(message, 'NLM_F_EXCL').length).toBe(99);
  });

  test('raw bytes and values exclude each other', () => {
    const raw = setRaw(message, [2], '0102');
    expect(raw.attributes[2]).toEqual({ name: 'IFLA_LINKINFO', hex: '0102' });
    expect(setValue(raw, [2], 5).attributes[2]).toEqual({ name: 'IFLA_LINKINFO', value: 5 });
  });

  test('insert, duplicate, move and remove', () => {
    const names = (m: MessageValue) => childrenAt(m, [2, 1]).map((a) => a.name);
    const inserted = insertAttribute(message, [2, 1], { name: 'IFLA_VLAN_PROTOCOL', value: 'ETH_P_8021AD' });
    expect(names(inserted)).toEqual(['IFLA_VLAN_ID', 'IFLA_VLAN_FLAGS', 'IFLA_VLAN_PROTOCOL']);
    expect(names(moveAttribute(inserted, [2, 1, 2], -2))).toEqual([
      'IFLA_VLAN_PROTOCOL',
      'IFLA_VLAN_ID',
      'IFLA_VLAN_FLAGS',
    ]);
    expect(names(removeAttribute(inserted, [2, 1, 0]))).toEqual(['IFLA_VLAN_FLAGS', 'IFLA_VLAN_PROTOCOL']);
    const doubled = duplicateAttribute(message, [2, 1]);
    expect(attributeAt(doubled, [2, 2])).toEqual(attributeAt(message, [2, 1]));
    expect(attributeAt(doubled, [2, 2])).not.toBe(attributeAt(message, [2, 1]));
  });

  test('what cannot be done changes nothing', () => {
    expect(removeAttribute(message, [2, 7, 1])).toBe(message);
    expect(moveAttribute(message, [0], -1)).toBe(message);
    expect(moveAttribute(message, [9], 1)).toBe(message);
    expect(moveTarget(message, [2], 5)).toBeNull();
    expect(duplicateAttribute(message, ['header'])).toBe(message);
  });

  test('a flag toggles by name and leaves unknown bits alone', () => {
    const odd = { ...message, flags: ['NLM_F_REQUEST', 0x4000] };
    expect(toggleFlag(odd, 'NLM_F_ACK').flags).toEqual(['NLM_F_REQUEST', 0x4000, 'NLM_F_ACK']);
    expect(toggleFlag(odd, 'NLM_F_REQUEST').flags).toEqual([0x4000]);
  });
});

test('attributePath cuts a path where members begin', () => {
  expect(attributePath([2, 1, 'mask'])).toEqual([2, 1]);
  expect(attributePath([2])).toEqual([2]);
  expect(attributePath(['header', 'ifi_index'])).toEqual([]);
});

test.each<[readonly (string | number)[], FormPath]>([
  [
    ['attributes', 2, 'attributes', 1],
    [2, 1],
  ],
  [['attributes', 0, 'value'], [0]],
  [
    ['attributes', 2, 'attributes', 1, 'attributes', 1, 'value', 'mask'],
    [2, 1, 1, 'mask'],
  ],
  [['ifi_index'], ['header', 'ifi_index']],
  [
    ['header', 'ifi_index'],
    ['header', 'ifi_index'],
  ],
  [['flags', 1], ['flags']],
  [['attributes', 2, 'hex'], [2]],
])('an encoder that says %j means %j', (given, meant) => {
  expect(problemPath(message, given)).toEqual(meant);
});

test('a struct member that is itself called value is kept', () => {
  const bitfield = setValue(message, [0], { value: 1, selector: 3 });
  expect(problemPath(bitfield, ['attributes', 0, 'value'])).toEqual([0, 'value']);
});

test('paths follow their attributes through every change of the list', () => {
  const marked = (count: number): MessageValue => ({
    ...message,
    attributes: Array.from({ length: count }, (_, i): AttributeValue => ({ type: i + 1, hex: '' })),
  });
  const plan = fc
    .integer({ min: 2, max: 6 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.constantFrom('insert', 'remove', 'move'),
        fc.nat(count - 1),
        fc.nat(count - 1),
        fc.nat(count - 1),
      ),
    );
  fc.assert(
    fc.property(plan, ([count, kind, index, to, watched]) => {
      const before = marked(count);
      const shift: Shift = kind === 'move' ? { kind, path: [index], to } : { kind: kind as 'insert', path: [index] };
      const after =
        kind === 'insert'
          ? insertAttribute(before, [], { type: 99 }, index)
          : kind === 'remove'
            ? removeAttribute(before, [index])
            : moveAttribute(before, [index], to - index);
      const path = shiftPath([watched, 'member'], shift);
      if (path === null) expect(after.attributes.some((a) => a.type === watched + 1)).toBe(false);
      else expect(attributeAt(after, attributePath(path))?.type).toBe(watched + 1);
    }),
  );
});

test('a change in one nest leaves paths elsewhere alone', () => {
  expect(shiftPath([1, 0], { kind: 'remove', path: [2, 0] })).toEqual([1, 0]);
  expect(shiftPath(['header', 'x'], { kind: 'remove', path: [0] })).toEqual(['header', 'x']);
  expect(shiftPath([2], { kind: 'insert', path: [2, 0] })).toEqual([2]);
});
