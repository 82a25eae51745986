import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { classes } from './Button.tsx';
import { type GridColumn, type GridSort, nextSort } from './gridSort.ts';
import { ContextMenu, type MenuEntry } from './Menu.tsx';
import { revealRow, useWindowedRows } from './useWindowedRows.ts';
import './gridTable.css';

const ROW_HEIGHT = 24;

interface GridTableProps<T> {
  /** What the rows are, and what one of them is: names of the table and of its menu. */
  label: string;
  itemLabel: string;
  columns: readonly GridColumn<T>[];
  /** In the order in which they are shown. */
  rows: readonly T[];
  keyOf(item: T): string;
  /** Key of the selected row; there may be no such row. */
  selected: string | null;
  onSelect(item: T): void;
  /** Enter and a double click. */
  onOpen(item: T): void;
  sort: GridSort | null;
  onSort(sort: GridSort | null): void;
  menuFor(item: T, cellText: string): readonly MenuEntry[];
  rowClass?(item: T): string | false;
  /** What stands in a cell, where that is more than its text. */
  cell?(item: T, column: GridColumn<T>): ReactNode;
  /** Ids for tests: of the table, and of its rows. */
  testId: string;
  rowTestId: string;
}

/** A table of things: heads that sort, one selected row, of which there may be thousands. It takes the focus when it appears. */
export function GridTable<T>(props: GridTableProps<T>) {
  const { columns, rows, keyOf, selected, onSelect, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last, pageRows } = useWindowedRows(scroller, rows.length, ROW_HEIGHT);
  const at = selected === null ? -1 : rows.findIndex((item) => keyOf(item) === selected);
  const rowId = (index: number) => `${props.rowTestId}-${index}`;

  useLayoutEffect(() => scroller.current?.focus(), []);

  const go = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    const item = rows[index];
    if (item === undefined) return;
    onSelect(item);
    if (scroller.current) revealRow(scroller.current, index, ROW_HEIGHT);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const up = at < 0 ? rows.length - 1 : at - 1;
    const steps: { readonly [key: string]: number } = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: up,
      k: up,
      PageDown: at + pageRows,
      PageUp: at - pageRows,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    const item = rows[at];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && item !== undefined && event.target === event.currentTarget) onOpen(item);
    else return;
    event.preventDefault();
  };
  const itemAt = (target: EventTarget): T | undefined => {
    const row = (target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'];
    return row === undefined ? undefined : rows[Number(row)];
  };
  const choose = (event: MouseEvent) => {
    const item = itemAt(event.target);
    if (item !== undefined && event.button <= 2) onSelect(item);
  };

  return (
    <ContextMenu
      label={props.itemLabel}
      entriesFor={(target) => {
        const item = itemAt(target);
        const cell = target.closest<HTMLElement>('[data-column]');
        return item === undefined ? [] : props.menuFor(item, cell?.textContent ?? '');
      }}
    >
      <div
        ref={scroller}
        className="list-grid grid-table"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={at >= first && at < last ? rowId(at) : undefined}
        tabIndex={0}
        data-pane-focus
        data-testid={props.testId}
        style={{ '--list-columns': columns.map(({ width }) => width).join(' ') } as React.CSSProperties}
        onKeyDown={press}
        onMouseDown={choose}
        onDoubleClick={(event) => {
          const item = itemAt(event.target);
          if (item !== undefined) onOpen(item);
        }}
      >
        <Heads columns={columns} sort={props.sort} onSort={props.onSort} />
        <div className="grid-canvas" role="rowgroup" style={{ height: rows.length * ROW_HEIGHT }}>
          {rows.slice(first, last).map((item, offset) => {
            const index = first + offset;
            return (
              <div
                key={keyOf(item)}
                role="row"
                id={rowId(index)}
                aria-rowindex={index + 2}
                aria-selected={index === at}
                style={{ top: index * ROW_HEIGHT }}
                data-row={index}
                data-testid={props.rowTestId}
                className={classes('list-row', props.rowClass?.(item), index === at && 'selected')}
              >
                {columns.map((column, place) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    aria-colindex={place + 1}
                    data-column={column.id}
                    className={classes('cell cut', column.align === 'right' && 'right')}
                  >
                    {props.cell?.(item, column) ?? column.text(item)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </ContextMenu>
  );
}

interface HeadsProps<T> {
  columns: readonly GridColumn<T>[];
  sort: GridSort | null;
  onSort(sort: GridSort | null): void;
}

/** The heads of the columns: a press sorts by one, another turns the order round, a third gives it up. */
function Heads<T>({ columns, sort, onSort }: HeadsProps<T>) {
  return (
    <div className="list-head" role="row" aria-rowindex={1}>
      {columns.map((column, at) => {
        const order = sort?.column === column.id ? sort : null;
        const Arrow = order?.descending ? ArrowDown : ArrowUp;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={at + 1}
            aria-sort={order ? (order.descending ? 'descending' : 'ascending') : 'none'}
            className={column.align === 'right' ? 'cell right' : 'cell'}
          >
            <button
              type="button"
              className="sort-button"
              title={column.doc}
              data-testid={`sort-${column.id}`}
              onClick={() => onSort(nextSort(sort, column))}
            >
              {column.title}
              {order && <Arrow size={11} aria-hidden />}
            </button>
          </div>
        );
      })}
    </div>
  );
}
