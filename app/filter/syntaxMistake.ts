import type { Tree } from '@lezer/common';
import { FilterMistake, type Span, shorten } from './mistake.ts';
import type { SyntaxFailure } from './nodes.ts';
import { KEYWORDS } from './operators.ts';
import { type Place, placeAfter, type Token, tokensOf } from './place.ts';

/** What people write who come from other languages, and what it is here. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['=', '=='],
  ['=>', '>='],
  ['=<', '<='],
  ['<>', '!='],
  ['=~', 'matches'],
  ['!~', 'not … matches'],
  ['^', '^^'],
]);

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What was found where the text stops being a filter: a word, a run of signs or a single character. */
const FOUND = /\$\w*|"[^"]*"?|'[^']*'?|[\w.]+(?:[-:/][\w.]+)*|[=<>!~]+|&&|\|\||\^\^|./suy;

/** Signs that are the beginning of an operator or of a longer word. */
const BEGINNINGS = /^(?:[=^.:$-]|=~|!~)$/;

/** Explains why the text stops being a filter at `failure`. */
export function syntaxMistake(text: string, tree: Tree, failure: SyntaxFailure): FilterMistake {
  if (failure.unclosedQuote) {
    const quote = text[failure.to - 1] === '\\' ? 'the text goes on' : 'the closing quote is missing';
    return new FilterMistake(failure, `Text without its end: ${quote}`, { incomplete: true });
  }
  const at = failure.from + text.slice(failure.from).search(/\S|$/);
  const tokens = tokensOf(tree, failure.from);
  const place = placeAfter(tokens);
  if (at === text.length) {
    return somethingMissing(text, place);
  }
  FOUND.lastIndex = at;
  const found = FOUND.exec(text)?.[0] ?? text.slice(at);
  const span = { from: at, to: at + found.length };
  if (span.to === text.length && startsSomething(found, place)) {
    return new FilterMistake(span, `"${found}" is not finished`, { incomplete: true });
  }
  return somethingUnexpected(text, place, found, span, tokens);
}

/** True for a last word that typing on may turn into an operator or a longer name. */
function startsSomething(found: string, place: Place): boolean {
  const wantsOperator = place.kind === 'subject' || place.kind === 'end' || place.kind === 'in';
  return (
    BEGINNINGS.test(found) ||
    (wantsOperator && /^[a-z_]+$/.test(found) && [...KEYWORDS].some((keyword) => keyword.startsWith(found)))
  );
}

function somethingMissing(text: string, { kind, opener, last }: Place): FilterMistake {
  const lastText = last ? shorten(text.slice(last.from, last.to)) : '';
  const missing = MISSING[kind];
  if (missing) {
    return new FilterMistake(last!, missing(lastText), { incomplete: true });
  }
  if (opener) {
    return new FilterMistake(opener, `"${text[opener.from]}" is not closed`, {
      incomplete: true,
      hint: `Write "${CLOSING[opener.name]}" after ${lastText}`,
    });
  }
  const end = { from: text.length, to: text.length };
  return new FilterMistake(last ?? end, 'The filter is not finished', { incomplete: true });
}

/** What is missing when the text ends at such a place; the other places only lack a closing bracket. */
const MISSING: { readonly [kind in Place['kind']]?: (last: string) => string } = {
  operand: (last) => `An expression is missing after ${last}`,
  argument: (last) => `A field is missing after ${last}`,
  value: (last) => `A value is missing after ${last}`,
  item: (last) => `A value is missing after ${last}`,
  set: () => 'A set is missing after in, such as {1, 2, 5..9}',
  in: (last) => `"in" is missing after ${last}`,
  slice: () => 'The slice is not finished: [position], [position:length] or [first-last]',
};

const WANTED: Readonly<Record<Place['kind'], string>> = {
  operand: 'an expression',
  argument: 'a field',
  value: 'a value',
  item: 'a value',
  set: 'a set in braces, such as {1, 2, 5..9},',
  in: '"in"',
  slice: '[position], [position:length] or [first-last]',
  subject: 'an operator',
  end: '&& or ||',
  itemEnd: '"," or "}"',
  argumentEnd: '"," or ")"',
};

function somethingUnexpected(
  text: string,
  place: Place,
  found: string,
  span: Span,
  tokens: readonly Token[],
): FilterMistake {
  const foreign = FOREIGN.get(found);
  if (foreign) {
    const replacement = foreign.includes('…') ? undefined : foreign;
    return new FilterMistake(span, `There is no operator "${found}"`, { hint: `Write ${foreign}`, replacement });
  }
  const lowercase = found.toLowerCase();
  if (lowercase !== found && KEYWORDS.has(lowercase)) {
    const hint = `Write ${lowercase}`;
    return new FilterMistake(span, `${found} is written in small letters`, { hint, replacement: lowercase });
  }
  if (Object.values(CLOSING).includes(found) && CLOSING[place.opener?.name ?? ''] !== found) {
    return new FilterMistake(span, `"${found}" closes nothing that is open`);
  }
  const last = tokens.at(-1);
  if (!last) {
    return new FilterMistake(span, `A filter cannot begin with ${shorten(found)}`);
  }
  const before = shorten(text.slice(last.from, last.to));
  const message = `Expected ${WANTED[place.kind]} after ${before}, but found ${shorten(found)}`;
  const wantsConnective = place.kind === 'end' || place.kind === 'subject';
  const hint = wantsConnective && /^[\w"]/.test(found) ? 'Join two conditions with && or ||' : undefined;
  return new FilterMistake(span, message, { hint });
}
