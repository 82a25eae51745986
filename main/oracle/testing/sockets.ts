import { findProtocol } from '../../../app/wire/index.ts';
import type { Json, Reader, Table } from './compare.ts';
import { at, listOf } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, flagWords, named, word } from './words.ts';

/** Where ss puts what it prints of a socket: Netid State Recv-Q Send-Q Local Peer, then words. */
export function socketsOf(netid: string, text: string): Json[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      // ss leaves the first column out where only one sort is asked for.
      const [state, received, sent, local, peer, ...rest] = line.trim().split(/\s+/);
      return {
        netid,
        state,
        received: Number(received),
        sent: Number(sent),
        local,
        peer,
        ...wordsOf(rest),
      } as unknown as Json;
    });
}

/** key:value, "key value" of rates, and words that stand for themselves. */
function wordsOf(words: readonly string[]): { readonly [key: string]: Json } {
  const found: { [key: string]: Json } = {};
  for (let i = 0; i < words.length; i++) {
    const [, key, value] = /^([a-z_0-9]+):(.*)$/i.exec(words[i] ?? '') ?? [];
    if (key === 'skmem') {
      for (const [, name, number] of (value ?? '').matchAll(/([a-z]+)(\d+)/g)) found[`skmem_${name}`] = Number(number);
    } else if (key === 'timer') {
      // The time to go passes while one looks; what runs and how often it ran stay.
      const [name, , count] = (value ?? '').slice(1, -1).split(',');
      found[key] = [name ?? '', count ?? ''];
    } else if (key !== undefined && value !== undefined) found[key in found ? `${key} state` : key] = value;
    else if (RATES.has(words[i] ?? '')) found[words[i] ?? ''] = words[++i] ?? null;
    else found[words[i] ?? ''] = true;
  }
  return found;
}

const RATES: ReadonlySet<string> = new Set(['send', 'pacing_rate', 'delivery_rate', 'max_pacing_rate']);

const STATES: { readonly [constant: string]: string } = {
  TCP_ESTABLISHED: 'ESTAB',
  TCP_LISTEN: 'LISTEN',
  TCP_CLOSE: 'UNCONN',
  TCP_SYN_SENT: 'SYN-SENT',
  TCP_CLOSE_WAIT: 'CLOSE-WAIT',
  TCP_FIN_WAIT2: 'FIN-WAIT-2',
  TCP_TIME_WAIT: 'TIME-WAIT',
};
const state: Reader = (ours) => STATES[String(at(ours, 'idiag_state') ?? at(ours, 'udiag_state') ?? '')];

function endpoint(address: string, port: string): Reader {
  return (ours) => {
    const text = String(at(ours, `id.${address}`));
    const is6 = at(ours, 'idiag_family') === 'AF_INET6';
    const host = is6 ? (text === '::' ? (isOnly6(ours) ? '[::]' : '*') : `[${text}]`) : text;
    const number = Number(at(ours, `id.${port}`));
    return `${host}:${number === 0 ? '*' : number}`;
  };
}

/** ss prints * for an IPv6 socket that takes IPv4 too. */
const isOnly6 = (ours: Shown) => at(ours, 'INET_DIAG_SKV6ONLY') === 1;

const INFO = 'INET_DIAG_INFO';
const info =
  (member: string, divisor = 1): Reader =>
  (ours) =>
    String(Number(at(ours, `${INFO}.${member}`)) / divisor);

/** Times that ss prints in milliseconds out of microseconds, with at most three places after the point. */
const milliseconds = (value: unknown) => String(Number((Number(value) / 1000).toFixed(3)));

/** What ss says of the memory of a socket, by letters; the attribute holds numbers by SK_MEMINFO_…. */
const MEMORY = [
  ['r', 'rmem_alloc'],
  ['rb', 'rcvbuf'],
  ['t', 'wmem_alloc'],
  ['tb', 'sndbuf'],
  ['f', 'fwd_alloc'],
  ['w', 'wmem_queued'],
  ['o', 'optmem'],
  ['bl', 'backlog'],
  ['d', 'drops'],
] as const;

const memoryOf = (attribute: string): Table =>
  Object.fromEntries(
    MEMORY.map(([letter, member]) => [`skmem_${letter}`, `${attribute}.SK_MEMINFO_${member.toUpperCase()}`]),
  );

/** Bits a second as ss prints them without a suffix (-n). */
const rate =
  (member: string): Reader =>
  (ours) =>
    `${Number(at(ours, `${INFO}.${member}`)) * 8}bps`;

const tcp = (key: string) => `tcpi_${key}`;
/** Members of tcp_info that ss calls by the same name. */
const SAME = [
  ...['bytes_sent', 'bytes_acked', 'bytes_received', 'segs_out', 'segs_in', 'data_segs_out', 'data_segs_in'],
  ...[
    'rcv_space',
    'rcv_ssthresh',
    'snd_wnd',
    'rcv_wnd',
    'delivered',
    'advmss',
    'pmtu',
    'unacked',
    'backoff',
    'sacked',
    'lost',
  ],
];

/** What `ss -aniemO` says of a TCP or UDP socket. */
export const SOCKET_TABLE: Table = {
  netid: (ours) => at(ours, 'netid'),
  state,
  received: 'idiag_rqueue',
  sent: 'idiag_wqueue',
  local: endpoint('idiag_src', 'idiag_sport'),
  peer: endpoint('idiag_dst', 'idiag_dport'),
  ino: (ours) => String(at(ours, 'idiag_inode')),
  uid: (ours) => String(at(ours, 'idiag_uid')),
  sk: (ours) => BigInt(String(at(ours, 'id.idiag_cookie') ?? 0)).toString(16),
  cgroup: { unshared: 'a path that ss finds by the number in INET_DIAG_CGROUP_ID' },
  v6only: 'INET_DIAG_SKV6ONLY',
  '<->': (ours) => Number(at(ours, 'INET_DIAG_SHUTDOWN') ?? 0) === 0,
  ...memoryOf('INET_DIAG_SKMEMINFO'),
  '*': algorithm,
  ts: option('TCPI_OPT_TIMESTAMPS'),
  sack: option('TCPI_OPT_SACK'),
  ecn: option('TCPI_OPT_ECN'),
  app_limited: (ours) => (Number(at(ours, `${INFO}.tcpi_limits`)) & 1) === 1,
  'bbr state': bbr,
  timer: (ours) => [word(at(ours, 'idiag_timer'), 'IDIAG_TIMER_'), String(at(ours, 'idiag_retrans'))],
  // Two numbers of four bits each in one byte.
  wscale: (ours) => `${Number(at(ours, `${INFO}.tcpi_wscale`)) & 15},${Number(at(ours, `${INFO}.tcpi_wscale`)) >> 4}`,
  rto: info('tcpi_rto', 1000),
  ato: info('tcpi_ato', 1000),
  rtt: (ours) => `${milliseconds(at(ours, `${INFO}.tcpi_rtt`))}/${milliseconds(at(ours, `${INFO}.tcpi_rttvar`))}`,
  minrtt: (ours) => milliseconds(at(ours, `${INFO}.tcpi_min_rtt`)),
  rcv_rtt: (ours) => milliseconds(at(ours, `${INFO}.tcpi_rcv_rtt`)),
  mss: info('tcpi_snd_mss'),
  rcvmss: info('tcpi_rcv_mss'),
  cwnd: info('tcpi_snd_cwnd'),
  ssthresh: info('tcpi_snd_ssthresh'),
  busy: (ours) => `${Math.trunc(Number(at(ours, `${INFO}.tcpi_busy_time`)) / 1000)}ms`,
  lastsnd: changing('tcpi_last_data_sent'),
  lastrcv: changing('tcpi_last_data_recv'),
  lastack: changing('tcpi_last_ack_recv'),
  pacing_rate: rate('tcpi_pacing_rate'),
  max_pacing_rate: rate('tcpi_max_pacing_rate'),
  delivery_rate: rate('tcpi_delivery_rate'),
  send: { unshared: 'worked out by ss from the window and the round-trip time' },
  ...Object.fromEntries(SAME.map((key) => [key, info(tcp(key))])),
};

/** What the BBR algorithm says of itself; undefined for a socket that says nothing. */
function bbr(ours: Shown): string | undefined {
  const state = at(ours, 'INET_DIAG_BBRINFO') as Shown | undefined;
  if (state === undefined) return undefined;
  const bandwidth = (BigInt(String(state['bbr_bw_hi'])) << 32n) + BigInt(String(state['bbr_bw_lo']));
  const gain = (name: string) => Number((Number(state[name]) / 256).toPrecision(6));
  const rtt = milliseconds(state['bbr_min_rtt']);
  return `(bw:${bandwidth * 8n}bps,mrtt:${rtt},pacing_gain:${gain('bbr_pacing_gain')},cwnd_gain:${gain('bbr_cwnd_gain')})`;
}

/** Words that stand for themselves: only the congestion control's name may. */
function algorithm(ours: Shown, key: string): unknown {
  return at(ours, 'INET_DIAG_CONG') === key;
}

function option(flag: string): Reader {
  return (ours) => flagNames(at(ours, `${INFO}.tcpi_options`)).includes(flag);
}

/** Times that pass while one looks: ss prints them as text, so they are not compared as numbers. */
function changing(member: string): Table[string] {
  return { unshared: `the milliseconds of ${member} pass while one looks` };
}

/** What ss prints between the columns of a socket with -m. */
const withMemory = (words: readonly string[]) => wordsOf(words.filter((word) => word.startsWith('skmem:')));

/** Lines of `ss -Hxanm`: sort, state, queues, path and inode of both ends; by inode, as ss has an order of its own. */
export const unixSocketsOf = (text: string): Json[] =>
  rows(text)
    .map(([sort, state, received, sent, local, inode, , peer, ...rest]) => ({
      ...{ sort: sort ?? '', state: state ?? '', received: Number(received), sent: Number(sent) },
      ...{ local: local ?? '', inode: Number(inode), peer: Number(peer), ...withMemory(rest) },
    }))
    .sort((a, b) => a.inode - b.inode);

export const byInode = (dump: readonly Shown[]) =>
  [...dump].sort((a, b) => Number(a['udiag_ino']) - Number(b['udiag_ino']));

const UNIX_SORTS = { SOCK_STREAM: 'u_str', SOCK_DGRAM: 'u_dgr', SOCK_SEQPACKET: 'u_seq' };

/** What ss says of a Unix socket. */
export const UNIX_TABLE: Table = {
  ...memoryOf('UNIX_DIAG_MEMINFO'),
  sort: named('udiag_type', '', UNIX_SORTS),
  state,
  received: 'UNIX_DIAG_RQLEN.udiag_rqueue',
  sent: 'UNIX_DIAG_RQLEN.udiag_wqueue',
  local: (ours) => at(ours, 'UNIX_DIAG_NAME') ?? '*',
  inode: 'udiag_ino',
  peer: (ours) => at(ours, 'UNIX_DIAG_PEER') ?? 0,
};

/** The protocol that ss itself speaks while it looks. */
const NETLINK_SOCK_DIAG = 4;

/** Lines of `ss -Hf netlink -anm` without ss's own: state, queues, protocol:address. */
export const netlinkSocketsOf = (text: string): Json[] =>
  rows(text)
    .map(([state, received, sent, local, , ...rest]) => {
      const [protocol, portid] = (local ?? '').split(':').map(Number);
      return {
        ...{ state: state ?? '', received: Number(received), sent: Number(sent) },
        ...{ protocol: protocol ?? -1, portid: portid ?? -1, ...withMemory(rest) },
      };
    })
    .filter(({ protocol }) => protocol !== NETLINK_SOCK_DIAG)
    .sort((a, b) => a.protocol - b.protocol || a.portid - b.portid);

const protocolOf = (ours: Shown) =>
  findProtocol(String(ours['ndiag_protocol']))?.number ?? Number(ours['ndiag_protocol']);

export const byProtocol = (dump: readonly Shown[]) =>
  dump
    .filter((socket) => protocolOf(socket) !== NETLINK_SOCK_DIAG)
    .sort((a, b) => protocolOf(a) - protocolOf(b) || Number(a['ndiag_portid']) - Number(b['ndiag_portid']));

/** What ss says of a netlink socket. */
export const NETLINK_TABLE: Table = {
  ...memoryOf('NETLINK_DIAG_MEMINFO'),
  state: { unshared: 'ss has the same word for all' },
  received: 'NETLINK_DIAG_MEMINFO.SK_MEMINFO_RMEM_ALLOC',
  sent: 'NETLINK_DIAG_MEMINFO.SK_MEMINFO_WMEM_ALLOC',
  protocol: protocolOf,
  portid: 'ndiag_portid',
};

/** Sockets that `ss -Hanemb0` prints, each on a line that others with a blank in front continue. */
export const packetSocketsOf = (text: string): Json[] =>
  text
    .replace(/\n\s+/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [sort = '', state = '', received, sent, local = '', , ...rest] = line.trim().split(/\s+/);
      const words = rest.join(' ');
      const group = (name: string) => new RegExp(`${name}\\s?\\(([^)]*)\\)`).exec(words)?.[1]?.trim() ?? '';
      const ring = group('ring_rx').split(',').filter(Boolean);
      const [, filter = ''] = /bpf filter \(\d+\): (.*?)(?: skmem|$)/.exec(words) ?? [];
      const { ino = '', sk = '', ver = '', cpy_thresh = '' } = wordsOf(rest);
      return {
        ...{ sort, state, received: Number(received), sent: Number(sent), local, ino, sk, ver, cpy_thresh },
        flags: group('flags').split(/\s+/).filter(Boolean),
        ring: Object.fromEntries(ring.map((word) => word.split(':'))),
        filter: filter
          .split(',')
          .map((words) => words.trim())
          .filter(Boolean),
        ...withMemory(rest),
      };
    });

const TPACKET_VERSIONS = ['TPACKET_V1', 'TPACKET_V2', 'TPACKET_V3'];
const ETH_P_ALL = 3;

/** What ss says of a packet socket. */
export function packetTable(links: Links): Table {
  const ring =
    (member: string): Reader =>
    (ours) =>
      String(at(ours, `PACKET_DIAG_RX_RING.${member}`));
  return {
    ...memoryOf('PACKET_DIAG_MEMINFO'),
    sort: named('pdiag_type', '', { SOCK_RAW: 'p_raw', SOCK_DGRAM: 'p_dgr' }),
    state: { unshared: 'ss has the same word for all' },
    received: 'PACKET_DIAG_MEMINFO.SK_MEMINFO_RMEM_ALLOC',
    sent: { unshared: 'ss has 0 for all' },
    local: (ours) => {
      const protocol = at(ours, 'pdiag_num');
      const device = linkAt(links, 'PACKET_DIAG_INFO.pdi_index')(ours, 'local') ?? '*';
      return `${protocol === ETH_P_ALL ? '*' : `[${protocol}]`}:${device}`;
    },
    ino: (ours) => String(at(ours, 'pdiag_ino')),
    sk: (ours) => BigInt(String(at(ours, 'pdiag_cookie'))).toString(16),
    ver: (ours) => String(TPACKET_VERSIONS.indexOf(String(at(ours, 'PACKET_DIAG_INFO.pdi_version')))),
    cpy_thresh: (ours) => String(at(ours, 'PACKET_DIAG_INFO.pdi_copy_thresh')),
    flags: flagWords('PACKET_DIAG_INFO.pdi_flags', 'PDI_'),
    'ring.blk_size': ring('pdr_block_size'),
    'ring.blk_nr': ring('pdr_block_nr'),
    'ring.frm_size': ring('pdr_frame_size'),
    'ring.frm_nr': ring('pdr_frame_nr'),
    'ring.tmo': ring('pdr_retire_tmo'),
    'ring.features': (ours) => `0x${Number(at(ours, 'PACKET_DIAG_RX_RING.pdr_features')).toString(16)}`,
    filter: (ours) =>
      (listOf(at(ours, 'PACKET_DIAG_FILTER')) as readonly Shown[]).map(({ code, jt, jf, k }) =>
        [`0x${Number(code).toString(16).padStart(2, '0')}`, jt, jf, k].join(' '),
      ),
  };
}

const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
