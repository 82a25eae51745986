import { maskConstant } from './constants.ts';
import type { FilterType, FilterValue, ValueSink } from './fields.ts';
import { FilterMistake } from './mistake.ts';
import { TYPE_PHRASES } from './operators.ts';
import { isByteType, maskedWith } from './relations.ts';
import { findField, type Operand, type Scope, textOf, unknownField } from './scope.ts';
import type { Expression, ExpressionOf, SlicePart } from './syntax.ts';
import { ValueList } from './valueList.ts';

/** Reading a field out of the bytes costs this much more than reading an index column. */
const DECODING_COST = 10;

/**
 * The operand an expression stands for; undefined for a literal and for a name that is no field, whose meaning the
 * other side of a comparison decides.
 * @throws FilterMistake
 */
export function operandOf<R>(scope: Scope<R>, expression: Expression): Operand<R> | undefined {
  switch (expression.kind) {
    case 'name':
      return fieldOperand(scope, expression);
    case 'slice':
      return sliceOperand(scope, expression);
    case 'call':
      return callOperand(scope, expression);
    case 'bitAnd':
      return maskOperand(scope, expression);
    default:
      return undefined;
  }
}

/** The operand an expression must be. @throws FilterMistake when it is none. */
export function requireOperand<R>(scope: Scope<R>, expression: Expression): Operand<R> {
  const operand = operandOf(scope, expression);
  if (operand) {
    return operand;
  }
  if (expression.kind === 'name') {
    throw unknownField(scope, expression.text, expression);
  }
  throw new FilterMistake(expression, `${textOf(scope, expression)} is not a field`, {
    hint: 'A field is a name such as those the completion lists',
  });
}

function fieldOperand<R>(scope: Scope<R>, { text, from, to }: ExpressionOf<'name'>): Operand<R> | undefined {
  const field = findField(scope, text);
  return (
    field && {
      type: field.type,
      label: text,
      names: field.names,
      cost: field.cheap ? 0 : DECODING_COST,
      scalar: field.scalar && ((record) => field.scalar!(record)),
      zeroIsNone: field.zeroIsNone === true,
      read: (record, out) => field.read(record, out),
      numbers: field.numbers && ((record) => field.numbers!(record)),
      screen: field.screen,
      narrow: field.narrow && ((question) => field.narrow!(question)),
      from,
      to,
    }
  );
}

/** How a derived operand makes its values; undefined: the value has no counterpart. */
type Derive = (value: FilterValue) => FilterValue | undefined;

function derived<R>(
  scope: Scope<R>,
  expression: Expression,
  inner: Operand<R>,
  type: FilterType,
  derive: Derive,
): Operand<R> {
  const { scalar } = inner;
  const list = new ValueList();
  return {
    type,
    label: textOf(scope, expression),
    names: undefined,
    cost: inner.cost + 1,
    scalar:
      scalar &&
      ((record) => {
        const value = scalar(record);
        return value === undefined ? undefined : derive(value);
      }),
    read(record, out) {
      list.clear();
      inner.read(record, list);
      for (let index = 0; index < list.length; index++) {
        const value = derive(list.items[index]!);
        if (value !== undefined) {
          out.push(value);
        }
      }
    },
    numbers: undefined,
    screen: inner.screen,
    from: expression.from,
    to: expression.to,
  };
}

function sliceOperand<R>(scope: Scope<R>, expression: ExpressionOf<'slice'>): Operand<R> {
  const inner = requireOperand(scope, expression.operand);
  if (inner.type !== 'string' && !isByteType(inner.type)) {
    throw new FilterMistake(
      expression,
      `${inner.label} is ${TYPE_PHRASES[inner.type]}; only text and bytes have slices`,
    );
  }
  const { parts } = expression;
  return inner.type === 'string'
    ? derived(scope, expression, inner, 'string', (value) => sliceText(value as string, parts))
    : derived(scope, expression, inner, 'bytes', (value) => sliceBytes(value as Uint8Array, parts));
}

/** The parts one after the other; undefined when the value is too short for any of them. */
function sliceText(value: string, parts: readonly SlicePart[]): string | undefined {
  const text = parts.map(({ start, end }) => value.slice(start, end)).join('');
  return text === '' ? undefined : text;
}

function sliceBytes(value: Uint8Array, parts: readonly SlicePart[]): Uint8Array | undefined {
  const pieces = parts.map(({ start, end }) => value.subarray(start, end));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (pieces.length === 1 || length === 0) {
    return length === 0 ? undefined : pieces[0];
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

export interface FilterFunction {
  readonly name: string;
  readonly doc: string;
  /** Types of field it takes. */
  readonly takes: readonly FilterType[];
  readonly gives: FilterType;
}

interface FunctionDefinition extends FilterFunction {
  apply<R>(scope: Scope<R>, call: Expression, inner: Operand<R>): Operand<R>;
}

const EVERY_TYPE = Object.keys(TYPE_PHRASES) as FilterType[];

const DEFINITIONS: readonly FunctionDefinition[] = [
  {
    name: 'len',
    doc: 'length in characters of text, in bytes of bytes and addresses',
    takes: ['string', 'bytes', 'ip', 'mac'],
    gives: 'number',
    apply: (scope, call, inner) =>
      derived(scope, call, inner, 'number', (value) => (value as string | Uint8Array).length),
  },
  {
    name: 'count',
    doc: 'how often the field occurs, 0 when it is absent',
    takes: EVERY_TYPE,
    gives: 'number',
    apply: countOperand,
  },
  {
    name: 'lower',
    doc: 'the text in small letters',
    takes: ['string'],
    gives: 'string',
    apply: (scope, call, inner) => derived(scope, call, inner, 'string', (value) => (value as string).toLowerCase()),
  },
  {
    name: 'upper',
    doc: 'the text in capital letters',
    takes: ['string'],
    gives: 'string',
    apply: (scope, call, inner) => derived(scope, call, inner, 'string', (value) => (value as string).toUpperCase()),
  },
];

/** Functions of the language. */
export const FUNCTIONS: readonly FilterFunction[] = DEFINITIONS;

function callOperand<R>(scope: Scope<R>, expression: ExpressionOf<'call'>): Operand<R> {
  const { callee, args } = expression;
  const definition = DEFINITIONS.find(({ name }) => name === callee.text);
  if (!definition) {
    const names = DEFINITIONS.map(({ name }) => `${name}()`).join(', ');
    throw new FilterMistake(callee, `${callee.text} is not a function`, { hint: `There are ${names}` });
  }
  if (args.length !== 1) {
    throw new FilterMistake(expression, `${callee.text}() takes one field, not ${args.length}`);
  }
  const inner = requireOperand(scope, args[0]!);
  if (!definition.takes.includes(inner.type)) {
    const taken = definition.takes.map((type) => TYPE_PHRASES[type]).join(', ');
    const message = `${inner.label} is ${TYPE_PHRASES[inner.type]}; ${callee.text}() takes ${taken}`;
    throw new FilterMistake(args[0]!, message);
  }
  return definition.apply(scope, expression, inner);
}

function countOperand<R>(scope: Scope<R>, call: Expression, inner: Operand<R>): Operand<R> {
  const list = new ValueList();
  const count = (record: R): number => {
    list.clear();
    inner.read(record, list);
    return list.length;
  };
  return {
    type: 'number',
    label: textOf(scope, call),
    names: undefined,
    cost: inner.cost,
    scalar: count,
    read: (record: R, out: ValueSink) => {
      out.push(count(record));
    },
    numbers: undefined,
    from: call.from,
    to: call.to,
  };
}

function maskOperand<R>(scope: Scope<R>, expression: ExpressionOf<'bitAnd'>): Operand<R> {
  const [first, ...rest] = expression.operands;
  const inner = requireOperand(scope, first!);
  if (inner.type !== 'number') {
    const message = `${inner.label} is ${TYPE_PHRASES[inner.type]}; & works on numbers`;
    throw new FilterMistake(expression.operators[0]!, message);
  }
  const mask = rest.map((each) => maskConstant(scope, each, inner)).reduce((a, b) => a & b);
  return {
    ...derived(scope, expression, inner, 'number', maskedWith(mask)),
    names: inner.names,
    // Columns hold 32 bits at most.
    numbers: inner.numbers,
    mask: Number(BigInt.asIntN(32, mask)) & (inner.mask ?? -1),
  };
}
