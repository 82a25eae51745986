import type { Failure, Result } from '../../app/contracts/index.ts';
import {
  loadAddon,
  type NativeCounters,
  type NativeError,
  type NativeOptions,
  type NativeSocket,
} from '../../native/index.ts';
import { BatchCursor, RECORD_DATAGRAM } from './batches.ts';
import { BatchPump, handOverUntil } from './batchPump.ts';
import { askHelper, NO_HELPER, socketHelper, withHelper } from './helper.ts';
import { ownTrafficListeners } from './ownTraffic.ts';
import { type Attempt, refusal } from './privilege.ts';

/** A socket to open: protocol, namespace (`netns`), address (`portid`), buffers and options, and who listens. */
export interface NetlinkOptions extends NativeOptions {
  /** Multicast groups to join at once; the first refusal fails the whole opening. */
  readonly groups?: readonly number[];
  /**
   * Receives batches (native/batch.ts) in order, one per turn of the event loop. The bytes are the listener's to keep.
   * Without it the socket only sends and joins, and costs no thread.
   */
  readonly onBatch?: (batch: Uint8Array) => void;
  /** What it hears is captured: a tap in the same namespace need not take it for our own traffic. */
  readonly captured?: boolean;
  /** The receive thread ended because the socket broke. */
  readonly onError?: (failure: Failure) => void;
}

/** Totals of one socket since it was opened. */
export interface SocketCounters {
  /** Datagrams read from the socket, and their bytes; what the queue dropped is included. */
  readonly datagrams: number;
  readonly bytes: number;
  /** Datagrams that the kernel could not queue for the socket (SO_MEMINFO drops). */
  readonly socketDropped: number;
  /** Datagrams that were read but not handed over, because `onBatch` did not keep up. */
  readonly queueDropped: number;
  /** Datagrams longer than the receive slot (4 MiB), cut; their record has the true length. */
  readonly truncated: number;
  /** Bytes of the receive buffer that the kernel holds datagrams in, not read yet. */
  readonly unread: number;
  /** What waits for `onBatch` now. */
  readonly queuedBytes: number;
  readonly queuedBatches: number;
  /** SO_RCVBUF as the kernel accounts it: twice the bytes asked for, or what net.core.rmem_max allows. */
  readonly receiveBuffer: number;
  /** How the receive thread is scheduled: SCHED_RR where permitted. */
  readonly scheduling: 'SCHED_RR' | 'nice' | 'normal';
}

const EPERM = 1;
const EACCES = 13;
const EMSGSIZE = 90;

/** Which attempt a failed system call of the constructor was. */
const ATTEMPTS: ReadonlyMap<string, Attempt> = new Map([
  ['open', 'openNetns'],
  ['setns', 'enterNetns'],
  ['setsockopt(NETLINK_LISTEN_ALL_NSID)', 'listenAllNsid'],
]);

function openingFailure(options: NetlinkOptions, error: NativeError): Failure {
  const attempt = ATTEMPTS.get(error.call) ?? 'open';
  const what =
    attempt === 'openNetns' || attempt === 'enterNetns'
      ? `Entering the network namespace ${options.netns}`
      : `Opening a netlink socket, ${error.call}`;
  return refusal(what, options.protocol, attempt, error.errno);
}

function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'errno' in error && 'call' in error;
}

/** Nanoseconds since 1970 by the clock that stamps received datagrams, for what is sent. */
export function realtimeNs(): bigint {
  return loadAddon().realtime();
}

/** A socket that the privileged helper opened, taken over; null where there is no helper or it does not do it. */
function openByHelper(options: NetlinkOptions): NetlinkSocket | null {
  if (options.fd !== undefined) return null;
  try {
    return withHelper(socketHelper, ({ channel }) => {
      const fd = channel.open(options);
      // What needs a capability has been set already.
      return new NetlinkSocket({ ...options, fd, netns: '', allNsid: false, receiveBuffer: 0 }, true, options.netns);
    });
  } catch {
    return null;
  }
}

/**
 * Opens a netlink socket, through the privileged helper where this process lacks CAP_NET_ADMIN and one is there. Fails
 * with errno and the missing capability by name; never throws.
 */
export function openNetlink(options: NetlinkOptions): Result<NetlinkSocket> {
  let socket: NetlinkSocket;
  try {
    socket = openByHelper(options) ?? new NetlinkSocket(options);
  } catch (error) {
    if (isNativeError(error)) return { ok: false, error: openingFailure(options, error) };
    return { ok: false, error: { message: error instanceof Error ? error.message : String(error) } };
  }
  for (const group of options.groups ?? []) {
    const joined = socket.join(group);
    if (joined.ok) continue;
    socket.close();
    return joined;
  }
  return { ok: true, value: socket };
}

/** An open netlink socket. Made by `openNetlink`; must be closed. */
export class NetlinkSocket {
  readonly protocol: number;
  /** The address the socket is bound to. */
  readonly portid: number;
  readonly #native: NativeSocket;
  readonly #byHelper: boolean;
  readonly #netns: string;
  readonly #pump: BatchPump | undefined;
  readonly #onError: ((failure: Failure) => void) | undefined;
  #last: NativeCounters | undefined;

  /**
   * `byHelper`: the helper opened it, and does for it what needs its capabilities. `netns`: where the socket is, when not
   * where `options` say.
   * @throws NativeError when a system call fails; Error when the addon does not load. Use `openNetlink`.
   */
  constructor(options: NetlinkOptions, byHelper = false, netns = options.netns) {
    const { NetlinkSocket: Native } = loadAddon();
    this.protocol = options.protocol;
    this.#byHelper = byHelper;
    this.#netns = netns ?? '';
    this.#onError = options.onError;
    const { onBatch, captured = false } = options;
    if (onBatch !== undefined) {
      const deliver = captured ? onBatch : (batch: Uint8Array) => this.#deliverOwn(batch, onBatch);
      this.#pump = new BatchPump(
        () => this.#native,
        deliver,
        () => this.#reportFailure(),
      );
    }
    this.#native = new Native(options, this.#pump?.wake);
    this.portid = this.#native.portid;
    for (const listener of ownTrafficListeners(this.#netns) ?? []) listener.opened(this.protocol, this.portid);
  }

  /** Joins a multicast group by number (1.., also far beyond 32). `genlFamily`: whose group it is, for the message. */
  join(group: number, genlFamily?: string): Result<null> {
    let errno = this.#native.join(group);
    if (this.#byHelper && (errno === EPERM || errno === EACCES)) {
      const assisted = askHelper((channel) => channel.join(this.#native.fd, group), true);
      if (assisted === 0) errno = 0;
    }
    return this.#result(errno, `Joining group ${group}`, 'join', genlFamily);
  }

  leave(group: number): Result<null> {
    return this.#result(this.#native.leave(group), `Leaving group ${group}`, 'leave');
  }

  /**
   * Sends one datagram, as it is, to a portid (0: the kernel) and to a multicast group. The kernel takes one group per
   * send: the lowest of the mask. It handles a request before this returns.
   */
  send(bytes: Uint8Array, to: { readonly portid?: number; readonly groupMask?: number } = {}): Result<null> {
    for (const listener of ownTrafficListeners(this.#netns) ?? []) listener.passed(this.protocol, bytes.slice());
    const errno = this.#send(bytes, to.portid ?? 0, to.groupMask ?? 0);
    return this.#result(errno, 'Sending a datagram', 'send');
  }

  /** The kernel looks at the rights of who sends: the helper, where it can. */
  #send(bytes: Uint8Array, portid: number, groupMask: number): number {
    const errno = this.#byHelper
      ? askHelper((channel) => channel.send(this.#native.fd, bytes, portid, groupMask))
      : NO_HELPER;
    // The helper takes no datagrams as large as this process may send.
    const remains = errno === NO_HELPER || errno === EMSGSIZE;
    return remains ? this.#native.send(bytes, portid, groupMask) : errno;
  }

  /** Totals now; after `close` what they were then. */
  counters(): SocketCounters {
    const now = this.#last ?? this.#native.counters();
    return {
      datagrams: now.datagrams ?? 0,
      bytes: now.bytes ?? 0,
      socketDropped: now.socketDropped,
      unread: now.unread,
      queueDropped: now.queueDropped ?? 0,
      truncated: now.truncated ?? 0,
      queuedBytes: now.queuedBytes ?? 0,
      queuedBatches: now.queuedBatches ?? 0,
      receiveBuffer: now.receiveBuffer,
      scheduling: now.scheduling ?? 'normal',
    };
  }

  /**
   * Hands over what has been received without waiting for the next turns, until `isDone` or for about so many
   * milliseconds: for a listener that is about to close the socket. False when it was not done.
   */
  drain(budgetMs: number, isDone: () => boolean): boolean {
    return handOverUntil(this.#pump, budgetMs, () => this.#last !== undefined || isDone());
  }

  /** Ends the receive thread and closes the socket; nothing is delivered afterwards. May be called again. */
  close(): void {
    if (this.#last !== undefined) return;
    this.#pump?.stop();
    this.#last = this.#native.counters();
    this.#native.close();
  }

  /** Hands a batch over, and tells who reads a tap what was in it. */
  #deliverOwn(batch: Uint8Array, onBatch: (batch: Uint8Array) => void): void {
    const listeners = ownTrafficListeners(this.#netns);
    if (listeners !== undefined) {
      const cursor = new BatchCursor().reset(batch);
      while (cursor.next()) {
        if (cursor.kind !== RECORD_DATAGRAM) continue;
        for (const listener of listeners) listener.passed(this.protocol, cursor.payload().slice());
      }
    }
    onBatch(batch);
  }

  #reportFailure(): void {
    const errno = this.#native.counters().failure ?? 0;
    if (errno === 0) return;
    const failure = refusal('Receiving', this.protocol, 'open', errno);
    this.close();
    this.#onError?.(failure);
  }

  #result(errno: number, what: string, attempt: Attempt, genlFamily?: string): Result<null> {
    if (errno === 0) return { ok: true, value: null };
    return { ok: false, error: refusal(what, this.protocol, attempt, errno, genlFamily) };
  }
}
