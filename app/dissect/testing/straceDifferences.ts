import type { Difference } from './straceCompare.ts';

/** A difference between strace's reading and ours for which we have a reason. */
export interface ExplainedDifference {
  readonly path: RegExp;
  readonly strace?: RegExp;
  readonly ours?: RegExp;
  /** strace shows the beginning of what we show. */
  readonly cut?: boolean;
  readonly why: string;
}

export const EXPLAINED: readonly ExplainedDifference[] = [
  {
    path: / nfgen_family$/,
    strace: /^AF_/,
    ours: /^(NFPROTO_|\d+$)/,
    why: 'nfgen_family holds NFPROTO_* numbers; NFPROTO_INET, 1, is not AF_UNIX.',
  },
  { path: / version$/, strace: /^NFNETLINK_V0$/, ours: /^0$/, why: 'The version is a number to us.' },
  {
    path: /^CTRL_CMD_NEWFAMILY CTRL_ATTR_OPS\.\[\d+\]\.CTRL_ATTR_OP_ID$/,
    strace: /^CTRL_CMD_/,
    ours: /^(?!CTRL_)\w+/,
    why: 'Commands are those of the family that is described; strace takes them for nlctrl’s where it does not know it.',
  },
  {
    path: /^CTRL_CMD_NEWFAMILY CTRL_ATTR_OPS\.\[\d+\]\.CTRL_ATTR_OP_ID$/,
    strace: /^ETHTOOL_MSG_\w+_(REPLY|NTF)$/,
    ours: /^ETHTOOL_MSG_/,
    why: 'ethtool’s replies are numbered apart from its requests, which are the commands a family has.',
  },
  {
    path: /^cn_msg nlmsg_type$/,
    strace: /^NLMSG_DONE$/,
    why: 'All messages of the connector have the type NLMSG_DONE; we call them by what they hold.',
  },
  {
    path: /\.IFLA_INET6_STATS\.\(index\)$/,
    strace: /^IPSTATS_MIB_/,
    why: 'Kernels have renumbered IPSTATS_MIB_* and no message says how; strace goes by the headers it was built with.',
  },
  {
    path: /^RTM_(NEW|DEL)LINK IFLA_(ADDRESS|BROADCAST|PERM_ADDRESS)$/,
    cut: true,
    why: 'strace cuts link-layer addresses to what the device type is known for.',
  },
  {
    path: /^RTM_(NEW|DEL)LINK IFLA_(ADDRESS|BROADCAST|PERM_ADDRESS)$/,
    strace: /^([0-9a-f]{2}:){3}(([0-9a-f]{2}:){3})?[0-9a-f]{2}$/,
    ours: /^(\d+(\.\d+){3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})$/,
    why: 'Link-layer addresses of IP tunnels are IP addresses; strace shows their bytes, of IPv6 only 7.',
  },
  {
    path: /^RTM_(NEW|GET)STATS filter_mask$/,
    strace: /^1<<IFLA_STATS_LINK_(64|XSTATS)$/,
    ours: /^IFLA_STATS_LINK_XSTATS(_SLAVE)? /,
    why: 'IFLA_STATS_FILTER_BIT(attribute) is 1 << (attribute - 1); strace leaves out the - 1.',
  },
  { path: / ndm_state$/, strace: /^NUD_NONE$/, ours: /^0$/, why: 'No state is no flag to us.' },
  {
    path: /^RTM_(NEW|DEL|GET)VLAN (family|data)$/,
    ours: /^not among family ifindex$/,
    why: 'strace does not know struct br_vlan_msg.',
  },
  {
    path: /^SOCK_DIAG_BY_FAMILY (family|data)$/,
    ours: /^not among sdiag_family sdiag_protocol [vx]diag_/,
    why: 'strace does not know struct vsock_diag_req and struct xdp_diag_req.',
  },
  {
    path: /^RTM_(NEW|DEL)NEIGH NDA_PROTOCOL$/,
    strace: /^IPPROTO_/,
    ours: /^RTPROT_/,
    why: 'NDA_PROTOCOL tells who made the entry (RTPROT_*), not an IP protocol.',
  },
  {
    path: /\.BRIDGE_XSTATS_MCAST\.\w+\.\(index\)$/,
    strace: /^BR_MCAST_DIR_[RT]X$/,
    ours: /^[rt]x$/,
    why: 'A pair of counters is a struct of rx and tx to us.',
  },
  {
    path: /^RTM_NEWMDB MDBA_SET_ENTRY(\.nla_type)?$/,
    strace: /^(MDBA_MDB|1 attributes)$/,
    why: 'Requests number attributes by MDBA_SET_ENTRY, answers by MDBA_MDB; strace takes both for answers.',
  },
  {
    path: /^SOCK_DIAG_BY_FAMILY pdiag_num$/,
    strace: /^ETH_P_ALL$/,
    ours: /^all$/,
    why: 'Ethernet protocols read as tc and ip print them.',
  },
  {
    path: /^SOCK_DIAG_BY_FAMILY PACKET_DIAG_FILTER\[\]$/,
    strace: /^BPF_STMT/,
    why: 'Socket filters are struct sock_filter to us, member by member.',
  },
];

/** The explanation of a difference, by its place in the list; -1 when there is none. */
export function explanationOf(difference: Difference): number {
  return EXPLAINED.findIndex(
    ({ path, strace, ours, cut }) =>
      path.test(difference.path) &&
      (strace === undefined || strace.test(difference.strace)) &&
      (ours === undefined || ours.test(difference.ours)) &&
      (cut !== true || difference.ours.startsWith(difference.strace)),
  );
}
