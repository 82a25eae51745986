import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SequenceItem } from '../../app/contracts/index.ts';

/** The sequence of requests that the window puts together. */
export interface Sequence {
  readonly items: readonly SequenceItem[];
  /** Requests that were chosen with others and left out, because they only ask. */
  readonly reads: readonly number[];
}

export type SequenceStore = StoreApi<Sequence>;

export function createSequence(): SequenceStore {
  return createStore<Sequence>(() => ({ items: [], reads: [] }));
}

/** What is left of a sequence once its capture is gone: what was written, as it was written. */
export function withoutCapture({ items }: Sequence): Sequence {
  const written = items.flatMap((item) =>
    item.kind === 'message' ? [{ kind: item.kind, message: item.message } as const] : [],
  );
  return { items: written, reads: [] };
}

/** The sequence with the requests that were left out, each where it was captured among the others. */
export function withReads({ items, reads }: Sequence): Sequence {
  const waiting = [...reads].sort((a, b) => a - b);
  const merged: SequenceItem[] = [];
  for (const item of items) {
    const number = item.kind === 'row' ? item.number : (item.from ?? 0);
    while (waiting.length > 0 && waiting[0]! < number) merged.push({ kind: 'row', number: waiting.shift()! });
    merged.push(item);
  }
  return { items: [...merged, ...waiting.map((number) => ({ kind: 'row', number }) as const)], reads: [] };
}
