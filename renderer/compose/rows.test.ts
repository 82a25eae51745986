import { describe, expect, test } from 'vitest';
import type {
  AttributeInfo,
  AttributeSpaceInfo,
  AttributeValue,
  MessageValue,
  OperationForm,
} from '../../app/contracts/index.ts';
import type { FormPath } from './model.ts';
import { choicesFor, type FieldRow, type FormInput, formRows, lackingIn, sameRow } from './rows.ts';

function attribute(number: number, name: string, type: string, more: Partial<AttributeInfo> = {}): AttributeInfo {
  return { number, name, type, doc: '', enum: [], isFlags: false, hint: '', space: '', multi: false, ...more };
}

/** A corner of rtnetlink: a nest, a sub-message that its sibling selects, a struct, a limit. */
const SPACES: { [id: string]: AttributeSpaceInfo } = {
  link: {
    id: 'link',
    attributes: [
      attribute(3, 'IFLA_IFNAME', 'string', { maxLength: 15 }),
      attribute(5, 'IFLA_LINK', 'u32'),
      attribute(18, 'IFLA_LINKINFO', 'nest', { space: 'linkinfo' }),
      attribute(53, 'IFLA_ALT_IFNAME', 'indexed-array', { space: '' }),
    ],
  },
  linkinfo: {
    id: 'linkinfo',
    attributes: [
      attribute(1, 'IFLA_INFO_KIND', 'string'),
      attribute(2, 'IFLA_INFO_DATA', 'sub-message', {
        selector: { attribute: 'IFLA_INFO_KIND', spaces: { vlan: 'vlan', veth: 'veth' } },
      }),
    ],
  },
  vlan: {
    id: 'vlan',
    attributes: [
      attribute(1, 'IFLA_VLAN_ID', 'u16', { max: '4094' }),
      attribute(2, 'IFLA_VLAN_FLAGS', 'ifla_vlan_flags', {
        members: [
          { name: 'flags', type: 'u32', doc: '', enum: [], isFlags: false, hint: 'hex' },
          { name: 'mask', type: 'u32', doc: '', enum: [], isFlags: false, hint: 'hex' },
        ],
      }),
    ],
  },
};

const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: ['NLM_F_REQUEST'],
  seq: 1,
  portid: 0,
  header: { ifi_family: 0, ifi_index: 7 },
  attributes: [
    { name: 'IFLA_LINK', value: 5 },
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

const form: OperationForm = {
  operation: {
    id: 'rt-link/RTM_NEWLINK/do',
    protocol: 'NETLINK_ROUTE',
    family: 'rt-link',
    name: 'RTM_NEWLINK',
    mode: 'do',
    doc: '',
    mutating: true,
    capability: 'CAP_NET_ADMIN',
  },
  template: message,
  header: {
    name: 'ifinfomsg',
    members: [
      { name: 'ifi_family', type: 'u8', doc: '', enum: [], isFlags: false, hint: '' },
      { name: 'ifi_index', type: 's32', doc: '', enum: [], isFlags: false, hint: 'ifindex' },
    ],
  },
  space: 'link',
  suggested: ['IFLA_IFNAME'],
  flags: [],
};

function layout(more: Partial<FormInput> = {}) {
  const input = { message, form, space: (id: string) => SPACES[id] ?? null, toggled: new Set<string>() };
  return formRows({ focus: null, problems: [], ...input, ...more });
}
function withAttributes(...attributes: AttributeValue[]) {
  return layout({ message: { ...message, attributes } });
}
/** The form as it reads: indented labels, with value or summary. */
function outline(rows: ReturnType<typeof layout>['rows']): string[] {
  return rows.map((row) => {
    const indent = '  '.repeat(row.depth);
    if (row.kind === 'add') return `${indent}+ ${row.label}`;
    const shown = row.summary || (typeof row.value === 'object' ? '' : String(row.value ?? ''));
    return `${indent}${row.label} ${shown}`.trimEnd();
  });
}

test('what the kernel misses can be added where the form takes it and does not have it', () => {
  const { rows } = withAttributes({ name: 'IFLA_IFNAME', value: 'a' });
  expect(lackingIn(rows, [], 'IFLA_LINK')?.name).toBe('IFLA_LINK');
  expect(lackingIn(rows, [], 'IFLA_IFNAME')).toBeNull();
  expect(lackingIn(rows, [], '')).toBeNull();
  expect(lackingIn(rows, [0], 'IFLA_LINK')).toBeNull();
});

describe('layout', () => {
  test('header and nests open, a selected sub-message with its own attributes', () => {
    expect(outline(layout().rows)).toEqual([
      'ifinfomsg',
      '  ifi_family 0',
      '  ifi_index 7',
      'IFLA_LINK 5',
      'IFLA_LINKINFO',
      '  IFLA_INFO_KIND vlan',
      '  IFLA_INFO_DATA',
      '    IFLA_VLAN_ID 100',
      '    IFLA_VLAN_FLAGS',
      '      flags 1',
      '      mask 1',
      '+ ',
    ]);
  });

  test('a toggled row is the other way round; a closed nest says how much it holds', () => {
    const rows = outline(layout({ toggled: new Set(['header', '1']) }).rows);
    expect(rows).toEqual(['ifinfomsg index 7', 'IFLA_LINK 5', 'IFLA_LINKINFO 4 attributes', '+ ']);
  });

  test.each<[FormPath, string[]]>([
    [[0], ['+ ']],
    [
      [1, 0],
      ['  + IFLA_LINKINFO', '+ '],
    ],
    [
      [1, 1, 1, 'mask'],
      ['    + IFLA_INFO_DATA', '+ '],
    ],
  ])('with the focus at %j, the nest it is in can be added to', (focus, adds) => {
    expect(outline(layout({ focus }).rows).filter((line) => line.trim().startsWith('+'))).toEqual(adds);
  });

  test('an empty nest asks for its first attribute', () => {
    const { rows } = withAttributes({ name: 'IFLA_LINKINFO', attributes: [] });
    const add = rows.find((row) => row.kind === 'add' && row.label === 'IFLA_LINKINFO');
    expect(add?.kind === 'add' && add.choices.map(({ name }) => name)).toEqual(['IFLA_INFO_KIND', 'IFLA_INFO_DATA']);
  });

  test('what a sub-message waits for is named', () => {
    const data: AttributeValue = { name: 'IFLA_INFO_DATA', attributes: [] };
    const wait = (kind: AttributeValue[]) =>
      outline(withAttributes({ name: 'IFLA_LINKINFO', attributes: [...kind, data] }).rows);
    expect(wait([])).toContain('  IFLA_INFO_DATA chosen by IFLA_INFO_KIND');
    expect(wait([{ name: 'IFLA_INFO_KIND', value: 'xyz' }])).toContain('  IFLA_INFO_DATA not known by IFLA_INFO_KIND');
  });

  test('spaces that are not loaded are asked for, and their attributes are shown meanwhile', () => {
    const { rows, missing } = layout({ space: (id) => (id === 'link' ? SPACES['link'] : undefined) });
    expect(missing).toEqual(['linkinfo']);
    expect(outline(rows)).toContain('  IFLA_INFO_KIND');
  });

  test('unknown attributes are bytes, known ones with raw bytes too', () => {
    const { rows } = withAttributes({ type: 200, hex: '0102' }, { name: 'IFLA_LINK', hex: '00' });
    const fields = rows.filter((row): row is FieldRow => row.kind === 'attribute');
    expect(fields.map(({ label, editor, value }) => [label, editor, value])).toEqual([
      ['type 200', 'hex', '0102'],
      ['IFLA_LINK', 'hex', '00'],
    ]);
  });

  test('elements of an array go by position', () => {
    const names: AttributeValue = { name: 'IFLA_ALT_IFNAME', attributes: [{ type: 1, value: 'a' }, { value: 'b' }] };
    expect(outline(withAttributes(names).rows).slice(3, 6)).toEqual(['IFLA_ALT_IFNAME', '  [1] a', '  [2] b']);
  });

  test('nesting without end is cut off', () => {
    let deep: AttributeValue = { type: 1, attributes: [] };
    for (let i = 0; i < 5000; i++) deep = { type: 1, attributes: [deep] };
    expect(withAttributes(deep).rows.length).toBeLessThan(50);
  });
});

describe('problems', () => {
  test('what cannot be read blocks, what the kernel may refuse does not', () => {
    const { rows, firstError } = withAttributes({ name: 'IFLA_LINK', value: 'oops' });
    expect(rows.find(({ key }) => key === '0')).toMatchObject({ problem: { severity: 'error' } });
    expect(firstError?.key).toBe('0');
    const long = withAttributes({ name: 'IFLA_IFNAME', value: 'x'.repeat(16) });
    expect(long.firstError).toBeNull();
    expect(long.rows.find(({ key }) => key === '0')).toMatchObject({ problem: { severity: 'warn' } });
  });

  test('what is closed is judged all the same', () => {
    const nest = { name: 'IFLA_LINKINFO', attributes: [{ name: 'IFLA_INFO_KIND', hex: '0' }] };
    const { rows, firstError } = layout({
      message: { ...message, attributes: [nest] },
      toggled: new Set(['header', '0']),
    });
    expect(outline(rows)).toEqual(['ifinfomsg index 7', 'IFLA_LINKINFO 1 attribute', '+ ']);
    expect(firstError).toMatchObject({ label: 'IFLA_INFO_KIND', problem: { text: 'the last byte lacks a digit' } });
  });

  test("the encoder's words stand at the field they are about", () => {
    const problems = [
      { path: ['attributes', 1, 'attributes', 1, 'attributes', 1, 'value', 'mask'], text: 'mask it' },
      { path: ['attributes', 0, 'value'], text: 'no such link' },
      { path: ['header', 'ifi_index'], text: 'no such index' },
    ];
    const { rows } = layout({ problems });
    const told = rows.flatMap((row) =>
      row.kind !== 'add' && row.problem ? [`${row.label}: ${row.problem.text}`] : [],
    );
    expect(told).toEqual(['ifi_index: no such index', 'IFLA_LINK: no such link', 'mask: mask it']);
  });
});

test('the attribute that selects offers the values that select something', () => {
  expect(choicesFor('IFLA_INFO_KIND', SPACES['linkinfo']!)).toEqual(['vlan', 'veth']);
  const kind = layout().rows.find(({ key }) => key === '1/0');
  expect(kind?.kind === 'attribute' && kind.info?.choices).toEqual(['vlan', 'veth']);
});

test('an edit changes the row it is about and those that sum it up, and no other', () => {
  const fields = (attributes: AttributeValue[]) =>
    withAttributes(...attributes).rows.filter((row): row is FieldRow => row.kind !== 'add');
  const before = fields([{ name: 'IFLA_LINK', value: 5 }, ...message.attributes.slice(1)]);
  const after = fields([{ name: 'IFLA_LINK', value: 6 }, ...message.attributes.slice(1)]);
  const changed = after.filter((row, i) => row.label !== 'ifinfomsg' && !sameRow(row, before[i]!));
  expect(changed.map(({ label }) => label)).toEqual(['IFLA_LINK']);
});
