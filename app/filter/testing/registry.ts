import type { FieldRegistry, FilterField, FilterType, FilterValue } from '../fields.ts';
import { nearNames } from '../near.ts';

/** Values of each field by name; absent fields have none. */
export type TestRecord = Readonly<Record<string, FilterValue | readonly FilterValue[]>>;

const MESSAGE_TYPES = new Map([
  ['RTM_NEWLINK', 16],
  ['RTM_DELLINK', 17],
  ['RTM_NEWADDR', 20],
  ['RTM_NEWROUTE', 24],
]);
const FLAGS = new Map([
  ['NLM_F_REQUEST', 1],
  ['NLM_F_MULTI', 2],
  ['NLM_F_ACK', 4],
  ['NLM_F_DUMP', 0x300],
  ['NLM_F_ROOT', 0x100],
  ['NLM_F_MATCH', 0x200],
]);
const DIRECTIONS = new Map([
  ['request', 'request'],
  ['reply', 'reply'],
]);

type Details = Partial<Pick<FilterField<TestRecord>, 'names' | 'bits' | 'cheap' | 'zeroIsNone' | 'nameDoc'>> & {
  readonly once?: true;
  /** Every record of a block has one value in a column. */
  readonly column?: true;
};

/** Records in a block of test records, which are all the same. */
export const PLACES = 8;

function field(name: string, type: FilterType, details: Details = {}): FilterField<TestRecord> {
  const { once, column, ...rest } = details;
  return {
    name,
    type,
    detail: type,
    doc: `The ${name} field.`,
    ...rest,
    read(record, out) {
      for (const value of valuesOf(record[name])) {
        out.push(value);
      }
    },
    ...(once && { scalar: (record: TestRecord) => valuesOf(record[name])[0] }),
    ...(column && {
      numbers: (record: TestRecord) => new Array<number>(PLACES).fill(valuesOf(record[name])[0] as number),
    }),
  };
}

function valuesOf(values: TestRecord[string] | undefined): readonly FilterValue[] {
  return values === undefined ? [] : Array.isArray(values) ? values : [values as FilterValue];
}

export const FIELDS: readonly FilterField<TestRecord>[] = [
  field('nl.type', 'number', { names: MESSAGE_TYPES, cheap: true, once: true, nameDoc: (name) => `About ${name}.` }),
  field('nl.flags', 'number', { names: FLAGS, bits: true, cheap: true, once: true, column: true }),
  field('nl.dir', 'string', { names: DIRECTIONS, once: true }),
  field('link.mtu', 'number'),
  field('link.min_mtu', 'number'),
  field('link.ifname', 'string'),
  field('link.kind', 'string'),
  field('link.address', 'mac'),
  field('link.broadcast', 'mac'),
  field('link.up', 'boolean'),
  field('link.stats', 'bytes'),
  field('route.dst', 'ip'),
  field('route.gateway', 'ip'),
  field('vlan.protocol', 'number', {
    names: new Map([
      ['802.1Q', 0x8100],
      ['in', 1],
      ['of 2', 2],
    ]),
  }),
  field('nlctrl', 'none'),
  field('time', 'time', { once: true, cheap: true }),
  field('info', 'string', { once: true }),
  field('errno', 'number', { once: true, zeroIsNone: true }),
];

const ALIASES: Readonly<Record<string, string>> = { 'netlink.hdr_type': 'nl.type', IFLA_MTU: 'link.mtu' };

/** A registry made by hand: a few fields of every type, with values that stand in the record by name. */
export const registry: FieldRegistry<TestRecord> = {
  find: (name) => FIELDS.find((each) => each.name === (ALIASES[name] ?? name)),
  complete: (prefix, limit) => FIELDS.filter(({ name }) => name.includes(prefix)).slice(0, limit),
  suggest: (name, limit) =>
    nearNames(
      name,
      FIELDS.map((each) => each.name),
      limit,
    ),
  all: () => FIELDS,
};
