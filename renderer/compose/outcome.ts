import type { SendReport } from '../../app/contracts/index.ts';

/** The answer to a request in words. */
export interface OutcomeText {
  readonly tone: 'ok' | 'error' | 'warn';
  /** "ACK", "EINVAL", "no answer". */
  readonly head: string;
  /** What else is known: the kernel's words, the latency, how many replies. */
  readonly details: readonly string[];
}

/** What came of a request, most important first. */
export function outcomeText(report: SendReport): OutcomeText {
  const latency = report.latency === null ? [] : [latencyText(report.latency)];
  const { length } = report.replies;
  const replies = `${length} ${length === 1 ? 'reply' : 'replies'}`;
  switch (report.outcome) {
    case 'ack':
      return { tone: 'ok', head: 'ACK', details: [...latency, report.message || 'no extack'] };
    case 'done':
      return { tone: 'ok', head: 'DONE', details: [...latency, replies, ...words(report.message)] };
    case 'reply':
      return {
        tone: 'ok',
        head: length === 1 ? 'Reply' : 'Replies',
        details: [...latency, replies, ...words(report.message)],
      };
    case 'error': {
      const said = report.message === '' ? 'the kernel gave no words' : report.message;
      return { tone: 'error', head: report.errno || 'Error', details: [said, ...latency] };
    }
    case 'timeout':
      return { tone: 'warn', head: 'No answer', details: ['the kernel did not answer in time'] };
    case 'sent':
      return { tone: 'ok', head: 'Sent', details: ['no answer was asked for'] };
  }
}

/** Nanoseconds as milliseconds with two digits, or as microseconds below one: "180.83 ms", "412 µs". */
export function latencyText(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${Math.round(nanoseconds / 1e3)} µs`;
  return `${(nanoseconds / 1e6).toFixed(2)} ms`;
}

function words(text: string): string[] {
  return text === '' ? [] : [text];
}
