import { count } from '../../format/format.ts';
import type { TimeFormat } from '../../stores/preferences.ts';

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
}

export type ColumnId =
  | 'number'
  | 'time'
  | 'relation'
  | 'direction'
  | 'source'
  | 'family'
  | 'type'
  | 'process'
  | 'flags'
  | 'length'
  | 'info'
  | 'outcome';

/** Below this width of the list, time loses its hours and minutes. */
export const NARROW_LIST = 1120;
/** Below this width, type and process have to give some of theirs. */
const TIGHT_LIST = 900;
const TIGHT_WIDTHS: { readonly [column: string]: number } = { type: 134, process: 84 };

/** What the source takes where it is shown. */
export const SOURCE_WIDTH = 92;

export const COLUMNS: readonly Column[] = [
  { id: 'number', title: '#', width: 62, narrow: 60, align: 'right' },
  { id: 'time', title: 'Time', width: 124, narrow: 80, hiddenBelow: 520 },
  { id: 'relation', title: '', width: 20, fixed: true },
  { id: 'direction', title: '', width: 20, fixed: true },
  { id: 'source', title: 'Source', width: SOURCE_WIDTH, hiddenBelow: 660 },
  { id: 'family', title: 'Fam', width: 44, fixed: true },
  { id: 'type', title: 'Type', width: 187 },
  { id: 'process', title: 'Process', width: 108, hiddenBelow: 760 },
  { id: 'flags', title: 'Flags', width: 94, hiddenBelow: 1040 },
  { id: 'length', title: 'Len', width: 54, hiddenBelow: NARROW_LIST, align: 'right' },
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

/**
 * The columns shown in a list of this width (without the source's), with the widths they have there.
 * @param chosen widths that the user gave
 * @param largest message number that has to fit
 * @param sources whether messages come from several places: then they say from which
 * @param timeFormat what the column of the time tells
 */
export function columnsFor(
  listWidth: number,
  chosen: { readonly [column: string]: number },
  largest: number,
  sources = false,
  timeFormat: TimeFormat = 'clock',
): readonly Column[] {
  const narrow = listWidth < NARROW_LIST;
  const numberWidth = Math.ceil(count(largest).length * DIGIT + PADDING);
  const shown = COLUMNS.filter(({ id, hiddenBelow = 0 }) => listWidth >= hiddenBelow && (id !== 'source' || sources));
  return shown.map((one) => {
    const column = one.id === 'time' ? { ...one, ...TIMES[timeFormat], timeFormat } : one;
    const usual = narrow ? (column.narrow ?? column.width) : column.width;
    const tight = listWidth < TIGHT_LIST ? TIGHT_WIDTHS[column.id] : undefined;
    const least = column.id === 'number' ? numberWidth : 0;
    return { ...column, width: chosen[column.id] ?? Math.max(tight ?? usual, least) };
  });
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
