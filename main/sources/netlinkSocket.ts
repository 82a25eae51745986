import type { Failure, Result } from '../../app/contracts/index.ts';
import {
  loadAddon,
  type NativeCounters,
  type NativeError,
  type NativeOptions,
  type NativeSocket,
} from '../../native/index.ts';
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
  /** What waits for `onBatch` now. */
  readonly queuedBytes: number;
  readonly queuedBatches: number;
  /** SO_RCVBUF as the kernel accounts it: twice the bytes asked for, or what net.core.rmem_max allows. */
  readonly receiveBuffer: number;
  /** How the receive thread is scheduled: SCHED_RR where permitted. */
  readonly scheduling: 'SCHED_RR' | 'nice' | 'normal';
}

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

/** Opens a netlink socket. Fails with errno and the missing capability by name; never throws. */
export function openNetlink(options: NetlinkOptions): Result<NetlinkSocket> {
  let socket: NetlinkSocket;
  try {
    socket = new NetlinkSocket(options);
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
  readonly #onBatch: ((batch: Uint8Array) => void) | undefined;
  readonly #onError: ((failure: Failure) => void) | undefined;
  #last: NativeCounters | undefined;

  /** @throws NativeError when a system call fails; Error when the addon does not load. Use `openNetlink`. */
  constructor(options: NetlinkOptions) {
    const { NetlinkSocket: Native } = loadAddon();
    this.protocol = options.protocol;
    this.#onBatch = options.onBatch;
    this.#onError = options.onError;
    this.#native = new Native(options, options.onBatch === undefined ? undefined : this.#wake);
    this.portid = this.#native.portid;
  }

  /** Joins a multicast group by number (1.., also far beyond 32). `genlFamily`: whose group it is, for the message. */
  join(group: number, genlFamily?: string): Result<null> {
    return this.#result(this.#native.join(group), `Joining group ${group}`, 'join', genlFamily);
  }

  leave(group: number): Result<null> {
    return this.#result(this.#native.leave(group), `Leaving group ${group}`, 'leave');
  }

  /**
   * Sends one datagram, as it is, to a portid (0: the kernel) and to a multicast group. The kernel takes one group per
   * send: the lowest of the mask. It handles a request before this returns.
   */
  send(bytes: Uint8Array, to: { readonly portid?: number; readonly groupMask?: number } = {}): Result<null> {
    const errno = this.#native.send(bytes, to.portid ?? 0, to.groupMask ?? 0);
    return this.#result(errno, 'Sending a datagram', 'send');
  }

  /** Totals now; after `close` what they were then. */
  counters(): SocketCounters {
    const now = this.#last ?? this.#native.counters();
    return {
      datagrams: now.datagrams ?? 0,
      bytes: now.bytes ?? 0,
      socketDropped: now.socketDropped,
      queueDropped: now.queueDropped ?? 0,
      truncated: now.truncated ?? 0,
      queuedBytes: now.queuedBytes ?? 0,
      queuedBatches: now.queuedBatches ?? 0,
      receiveBuffer: now.receiveBuffer,
      scheduling: now.scheduling ?? 'normal',
    };
  }

  /**
   * Hands over what has been received so far without waiting for the next turns, for about so many milliseconds: for a
   * listener that is about to close the socket. False when some is left.
   */
  drain(budgetMs: number): boolean {
    const deadline = performance.now() + budgetMs;
    while (this.#last === undefined && performance.now() < deadline) {
      const batch = this.#native.take();
      if (batch === undefined) return true;
      this.#onBatch?.(batch);
    }
    return this.#last !== undefined;
  }

  /** Ends the receive thread and closes the socket; nothing is delivered afterwards. May be called again. */
  close(): void {
    if (this.#last !== undefined) return;
    this.#last = this.#native.counters();
    this.#native.close();
  }

  /** Node only warns of what is thrown in a callback from the addon: the work is done in a turn of its own. */
  readonly #wake = (): void => {
    setImmediate(this.#pump);
  };

  /** Hands over one batch and comes back in the next turn, so that other events are not held up by a flood. */
  readonly #pump = (): void => {
    if (this.#last !== undefined) return;
    const batch = this.#native.take();
    if (batch === undefined) {
      this.#reportFailure();
      return;
    }
    setImmediate(this.#pump);
    this.#onBatch?.(batch);
  };

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
