import type { FilterType, FilterValue, NumberRange, ValueTest } from './fields.ts';
import { narrow } from './literals.ts';
import type { ValueRelation } from './operators.ts';

/** Relates two values of fields of the same class. */
export type PairTest = (left: FilterValue, right: FilterValue) => boolean;

type OrderRelation = Exclude<ValueRelation, 'contains' | 'has'>;

/** Less than 0, 0 or greater than 0, or NaN for values without an order between them. */
type Compare = (left: FilterValue, right: FilterValue) => number;

const SATISFIED: Readonly<Record<OrderRelation, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

const COMPARE: Readonly<Record<FilterType, Compare>> = {
  number: compareOrdered,
  string: compareOrdered,
  time: compareOrdered,
  boolean: compareOrdered,
  none: () => Number.NaN,
  bytes: compareBytes as Compare,
  mac: compareBytes as Compare,
  ip: compareAddresses as Compare,
};

/** Types whose values are bytes, and which may be compared with each other. */
const BYTE_TYPES: ReadonlySet<FilterType> = new Set(['bytes', 'mac', 'ip']);

/** True when values of the two types can be compared. */
export function comparable(left: FilterType, right: FilterType): boolean {
  return left === right || (BYTE_TYPES.has(left) && BYTE_TYPES.has(right));
}

export function isByteType(type: FilterType): boolean {
  return BYTE_TYPES.has(type);
}

/** The relation between two fields; `matches` has none, because an expression is compiled once. */
export function pairTest(relation: ValueRelation, left: FilterType, right: FilterType): PairTest {
  switch (relation) {
    case 'contains':
      return left === 'string' ? containsText : (containsBytes as PairTest);
    case 'has':
      return (value, bits) => maskedWith(wholeNumber(bits))(value) === unsigned(wholeNumber(bits));
    default: {
      const satisfied = SATISFIED[relation];
      const compare = COMPARE[left === right ? left : 'bytes'];
      return (a, b) => satisfied(compare(a, b));
    }
  }
}

/** The relation of a field's value to a constant, made for the constant's type. */
export function constantTest(relation: ValueRelation, type: FilterType, constant: FilterValue): ValueTest {
  if (relation === 'has') {
    const masked = maskedWith(wholeNumber(constant));
    const bits = unsigned(wholeNumber(constant));
    return (value) => masked(value) === bits;
  }
  if (typeof constant === 'number' && relation !== 'contains') {
    return Object.assign(numberTest(relation, constant), { range: rangeOf(relation, constant) });
  }
  const pair = pairTest(relation, type, type);
  const isOne = relation === 'eq' || relation === 'ne';
  if (!isOne || !(typeof constant === 'string' || constant instanceof Uint8Array)) {
    return (value) => pair(value, constant);
  }
  const isNot = relation === 'ne';
  const test: ValueTest =
    typeof constant === 'string' ? (value) => (value === constant) !== isNot : (value) => pair(value, constant);
  return Object.assign(test, { equals: { value: constant, isNot } });
}

/** Numbers of a field are numbers or bigints; a whole constant equals both of its forms. */
function numberTest(relation: OrderRelation, constant: number): ValueTest {
  const big = Number.isInteger(constant) ? BigInt(constant) : constant;
  switch (relation) {
    case 'eq':
      return (value) => value === constant || (typeof value === 'bigint' && value === big);
    case 'ne':
      return (value) => value !== constant && (typeof value !== 'bigint' || value !== big);
    case 'lt':
      return (value) => (value as number) < constant;
    case 'le':
      return (value) => (value as number) <= constant;
    case 'gt':
      return (value) => (value as number) > constant;
    case 'ge':
      return (value) => (value as number) >= constant;
  }
}

/** The whole numbers that have a relation to a number. */
function rangeOf(relation: OrderRelation, constant: number): NumberRange {
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  switch (relation) {
    case 'eq':
      return { low: constant, high: constant, isOutside: false };
    case 'ne':
      return { low: constant, high: constant, isOutside: true };
    case 'lt':
      return { low, high: Math.ceil(constant) - 1, isOutside: false };
    case 'le':
      return { low, high: Math.floor(constant), isOutside: false };
    case 'gt':
      return { low: Math.floor(constant) + 1, high, isOutside: false };
    case 'ge':
      return { low: Math.ceil(constant), high, isOutside: false };
  }
}

/** Equality with a network: the first `prefix` bits of addresses of the same length. */
export function networkTest(relation: 'eq' | 'ne', network: Uint8Array, prefix: number): ValueTest {
  const wholeBytes = prefix >> 3;
  const mask = (0xff00 >> (prefix & 7)) & 0xff;
  const inside = (value: FilterValue): boolean => {
    const address = value as Uint8Array;
    if (address.length !== network.length) {
      return false;
    }
    for (let index = 0; index < wholeBytes; index++) {
      if (address[index] !== network[index]) {
        return false;
      }
    }
    return mask === 0 || (address[wholeBytes]! & mask) === (network[wholeBytes]! & mask);
  };
  return relation === 'eq' ? inside : (value) => !inside(value);
}

/** Values equal to one of the constants. */
export function anyOfTest(type: FilterType, constants: readonly FilterValue[]): ValueTest {
  if (type === 'number' || type === 'string' || type === 'time' || type === 'boolean') {
    const set = new Set<FilterValue>(
      constants.flatMap((each) => (Number.isInteger(each) ? [each, BigInt(each as number)] : [each])),
    );
    return (value) => set.has(value);
  }
  const tests = constants.map((each) => constantTest('eq', type, each));
  return (value) => tests.some((test) => test(value));
}

/** The bits of a value that `mask` has too, as an unsigned number (a bigint beyond 2^53). */
export function maskedWith(mask: bigint): (value: FilterValue) => number | bigint {
  const bigMask = BigInt.asUintN(64, mask);
  if (bigMask > 0xffff_ffffn) {
    return (value) => narrow(wholeNumber(value) & bigMask);
  }
  const smallMask = Number(bigMask);
  return (value) => (typeof value === 'bigint' ? Number(value & bigMask) : ((value as number) & smallMask) >>> 0);
}

/** All bits of a mask, in the form `maskedWith` answers in. */
function unsigned(mask: bigint): number | bigint {
  return narrow(BigInt.asUintN(64, mask));
}

/** A value of a number field as bits; fractions and what is no number at all have none. */
function wholeNumber(value: FilterValue): bigint {
  return typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value as number) : 0n;
}

function compareOrdered(left: FilterValue, right: FilterValue): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}

/** IPv4 and IPv6 addresses have no order between them. */
function compareAddresses(left: Uint8Array, right: Uint8Array): number {
  return left.length === right.length ? compareBytes(left, right) : Number.NaN;
}

function containsText(left: FilterValue, right: FilterValue): boolean {
  return (left as string).includes(right as string);
}

function containsBytes(haystack: Uint8Array, needle: Uint8Array): boolean {
  const last = haystack.length - needle.length;
  for (let start = 0; start <= last; start++) {
    let matched = 0;
    while (matched < needle.length && haystack[start + matched] === needle[matched]) {
      matched++;
    }
    if (matched === needle.length) {
      return true;
    }
  }
  return false;
}
