import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ComparedField } from '../../app/compare/index.ts';
import { compareTrees } from '../../app/compare/index.ts';
import type { DumpComparison, FieldNode } from '../../app/contracts/index.ts';
import type { DetailModel } from './detail.ts';
import type { ComparisonChoice, PreferencesStore } from './preferences.ts';

/** A field of two messages. */
export type Compared = ComparedField<FieldNode>;

/** Two messages side by side; of an object that one dump lacks there is one only. */
export interface ComparedPair {
  readonly a: DetailModel | null;
  readonly b: DetailModel | null;
  readonly fields: readonly Compared[];
}

/** What is compared in the window. */
export interface Compare extends ComparisonChoice {
  /** Numbers of the two messages, or of the requests for the two dumps; null: nothing is compared. */
  readonly asked: { readonly a: number; readonly b: number } | null;
  /** The two dumps, where dumps are compared. */
  readonly dumps: DumpComparison | null;
  /** The messages that are shown: of dumps those of the chosen object. */
  readonly pair: ComparedPair | null;
  /** Place of the chosen object among those of the dumps that are listed. */
  readonly object: number;
  /** The field that is selected, by positions; null: none. */
  readonly path: string | null;
  /** Fields that the user opened and closed, by positions. */
  readonly openness: ReadonlyMap<string, boolean>;
}

export type CompareStore = StoreApi<Compare>;

const NOTHING = { asked: null, dumps: null, pair: null, object: 0, path: null, openness: new Map<string, boolean>() };

/** Nothing compared yet. How comparisons are shown is as the user had it last, and is kept. */
export function createCompare(preferences: PreferencesStore): CompareStore {
  const store = createStore<Compare>(() => ({ ...NOTHING, ...preferences.getState().comparison }));
  store.subscribe(({ differing, expected }, before) => {
    if (differing !== before.differing || expected !== before.expected)
      preferences.setState({ comparison: { differing, expected } });
  });
  return store;
}

/** Ends the comparison; how comparisons are shown stays. */
export function forgetComparison(store: CompareStore): void {
  store.setState(NOTHING);
}

/** Compares two messages, or tells of one alone. */
export function comparePair(a: DetailModel | null, b: DetailModel | null): ComparedPair {
  const empty = { tree: [], bytes: new Uint8Array(0), littleEndian: (a ?? b)?.detail.littleEndian ?? true };
  const sideOf = (model: DetailModel | null) =>
    model === null ? empty : { tree: model.detail.tree, bytes: model.bytes, littleEndian: model.detail.littleEndian };
  return { a, b, fields: compareTrees<FieldNode>(sideOf(a), sideOf(b)) };
}
