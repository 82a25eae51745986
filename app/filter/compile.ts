import type { FilterError } from '../contracts/index.ts';
import { type Constant, constantFor, isConstant, isValueName, maskConstant } from './constants.ts';
import type {
  FieldRegistry,
  FilterField,
  FilterType,
  FilterValue,
  Narrow,
  Question,
  Screen,
  ValueTest,
} from './fields.ts';
import { readQuoted, readQuotedPattern } from './literals.ts';
import { type Expanded, expandMacros } from './macros.ts';
import { either, FilterMistake } from './mistake.ts';
import { narrowBy, narrowByAll, narrowByAny, narrowByNone, narrowByNumbers, narrowByScreen } from './narrow.ts';
import { operandOf, requireOperand } from './operands.ts';
import {
  MEMBERSHIP,
  operatorOf,
  type Quantifier,
  type Relation,
  TYPE_PHRASES,
  type ValueRelation,
} from './operators.ts';
import { compileRegex, MAX_REGEX_SUBJECT } from './regex/regex.ts';
import { anyOfTest, comparable, constantTest, networkTest, type PairTest, pairTest } from './relations.ts';
import { findField, type Operand, type Scope, textOf, unknownField } from './scope.ts';
import { type Expression, type ExpressionOf, parseSyntax, type SetItem, type Word } from './syntax.ts';
import { ValueList } from './valueList.ts';

export type CompiledFilter<R> =
  | {
      readonly ok: true;
      /** Pure; must not be called again from within a field's `read`. */
      readonly predicate: (record: R) => boolean;
      /**
       * Asks the same of many records at once: of the `count` places in a block that `picks` begins with, those that
       * pass are moved to its front, in their order. Returns how many.
       */
      readonly narrow: Narrow<R>;
      /** Fields it reads, each once. */
      readonly fields: readonly FilterField<R>[];
    }
  | { readonly ok: false; readonly error: FilterError; readonly incomplete: boolean };

/** Field that text standing alone is searched in. */
const FREE_TEXT_FIELD = 'info';

/**
 * Compiles a display filter into a predicate. Text without content lets every record pass. Never throws: what is wrong
 * comes back with the characters it is about, and whether more typing may mend it.
 */
export function compileFilter<R>(text: string, registry: FieldRegistry<R>): CompiledFilter<R> {
  let expanded: Expanded | null = null;
  try {
    expanded = expandMacros(text, registry.macros?.());
    const scope: Scope<R> = { text: expanded.text, registry, used: new Set() };
    const syntax = parseSyntax(expanded.text);
    const { holds, narrow } = syntax ? condition(scope, syntax) : EVERYTHING;
    return { ok: true, predicate: holds, narrow, fields: [...scope.used] };
  } catch (mistake) {
    if (mistake instanceof FilterMistake) {
      const { error, incomplete } = mistake;
      return expanded
        ? { ok: false, error: expanded.locate(error), incomplete: incomplete && expanded.isWritten(error.range) }
        : { ok: false, error, incomplete };
    }
    throw mistake;
  }
}

/** A compiled condition; of several, those of the least cost are asked first. */
interface Condition<R> {
  readonly holds: (record: R) => boolean;
  readonly narrow: Narrow<R>;
  readonly cost: number;
}

const EVERYTHING: Condition<unknown> = { holds: () => true, narrow: (_, __, count) => count, cost: 0 };

/** A condition that is asked of one record after the other. */
function oneByOne<R>(holds: (record: R) => boolean, cost: number, screen?: Screen<R>): Condition<R> {
  const narrow = narrowBy(holds);
  return { holds, narrow: screen ? narrowByAll([narrowByScreen(screen), narrow]) : narrow, cost };
}

/** A condition that a field may have its own way to ask of many records. */
function asked<R>({ narrow, cost, screen }: Operand<R>, question: Question<R>): Condition<R> {
  const { holds } = question;
  return narrow ? { holds, narrow: narrow(question), cost } : oneByOne(holds, cost, screen);
}

function condition<R>(scope: Scope<R>, expression: Expression): Condition<R> {
  switch (expression.kind) {
    case 'and':
    case 'or':
    case 'xor':
      return CHAINS[expression.kind](expression.operands.map((each) => condition(scope, each)));
    case 'not': {
      return opposite(condition(scope, expression.operand));
    }
    case 'quantified':
      return quantified(scope, expression);
    case 'comparison':
      return comparison(scope, expression, undefined);
    case 'membership':
      return membership(scope, expression, undefined);
    case 'bitAnd':
      return forValues(requireOperand(scope, expression), constantTest('ne', 'number', 0), 'any');
    case 'name':
    case 'slice':
      return presence(requireOperand(scope, expression));
    case 'call':
      requireOperand(scope, expression);
      throw new FilterMistake(expression, `${textOf(scope, expression)} is a value, not a condition`, {
        hint: `Compare it: ${textOf(scope, expression)} > …`,
        incomplete: expression.to === scope.text.length,
      });
    case 'literal':
      return freeText(scope, expression);
    case 'bitOr':
      throw new FilterMistake(expression.operators[0]!, '| joins values, not conditions', {
        hint: 'Write ||',
        replacement: '||',
      });
  }
}

/** How the answers of a chain's conditions come together. Conditions are pure, so the cheapest may go first. */
const CHAINS = {
  and<R>(conditions: readonly Condition<R>[]): Condition<R> {
    const { tests, narrows, cost } = cheapestFirst(conditions);
    const holds = (record: R): boolean => {
      for (const test of tests) {
        if (!test(record)) {
          return false;
        }
      }
      return true;
    };
    return { holds, narrow: narrowByAll(narrows), cost };
  },
  or<R>(conditions: readonly Condition<R>[]): Condition<R> {
    const { tests, narrows, cost } = cheapestFirst(conditions);
    const holds = (record: R): boolean => {
      for (const test of tests) {
        if (test(record)) {
          return true;
        }
      }
      return false;
    };
    return { holds, narrow: narrowByAny(narrows), cost };
  },
  xor<R>(conditions: readonly Condition<R>[]): Condition<R> {
    const { tests, cost } = cheapestFirst(conditions);
    const holds = (record: R): boolean => {
      let odd = false;
      for (const test of tests) {
        odd = odd !== test(record);
      }
      return odd;
    };
    return oneByOne(holds, cost);
  },
};

function cheapestFirst<R>(conditions: readonly Condition<R>[]) {
  const sorted = [...conditions].sort((a, b) => a.cost - b.cost);
  return {
    tests: sorted.map(({ holds }) => holds),
    narrows: sorted.map(({ narrow }) => narrow),
    cost: sorted.reduce((sum, { cost }) => sum + cost, 0),
  };
}

function opposite<R>({ holds, narrow, cost }: Condition<R>): Condition<R> {
  return { holds: (record) => !holds(record), narrow: narrowByNone(narrow), cost };
}

function quantified<R>(scope: Scope<R>, { quantifier, operand, from, to }: ExpressionOf<'quantified'>): Condition<R> {
  switch (operand.kind) {
    case 'comparison':
      return comparison(scope, operand, quantifier);
    case 'membership':
      return membership(scope, operand, quantifier);
    default:
      throw new FilterMistake(operand, `${quantifier} must be followed by a comparison`, {
        hint: `Write ${quantifier} field == value`,
        incomplete: to === scope.text.length && from < to,
      });
  }
}

function presence<R>(operand: Operand<R>): Condition<R> {
  const { scalar, cost, screen, zeroIsNone } = operand;
  if (scalar) {
    const none = zeroIsNone ? 0 : undefined;
    return oneByOne((record) => (scalar(record) ?? none) !== none, cost, screen);
  }
  const list = new ValueList();
  const holds = (record: R): boolean => {
    list.clear();
    operand.read(record, list);
    return list.length > 0;
  };
  return asked(operand, { test: null, isAny: true, holds });
}

function freeText<R>(scope: Scope<R>, literal: ExpressionOf<'literal'>): Condition<R> {
  const field = literal.form === 'string' ? findField(scope, FREE_TEXT_FIELD) : undefined;
  if (field?.type !== 'string') {
    throw new FilterMistake(literal, `${literal.text} stands alone; compare a field with it`, {
      hint: `Write field == ${literal.text}`,
    });
  }
  const wanted = readQuoted(literal.text).toLowerCase();
  const operand = requireOperand(scope, { kind: 'name', text: FREE_TEXT_FIELD, from: literal.from, to: literal.to });
  return forValues(operand, (value) => (value as string).toLowerCase().includes(wanted), 'any');
}

function comparison<R>(
  scope: Scope<R>,
  { operands, operators }: ExpressionOf<'comparison'>,
  quantifier: Quantifier | undefined,
): Condition<R> {
  const pairs = operators.map((operator, index) =>
    compared(scope, operands[index]!, operator, operands[index + 1]!, quantifier),
  );
  return pairs.length === 1 ? pairs[0]! : CHAINS.and(pairs);
}

/** The relation that holds between b and a when the given one holds between a and b. */
const MIRRORED: Readonly<Partial<Record<Relation, ValueRelation>>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

function compared<R>(
  scope: Scope<R>,
  left: Expression,
  word: Word,
  right: Expression,
  quantifier: Quantifier | undefined,
): Condition<R> {
  const operator = operatorOf(word.text);
  const amount = quantifier ?? operator.quantifier;
  const operand = operandOf(scope, left);
  if (operand) {
    requireFits(operand, word, operator.types);
    return withRight(scope, operand, operator.relation, right, amount);
  }
  const rightOperand = operandOf(scope, right);
  const mirrored = MIRRORED[operator.relation];
  if (rightOperand && mirrored && (isConstant(left) || isValueName(left, rightOperand))) {
    requireFits(rightOperand, word, operator.types);
    return withConstant(scope, rightOperand, mirrored, left, amount);
  }
  if (left.kind === 'name') {
    throw unknownField(scope, left.text, left);
  }
  const isValue = isConstant(left);
  throw new FilterMistake(left, `${textOf(scope, left)} is a ${isValue ? 'value, not a field' : 'condition'}`, {
    hint: isValue ? `${word.text} needs a field on its left` : 'Join conditions with && or ||',
  });
}

/** @throws FilterMistake when the operator does not work on the operand's type. */
function requireFits<R>(operand: Operand<R>, word: Word, types: readonly FilterType[]): void {
  if (types.includes(operand.type)) {
    return;
  }
  const phrases = types.map((type) => TYPE_PHRASES[type]);
  throw new FilterMistake(
    word,
    operand.type === 'none'
      ? `${operand.label} is only present or absent; it has no value to compare`
      : `${operand.label} is ${TYPE_PHRASES[operand.type]}; ${word.text} works on ${either(phrases)}`,
    { hint: operand.type === 'none' ? `Write ${operand.label} alone, or !${operand.label}` : undefined },
  );
}

function withRight<R>(
  scope: Scope<R>,
  operand: Operand<R>,
  relation: Relation,
  right: Expression,
  quantifier: Quantifier,
): Condition<R> {
  if (relation === 'matches') {
    return forValues(operand, regexTest(scope, operand, right), quantifier);
  }
  const other = isValueName(right, operand) ? undefined : operandOf(scope, right);
  if (!other) {
    return withConstant(scope, operand, relation, right, quantifier);
  }
  if (!comparable(operand.type, other.type)) {
    const message = `${operand.label} is ${TYPE_PHRASES[operand.type]}; ${other.label} is ${TYPE_PHRASES[other.type]}`;
    throw new FilterMistake(right, message);
  }
  return forPairs(operand, other, pairTest(relation, operand.type, other.type), quantifier);
}

function withConstant<R>(
  scope: Scope<R>,
  operand: Operand<R>,
  relation: ValueRelation,
  expression: Expression,
  quantifier: Quantifier,
): Condition<R> {
  // What an address contains need not be a whole address.
  const type = relation === 'contains' && operand.type !== 'string' ? 'bytes' : operand.type;
  const constant =
    relation === 'has'
      ? { value: maskConstant(scope, expression, operand) }
      : constantFor(scope, expression, { ...operand, type });
  return forValues(operand, testOf(scope, expression, type, relation, constant), quantifier);
}

function testOf<R>(
  scope: Scope<R>,
  expression: Expression,
  type: FilterType,
  relation: ValueRelation,
  { value, prefix, now }: Constant,
): ValueTest {
  if (now) {
    const test = pairTest(relation, type, type);
    return (time) => test(time, now());
  }
  if (prefix === undefined) {
    return constantTest(relation, type, value);
  }
  if (relation !== 'eq' && relation !== 'ne') {
    throw new FilterMistake(expression, `${textOf(scope, expression)} is a network; only an address has an order`, {
      hint: 'Compare a network with == or !=',
    });
  }
  return networkTest(relation, value as Uint8Array, prefix);
}

function regexTest<R>(scope: Scope<R>, operand: Operand<R>, expression: Expression): ValueTest {
  if (expression.kind !== 'literal' || expression.form !== 'string') {
    throw new FilterMistake(expression, 'A regular expression is written in quotes', {
      hint: `Write "${textOf(scope, expression)}"`,
    });
  }
  const source = readQuotedPattern(expression.text);
  const regex = compileRegex(source);
  if (!regex.ok) {
    const start = expression.from + expression.text.indexOf('"') + 1;
    const isExact = expression.to - start - 1 === source.length && regex.at < source.length;
    const span = isExact ? { from: start + regex.at, to: start + regex.at + 1 } : expression;
    throw new FilterMistake(span, `${regex.message} in the regular expression`);
  }
  return operand.type === 'string'
    ? (value) => regex.test(value as string)
    : (value) => regex.test(latin1(value as Uint8Array));
}

/** Bytes as text, each byte a character; only as many as a regular expression looks at. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, MAX_REGEX_SUBJECT));
}

/** `a not in {…}` is the opposite of `a in {…}`; with a quantifier it is asked of each value. */
function membership<R>(
  scope: Scope<R>,
  { operand: expression, operator, negated, items }: ExpressionOf<'membership'>,
  quantifier: Quantifier | undefined,
): Condition<R> {
  const operand = requireOperand(scope, expression);
  requireFits(operand, operator, MEMBERSHIP.types);
  const test = setTest(scope, operand, items);
  if (!negated) {
    return forValues(operand, test, quantifier ?? 'any');
  }
  if (quantifier) {
    return forValues(operand, (value) => !test(value), quantifier);
  }
  return opposite(forValues(operand, test, 'any'));
}

function setTest<R>(scope: Scope<R>, operand: Operand<R>, items: readonly SetItem[]): ValueTest {
  const { type } = operand;
  const plain: FilterValue[] = [];
  const tests: ValueTest[] = [];
  for (const item of items) {
    if (item.kind === 'range') {
      tests.push(itemRange(scope, operand, item));
      continue;
    }
    const constant = constantFor(scope, item.value, operand);
    if (constant.now || constant.prefix !== undefined) {
      tests.push(testOf(scope, item.value, type, 'eq', constant));
    } else {
      plain.push(constant.value);
    }
  }
  if (plain.length > 0) {
    tests.unshift(anyOfTest(type, plain));
  }
  return tests.length === 1 ? tests[0]! : (value) => tests.some((test) => test(value));
}

function itemRange<R>(
  scope: Scope<R>,
  operand: Operand<R>,
  { low, high, from, to }: Extract<SetItem, { readonly kind: 'range' }>,
): ValueTest {
  const [lowest, highest] = [constantFor(scope, low, operand), constantFor(scope, high, operand)];
  const fromLow = testOf(scope, low, operand.type, 'ge', lowest);
  const toHigh = testOf(scope, high, operand.type, 'le', highest);
  if (pairTest('gt', operand.type, operand.type)(lowest.value, highest.value)) {
    throw new FilterMistake({ from, to }, 'The range is empty: its first value is greater than its last');
  }
  return (value) => fromLow(value) && toHigh(value);
}

/** Whether a test holds for one value of an operand, or for each of at least one. */
function forValues<R>(operand: Operand<R>, test: ValueTest, quantifier: Quantifier): Condition<R> {
  const { scalar, numbers, mask = -1, cost, screen } = operand;
  if (scalar) {
    const holds = (record: R): boolean => {
      const value = scalar(record);
      return value !== undefined && test(value);
    };
    return numbers ? { holds, narrow: narrowByNumbers(numbers, mask, test), cost } : oneByOne(holds, cost, screen);
  }
  const list = new ValueList();
  const isAny = quantifier === 'any';
  const holds = (record: R): boolean => {
    list.clear();
    operand.read(record, list);
    for (let index = 0; index < list.length; index++) {
      if (test(list.items[index]!) === isAny) {
        return isAny;
      }
    }
    return !isAny && list.length > 0;
  };
  return asked(operand, { test, isAny, holds });
}

/** The same for every pair of a value of one operand and a value of the other. */
function forPairs<R>(left: Operand<R>, right: Operand<R>, test: PairTest, quantifier: Quantifier): Condition<R> {
  const lefts = new ValueList();
  const rights = new ValueList();
  const decisive = quantifier === 'any';
  const holds = (record: R): boolean => {
    lefts.clear();
    rights.clear();
    left.read(record, lefts);
    right.read(record, rights);
    for (let i = 0; i < lefts.length; i++) {
      for (let j = 0; j < rights.length; j++) {
        if (test(lefts.items[i]!, rights.items[j]!) === decisive) {
          return decisive;
        }
      }
    }
    return !decisive && lefts.length > 0 && rights.length > 0;
  };
  return oneByOne(holds, left.cost + right.cost);
}
