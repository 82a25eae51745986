import { applyRules, givenRules, unknownFamilies } from '../engine/decodeRules.ts';
import type { Decoding } from '../engine/decoding.ts';
import { loadDecoding } from '../engine/userSpecs.ts';
import { CommandFailure } from './failure.ts';

/**
 * What decodes: our specs and the user's, with the decode-as rules of this run. What is wrong with the user's specs
 * goes to standard error, and a family in a rule that nobody knows; a wrong rule throws CommandFailure.
 */
export function userDecoding(): Decoding {
  const { decoding, specs } = loadDecoding();
  for (const problem of specs.problems) process.stderr.write(`nlscope: ${problem}\n`);
  const rules = givenRules();
  for (const { rule, text } of unknownFamilies(decoding.library, rules)) {
    process.stderr.write(`nlscope: --decode-as ${rule}: ${text}\n`);
  }
  const [wrong] = applyRules(decoding.library, rules);
  if (wrong !== undefined) throw new CommandFailure(`--decode-as ${wrong.rule}: ${wrong.text}`);
  return decoding;
}
