import { applyRules, givenRules } from '../engine/decodeRules.ts';
import type { Decoding } from '../engine/decoding.ts';
import { loadDecoding } from '../engine/userSpecs.ts';
import { CommandFailure } from './failure.ts';

/**
 * What decodes: our specs and the user's, with the decode-as rules of this run. What is wrong with the user's specs
 * goes to standard error; a wrong rule throws CommandFailure.
 */
export function userDecoding(): Decoding {
  const { decoding, specs } = loadDecoding();
  for (const problem of specs.problems) process.stderr.write(`nlscope: ${problem}\n`);
  const [wrong] = applyRules(decoding.library, givenRules());
  if (wrong !== undefined) throw new CommandFailure(`--decode-as ${wrong.rule}: ${wrong.text}`);
  return decoding;
}
