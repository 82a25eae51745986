import type { CharSet } from './charSet.ts';
import { type Assertion, type Pattern, RegexMistake } from './parse.ts';

/** A state of the nondeterministic automaton; `next` and `other` are indices of states. */
export type State =
  | { readonly kind: 'set'; readonly set: CharSet; readonly next: number }
  | { readonly kind: 'split'; readonly next: number; readonly other: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'accept' };

export interface Program {
  readonly states: readonly State[];
  readonly start: number;
}

const MAX_STATES = 1_000;
/** Bounds the work of counted repetitions of nothing, which make no states. */
const MAX_STEPS = 10_000;

/**
 * Thompson's construction, from the end to the beginning, so each part knows what follows it.
 * @throws RegexMistake when counted repetitions make it too large.
 */
export function buildProgram(pattern: Pattern): Program {
  const states: State[] = [{ kind: 'accept' }];
  let steps = 0;

  function add(state: State): number {
    if (states.length >= MAX_STATES) {
      throw tooLarge();
    }
    return states.push(state) - 1;
  }

  function emit(part: Pattern, next: number): number {
    if (++steps > MAX_STEPS) {
      throw tooLarge();
    }
    switch (part.kind) {
      case 'set':
        return add({ kind: 'set', set: part.set, next });
      case 'assert':
        return add({ kind: 'assert', assertion: part.assertion, next });
      case 'sequence':
        return part.parts.reduceRight((following, each) => emit(each, following), next);
      case 'choice':
        return part.parts
          .map((each) => emit(each, next))
          .reduceRight((other, first) => add({ kind: 'split', next: first, other }));
      case 'repeat':
        return emitRepeat(part, next);
    }
  }

  function emitRepeat({ part, min, max }: Extract<Pattern, { kind: 'repeat' }>, next: number): number {
    let start = next;
    if (max === Number.POSITIVE_INFINITY) {
      start = add({ kind: 'split', next, other: next });
      states[start] = { kind: 'split', next: emit(part, start), other: next };
    } else {
      for (let optional = min; optional < max; optional++) {
        start = add({ kind: 'split', next: emit(part, start), other: next });
      }
    }
    for (let required = 0; required < min; required++) {
      start = emit(part, start);
    }
    return start;
  }

  const start = emit(pattern, 0);
  return { states, start };
}

function tooLarge(): RegexMistake {
  return new RegexMistake(0, 'The regular expression is too large; use smaller counts');
}
