/**
 * Who speaks to whom, for captures that do not tell. An nlmon device shows requests, answers and multicasts alike,
 * with no address and no group: what is left are the header's own fields and the requests seen before.
 */
import { DIRECTIONS } from '../contracts/index.ts';
import {
  NETLINK_AUDIT,
  NETLINK_CONNECTOR,
  NETLINK_FIB_LOOKUP,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  NETLINK_USERSOCK,
  NETLINK_XFRM,
  NLM_F_DUMP,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_MIN_TYPE,
} from '../wire/index.ts';

/** Directions as the index keeps them: their place in DIRECTIONS. */
export const UNKNOWN = DIRECTIONS.indexOf('unknown');
export const REQUEST = DIRECTIONS.indexOf('request');
export const REPLY = DIRECTIONS.indexOf('reply');
export const NOTIFY = DIRECTIONS.indexOf('notify');
export const USER = DIRECTIONS.indexOf('user');

/** The header fields that tell. One object is filled again for every message. */
export interface HeaderFacts {
  protocol: number;
  type: number;
  flags: number;
  seq: number;
  portid: number;
  /** The message is bytes without an nlmsghdr, and begins with udev's own mark. */
  fromUdev: boolean;
}

const NETLINK_RDMA = 20;
const NETLINK_CRYPTO = 21;
const RTM_GETNEIGH = 30;
const RTM_NEWNEXTHOP = 104;
const RTM_DELNEXTHOP = 105;

/** Whether requests of this type ask for data, which then comes back as a reply. */
export type Asking = 'yes' | 'no' | 'maybe';

/** Types of linux/xfrm.h that are answered with data: GETSA, GETPOLICY, ALLOCSPI, GETAE, GETSADINFO, GETSPDINFO, GETDEFAULT. */
const XFRM_ASKING: ReadonlySet<number> = new Set([0x12, 0x15, 0x16, 0x1f, 0x23, 0x25, 0x28]);

/** Types of linux/audit.h that are answered with data: GET, LIST, SIGNAL_INFO, LIST_RULES, TTY_GET, GET_FEATURE. */
const AUDIT_ASKING: ReadonlySet<number> = new Set([1000, 1002, 1010, 1013, 1016, 1019]);

/** Message numbers that ask for data, by netfilter subsystem (linux/netfilter/nfnetlink.h and the subsystems' headers). */
const NETFILTER_ASKING: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [1, new Set([1, 3, 4, 5, 6, 7])], // ctnetlink: GET, GET_CTRZERO, GET_STATS_CPU, GET_STATS, GET_DYING, GET_UNCONFIRMED
  [2, new Set([1, 3])], // expectations: GET, GET_STATS_CPU
  [7, new Set([1, 2])], // accounting: GET, GET_CTRZERO
  [8, new Set([1, 4])], // conntrack timeouts: GET, DEFAULT_GET
  [9, new Set([1])], // conntrack helpers: GET
  [10, new Set([1, 4, 7, 10, 13, 16, 19, 21, 23, 25, 33])], // nf_tables: every GET and GET…_RESET
  [11, new Set([0])], // compat: GET
  [12, new Set([0])], // hooks: GET
]);
/** ipset multicasts nothing: whatever answers is a reply. */
const NETFILTER_UNICAST: ReadonlySet<number> = new Set([6]);

/** Protocols whose kernel side multicasts little or nothing, so that a message with a portid answers someone. */
const MOSTLY_UNICAST: ReadonlySet<number> = new Set([
  NETLINK_SOCK_DIAG,
  NETLINK_FIB_LOOKUP,
  NETLINK_GENERIC,
  NETLINK_RDMA,
  NETLINK_CRYPTO,
]);

/** Whether a request of this protocol and type asks for data. */
export function asksForData(protocol: number, type: number): Asking {
  switch (protocol) {
    case NETLINK_ROUTE:
      // Types come in groups of four: NEW, DEL, GET, SET (linux/rtnetlink.h).
      return (type & 3) === 2 ? 'yes' : 'no';
    case NETLINK_XFRM:
      return XFRM_ASKING.has(type) ? 'yes' : 'no';
    case NETLINK_AUDIT:
      return AUDIT_ASKING.has(type) ? 'yes' : 'no';
    case NETLINK_NETFILTER: {
      const subsystem = type >>> 8;
      if (NETFILTER_UNICAST.has(subsystem)) return 'maybe';
      return NETFILTER_ASKING.get(subsystem)?.has(type & 0xff) ? 'yes' : 'no';
    }
    default:
      return 'maybe';
  }
}

/** Whether a message is a request, as far as its header tells. */
export function isRequest(facts: HeaderFacts): boolean {
  const { protocol, type, flags, seq, portid } = facts;
  if (protocol === NETLINK_USERSOCK) return false;
  // Connector messages are all of type NLMSG_DONE without flags; the kernel's own have no portid.
  if (protocol === NETLINK_CONNECTOR) return portid !== 0;
  if ((flags & NLM_F_REQUEST) === 0 || type === NLMSG_ERROR || type === NLMSG_DONE) return false;
  // The kernel asks a user space resolver by multicasting RTM_GETNEIGH with the flag of a request.
  const solicits = protocol === NETLINK_ROUTE && type === RTM_GETNEIGH && seq === 0 && portid === 0;
  return !solicits || (flags & NLM_F_DUMP) !== 0;
}

/**
 * Whether the kernel's own messages of this type carry the nlmsg_flags of the request behind them: notifications of
 * nexthop objects, and the answers of FIB_LOOKUP, which are the request filled in.
 */
export function copiesRequestFlags(facts: HeaderFacts): boolean {
  if (facts.protocol === NETLINK_FIB_LOOKUP) return true;
  return facts.protocol === NETLINK_ROUTE && (facts.type === RTM_NEWNEXTHOP || facts.type === RTM_DELNEXTHOP);
}

/**
 * Types of the same group answer each other: NEW, DEL, GET and SET of one object in rtnetlink, a netfilter subsystem, a
 * generic netlink family. 0 for protocols without such an order and for NLMSG_ERROR and NLMSG_DONE, which answer all.
 */
export function typeGroup(protocol: number, type: number): number {
  if (type < NLMSG_MIN_TYPE) return 0;
  if (protocol === NETLINK_ROUTE) return (type >>> 2) + 1;
  if (protocol === NETLINK_NETFILTER) return (type >>> 8) + 1;
  return protocol === NETLINK_GENERIC ? type : 0;
}

/**
 * Direction of a message that is no request. `asked`: what the open request with its portid and seq asked for, null
 * when there is none.
 */
export function answerDirection(facts: HeaderFacts, asked: Asking | null): number {
  const { protocol, type, flags, portid } = facts;
  if (protocol === NETLINK_USERSOCK) return USER;
  if (protocol === NETLINK_CONNECTOR) return NOTIFY;
  if (type === NLMSG_ERROR) return REPLY;
  if (type === NLMSG_DONE || (flags & NLM_F_MULTI) !== 0) return portid !== 0 || asked !== null ? REPLY : NOTIFY;
  if (asked === 'yes') return REPLY;
  if (asked === 'maybe') return portid !== 0 ? REPLY : NOTIFY;
  if (asked === 'no' || portid === 0) return NOTIFY;
  return MOSTLY_UNICAST.has(protocol) ? REPLY : NOTIFY;
}

/** Direction of bytes without an nlmsghdr. */
export function rawDirection(facts: HeaderFacts): number {
  if (facts.protocol === NETLINK_KOBJECT_UEVENT) return facts.fromUdev ? USER : NOTIFY;
  return facts.protocol === NETLINK_USERSOCK ? USER : UNKNOWN;
}
