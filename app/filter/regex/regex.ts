import { MAX_REGEX_SUBJECT, Matcher } from './matcher.ts';
import { parsePattern, RegexMistake } from './parse.ts';
import { buildProgram } from './program.ts';

export { MAX_REGEX_SUBJECT };

export type RegexResult =
  | { readonly ok: true; test(subject: string): boolean }
  /** `at`: the offending character of the source. */
  | { readonly ok: false; readonly message: string; readonly at: number };

/**
 * Compiles a regular expression that takes time proportional to the text it searches, whoever wrote it. Upper and lower
 * case are alike unless it begins with (?-i). Only the first MAX_REGEX_SUBJECT characters of a text are
 * searched.
 */
export function compileRegex(source: string): RegexResult {
  try {
    const matcher = new Matcher(buildProgram(parsePattern(source)));
    return { ok: true, test: (subject) => matcher.test(subject) };
  } catch (mistake) {
    if (mistake instanceof RegexMistake) {
      return { ok: false, message: mistake.message, at: mistake.at };
    }
    throw mistake;
  }
}
