import { memo, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { ColourRule } from '../../../app/contracts/index.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, usePreferences } from '../../stores/hooks.ts';
import { rulesOf } from '../../stores/preferences.ts';
import { clampOffset, maxOffset } from './scroller.ts';
import type { ListScroll } from './useListScroll.ts';

/** Milliseconds between two questions for the overview while the capture changes. */
const REFRESH = 1000;
const MIN_THUMB = 24;
/** Pixels of the strip that one slice of the capture takes. */
const SLICE = 2;

/** Neighbouring slices of the same severity, drawn as one mark. */
interface Mark {
  readonly severity: string;
  readonly from: number;
  readonly length: number;
}

/** The list's scrollbar: where errors, warnings and gaps are in the whole view, and where the viewport stands. */
export function OverviewStrip({ geometry, offset, scrollTo }: ListScroll) {
  const height = geometry.viewport;
  const marks = useOverview(Math.max(0, Math.floor(height / SLICE)));
  const grip = useRef<number | null>(null);

  const most = maxOffset(geometry);
  const whole = geometry.rows * geometry.rowHeight;
  const thumb = Math.max(MIN_THUMB, whole === 0 ? 0 : (height / whole) * height);
  const top = most === 0 ? 0 : (offset / most) * (height - thumb);
  const seek = (y: number) => scrollTo(clampOffset(geometry, (y / Math.max(1, height - thumb)) * most));

  const pointerDown = (event: PointerEvent<HTMLElement>) => {
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const onThumb = y >= top && y < top + thumb;
    grip.current = onThumb ? y - top : thumb / 2;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!onThumb) seek(y - thumb / 2);
  };
  const pointerMove = (event: PointerEvent<HTMLElement>) => {
    if (grip.current === null) return;
    seek(event.clientY - event.currentTarget.getBoundingClientRect().top - grip.current);
  };

  return (
    <div
      className="overview"
      role="scrollbar"
      aria-label="Position in the list"
      aria-controls="message-list"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={geometry.rows}
      aria-valuenow={Math.round(offset / geometry.rowHeight)}
      data-testid="overview"
      onPointerDown={pointerDown}
      onPointerMove={pointerMove}
      onPointerUp={() => {
        grip.current = null;
      }}
    >
      <Marks marks={marks} />
      {most > 0 && <span className="overview-thumb" style={{ top, height: thumb }} />}
    </div>
  );
}

const Marks = memo(function Marks({ marks }: { marks: readonly Mark[] }) {
  return marks.map(({ severity, from, length }) => (
    <i
      key={`${severity}${from}`}
      className={`overview-mark ${severity}`}
      style={{ top: from * SLICE, height: length * SLICE }}
    />
  ));
});

/** Severities of the view's slices, asked anew when it changed: one question at a time, at most one a second. */
function useOverview(buckets: number): readonly Mark[] {
  const app = useApp();
  const generation = useHostState(({ view }) => view.generation);
  const revision = useHostState(({ view, severities }) => `${view.rows} ${Object.values(severities)}`);
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const asking = useRef(false);
  const askedAt = useRef(0);
  const rules = usePreferences(rulesOf);
  const colours = useMemo(() => rules.map(({ filter }) => filter), [rules]);
  const shape = `${generation} ${buckets} ${colours.join('\n')}`;
  const now = useRef(shape);
  now.current = shape;
  // biome-ignore lint/correctness/useExhaustiveDependencies: shape and revision say when to ask again
  useEffect(() => {
    if (buckets === 0) return;
    const ask = async () => {
      if (asking.current) {
        timer = setTimeout(ask, REFRESH);
        return;
      }
      asking.current = true;
      askedAt.current = Date.now();
      const slices = await app.run(
        colours.length === 0 ? app.api.overview(buckets) : app.api.overview(buckets, colours),
      );
      asking.current = false;
      // What grew meanwhile moves a mark by little; another list has others.
      if (slices && now.current === shape) setMarks(toMarks(slices.map((slice) => markName(slice, rules))));
    };
    let timer = setTimeout(ask, Math.max(0, askedAt.current + REFRESH - Date.now()));
    return () => clearTimeout(timer);
  }, [app, shape, rules, revision]);
  return marks;
}

/** What a slice is called where it is drawn: a severity, or the colour of the rule that it is about. */
function markName(slice: string, rules: readonly ColourRule[]): string {
  const place = /^colour (\d+)$/.exec(slice)?.[1];
  if (place === undefined) return slice;
  const colour = rules[Number(place)]?.colour;
  return colour === undefined ? '' : `rule-${colour}`;
}

function toMarks(slices: readonly string[]): Mark[] {
  const marks: Mark[] = [];
  slices.forEach((severity, at) => {
    const last = marks.at(-1);
    if (severity === '') return;
    if (last?.severity === severity && last.from + last.length === at) {
      marks[marks.length - 1] = { ...last, length: last.length + 1 };
    } else marks.push({ severity, from: at, length: 1 });
  });
  return marks;
}
