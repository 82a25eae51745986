/** How something stands in two messages, or in two dumps: `a` is the one before. */
export type Standing = 'same' | 'changed' | 'onlyA' | 'onlyB';

/** An object that two dumps tell of. */
export interface ComparedObject {
  readonly standing: Standing;
  /** It differs in nothing but counters, ages and the like. */
  readonly expected: boolean;
  /** Numbers of the messages that tell of it, 0 where a dump does not. */
  readonly a: number;
  readonly b: number;
  /** What the message says in one line: the later one where both do. */
  readonly summary: string;
  /** What changed, by name with the values before and after: a few of them. */
  readonly changes: readonly string[];
  /** Changes that are not listed. */
  readonly more: number;
}

/** What changed between two dumps. */
export interface DumpComparison {
  /** Numbers of the requests, 0 where the capture does not hold one. */
  readonly a: number;
  readonly b: number;
  /** Objects that each has. */
  readonly objects: { readonly a: number; readonly b: number };
  readonly counts: { readonly [standing in Standing]: number };
  /** Of those that changed: in nothing but counters, ages and the like. */
  readonly expected: number;
  /** By which fields objects were taken for the same ("ifinfomsg.ifi_index"), for each type of message. */
  readonly matchedBy: readonly { readonly type: string; readonly fields: readonly string[] }[];
  /** Those that differ, in the order of the dumps; at most MAX_COMPARED of them. */
  readonly differing: readonly ComparedObject[];
}

/** Objects that a DumpComparison lists. */
export const MAX_COMPARED = 5000;
