import type { FilterType } from './fields.ts';

/** How one value relates to another. `has`: every bit of the second is set in the first. */
export type Relation = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'contains' | 'matches' | 'has';
/** Relations between two values; an expression to match is compiled and no value. */
export type ValueRelation = Exclude<Relation, 'matches'>;
/** Whether a relation must hold for one value of a field, or for each of at least one. */
export type Quantifier = 'any' | 'all';

export interface Operator {
  /** The first is the usual one. */
  readonly spellings: readonly string[];
  readonly relation: Relation;
  readonly quantifier: Quantifier;
  /** Types of field it works on. */
  readonly types: readonly FilterType[];
  readonly doc: string;
}

const COMPARABLE: readonly FilterType[] = ['number', 'string', 'bytes', 'ip', 'mac', 'boolean', 'time'];
const ORDERED: readonly FilterType[] = ['number', 'string', 'bytes', 'ip', 'mac', 'time'];
const SEARCHABLE: readonly FilterType[] = ['string', 'bytes', 'ip', 'mac'];

/** Operators between a field and a value, with the meaning Wireshark 4 gives them for fields of several values. */
export const OPERATORS: readonly Operator[] = [
  { spellings: ['==', 'eq', 'any_eq'], relation: 'eq', quantifier: 'any', types: COMPARABLE, doc: 'a value equals' },
  {
    spellings: ['!=', 'ne', 'all_ne'],
    relation: 'ne',
    quantifier: 'all',
    types: COMPARABLE,
    doc: 'present, and no value equals',
  },
  {
    spellings: ['===', 'all_eq'],
    relation: 'eq',
    quantifier: 'all',
    types: COMPARABLE,
    doc: 'present, and every value equals',
  },
  { spellings: ['!==', 'any_ne', '~='], relation: 'ne', quantifier: 'any', types: COMPARABLE, doc: 'a value differs' },
  { spellings: ['<', 'lt'], relation: 'lt', quantifier: 'any', types: ORDERED, doc: 'a value is less' },
  { spellings: ['<=', 'le'], relation: 'le', quantifier: 'any', types: ORDERED, doc: 'a value is less or equal' },
  { spellings: ['>', 'gt'], relation: 'gt', quantifier: 'any', types: ORDERED, doc: 'a value is greater' },
  { spellings: ['>=', 'ge'], relation: 'ge', quantifier: 'any', types: ORDERED, doc: 'a value is greater or equal' },
  {
    spellings: ['contains'],
    relation: 'contains',
    quantifier: 'any',
    types: SEARCHABLE,
    doc: 'a value contains the text or bytes',
  },
  {
    spellings: ['matches', '~'],
    relation: 'matches',
    quantifier: 'any',
    types: ['string', 'bytes'],
    doc: 'a regular expression is found in a value, upper and lower case alike',
  },
  { spellings: ['has'], relation: 'has', quantifier: 'any', types: ['number'], doc: 'a value has all these bits set' },
];

/** Operators that take something else than one value on their right. */
export const MEMBERSHIP = { types: ORDERED, doc: 'a value is in the set: {1, 2, 5..9}' } as const;
export const BIT_TEST = {
  types: ['number'] as readonly FilterType[],
  doc: 'the bits both have; alone: any of them set',
};

const bySpelling = new Map(
  OPERATORS.flatMap((operator) => operator.spellings.map((text) => [text, operator] as const)),
);

/** The operator written `text`; every CompareOp of the grammar has one. */
export function operatorOf(text: string): Operator {
  return bySpelling.get(text)!;
}

export interface Connective {
  readonly spellings: readonly string[];
  readonly doc: string;
}

/** Tightest first, as they bind. */
export const CONNECTIVES: readonly Connective[] = [
  { spellings: ['!', 'not'], doc: 'the following does not hold' },
  { spellings: ['&&', 'and'], doc: 'both hold' },
  { spellings: ['^^', 'xor'], doc: 'exactly one holds' },
  { spellings: ['||', 'or'], doc: 'at least one holds' },
];

export const QUANTIFIERS: Readonly<Record<Quantifier, string>> = {
  any: 'the comparison that follows holds for at least one value',
  all: 'the comparison that follows holds for every value, and there is one',
};

/** Words that cannot be written as bare names. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  [
    ...[...OPERATORS, ...CONNECTIVES].flatMap(({ spellings }) => spellings),
    ...Object.keys(QUANTIFIERS),
    'in',
    'bitwise_and',
  ].filter((word) => /^[a-z]/.test(word)),
);

/** What a type is called in an error, after "is". */
export const TYPE_PHRASES: Readonly<Record<FilterType, string>> = {
  number: 'a number',
  string: 'text',
  bytes: 'bytes',
  ip: 'an IP address',
  mac: 'a hardware address',
  boolean: 'true or false',
  time: 'a time',
  none: 'either present or absent',
};

/** How a literal of the type is written, for hints. */
export const TYPE_EXAMPLES: Readonly<Record<FilterType, string>> = {
  number: '1500, -1, 0x5dc, 0b11, 0o17',
  string: '"eth0"',
  bytes: '00:1b:21 or "text"',
  ip: '10.0.0.1, 10.0.0.0/8 or fe80::1',
  mac: '00:1b:21:3c:9d:f8',
  boolean: 'true or false',
  time: '"2026-11-20 14:02:11.3" or a number of seconds',
  none: 'its name alone',
};
