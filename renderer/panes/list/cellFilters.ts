import type { FieldCell, Row } from '../../../app/contracts/index.ts';
import { formatClause, quote } from '../../../app/filter/index.ts';
import { type BuiltinColumn, fieldOf } from '../../stores/columnChoice.ts';

/** Writes a row's cell as a display filter clause; columns without a field have none. */
const CLAUSES: { readonly [column in BuiltinColumn]?: (row: Row) => string | null } = {
  number: (row) => formatClause('number', `${row.number}`),
  relation: (row) => (row.request > 0 ? formatClause('tx.request', `${row.request}`) : null),
  direction: (row) => formatClause('nl.dir', row.direction),
  source: (row) => sourceClause(row),
  family: (row) => formatClause('nl.protocol', row.protocol),
  // In quotes: the language knows the type names of specs only, and rows have others, too.
  type: (row) => formatClause('nl.type', quote(row.type)),
  process: (row) => processClause(row),
  length: (row) => formatClause('nl.len', `${row.length}`),
  info: (row) => errnoClause(row),
  outcome: (row) =>
    errnoClause(row) ?? (OUTCOMES.has(row.outcome.kind) ? formatClause('tx.outcome', row.outcome.kind) : null),
};

function sourceClause({ netns, host }: Row): string | null {
  if (netns !== undefined) return formatClause('nl.netns', quote(netns));
  return host === undefined ? null : formatClause('nl.host', quote(host));
}

function processClause({ process, portid }: Row): string {
  const pid = /\[(\d+)\]\??\)?$/.exec(process)?.[1];
  return pid === undefined ? formatClause('nl.portid', `${portid}`) : formatClause('nl.pid', pid);
}

/** Outcomes that are values of the field tx.outcome. */
const OUTCOMES: ReadonlySet<string> = new Set(['pending', 'ack', 'done', 'reply', 'error']);

function errnoClause(row: Row): string | null {
  return row.error ? formatClause('errno', row.error.errno) : null;
}

/** The display filter clause that finds rows with the same value in this column, or null. */
export function cellClause(row: Row, column: string): string | null {
  if (row.kind === 'gap') return null;
  const field = fieldOf(column);
  if (field === null) return CLAUSES[column as BuiltinColumn]?.(row) ?? null;
  const value = fieldCell(row, field)?.filterValue;
  return value === undefined ? null : formatClause(field, value);
}

/** What a row has of a field that was asked for with it; undefined where its message has none, or before that is known. */
export function fieldCell({ fields }: Row, field: string): FieldCell | undefined {
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
}
