import type { AddressOwner, ProcessInfo, Provenance } from '../../app/contracts/index.ts';
import { realtimeNs } from './netlinkSocket.ts';
import { type BareSocket, dumpSockets, socketHolders } from './netlinkSockets.ts';
import { listenToProcesses } from './procEvents.ts';
import { likelyPids, processIds, readProcess, type SeenProcess } from './processes.ts';

/** A netlink address that somebody wants to know the owner of, and when it was used (nanoseconds since 1970). */
export interface WantedAddress {
  readonly protocol: number;
  readonly portid: number;
  readonly timeNs: bigint;
}

/** What a finder tells. */
export interface FinderEvents {
  owners(owners: AddressOwner[]): void;
  /**
   * The socket was closed or its process ended, by the time that is told (nanoseconds since 1970). `netns`: which of
   * several namespaces that are watched.
   */
  ended(protocol: number, portid: number, timeNs: bigint, netns?: string): void;
}

/** Sockets are looked through so often while nobody asks, so that what lives long is known before it speaks. */
const SCAN_MS = 1000;
/** Processes remembered after they have ended. */
const MOST_REMEMBERED = 16_384;
/** Program starts that wait to be looked at; more are left to the scans. */
const MOST_WAITING = 4096;

/**
 * Finds the processes behind netlink addresses of one network namespace: by the sockets there are and who holds them,
 * by the programs that the proc connector sees starting (where it is permitted), and by what /proc shows.
 */
export class OwnerFinder {
  readonly #netns: string;
  readonly #events: FinderEvents;
  readonly #dump: typeof dumpSockets;
  /** Processes by id, those that have ended too; the oldest first. */
  readonly #processes = new Map<number, SeenProcess>();
  /** When remembered processes ended (nanoseconds since 1970), as far as the proc connector told. */
  readonly #endedNs = new Map<number, bigint>();
  /** By their id in a pid namespace of their own, where it is another. */
  readonly #inner = new Map<number, SeenProcess>();
  /** Owner of a socket by inode; inodes are not used twice. */
  readonly #holders = new Map<number, SeenProcess>();
  /** Inodes that no visible process holds. */
  readonly #hidden = new Set<number>();
  /** Owners that were told and have not ended. */
  readonly #told = new Map<string, AddressOwner>();
  #listening: { close(): void } | null = null;
  /** The proc connector has told of the processes that are remembered. */
  #hasHeard = false;
  #timer: NodeJS.Timeout | null = null;
  #wanted: WantedAddress[] = [];
  #working: Promise<void> | null = null;

  /** @param dump asks the kernel for the sockets */
  constructor(netns: string, events: FinderEvents, dump = dumpSockets) {
    this.#netns = netns;
    this.#events = events;
    this.#dump = dump;
  }

  /** Begins to keep up with processes and sockets. Without the proc connector only what lives for a while is seen. */
  start(): void {
    const listening = listenToProcesses({
      started: (pid) => this.#programStarted(pid),
      ended: (pid, timeNs) => this.#end(pid, timeNs),
    });
    if (listening.ok) this.#listening = listening.value;
    this.#hasHeard = listening.ok;
    for (const pid of processIds()) this.#see(pid);
    this.#timer = setInterval(() => void this.#work(), SCAN_MS);
    void this.#work();
  }

  /** Ends keeping up; what has been asked for is still answered. */
  close(): void {
    this.#listening?.close();
    this.#listening = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Looks for the owners of addresses; each is told once, as soon as it is known that it can or cannot be found. */
  find(wanted: readonly WantedAddress[]): void {
    const room = MOST_WAITING - this.#wanted.length;
    this.#wanted.push(...wanted.slice(0, Math.max(0, room)));
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working !== null) return;
    this.#working = this.#scan();
    await this.#working;
    this.#working = null;
    if (this.#wanted.length > 0) await this.#work();
  }

  /** One look at all sockets: new ones are told with their processes, then what is wanted. */
  async #scan(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    const dumped = await this.#dump(this.#netns);
    const sockets = dumped.ok ? dumped.value.filter(({ portid }) => portid !== 0) : [];
    const owners = await this.#newOwners(sockets);
    const found = new Set(owners.map(keyOf));
    const present = new Map(sockets.map((socket) => [keyOf(socket), socket]));
    for (const address of wanted) {
      if (found.has(keyOf(address))) continue;
      const socket = present.get(keyOf(address));
      const holder = socket === undefined ? undefined : this.#holders.get(socket.inode);
      owners.push(holder === undefined ? this.#infer(address) : owned(address, holder, 'exact'));
    }
    this.#endVanished(present);
    for (const owner of owners)
      if (owner.process !== null && owner.untilNs === null) this.#told.set(keyOf(owner), owner);
    if (owners.length > 0) this.#events.owners(owners);
  }

  /** Without the proc connector, ends are seen late: by what is not there any more. */
  #endVanished(present: ReadonlyMap<string, BareSocket>): void {
    const now = realtimeNs();
    for (const [key, owner] of this.#told) {
      if (present.has(key)) continue;
      if (owner.provenance === 'exact' || readProcess(owner.process?.pid ?? 0) === null) this.#tellEnd(owner, now);
    }
  }

  #tellEnd({ protocol, portid }: AddressOwner, timeNs: bigint): void {
    this.#told.delete(keyOf({ protocol, portid }));
    this.#events.ended(protocol, portid, timeNs);
  }

  /** Owners of sockets that were not there at the last look. */
  async #newOwners(sockets: readonly BareSocket[]): Promise<AddressOwner[]> {
    const present = new Set(sockets.map(({ inode }) => inode));
    for (const inode of this.#holders.keys()) if (!present.has(inode)) this.#holders.delete(inode);
    for (const inode of this.#hidden) if (!present.has(inode)) this.#hidden.delete(inode);
    const fresh = sockets.filter(({ inode }) => !this.#holders.has(inode) && !this.#hidden.has(inode));
    if (fresh.length === 0) return [];
    const inodes = new Set(fresh.map(({ inode }) => inode));
    // Most sockets have their process's id for an address: those processes are asked before all others.
    const holders = socketHolders(inodes, [...new Set(fresh.flatMap(({ portid }) => likelyPids(portid)))]);
    if (holders.size < inodes.size) await holdersAmongAll(inodes, holders);
    const owners: AddressOwner[] = [];
    for (const socket of fresh) {
      const pids = holders.get(socket.inode) ?? [];
      const process = this.#firstRunning(pids);
      if (process !== null) {
        this.#holders.set(socket.inode, process);
        owners.push(owned(socket, process, 'exact'));
      } else if (pids.length === 0) this.#hidden.add(socket.inode);
    }
    return owners;
  }

  #firstRunning(pids: readonly number[]): SeenProcess | null {
    for (const pid of pids) {
      const process = this.#see(pid);
      if (process !== null) return process;
    }
    return null;
  }

  /** The process whose id an address is, marked as inferred; nobody when no such process is known. */
  #infer(address: WantedAddress): AddressOwner {
    for (const pid of likelyPids(address.portid)) {
      // What ran then may have ended, and its id may be another's by now.
      const remembered = this.#hasHeard ? this.#processes.get(pid) : undefined;
      const endedNs = this.#endedNs.get(pid) ?? null;
      if (remembered !== undefined && endedNs !== null && ranAt(remembered, endedNs, address.timeNs)) {
        return { ...owned(address, remembered, 'inferred'), untilNs: endedNs };
      }
      for (const process of [this.#see(pid), remembered, this.#inner.get(pid)]) {
        if (process && ranAt(process, null, address.timeNs)) return owned(address, process, 'inferred');
      }
    }
    const { protocol, portid, timeNs } = address;
    return { protocol, portid, process: null, provenance: 'gone', fromNs: timeNs, untilNs: timeNs };
  }

  /** Reads a process anew and remembers it; null when it has ended. */
  #see(pid: number): SeenProcess | null {
    const process = readProcess(pid);
    if (process === null) return null;
    this.#processes.delete(pid);
    this.#endedNs.delete(pid);
    this.#processes.set(pid, process);
    if (process.ownPid !== pid) this.#inner.set(process.ownPid, process);
    if (this.#processes.size > MOST_REMEMBERED) {
      const [oldest] = this.#processes.values();
      this.#processes.delete(oldest.pid);
      this.#endedNs.delete(oldest.pid);
      if (this.#inner.get(oldest.ownPid)?.pid === oldest.pid) this.#inner.delete(oldest.ownPid);
    }
    return process;
  }

  /** A process runs another program than before: what was known of it holds no more, even if it has ended already. */
  #programStarted(pid: number): void {
    if (this.#see(pid) === null) this.#processes.delete(pid);
  }

  #end(pid: number, timeNs: bigint): void {
    if (this.#processes.has(pid)) this.#endedNs.set(pid, timeNs);
    // Another process may have the socket now: a daemon leaves the one that made it.
    for (const [inode, holder] of this.#holders) if (holder.pid === pid) this.#holders.delete(inode);
    for (const owner of this.#told.values()) if (owner.process?.pid === pid) this.#tellEnd(owner, timeNs);
  }
}

/** Processes that are looked through before programs that were heard to start meanwhile have their turn: they may be brief. */
const PROCESSES_PER_TURN = 8;

async function holdersAmongAll(inodes: ReadonlySet<number>, holders: Map<number, number[]>): Promise<void> {
  const pids = processIds();
  for (let at = 0; at < pids.length; at += PROCESSES_PER_TURN) {
    for (const [inode, found] of socketHolders(inodes, pids.slice(at, at + PROCESSES_PER_TURN))) {
      const known = holders.get(inode) ?? [];
      holders.set(inode, [...known.filter((pid) => !found.includes(pid)), ...found]);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A message may be read so long after its sender ended (nanoseconds). */
const SLACK_NS = 2_000_000_000n;

function ranAt({ startedNs }: SeenProcess, endedNs: bigint | null, timeNs: bigint): boolean {
  return startedNs <= timeNs && (endedNs === null || timeNs <= endedNs + SLACK_NS);
}

function owned(
  { protocol, portid }: { readonly protocol: number; readonly portid: number },
  { ownPid: _own, ...process }: SeenProcess,
  provenance: Provenance,
): AddressOwner {
  const info: ProcessInfo = process;
  return { protocol, portid, process: info, provenance, fromNs: process.startedNs, untilNs: null };
}

function keyOf({ protocol, portid }: { readonly protocol: number; readonly portid: number }): string {
  return `${protocol}/${portid}`;
}
