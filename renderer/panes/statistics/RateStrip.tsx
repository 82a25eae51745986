import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { filterTimes, goNear, hasTimeRange } from '../../actions/statistics.ts';
import { count, dateAndClock, plural, span } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, useStatistics } from '../../stores/hooks.ts';
import { useWidth } from '../../widgets/useWidth.ts';
import { joined, type RateColumn, rateColumns } from './rateColumns.ts';
import './rateStrip.css';

/** Pixels of a column at the least, and how far a press moves to be a drag. */
const COLUMN = 3;
const DRAG = 4;
const HEIGHT = 48;

/** Places among the columns, in any order. */
interface Range {
  readonly anchor: number;
  readonly head: number;
}

/**
 * Messages by time over the whole capture: all of them, before them those that the filter shows; refused requests and
 * losses above. A click goes to a time, a drag filters on what it covers.
 */
export function RateStrip() {
  const app = useApp();
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root, 1000);
  const rate = useStatistics(({ report }) => report?.rate ?? null);
  const filter = useHostState(({ view }) => view.filter);
  const columns = useMemo(() => (rate ? rateColumns(rate, Math.floor(width / COLUMN)) : []), [rate, width]);
  const [range, setRange] = useState<Range | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const pressed = useRef<{ x: number; at: number; dragged: boolean } | null>(null);

  const most = columns.reduce((highest, { all }) => Math.max(highest, all), 1);
  const last = columns.length - 1;
  const placeAt = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(last, Math.floor(((event.clientX - box.left) / box.width) * columns.length)));
  };
  const spanOf = ({ anchor, head }: Range) => ({
    first: Math.max(0, Math.min(anchor, head, last)),
    last: Math.min(last, Math.max(anchor, head)),
  });
  /** To the messages of one column, or to those of several alone. */
  const take = (wanted: Range) => {
    const { first, last: end } = spanOf(wanted);
    const [from, to] = [columns[first], columns[end]];
    if (!from || !to) return;
    if (first !== end) filterTimes(app, { from: from.from, to: to.to });
    else if (from.number > 0) void goNear(app, from.number);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || columns.length === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeAt(event);
    pressed.current = { x: event.clientX, at, dragged: false };
    setRange({ anchor: at, head: at });
  };
  const move = (event: PointerEvent) => {
    const at = placeAt(event);
    setHover(at);
    const press = pressed.current;
    if (press === null) return;
    if (Math.abs(event.clientX - press.x) >= DRAG) press.dragged = true;
    if (press.dragged) setRange({ anchor: press.at, head: at });
  };
  const up = (event: PointerEvent) => {
    const press = pressed.current;
    pressed.current = null;
    if (press) take({ anchor: press.at, head: press.dragged ? placeAt(event) : press.at });
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || columns.length === 0) return;
    const head = range?.head ?? 0;
    const page = Math.max(1, Math.round(columns.length / 10));
    const steps: { readonly [key: string]: number } = {
      ArrowRight: head + 1,
      ArrowLeft: head - 1,
      PageDown: head + page,
      PageUp: head - page,
      Home: 0,
      End: last,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      const next = Math.max(0, Math.min(last, to));
      setRange({ anchor: event.shiftKey && range ? range.anchor : next, head: next });
      setHover(next);
    } else if (event.key === 'Enter' && range) take(range);
    else if (event.key === 'Escape' && range) setRange(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const chosen = range && columns.length > 0 ? spanOf(range) : null;
  const isInChosen = hover === null || (chosen !== null && hover >= chosen.first && hover <= chosen.last);
  // Of what has been chosen as a whole, else of what is under the pointer.
  const told =
    chosen && isInChosen
      ? joined(columns.slice(chosen.first, chosen.last + 1))
      : hover === null
        ? null
        : (columns[Math.min(hover, last)] ?? null);
  const [start, end] = [columns[0], columns[last]];
  return (
    <div className="rate-strip" data-testid="rate-strip">
      <div className="rate-line">
        <span className="mono">{start && dateAndClock(`${start.from}`)}</span>
        <span className="grow rate-told" data-testid="rate-told">
          {told
            ? columnText(told)
            : start && `up to ${plural(most, 'message')} in ${span(Number(start.to - start.from))}`}
        </span>
        {hasTimeRange(filter) && (
          <button type="button" className="link-button" onClick={() => filterTimes(app, null)} data-testid="rate-whole">
            Show all times
          </button>
        )}
        <span className="mono">{end && dateAndClock(`${end.to}`)}</span>
      </div>
      <div
        ref={root}
        className="rate-plot"
        role="slider"
        aria-label="Messages by time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.min(range?.head ?? 0, Math.max(0, last))}
        aria-valuetext={told ? columnText(told) : 'Arrow keys choose a time, with Shift a range; Enter shows it'}
        tabIndex={0}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => {
          pressed.current = null;
        }}
        onPointerLeave={() => setHover(null)}
        onKeyDown={key}
        onBlur={() => setHover(null)}
      >
        <svg viewBox={`0 0 ${Math.max(1, columns.length)} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <title>Messages by time</title>
          <path className="rate-all" d={bars(columns, (column) => column.all, most)} />
          <path className="rate-shown" d={bars(columns, (column) => column.shown, most)} />
          <path className="rate-errors" d={marks(columns, (column) => column.errors, 0, 4)} />
          <path className="rate-gaps" d={marks(columns, (column) => column.gaps, 0, HEIGHT)} />
        </svg>
        {chosen && (
          <span
            className="rate-chosen"
            style={{
              left: `${(chosen.first / columns.length) * 100}%`,
              width: `${((chosen.last - chosen.first + 1) / columns.length) * 100}%`,
            }}
          />
        )}
      </div>
    </div>
  );
}

/** Room above the bars for the marks of errors. */
const LANE = 6;

/** One path for all bars: at least a pixel each, so that what is rare is seen. */
function bars(columns: readonly RateColumn[], heightOf: (column: RateColumn) => number, most: number): string {
  return columns
    .map((column, at) => {
      const value = heightOf(column);
      if (value === 0) return '';
      const height = Math.max(1, (value / most) * (HEIGHT - LANE));
      return `M${at} ${HEIGHT}h1v${-height}h-1z`;
    })
    .join('');
}

function marks(
  columns: readonly RateColumn[],
  heightOf: (column: RateColumn) => number,
  top: number,
  height: number,
): string {
  return columns.map((column, at) => (heightOf(column) === 0 ? '' : `M${at} ${top}h1v${height}h-1z`)).join('');
}

/** "2026-11-20 14:02:09.411957, 67 ms: 81 messages, 40 shown, 3 refused, messages lost". */
function columnText({ from, to, all, shown, errors, gaps }: RateColumn): string {
  const parts = [
    plural(all, 'message'),
    shown === all ? '' : `${count(shown)} shown`,
    errors === 0 ? '' : `${count(errors)} refused`,
    gaps === 0 ? '' : 'messages lost',
  ];
  return `${dateAndClock(`${from}`)}, ${span(Number(to - from))}: ${parts.filter((part) => part !== '').join(', ')}`;
}
