import { createStore, type StoreApi } from 'zustand/vanilla';

/** What is looked for in the list. */
export interface Wanted {
  readonly kind: 'text' | 'bytes' | 'filter';
  readonly text: string;
}

/** The search in the list: at most one in a window. */
export interface Search {
  /** What the find bar asks, kept while it is closed. */
  readonly wanted: Wanted;
  /** Counts the searches: an answer to an earlier one means nothing any more. */
  readonly number: number;
  /** Share of the list that has been looked at, null while nothing is being searched. */
  readonly progress: number | null;
  /** How the last search ended, in a few words; "" for a plain hit. */
  readonly outcome: string;
}

export type SearchStore = StoreApi<Search>;

export function createSearch(): SearchStore {
  return createStore<Search>(() => ({ wanted: { kind: 'text', text: '' }, number: 0, progress: null, outcome: '' }));
}

/** Forgets how the last search ended, and ends one that is under way. */
export function forgetSearch(search: SearchStore): void {
  search.setState(({ number }) => ({ number: number + 1, progress: null, outcome: '' }));
}

/** "searching 42 %" for a search that did not end at once, else "". */
export function progressText({ progress }: Search): string {
  return progress ? `searching ${Math.floor(progress * 100)} %` : '';
}
