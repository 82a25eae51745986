import { execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/**
 * Whether this process is in a network namespace made for the tests: whoever made it says so (`npm test` does), and it
 * is not the namespace of the machine, whose links must not be touched.
 */
const OWN_NAMESPACE = process.env['NLSCOPE_TEST_NETNS'] === '1' && netnsOf('self') !== netnsOf('1');

/** A link as `ip -d -j link` prints it, as far as the tests look at it. */
export interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly address: string;
  readonly broadcast: string;
  readonly txqlen: number;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_kind: string };
  readonly min_mtu: number;
  readonly max_mtu: number;
  readonly num_tx_queues: number;
  readonly gso_max_size: number;
}

/** An address as `ip -j addr` prints it. */
export interface IpAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
}

/** Why the tests cannot change the network here, or null when they can. */
export function whyNotLive(): string | null {
  if (!OWN_NAMESPACE) return 'not in a network namespace made for the tests: run them with npm test';
  const tried = spawnSync('ip', ['link', 'add', 'nlprobe0', 'type', 'veth', 'peer', 'nlprobe1'], { encoding: 'utf8' });
  if (tried.status !== 0) return `this kernel makes no veth here: ${tried.stderr.trim()}`;
  ip('link del nlprobe0');
  return null;
}

/** Runs `ip` with words separated by blanks; throws with what it said when it fails. */
export function ip(command: string): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8' });
}

/** Runs `ip` and lets it fail. */
export function ipMayFail(command: string): void {
  spawnSync('ip', command.split(' '));
}

/** What `ip -d -j` prints, parsed. */
export function ipJson<T>(command: string): T {
  return JSON.parse(ip(`-d -j ${command}`)) as T;
}

/** A link by its name; throws when there is none. */
export function link(name: string): IpLink {
  return ipJson<IpLink[]>(`link show dev ${name}`)[0];
}

/** Names of all links. */
export function linkNames(): string[] {
  return ipJson<IpLink[]>('link').map(({ ifname }) => ifname);
}

/** Removes everything a test may have left in the namespace: every link but lo, every rule but the three of the kernel. */
export function tidy(): void {
  if (!OWN_NAMESPACE) return;
  for (const name of linkNames()) if (name !== 'lo') ipMayFail(`link del ${name}`);
  for (const rule of ipJson<{ priority: number }[]>('rule')) {
    if (![0, 32766, 32767].includes(rule.priority)) ipMayFail(`rule del pref ${rule.priority}`);
  }
  ipMayFail('route flush table 77');
}

/** The network namespace of a process as the kernel names it, '' when that may not be known. */
function netnsOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}
