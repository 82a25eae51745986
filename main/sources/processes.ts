import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessInfo } from '../../app/contracts/index.ts';

/** A process with what decides whether a netlink address can be its own. */
export interface SeenProcess extends ProcessInfo {
  /** Its pid in its own pid namespace: what the kernel's netlink_autobind() takes as an address. */
  readonly ownPid: number;
}

/** Command lines are cut here: they can hold whole scripts. */
const LONGEST_COMMAND = 4096;
/** proc_pid_stat(5) counts in ticks of sysconf(_SC_CLK_TCK), which is 100 on every architecture that Node runs on. */
const NS_PER_TICK = 10_000_000n;
/** libnl numbers the sockets of a process in the upper ten bits of their addresses. */
const LIBNL_PID_MASK = 0x3f_ffff;
/**
 * Above this no address is a process's id. The kernel chooses such ones at random where the id is taken
 * (netlink_autobind); libnl has them for half of its sockets, and hardly ever would chance make a running process of one.
 */
const KERNEL_CHOSEN = 0x8000_0000;
/** Times of ticks and of /proc/uptime are cut to hundredths of a second. */
const START_SLACK_NS = 20_000_000n;

/** A process by its id; null when it has ended or may not be looked at. */
export function readProcess(pid: number): SeenProcess | null {
  const stat = readText(`/proc/${pid}/stat`);
  // The name is in parentheses and may hold parentheses itself.
  const nameEnd = stat.lastIndexOf(')');
  if (nameEnd < 0) return null;
  const comm = stat.slice(stat.indexOf('(') + 1, nameEnd);
  const ticks = stat.slice(nameEnd + 2).split(' ')[19];
  const status = readText(`/proc/${pid}/status`);
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  const ownPid = /^NSpid:.*\s(\d+)$/m.exec(status)?.[1];
  const command = readText(`/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
  const cgroup = parseCgroup(readText(`/proc/${pid}/cgroup`));
  return {
    pid,
    comm,
    command: command.slice(0, LONGEST_COMMAND),
    uid: uid === undefined ? null : Number(uid),
    user: uid === undefined ? '' : userName(Number(uid)),
    cgroup,
    container: containerOf(cgroup),
    startedNs: ticks === undefined ? 0n : bootNs() + BigInt(ticks) * NS_PER_TICK - START_SLACK_NS,
    ownPid: ownPid === undefined ? pid : Number(ownPid),
  };
}

/** Ids of all processes that can be seen. */
export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Ids that the process behind a netlink address may have: the address itself, or what libnl makes one of. */
export function likelyPids(portid: number): number[] {
  const itself = portid < KERNEL_CHOSEN ? [portid] : [];
  const fromLibnl = portid & LIBNL_PID_MASK;
  return fromLibnl === portid || fromLibnl === 0 ? itself : [...itself, fromLibnl];
}

/** Inodes of the sockets that a process holds; null when it has ended or may not be looked at. */
export function heldSockets(pid: number): number[] | null {
  const directory = `/proc/${pid}/fd`;
  const names = namesIn(directory);
  if (names === null) return null;
  const inodes: number[] = [];
  for (const name of names) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${directory}/${name}`))?.[1];
      if (inode !== undefined) inodes.push(Number(inode));
    } catch (error) {
      // Listed, but not to be looked at (ptrace_may_access); anything else has been closed since.
      if ((error as NodeJS.ErrnoException).code === 'EACCES') return null;
    }
  }
  return inodes;
}

/** The path that matters of /proc/PID/cgroup: of the unified hierarchy, else the first that is not the root. */
export function parseCgroup(text: string): string {
  const paths = text
    .split('\n')
    .map((line) => /^(\d+):[^:]*:(.*)$/.exec(line))
    .filter((match) => match !== null);
  const unified = paths.find(([, hierarchy]) => hierarchy === '0')?.[2] ?? '';
  return unified !== '' && unified !== '/' ? unified : (paths.find(([, , path]) => path !== '/')?.[2] ?? unified);
}

/** How the engines name the control groups of their containers. */
const CONTAINERS: readonly (readonly [engine: string, pattern: RegExp])[] = [
  ['docker', /docker[-/]([0-9a-f]{12})[0-9a-f]{52}/],
  ['podman', /libpod-([0-9a-f]{12})[0-9a-f]{52}/],
  ['containerd', /cri-containerd[-:]([0-9a-f]{12})[0-9a-f]{52}/],
  ['cri-o', /crio-([0-9a-f]{12})[0-9a-f]{52}/],
  ['kubernetes', /kubepods.*\/([0-9a-f]{12})[0-9a-f]{52}/],
  ['lxc', /lxc(?:\.payload)?[./]([^/]+)/],
  ['machine', /machine\.slice\/machine-([^/]+)\.scope/],
];

/** The container that a control group belongs to: "docker 0123456789ab", "" for none. */
export function containerOf(cgroup: string): string {
  for (const [engine, pattern] of CONTAINERS) {
    const name = pattern.exec(cgroup)?.[1];
    if (name !== undefined) return `${engine} ${name}`;
  }
  return '';
}

let boot: bigint | null = null;

/** When this machine was started, nanoseconds since 1970 by the clock as it is now. */
function bootNs(): bigint {
  if (boot === null) {
    // The clock first: should this thread lose the processor in between, processes seem to be older than they are, never
    // younger than what they sent.
    const now = Date.now();
    const uptime = Number(readText('/proc/uptime').split(' ')[0]);
    boot = BigInt(Math.round(now - uptime * 1000)) * 1_000_000n;
  }
  return boot;
}

let users: Map<number, string> | null = null;

function userName(uid: number): string {
  if (users === null) {
    users = new Map();
    for (const line of readText('/etc/passwd').split('\n')) {
      const [name, , id] = line.split(':');
      if (id !== undefined && !users.has(Number(id))) users.set(Number(id), name);
    }
  }
  return users.get(uid) ?? String(uid);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(directory: string): string[] | null {
  try {
    return readdirSync(directory);
  } catch {
    return null;
  }
}
