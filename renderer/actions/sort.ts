import type { RowSort } from '../../app/contracts/index.ts';
import type { App } from '../stores/app.ts';
import type { ColumnId } from '../stores/columnChoice.ts';
import type { MenuEntry } from '../widgets/Menu.tsx';

/** Columns that say nothing to sort by. */
const UNSORTED: ReadonlySet<ColumnId> = new Set(['relation']);

/** Whether the list can be sorted by a column. */
export function sortsBy(column: ColumnId): boolean {
  return !UNSORTED.has(column);
}

/** Sorts the list; null: as it was captured. What is selected stays so. */
export async function sortList(app: App, sort: RowSort | null): Promise<void> {
  const { state } = app.session.getState();
  // The next press goes on from here, however long the host takes.
  app.session.setState({ state: { ...state, view: { ...state.view, sort: sort ?? undefined } } });
  const view = await app.attempt(app.api.sort(sort), 'sort');
  if (view) app.applyView(view);
}

/** What the list is sorted by, null for nothing. */
export function currentSort(app: App): RowSort | null {
  return app.session.getState().state.view.sort ?? null;
}

/** A press on a head: ascending, then descending, then as it was captured. */
export function pressHead(app: App, column: ColumnId): void {
  if (!sortsBy(column)) return;
  const sort = currentSort(app);
  if (sort?.column !== column) void sortList(app, { column, descending: false });
  else void sortList(app, sort.descending ? null : { column, descending: true });
}

/** Turns the order of the list around. */
export function reverseSort(app: App): void {
  const sort = currentSort(app);
  if (sort) void sortList(app, { ...sort, descending: !sort.descending });
}

/** Menu entries that sort the list by a column. */
export function sortEntries(app: App, column: ColumnId): readonly MenuEntry[] {
  if (!sortsBy(column)) return [];
  const sort = currentSort(app);
  const entry = (label: string, wanted: RowSort | null): MenuEntry => ({
    kind: 'item',
    label,
    checked: wanted === null ? sort === null : sort?.column === column && sort.descending === wanted.descending,
    run: () => void sortList(app, wanted),
  });
  return [
    entry('Sort ascending', { column, descending: false }),
    entry('Sort descending', { column, descending: true }),
    entry('As it was captured', null),
  ];
}
