/**
 * Who speaks to whom, for captures that do not tell. An nlmon device shows requests, answers and multicasts alike,
 * with no address and no group: what is left are the header's own fields and the requests seen before.
 */
import {
  NETLINK_AUDIT,
  NETLINK_CONNECTOR,
  NETLINK_CRYPTO,
  NETLINK_FIB_LOOKUP,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_NETFILTER,
  NETLINK_RDMA,
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
} from '../../wire/numbers.ts';

/** Directions by their place in DIRECTIONS of app/contracts. */
export const UNKNOWN: u32 = 0;
export const REQUEST: u32 = 1;
export const REPLY: u32 = 2;
export const NOTIFY: u32 = 3;
export const USER: u32 = 4;
export const DIRECTION_COUNT: u32 = 5;

/** Whether a request asks for data, which then comes back as a reply. */
export const ASKS_NOT: i32 = 0;
export const ASKS: i32 = 1;
export const MAY_ASK: i32 = 2;
/** There is no request. */
export const UNASKED: i32 = -1;

/** linux/rtnetlink.h. */
const RTM_GETNEIGH: u32 = 30;
const RTM_NEWTFILTER: u32 = 44;
const RTM_DELTFILTER: u32 = 45;
const RTM_NEWACTION: u32 = 48;
const RTM_DELACTION: u32 = 49;
const RTM_NEWCHAIN: u32 = 100;
const RTM_DELCHAIN: u32 = 101;
const RTM_NEWNEXTHOP: u32 = 104;
const RTM_DELNEXTHOP: u32 = 105;

/** Whether requests of this protocol and type ask for data (ASKS_NOT, ASKS, MAY_ASK). */
export function asksForData(protocol: u32, type: u32): i32 {
  switch (protocol) {
    case NETLINK_ROUTE:
      // Types come in groups of four: NEW, DEL, GET, SET (linux/rtnetlink.h).
      return (type & 3) === 2 ? ASKS : ASKS_NOT;
    case NETLINK_XFRM:
      return asksXfrm(type) ? ASKS : ASKS_NOT;
    case NETLINK_AUDIT:
      return asksAudit(type) ? ASKS : ASKS_NOT;
    case NETLINK_NETFILTER:
      return asksNetfilter(type >>> 8, type & 0xff);
    default:
      return MAY_ASK;
  }
}

/** linux/xfrm.h: GETSA, GETPOLICY, ALLOCSPI, GETAE, GETSADINFO, GETSPDINFO, GETDEFAULT. */
function asksXfrm(type: u32): bool {
  switch (type) {
    case 0x12:
    case 0x15:
    case 0x16:
    case 0x1f:
    case 0x23:
    case 0x25:
    case 0x28:
      return true;
    default:
      return false;
  }
}

/** linux/audit.h: GET, LIST, SIGNAL_INFO, LIST_RULES, TTY_GET, GET_FEATURE. */
function asksAudit(type: u32): bool {
  switch (type) {
    case 1000:
    case 1002:
    case 1010:
    case 1013:
    case 1016:
    case 1019:
      return true;
    default:
      return false;
  }
}

/** Messages of netfilter's subsystems that ask, a bit each (linux/netfilter/nfnetlink.h and the subsystems' headers). */
function asksNetfilter(subsystem: u32, message: u32): i32 {
  let asking: u64 = 0;
  switch (subsystem) {
    case 1: // ctnetlink: GET, GET_CTRZERO, GET_STATS_CPU, GET_STATS, GET_DYING, GET_UNCONFIRMED
      asking = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7);
      break;
    case 2: // expectations: GET, GET_STATS_CPU
      asking = (1 << 1) | (1 << 3);
      break;
    case 6: // ipset multicasts nothing: whatever answers is a reply
      return MAY_ASK;
    case 7: // accounting: GET, GET_CTRZERO
      asking = (1 << 1) | (1 << 2);
      break;
    case 8: // conntrack timeouts: GET, DEFAULT_GET
      asking = (1 << 1) | (1 << 4);
      break;
    case 9: // conntrack helpers: GET
      asking = 1 << 1;
      break;
    case 10: // nf_tables: every GET and GET…_RESET
      asking =
        (1 << 1) |
        (1 << 4) |
        (1 << 7) |
        (1 << 10) |
        (1 << 13) |
        (1 << 16) |
        (1 << 19) |
        (1 << 21) |
        (1 << 23) |
        (1 << 25) |
        ((<u64>1) << 33);
      break;
    case 11: // compat: GET
    case 12: // hooks: GET
      asking = 1 << 0;
      break;
    default:
      break;
  }
  return message < 64 && ((asking >> message) & 1) !== 0 ? ASKS : ASKS_NOT;
}

/** Whether a message is a request, as far as its header tells. */
export function isRequest(protocol: u32, type: u32, flags: u32, seq: u32, portid: u32): bool {
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
 * nexthop objects, of tc's filters, chains and actions (tcf_fill_node, tc_chain_fill_node, tca_get_fill of net/sched),
 * and the answers of FIB_LOOKUP, which are the request filled in.
 */
export function copiesRequestFlags(protocol: u32, type: u32): bool {
  if (protocol === NETLINK_FIB_LOOKUP) return true;
  if (protocol !== NETLINK_ROUTE) return false;
  switch (type) {
    case RTM_NEWTFILTER:
    case RTM_DELTFILTER:
    case RTM_NEWACTION:
    case RTM_DELACTION:
    case RTM_NEWCHAIN:
    case RTM_DELCHAIN:
    case RTM_NEWNEXTHOP:
    case RTM_DELNEXTHOP:
      return true;
    default:
      return false;
  }
}

/**
 * Types of the same group answer each other: NEW, DEL, GET and SET of one object in rtnetlink (tc's chains and the
 * filters in them are one), a netfilter subsystem, a generic netlink family. 0 for protocols without such an order and
 * for NLMSG_ERROR and NLMSG_DONE, which answer all.
 */
export function typeGroup(protocol: u32, type: u32): u32 {
  if (type < <u32>NLMSG_MIN_TYPE) return 0;
  if (protocol === NETLINK_ROUTE) return ((type >>> 2 === RTM_NEWCHAIN >>> 2 ? RTM_NEWTFILTER : type) >>> 2) + 1;
  if (protocol === NETLINK_NETFILTER) return (type >>> 8) + 1;
  return protocol === NETLINK_GENERIC ? type : 0;
}

/** Protocols whose kernel side multicasts little or nothing, so that a message with a portid answers someone. */
function isMostlyUnicast(protocol: u32): bool {
  switch (protocol) {
    case NETLINK_SOCK_DIAG:
    case NETLINK_FIB_LOOKUP:
    case NETLINK_GENERIC:
    case NETLINK_RDMA:
    case NETLINK_CRYPTO:
      return true;
    default:
      return false;
  }
}

/** Direction of a message that is no request. `asked`: what the open request with its portid and seq asked for. */
export function answerDirection(protocol: u32, type: u32, flags: u32, portid: u32, asked: i32): u32 {
  if (protocol === NETLINK_USERSOCK) return USER;
  if (protocol === NETLINK_CONNECTOR) return NOTIFY;
  if (type === NLMSG_ERROR) return REPLY;
  if (type === NLMSG_DONE || (flags & NLM_F_MULTI) !== 0) return portid !== 0 || asked !== UNASKED ? REPLY : NOTIFY;
  if (asked === ASKS) return REPLY;
  if (asked === MAY_ASK) return portid !== 0 ? REPLY : NOTIFY;
  if (asked === ASKS_NOT || portid === 0) return NOTIFY;
  return isMostlyUnicast(protocol) ? REPLY : NOTIFY;
}

/** Direction of bytes without an nlmsghdr. */
export function rawDirection(protocol: u32, fromUdev: bool): u32 {
  if (protocol === NETLINK_KOBJECT_UEVENT) return fromUdev ? USER : NOTIFY;
  return protocol === NETLINK_USERSOCK ? USER : UNKNOWN;
}
