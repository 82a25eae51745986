import type { ByteRange } from './base.ts';
import type { SendReport } from './host.ts';
import type { MessageValue } from './message.ts';

/** Requests that a sequence takes at most. */
export const MOST_IN_SEQUENCE = 5000;

/** A request of a sequence: one of the capture by its number, or one that was written. */
export type SequenceItem =
  | { readonly kind: 'row'; readonly number: number }
  /** `from`: the message of the capture that was edited. What it still has of its kernel's numbers is mapped, too. */
  | { readonly kind: 'message'; readonly message: MessageValue; readonly from?: number };

/** Messages that a sequence is made of: those that the filter shows, those that are marked, or these. */
export type SequenceSelection =
  | { readonly kind: 'displayed' }
  | { readonly kind: 'marked' }
  | { readonly kind: 'numbers'; readonly numbers: number[] };

/** Which of the selected messages are requests to the kernel, in the order they were captured. */
export interface SequenceRequests {
  /** Those that change something. */
  readonly changes: readonly number[];
  /** Those that only ask. */
  readonly reads: readonly number[];
  /** Messages that are no requests to the kernel: answers, notifications, gaps, beginnings and ends of batches. */
  readonly others: number;
}

/** A sequence that is to be sent. */
export interface SequenceOptions {
  readonly items: SequenceItem[];
  /** Network namespace it goes to, as `SendRequest.netns`. */
  readonly netns?: string;
  /** Sends numbers for which the target has no counterpart as they were recorded; else such a sequence is not sent. */
  readonly asRecorded: boolean;
}

/**
 * What a number of the recording's kernel becomes. `same`: it is the same there. `mapped`: another, by its name.
 * `later`: an earlier request of the sequence makes what it names, and tells the number. `kept`: it is sent as it was,
 * for whoever knows better. `unknown`: nothing tells what it would be.
 */
export type NumberFate = 'same' | 'mapped' | 'later' | 'kept' | 'unknown';

/** A number in a request that a kernel gave out, or that means something in one process only. */
export interface SequenceNumber {
  /** Attribute or member: ifa_index. */
  readonly field: string;
  /** As it was recorded: "5 [veth0]". */
  readonly recorded: string;
  readonly fate: NumberFate;
  /** What comes of it, and why: "2, veth0 there". */
  readonly text: string;
}

/** A request of a sequence as it will be sent. */
export interface SequenceStep {
  /** Of the message in the capture that it is or was made of; 0 for none. */
  readonly number: number;
  readonly protocol: string;
  /** RTM_NEWADDR. */
  readonly title: string;
  readonly summary: string;
  /** It only asks. */
  readonly reads: boolean;
  /** Position of the datagram that it is sent in; those of a batch share one. */
  readonly datagram: number;
  /** Nanoseconds between the request before and this one, as recorded; 0 where nothing tells. */
  readonly pause: number;
  readonly numbers: readonly SequenceNumber[];
  /** errno name with which it was refused when it was recorded, '' when it was not: the same again is no surprise. */
  readonly refused: string;
  /** Why it cannot be sent, '' when it can. */
  readonly problem: string;
}

/** What is sent, before anything is. */
export interface SequencePlan {
  /** Names it to `sendSequence`. */
  readonly id: number;
  readonly steps: readonly SequenceStep[];
  /** How many datagrams they make. */
  readonly datagrams: number;
  /** What a user should know about all of it, a sentence each. */
  readonly notes: readonly string[];
  /** Why it cannot be sent as it is, '' when it can. */
  readonly blocked: string;
}

/** Whether a request of a sequence came to what it should: it succeeded, or was refused as it was when it was recorded. */
export function isAsExpected({ outcome, errno }: SequenceAnswer, { refused }: SequenceStep): boolean {
  if (outcome === 'error') return errno === refused;
  return outcome !== 'timeout' && outcome !== 'undone';
}

/** What came of a request of a sequence; `undone`: taken, and taken back because another of its batch was refused. */
export interface SequenceAnswer extends Omit<SendReport, 'outcome'> {
  /** Position of its step. */
  readonly step: number;
  readonly outcome: SendReport['outcome'] | 'undone';
  readonly range: ByteRange | null;
  /** Numbers that became known as the sequence went on: "ifa_index 2, veth0 there". */
  readonly numbers: readonly string[];
}
