/**
 * Numbers of linux/netlink.h that say how messages are framed and who answers whom. Constants alone, without types: the
 * kernel of `app/kernel` is compiled from this file too.
 */

export const NETLINK_ROUTE = 0;
export const NETLINK_USERSOCK = 2;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_NFLOG = 5;
export const NETLINK_XFRM = 6;
export const NETLINK_AUDIT = 9;
export const NETLINK_FIB_LOOKUP = 10;
export const NETLINK_CONNECTOR = 11;
export const NETLINK_NETFILTER = 12;
export const NETLINK_KOBJECT_UEVENT = 15;
export const NETLINK_GENERIC = 16;
export const NETLINK_RDMA = 20;
export const NETLINK_CRYPTO = 21;

/** Largest protocol number that linux/netlink.h names (NETLINK_SMC): above it are private protocols. */
export const LAST_NAMED_PROTOCOL = 22;

/** struct nlmsghdr. */
export const NLMSG_HDRLEN = 16;
/** struct nlattr. */
export const NLA_HDRLEN = 4;
/** The type without its two flag bits; the same value as the uapi's NLA_TYPE_MASK. */
export const NLA_TYPE_MASK = 0x3fff;
/** Nests deeper than this are shown as bytes: the kernel's own depth is below 15. */
export const MAX_DEPTH = 32;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;
/** Types below are reserved for control messages. */
export const NLMSG_MIN_TYPE = 16;

export const NLM_F_REQUEST = 0x01;
export const NLM_F_MULTI = 0x02;
export const NLM_F_ACK = 0x04;
export const NLM_F_CREATE = 0x400;
export const NLM_F_ECHO = 0x08;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP_FILTERED = 0x20;
export const NLM_F_ROOT = 0x100;
export const NLM_F_MATCH = 0x200;
export const NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;
