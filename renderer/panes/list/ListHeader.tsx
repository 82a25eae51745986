import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, memo, type PointerEvent, useRef, useState } from 'react';
import { TIME_FORMATS } from '../../../app/contracts/index.ts';
import { dropColumn, openColumnMenu } from '../../actions/columns.ts';
import { pressHead, sortEntries } from '../../actions/sort.ts';
import { command } from '../../commands/table.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, usePreferences } from '../../stores/hooks.ts';
import { classes } from '../../widgets/Button.tsx';
import { Menu, type MenuEntry } from '../../widgets/Menu.tsx';
import { dragColumn, droppedColumn, isColumnDrag } from '../columnDrag.ts';
import { type Column, clampWidth, columnName } from './columns.ts';

/**
 * The heads of the columns. They can be dragged to another place, and fields onto them; the edges give a column another
 * width, a double click the usual one. Their context menu chooses columns.
 */
export const ListHeader = memo(function ListHeader({ columns }: { columns: readonly Column[] }) {
  const app = useApp();
  /** Where what is dragged would be put: before the column of this number, or at the end. */
  const [place, setPlace] = useState<number | null>(null);
  const sort = useHostState(({ view }) => view.sort ?? null);
  const info = columns.findIndex(({ id }) => id === 'info');
  const dragOver = (event: DragEvent) => {
    if (!isColumnDrag(event)) return;
    event.preventDefault();
    setPlace(placeAt(event.currentTarget, event.clientX));
  };
  const dragLeave = ({ currentTarget, relatedTarget }: DragEvent) => {
    // From one head to the next it goes on.
    if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setPlace(null);
  };
  const drop = (event: DragEvent) => {
    if (!isColumnDrag(event)) return;
    event.preventDefault();
    setPlace(null);
    const before = columns[placeAt(event.currentTarget, event.clientX)];
    dropColumn(app, droppedColumn(event), before?.id ?? null);
  };
  return (
    <div
      className="list-head"
      role="row"
      tabIndex={-1}
      aria-rowindex={1}
      data-testid="list-head"
      onKeyDown={headKey}
      onDragStart={(event) => {
        const dragged = columns.find(({ id }) => id === headAt(event.target)?.dataset['head']);
        if (dragged) dragColumn(event, dragged.id);
      }}
      onClick={({ target }) => {
        const pressed = columns.find(({ id }) => id === headAt(target)?.dataset['head']);
        if (pressed && target instanceof Element && target.closest('.head-title') && !target.closest('button'))
          pressHead(app, pressed.id);
      }}
      onDragEnd={() => setPlace(null)}
      onDragOver={dragOver}
      onDragLeave={dragLeave}
      onDrop={drop}
    >
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="columnheader"
          aria-colindex={at + 1}
          tabIndex={at === 0 ? 0 : -1}
          data-head={column.id}
          aria-sort={sort?.column !== column.id ? undefined : sort.descending ? 'descending' : 'ascending'}
          className={classes(
            'cell',
            column.align === 'right' && 'right',
            place === at && 'drop-before',
            place === columns.length && at === columns.length - 1 && 'drop-after',
          )}
        >
          <span className="head-title" draggable>
            {column.id === 'time' ? (
              <TimeHead title={column.title} />
            ) : (
              column.title || <span className="sr-only">{columnName(column.id)}</span>
            )}
            {sort?.column === column.id && <SortGlyph descending={sort.descending} />}
          </span>
          {!column.fixed && column.width > 0 && <ColumnEdge column={column} reversed={at > info} />}
        </div>
      ))}
    </div>
  );
});

function headAt(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-head]') : null;
}

/** How many heads have their middle to the left of a place on screen. */
function placeAt(head: Element, x: number): number {
  return [...head.children].filter((cell) => {
    const { left, width } = cell.getBoundingClientRect();
    return left + width / 2 < x;
  }).length;
}

/** Keys of the heads: arrows, Home and End go from one to the other; Enter and the menu key open the menu, Down the list. */
function headKey(event: KeyboardEvent): void {
  const head = headAt(event.target);
  if (!head || event.ctrlKey || event.altKey || event.metaKey) return;
  const { parentElement: row } = head;
  const targets: { readonly [key: string]: Element | null | undefined } = {
    ArrowLeft: head.previousElementSibling ?? head,
    ArrowRight: head.nextElementSibling ?? head,
    Home: row?.firstElementChild,
    End: row?.lastElementChild,
    ArrowDown: head.closest('[role="grid"]'),
    Escape: head.closest('[role="grid"]'),
  };
  const target = targets[event.key];
  if (target instanceof HTMLElement) target.focus();
  else if (['Enter', ' ', 'ContextMenu'].includes(event.key) || (event.key === 'F10' && event.shiftKey))
    openColumnMenu(head);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function SortGlyph({ descending }: { descending: boolean }) {
  const Glyph = descending ? ArrowDown : ArrowUp;
  return <Glyph size={10} className="sort-glyph" aria-hidden />;
}

/** The head of the time: a press offers what else it can tell. */
function TimeHead({ title }: { title: string }) {
  const app = useApp();
  const chosen = usePreferences(({ timeFormat }) => timeFormat);
  const entries = TIME_FORMATS.map((format): MenuEntry => {
    const { title: label, keys, run } = command(`time.${format}`);
    return { kind: 'item', label, keys: keys[0], checked: format === chosen, run: () => run(app) };
  });
  return (
    <Menu
      label="Time"
      entries={[...entries, { kind: 'separator' }, ...sortEntries(app, 'time')]}
      trigger={
        <button type="button" className="sort-button" tabIndex={-1} data-testid="time-format">
          {title}
          <ChevronDown size={10} aria-hidden />
        </button>
      }
    />
  );
}

/** `reversed`: the edge is at the column's left, because the one that takes the rest is there. */
function ColumnEdge({ column, reversed }: { column: Column; reversed: boolean }) {
  const { preferences } = useApp();
  const start = useRef<{ x: number; width: number } | null>(null);
  const setWidth = (width: number | null) =>
    preferences.setState(({ columnWidths }) => {
      const { [column.id]: _, ...others } = columnWidths;
      return { columnWidths: width === null ? others : { ...others, [column.id]: clampWidth(width) } };
    });
  const drag = (event: PointerEvent) => {
    if (!start.current) return;
    const moved = event.clientX - start.current.x;
    setWidth(start.current.width + (reversed ? -moved : moved));
  };
  return (
    <span
      className={reversed ? 'column-edge reversed' : 'column-edge'}
      aria-hidden
      data-testid={`column-edge-${column.id}`}
      onPointerDown={(event) => {
        start.current = { x: event.clientX, width: column.width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      // It is the width that is dragged, not the column.
      onMouseDown={(event) => event.preventDefault()}
      onPointerMove={drag}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => setWidth(null)}
    />
  );
}
