import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldValue } from '../../app/contracts/index.ts';
import {
  checkField,
  defaultValue,
  type Editor,
  editorOf,
  type FieldInfo,
  findEntries,
  flagList,
  formatField,
  hexDigits,
  membersOf,
  parseField,
  spacedHex,
  unnamedFlags,
} from './fields.ts';

function field(type: string, more: Partial<FieldInfo> = {}): FieldInfo {
  return { name: 'x', type, doc: '', enum: [], isFlags: false, hint: '', ...more };
}
const entry = (name: string, value: number, doc = '') => ({ name, value, doc });
/** rtm_type of linux/rtnetlink.h, shortened. */
const routeType = field('u8', {
  enum: [entry('RTN_UNSPEC', 0), entry('RTN_UNICAST', 1, 'gateway or direct'), entry('RTN_LOCAL', 2)],
});
/** ifi_flags of linux/if.h, shortened. */
const linkFlags = field('u32', {
  isFlags: true,
  enum: [entry('IFF_UP', 1), entry('IFF_BROADCAST', 2), entry('IFF_LOWER_UP', 0x10000)],
});

test.each<[string, FieldInfo, FieldValue | undefined, Editor]>([
  ['a nest', field('nest', { space: 'rt-link/linkinfo-attrs' }), undefined, 'nest'],
  ['a sub-message', field('sub-message', { selector: { attribute: 'kind', spaces: {} } }), undefined, 'nest'],
  ['an integer', field('u32'), 5, 'integer'],
  ['a 64-bit integer in digits', field('u64'), '18446744073709551615', 'integer'],
  ['an enum', routeType, 'RTN_UNICAST', 'enum'],
  ['flags', linkFlags, ['IFF_UP'], 'flags'],
  ['flags with a number among them', linkFlags, ['IFF_UP', 0x40], 'flags'],
  ['a string', field('string'), 'eth0', 'text'],
  ['an address', field('binary', { hint: 'ipv6' }), '::1', 'address'],
  ['a big-endian integer shown as an address', field('u32', { hint: 'ipv4' }), '10.0.0.1', 'address'],
  ['bytes', field('binary'), '0102', 'hex'],
  ['a presence flag', field('flag'), true, 'flag'],
  ['a struct', field('ifla_vlan_flags', { members: [field('u32')] }), { x: 1 }, 'struct'],
  ['a bitfield', field('bitfield32'), { value: 1, selector: 1 }, 'struct'],
  ['an array of numbers', field('binary'), [1, 2], 'list'],
  ['an array of structs', field('binary', { members: [field('u32')] }), [{ x: 1 }], 'json'],
  ['a struct without a table', field('binary'), { a: 1 }, 'json'],
])('%s is edited as such', (_name, info, value, editor) => {
  expect(editorOf(info, value)).toBe(editor);
});

test('a length that follows from the rest may be left empty', () => {
  const info = field('u16', { isComputed: true });
  expect(parseField(info, 'integer', '')).toEqual({ value: null, problem: null });
  expect(checkField(info, 'integer', null)).toBeNull();
  expect(parseField(field('u16'), 'integer', '').problem?.severity).toBe('error');
});

describe('integers', () => {
  test.each([
    ['u32', '1500', 1500],
    ['u32', '0x5dc', 1500],
    ['u32', '4294967295', 4294967295],
    ['s8', '-0x80', -128],
    ['u64', '18446744073709551615', '18446744073709551615'],
    ['u64', '9007199254740991', 9007199254740991],
    ['u32', '1_000', 1000],
  ])('%s reads %s', (type, text, value) => {
    expect(parseField(field(type), 'integer', text)).toEqual({ value, problem: null });
  });

  test.each([
    ['u8', '256', 'u8 holds 0 to 255'],
    ['u16', '-1', 'u16 holds 0 to 65535'],
    ['s8', '128', 's8 holds -128 to 127'],
    ['u64', '18446744073709551616', 'u64 holds 0 to 18446744073709551615'],
    ['u32', '0x', '"0x" is not a number'],
    ['u32', '12kB', '"12kB" is not a number'],
    ['u32', '', 'nothing is not a number'],
  ])('%s does not read %j, and keeps it as typed', (type, text, why) => {
    expect(parseField(field(type), 'integer', text)).toEqual({
      value: text,
      problem: { severity: 'error', text: why },
    });
  });

  test('notations of their own are left to the encoder', () => {
    expect(parseField(field('u32', { hint: 'tc-handle' }), 'integer', '1:10')).toEqual({
      value: '1:10',
      problem: null,
    });
    expect(parseField(field('u16', { hint: 'ethertype' }), 'integer', 'ipv6')).toEqual({
      value: 'ipv6',
      problem: null,
    });
    expect(parseField(field('u32'), 'integer', '1:10').problem?.severity).toBe('error');
  });

  test("beyond the kernel's own limits is said, and still sent", () => {
    const vlan = field('u16', { max: '4094' });
    expect(parseField(vlan, 'integer', '4095')).toEqual({
      value: 4095,
      problem: { severity: 'warn', text: 'the kernel takes 0 to 4094' },
    });
  });

  test('what is formatted reads back as the same value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.constantFrom('', 'hex'), (number, hint) => {
        const info = field('u64', { hint });
        const { value } = parseField(info, 'integer', number.toString());
        expect(parseField(info, 'integer', formatField(info, value))).toEqual({ value, problem: null });
        expect(BigInt(value as string)).toBe(number);
      }),
    );
  });
});

describe('names', () => {
  test('by constant, in any case, by its last word, or by number', () => {
    for (const text of ['RTN_LOCAL', 'rtn_local', 'local']) {
      expect(parseField(routeType, 'enum', text)).toEqual({ value: 'RTN_LOCAL', problem: null });
    }
    expect(parseField(routeType, 'enum', '0x63')).toEqual({ value: 99, problem: null });
    expect(formatField(routeType, 2)).toBe('RTN_LOCAL');
    expect(formatField(routeType, 99)).toBe('99');
  });

  test('an unknown name is refused by name', () => {
    expect(parseField(routeType, 'enum', 'RTN_X').problem?.text).toContain('"RTN_X"');
    expect(parseField(routeType, 'enum', '256').problem?.text).toBe('u8 holds 0 to 255');
  });

  test('the search finds by name, number and doc, names first', () => {
    const found = findEntries([entry('A', 1, 'like b'), entry('B', 2)], 'b');
    expect(found.map((e) => e.name)).toEqual(['B', 'A']);
    expect(findEntries(routeType.enum, 'rtn uni').map((e) => e.name)).toEqual(['RTN_UNICAST']);
    expect(findEntries(routeType.enum, '').length).toBe(3);
  });
});

describe('flags', () => {
  test('names and numbers, with any separator', () => {
    expect(parseField(linkFlags, 'flags', 'IFF_UP | lower_up, 0x40')).toEqual({
      value: ['IFF_UP', 'IFF_LOWER_UP', 0x40],
      problem: null,
    });
    expect(formatField(linkFlags, ['IFF_UP', 0x40])).toBe('IFF_UP | 64');
    expect(parseField(linkFlags, 'flags', '')).toEqual({ value: [], problem: null });
  });

  test('one number is taken apart into names and the bits that have none', () => {
    expect(flagList(linkFlags, 0x10041)).toEqual(['IFF_UP', 'IFF_LOWER_UP', 0x40]);
    expect(flagList(linkFlags, 0)).toEqual([]);
    expect(unnamedFlags(linkFlags, ['IFF_UP', 0x40])).toEqual([0x40]);
  });
});

test.each([
  ['ipv4', '192.0.2.1', true],
  ['ipv4', '192.0.2.256', false],
  ['ipv4', '192.0.2', false],
  ['ipv6', '2001:db8::1', true],
  ['ipv6', '::ffff:192.0.2.1', true],
  ['ipv6', '2001:db8::1::2', false],
  ['ipv6', 'dead', false],
  ['ipv4-or-v6', '::', true],
  ['mac', '02:00:5e:10:00:01', true],
  ['mac', '02:00:zz', false],
  ['uuid', '00000000-0000-0000-0000-000000000000', true],
])('%s %s: %s', (hint, text, good) => {
  expect(parseField(field('binary', { hint }), 'address', text).problem === null).toBe(good);
});

test('bytes are taken as people paste them', () => {
  for (const text of ['0a 1B', '0a:1b', '0x0a, 0x1b', '0a1b\n']) {
    expect(parseField(field('binary'), 'hex', text)).toEqual({ value: '0a1b', problem: null });
  }
  expect(parseField(field('binary'), 'hex', '0a1').problem?.text).toBe('the last byte lacks a digit');
  expect(parseField(field('binary'), 'hex', 'xy').problem?.severity).toBe('error');
  expect(parseField(field('binary', { maxLength: 1 }), 'hex', '0a1b').problem?.severity).toBe('warn');
  expect(spacedHex(hexDigits('0a1b2c'))).toBe('0a 1b 2c');
});

test('text is measured in bytes, not in characters', () => {
  const name = field('string', { maxLength: 15 });
  expect(parseField(name, 'text', 'a'.repeat(15)).problem).toBeNull();
  expect(parseField(name, 'text', 'ä'.repeat(8)).problem?.text).toBe('16 bytes; the kernel takes at most 15');
});

test('an added field begins with a value that encodes', () => {
  expect(defaultValue(field('u32'))).toBe(0);
  expect(defaultValue(field('u16', { min: '1' }))).toBe(1);
  expect(defaultValue(routeType)).toBe('RTN_UNSPEC');
  expect(defaultValue(linkFlags)).toEqual([]);
  expect(defaultValue(field('flag'))).toBe(true);
  expect(defaultValue(field('binary', { hint: 'mac' }))).toBe('00:00:00:00:00:00');
  expect(defaultValue(field('bitfield32'))).toEqual({ value: 0, selector: 0 });
  const info = field('s', { members: [field('u8', { name: 'a' }), field('string', { name: 'b' })] });
  expect(defaultValue(info)).toEqual({ a: 0, b: '' });
});

test('a bitfield offers its two words with the names of its bits', () => {
  const [value, selector] = membersOf(field('bitfield32', { enum: linkFlags.enum }));
  expect([value?.name, selector?.name]).toEqual(['value', 'selector']);
  expect(editorOf(value!)).toBe('flags');
  expect(editorOf(membersOf(field('bitfield32'))[0]!)).toBe('integer');
});

test('a value is judged as it stands in the message', () => {
  expect(checkField(field('u8'), 'integer', 'oops')?.severity).toBe('error');
  expect(checkField(field('u8'), 'integer', 7)).toBeNull();
  expect(checkField(field('nest', { space: 's' }), 'nest', undefined)).toBeNull();
  expect(checkField(field('x'), 'json', [{ a: 1 }])).toBeNull();
});
