import { type GroupRef, type SocketInfo, socketOwner } from '../../../app/contracts/index.ts';
import { formatClause, quote } from '../../../app/filter/index.ts';
import { NETLINK_GENERIC, PROTOCOLS, protocolByNumber } from '../../../app/wire/index.ts';
import { count } from '../../format/format.ts';
import type { WatchedSocket } from '../../stores/sockets.ts';
import { type GridColumn, type GridSort, sorted } from '../../widgets/gridSort.ts';

export type SocketColumnId =
  | 'family'
  | 'protocol'
  | 'portid'
  | 'process'
  | 'user'
  | 'queue'
  | 'drops'
  | 'groups'
  | 'inode'
  | 'netns';

export type SocketColumn = GridColumn<WatchedSocket> & { readonly id: SocketColumnId };

const COLUMNS: readonly SocketColumn[] = [
  { id: 'family', title: 'Fam', width: '52px', text: (s) => protocolByNumber(s.protocol).code },
  { id: 'protocol', title: 'Protocol', width: '172px', hiddenBelow: 760, text: (s) => s.protocolName },
  {
    id: 'portid',
    title: 'Portid',
    doc: 'Netlink address; 0 is the kernel',
    width: '96px',
    align: 'right',
    text: (s) => `${s.portid}`,
    value: (s) => s.portid,
  },
  { id: 'process', title: 'Process', width: '176px', text: socketOwner },
  { id: 'user', title: 'User', width: '92px', hiddenBelow: 900, text: (s) => s.process?.user ?? '' },
  {
    id: 'queue',
    title: 'Waiting',
    doc: 'Bytes that wait to be received, of the receive buffer',
    width: '84px',
    align: 'right',
    text: (s) => count(s.receiveQueue),
    value: (s) => s.receiveQueue,
  },
  {
    id: 'drops',
    title: 'Lost',
    doc: 'Messages lost since it was opened, and since it is watched here',
    width: '112px',
    align: 'right',
    text: (s) => count(s.drops),
    value: (s) => s.drops,
  },
  {
    id: 'groups',
    title: 'Groups',
    width: 'minmax(0, 1fr)',
    text: (s) => s.groups.map(({ name }) => name).join(', '),
    value: (s) => s.groups.length,
  },
  {
    id: 'inode',
    title: 'Inode',
    width: '92px',
    align: 'right',
    hiddenBelow: 1120,
    text: (s) => `${s.inode}`,
    value: (s) => s.inode,
  },
];
const NETNS_COLUMN: SocketColumn = { id: 'netns', title: 'Namespace', width: '112px', text: (s) => s.netns };

/**
 * Columns of a table of this width (pixels).
 * @param several whether the sockets of more than one namespace are in it
 */
export function socketColumns(width: number, several: boolean): readonly SocketColumn[] {
  const columns = several ? [NETNS_COLUMN, ...COLUMNS] : COLUMNS;
  return columns.filter(({ hiddenBelow }) => width >= (hiddenBelow ?? 0));
}

/** Whether it is the kernel's end of a protocol. */
export function isKernels({ process }: SocketInfo): boolean {
  return process?.pid === 0;
}

/** The sockets that hold every word, sorted. Words are looked for in all that the view shows of a socket. */
export function shownSockets(
  list: readonly WatchedSocket[],
  { search, kernels, sort }: { search: string; kernels: boolean; sort: GridSort | null },
): readonly WatchedSocket[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = list.filter((socket) => {
    if (!kernels && isKernels(socket)) return false;
    const text = words.length > 0 ? searchText(socket) : '';
    return words.every((word) => text.includes(word));
  });
  return sorted(found, [NETNS_COLUMN, ...COLUMNS], sort);
}

function searchText(socket: WatchedSocket): string {
  const { process } = socket;
  const parts = [...[NETNS_COLUMN, ...COLUMNS].map(({ text }) => text(socket)), process?.command, process?.container];
  return parts.join('\n').toLowerCase();
}

/** The display filter that shows a socket's messages; for the kernel's own, all of the protocol. Null when it has no address. */
export function socketClause(socket: SocketInfo & { readonly netns?: string }): string | null {
  const { netns = '', portid, protocol, protocolName } = socket;
  if (portid === 0 && !isKernels(socket)) return null;
  const named = PROTOCOLS.some(({ name }) => name === protocolName);
  return [
    netns === '' ? '' : formatClause('nl.netns', quote(netns)),
    formatClause('nl.protocol', named ? protocolName : `${protocol}`),
    isKernels(socket) ? '' : formatClause('nl.socket', `${portid}`),
  ]
    .filter((clause) => clause !== '')
    .join(' && ');
}

/** The groups that a socket has joined, as a capture joins them. */
export function socketGroups({ protocol, groups }: SocketInfo): GroupRef[] {
  return groups.map(({ group, name }) => {
    const slash = name.lastIndexOf('/');
    if (protocol !== NETLINK_GENERIC || slash < 0) return { protocol, group };
    return { protocol, group, genlFamily: name.slice(0, slash), name: name.slice(slash + 1) };
  });
}
