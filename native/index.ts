import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Options of the addon's NetlinkSocket (native/src/addon.cc). */
export interface NativeOptions {
  /** NETLINK_* number, 0..31. */
  readonly protocol: number;
  /** Path of a network namespace; absent or "" for the process's own. */
  readonly netns?: string;
  /** Descriptor of an open netlink socket to take over; it is closed with the NetlinkSocket. */
  readonly fd?: number;
  /** Address to bind to; 0 or absent lets the kernel choose. */
  readonly portid?: number;
  /** Bytes for SO_RCVBUFFORCE, else SO_RCVBUF. */
  readonly receiveBuffer?: number;
  /** Bytes of received records that may wait for JavaScript (64 MiB by default). */
  readonly queueLimit?: number;
  readonly extAck?: boolean;
  readonly capAck?: boolean;
  readonly strictCheck?: boolean;
  readonly allNsid?: boolean;
}

/** What the addon counts. Fields after receiveBuffer are absent on sockets that do not receive, and once closed. */
export interface NativeCounters {
  readonly socketDropped: number;
  readonly receiveBuffer: number;
  readonly datagrams?: number;
  readonly bytes?: number;
  readonly queueDropped?: number;
  readonly truncated?: number;
  readonly queuedBytes?: number;
  readonly queuedBatches?: number;
  /** errno that ended the receive thread, 0 while it runs. */
  readonly failure?: number;
  readonly scheduling?: 'SCHED_RR' | 'nice' | 'normal';
}

/** The addon's class. Methods that say "errno" return 0 for success. */
export interface NativeSocket {
  readonly portid: number;
  /** Joins a multicast group by number; errno. */
  join(group: number): number;
  leave(group: number): number;
  /** Sends one datagram; errno. */
  send(bytes: Uint8Array, portid: number, groupMask: number): number;
  /** The oldest batch (see native/batch.ts); undefined when there is none, and then `onReadable` will be called again. */
  take(): Uint8Array | undefined;
  counters(): NativeCounters;
  /** Ends the receive thread and closes the descriptor. May be called at any time and more than once. */
  close(): void;
}

/** What the constructor throws when a system call fails. */
export interface NativeError extends Error {
  readonly errno: number;
  /** The system call that failed. */
  readonly call: string;
}

interface Addon {
  /**
   * Opens a socket. With `onReadable` a thread receives, and calls it when `take` has something new; without it the
   * socket only sends and joins.
   */
  readonly NetlinkSocket: new (
    options: NativeOptions,
    onReadable?: () => void,
  ) => NativeSocket;
  /** Nanoseconds since 1970 by the clock that stamps datagrams (CLOCK_REALTIME). */
  realtime(): bigint;
}

/** Node-API's binary interface is stable: one build serves Node and Electron. */
const PREBUILT = `prebuilds/${platform}-${arch}/nlscope.node`;
const BUILT = 'build/Release/nlscope.node';

/**
 * The folder that holds `native/`, by the file of the module that looks for it: a source file, or a bundle anywhere
 * below dist/. Nothing outside of it is ever loaded.
 */
function installation(file: string): string {
  if (file.endsWith('/native/index.ts')) return dirname(dirname(file));
  const dist = file.lastIndexOf('/dist/');
  return dist < 0 ? dirname(file) : file.slice(0, dist);
}

/** Files that may be the addon, in the order in which they are tried. `from`: URL of the module that looks for it. */
export function addonCandidates(from: string, override = process.env['NLSCOPE_ADDON']): string[] {
  if (override !== undefined && override !== '') return [override];
  // A shared library cannot be loaded from inside an archive: the packager puts it beside.
  const root = installation(fileURLToPath(from)).replace(/\.asar(?=\/|$)/, '.asar.unpacked');
  return [PREBUILT, BUILT].map((file) => `${root}/native/${file}`);
}

let loaded: Addon | undefined;

/**
 * The addon, loaded on first use.
 * @throws Error that tells where it was looked for and how to build it.
 */
export function loadAddon(): Addon {
  if (loaded !== undefined) return loaded;
  const candidates = addonCandidates(import.meta.url);
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error(
      `The native addon is not built (looked for ${candidates.join(', ')}). Build it with: npx node-gyp rebuild -C native`,
    );
  }
  try {
    loaded = createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The native addon ${path} does not load: ${reason}. Build it anew with: npx node-gyp rebuild -C native`,
      { cause: error },
    );
  }
  return loaded;
}
