/** A column of a table of things. Its id is also the `data-column` of its cells. */
export interface GridColumn<T> {
  readonly id: string;
  readonly title: string;
  /** What it says, where its title leaves that open. */
  readonly doc?: string;
  /** A track of `grid-template-columns`. */
  readonly width: string;
  readonly align?: 'right';
  /** Hidden in tables narrower than this, in pixels. */
  readonly hiddenBelow?: number;
  readonly text: (item: T) => string;
  /** What it is sorted by, where that is a number. The largest come first. */
  readonly value?: (item: T) => number;
}

/** By which column a table is sorted. */
export interface GridSort {
  readonly column: string;
  readonly descending: boolean;
}

/** What another press on a column's head means: its natural order, the reverse, then none. */
export function nextSort<T>(sort: GridSort | null, column: GridColumn<T>): GridSort | null {
  const first = column.value !== undefined;
  if (sort?.column !== column.id) return { column: column.id, descending: first };
  return sort.descending === first ? { column: column.id, descending: !first } : null;
}

/** Things in the order of a column; as they are when there is none of that name. */
export function sorted<T>(items: readonly T[], columns: readonly GridColumn<T>[], sort: GridSort | null): readonly T[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (!column || !sort) return items;
  const sign = sort.descending ? -1 : 1;
  const { value, text } = column;
  return items.toSorted((a, b) => sign * (value ? value(a) - value(b) : text(a).localeCompare(text(b), 'en')));
}
