import { readFileSync } from 'node:fs';
import { at, type Json, listOf, type Table } from './compare.ts';
import { linkAt } from './links.ts';
import { genl, type Oracle, type Request } from './oracle.ts';
import type { Shown } from './scene.ts';
import { hexAt, named } from './words.ts';

/** linux/netdev.h, since Linux 6.7. */
const NETDEV_CMD_QUEUE_GET = 10;

/** A request of generic netlink that is answered by one message. */
const one = (family: string, cmd: string, attributes: Request['attributes'] = []): Request => ({
  ...genl(family, cmd),
  flags: ['NLM_F_REQUEST'],
  attributes,
});

/** What the groups of a pattern with names find in each line that fits. */
const linesOf =
  (pattern: RegExp) =>
  (text: string): Json[] =>
    text.split('\n').flatMap((line) => {
      const groups = pattern.exec(line)?.groups;
      if (groups === undefined) return [];
      const found = Object.entries(groups).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return [Object.fromEntries(found)];
    });

const text = (path: string) => (ours: Shown) => {
  const value = at(ours, path);
  return value === undefined ? undefined : String(value);
};

const IOAM_NAMESPACE: Table = {
  namespace: text('IOAM6_ATTR_NS_ID'),
  schema: text('IOAM6_ATTR_SC_ID'),
  data: hexAt('IOAM6_ATTR_NS_DATA', 8),
  wide: hexAt('IOAM6_ATTR_NS_DATA_WIDE', 16),
};
const IOAM_SCHEMA: Table = {
  schema: text('IOAM6_ATTR_SC_ID'),
  namespace: text('IOAM6_ATTR_NS_ID'),
  data: (ours) => String(at(ours, 'IOAM6_ATTR_SC_DATA')).replace(/(..)(?=.)/g, '$1 '),
};

const HMAC = 'SEG6_ATTR_HMACINFO';
const HMAC_TABLE: Table = {
  hmac: 'SEG6_ATTR_HMACKEYID',
  algo: named('SEG6_ATTR_ALGID', 'SEG6_HMAC_ALGO_'),
  secret: (ours) => Buffer.from(String(at(ours, 'SEG6_ATTR_SECRET')), 'hex').toString(),
};

/** Microseconds, of which the kernel keeps some binary fraction, in seconds. */
const micro = (path: string, fraction: number) => (ours: Shown) =>
  Math.floor(Number(at(ours, `TCP_METRICS_ATTR_VALS.${path}`)) / fraction) / 1e6;
const TCP_METRICS: Table = {
  dst: (ours) => at(ours, 'TCP_METRICS_ATTR_ADDR_IPV4') ?? at(ours, 'TCP_METRICS_ATTR_ADDR_IPV6'),
  source: (ours) => at(ours, 'TCP_METRICS_ATTR_SADDR_IPV4') ?? at(ours, 'TCP_METRICS_ATTR_SADDR_IPV6'),
  age: (ours) => Number(at(ours, 'TCP_METRICS_ATTR_AGE')) / 1000,
  cwnd: 'TCP_METRICS_ATTR_VALS.TCP_METRICS_A_METRICS_CWND',
  ssthresh: 'TCP_METRICS_ATTR_VALS.TCP_METRICS_A_METRICS_SSTHRESH',
  reordering: 'TCP_METRICS_ATTR_VALS.TCP_METRICS_A_METRICS_REODERING',
  rtt: micro('TCP_METRICS_A_METRICS_RTT_US', 8),
  rttvar: micro('TCP_METRICS_A_METRICS_RTTVAR_US', 4),
};

/** Connections over the loopback, from which the kernel learns how long they take. */
const TALK = ['127.0.0.1', '::1']
  .map(
    (host, i) =>
      `net.createServer(s=>s.on("data",()=>{}).on("end",()=>s.end())).listen(${5000 + i},"${host}",function(){` +
      `const c=net.connect(${5000 + i},"${host}",()=>c.end(Buffer.alloc(300000)));c.on("close",()=>this.close())})`,
  )
  .join(';');

const STATS = 'TASKSTATS_TYPE_AGGR_PID.TASKSTATS_TYPE_STATS';
/** What proc(5) tells of a thread, in status and stat. */
const TASK: Table = {
  Name: `${STATS}.ac_comm`,
  Pid: `${STATS}.ac_pid`,
  Tgid: `${STATS}.ac_tgid`,
  PPid: `${STATS}.ac_ppid`,
  Uid: `${STATS}.ac_uid`,
  Gid: `${STATS}.ac_gid`,
  VmPeak: `${STATS}.hiwater_vm`,
  voluntary_ctxt_switches: `${STATS}.nvcsw`,
  nonvoluntary_ctxt_switches: `${STATS}.nivcsw`,
  minflt: `${STATS}.ac_minflt`,
  majflt: `${STATS}.ac_majflt`,
  rchar: `${STATS}.read_char`,
  wchar: `${STATS}.write_char`,
  syscr: `${STATS}.read_syscalls`,
  syscw: `${STATS}.write_syscalls`,
};

/** What taskstats tells in whole KiB, the numbers of system calls included (kernel/tsacct.c KB_MASK). */
const IN_KIB: ReadonlySet<string> = new Set(['rchar', 'wchar', 'syscr', 'syscw']);

/** The same of the text of /proc/PID/task/PID/{status,io,stat}. */
function taskOf(printed: string): Json[] {
  const task: { [key: string]: Json } = {};
  for (const line of printed.split('\n')) {
    const [, key = '', value = ''] = /^(\w+):\s+(\S+)/.exec(line) ?? [];
    if (key in TASK) task[key] = key === 'Name' ? value : Number(value) - (IN_KIB.has(key) ? Number(value) % 1024 : 0);
    // proc(5): fields 10 and 12 of stat, the third being the first behind the name's parenthesis.
    const stat = /^\d+ \(.*\) (.*)$/.exec(line)?.[1]?.split(' ');
    if (stat !== undefined) Object.assign(task, { minflt: Number(stat[7]), majflt: Number(stat[9]) });
  }
  return [task];
}

export const GENL_ORACLES: readonly Oracle[] = [
  {
    name: 'ip ioam',
    tools: ['ip'],
    kinds: [
      {
        name: 'IOAM',
        lines: [
          'ip ioam namespace add 7 data 0x1234 wide 0x567800000009',
          'ip ioam namespace add 65535',
          "ip ioam schema add 3 'hello schema'",
          'ip ioam schema add 16777214 abc',
          'ip ioam namespace set 7 schema 3',
        ],
      },
    ],
    async ask(asking) {
      if (asking.scene.refused.has('IOAM')) return;
      await asking.compareText({
        command: 'ip ioam namespace show',
        request: genl('IOAM6', 'IOAM6_CMD_DUMP_NAMESPACES'),
        parse: linesOf(
          /^namespace (?<namespace>\d+)(?: \[schema (?<schema>\d+)\])?(?:, data (?<data>\w+))?(?:, wide (?<wide>\w+))?/,
        ),
        table: () => IOAM_NAMESPACE,
      });
      await asking.compareText({
        command: 'ip ioam schema show',
        request: genl('IOAM6', 'IOAM6_CMD_DUMP_SCHEMAS'),
        parse: linesOf(/^schema (?<schema>\d+)(?: \[namespace (?<namespace>\d+)\])?, data: (?<data>.*\S)/),
        table: () => IOAM_SCHEMA,
      });
    },
  },
  {
    name: 'ip sr',
    tools: ['ip'],
    kinds: [
      { name: 'a tunnel source', lines: ['ip sr tunsrc set 2001:db8::7'] },
      // ip asks for the secret on its standard input.
      { name: 'HMAC keys', lines: ['ip sr hmac set 17 sha256', 'ip sr hmac set 4000000000 sha1'], input: 'secret\n' },
    ],
    async ask(asking) {
      const { refused } = asking.scene;
      if (!refused.has('a tunnel source')) {
        await asking.compare({
          command: 'ip -j sr tunsrc show',
          request: one('SEG6', 'SEG6_CMD_GET_TUNSRC'),
          table: () => ({ tunsrc: 'SEG6_ATTR_DST' }),
        });
      }
      if (refused.has('HMAC keys')) return;
      await asking.compare({
        command: 'ip -j sr hmac show',
        request: genl('SEG6', 'SEG6_CMD_DUMPHMAC'),
        table: () => HMAC_TABLE,
        ours: (dump) => dump.flatMap((shown) => listOf(at(shown, HMAC) ?? shown) as readonly Shown[]),
      });
    },
  },
  {
    name: 'ip tcp_metrics',
    tools: ['ip'],
    kinds: [{ name: 'connections', lines: ['ip link set lo up', `${process.execPath} -e '${TALK}'`] }],
    ask: (asking) =>
      asking.compare({
        command: 'ip -j tcp_metrics show',
        request: genl('tcp_metrics', 'TCP_METRICS_CMD_GET'),
        table: () => TCP_METRICS,
      }),
  },
  {
    name: 'ip mptcp limits',
    tools: ['ip'],
    kinds: [{ name: 'limits', lines: ['ip mptcp limits set subflows 3 add_addr_accepted 2'] }],
    async ask(asking) {
      if (asking.scene.refused.has('limits')) return;
      await asking.compareText({
        command: 'ip mptcp limits show',
        request: one('mptcp_pm', 'MPTCP_PM_CMD_GET_LIMITS'),
        parse: linesOf(/^add_addr_accepted (?<add_addr_accepted>\d+) subflows (?<subflows>\d+)/),
        table: () => ({
          add_addr_accepted: text('MPTCP_PM_ATTR_RCV_ADD_ADDRS'),
          subflows: text('MPTCP_PM_ATTR_SUBFLOWS'),
        }),
      });
    },
  },
  {
    name: 'netdev queues',
    tools: ['ip', 'ls'],
    kinds: [
      {
        name: 'a link with queues',
        lines: [
          'ip link add queues0 numrxqueues 2 numtxqueues 3 type veth peer name queues1',
          'ip link set queues0 up',
          'ip link set queues1 up',
        ],
      },
    ],
    async ask(asking) {
      const netdev = (await asking.scene.kernel.families()).find(({ name }) => name === 'netdev');
      if (netdev?.operations.some(({ cmd }) => cmd === NETDEV_CMD_QUEUE_GET) !== true) {
        asking.scene.refused.set('queues', 'this kernel tells them in sysfs alone');
        return;
      }
      const nameOf = linkAt(await asking.links(), 'NETDEV_A_QUEUE_IFINDEX');
      await asking.compareText({
        command: 'ls /sys/class/net/queues0/queues',
        request: genl('netdev', 'NETDEV_CMD_QUEUE_GET'),
        parse: linesOf(/^(?<type>rx|tx)-(?<id>\d+)$/),
        table: () => ({ type: named('NETDEV_A_QUEUE_TYPE', 'NETDEV_QUEUE_TYPE_'), id: text('NETDEV_A_QUEUE_ID') }),
        ours: (dump) => dump.filter((shown) => nameOf(shown, '') === 'queues0'),
      });
    },
  },
  {
    name: 'taskstats',
    tools: ['ip', 'cat'],
    kinds: [],
    // What it tells of is this process.
    isLive: true,
    async ask(asking) {
      if (!(await asking.scene.kernel.families()).some(({ name }) => name === 'TASKSTATS')) {
        asking.scene.refused.set('TASKSTATS', 'this kernel counts no tasks');
        return;
      }
      const task = `/proc/${process.pid}/task/${process.pid}`;
      // Without CONFIG_TASK_XACCT and its like there is less to compare.
      const files = ['status', 'io', 'stat'].map((name) => `${task}/${name}`).filter(isReadable);
      await asking.compareText({
        command: `cat ${files.join(' ')}`,
        request: one('TASKSTATS', 'TASKSTATS_CMD_GET', [{ name: 'TASKSTATS_CMD_ATTR_PID', value: process.pid }]),
        parse: taskOf,
        table: () => TASK,
      });
    },
  },
];

function isReadable(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}
