import { ok, type Result, type SocketInfo } from '../../app/contracts/index.ts';
import { ByteWriter, NETLINK_GENERIC, NETLINK_SOCK_DIAG, protocolByNumber } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';
import { dump } from './dump.ts';
import { listGenlFamilies } from './genlFamilies.ts';
import { groupName } from './groups.ts';
import { forEachAttribute, readUnsigned } from './messages.ts';
import { heldSockets, likelyPids, processIds, readProcess } from './processes.ts';

/** linux/sock_diag.h, linux/netlink_diag.h, linux/socket.h. */
const SOCK_DIAG_BY_FAMILY = 20;
const AF_NETLINK = 16;
const NDIAG_PROTO_ALL = 0xff;
const NDIAG_SHOW_MEMINFO = 1;
const NDIAG_SHOW_GROUPS = 2;
const NDIAG_SHOW_FLAGS = 8;
const NETLINK_DIAG_MEMINFO = 0;
const NETLINK_DIAG_GROUPS = 1;
const NETLINK_DIAG_FLAGS = 4;
/** struct netlink_diag_msg: four bytes, portid, dst_portid, dst_group, ino, cookie. */
const DIAG_MSG_BYTES = 28;
const DIAG_COOKIE = 20;
/** Places of SK_MEMINFO_* in its array of u32. */
const MEMINFO = { rmemAlloc: 0, rcvbuf: 1, wmemAlloc: 2, drops: 8 };
/** NDIAG_FLAG_* by bit. */
const FLAGS = ['CB_RUNNING', 'PKTINFO', 'BROADCAST_ERROR', 'NO_ENOBUFS', 'LISTEN_ALL_NSID', 'CAP_ACK'];

/** A netlink socket without who holds it and what its groups are called. */
export interface BareSocket extends Omit<SocketInfo, 'process' | 'exact' | 'sharedWith' | 'groups' | 'protocolName'> {
  readonly groups: readonly number[];
}

/** The kernel's own sockets have no address, as those that were never bound; but they join no groups, and those did. */
function isKernels({ portid, groups }: BareSocket): boolean {
  return portid === 0 && groups.length === 0;
}

function diagRequest(show: number): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.integer(AF_NETLINK, 1);
  writer.integer(NDIAG_PROTO_ALL, 1);
  writer.integer(0, 2);
  writer.integer(0, 4);
  writer.integer(show, 4);
  writer.zeros(8);
  return writer.finish();
}

/**
 * Netlink sockets of a network namespace ("": our own) from a sock_diag dump, the kernel's own included. The one that
 * asks is left out: it is gone when the list is looked at.
 */
export async function dumpSockets(netns = ''): Promise<Result<BareSocket[]>> {
  // By cookie: the kernel lists a socket that has joined groups a second time.
  const sockets = new Map<bigint, BareSocket>();
  const request = {
    protocol: NETLINK_SOCK_DIAG,
    type: SOCK_DIAG_BY_FAMILY,
    body: diagRequest(NDIAG_SHOW_MEMINFO | NDIAG_SHOW_GROUPS | NDIAG_SHOW_FLAGS),
    netns,
  };
  const dumped = await dump(request, (bytes, { type, start, end }) => {
    if (type !== SOCK_DIAG_BY_FAMILY || end - start < DIAG_MSG_BYTES || bytes[start] !== AF_NETLINK) return;
    const cookie = new DataView(bytes.buffer, bytes.byteOffset + start + DIAG_COOKIE, 8).getBigUint64(0);
    sockets.set(cookie, readSocket(bytes, start, end));
  });
  if (!dumped.ok) return dumped;
  const asking = ({ protocol, portid }: BareSocket) => protocol === NETLINK_SOCK_DIAG && portid === dumped.value;
  return ok([...sockets.values()].filter((socket) => !asking(socket)));
}

function readSocket(bytes: Uint8Array, start: number, end: number): BareSocket {
  const word = (at: number) => readUnsigned(bytes, at, at + 4);
  let meminfo = { receiveQueue: 0, receiveBuffer: 0, sendQueue: 0, drops: 0 };
  let groups: number[] = [];
  let flags = 0;
  forEachAttribute(bytes, start + DIAG_MSG_BYTES, end, (attribute, from, to) => {
    const member = (index: number) => (from + index * 4 + 4 <= to ? word(from + index * 4) : 0);
    if (attribute === NETLINK_DIAG_MEMINFO) {
      meminfo = {
        receiveQueue: member(MEMINFO.rmemAlloc),
        receiveBuffer: member(MEMINFO.rcvbuf),
        sendQueue: member(MEMINFO.wmemAlloc),
        drops: member(MEMINFO.drops),
      };
    } else if (attribute === NETLINK_DIAG_GROUPS) groups = groupNumbers(bytes.subarray(from, to));
    else if (attribute === NETLINK_DIAG_FLAGS) flags = word(from);
  });
  return {
    protocol: bytes[start + 2],
    portid: word(start + 4),
    destPortid: word(start + 8),
    inode: word(start + 16),
    ...meminfo,
    groups,
    flags: FLAGS.filter((_, bit) => ((flags >>> bit) & 1) === 1),
  };
}

/** Groups of a bitmap of unsigned longs of this host: bit 0 of the first is group 1. */
function groupNumbers(bitmap: Uint8Array): number[] {
  const groups: number[] = [];
  for (let bit = 0; bit < bitmap.length * 8; bit++) {
    const byte = bit >>> 3;
    // A long is eight bytes on the 64-bit hosts that Node runs on.
    if (bitmap[HOST_LITTLE_ENDIAN ? byte : byte ^ 7] & (1 << (bit & 7))) groups.push(bit + 1);
  }
  return groups;
}

/** Processes that hold any of these sockets, by inode; in the order of their ids. */
export function socketHolders(
  inodes: ReadonlySet<number>,
  pids: readonly number[] = processIds(),
): Map<number, number[]> {
  const holders = new Map<number, number[]>();
  for (const pid of pids) {
    for (const inode of heldSockets(pid) ?? []) {
      if (!inodes.has(inode)) continue;
      const known = holders.get(inode) ?? [];
      if (known.at(-1) !== pid) known.push(pid);
      holders.set(inode, known);
    }
  }
  return holders;
}

/** Every netlink socket of a network namespace ("": our own) with its process and the names of its groups. */
export async function listSockets(netns = ''): Promise<Result<SocketInfo[]>> {
  const dumped = await dumpSockets(netns);
  if (!dumped.ok) return dumped;
  return ok(describeSockets(dumped.value, await genlGroupNames(netns)));
}

/** Multicast groups of generic netlink by number: "FAMILY/GROUP". Those that the kernel does not tell are missing. */
export async function genlGroupNames(netns: string): Promise<Map<number, string>> {
  const families = await listGenlFamilies(netns);
  const names = new Map<number, string>();
  for (const family of families.ok ? families.value : []) {
    for (const { id, name } of family.groups) names.set(id, `${family.name}/${name}`);
  }
  return names;
}

/** Sockets with their processes, looked up in /proc, and the names of their groups; ordered by protocol and address. */
export function describeSockets(bares: readonly BareSocket[], genlGroups: ReadonlyMap<number, string>): SocketInfo[] {
  const holders = socketHolders(new Set(bares.filter((one) => !isKernels(one)).map(({ inode }) => inode)));
  const named = (protocol: number, group: number): string =>
    protocol === NETLINK_GENERIC ? (genlGroups.get(group) ?? String(group)) : groupName(protocol, group);
  const sockets = bares.map((bare): SocketInfo => {
    const { groups, ...socket } = bare;
    const [first, ...others] = holders.get(socket.inode) ?? [];
    const held = isKernels(bare) ? KERNEL : first === undefined ? null : processOf(first);
    return {
      ...socket,
      protocolName: protocolByNumber(socket.protocol).name,
      groups: groups.map((group) => ({ group, name: named(socket.protocol, group) })),
      process: held ?? likelyHolder(socket.portid),
      exact: held !== null,
      sharedWith: others,
    };
  });
  sockets.sort((a, b) => a.protocol - b.protocol || a.portid - b.portid || a.inode - b.inode);
  return sockets;
}

const KERNEL = { pid: 0, comm: 'kernel', command: '', uid: 0, user: 'root', cgroup: '', container: '' };

/** The process whose id a socket's address is, if its sockets may not be looked at: it may hold this one. */
function likelyHolder(portid: number): SocketInfo['process'] {
  if (portid === 0) return null;
  for (const pid of likelyPids(portid)) {
    const process = heldSockets(pid) === null ? processOf(pid) : null;
    // Threads of the kernel have no command line, and no sockets.
    if (process !== null && process.command !== '') return process;
  }
  return null;
}

function processOf(pid: number): SocketInfo['process'] {
  const process = readProcess(pid);
  if (process === null) return null;
  const { startedNs: _started, ownPid: _own, ...info } = process;
  return info;
}
