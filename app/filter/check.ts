import type { FilterCheck } from '../contracts/index.ts';
import { compileFilter } from './compile.ts';
import type { FieldRegistry } from './fields.ts';
import { parser } from './language.ts';
import { checkMacroText, MACRO_NAME, macroArity } from './macros.ts';

/** Nodes of the grammar that hold or do not hold. */
const CONDITIONS: ReadonlySet<string> = new Set(['And', 'Or', 'Xor', 'Not', 'Quantified', 'Comparison', 'Membership']);

/** Whether a filter can be applied, is not finished, or is wrong, and why. Never throws. */
export function checkFilter<R>(text: string, registry: FieldRegistry<R>): FilterCheck {
  const compiled = compileFilter(text, registry);
  if (compiled.ok) {
    return { state: 'ok' };
  }
  return { state: compiled.incomplete ? 'incomplete' : 'error', error: compiled.error };
}

/**
 * Whether filters can use the text of a macro: what it says where that does not depend on arguments, else whether it can
 * be read. Never throws.
 */
export function checkMacro<R>(name: string, text: string, registry: FieldRegistry<R>): FilterCheck {
  if (!MACRO_NAME.test(name)) {
    const message =
      name === '' ? 'A macro needs a name' : 'A name is a letter or _, and letters, digits and _ after it';
    return { state: name === '' ? 'incomplete' : 'error', error: { message, range: { start: 0, end: 0 } } };
  }
  const mistake = checkMacroText(name, text, registry.macros?.() ?? new Map());
  if (mistake !== null) {
    return { state: mistake.incomplete ? 'incomplete' : 'error', error: mistake.error };
  }
  return macroArity(text) === 0 && isCondition(text) ? checkFilter(text, registry) : { state: 'ok' };
}

/** True for a text that is a filter itself: names and values alone are what a filter makes of them. */
function isCondition(text: string): boolean {
  const top = parser.parse(text).topNode.firstChild;
  return top !== null && CONDITIONS.has(top.name);
}
