import type { ColumnChoice, TimeFormat } from '../../../app/contracts/index.ts';
import { count } from '../../format/format.ts';
import {
  type BuiltinColumn,
  type ColumnId,
  EXTRA_COLUMNS,
  fieldOf,
  isHidden,
  orderOf,
  USUAL_COLUMNS,
} from '../../stores/columnChoice.ts';

/** A column of the message list. Its id is also the `data-column` of its cells. */
export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** Pixels; 0 takes the rest. */
  readonly width: number;
  /** Width in a narrow list, where it differs. */
  readonly narrow?: number;
  /** Hidden in lists narrower than this. */
  readonly hiddenBelow?: number;
  readonly align?: 'right';
  /** What the column of the time tells. */
  readonly timeFormat?: TimeFormat;
  /** Glyph columns have one width and no padding. */
  readonly fixed?: boolean;
  /** The display filter field that it shows; absent: it is a built-in column. */
  readonly field?: string;
}

interface Builtin extends Column {
  readonly id: BuiltinColumn;
  /** What menus call it, where the title does not say it. */
  readonly name?: string;
}

/** Below this width of the list, time loses its hours and minutes. */
export const NARROW_LIST = 1120;
/** Below this width, type and process have to give some of theirs. */
const TIGHT_LIST = 900;
const TIGHT_WIDTHS: { readonly [column: string]: number | undefined } = { type: 134, process: 102 };

/** What the source takes where it is shown. */
export const SOURCE_WIDTH = 92;

/** What a span of time takes. */
const SPAN_WIDTH = 112;

/** Every built-in column, in the usual order. */
export const COLUMNS: readonly Builtin[] = [
  { id: 'number', title: '#', name: 'Number', width: 62, narrow: 60, align: 'right' },
  { id: 'time', title: 'Time', width: 124, narrow: 80, hiddenBelow: 520 },
  { id: 'delta', title: 'Delta', name: 'Time since the message before', width: SPAN_WIDTH },
  { id: 'deltaShown', title: 'Delta displayed', name: 'Time since the row before', width: SPAN_WIDTH },
  { id: 'relation', title: '', name: 'Answers', width: 20, fixed: true },
  { id: 'direction', title: '', name: 'Direction', width: 20, fixed: true },
  { id: 'source', title: 'Source', width: SOURCE_WIDTH, hiddenBelow: 660 },
  { id: 'family', title: 'Fam', name: 'Family', width: 44, fixed: true },
  { id: 'type', title: 'Type', width: 187 },
  { id: 'process', title: 'Process', width: 108, hiddenBelow: 760 },
  { id: 'flags', title: 'Flags', width: 94, hiddenBelow: 1040 },
  { id: 'length', title: 'Len', name: 'Length', width: 54, hiddenBelow: NARROW_LIST, align: 'right' },
  { id: 'info', title: 'Info', width: 0 },
  { id: 'outcome', title: 'Outcome', width: 136, align: 'right', hiddenBelow: 660 },
];

/** How the column of the time is called and how wide it is where it does not tell the time of day. */
const TIMES: { readonly [format in TimeFormat]: Pick<Column, 'title'> & Partial<Pick<Column, 'width' | 'narrow'>> } = {
  clock: { title: 'Time' },
  date: { title: 'Date and time', width: 206, narrow: 206 },
  start: { title: 'Since start', width: 112, narrow: 104 },
  previous: { title: 'Since row before', width: 112, narrow: 104 },
};

const MIN_WIDTH = 36;
const MAX_WIDTH = 800;

/** Width of a character in the data font, and of a cell's padding. */
const DIGIT = 7.25;
const PADDING = 14;

/** What a column of a field takes. */
const FIELD_WIDTH = 116;
/** What the columns take that are never hidden, with some room for the info: what fields leave to the others. */
const LEAST_LIST = 436;

const BUILTIN = new Map(COLUMNS.map((column) => [column.id as ColumnId, column]));

/** What menus and screen readers call a column. */
export function columnName(id: ColumnId): string {
  const known = BUILTIN.get(id);
  return known === undefined ? (fieldOf(id) ?? id) : (known.name ?? known.title);
}

/**
 * The columns shown in a list of this width (without the source's), with the widths they have there.
 * @param chosen widths that the user gave
 * @param largest message number that has to fit
 * @param sources whether messages come from several places: then they say from which
 * @param timeFormat what the column of the time tells
 * @param isMeasured whether times are measured from other messages than the first
 * @param choice the columns that the user wants: fields come before built-in ones where not all have room
 */
export function columnsFor(
  listWidth: number,
  chosen: { readonly [column: string]: number },
  largest: number,
  sources = false,
  timeFormat: TimeFormat = 'clock',
  choice: ColumnChoice = USUAL_COLUMNS,
  isMeasured = false,
): readonly Column[] {
  const order = orderOf(choice);
  const fields = fittingFields(order, chosen, listWidth - LEAST_LIST);
  const extras = COLUMNS.filter(({ id }) => EXTRA_COLUMNS.has(id) && !isHidden(choice, id));
  const taken = [...fields.values(), ...extras.map((one) => ({ width: chosen[one.id] ?? one.width }))];
  const width = taken.reduce((left, column) => left - column.width, listWidth);
  const narrow = width < NARROW_LIST;
  const tight = width < TIGHT_LIST ? TIGHT_WIDTHS : {};
  const usual = (column: Column) => tight[column.id] ?? (narrow ? (column.narrow ?? column.width) : column.width);
  const possible = COLUMNS.filter(({ id }) => id !== 'source' || sources);
  const hidden = possible.filter(
    ({ id, hiddenBelow = 0 }) => !EXTRA_COLUMNS.has(id) && isHidden(choice, id) && width >= hiddenBelow,
  );
  // What is not shown leaves its room to the others.
  const room = hidden.reduce((sum, column) => sum + usual(column), width);
  const shown = new Map(fields);
  for (const one of possible) {
    if (isHidden(choice, one.id) || room < (one.hiddenBelow ?? 0)) continue;
    const column = one.id === 'time' ? timeColumn(one, timeFormat, isMeasured) : one;
    const least = column.id === 'number' ? Math.ceil(count(largest).length * DIGIT + PADDING) : 0;
    shown.set(one.id, { ...column, width: chosen[column.id] ?? Math.max(usual(column), least) });
  }
  return order.flatMap((id) => shown.get(id) ?? []);
}

function timeColumn(column: Column, timeFormat: TimeFormat, isMeasured: boolean): Column {
  const { title, ...widths } = TIMES[timeFormat];
  const isReference = timeFormat === 'start' && isMeasured;
  return { ...column, ...widths, title: isReference ? 'Since reference' : title, timeFormat };
}

/** Columns of fields, as many as have room, the first ones first. */
function fittingFields(
  order: readonly ColumnId[],
  chosen: { readonly [column: string]: number },
  room: number,
): Map<ColumnId, Column> {
  const fitting = new Map<ColumnId, Column>();
  let left = room;
  for (const id of order) {
    const field = fieldOf(id);
    const width = chosen[id] ?? FIELD_WIDTH;
    if (field === null || width > left) continue;
    left -= width;
    fitting.set(id, { id, title: field, width, field });
  }
  return fitting;
}

/** Whether so many characters of the data font fit into a column. */
export function holds({ width }: Column, characters: number): boolean {
  return characters * DIGIT <= width - PADDING;
}

/** The columns as a value of `grid-template-columns`. */
export function gridTemplate(columns: readonly Column[]): string {
  return columns.map(({ width }) => (width === 0 ? 'minmax(0, 1fr)' : `${width}px`)).join(' ');
}

export function clampWidth(width: number): number {
  return Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)));
}
