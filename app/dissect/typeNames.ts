import { NETLINK_GENERIC, NETLINK_NETFILTER, protocolByNumber } from '../wire/index.ts';
import names from './typeNames.yaml';

/** Message type names of protocols that no spec covers: {protocol: {number: name}}. */
const TABLE = names as { readonly [protocol: string]: { readonly [number: string]: string } };

/** Every name in the table. */
export const TYPE_NAMES: readonly string[] = Object.values(TABLE).flatMap((space) => Object.values(space));

/** Names of nf subsystems (linux/netfilter/nfnetlink.h NFNL_SUBSYS_*). */
const SUBSYSTEMS: readonly string[] = [
  'NONE',
  'CTNETLINK',
  'CTNETLINK_EXP',
  'QUEUE',
  'ULOG',
  'OSF',
  'IPSET',
  'ACCT',
  'CTNETLINK_TIMEOUT',
  'CTHELPER',
  'NFTABLES',
  'NFT_COMPAT',
  'HOOK',
];

/** The uapi name of an nlmsg_type, or a text with its number when none is known. */
export function typeName(protocol: number, type: number): string {
  if (protocol === NETLINK_NETFILTER && type >= 0x100) {
    const subsystem = type >> 8;
    return `NFNL_SUBSYS_${SUBSYSTEMS[subsystem] ?? subsystem} ${type & 0xff}`;
  }
  const known = TABLE[String(protocol)]?.[type];
  if (known !== undefined) return known;
  return protocol === NETLINK_GENERIC ? `family ${type}` : `${protocolByNumber(protocol).name} ${type}`;
}
