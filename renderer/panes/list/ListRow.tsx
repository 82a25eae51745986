import { ChevronDown, ChevronRight, MessageSquareText } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { type ColourRule, type Direction, hostName, type Outcome, type Row } from '../../../app/contracts/index.ts';
import { clock, count, dateAndClock, latency, secondsBetween } from '../../format/format.ts';
import type { BuiltinColumn } from '../../stores/columnChoice.ts';
import { classes } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { ProcessName } from '../../widgets/ProcessName.tsx';
import { SourceName } from '../SourceName.tsx';
import { fieldCell } from './cellFilters.ts';
import { type Column, holds } from './columns.ts';

interface ListRowProps {
  row: Row | undefined;
  index: number;
  /** Pixels below the origin of drawing. */
  top: number;
  columns: readonly Column[];
  /** What its time is measured from where a span is told, nanoseconds since 1970 as digits; "": not known yet. */
  since: string;
  /** Time of the row above it, likewise; its own of the first. */
  above: string;
  selected: boolean;
  /** The rule that gives it a colour. */
  rule: ColourRule | undefined;
  id: string;
}

/** One message, or one gap, in the list. A row that has not arrived yet is drawn empty. */
export const ListRow = memo(function ListRow({
  row,
  index,
  top,
  columns,
  since,
  above,
  selected,
  rule,
  id,
}: ListRowProps) {
  const attributes = {
    role: 'row',
    id,
    'aria-rowindex': index + 2,
    'aria-selected': selected,
    style: { top },
    'data-index': index,
    'data-testid': 'list-row',
    'data-number': row?.number,
  };
  if (!row) {
    return (
      <div {...attributes} className={classes('list-row', selected && 'selected')}>
        <div role="gridcell" aria-colspan={columns.length} aria-label="not read yet" />
      </div>
    );
  }
  if (row.gap) {
    return (
      <div {...attributes} data-kind="gap" className={classes('list-row', 'gap', selected && 'selected')}>
        <div className="gap-line" role="gridcell" aria-colspan={columns.length}>
          <span>
            <SeverityIcon severity="gap" />
            <strong>{row.gap.lost === null ? 'Messages lost' : `${count(row.gap.lost)} messages lost`}</strong>
            {row.gap.text}
          </span>
        </div>
      </div>
    );
  }
  return (
    <div
      {...attributes}
      data-kind="message"
      data-severity={row.severity ?? undefined}
      className={classes(
        'list-row',
        `family-${row.family}`,
        row.severity,
        row.depth > 0 && 'child',
        row.relation === 'last' && 'last',
        row.marked && 'marked',
        rule && `ruled rule-${rule.colour}`,
        selected && 'selected',
      )}
    >
      {rule && <i className="rule-mark" role="img" aria-label={`coloured: ${rule.filter}`} title={rule.filter} />}
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={at + 1}
          data-column={column.id}
          className={classes(
            'cell',
            column.field === undefined && `cell-${column.id}`,
            column.id === 'family' && 'family-code',
            isCut(column, row) && 'cut',
          )}
          title={titleOf(column, row)}
        >
          {contentOf(column, row, since, above)}
        </div>
      ))}
    </div>
  );
});

/** What is told of a cell under the pointer. */
function titleOf(column: Column, row: Row): string | undefined {
  if (column.id === 'process') return row.processNote || (isCut(column, row) ? row.process : undefined);
  return column.id === 'info' ? row.comment : undefined;
}

/** Whether a cell's text may be wider than its column. Only such cells are cut: what is cut is dear to paint. */
function isCut(column: Column, row: Row): boolean {
  const length =
    column.field === undefined
      ? LENGTHS[column.id as BuiltinColumn](row, column)
      : (fieldCell(row, column.field)?.text.length ?? 0);
  return !holds(column, length);
}

function contentOf(column: Column, row: Row, since: string, above: string): ReactNode {
  if (column.field !== undefined) return fieldCell(row, column.field)?.text;
  return CELLS[column.id as BuiltinColumn](row, column, since, above);
}

const NOTHING = () => 0;
/** "12:34:56.123456", and "56.123456". */
const TIME_LENGTH = 15;
const SECONDS_LENGTH = 9;
/** "2026-11-20 14:02:09.411957", and "-99999.999999". */
const DATE_LENGTH = 26;
const SPAN_LENGTH = 13;
/** " 999.99 ms" */
const LATENCY_LENGTH = 10;
/** What the indentation of an answer takes. */
const INDENT = 2;

/** Characters of a cell. */
const LENGTHS: { readonly [column in BuiltinColumn]: (row: Row, column: Column) => number } = {
  number: (row) => count(row.number).length,
  time: (_, { timeFormat }) =>
    timeFormat === 'clock' ? SECONDS_LENGTH : timeFormat === 'date' ? DATE_LENGTH : SPAN_LENGTH,
  delta: () => SPAN_LENGTH,
  deltaShown: () => SPAN_LENGTH,
  relation: NOTHING,
  direction: NOTHING,
  source: () => Number.POSITIVE_INFINITY,
  family: NOTHING,
  type: ({ type, depth }) => type.length + (depth > 0 ? INDENT : 0),
  process: (row) => row.process.length,
  flags: (row) => row.flags.length,
  length: (row) => count(row.length).length,
  info: () => Number.POSITIVE_INFINITY,
  outcome: ({ outcome }) => outcome.text.length + LATENCY_LENGTH,
};

/** Of few elements each: rows are made as fast as the list scrolls. */
const CELLS: {
  readonly [column in BuiltinColumn]: (row: Row, column: Column, since: string, above: string) => ReactNode;
} = {
  number: (row) => count(row.number),
  time: (row, column, since) => {
    if (column.timeFormat === 'date') return dateAndClock(row.time);
    if (column.timeFormat === 'start' && row.reference) return <strong>*REF*</strong>;
    if (column.timeFormat !== 'clock') return since === '' ? '' : secondsBetween(since, row.time);
    const { minutes, seconds } = clock(row.time);
    return holds(column, TIME_LENGTH) ? `${minutes}${seconds}` : seconds;
  },
  delta: (row) => secondsBetween(row.before, row.time),
  deltaShown: (row, _column, _since, above) => (above === '' ? '' : secondsBetween(above, row.time)),
  relation: (row) => {
    if (row.relation === 'collapsed') return <ChevronRight size={12} aria-label="answers hidden" data-toggle />;
    if (row.relation === 'expanded') return <ChevronDown size={12} aria-label="answers shown" data-toggle />;
    return null;
  },
  direction: (row) => {
    const { path, word } = DIRECTION_GLYPHS[row.direction];
    return (
      <svg className="direction-glyph" viewBox="0 0 24 24" role="img" aria-label={word}>
        <path d={path} />
      </svg>
    );
  },
  source: ({ netns, host }) => {
    const name = netns ?? (host === undefined ? undefined : hostName(host));
    return name !== undefined && <SourceName name={name} />;
  },
  family: (row) => (row.family === 'OTHER' ? 'OTHR' : row.family),
  type: (row) => row.type,
  process: (row, column) => <ProcessName name={row.process} fits={(characters) => holds(column, characters)} />,
  flags: (row) => row.flags,
  length: (row) => count(row.length),
  info: (row) => <Info row={row} />,
  outcome: (row) => <OutcomeText outcome={row.outcome} failed={row.error !== null && row.depth === 0} />,
};

/** Arrows to the right and left, a star, two people, a dot. */
const DIRECTION_GLYPHS: { readonly [direction in Direction]: { readonly path: string; readonly word: string } } = {
  request: { path: 'M5 12h14M12 5l7 7-7 7', word: 'request' },
  reply: { path: 'M19 12H5M12 19l-7-7 7-7', word: 'reply' },
  notify: { path: 'M12 5v14M18 8.5l-12 7M6 8.5l12 7', word: 'notification' },
  user: {
    path: 'M2 21v-2a4 4 0 0 1 4-4h6a4 4 0 0 1 4 4v2M13 7a4 4 0 1 1-8 0 4 4 0 1 1 8 0M16 3a4 4 0 0 1 0 8M22 21v-2a4 4 0 0 0-3-4',
    word: 'between processes',
  },
  unknown: { path: 'M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0', word: 'direction unknown' },
};

function Info({ row }: { row: Row }) {
  return (
    <>
      {row.comment !== undefined && (
        <MessageSquareText
          className="comment-icon"
          size={12}
          role="img"
          aria-label="commented"
          data-testid="comment-icon"
        />
      )}
      <InfoText row={row} />
    </>
  );
}

function InfoText({ row }: { row: Row }) {
  if (row.error) {
    const { errno, message, attribute } = row.error;
    return (
      <>
        <SeverityIcon severity="error" label="error" />
        <strong>{errno}</strong> {message}{' '}
        {attribute && (
          <span className="attribute-link" data-attribute-link>
            {attribute}
          </span>
        )}
        {row.direction === 'request' && row.info.length > 0 && (
          <>
            {' '}
            <InfoPieces info={row.info} muted />
          </>
        )}
      </>
    );
  }
  return (
    <>
      {row.severity && <SeverityIcon severity={row.severity} label={row.severity} />}
      <InfoPieces info={row.info} />
    </>
  );
}

/** Alternating descriptive and value text; all of it muted where it only says what failed. */
function InfoPieces({ info, muted = false }: { info: readonly string[]; muted?: boolean }) {
  return info.map((text, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells pieces apart
    <span key={at} className={muted || at % 2 === 0 ? 'muted' : undefined}>
      {text}
    </span>
  ));
}

function OutcomeText({ outcome, failed }: { outcome: Outcome; failed: boolean }) {
  if (outcome.kind === 'none') return null;
  if (outcome.kind === 'pending') return <span className="muted">{outcome.text || 'waiting'}</span>;
  return (
    <>
      {!failed && <span className="muted">{outcome.text} </span>}
      {outcome.latency !== null && latency(outcome.latency)}
    </>
  );
}
