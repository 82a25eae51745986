import type { Tree } from '@lezer/common';
import type { Span } from './mistake.ts';

/** A token of the filter: `name` is its node's name in the grammar. */
export interface Token extends Span {
  readonly name: string;
}

/**
 * What may stand after a run of tokens.
 * - operand: an expression begins
 * - argument: an operand of a function
 * - value: what the operator before it compares with
 * - item: a value of a set
 * - set: a brace
 * - in: the `in` of `not in`
 * - slice: positions
 * - subject: an operand is complete, an operator or a connective may follow
 * - end: a comparison is complete, a connective may follow
 * - itemEnd, argumentEnd: a comma or the closing bracket
 */
export interface Place {
  readonly kind:
    | 'operand'
    | 'argument'
    | 'value'
    | 'item'
    | 'set'
    | 'in'
    | 'slice'
    | 'subject'
    | 'end'
    | 'itemEnd'
    | 'argumentEnd';
  /** The innermost bracket still open. */
  readonly opener: Token | undefined;
  /** The operand that a value is compared with, or that is complete. */
  readonly subject: Span | undefined;
  readonly last: Token | undefined;
}

const OPENERS = new Set(['(', '[', '{']);
const CLOSERS = new Set([')', ']', '}']);
const OPERAND_BEFORE = new Set(['AndOp', 'OrOp', 'XorOp', 'NotOp', 'Quantifier']);
const VALUE_BEFORE = new Set(['CompareOp', 'BitAndOp', 'BitOrOp']);
const SLICE_PARTS = new Set(['[', ':', 'SliceDash', 'SliceNumber']);
const CALLEES = new Set(['Name', 'MacroName']);
const ENDS_OPERAND = new Set(['Name', 'MacroName', 'Parameter', 'Number', 'Literal', 'String', 'Char', ...CLOSERS]);

/** Tokens of a filter that end at or before `until`, in order; what the parser could not read is left out. */
export function tokensOf(tree: Tree, until: number): Token[] {
  const tokens: Token[] = [];
  tree.iterate({
    to: until,
    enter({ name, type, node, from, to }) {
      if (!type.isError && from < to && to <= until && !node.firstChild) {
        tokens.push({ name, from, to });
      }
    },
  });
  return tokens;
}

/** What may stand after these tokens, which begin a filter. */
export function placeAfter(tokens: readonly Token[]): Place {
  const last = tokens.at(-1);
  const openerIndex = innermostOpener(tokens);
  const opener = tokens[openerIndex];
  const place = (kind: Place['kind'], subject?: Span): Place => ({ kind, opener, subject, last });
  if (!last) {
    return place('operand');
  }
  const before = tokens.length - 2;
  if (last.name === 'NotOp' && ENDS_OPERAND.has(tokens[before]?.name ?? '')) {
    return place('in', operandAt(tokens, before));
  }
  if (OPERAND_BEFORE.has(last.name)) {
    return place('operand');
  }
  if (VALUE_BEFORE.has(last.name)) {
    return place('value', operandAt(tokens, before));
  }
  if (last.name === 'In') {
    return place('set');
  }
  const inCall = opener?.name === '(' && tokens[openerIndex - 1]?.name === 'Name';
  if (opener?.name === '[' && (SLICE_PARTS.has(last.name) || last.name === ',')) {
    return place('slice');
  }
  const inMacro = opener?.name === '(' && tokens[openerIndex - 1]?.name === 'MacroName';
  if (last.name === '(' || (last.name === ',' && (inCall || inMacro))) {
    return place(inCall ? 'argument' : 'operand');
  }
  if (opener?.name === '{') {
    const itemEnds = ENDS_OPERAND.has(last.name);
    return itemEnds ? place('itemEnd') : place('item', setSubject(tokens, openerIndex));
  }
  if (inCall) {
    return place('argumentEnd');
  }
  const start = operandStart(tokens, tokens.length - 1);
  const comparedAlready = VALUE_BEFORE.has(tokens[start - 1]?.name ?? '') || last.name === '}';
  return comparedAlready ? place('end') : place('subject', { from: tokens[start]!.from, to: last.to });
}

function innermostOpener(tokens: readonly Token[]): number {
  const open: number[] = [];
  tokens.forEach(({ name }, index) => {
    if (OPENERS.has(name)) {
      open.push(index);
    } else if (CLOSERS.has(name)) {
      open.pop();
    }
  });
  return open.at(-1) ?? -1;
}

/** The operand before the `in` (or `not in`) of a set whose brace stands at `brace`. */
function setSubject(tokens: readonly Token[], brace: number): Span | undefined {
  return operandAt(tokens, tokens[brace - 2]?.name === 'NotOp' ? brace - 3 : brace - 2);
}

function operandAt(tokens: readonly Token[], end: number): Span | undefined {
  const start = operandStart(tokens, end);
  return tokens[start] && tokens[end] ? { from: tokens[start].from, to: tokens[end].to } : undefined;
}

/** Index of the first token of the operand whose last token is at `end`: over slices, calls and bit masks. */
function operandStart(tokens: readonly Token[], end: number): number {
  let start = end;
  for (;;) {
    while (CLOSERS.has(tokens[start]?.name ?? '')) {
      start = matchingOpener(tokens, start);
      const isSuffix =
        tokens[start]?.name === '[' || (tokens[start]?.name === '(' && CALLEES.has(tokens[start - 1]?.name ?? ''));
      if (!isSuffix) {
        break;
      }
      start--;
    }
    const before = tokens[start - 1]?.name;
    if (before !== 'BitAndOp' && before !== 'BitOrOp') {
      return Math.max(start, 0);
    }
    start -= 2;
  }
}

function matchingOpener(tokens: readonly Token[], closer: number): number {
  let depth = 0;
  for (let index = closer; index >= 0; index--) {
    const { name } = tokens[index]!;
    depth += CLOSERS.has(name) ? 1 : OPENERS.has(name) ? -1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return 0;
}
