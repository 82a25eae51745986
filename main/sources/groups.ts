/**
 * Multicast groups that the kernel's headers number, by protocol. Generic netlink's are dynamic: see genlFamilies.ts.
 * Names are those of the uapi constants without their prefix, in lower case with dashes.
 */
export interface KnownGroup {
  readonly group: number;
  /** RTNLGRP_LINK; "" where the headers have no constant. */
  readonly constant: string;
  /** "link". */
  readonly name: string;
  readonly doc: string;
  readonly common: boolean;
}

type Row = readonly [group: number, word: string, doc: string, common?: 'common'];

/** "IPV4_IFADDR" becomes "ipv4-ifaddr". */
function displayName(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

function table(prefix: string, rows: readonly Row[]): readonly KnownGroup[] {
  return rows.map(([group, word, doc, common]) => ({
    group,
    constant: prefix === '' ? '' : prefix + word,
    name: displayName(word),
    doc,
    common: common !== undefined,
  }));
}

/** enum rtnetlink_groups, linux/rtnetlink.h. */
const ROUTE = table('RTNLGRP_', [
  [1, 'LINK', 'Interfaces come, change and go.', 'common'],
  [2, 'NOTIFY', 'Reserved; today’s kernels send nothing here.'],
  [3, 'NEIGH', 'Neighbour entries: ARP, neighbour discovery, bridge forwarding tables.', 'common'],
  [4, 'TC', 'Traffic control: qdiscs, classes, filters, chains and actions.', 'common'],
  [5, 'IPV4_IFADDR', 'IPv4 addresses of interfaces.', 'common'],
  [6, 'IPV4_MROUTE', 'IPv4 multicast routing cache.'],
  [7, 'IPV4_ROUTE', 'IPv4 routes.', 'common'],
  [8, 'IPV4_RULE', 'IPv4 routing policy rules.', 'common'],
  [9, 'IPV6_IFADDR', 'IPv6 addresses of interfaces.', 'common'],
  [10, 'IPV6_MROUTE', 'IPv6 multicast routing cache.'],
  [11, 'IPV6_ROUTE', 'IPv6 routes.', 'common'],
  [12, 'IPV6_IFINFO', 'IPv6 state of interfaces.'],
  [13, 'DECnet_IFADDR', 'DECnet addresses, before Linux 6.1.'],
  [14, 'NOP2', 'Reserved.'],
  [15, 'DECnet_ROUTE', 'DECnet routes, before Linux 6.1.'],
  [16, 'DECnet_RULE', 'DECnet routing rules, before Linux 6.1.'],
  [17, 'NOP4', 'Reserved.'],
  [18, 'IPV6_PREFIX', 'IPv6 prefixes learned from router advertisements.'],
  [19, 'IPV6_RULE', 'IPv6 routing policy rules.', 'common'],
  [20, 'ND_USEROPT', 'Neighbour discovery options meant for user space, such as DNS servers.'],
  [21, 'PHONET_IFADDR', 'Phonet addresses.'],
  [22, 'PHONET_ROUTE', 'Phonet routes.'],
  [23, 'DCB', 'Data centre bridging.'],
  [24, 'IPV4_NETCONF', 'IPv4 settings of interfaces (forwarding, rp_filter, …).'],
  [25, 'IPV6_NETCONF', 'IPv6 settings of interfaces.'],
  [26, 'MDB', 'Multicast database of bridges.', 'common'],
  [27, 'MPLS_ROUTE', 'MPLS routes.'],
  [28, 'NSID', 'Ids of peer network namespaces.', 'common'],
  [29, 'MPLS_NETCONF', 'MPLS settings of interfaces.'],
  [30, 'IPV4_MROUTE_R', 'IPv4 multicast routes, for privileged listeners.'],
  [31, 'IPV6_MROUTE_R', 'IPv6 multicast routes, for privileged listeners.'],
  [32, 'NEXTHOP', 'Nexthop objects and groups.', 'common'],
  [33, 'BRVLAN', 'VLANs of bridge ports.'],
  [34, 'MCTP_IFADDR', 'MCTP addresses.'],
  [35, 'TUNNEL', 'VNI filters of VXLAN interfaces.'],
  [36, 'STATS', 'Hardware statistics that interfaces were asked for.'],
  [37, 'IPV4_MCADDR', 'IPv4 multicast memberships of interfaces.'],
  [38, 'IPV6_MCADDR', 'IPv6 multicast memberships of interfaces.'],
  [39, 'IPV6_ACADDR', 'IPv6 anycast addresses of interfaces.'],
]);

/** enum nfnetlink_groups, linux/netfilter/nfnetlink.h. */
const NETFILTER = table('NFNLGRP_', [
  [1, 'CONNTRACK_NEW', 'A tracked connection begins.', 'common'],
  [2, 'CONNTRACK_UPDATE', 'A tracked connection changes.'],
  [3, 'CONNTRACK_DESTROY', 'A tracked connection ends.', 'common'],
  [4, 'CONNTRACK_EXP_NEW', 'A helper expects a related connection.'],
  [5, 'CONNTRACK_EXP_UPDATE', 'An expectation changes.'],
  [6, 'CONNTRACK_EXP_DESTROY', 'An expectation ends.'],
  [7, 'NFTABLES', 'The nftables ruleset changes.', 'common'],
  [8, 'ACCT_QUOTA', 'An accounting object reaches its quota.'],
  [9, 'NFTRACE', 'The way of traced packets through the ruleset.'],
]);

/** enum xfrm_nlgroups, linux/xfrm.h. */
const XFRM = table('XFRMNLGRP_', [
  [1, 'ACQUIRE', 'The kernel needs a security association for a packet.', 'common'],
  [2, 'EXPIRE', 'Lifetimes of associations and policies run out.', 'common'],
  [3, 'SA', 'Security associations.', 'common'],
  [4, 'POLICY', 'Security policies.', 'common'],
  [5, 'AEVENTS', 'Counters and timers of associations, for synchronisation.'],
  [6, 'REPORT', 'Reports for mobile IPv6.'],
  [7, 'MIGRATE', 'Associations move to other addresses.'],
  [8, 'MAPPING', 'The address of a peer behind NAT changed.'],
]);

/** enum sknetlink_groups, linux/sock_diag.h. */
const SOCK_DIAG = table('SKNLGRP_', [
  [1, 'INET_TCP_DESTROY', 'An IPv4 TCP socket ends.', 'common'],
  [2, 'INET_UDP_DESTROY', 'An IPv4 UDP socket ends.', 'common'],
  [3, 'INET6_TCP_DESTROY', 'An IPv6 TCP socket ends.', 'common'],
  [4, 'INET6_UDP_DESTROY', 'An IPv6 UDP socket ends.', 'common'],
]);

/** enum audit_nlgrps, linux/audit.h. */
const AUDIT = table('AUDIT_NLGRP_', [[1, 'READLOG', 'Copies of the records that the audit daemon gets.', 'common']]);

/** enum selinux_nlgroups, linux/selinux_netlink.h. */
const SELINUX = table('SELNLGRP_', [[1, 'AVC', 'Policy is loaded, or enforcing is switched.', 'common']]);

/** Multicast groups of rdma/rdma_netlink.h. */
const RDMA = table('RDMA_NL_GROUP_', [
  [2, 'IWPM', 'Questions to the iWARP port mapper.'],
  [3, 'LS', 'Questions to the local service (path records, address resolution).'],
  [4, 'NOTIFY', 'RDMA devices come, change and go.', 'common'],
]);

/** The kernel and udev number these two without a uapi constant. */
const UEVENT = table('', [
  [1, 'kernel', 'Device events as the kernel sends them.', 'common'],
  [2, 'udev', 'Device events after udev’s rules, with the properties they added.', 'common'],
]);

/** CN_IDX_* of linux/connector.h: connector sends to the group that is the callback's index. */
const CONNECTOR = table('CN_IDX_', [
  [1, 'PROC', 'Processes fork, exec, change identity and exit.', 'common'],
  [2, 'CIFS', 'CIFS upcalls.'],
  [4, 'V86D', 'Calls to the v86d video BIOS helper.'],
  [5, 'BB', 'BlackBoard.'],
  [7, 'DM', 'Device mapper’s log in user space.'],
  [8, 'DRBD', 'DRBD.'],
]);

/** scsi/scsi_netlink.h: SCSI_NL_GRP_FC_EVENTS is 1<<2 and is used as the group's number. */
const SCSITRANSPORT = table('SCSI_NL_GRP_', [[4, 'FC_EVENTS', 'Fibre Channel transport events.', 'common']]);

/** Groups of the iSCSI transport; the header is not exported to user space. */
const ISCSI = table('', [
  [1, 'iscsid', 'Events for the iSCSI daemon.', 'common'],
  [2, 'uip', 'Requests to the network stack in user space of offloading adapters.'],
]);

const TABLES: ReadonlyMap<number, readonly KnownGroup[]> = new Map([
  [0, ROUTE],
  [4, SOCK_DIAG],
  [6, XFRM],
  [7, SELINUX],
  [8, ISCSI],
  [9, AUDIT],
  [10, []],
  [11, CONNECTOR],
  [12, NETFILTER],
  [15, UEVENT],
  [16, []],
  [18, SCSITRANSPORT],
  [20, RDMA],
  [21, []],
]);

/** A group that no header names: only its number is known. */
export function numberedGroup(group: number): KnownGroup {
  return { group, constant: '', name: String(group), doc: `Multicast group ${group}.`, common: group === 1 };
}

/**
 * Groups of a protocol in order of their numbers; undefined for protocols whose groups their users choose
 * (NETLINK_USERSOCK and modules outside the kernel's tree).
 */
export function knownGroups(protocol: number): readonly KnownGroup[] | undefined {
  return TABLES.get(protocol);
}

/** Name and number of groups by protocol, for rows and messages: "link"; the number where there is no name. */
export function groupName(protocol: number, group: number): string {
  return knownGroups(protocol)?.find((known) => known.group === group)?.name ?? String(group);
}

/** Generic netlink groups most people want, as "family/group". */
const COMMON_GENL_GROUPS: ReadonlySet<string> = new Set([
  'devlink/config',
  'dpll/monitor',
  'ethtool/monitor',
  'mptcp_pm/mptcp_pm_events',
  'netdev/mgmt',
  'nl80211/config',
  'nl80211/mlme',
  'nl80211/regulatory',
  'nl80211/scan',
  'nlctrl/notify',
  'ovpn/peers',
  'team/change_event',
]);

export function isCommonGenlGroup(family: string, group: string): boolean {
  return COMMON_GENL_GROUPS.has(`${family}/${group}`);
}
