import type { SyntaxNode, Tree } from '@lezer/common';
import type { Span } from './mistake.ts';

/** Where the text stops being a filter: at an error node, or at a string without its closing quote. */
export interface SyntaxFailure extends Span {
  readonly unclosedQuote: boolean;
}

/** The first such place; null where the text is a filter. */
export function firstFailure(tree: Tree): SyntaxFailure | null {
  let found: SyntaxFailure | null = null;
  tree.iterate({
    enter({ name, type, from, to }) {
      const unclosedQuote = name === 'UnclosedString' || name === 'UnclosedChar';
      if (!found && (type.isError || unclosedQuote)) {
        found = { from, to, unclosedQuote };
      }
      return !found;
    },
  });
  return found;
}

/** The parts of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    children.push(child);
  }
  return children;
}

/** The parts of a node without brackets and commas. */
export function contentOf(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).filter(({ name }) => !/^[[\](){},]$/.test(name));
}
