import type { Failure } from '../../app/contracts/index.ts';
import { errnoMeaning, errnoName, NETLINK_AUDIT, protocolByNumber } from '../../app/wire/index.ts';
import { effectiveCapabilities } from './capabilities.ts';
import { helperAdvice } from './helper.ts';

/** What was tried on a socket when the kernel refused. */
export type Attempt = 'open' | 'openNetns' | 'enterNetns' | 'join' | 'leave' | 'send' | 'listenAllNsid' | 'request';

const EPERM = 1;
const EACCES = 13;

/** Capabilities that the kernel asks for whatever the protocol is (netlink(7), setns(2); namespaces(7): /proc/PID/ns). */
const BY_ATTEMPT: Partial<Readonly<Record<Attempt, string>>> = {
  openNetns: 'CAP_SYS_PTRACE',
  enterNetns: 'CAP_SYS_ADMIN',
  listenAllNsid: 'CAP_NET_BROADCAST',
};

/** Audit has capabilities of its own (capabilities(7)); every other protocol asks for CAP_NET_ADMIN. */
const AUDIT: Partial<Readonly<Record<Attempt, string>>> = {
  join: 'CAP_AUDIT_READ',
  request: 'CAP_AUDIT_CONTROL',
};

/** Generic netlink groups that carry memory contents: the kernel asks for more than CAP_NET_ADMIN to hear them. */
const GENL_JOIN: ReadonlyMap<string, string> = new Map([['NET_DM', 'CAP_SYS_ADMIN']]);

/**
 * The capability whose lack explains a refusal, as capabilities(7) names it; undefined when the errno is not about
 * permission. `genlFamily`: whose group was to be joined.
 */
export function missingCapability(
  protocol: number,
  attempt: Attempt,
  errno: number,
  genlFamily?: string,
): string | undefined {
  if (errno !== EPERM && errno !== EACCES) return undefined;
  const general = BY_ATTEMPT[attempt];
  if (general !== undefined) return general;
  const special = attempt === 'join' && genlFamily !== undefined ? GENL_JOIN.get(genlFamily) : undefined;
  if (special !== undefined) return special;
  return (protocol === NETLINK_AUDIT ? AUDIT[attempt] : undefined) ?? 'CAP_NET_ADMIN';
}

/** Advice for errnos that are not about permission. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'Another socket has this portid: choose another one, or 0 to let the kernel choose.'],
  ['EPROTONOSUPPORT', 'This kernel has no such protocol, or its module is not loaded.'],
  ['ECONNREFUSED', 'No socket has the portid it was sent to.'],
  ['EAGAIN', 'The receiver does not read and its buffer is full.'],
  ['ECONNRESET', 'The helper ended as it was asked: nobody knows whether it has done it.'],
  ['EMSGSIZE', 'The datagram is larger than the send buffer (net.core.wmem_max).'],
]);

function hintFor(capability: string): string {
  return effectiveCapabilities().includes(capability)
    ? `This process has ${capability}, but not where the kernel looks for it: outside of its user namespace.`
    : helperAdvice(capability);
}

/** A refused system call as a failure to show: what was tried, errno by name, the capability that is missing. */
export function refusal(what: string, protocol: number, attempt: Attempt, errno: number, genlFamily?: string): Failure {
  const name = errnoName(errno);
  const capability = missingCapability(protocol, attempt, errno, genlFamily);
  const subject = `${what} (${protocolByNumber(protocol).name})`;
  if (capability !== undefined) {
    return { message: `${subject} needs ${capability}: ${name}.`, hint: hintFor(capability), errno: name, capability };
  }
  const hint = HINTS.get(name);
  const message = `${subject} failed: ${name}, ${errnoMeaning(errno)}.`;
  return hint === undefined ? { message, errno: name } : { message, errno: name, hint };
}
