import type { Failure } from '../../app/contracts/index.ts';

/** Wrong use, or input that cannot be read: one line on standard error, exit status 2. */
export class CommandFailure extends Error {}

/** The one line of a failure: what failed, and what to do about it. */
export function failureLine({ message, hint }: Failure): string {
  const sentences = [message, hint ?? ''].map((text) => text.replace(/[.\s]+$/, '')).filter((text) => text !== '');
  return sentences.join('. ');
}
