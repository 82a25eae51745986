/** A process of the host a capture comes from, as /proc tells. */
export interface ProcessInfo {
  /** Process id in the namespace of the nlscope that looked; of what the kernel told, in the first one (Provenance). */
  readonly pid: number;
  /** Name of the program, as /proc/PID/comm cuts it. */
  readonly comm: string;
  /** Command line with its arguments, "" when it is not known. */
  readonly command: string;
  /** Effective user id, null when it is not known. */
  readonly uid: number | null;
  /** Name of the user, the uid where it has none, "" when it is not known. */
  readonly user: string;
  /** Path of the control group, "" when it is not known. */
  readonly cgroup: string;
  /** Container that the control group names ("docker 0123456789ab"), "" for none. */
  readonly container: string;
  /** Nanoseconds since 1970, to about 20 ms; 0 when it is not known. */
  readonly startedNs: bigint;
}

/**
 * How a netlink address came to its process. `exact`: the process was seen holding the socket. `told`: the kernel named
 * the process in a message of that address, by its number in the first pid namespace (of a thread: its own, with its own
 * name). `inferred`: nobody saw the socket, but its address is the pid of a process that ran then, as netlink_autobind()
 * of the kernel and libnl choose addresses. `gone`: the address was looked up and its process had ended. The order is
 * kept in files: append only.
 */
export type Provenance = 'exact' | 'inferred' | 'gone' | 'told';
export const PROVENANCES: readonly Provenance[] = ['exact', 'inferred', 'gone', 'told'];

/** Who owned a netlink address (protocol and portid) for a time. */
export interface AddressOwner {
  /** NETLINK_* number. */
  readonly protocol: number;
  readonly portid: number;
  /** Null when nobody was found. */
  readonly process: ProcessInfo | null;
  readonly provenance: Provenance;
  /** Nanoseconds since 1970: from when the address can have been this process's, and until when it was; null: still. */
  readonly fromNs: bigint;
  readonly untilNs: bigint | null;
  /** Envelope.netns of its messages: every network namespace has addresses of its own. */
  readonly netns?: string;
}

/** A netlink socket of the machine, as sock_diag and /proc/net/netlink show it. */
export interface SocketInfo {
  /** NETLINK_* number. */
  readonly protocol: number;
  readonly protocolName: string;
  /** Netlink address; 0 is the kernel's own socket, or one that was never bound. */
  readonly portid: number;
  /** Who holds it: `pid` 0 stands for the kernel, null for a process that may not be seen. */
  readonly process: SocketProcess | null;
  /** False: nobody was seen holding it, but its address is the id of a process whose sockets may not be looked at. */
  readonly exact: boolean;
  /** Other processes that hold the same socket. */
  readonly sharedWith: readonly number[];
  /** Multicast groups it has joined, by number and name. */
  readonly groups: readonly { readonly group: number; readonly name: string }[];
  /** Bytes that wait to be received (sk_rmem_alloc), and the most there may be. */
  readonly receiveQueue: number;
  readonly receiveBuffer: number;
  /** Bytes being sent (sk_wmem_alloc). */
  readonly sendQueue: number;
  /** Messages the socket has lost since it was opened (sk_drops). */
  readonly drops: number;
  /** NDIAG_FLAG_* by name without the prefix. */
  readonly flags: readonly string[];
  readonly inode: number;
  /** Address it is connected to, 0 for the kernel. */
  readonly destPortid: number;
}

/** The part of ProcessInfo that crosses to a window. */
export type SocketProcess = Omit<ProcessInfo, 'startedNs'>;

/** "ip[820]". */
export function processName({ comm, pid }: { readonly comm: string; readonly pid: number }): string {
  return `${comm}[${pid}]`;
}

/** "ip[820]", "kernel"; "ip[820]?" where that is inferred, "?" for a process that may not be seen. */
export function socketOwner({ process, exact }: Pick<SocketInfo, 'process' | 'exact'>): string {
  if (process === null) return '?';
  if (process.pid === 0) return process.comm;
  return exact ? processName(process) : `${processName(process)}?`;
}
