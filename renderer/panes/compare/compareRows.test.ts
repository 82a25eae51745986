import { describe, expect, it } from 'vitest';
import type { FieldNode, MessageDetail } from '../../../app/contracts/index.ts';
import { comparePair } from '../../stores/compare.ts';
import type { DetailModel } from '../../stores/detail.ts';
import { MessageBuilder } from '../../testing/messageBuilder.ts';
import { depthsOf } from '../../widgets/hexLayout.ts';
import { compareRows, differenceCount, fieldAt, nextDifference, pathAtOffset, pathsAbove } from './compareRows.ts';

function model(number: number, write: (builder: MessageBuilder) => FieldNode[]): DetailModel {
  const builder = new MessageBuilder();
  const tree = write(builder);
  const { bytes } = builder;
  const detail: MessageDetail = {
    number,
    time: '0',
    comment: '',
    protocol: 'NETLINK_ROUTE',
    direction: 'reply',
    group: '',
    nsid: null,
    type: 'RTM_NEWLINK',
    summary: '',
    tree,
    notes: [],
    bytes: '',
    littleEndian: true,
    explanation: null,
    transaction: [],
  };
  return { number, detail, bytes, depths: depthsOf(tree, bytes.length) };
}

const link = (number: number, mtu: number, kind: string, packets: number, more = false) =>
  model(number, (builder) => [
    builder.number('IFLA_MTU', 4, mtu, `${mtu}`),
    builder.nest('IFLA_LINKINFO', 18, kind, () => [
      builder.text('IFLA_INFO_KIND', 1, kind),
      builder.number('IFLA_INFO_DATA', 2, 7, '7'),
    ]),
    builder.nest('IFLA_STATS', 7, '', () => [builder.number('rx_packets', 1, packets, `${packets}`)]),
    ...(more ? [builder.nest('IFLA_VF', 9, '', () => [builder.number('vf', 1, 1, '1')])] : []),
  ]);
const { fields } = comparePair(link(1, 1500, 'veth', 5), link(2, 1400, 'bond', 9, true));
const view = { differing: false, expected: false, openness: new Map<string, boolean>() };
const names = (rows: ReturnType<typeof compareRows>) =>
  rows.map(({ field, depth }) => `${' '.repeat(depth)}${field.name}`);

describe('the lines of a comparison', () => {
  it('are all fields, what differs open', () => {
    expect(names(compareRows(fields, view))).toEqual([
      'IFLA_MTU',
      'IFLA_LINKINFO',
      ' IFLA_INFO_KIND',
      ' IFLA_INFO_DATA',
      'IFLA_STATS',
      'IFLA_VF',
    ]);
  });

  it('are those that differ alone, where that is asked for', () => {
    const differing = { ...view, differing: true };
    expect(names(compareRows(fields, differing))).toEqual(['IFLA_MTU', 'IFLA_LINKINFO', ' IFLA_INFO_KIND', 'IFLA_VF']);
    const counted = names(compareRows(fields, { ...differing, expected: true }));
    expect(counted).toContain('IFLA_STATS');
    expect(counted).toContain(' rx_packets');
  });

  it('open and close as the user says', () => {
    const openness = new Map([
      ['1', false],
      ['3', true],
    ]);
    expect(names(compareRows(fields, { ...view, openness }))).toEqual([
      'IFLA_MTU',
      'IFLA_LINKINFO',
      'IFLA_STATS',
      'IFLA_VF',
      ' vf',
    ]);
  });
});

describe('differences', () => {
  it('are counted once each, a whole field that only one has as one', () => {
    expect(differenceCount(fields, false)).toBe(3);
    expect(differenceCount(fields, true)).toBe(4);
  });

  it('follow each other in both ways, once around', () => {
    const walk = (by: 1 | -1, expected: boolean) => {
      const found: string[] = [];
      let next = nextDifference(fields, null, by, expected);
      while (next && !next.wrapped) {
        found.push(next.path);
        next = nextDifference(fields, next.path, by, expected);
      }
      expect(next?.path).toBe(found[0]);
      return found;
    };
    expect(walk(1, false)).toEqual(['0', '1.0', '3']);
    expect(walk(-1, false)).toEqual(['3', '1.0', '0']);
    expect(walk(1, true)).toEqual(['0', '1.0', '2.0', '3']);
    expect(nextDifference(fields, '1', 1, false)).toEqual({ path: '1.0', wrapped: false });
    expect(nextDifference([], null, 1, false)).toBe(null);
  });
});

describe('paths', () => {
  it('lead to fields, and from their bytes to them', () => {
    expect(pathsAbove('1.0.2')).toEqual(['1', '1.0']);
    const kind = fieldAt(fields, '1.0');
    expect(kind?.name).toBe('IFLA_INFO_KIND');
    expect(pathAtOffset(fields, 'a', kind!.a!.payload.start)).toBe('1.0');
    expect(pathAtOffset(fields, 'b', fieldAt(fields, '3')!.b!.range.start)).toBe('3');
    expect(pathAtOffset(fields, 'a', 10_000)).toBe(null);
    expect(fieldAt(fields, '9.9')).toBe(null);
  });
});
