/** A column of a table that the command line prints. */
export interface TextColumn<T> {
  readonly title: string;
  readonly align?: 'right';
  readonly cell: (item: T) => string | number;
}

/** A table with a header line, as wide as what stands in it. */
export function tableLines<T>(columns: readonly TextColumn<T>[], items: readonly T[]): string[] {
  const rows = [columns.map(({ title }) => title), ...items.map((item) => columns.map(({ cell }) => `${cell(item)}`))];
  const widths = columns.map((_, at) => rows.reduce((widest, row) => Math.max(widest, row[at].length), 0));
  return rows.map((row) =>
    row
      .map((cell, at) => (columns[at].align === 'right' ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd(),
  );
}
