import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
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
  readonly unread: number;
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
  readonly fd: number;
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

/** Options of the addon's PacketTap: what `makeTap` of the helper returned. */
export interface NativeTapOptions {
  readonly fd: number;
  readonly interface: number;
  /** As in NativeOptions. */
  readonly queueLimit?: number;
}

/** Reads an nlmon device. Its batches hold RECORD_TAPPED and losses. */
export interface NativeTap {
  take(): Uint8Array | undefined;
  /** `failure` is ENETDOWN when the device is gone and everything it saw is in the queue. */
  counters(): Partial<NativeCounters>;
  close(): void;
}

/** The host's end of the channel to the privileged helper (native/helper/channel.h). Calls wait for the answer. */
export interface NativeHelperChannel {
  /** Descriptor that becomes the helper's standard input; -1 after `greet`. */
  readonly peer: number;
  /** Waits so many milliseconds for the helper's first message. Throws NativeError; call "helper": there is no helper. */
  greet(milliseconds: number): { readonly version: number; readonly capabilities: number };
  /** Opens a netlink socket and returns its descriptor. Throws NativeError. */
  open(options: NativeOptions): number;
  /** The methods that take a netlink socket's descriptor return an errno. */
  join(fd: number, group: number): number;
  send(fd: number, bytes: Uint8Array, portid: number, groupMask: number): number;
  /** Makes an nlmon device in a network namespace ("" is the host's own). Throws NativeError. */
  makeTap(netns: string): {
    readonly fd: number;
    readonly interface: number;
    readonly tap: number;
    readonly name: string;
  };
  removeTap(tap: number): number;
  close(): void;
}

/** What constructors and methods throw when a system call fails. */
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
  readonly PacketTap: new (options: NativeTapOptions, onReadable: () => void) => NativeTap;
  readonly HelperChannel: new () => NativeHelperChannel;
  /** Nanoseconds since 1970 by the clock that stamps datagrams (CLOCK_REALTIME). */
  realtime(): bigint;
  /** Has the system fill fresh memory with huge pages as it is touched (MADV_HUGEPAGE); errno, EINVAL where it has none. */
  useHugePages(memory: Uint8Array): number;
}

/** Node-API's binary interface is stable: one build serves Node and Electron. */
const FOLDERS = [`prebuilds/${process.platform}-${process.arch}`, 'build/Release'];
const ADDON = 'nlscope.node';
const HELPER = 'nlscope-helper';

/**
 * The folder that holds `native/`, by the file of the module that looks for it: a source file, or a bundle anywhere
 * below dist/. Nothing outside of it is ever loaded.
 */
function installation(file: string): string {
  if (file.endsWith('/native/index.ts')) return dirname(dirname(file));
  const dist = file.lastIndexOf('/dist/');
  return dist < 0 ? dirname(file) : file.slice(0, dist);
}

/** Places of a built file, in the order in which they are tried. */
function builtFiles(from: string, name: string): string[] {
  // Neither a shared library nor a program can be used from inside an archive: the packager puts them beside.
  const root = installation(fileURLToPath(from)).replace(/\.asar(?=\/|$)/, '.asar.unpacked');
  return FOLDERS.map((folder) => `${root}/native/${folder}/${name}`);
}

/** Files that may be the addon, in the order in which they are tried. `from`: URL of the module that looks for it. */
export function addonCandidates(from: string, override = process.env['NLSCOPE_ADDON']): string[] {
  return override !== undefined && override !== '' ? [override] : builtFiles(from, ADDON);
}

/** Path of the helper that was built with the addon; undefined when there is none. */
export function builtHelper(): string | undefined {
  return builtFiles(import.meta.url, HELPER).find((path) => existsSync(path));
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
