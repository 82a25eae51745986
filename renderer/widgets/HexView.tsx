import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { ByteRange } from '../../app/contracts/index.ts';
import { asciiOf, clipToLine, HEX, lineCount, moveCursor, offsetLabel, PADDING, PLAIN } from './hexLayout.ts';
import { useWidth } from './useWidth.ts';
import { revealRow, useWindowedRows } from './useWindowedRows.ts';

const LINE_HEIGHT = 20;
/** From this width of the pane on, sixteen bytes fit on a line with their ASCII. */
const WIDE_FROM = 532;

export interface HexViewProps {
  bytes: Uint8Array;
  /** One tint per byte, as `depthsOf` makes them. */
  depths: Uint8Array;
  selected?: ByteRange | null;
  /** Linked with what the pointer is over elsewhere. Never scrolls. */
  hovered?: ByteRange | null;
  /** Outlined as wrong. */
  marked?: ByteRange | null;
  /** The byte under the pointer, null when it leaves. */
  onHover?(offset: number | null): void;
  /** `byte`: one byte was clicked or reached by an arrow key. `range`: several were dragged over or extended with Shift. */
  onSelect?(range: ByteRange, gesture: 'byte' | 'range'): void;
  /** Enter was pressed on a byte. */
  onActivate?(offset: number): void;
  /** Name of the field a byte belongs to, for screen readers. */
  describe?(offset: number): string;
  columns?: 8 | 16 | 'auto';
  label: string;
  testId?: string;
}

/** Bytes in hexadecimal and ASCII, 16 or 8 a line. Only the visible lines exist in the document. */
export function HexView(props: HexViewProps) {
  const {
    bytes,
    depths,
    selected,
    hovered,
    marked,
    onHover,
    onSelect,
    onActivate,
    describe: nameOf,
    label,
    testId,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useColumns(scroller, props.columns ?? 'auto');
  const lines = lineCount(bytes.length, columns);
  const { first, last, pageRows } = useWindowedRows(scroller, lines, LINE_HEIGHT);
  const [cursor, setCursor] = useState(0);
  const anchor = useRef(0);
  const dragging = useRef(false);
  const id = useId();

  useEffect(() => {
    if (!selected || (cursor >= selected.start && cursor < selected.end)) return;
    setCursor(selected.start);
    anchor.current = selected.start;
  }, [selected, cursor]);
  const shownFrom = selected?.start;
  const shownTo = selected?.end;
  useLayoutEffect(() => {
    if (!scroller.current || shownFrom === undefined || shownTo === undefined) return;
    const lineOf = (offset: number) => Math.floor(offset / columns);
    revealRow(scroller.current, Math.min(lineOf(Math.max(shownFrom, shownTo - 1)), lineOf(shownFrom) + 4), LINE_HEIGHT);
    revealRow(scroller.current, lineOf(shownFrom), LINE_HEIGHT);
  }, [shownFrom, shownTo, columns]);

  const moveTo = (offset: number, extend: boolean) => {
    setCursor(offset);
    if (!extend) anchor.current = offset;
    const start = Math.min(anchor.current, offset);
    const end = Math.max(anchor.current, offset) + 1;
    onSelect?.({ start, end }, end - start > 1 ? 'range' : 'byte');
    if (scroller.current) revealRow(scroller.current, Math.floor(offset / columns), LINE_HEIGHT);
  };
  const press = (event: KeyboardEvent) => {
    if (event.altKey || bytes.length === 0) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      onActivate?.(cursor);
      return;
    }
    const vertical = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    if (vertical && event.ctrlKey) return;
    const motion = { length: bytes.length, columns, pageLines: pageRows, ctrl: event.ctrlKey };
    const target = moveCursor(event.key, cursor, motion);
    if (target === null) return;
    event.preventDefault();
    moveTo(target, event.shiftKey);
  };
  const pointerDown = (event: PointerEvent) => {
    const offset = offsetAt(event.target);
    if (offset === null || event.button !== 0) return;
    dragging.current = true;
    moveTo(offset, event.shiftKey);
  };
  const pointerMove = (event: PointerEvent) => {
    const offset = offsetAt(event.target);
    onHover?.(offset);
    if (dragging.current && event.buttons === 0) dragging.current = false;
    if (dragging.current && offset !== null && offset !== cursor) moveTo(offset, true);
  };

  const visible: number[] = [];
  for (let line = first; line < last; line++) visible.push(line * columns);
  return (
    <div
      ref={scroller}
      className={`hex hex-${columns}`}
      role="grid"
      aria-label={label}
      aria-rowcount={lines}
      aria-colcount={columns}
      aria-activedescendant={`${id}-cursor`}
      tabIndex={0}
      data-testid={testId}
      onKeyDown={press}
      onPointerDown={pointerDown}
      onPointerMove={pointerMove}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onPointerLeave={() => onHover?.(null)}
    >
      <div className="hex-canvas" role="presentation" style={{ height: lines * LINE_HEIGHT }}>
        {visible.map((start) => (
          <HexLine
            key={start}
            bytes={bytes}
            depths={depths}
            start={start}
            columns={columns}
            cursor={cursor >= start && cursor < start + columns ? cursor - start : -1}
            cursorId={`${id}-cursor`}
            nameOf={nameOf}
            {...flatten('selected', clipToLine(selected, start, columns))}
            {...flatten('hovered', clipToLine(hovered, start, columns))}
            {...flatten('marked', clipToLine(marked, start, columns))}
          />
        ))}
      </div>
    </div>
  );
}

type Part = 'selected' | 'hovered' | 'marked';
type LineRanges = { readonly [key in `${Part}From` | `${Part}To`]?: number };

/** Ranges as plain numbers, so that a line whose part did not change is not drawn again. */
function flatten(part: Part, range: ByteRange | null): LineRanges {
  return { [`${part}From`]: range?.start ?? -1, [`${part}To`]: range?.end ?? -1 };
}

interface HexLineProps extends LineRanges {
  bytes: Uint8Array;
  depths: Uint8Array;
  start: number;
  columns: number;
  /** Column of the cursor, -1 when it is on another line. */
  cursor: number;
  cursorId: string;
  nameOf: ((offset: number) => string) | undefined;
}

const HexLine = memo(function HexLine(props: HexLineProps) {
  const { bytes, depths, start, columns, cursor, cursorId, nameOf } = props;
  const {
    selectedFrom = -1,
    selectedTo = -1,
    hoveredFrom = -1,
    hoveredTo = -1,
    markedFrom = -1,
    markedTo = -1,
  } = props;
  const count = Math.min(columns, bytes.length - start);
  const hex = [];
  const ascii = [];
  for (let column = 0; column < count; column++) {
    const offset = start + column;
    const byte = bytes[offset]!;
    const states = [
      edge('marked', column, markedFrom, markedTo),
      edge('selected', column, selectedFrom, selectedTo),
      column >= hoveredFrom && column < hoveredTo ? 'hovered' : '',
    ].join(' ');
    const depth = depths[offset] ?? PLAIN;
    const tint = depth === PADDING ? 'padding' : depth === PLAIN ? '' : `tint-${depth}`;
    const isCursor = column === cursor;
    hex.push(
      <span
        key={column}
        role="gridcell"
        aria-selected={column >= selectedFrom && column < selectedTo}
        data-offset={offset}
        id={isCursor ? cursorId : undefined}
        aria-label={isCursor ? `offset ${offset}, 0x${HEX[byte]}, ${nameOf?.(offset) ?? ''}` : undefined}
        className={`${tint} ${states} ${isCursor ? 'cursor' : ''}`}
      >
        {HEX[byte]}
      </span>,
    );
    ascii.push(
      <span key={column} data-offset={offset} className={`${tint === 'padding' ? tint : ''} ${states}`}>
        {asciiOf(byte)}
      </span>,
    );
  }
  return (
    <div
      className="hex-line"
      role="row"
      aria-rowindex={start / columns + 1}
      style={{ top: (start / columns) * LINE_HEIGHT }}
    >
      <span className="hex-offset" aria-hidden>
        {offsetLabel(start)}
      </span>
      <span className="hex-bytes" role="presentation">
        {hex}
      </span>
      <span className="hex-ascii" aria-hidden>
        {ascii}
      </span>
    </div>
  );
});

/** Class names of a cell in an outlined range: where it begins and ends on this line it has a side as well. */
function edge(name: string, column: number, from: number, to: number): string {
  if (column < from || column >= to) return '';
  return `${name}${column === from ? ' first' : ''}${column === to - 1 ? ' last' : ''}`;
}

function offsetAt(target: EventTarget): number | null {
  if (!(target instanceof HTMLElement) || target.dataset.offset === undefined) return null;
  return Number(target.dataset.offset);
}

function useColumns(element: RefObject<HTMLElement | null>, wanted: 8 | 16 | 'auto'): 8 | 16 {
  const wide = useWidth(element, WIDE_FROM) >= WIDE_FROM;
  return wanted === 'auto' ? (wide ? 16 : 8) : wanted;
}
