import { Filter, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { socketOwner } from '../../../app/contracts/index.ts';
import { protocolByNumber } from '../../../app/wire/index.ts';
import { listenLike, showMessagesOf } from '../../actions/sockets.ts';
import { bytes, count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useSockets } from '../../stores/hooks.ts';
import type { WatchedSocket } from '../../stores/sockets.ts';
import { Button } from '../../widgets/Button.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { PaneHead } from '../../widgets/PaneHead.tsx';
import { isKernels, socketClause } from './socketTable.ts';

/** All that is known of the selected socket, and what can be done about it. */
export function SocketDetail() {
  const app = useApp();
  const { socket, wasThere } = useSockets(({ list, selected }) => ({
    socket: list?.find(({ key }) => key === selected) ?? null,
    wasThere: selected !== null && list !== null,
  }));
  if (socket === null) {
    return (
      <section className="pane" aria-label="Socket">
        <EmptyState
          text={wasThere ? 'The socket that was selected has been closed.' : 'Select a socket to see all about it.'}
          testId="empty-socket"
        />
      </section>
    );
  }
  return (
    <section className="pane" aria-label="Socket" data-testid="socket-detail">
      <PaneHead
        title={isKernels(socket) ? `Kernel, ${socket.protocolName}` : ownerText(socket)}
        actions={
          <>
            <Button
              size="sm"
              variant="ghost"
              icon={Radio}
              disabled={socket.groups.length === 0}
              onClick={() => listenLike(app, socket)}
              data-testid="socket-listen"
            >
              Listen to its groups
            </Button>
            <Button
              size="sm"
              icon={Filter}
              disabled={socketClause(socket) === null}
              onClick={() => showMessagesOf(app, socket)}
              data-testid="socket-messages"
            >
              Show its messages
            </Button>
          </>
        }
      >
        {!isKernels(socket) && (
          <>
            {socket.protocolName} <span className="mono">portid {socket.portid}</span>
          </>
        )}
      </PaneHead>
      <dl className="socket-facts selectable">
        <Holder socket={socket} />
        <Facts socket={socket} />
      </dl>
    </section>
  );
}

function ownerText(socket: WatchedSocket): string {
  return socket.process === null ? 'Process not visible' : socketOwner(socket);
}

/** What NDIAG_FLAG_* say of a socket (linux/netlink_diag.h). */
const FLAG_WORDS: { readonly [flag: string]: string } = {
  CB_RUNNING: 'a dump is being read',
  PKTINFO: 'asks for groups (NETLINK_PKTINFO)',
  BROADCAST_ERROR: 'tells senders what it lost (NETLINK_BROADCAST_ERROR)',
  NO_ENOBUFS: 'is not told of losses (NETLINK_NO_ENOBUFS)',
  LISTEN_ALL_NSID: 'hears other namespaces (NETLINK_LISTEN_ALL_NSID)',
  CAP_ACK: 'wants short acknowledgements (NETLINK_CAP_ACK)',
};

function Fact({ name, mono, children }: { name: string; mono?: boolean; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={mono ? 'mono' : undefined}>{children}</dd>
    </div>
  );
}

/** Who holds the socket. Nothing of the kernel's own. */
function Holder({ socket }: { socket: WatchedSocket }) {
  const { process, exact, sharedWith } = socket;
  if (isKernels(socket)) return null;
  if (process === null)
    return <Fact name="Process">not visible: only root sees who holds the sockets of other users</Fact>;
  return (
    <>
      {!exact && (
        <Fact name="Process">inferred: its id is the address; whether it holds the socket may not be looked at</Fact>
      )}
      <Fact name="Command" mono>
        {process.command || process.comm}
      </Fact>
      <Fact name="User">{process.user}</Fact>
      {process.container !== '' && <Fact name="Container">{process.container}</Fact>}
      {process.cgroup.length > 1 && (
        <Fact name="Control group" mono>
          {process.cgroup}
        </Fact>
      )}
      {sharedWith.length > 0 && <Fact name="Held by">process {sharedWith.join(', ')} as well</Fact>}
    </>
  );
}

function Facts({ socket }: { socket: WatchedSocket }) {
  const { groups, receiveQueue, receiveBuffer, sendQueue, drops, newDrops, destPortid, flags, inode, netns } = socket;
  const share = Math.round((receiveQueue / Math.max(1, receiveBuffer)) * 100);
  return (
    <>
      <Fact name="Groups">{groups.length === 0 ? 'none' : <GroupList socket={socket} />}</Fact>
      <Fact name="Waiting">
        {count(receiveQueue)} of {bytes(receiveBuffer)} ({share} %)
      </Fact>
      {sendQueue > 0 && <Fact name="Being sent">{bytes(sendQueue)}</Fact>}
      <Fact name="Lost">
        {plural(drops, 'message')}
        {newDrops > 0 && `, ${count(newDrops)} of them while it was watched`}
      </Fact>
      {destPortid !== 0 && <Fact name="Connected to">portid {destPortid}</Fact>}
      {flags.length > 0 && <Fact name="Options">{flags.map((flag) => FLAG_WORDS[flag] ?? flag).join(', ')}</Fact>}
      <Fact name="Inode" mono>
        {inode}
      </Fact>
      {netns !== '' && <Fact name="Namespace">{netns}</Fact>}
    </>
  );
}

function GroupList({ socket: { protocol, groups } }: { socket: WatchedSocket }) {
  return (
    <ul className={`socket-groups family-${protocolByNumber(protocol).code}`}>
      {groups.map(({ group, name }) => (
        <li key={group} className="mono">
          {name}
          {name !== `${group}` && <span className="muted"> {group}</span>}
        </li>
      ))}
    </ul>
  );
}
