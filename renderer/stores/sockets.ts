import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, SocketInfo } from '../../app/contracts/index.ts';
import type { GridSort } from '../widgets/gridSort.ts';

/** Stands for all network namespaces that are known by name, in place of the path of one. */
export const EVERY_NAMESPACE = '*';

/** A socket, and what earlier looks at the machine told of it. */
export interface WatchedSocket extends SocketInfo {
  /** The same in every look. */
  readonly key: string;
  /** Name of its network namespace, "" for our own. */
  readonly netns: string;
  /** Messages it has lost since it was first seen. */
  readonly newDrops: number;
}

/** The netlink sockets of the machine as the window last saw them, and how it shows them. */
export interface Sockets {
  /** Null until the first look. */
  readonly list: readonly WatchedSocket[] | null;
  /** Namespaces that could not be looked into. */
  readonly failures: readonly { readonly netns: string; readonly error: Failure }[];
  /** Path of the namespace to look into, "" for our own, or EVERY_NAMESPACE. */
  readonly scope: string;
  readonly search: string;
  /** Whether the kernel's own sockets are shown. */
  readonly kernels: boolean;
  /** Null: by protocol and address, as the host lists them. */
  readonly sort: GridSort | null;
  /** Key of the selected socket; it may have been closed since. */
  readonly selected: string | null;
}

export type SocketsStore = StoreApi<Sockets>;

export function createSockets(): SocketsStore {
  return createStore<Sockets>(() => ({
    list: null,
    failures: [],
    scope: '',
    search: '',
    kernels: true,
    sort: null,
    selected: null,
  }));
}

/**
 * A look at the machine, joined to the one before: what a socket has lost in between is counted.
 * @param looks sockets by the name of their namespace
 */
export function watchSockets(
  before: readonly WatchedSocket[],
  looks: readonly { readonly netns: string; readonly sockets: readonly SocketInfo[] }[],
): WatchedSocket[] {
  const known = new Map(before.map((socket) => [socket.key, socket]));
  return looks.flatMap(({ netns, sockets }) =>
    sockets.map((socket) => {
      const key = `${netns}/${socket.protocol}/${socket.portid}/${socket.inode}`;
      const earlier = known.get(key);
      // Fewer than before: the inode is that of a younger socket.
      const newDrops = earlier && socket.drops >= earlier.drops ? earlier.newDrops + socket.drops - earlier.drops : 0;
      return { ...socket, key, netns, newDrops };
    }),
  );
}
