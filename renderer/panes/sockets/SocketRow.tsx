import type { ReactNode } from 'react';
import { socketOwner } from '../../../app/contracts/index.ts';
import { protocolByNumber } from '../../../app/wire/index.ts';
import { count } from '../../format/format.ts';
import type { WatchedSocket } from '../../stores/sockets.ts';
import { classes } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { ProcessName } from '../../widgets/ProcessName.tsx';
import { isKernels, type SocketColumn, type SocketColumnId } from './socketTable.ts';

interface SocketRowProps {
  socket: WatchedSocket;
  columns: readonly SocketColumn[];
  index: number;
  /** Pixels from the top of the table. */
  top: number;
  selected: boolean;
  id: string;
}

/** One socket in the table; tinted once it has lost messages before the user's eyes. */
export function SocketRow({ socket, columns, index, top, selected, id }: SocketRowProps) {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ top }}
      data-socket={socket.key}
      data-testid="socket-row"
      className={classes(
        'list-row',
        `family-${protocolByNumber(socket.protocol).code}`,
        socket.newDrops > 0 && 'warn',
        isKernels(socket) && 'kernels',
        selected && 'selected',
      )}
    >
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={at + 1}
          data-column={column.id}
          className={classes('cell cut', column.align === 'right' && 'right')}
        >
          {CELLS[column.id]?.(socket) ?? column.text(socket)}
        </div>
      ))}
    </div>
  );
}

/** Share of a receive buffer from which on it is drawn. */
const LEAST_SHARE = 0.02;

const CELLS: { readonly [column in SocketColumnId]?: (socket: WatchedSocket) => ReactNode } = {
  family: ({ protocol }) => {
    const { code } = protocolByNumber(protocol);
    return <span className="family-code">{code === 'OTHER' ? 'OTHR' : code}</span>;
  },
  process: (socket) => (
    <>
      {socket.process === null ? (
        <span className="muted">not visible</span>
      ) : (
        <ProcessName name={socketOwner(socket)} />
      )}
      {socket.sharedWith.length > 0 && <span className="muted"> +{socket.sharedWith.length}</span>}
    </>
  ),
  queue: ({ receiveQueue, receiveBuffer }) => {
    const share = Math.min(1, receiveQueue / Math.max(1, receiveBuffer));
    return (
      <>
        <span className={receiveQueue === 0 ? 'muted' : undefined}>{count(receiveQueue)}</span>
        {share >= LEAST_SHARE && (
          <span className={classes('queue-bar', share > 0.5 && 'full')} style={{ width: `${share * 100}%` }} />
        )}
      </>
    );
  },
  drops: ({ drops, newDrops }) =>
    newDrops === 0 ? (
      <span className={drops === 0 ? 'muted' : undefined}>{count(drops)}</span>
    ) : (
      <>
        <SeverityIcon severity="warn" size={12} label="losing messages" /> {count(drops)}{' '}
        <b data-testid="new-drops">+{count(newDrops)}</b>
      </>
    ),
};
