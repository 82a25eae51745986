import { quote } from './literals.ts';
import { FilterMistake } from './mistake.ts';
import { type Expression, parseSyntax } from './syntax.ts';

/**
 * How a clause joins a filter. `exclude`: its opposite alone; `and not`: the filter without what the clause shows.
 */
export type FilterJoin = 'and' | 'or' | 'and not' | 'replace' | 'exclude';

/**
 * The clause that shows records whose field has a value. `filterValue` is the value as a filter writes it (1500, "eth0",
 * RTM_NEWLINK, BROADCAST | NOARP); what a filter could not read that way is put in quotes. Without a value the clause
 * asks for the field's presence.
 */
export function formatClause(fieldName: string, filterValue: string): string {
  if (filterValue === '') {
    return fieldName;
  }
  return `${fieldName} == ${isValue(filterValue) ? filterValue : quote(filterValue)}`;
}

/** Joins a clause to a filter, with parentheses where they are needed. A filter that cannot be read is left behind. */
export function combine(old: string, clause: string, join: FilterJoin): string {
  const before = old.trim();
  const syntax = before === '' ? null : syntaxOf(before);
  const operand = join === 'and not' || join === 'exclude' ? negated(clause) : clause;
  if (!syntax || join === 'replace' || join === 'exclude') {
    return operand;
  }
  if (join === 'or') {
    return `${before} || ${operand}`;
  }
  return `${conjunct(before, syntax)} && ${conjunct(operand, syntaxOf(operand))}`;
}

const VALUE_KINDS: ReadonlySet<Expression['kind']> = new Set(['literal', 'name', 'bitOr']);
const COMPARED = 'x == ';

function isValue(text: string): boolean {
  const syntax = syntaxOf(COMPARED + text);
  if (syntax?.kind !== 'comparison' || syntax.operands.length !== 2) {
    return false;
  }
  const value = syntax.operands[1]!;
  const isMacro = value.kind !== 'literal' && text.includes('$');
  return (
    !isMacro &&
    VALUE_KINDS.has(value.kind) &&
    value.from === COMPARED.length &&
    value.to === COMPARED.length + text.length
  );
}

function negated(clause: string): string {
  const simple = syntaxOf(clause)?.kind === 'name';
  return simple ? `!${clause.trim()}` : `!(${clause})`;
}

/** The text as an operand of &&: in parentheses if it is held together by something looser, and not in them already. */
function conjunct(text: string, syntax: Expression | null): string {
  const isLooser = syntax?.kind === 'or' || syntax?.kind === 'xor';
  const isGroup = syntax?.from === 0 && syntax.to === text.length && text.startsWith('(');
  return isLooser && !(isGroup && isWholeGroup(text)) ? `(${text})` : text;
}

/** True when the parenthesis that opens the text is closed at its end: what is between is then a filter itself. */
function isWholeGroup(text: string): boolean {
  return text.endsWith(')') && syntaxOf(text.slice(1, -1)) !== null;
}

/** The syntax of a filter, null when it has none or is empty. */
function syntaxOf(text: string): Expression | null {
  try {
    return parseSyntax(text);
  } catch (mistake) {
    if (mistake instanceof FilterMistake) {
      return null;
    }
    throw mistake;
  }
}
