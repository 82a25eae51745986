import { isAsExpected, type SequenceAnswer, type SequenceStep } from '../../app/contracts/index.ts';
import { latencyText } from './outcome.ts';

/** What came of a request of a sequence: the kernel's answer, or why it was not sent. */
export type StepResult =
  | { readonly kind: 'answer'; readonly answer: SequenceAnswer }
  | { readonly kind: 'unsent'; readonly text: string };

/** How a step is told of once it was sent. */
export interface StepOutcome {
  readonly tone: 'ok' | 'error' | 'warn';
  /** "ACK", "EEXIST", "not sent". */
  readonly head: string;
  /** "0.21 ms", "as it was". */
  readonly aside: string;
  /** The kernel's words, and the attribute it objects to. */
  readonly detail: string;
}

const HEADS = {
  ack: 'ACK',
  done: 'DONE',
  reply: 'Reply',
  sent: 'Sent',
  timeout: 'No answer',
  undone: 'Undone',
} as const;

/** What came of a step, in words. */
export function stepOutcome(result: StepResult, step: SequenceStep): StepOutcome {
  if (result.kind === 'unsent') return { tone: 'error', head: 'Not sent', aside: '', detail: result.text };
  const { outcome, errno, message, attribute, latency } = result.answer;
  const time = latency === null ? '' : latencyText(latency);
  const detail = [message, attribute].filter(Boolean).join(': ');
  if (outcome === 'error') {
    const expected = isAsExpected(result.answer, step);
    return { tone: expected ? 'warn' : 'error', head: errno, aside: expected ? 'as it was' : time, detail };
  }
  if (outcome === 'undone') {
    return { tone: 'warn', head: HEADS[outcome], aside: '', detail: 'Another message of its batch was refused.' };
  }
  return { tone: outcome === 'timeout' ? 'warn' : 'ok', head: HEADS[outcome], aside: time, detail };
}

/** Whether a sequence goes on after it without being told to. */
export function isGood(result: StepResult, step: SequenceStep): boolean {
  return result.kind === 'answer' && isAsExpected(result.answer, step);
}

/** How a sequence came out: "15 of 15 sent, 1 refused". */
export function sequenceSummary(results: ReadonlyMap<number, StepResult>, steps: readonly SequenceStep[]): string {
  const sent = [...results.values()].filter(({ kind }) => kind === 'answer').length;
  const bad = [...results].filter(([step, result]) => !isGood(result, steps[step]!)).length;
  const head = sent === steps.length ? `All ${steps.length} sent` : `${sent} of ${steps.length} sent`;
  return bad === 0 ? head : `${head}, ${bad} not as it should be`;
}
