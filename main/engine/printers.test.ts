import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../app/contracts/index.ts';
import {
  CSV_HEADER,
  dateAndTime,
  type PrintedMessage,
  printCsv,
  printed,
  printJson,
  printLine,
  printTree,
} from './printers.ts';

const field = (
  name: string,
  value: FieldNode['value'],
  text: string,
  at: number,
  children: FieldNode[] = [],
): FieldNode => ({
  name,
  kind: children.length > 0 ? 'nest' : 'attr',
  type: 'u32',
  value,
  text,
  range: { start: at, end: at + 8 },
  payload: { start: at + 4, end: at + 8 },
  children,
});

const summary = {
  family: 'RT',
  type: 'RTM_NEWLINK',
  info: ['', 'veth0', ' mtu ', '1500'],
  flags: 'RQ AK',
  error: { errno: 'EINVAL', message: 'bad, "mtu"', attribute: 'IFLA_MTU' },
  dump: false,
} as const;

const message: PrintedMessage = {
  number: 12,
  comment: '',
  timeNs: 1_763_640_131_300_000_007n,
  envelope: {
    protocol: 0,
    direction: 'request',
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: 0,
    littleEndian: true,
  },
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  seq: 5,
  portid: 0,
  length: 40,
  group: null,
  speaker: null,
  summary: () => summary,
  dissection: () => ({
    summary,
    tree: [field('IFLA_LINKINFO', null, '', 16, [field('IFLA_VLAN_ID', '18446744073709551615', '2^64-1', 20)])],
    notes: [{ severity: 'error', code: 'errno', text: 'EINVAL', range: { start: 16, end: 20 } }],
  }),
};

describe('printers', () => {
  it('print a line', () => {
    expect(printed(printLine, message)).toMatch(
      /^ {4}12 {2}\d\d:\d\d:11\.300000 {2}-> RT {4}RTM_NEWLINK veth0 mtu 1500 {2}=> EINVAL: bad, "mtu": IFLA_MTU$/,
    );
  });

  it('print JSON with these keys in this order, and wide numbers as digits', () => {
    const parsed = JSON.parse(printed(printJson, message));
    expect(Object.keys(parsed).join()).toBe(
      'number,time,protocol,type,flags,seq,portid,length,direction,group,summary,notes,fields',
    );
    expect(parsed).toMatchObject({ time: '1763640131300000007', protocol: 'NETLINK_ROUTE', type: 'RTM_NEWLINK' });
    expect(parsed.notes).toEqual([{ severity: 'error', text: 'EINVAL', range: [16, 20] }]);
    expect(parsed.fields[0].children[0]).toEqual({
      name: 'IFLA_VLAN_ID',
      value: '18446744073709551615',
      text: '2^64-1',
      range: [20, 28],
      children: [],
    });
  });

  it('print CSV that survives commas and quotes', () => {
    const cells = printed(printCsv, { ...message, group: 'a,"b"' }).split(',');
    expect(CSV_HEADER.split(',')).toHaveLength(14);
    expect(cells.slice(2, 9)).toEqual([
      'NETLINK_ROUTE',
      'RTM_NEWLINK',
      'NLM_F_REQUEST|NLM_F_ACK',
      '5',
      '0',
      '40',
      'request',
    ]);
    expect(cells.slice(9).join()).toBe('"a,""b""",,,RTM_NEWLINK veth0 mtu 1500,');
    const commented = printed(printCsv, { ...message, comment: 'see "T1",\nlater' });
    expect(commented.endsWith(',RTM_NEWLINK veth0 mtu 1500,"see ""T1"",\nlater"')).toBe(true);
  });

  it('print the tree', () => {
    expect(printed(printTree, message).split('\n').slice(1)).toEqual([
      '  RTM_NEWLINK veth0 mtu 1500',
      '  IFLA_LINKINFO  [16..24]',
      '    IFLA_VLAN_ID: 2^64-1  [20..28]',
      '  ! error: EINVAL',
      '',
    ]);
  });
});

it('writes local times to the nanosecond, and times no calendar has as numbers', () => {
  const local = new Date(1_763_640_131_300);
  const hours = String(local.getHours()).padStart(2, '0');
  expect(dateAndTime(1_763_640_131_300_000_007n)).toContain(` ${hours}:`);
  expect(dateAndTime(1_763_640_131_300_000_007n)).toMatch(/:11\.300000007$/);
  expect(dateAndTime(0xffff_ffff_ffff_ffffn)).toMatch(/^2554-/);
});
