import type {
  Inventory,
  MessageDetail,
  Row,
  SocketInfo,
  StatisticsEntry,
  StatisticsReport,
} from '../../app/contracts/index.ts';
import { MessageBuilder } from './messageBuilder.ts';

/** Noon of a day in nanoseconds: rows count on from it. */
const NOON = 1_795_176_129_000_000_000n;

type RowParts = Partial<Row> & Pick<Row, 'number' | 'family' | 'type'>;

function row({ number, ...parts }: RowParts, at: number): Row {
  return {
    number,
    kind: 'message',
    time: `${NOON + BigInt(at) * 105_123_457n}`,
    depth: 0,
    relation: 'none',
    direction: 'notify',
    protocol: 'NETLINK_ROUTE',
    process: 'kernel',
    processNote: '',
    flags: '',
    portid: 0,
    seq: 0,
    request: 0,
    length: 56,
    info: [],
    outcome: { kind: 'none', text: '', latency: null },
    severity: null,
    error: null,
    gap: null,
    marked: false,
    before: `${NOON}`,
    reference: false,
    since: `${NOON}`,
    ...parts,
  };
}

const ack = (milliseconds: number): Row['outcome'] => ({ kind: 'ack', text: 'ACK', latency: milliseconds * 1e6 });
const done = (milliseconds: number): Row['outcome'] => ({ kind: 'done', text: 'DONE', latency: milliseconds * 1e6 });
const group = (name: string): Row['outcome'] => ({ kind: 'group', text: `group ${name}`, latency: null });

const asks: Partial<Row> = { relation: 'collapsed', direction: 'request' };
const genl: Partial<Row> = { protocol: 'NETLINK_GENERIC' };

/** Twenty rows like those of a real capture: requests, answers, notifications, errors and a gap. */
export const SAMPLE_ROWS: readonly Row[] = (
  [
    {
      number: 1,
      family: 'RT',
      type: 'RTM_NEWLINK',
      ...asks,
      process: 'ip[820]',
      flags: 'RQ AK CR EX',
      info: ['', 'd0', ' kind dummy'],
      outcome: ack(4.94),
    },
    {
      number: 2,
      family: 'RT',
      type: 'RTM_NEWLINK',
      length: 1448,
      info: ['', 'd0', ' ifindex 561 ', 'mtu 1500', ' BROADCAST NOARP'],
      outcome: group('link'),
    },
    {
      number: 3,
      family: 'UEV',
      type: 'add',
      protocol: 'NETLINK_KOBJECT_UEVENT',
      length: 119,
      info: ['', 'd0', ' /devices/virtual/net/d0 net seq 834'],
      outcome: group('kernel'),
    },
    {
      number: 4,
      family: 'RT',
      type: 'RTM_NEWADDR',
      ...asks,
      relation: 'expanded',
      process: 'ip[822]',
      flags: 'RQ AK CR EX',
      length: 40,
      info: ['', '10.6.0.1/24', ' dev d0'],
      outcome: ack(2.29),
    },
    {
      number: 5,
      family: 'RT',
      type: 'RTM_NEWADDR',
      depth: 1,
      relation: 'child',
      length: 76,
      info: ['', '10.6.0.1/24', ' dev d0 label d0 permanent'],
      outcome: group('ipv4-ifaddr'),
    },
    {
      number: 6,
      family: 'RT',
      type: 'NLMSG_ERROR',
      depth: 1,
      relation: 'last',
      direction: 'reply',
      flags: 'CAP',
      length: 36,
      info: ['', '0', ' acknowledges #4'],
      outcome: { kind: 'ack', text: 'ACK', latency: null },
    },
    {
      number: 7,
      family: 'RT',
      type: 'RTM_NEWROUTE',
      ...asks,
      process: 'ip[824]',
      flags: 'RQ AK CR EX',
      length: 52,
      info: ['', '10.66.0.0/16 via 10.6.0.2', ' metric 50'],
      outcome: ack(2.33),
    },
    {
      number: 8,
      family: 'RT',
      type: 'RTM_GETLINK',
      ...asks,
      process: 'ip[826]',
      flags: 'RQ DP',
      length: 40,
      info: ['', 'dump, 14 links', ' 19,556 bytes'],
      outcome: done(3.52),
    },
    {
      number: 9,
      family: 'NF',
      type: 'NFT_MSG_NEWCHAIN',
      protocol: 'NETLINK_NETFILTER',
      ...asks,
      process: 'nft[2115]',
      flags: 'RQ CR',
      length: 108,
      info: ['', 'ip tr out', ' filter hook output prio 0, batch of 3'],
      outcome: { kind: 'done', text: 'commit gen 31', latency: null },
    },
    {
      number: 10,
      family: 'NF',
      type: 'NFT_MSG_NEWCHAIN',
      protocol: 'NETLINK_NETFILTER',
      flags: 'CR',
      length: 104,
      info: ['', 'ip tr out', ' handle 1 policy accept'],
      outcome: group('nftables'),
    },
    {
      number: 11,
      family: 'DIAG',
      type: 'SOCK_DIAG_BY_FAMILY',
      protocol: 'NETLINK_SOCK_DIAG',
      ...asks,
      process: 'ss[2663]',
      flags: 'RQ DP',
      length: 36,
      info: ['', 'dump AF_NETLINK, 11 sockets', ' 944 bytes'],
      outcome: done(1.45),
    },
    {
      number: 12,
      family: 'GENL',
      type: 'WG_CMD_SET_DEVICE',
      ...genl,
      ...asks,
      process: 'wg[3290]',
      flags: 'RQ AK',
      length: 232,
      info: ['', 'wg0', ' listen-port 51820 fwmark 0x1234, 1 peer'],
      outcome: ack(6.82),
    },
    {
      number: 13,
      family: 'OTHER',
      type: '',
      kind: 'gap',
      severity: 'warn',
      gap: { lost: 412, text: 'socket receive buffer full (ENOBUFS) · NETLINK_GENERIC · 14:02:10.318204' },
    },
    {
      number: 14,
      family: 'GENL',
      type: 'ETHTOOL_MSG_FEATURES_SET',
      ...genl,
      ...asks,
      process: 'ethtool[3174]',
      flags: 'RQ AK',
      length: 200,
      info: ['', 'v0', ' want tx-tcp-segmentation off, rx-gro on'],
      outcome: ack(2.03),
    },
    {
      number: 15,
      family: 'GENL',
      type: 'ETHTOOL_MSG_LINKINFO_GET',
      ...genl,
      ...asks,
      process: 'ethtool[3184]',
      flags: 'RQ AK',
      length: 40,
      severity: 'error',
      error: { errno: 'ENODEV', message: 'no device matches name', attribute: 'nosuchdev' },
      outcome: { kind: 'error', text: 'ENODEV', latency: 200_000 },
    },
    {
      number: 16,
      family: 'GENL',
      type: 'NL80211_CMD_GET_WIPHY',
      ...genl,
      ...asks,
      process: 'iw[3408]',
      flags: 'RQ AK DP',
      length: 32,
      info: ['', 'dump, 190 messages', ' 28,960 bytes'],
      outcome: done(13.71),
    },
    {
      number: 17,
      family: 'RT',
      type: 'RTM_NEWLINK',
      ...asks,
      process: 'ip[476]',
      flags: 'RQ AK CR EX',
      length: 72,
      severity: 'error',
      error: { errno: 'EACCES', message: 'option not supported in mode', attribute: 'arp_interval' },
      outcome: { kind: 'error', text: 'EACCES', latency: 27_970_000 },
    },
    {
      number: 18,
      family: 'RT',
      type: 'RTM_GETROUTE',
      ...asks,
      process: 'portid 4195',
      flags: 'RQ DP',
      length: 36,
      severity: 'warn',
      info: ['', 'dump, 412 routes', ' interrupted, ask again'],
      outcome: done(9.02),
    },
    {
      number: 19,
      family: 'RT',
      type: 'RTM_NEWLINK',
      ...asks,
      process: 'ip[209]',
      flags: 'RQ AK CR EX',
      length: 144,
      info: ['', 'dum0.100', ' kind vlan id 100 802.1ad, link 5'],
      outcome: ack(180.83),
    },
    {
      number: 20,
      family: 'AUD',
      type: 'AUDIT_USER',
      protocol: 'NETLINK_AUDIT',
      length: 120,
      info: ['', 'op=login acct="root"', ' exe=/usr/bin/su'],
      outcome: group('readlog'),
    },
  ] as const satisfies readonly RowParts[]
).map(row);

/** An RTM_NEWLINK notification with the fields of a dummy device. */
export function linkDetail(number: number): MessageDetail {
  const build = new MessageBuilder();
  const tree = [
    build.header('nlmsghdr', 'RTM_NEWLINK (len 1448, seq 0, portid 0)', [
      ['nlmsg_len', 4, 0, '1448'],
      ['nlmsg_type', 2, 16, 'RTM_NEWLINK (16)'],
      ['nlmsg_flags', 2, 0, '0'],
      ['nlmsg_seq', 4, 0, '0'],
      ['nlmsg_pid', 4, 0, '0'],
    ]),
    build.header('ifinfomsg', 'd0 (ARPHRD_ETHER)', [
      ['ifi_family', 1, 0, 'AF_UNSPEC (0)'],
      ['__ifi_pad', 1, 0, '0'],
      ['ifi_type', 2, 1, 'ARPHRD_ETHER (1)'],
      ['ifi_index', 4, 561, '561 [d0]'],
      ['ifi_flags', 4, 0x82, 'BROADCAST | NOARP (0x82)'],
      ['ifi_change', 4, 0xffffffff, '0xffffffff (all)'],
    ]),
    build.text('IFLA_IFNAME', 3, 'd0', { filter: 'link.ifname', filterValue: '"d0"', doc: 'name of the device' }),
    build.number('IFLA_TXQLEN', 13, 1000, '1000 packets', { filter: 'link.txqlen', filterValue: '1000' }),
    build.byte('IFLA_OPERSTATE', 16, 2, 'DOWN (2)'),
    build.byte('IFLA_LINKMODE', 17, 0, 'DEFAULT (0)'),
    build.number('IFLA_MTU', 4, 1500, '1500 bytes', {
      filter: 'link.mtu',
      filterValue: '1500',
      doc: 'the device MTU in bytes',
    }),
    build.number('IFLA_MIN_MTU', 50, 0, '0'),
    build.number('IFLA_MAX_MTU', 51, 0, '0'),
    build.number('IFLA_GROUP', 27, 0, '0'),
    build.nest('IFLA_LINKINFO', 18, 'dummy', () => [build.text('IFLA_INFO_KIND', 1, 'dummy')]),
    {
      ...build.binary('IFLA_? (74)', 74, [1, 2, 3, 4], '01 02 03 04'),
      severity: 'note' as const,
      note: 'unknown attribute',
    },
    build.binary('IFLA_STATS64', 23, Array(200).fill(0), '00 00 00 00 00 00 00 00 … 192 more bytes'),
    build.nest('IFLA_AF_SPEC', 26, 'AF_INET, AF_INET6', () => [
      build.nest('AF_INET', 2, '1 of 33', () => [build.number('IPV4_DEVCONF_FORWARDING', 1, 1, '1')]),
    ]),
  ];
  build.finish();
  return {
    ...envelope(number, 'RTM_NEWLINK', 'RTNLGRP_LINK'),
    tree: [
      ...tree,
      {
        ...tree[0]!,
        name: 'group',
        kind: 'generated',
        text: 'RTNLGRP_LINK',
        children: [],
        range: { start: 0, end: 0 },
      },
    ],
    bytes: toBase64(build.bytes),
  };
}

/** A failed ETHTOOL_MSG_LINKINFO_GET, or the NLMSG_ERROR that answers it. */
export function failureDetail(number: number, requestNumber: number, replyNumber: number): MessageDetail {
  const request = number === requestNumber;
  const build = new MessageBuilder();
  const tree = request
    ? [
        build.header('nlmsghdr', 'ethtool (22) len 40, REQUEST | ACK, seq 2', [
          ['nlmsg_len', 4, 0, '40'],
          ['nlmsg_type', 2, 22, 'ethtool (22)'],
          ['nlmsg_flags', 2, 5, 'REQUEST | ACK'],
          ['nlmsg_seq', 4, 2, '2'],
          ['nlmsg_pid', 4, 0, '0'],
        ]),
        build.header('genlmsghdr', 'ETHTOOL_MSG_LINKINFO_GET', [
          ['cmd', 1, 4, 'ETHTOOL_MSG_LINKINFO_GET (4)'],
          ['version', 1, 1, '1'],
          ['reserved', 2, 0, '0'],
        ]),
        build.nest('ETHTOOL_A_LINKINFO_HEADER', 1, '', () => [
          build.text('ETHTOOL_A_HEADER_DEV_NAME', 2, 'nosuchdev', {
            filter: 'ethtool.header.dev_name',
            filterValue: '"nosuchdev"',
          }),
        ]),
      ]
    : [
        build.header('nlmsghdr', 'NLMSG_ERROR len 96, ACK_TLVS, seq 2', [
          ['nlmsg_len', 4, 0, '96'],
          ['nlmsg_type', 2, 2, 'NLMSG_ERROR (2)'],
          ['nlmsg_flags', 2, 0x200, 'ACK_TLVS'],
          ['nlmsg_seq', 4, 2, '2'],
          ['nlmsg_pid', 4, 3184, '3184'],
        ]),
        build.header('error', '-19 (ENODEV, No such device)', [['error', 4, 0xffffffed, '-19 (ENODEV)']]),
        build.text('NLMSGERR_ATTR_MSG', 1, 'no device matches name'),
        build.number('NLMSGERR_ATTR_OFFS', 2, 24, '24 → ETHTOOL_A_HEADER_DEV_NAME', {
          filter: 'extack.offset',
          filterValue: '24',
        }),
      ];
  build.finish();
  return {
    ...envelope(number, request ? 'ETHTOOL_MSG_LINKINFO_GET' : 'NLMSG_ERROR', ''),
    protocol: 'NETLINK_GENERIC',
    direction: request ? 'request' : 'reply',
    tree,
    notes: [],
    bytes: toBase64(build.bytes),
    transaction: [requestNumber, replyNumber],
    explanation: {
      errno: 'ENODEV',
      code: 19,
      meaning: 'No such device',
      message: 'no device matches name',
      attribute: 'ETHTOOL_A_HEADER_DEV_NAME',
      range: { start: 24, end: 38 },
      requestNumber,
      replyNumber,
      advice: 'check the name against the captured links, or address the device by ETHTOOL_A_HEADER_DEV_INDEX.',
    },
  };
}

function envelope(number: number, type: string, groupName: string): Omit<MessageDetail, 'tree' | 'bytes'> {
  return {
    number,
    time: `${NOON + BigInt(number) * 200_000n}`,
    comment: '',
    protocol: 'NETLINK_ROUTE',
    direction: 'notify',
    group: groupName,
    nsid: null,
    type,
    summary: `${type} d0`,
    notes: [],
    littleEndian: true,
    explanation: null,
    transaction: [number],
  };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

const routeGroups = ['link', 'neigh', 'tc', 'ipv4-ifaddr', 'ipv4-route', 'ipv6-ifaddr', 'ipv6-route', 'nexthop'];

function protocol(
  number: number,
  title: string,
  family: string,
  groups: readonly string[],
  locked = '',
): Inventory['protocols'][number] {
  const failure = locked
    ? {
        message: `${title} needs ${locked}: EPERM.`,
        capability: locked,
        errno: 'EPERM',
        hint: 'Give it to the helper once: sudo setcap cap_net_admin,cap_audit_read+ep /usr/lib/nlscope/nlscope-helper',
      }
    : null;
  return {
    protocol: number,
    name: `NETLINK_${title.toUpperCase().replaceAll(' ', '_')}`,
    title,
    family,
    groups: groups.map((name, at) => ({
      ref: { protocol: number, group: at + 1 },
      name,
      doc: `multicast group ${name}`,
      locked: failure,
      common: at < 8,
    })),
    genlFamilies: [],
    locked: null,
  };
}

function genlFamily(id: number, name: string, groups: readonly string[]) {
  return {
    id,
    name,
    version: 1,
    headerSize: 0,
    maxAttr: 10,
    operations: [],
    known: true,
    groups: groups.map((groupName, at) => ({
      ref: { protocol: 16, group: id * 4 + at, genlFamily: name, name: groupName },
      name: groupName,
      doc: `group ${groupName} of ${name}`,
      locked: null,
      common: true,
    })),
  };
}

/** What a kernel of today has, in part. */
export const SAMPLE_INVENTORY: Inventory = {
  protocols: [
    protocol(0, 'Route', 'RT', [...routeGroups, ...Array.from({ length: 27 }, (_, at) => `rtnlgrp-${at + 9}`)]),
    protocol(12, 'Netfilter', 'NF', ['nftables', 'nftrace', 'conntrack-new', 'conntrack-destroy']),
    {
      ...protocol(16, 'Generic', 'GENL', []),
      genlFamilies: [
        genlFamily(21, 'ethtool', ['monitor']),
        genlFamily(22, 'nl80211', ['config', 'scan', 'mlme']),
        genlFamily(23, 'wireguard', ['peers']),
        genlFamily(24, 'nlctrl', ['notify']),
        ...Array.from({ length: 9 }, (_, at) => genlFamily(30 + at, `family${at}`, [])),
      ],
    },
    protocol(4, 'Socket diag', 'DIAG', ['inet-tcp-destroy']),
    protocol(15, 'Kernel uevent', 'UEV', ['kernel']),
    protocol(6, 'IPsec', 'XFRM', ['acquire']),
    protocol(9, 'Audit', 'AUD', ['readlog'], 'CAP_AUDIT_READ'),
  ],
};

const SOCKET: SocketInfo = {
  protocol: 0,
  protocolName: 'NETLINK_ROUTE',
  portid: 0,
  process: { pid: 0, comm: 'kernel', command: '', uid: 0, user: 'root', cgroup: '', container: '' },
  exact: true,
  sharedWith: [],
  groups: [],
  receiveQueue: 0,
  receiveBuffer: 212_992,
  sendQueue: 0,
  drops: 0,
  flags: [],
  inode: 4,
  destPortid: 0,
};

/** The kernel's end of rtnetlink, a manager with groups, and a socket whose process is not visible. */
export const SAMPLE_SOCKETS: readonly SocketInfo[] = [
  SOCKET,
  {
    ...SOCKET,
    portid: 820,
    inode: 18_211,
    process: {
      pid: 820,
      comm: 'NetworkManager',
      command: '/usr/sbin/NetworkManager --no-daemon',
      uid: 0,
      user: 'root',
      cgroup: '/system.slice/NetworkManager.service',
      container: '',
    },
    groups: [
      { group: 1, name: 'link' },
      { group: 5, name: 'ipv4-ifaddr' },
      { group: 7, name: 'ipv4-route' },
    ],
    receiveQueue: 4_352,
    drops: 412,
    flags: ['PKTINFO'],
  },
  {
    ...SOCKET,
    protocol: 16,
    protocolName: 'NETLINK_GENERIC',
    portid: 3_401_178_057,
    inode: 20_417,
    process: null,
    exact: false,
    groups: [{ group: 16, name: 'nlctrl/notify' }],
  },
];

const COUNTED = {
  messages: 162,
  bytes: 24_310,
  requests: 64,
  replies: 90,
  notifications: 8,
  errors: 3,
  answers: { count: 61, min: 12_000, avg: 220_000, p95: 1_190_000, max: 2_029_000 },
};
const ENTRY = {
  ...COUNTED,
  code: 'RT',
  family: 'NETLINK_ROUTE',
  type: '',
  portid: null,
  process: '',
  addresses: 0,
} as const;
const table = (...entries: StatisticsEntry[]) => ({ entries, leftOut: 0 });

export const SAMPLE_STATISTICS: StatisticsReport = {
  total: COUNTED,
  families: table({ ...ENTRY, filter: 'nl.protocol == NETLINK_ROUTE' }),
  types: table({ ...ENTRY, type: 'RTM_NEWLINK', filter: 'nl.protocol == NETLINK_ROUTE && nl.type == "RTM_NEWLINK"' }),
  addresses: table({ ...ENTRY, portid: 820, process: 'NetworkManager[820]', filter: 'nl.socket == 820' }),
  processes: table({
    ...ENTRY,
    code: '',
    family: '',
    process: 'NetworkManager',
    addresses: 2,
    filter: 'nl.comm == "NetworkManager"',
  }),
  rate: {
    start: '1795183331000000000',
    width: 1 << 26,
    all: [12, 40, 0, 0, 81, 29],
    shown: [12, 40, 0, 0, 81, 29],
    errors: [0, 3, 0, 0, 0, 0],
    gaps: [0, 0, 0, 0, 1, 0],
    numbers: [1, 13, 0, 0, 53, 134],
  },
};
