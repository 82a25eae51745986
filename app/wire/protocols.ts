import type { FamilyCode } from '../contracts/index.ts';
import { LAST_NAMED_PROTOCOL, NETLINK_USERSOCK } from './numbers.ts';

/** A netlink protocol number of linux/netlink.h. */
export interface Protocol {
  readonly number: number;
  /** NETLINK_ROUTE. */
  readonly name: string;
  readonly title: string;
  readonly code: FamilyCode;
  /** False for protocols whose datagrams do not begin with an nlmsghdr. */
  readonly framed: boolean;
}

const rows: readonly (readonly [number, string, string, FamilyCode])[] = [
  [0, 'NETLINK_ROUTE', 'Route', 'RT'],
  [1, 'NETLINK_UNUSED', 'W1 (unused)', 'OTHER'],
  [2, 'NETLINK_USERSOCK', 'User socket', 'USER'],
  [3, 'NETLINK_FIREWALL', 'Firewall (ip_queue)', 'OTHER'],
  [4, 'NETLINK_SOCK_DIAG', 'Socket diag', 'DIAG'],
  [5, 'NETLINK_NFLOG', 'ULOG', 'OTHER'],
  [6, 'NETLINK_XFRM', 'IPsec', 'XFRM'],
  [7, 'NETLINK_SELINUX', 'SELinux', 'OTHER'],
  [8, 'NETLINK_ISCSI', 'iSCSI', 'OTHER'],
  [9, 'NETLINK_AUDIT', 'Audit', 'AUD'],
  [10, 'NETLINK_FIB_LOOKUP', 'FIB lookup', 'OTHER'],
  [11, 'NETLINK_CONNECTOR', 'Connector', 'OTHER'],
  [12, 'NETLINK_NETFILTER', 'Netfilter', 'NF'],
  [13, 'NETLINK_IP6_FW', 'IPv6 firewall', 'OTHER'],
  [14, 'NETLINK_DNRTMSG', 'DECnet routing', 'OTHER'],
  [15, 'NETLINK_KOBJECT_UEVENT', 'Kernel uevent', 'UEV'],
  [16, 'NETLINK_GENERIC', 'Generic', 'GENL'],
  [18, 'NETLINK_SCSITRANSPORT', 'SCSI transport', 'OTHER'],
  [19, 'NETLINK_ECRYPTFS', 'eCryptfs', 'OTHER'],
  [20, 'NETLINK_RDMA', 'RDMA', 'OTHER'],
  [21, 'NETLINK_CRYPTO', 'Crypto', 'OTHER'],
  [22, 'NETLINK_SMC', 'SMC', 'OTHER'],
];

/** Every protocol number linux/netlink.h has ever named, in order. */
export const PROTOCOLS: readonly Protocol[] = rows.map(([number, name, title, code]) => ({
  number,
  name,
  title,
  code,
  framed: number !== 15,
}));

/** Whether programs may send datagrams of the protocol that do not begin with an nlmsghdr. */
export function mayLackHeader(protocol: number): boolean {
  return protocol === NETLINK_USERSOCK || protocol > LAST_NAMED_PROTOCOL;
}

const byNumber = new Map(PROTOCOLS.map((p) => [p.number, p]));
const byName = new Map(PROTOCOLS.map((p) => [p.name, p]));

/** The protocol of a number; numbers without a name get one that says so. */
export function protocolByNumber(number: number): Protocol {
  const known = byNumber.get(number);
  if (known !== undefined) return known;
  const made: Protocol = {
    number,
    name: `NETLINK_${number}`,
    title: `Protocol ${number}`,
    code: 'OTHER',
    framed: true,
  };
  byNumber.set(number, made);
  return made;
}

/** Names that older headers have for a number (linux/netlink.h of 2.2 to 2.6). */
const FORMER_NAMES: ReadonlyMap<string, number> = new Map([
  ['SKIP', 1],
  ['W1', 1],
  ['TCPDIAG', 4],
  ['INET_DIAG', 4],
  ['ARPD', 8],
  ['ROUTE6', 11],
]);

/** Finds a protocol by uapi name with or without NETLINK_, today's or a former one, in any case, or by number; undefined when there is none. */
export function findProtocol(text: string): Protocol | undefined {
  const word = text.trim().toUpperCase();
  const exact = byName.get(word) ?? byName.get(`NETLINK_${word}`);
  if (exact !== undefined) return exact;
  const former = FORMER_NAMES.get(word.replace(/^NETLINK_/, ''));
  if (former !== undefined) return protocolByNumber(former);
  const digits = /^(?:NETLINK_)?(\d{1,3})$/.exec(word);
  if (digits === null) return undefined;
  const number = Number(digits[1]);
  return number < 256 ? protocolByNumber(number) : undefined;
}
