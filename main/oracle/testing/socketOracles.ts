import { POLICY_KINDS, SOCKET_PROGRAM, STATE_KINDS } from '../scenes/connections.ts';
import { blocksOf, policyTable, stateTable } from './ipsec.ts';
import type { Oracle, Request } from './oracle.ts';
import type { Shown } from './scene.ts';
import {
  byInode,
  byProtocol,
  NETLINK_TABLE,
  netlinkSocketsOf,
  packetSocketsOf,
  packetTable,
  SOCKET_TABLE,
  socketsOf,
  UNIX_TABLE,
  unixSocketsOf,
} from './sockets.ts';

/** linux/unix_diag.h, linux/netlink_diag.h. */
const UDIAG_SHOW_ALL = 0x7f;
const NDIAG_PROTO_ALL = 255;
const NDIAG_SHOW_MEMINFO = 1;
/** PACKET_SHOW_… of linux/packet_diag.h, all of them. */
const PDIAG_SHOW_ALL = 0x3f;

const diag = (header: Request['header']): Request => ({
  protocol: 'NETLINK_SOCK_DIAG',
  type: 'SOCK_DIAG_BY_FAMILY',
  header,
});

const inet = (protocol: string, family: string) =>
  diag({ sdiag_family: family, sdiag_protocol: protocol, idiag_ext: 0xff, idiag_states: 0xffffffff });

const xfrm = (type: string): Request => ({ protocol: 'NETLINK_XFRM', type });

export const SOCKET_ORACLES: readonly Oracle[] = [
  {
    name: 'ss',
    tools: ['ip', 'ss'],
    kinds: [{ name: 'the loopback', lines: ['ip link set lo up'] }],
    async ask(asking) {
      await asking.scene.kernel.start(process.execPath, '-e', SOCKET_PROGRAM);
      const questions = [
        ['-t4', 'tcp', 'IPPROTO_TCP', 'AF_INET'],
        ['-t6', 'tcp', 'IPPROTO_TCP', 'AF_INET6'],
        ['-u4', 'udp', 'IPPROTO_UDP', 'AF_INET'],
      ] as const;
      for (const [option, netid, protocol, family] of questions) {
        await asking.compareText({
          command: `ss -HanieOm ${option}`,
          request: inet(protocol, family),
          parse: (text) => socketsOf(netid, text),
          table: () => SOCKET_TABLE,
          ours: (dump: readonly Shown[]) => dump.map((socket) => ({ ...socket, netid })),
        });
      }
      await asking.compareText({
        command: 'ss -Hxanm',
        request: diag({ sdiag_family: 'AF_UNIX', udiag_states: 0xffffffff, udiag_show: UDIAG_SHOW_ALL }),
        parse: unixSocketsOf,
        table: () => UNIX_TABLE,
        ours: byInode,
      });
      await asking.compareText({
        command: 'ss -Hf netlink -anm',
        request: diag({ sdiag_family: 'AF_NETLINK', sdiag_protocol: NDIAG_PROTO_ALL, ndiag_show: NDIAG_SHOW_MEMINFO }),
        parse: netlinkSocketsOf,
        table: () => NETLINK_TABLE,
        ours: byProtocol,
      });
    },
  },
  {
    name: 'ss raw, packet',
    tools: ['ip', 'ss', 'busybox', 'tcpdump', 'modprobe'],
    kinds: [
      { name: 'the loopback', lines: ['ip link set lo up'] },
      { name: 'raw sockets', lines: ['modprobe raw_diag'] },
      { name: 'packet sockets', lines: ['modprobe af_packet_diag'] },
    ],
    async ask(asking) {
      const { kernel, refused } = asking.scene;
      if (!refused.has('raw sockets')) {
        await kernel.start('busybox', 'ping', '127.0.0.1');
        await kernel.start('busybox', 'ping6', '::1');
        for (const [option, family] of [
          ['-w4', 'AF_INET'],
          ['-w6', 'AF_INET6'],
        ] as const) {
          await asking.compareText({
            command: `ss -HanieOm ${option}`,
            request: inet('IPPROTO_RAW', family),
            parse: (text) => socketsOf('raw', text),
            table: () => SOCKET_TABLE,
            ours: (dump: readonly Shown[]) => dump.map((socket) => ({ ...socket, netid: 'raw' })),
          });
        }
      }
      if (refused.has('packet sockets')) return;
      for (const filter of ['tcp port 5000', 'icmp6']) {
        await kernel.start('sh', '-c', `exec tcpdump -Z root -i lo -w /dev/null '${filter}' 2>&1`);
      }
      await asking.compareText({
        command: 'ss -Hanemb0',
        request: diag({ sdiag_family: 'AF_PACKET', pdiag_show: PDIAG_SHOW_ALL }),
        parse: packetSocketsOf,
        table: packetTable,
      });
    },
  },
  {
    name: 'ip xfrm',
    tools: ['ip'],
    kinds: [...POLICY_KINDS, ...STATE_KINDS],
    async ask(asking) {
      await asking.compareText({
        command: 'ip xfrm policy show',
        request: xfrm('XFRM_MSG_GETPOLICY'),
        parse: blocksOf,
        table: policyTable,
      });
      if (asking.scene.refused.has('states')) return;
      await asking.compareText({
        command: 'ip xfrm state show',
        request: xfrm('XFRM_MSG_GETSA'),
        parse: blocksOf,
        table: stateTable,
      });
    },
  },
];
