import { ChevronDown } from 'lucide-react';
import { memo, type PointerEvent, useRef } from 'react';
import { command } from '../../commands/table.ts';
import { useApp } from '../../stores/app.ts';
import { usePreferences } from '../../stores/hooks.ts';
import { TIME_FORMATS } from '../../stores/preferences.ts';
import { Menu, type MenuEntry } from '../../widgets/Menu.tsx';
import { type Column, clampWidth } from './columns.ts';

/** The heads of the columns. Their right edges can be dragged; a double click gives a column its usual width again. */
export const ListHeader = memo(function ListHeader({ columns }: { columns: readonly Column[] }) {
  return (
    <div className="list-head" role="row" aria-rowindex={1}>
      {columns.map((column, at) => (
        <div key={column.id} role="columnheader" className={column.align === 'right' ? 'cell right' : 'cell'}>
          {column.id === 'time' ? (
            <TimeHead title={column.title} />
          ) : (
            column.title || <span className="sr-only">{column.id}</span>
          )}
          {!column.fixed && column.width > 0 && <ColumnEdge column={column} reversed={at === columns.length - 1} />}
        </div>
      ))}
    </div>
  );
});

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
      entries={entries}
      trigger={
        <button type="button" className="sort-button" tabIndex={-1} data-testid="time-format">
          {title}
          <ChevronDown size={10} aria-hidden />
        </button>
      }
    />
  );
}

/** `reversed`: the edge is at the column's left, because the column is the last one. */
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
      onPointerMove={drag}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => setWidth(null)}
    />
  );
}
