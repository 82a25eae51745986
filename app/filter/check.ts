import type { FilterCheck } from '../contracts/index.ts';
import { compileFilter } from './compile.ts';
import type { FieldRegistry } from './fields.ts';

/** Whether a filter can be applied, is not finished, or is wrong, and why. Never throws. */
export function checkFilter<R>(text: string, registry: FieldRegistry<R>): FilterCheck {
  const compiled = compileFilter(text, registry);
  if (compiled.ok) {
    return { state: 'ok' };
  }
  return { state: compiled.incomplete ? 'incomplete' : 'error', error: compiled.error };
}
