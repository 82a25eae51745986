import { ArrowDown, ArrowUp } from 'lucide-react';
import { useApp } from '../../stores/app.ts';
import { useSockets } from '../../stores/hooks.ts';
import { nextSort, type SocketColumn } from './socketTable.ts';

/** The heads of the columns: a press sorts by one, another turns the order round, a third gives it up. */
export function SocketHeader({ columns }: { columns: readonly SocketColumn[] }) {
  const app = useApp();
  const sort = useSockets((sockets) => sockets.sort);
  return (
    <div className="list-head" role="row" aria-rowindex={1}>
      {columns.map((column, at) => {
        const sorted = sort?.column === column.id ? sort : null;
        const Arrow = sorted?.descending ? ArrowDown : ArrowUp;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={at + 1}
            aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
            className={column.align === 'right' ? 'cell right' : 'cell'}
          >
            <button
              type="button"
              className="sort-button"
              title={column.doc}
              data-testid={`sort-${column.id}`}
              onClick={() => app.sockets.setState({ sort: nextSort(sort, column) })}
            >
              {column.title}
              {sorted && <Arrow size={11} aria-hidden />}
            </button>
          </div>
        );
      })}
    </div>
  );
}
