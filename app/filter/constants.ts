import type { FilterType, FilterValue } from './fields.ts';
import {
  narrow,
  quote,
  readBytes,
  readIp,
  readIpv4,
  readIpv6,
  readNumber,
  readQuoted,
  readSeconds,
  readTime,
} from './literals.ts';
import { either, FilterMistake } from './mistake.ts';
import { nearNames } from './near.ts';
import { TYPE_EXAMPLES, TYPE_PHRASES } from './operators.ts';
import { type Operand, type Scope, textOf, unknownField, type ValueNames } from './scope.ts';
import type { Expression } from './syntax.ts';

/** A value written in a filter, read as the type of the operand it is compared with. */
export interface Constant {
  readonly value: FilterValue;
  /** Bits that count, for an address written with a prefix length. */
  readonly prefix?: number;
  /** For a time counted from the capture's start, which may move: the value now. `value` is then the distance to it. */
  readonly now?: () => FilterValue;
}

/** True for expressions that can only be constants. */
export function isConstant(expression: Expression): boolean {
  return expression.kind === 'literal' || expression.kind === 'bitOr';
}

/** True when a name is one of those the operand's values have. */
export function isValueName<R>(expression: Expression, operand: Operand<R>): boolean {
  return expression.kind === 'name' && (operand.names?.has(expression.text) ?? false);
}

/**
 * The constant an expression is when compared with `operand`.
 * @throws FilterMistake when the operand's type has no such value.
 */
export function constantFor<R>(scope: Scope<R>, expression: Expression, operand: Operand<R>): Constant {
  if (expression.kind === 'bitOr') {
    if (operand.type !== 'number') {
      const message = `${operand.label} is ${TYPE_PHRASES[operand.type]}; | joins numbers`;
      throw new FilterMistake(expression.operators[0]!, message);
    }
    return { value: narrow(maskConstant(scope, expression, operand)) };
  }
  if (expression.kind !== 'literal' && expression.kind !== 'name') {
    throw new FilterMistake(expression, `${textOf(scope, expression)} is a condition, not a value`, {
      hint: 'Join conditions with && or ||',
    });
  }
  const word: Written = {
    text: expression.text,
    form: expression.kind === 'name' ? 'name' : expression.form,
  };
  const constant = READERS[operand.type](word, { names: operand.names, origin: timeOrigin(scope) });
  if (!constant) {
    throw typeClash(scope, expression, word, operand);
  }
  return constant;
}

/** The bits an expression stands for beside `operand`: a number, a name, or several joined with |. */
export function maskConstant<R>(scope: Scope<R>, expression: Expression, operand: Operand<R>): bigint {
  if (expression.kind === 'bitOr') {
    return expression.operands.map((each) => maskConstant(scope, each, operand)).reduce((a, b) => a | b);
  }
  const { value } = constantFor(scope, expression, operand);
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new FilterMistake(expression, `${textOf(scope, expression)} is not a whole number, so it has no bits`);
  }
  return BigInt(value as number | bigint);
}

interface Written {
  /** As written, quotes included. */
  readonly text: string;
  readonly form: 'number' | 'plain' | 'string' | 'char' | 'name';
}

interface Target {
  readonly names: ValueNames | undefined;
  /** What a bare number of seconds counts from; undefined: 1970. */
  readonly origin: (() => bigint) | undefined;
}

type Reader = (word: Written, target: Target) => Constant | undefined;

/** How each type reads what is written; undefined when it is not of the type. */
const READERS: Readonly<Record<FilterType, Reader>> = {
  number: (word, { names }) => {
    const number = word.form === 'number' ? readNumber(word.text) : undefined;
    const named = names?.get(contentOf(word));
    return constant(number ?? (typeof named === 'string' ? undefined : named) ?? readCharacter(word));
  },
  string: (word, { names }) => constant(isQuoted(word) ? readQuoted(word.text) : names?.get(word.text)),
  bytes: (word) => constant(isQuoted(word) ? encoder.encode(readQuoted(word.text)) : readBytes(word.text)),
  mac: (word) => {
    const text = contentOf(word);
    // A tunnel's hardware address is the IP address of its end, and reads as one.
    const bytes = readIpv4(text) ?? readBytes(text) ?? readIpv6(text);
    return bytes && bytes.length >= SHORTEST_HARDWARE_ADDRESS ? constant(bytes) : undefined;
  },
  ip: (word) => {
    const ip = readIp(contentOf(word));
    return ip && { value: ip.address, ...(ip.prefix !== undefined && { prefix: ip.prefix }) };
  },
  boolean: (word) => constant(BOOLEANS.get(contentOf(word).toLowerCase())),
  time: (word, { origin }) => {
    const time = readTime(contentOf(word));
    const seconds = time === undefined && word.form === 'number' ? readSeconds(word.text) : undefined;
    return origin && seconds !== undefined
      ? { value: seconds, now: () => origin() + seconds }
      : constant(time ?? seconds);
  },
  none: () => undefined,
};

/** Bytes of an IPv4 address: a tunnel's hardware address may be one. */
const SHORTEST_HARDWARE_ADDRESS = 4;
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

const encoder = new TextEncoder();

function constant(value: FilterValue | undefined): Constant | undefined {
  return value === undefined ? undefined : { value };
}

function isQuoted({ form }: Written): boolean {
  return form === 'string' || form === 'char';
}

function contentOf(word: Written): string {
  return isQuoted(word) ? readQuoted(word.text) : word.text;
}

function readCharacter({ text, form }: Written): number | undefined {
  const content = form === 'char' ? [...readQuoted(text)] : [];
  return content.length === 1 ? content[0]!.codePointAt(0) : undefined;
}

function timeOrigin<R>({ registry }: Scope<R>): (() => bigint) | undefined {
  return registry.timeOrigin && (() => registry.timeOrigin!());
}

const SUGGESTIONS = 3;

/** Why a literal or name does not go with an operand, and what to write instead. */
function typeClash<R>(scope: Scope<R>, expression: Expression, word: Written, operand: Operand<R>): FilterMistake {
  const { names, label, type } = operand;
  if (names && (word.form === 'name' || word.form === 'string') && !contentOf(word).includes('.')) {
    return unknownName(scope, expression, contentOf(word), operand, names);
  }
  if (word.form === 'name' && type !== 'string') {
    return word.text.includes('.') || type === 'none'
      ? unknownField(scope, word.text, expression)
      : new FilterMistake(expression, `${label} is ${TYPE_PHRASES[type]}; ${word.text} is neither that nor a field`, {
          hint: `Write ${TYPE_EXAMPLES[type]}`,
          incomplete: mayGrow(scope, expression, word.text, operand),
        });
  }
  const replacement = converted(word, operand);
  return new FilterMistake(expression, `${label} is ${TYPE_PHRASES[type]}; ${clash(word, operand)}`, {
    hint: `Write ${replacement ?? TYPE_EXAMPLES[type]}`,
    replacement,
    incomplete: !isQuoted(word) && mayGrow(scope, expression, word.text, operand),
  });
}

function unknownName<R>(
  scope: Scope<R>,
  expression: Expression,
  name: string,
  { label, type }: Operand<R>,
  names: ValueNames,
): FilterMistake {
  const message = `${name} is not a value of ${label}`;
  const atEnd = expression.kind === 'name' && expression.to === scope.text.length;
  const longer = atEnd ? [...names.keys()].filter((each) => each.startsWith(name)).slice(0, SUGGESTIONS) : [];
  if (longer.length > 0) {
    return new FilterMistake(expression, message, {
      hint: `It is the beginning of ${either(longer)}`,
      incomplete: true,
    });
  }
  const near = nearNames(name, names.keys(), SUGGESTIONS);
  return new FilterMistake(expression, message, {
    hint:
      near.length > 0
        ? `Did you mean ${either(near)}?`
        : `Write ${type === 'string' ? 'text in quotes' : 'a number'} or one of ${someOf(names)}`,
    replacement: near[0],
  });
}

function someOf(names: ValueNames): string {
  const first = [...names.keys()].slice(0, SUGGESTIONS);
  return names.size > SUGGESTIONS ? `${first.join(', ')}, …` : either(first);
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';

/** What may become a value of the type when more is typed: 0x, 10.0, 00:1b. */
const BEGINNINGS: Readonly<Partial<Record<FilterType, RegExp>>> = {
  number: /^-?0[xbo]$/i,
  bytes: /^[0-9a-f:.-]+$/i,
  mac: /^[0-9a-f:.-]+$/i,
  ip: new RegExp(`^(?:(?:${OCTET}\\.){0,3}(?:${OCTET})?|[\\da-f]{1,4}|[\\da-f:]*:[\\da-f:.]*)/?$`, 'i'),
  boolean: /^(?:t|tr|tru|f|fa|fal|fals)$/i,
  time: /^[\d:T.-]+$/,
};

/** True when the text ends in this word and typing on may make it a value. */
function mayGrow<R>(scope: Scope<R>, { to }: Expression, text: string, { type }: Operand<R>): boolean {
  return to === scope.text.length && (BEGINNINGS[type]?.test(text) ?? false);
}

/** What was meant, where that is plain: a number in quotes, or a word without them. */
function converted<R>(word: Written, { type }: Operand<R>): string | undefined {
  const content = contentOf(word);
  if (type === 'string' && !isQuoted(word)) {
    return quote(content);
  }
  return type === 'number' && word.form === 'string' && readNumber(content) !== undefined ? content : undefined;
}

function clash<R>({ text, form }: Written, { type }: Operand<R>): string {
  switch (form) {
    case 'string':
      return type === 'number' ? `${text} is text` : `${text} is not`;
    case 'char':
      return `${text} is not a single character`;
    case 'number':
      return readNumber(text) !== undefined ? `${text} is ${type === 'string' ? 'a number' : 'not'}` : `${text} is not`;
    case 'name':
      return `${text} is neither in quotes nor a field`;
    case 'plain':
      return `${text} is not`;
  }
}
