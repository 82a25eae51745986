import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StatisticsReport, StatisticsTableName } from '../../app/contracts/index.ts';
import type { GridSort } from '../widgets/gridSort.ts';

/** What was counted last, and how the window shows it. */
export interface Statistics {
  /** Null until it was counted for the first time, and for another capture. */
  readonly report: StatisticsReport | null;
  /** Share that has been counted anew (0..1); null while nothing is being counted. */
  readonly progress: number | null;
  /** Whether only messages are counted that the filter shows. */
  readonly displayed: boolean;
  readonly table: StatisticsTableName;
  /** Null: the most messages first. */
  readonly sorts: { readonly [table in StatisticsTableName]: GridSort | null };
  /** Key of the selected line. */
  readonly selected: string | null;
}

export type StatisticsStore = StoreApi<Statistics>;

export function createStatistics(): StatisticsStore {
  return createStore<Statistics>(() => ({
    report: null,
    progress: null,
    displayed: true,
    table: 'types',
    sorts: { families: null, types: null, addresses: null, processes: null },
    selected: null,
  }));
}
