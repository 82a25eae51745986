import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../../app/contracts/index.ts';
import {
  ancestorsOf,
  nodeAt,
  nodeAtOffset,
  nodeAtRange,
  nodeByNames,
  type Openness,
  treeKey,
  visibleTreeRows,
} from './treeRows.ts';
import { rawHint, splitValue } from './valueText.ts';

function field(name: string, start: number, end: number, more: Partial<FieldNode> = {}): FieldNode {
  const range = { start, end };
  return { name, kind: 'attr', type: 'u32', value: null, text: '', range, payload: range, children: [], ...more };
}

const tree: readonly FieldNode[] = [
  field('nlmsghdr', 0, 16, { kind: 'header', children: [field('nlmsg_len', 0, 4, { kind: 'member' })] }),
  field('ifinfomsg', 16, 32, { kind: 'header', children: [field('ifi_index', 20, 24, { kind: 'member' })] }),
  field('IFLA_LINKINFO', 32, 60, {
    kind: 'nest',
    payload: { start: 36, end: 60 },
    children: [
      field('IFLA_INFO_KIND', 36, 45),
      field('IFLA_INFO_DATA', 48, 60, { kind: 'nest', children: [field('IFLA_VLAN_ID', 52, 58)] }),
    ],
  }),
  field('IFLA_MTU', 60, 68),
  field('round trip', 0, 0, { kind: 'generated' }),
];
const closed: Openness = new Map([
  ['ifinfomsg', false],
  ['IFLA_LINKINFO', false],
]);
const names = (openness: Openness) => visibleTreeRows(tree, openness).map((row) => row.node.name);
const press = (key: string, more = {}) => ({ key, ctrlKey: false, shiftKey: false, altKey: false, ...more });

describe('visible tree rows', () => {
  it('shows headers and nests open, and nlmsghdr closed', () => {
    expect(names(new Map())).toEqual([
      'nlmsghdr',
      'ifinfomsg',
      'ifi_index',
      'IFLA_LINKINFO',
      'IFLA_INFO_KIND',
      'IFLA_INFO_DATA',
      'IFLA_VLAN_ID',
      'IFLA_MTU',
      'round trip',
    ]);
  });

  it('opens whatever holds an error', () => {
    const bad = field('nlmsghdr', 0, 16, { children: [field('nlmsg_len', 0, 4, { severity: 'error' })] });
    expect(visibleTreeRows([bad], new Map()).map((row) => row.node.name)).toEqual(['nlmsghdr', 'nlmsg_len']);
  });

  it('finds the owner of a byte, and the field of a range', () => {
    expect(nodeAtOffset(tree, 55)?.namePath).toBe('IFLA_LINKINFO/IFLA_INFO_DATA/IFLA_VLAN_ID');
    expect(nodeAtOffset(tree, 33)?.node.name).toBe('IFLA_LINKINFO');
    expect(nodeAtOffset(tree, 400)).toBeNull();
    expect(nodeAtRange(tree, { start: 48, end: 60 })?.path).toBe('2.1');
    expect(nodeAtRange(tree, { start: 53, end: 55 })?.node.name).toBe('IFLA_VLAN_ID');
  });

  it('finds the same field by its names in another message', () => {
    expect(nodeByNames(tree, 'IFLA_LINKINFO/IFLA_INFO_KIND')?.path).toBe('2.0');
    expect(nodeByNames(tree, 'IFLA_LINKINFO/IFLA_INFO_XSTATS')).toBeNull();
    expect(nodeAt(tree, '2.1.0')?.name).toBe('IFLA_VLAN_ID');
    expect(nodeAt(tree, '2.9')).toBeNull();
    expect(ancestorsOf('a/b/c')).toEqual(['a', 'a/b']);
  });
});

describe('treeKey', () => {
  it('closes, then goes to the parent', () => {
    const rows = visibleTreeRows(tree, new Map());
    expect(treeKey(rows, 3, press('ArrowLeft'), 10)).toEqual({ kind: 'set', names: ['IFLA_LINKINFO'], open: false });
    expect(treeKey(rows, 4, press('ArrowLeft'), 10)).toEqual({ kind: 'go', row: 3 });
    expect(treeKey(rows, 7, press('ArrowLeft'), 10)).toBeNull();
  });

  it('opens, then goes to the first child; Shift opens all below', () => {
    const rows = visibleTreeRows(tree, closed);
    expect(treeKey(rows, 2, press('ArrowRight'), 10)).toEqual({ kind: 'set', names: ['IFLA_LINKINFO'], open: true });
    expect(treeKey(rows, 2, press('ArrowRight', { shiftKey: true }), 10)).toEqual({
      kind: 'set',
      names: ['IFLA_LINKINFO', 'IFLA_LINKINFO/IFLA_INFO_DATA'],
      open: true,
    });
    expect(treeKey(rows, 3, press('ArrowRight'), 10)).toBeNull();
  });

  it('stays inside the tree and leaves other combinations alone', () => {
    const rows = visibleTreeRows(tree, closed);
    expect(treeKey(rows, 4, press('PageDown'), 10)).toEqual({ kind: 'go', row: 4 });
    expect(treeKey(rows, 0, press('k'), 10)).toEqual({ kind: 'go', row: 0 });
    expect(treeKey(rows, 0, press('ArrowDown', { ctrlKey: true }), 10)).toBeNull();
    expect(treeKey([], 0, press('ArrowDown'), 10)).toBeNull();
  });
});

describe('value text', () => {
  const split = (text: string, kind: FieldNode['kind'] = 'attr') => splitValue(field('x', 0, 4, { text, kind }));

  it('tells the value from what explains it', () => {
    expect(split('1500 bytes')).toEqual({ value: '1500', rest: 'bytes', more: 0 });
    expect(split('AF_UNSPEC (0)')).toEqual({ value: 'AF_UNSPEC', rest: '(0)', more: 0 });
    expect(split('561 [d0]')).toEqual({ value: '561', rest: '[d0]', more: 0 });
    expect(split('BROADCAST | NOARP')).toEqual({ value: 'BROADCAST | NOARP', rest: '', more: 0 });
    expect(split('10.0.0.1')).toEqual({ value: '10.0.0.1', rest: '', more: 0 });
    expect(split('00 11 22')).toEqual({ value: '00 11 22', rest: '', more: 0 });
    expect(split('RTM_NEWLINK len 1448, seq 0', 'header')).toEqual({
      value: 'RTM_NEWLINK',
      rest: 'len 1448, seq 0',
      more: 0,
    });
    expect(split('AF_INET, AF_INET6', 'nest')).toEqual({ value: '', rest: 'AF_INET, AF_INET6', more: 0 });
  });

  it('counts what was cut', () => {
    expect(split('00 11 22 … 12480 more bytes')).toEqual({ value: '00 11 22', rest: '', more: 12480 });
  });

  it('shows small payloads as bytes and counts large ones', () => {
    const bytes = new Uint8Array([8, 0, 4, 0, 0xdc, 5, 0, 0]);
    expect(rawHint(field('IFLA_MTU', 0, 8, { payload: { start: 4, end: 8 } }), bytes)).toBe('dc 05 00 00');
    expect(rawHint(field('x', 0, 8, { payload: { start: 0, end: 2000 } }), bytes)).toBe('2,000 bytes');
    expect(rawHint(tree[1]!, bytes)).toBe('16 bytes');
    expect(rawHint(tree[4]!, bytes)).toBe('');
  });
});
