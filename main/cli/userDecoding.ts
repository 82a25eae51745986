import { type Decoding, loadDecoding } from '../engine/decoding.ts';

/** What decodes: our specs and the user's. What is wrong with the user's goes to standard error. */
export function userDecoding(): Decoding {
  const { decoding, specs } = loadDecoding();
  for (const problem of specs.problems) process.stderr.write(`nlscope: ${problem}\n`);
  return decoding;
}
