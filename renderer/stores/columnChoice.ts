import type { ColumnChoice } from '../../app/contracts/index.ts';

/** Columns that the list has without being asked, in their usual order. */
export const BUILTIN_COLUMNS = [
  'number',
  'time',
  'delta',
  'deltaShown',
  'relation',
  'direction',
  'source',
  'family',
  'type',
  'process',
  'flags',
  'length',
  'info',
  'outcome',
] as const;
export type BuiltinColumn = (typeof BUILTIN_COLUMNS)[number];

/** A column of a display filter field. */
export type FieldColumn = `field:${string}`;
/** What a column is called in preferences, and as `data-column` of its cells. */
export type ColumnId = BuiltinColumn | FieldColumn;

/** Without these a list would say nothing. */
export const FIXED_COLUMNS: ReadonlySet<ColumnId> = new Set(['number', 'info']);

/** Built-in columns that the list has only when it is asked for them. */
export const EXTRA_COLUMNS: ReadonlySet<ColumnId> = new Set(['delta', 'deltaShown']);

/** Columns of fields that a list can have. */
export const MOST_FIELDS = 16;

export const USUAL_COLUMNS: ColumnChoice = { order: [], hidden: [] };

const FIELD = 'field:';
const FIELD_NAME = /^[a-z_][\w.-]{0,127}$/i;

/** The display filter field of a column; null for built-in ones and for names that no field can have. */
export function fieldOf(column: string): string | null {
  const name = column.startsWith(FIELD) ? column.slice(FIELD.length) : '';
  return FIELD_NAME.test(name) ? name : null;
}

export function fieldColumn(field: string): FieldColumn {
  return `${FIELD}${field}`;
}

/** Fields that have a column, from left to right. */
export function fieldsOf(choice: ColumnChoice): readonly string[] {
  return orderOf(choice).flatMap((id) => fieldOf(id) ?? []);
}

/** All columns in their order, those too that are not shown: what was never placed stands behind its usual neighbour. */
export function orderOf({ order }: ColumnChoice): readonly ColumnId[] {
  const placed: ColumnId[] = [];
  let fields = 0;
  for (const id of new Set(order)) {
    if (isBuiltin(id)) placed.push(id);
    else if (fieldOf(id) !== null && fields++ < MOST_FIELDS) placed.push(id as FieldColumn);
  }
  BUILTIN_COLUMNS.forEach((id, at) => {
    if (placed.includes(id)) return;
    const before = BUILTIN_COLUMNS[at - 1];
    placed.splice(before === undefined ? 0 : placed.indexOf(before) + 1, 0, id);
  });
  return placed;
}

export function isHidden({ hidden, extra = [] }: ColumnChoice, id: ColumnId): boolean {
  if (EXTRA_COLUMNS.has(id)) return !extra.includes(id);
  return hidden.includes(id) && !FIXED_COLUMNS.has(id);
}

/** Shows a built-in column again, or does so no more. */
export function setShown(choice: ColumnChoice, id: BuiltinColumn, shown: boolean): ColumnChoice {
  const isExtra = EXTRA_COLUMNS.has(id);
  const listed = isExtra ? (choice.extra ?? []) : choice.hidden;
  const others = listed.filter((each) => each !== id);
  const next = shown === isExtra ? [...others, id] : others;
  return isExtra ? { ...choice, extra: next } : { ...choice, hidden: next };
}

/** Gives a field a column, before the one that is named; the same choice where it has one, or there are too many. */
export function addField(choice: ColumnChoice, field: string, before: ColumnId = 'info'): ColumnChoice {
  const id = fieldColumn(field);
  const fields = fieldsOf(choice);
  if (fieldOf(id) === null || fields.includes(field) || fields.length >= MOST_FIELDS) return choice;
  return placed(choice, id, before);
}

export function removeField(choice: ColumnChoice, field: string): ColumnChoice {
  const id = fieldColumn(field);
  return { ...choice, order: orderOf(choice).filter((each) => each !== id) };
}

/** Puts a column before another one; null: at the end. */
export function moveColumn(choice: ColumnChoice, id: ColumnId, before: ColumnId | null): ColumnChoice {
  return id === before || !orderOf(choice).includes(id) ? choice : placed(choice, id, before);
}

/**
 * Moves a column by one place among those on screen.
 * @param shown ids of the columns on screen, from left to right
 */
export function moveBy(choice: ColumnChoice, id: ColumnId, by: 1 | -1, shown: readonly ColumnId[]): ColumnChoice {
  const at = shown.indexOf(id);
  const neighbour = shown[at + by];
  if (at < 0 || neighbour === undefined) return choice;
  if (by < 0) return moveColumn(choice, id, neighbour);
  const order = orderOf(choice).filter((each) => each !== id);
  return moveColumn(choice, id, order[order.indexOf(neighbour) + 1] ?? null);
}

function placed(choice: ColumnChoice, id: ColumnId, before: ColumnId | null): ColumnChoice {
  const order = orderOf(choice).filter((each) => each !== id);
  const at = before === null ? -1 : order.indexOf(before);
  order.splice(at < 0 ? order.length : at, 0, id);
  return { ...choice, order };
}

function isBuiltin(id: string): id is BuiltinColumn {
  return (BUILTIN_COLUMNS as readonly string[]).includes(id);
}
