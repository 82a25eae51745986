import type { SyntaxNode } from '@lezer/common';
import { MAX_FILTER_DEPTH, MAX_FILTER_LENGTH, parser } from './language.ts';
import { FilterMistake, type Span } from './mistake.ts';
import { childrenOf, contentOf, firstFailure } from './nodes.ts';
import type { Quantifier } from './operators.ts';
import { syntaxMistake } from './syntaxMistake.ts';

export type Expression = (
  | { readonly kind: 'and' | 'or' | 'xor'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'quantified'; readonly quantifier: Quantifier; readonly operand: Expression }
  | {
      readonly kind: 'comparison';
      /** One more than operators: `1 < x <= 5` compares each with the next. */
      readonly operands: readonly Expression[];
      readonly operators: readonly Word[];
    }
  | {
      readonly kind: 'membership';
      readonly operand: Expression;
      readonly operator: Word;
      readonly negated: boolean;
      readonly items: readonly SetItem[];
    }
  | { readonly kind: 'bitAnd'; readonly operands: readonly Expression[]; readonly operators: readonly Word[] }
  | { readonly kind: 'bitOr'; readonly operands: readonly Expression[]; readonly operators: readonly Word[] }
  | { readonly kind: 'slice'; readonly operand: Expression; readonly parts: readonly SlicePart[] }
  | { readonly kind: 'call'; readonly callee: Word; readonly args: readonly Expression[] }
  | { readonly kind: 'name'; readonly text: string }
  | Literal
) &
  Span;

/** The expressions of some kinds. */
export type ExpressionOf<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

/** `text` is as written, quotes and escapes included. `plain`: addresses, byte strings, times. */
export interface Literal {
  readonly kind: 'literal';
  readonly form: 'number' | 'plain' | 'string' | 'char';
  readonly text: string;
}

export interface Word extends Span {
  readonly text: string;
}

/** A value, or every value from `low` to `high`. */
export type SetItem =
  | { readonly kind: 'single'; readonly value: Expression }
  | ({ readonly kind: 'range'; readonly low: Expression; readonly high: Expression } & Span);

/** Both ends as written: negative ones count from the end; `end` is exclusive, undefined up to the end of the value. */
export interface SlicePart {
  readonly start: number;
  readonly end: number | undefined;
}

/**
 * Reads a filter; macros that are still in it are names. Returns null for one without content, which lets everything pass.
 * @throws FilterMistake where the text is not a filter.
 */
export function parseSyntax(text: string): Expression | null {
  if (text.length > MAX_FILTER_LENGTH) {
    const span = { from: MAX_FILTER_LENGTH, to: text.length };
    throw new FilterMistake(span, `A filter has at most ${MAX_FILTER_LENGTH} characters; this one has ${text.length}`);
  }
  const tree = parser.parse(text);
  const failure = firstFailure(tree);
  if (failure) {
    throw syntaxMistake(text, tree, failure);
  }
  const top = tree.topNode.firstChild;
  return top && new SyntaxBuilder(text).build(top, 0);
}

const CHAINS = { And: 'and', Or: 'or', Xor: 'xor' } as const;
const BIT_CHAINS = { BitAnd: 'bitAnd', BitOr: 'bitOr' } as const;
const LITERALS = { Number: 'number', Literal: 'plain', String: 'string', Char: 'char' } as const;

class SyntaxBuilder {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  build(node: SyntaxNode, depth: number): Expression {
    if (depth > MAX_FILTER_DEPTH) {
      throw new FilterMistake(node, `The filter is nested deeper than ${MAX_FILTER_DEPTH} levels`);
    }
    const span = { from: node.from, to: node.to };
    const children = childrenOf(node);
    const build = (child: SyntaxNode) => this.build(child, depth + 1);
    const everyOther = (first: 0 | 1) => children.filter((_, index) => index % 2 === first);
    switch (node.name) {
      case 'And':
      case 'Or':
      case 'Xor':
        return { kind: CHAINS[node.name], operands: everyOther(0).map(build), ...span };
      case 'Not':
        return { kind: 'not', operand: build(children[1]!), ...span };
      case 'Quantified':
        return {
          kind: 'quantified',
          quantifier: this.word(children[0]!).text as Quantifier,
          operand: build(children[1]!),
          ...span,
        };
      case 'Comparison':
        return {
          kind: 'comparison',
          operands: everyOther(0).map(build),
          operators: everyOther(1).map((child) => this.word(child)),
          ...span,
        };
      case 'Membership':
        return {
          kind: 'membership',
          operand: build(children[0]!),
          operator: this.word(children[1]!),
          negated: children[1]!.firstChild!.name === 'NotOp',
          items:
            children[2]!.name === 'Set' ? contentOf(children[2]!).map((item) => this.setItem(item, depth + 1)) : [],
          ...span,
        };
      case 'BitAnd':
      case 'BitOr':
        return {
          kind: BIT_CHAINS[node.name],
          operands: everyOther(0).map(build),
          operators: everyOther(1).map((child) => this.word(child)),
          ...span,
        };
      case 'Slice':
        return {
          kind: 'slice',
          operand: build(children[0]!),
          parts: contentOf(node)
            .slice(1)
            .map((part) => this.slicePart(part)),
          ...span,
        };
      case 'Call':
        return { kind: 'call', callee: this.word(children[0]!), args: contentOf(node).slice(1).map(build), ...span };
      case 'Group':
        return { ...build(children[1]!), ...span };
      case 'Number':
      case 'Literal':
      case 'String':
      case 'Char':
        return { kind: 'literal', form: LITERALS[node.name], text: this.word(node).text, ...span };
      default:
        return { kind: 'name', text: this.word(node).text, ...span };
    }
  }

  private setItem(node: SyntaxNode, depth: number): SetItem {
    if (node.name !== 'Range') {
      return { kind: 'single', value: this.build(node, depth) };
    }
    const [low, , high] = childrenOf(node);
    return {
      kind: 'range',
      low: this.build(low!, depth),
      high: this.build(high!, depth),
      from: node.from,
      to: node.to,
    };
  }

  /** `[i]`, `[i:length]`, `[i:]`, `[:length]` and `[i-last]`, as Wireshark has them. */
  private slicePart(node: SyntaxNode): SlicePart {
    const numbers = childrenOf(node).filter(({ name }) => name === 'SliceNumber');
    const separator = childrenOf(node).find(({ name }) => name !== 'SliceNumber');
    const startsAtZero = separator?.from === node.from;
    const start = startsAtZero ? 0 : this.sliceNumber(numbers[0]!);
    const second = startsAtZero ? numbers[0] : numbers[1];
    if (!separator) {
      return { start, end: following(start) };
    }
    if (!second) {
      return { start, end: undefined };
    }
    const number = this.sliceNumber(second);
    if (separator.name === 'SliceDash') {
      if (number < start && number >= 0 === start >= 0) {
        throw new FilterMistake(node, `${number} comes before ${start}: the slice is empty`, {
          hint: 'A slice is [position], [position:length] or [first-last]',
        });
      }
      return { start, end: following(number) };
    }
    if (number <= 0) {
      throw new FilterMistake(second, 'The number after ":" is a length and must be above 0', {
        hint: 'To name the last position write [first-last]',
      });
    }
    return { start, end: start < 0 && start + number >= 0 ? undefined : start + number };
  }

  /** A position or length; Number() knows 0x but not -0x. */
  private sliceNumber(node: SyntaxNode): number {
    const { text } = this.word(node);
    return text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  }

  private word(node: SyntaxNode): Word {
    return { text: this.text.slice(node.from, node.to), from: node.from, to: node.to };
  }
}

/** The exclusive end that goes with an inclusive last position: after -1, the last element, nothing follows. */
function following(last: number): number | undefined {
  return last === -1 ? undefined : last + 1;
}
