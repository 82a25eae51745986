import type { ReactNode } from 'react';
import { socketOwner } from '../../../app/contracts/index.ts';
import { protocolByNumber } from '../../../app/wire/index.ts';
import { count } from '../../format/format.ts';
import type { WatchedSocket } from '../../stores/sockets.ts';
import { classes } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { ProcessName } from '../../widgets/ProcessName.tsx';

/** Share of a receive buffer from which on it is drawn. */
const LEAST_SHARE = 0.02;

/** Cells of the table of sockets that hold more than text, by their columns. */
export const SOCKET_CELLS: { readonly [column: string]: ((socket: WatchedSocket) => ReactNode) | undefined } = {
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
