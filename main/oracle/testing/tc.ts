import { at, type Each, listOf, type Reader, type Rule, type Table } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown, ShownValue } from './scene.ts';
import { bytesIn, handleAt } from './tcNumbers.ts';
import { QDISC_OPTIONS } from './tcQdiscs.ts';
import { named } from './words.ts';

const TC_H_ROOT = 0xffffffff;

/** A member of the statistics that came: 32-bit counts of packets and 64-bit ones are both kept up. */
const basic: Reader = (ours, key) => at(ours, `TCA_STATS2.TCA_STATS_BASIC.${key}`);
const queue: Reader = (ours, key) => at(ours, `TCA_STATS2.TCA_STATS_QUEUE.${key}`);

/** What `tc -d -s -j qdisc` says; options by kind. */
export function qdiscTable(links: Links): Table {
  return {
    kind: 'TCA_KIND',
    handle: handleAt('tcm_handle'),
    dev: linkAt(links, 'tcm_ifindex'),
    root: (ours) => Number(at(ours, 'tcm_parent')) === TC_H_ROOT,
    parent: handleAt('tcm_parent'),
    offloaded: 'TCA_HW_OFFLOAD',
    refcnt: 'tcm_info',
    ingress_block: 'TCA_INGRESS_BLOCK',
    egress_block: 'TCA_EGRESS_BLOCK',
    bytes: basic,
    packets: basic,
    drops: queue,
    overlimits: queue,
    requeues: queue,
    backlog: queue,
    qlen: queue,
    options: { inside: (ours) => optionsOf(ours) },
    band0_pkts: band('band_pkt_count'),
    band1_pkts: band('band_pkt_count'),
    band2_pkts: band('band_pkt_count'),
    band0_drops: band('band_drops'),
    band1_drops: band('band_drops'),
    band2_drops: band('band_drops'),
    tins: TINS,
    '*': statistic,
  };
}

/** The statistics of a kind are printed among the rest. */
function statistic(ours: Shown, key: string): unknown {
  const own = at(ours, 'TCA_STATS2.TCA_STATS_APP');
  return member(own, STATISTICS[key] ?? key) ?? member(own, `TCA_CAKE_STATS_${key.toUpperCase()}`);
}

/** Statistics that tc calls otherwise than the kernel's structs. */
const STATISTICS: { readonly [key: string]: string } = {
  inactive: 'inactive_flows',
  gc: 'gc_flows',
  highprio: 'highprio_packets',
  pkts_in: 'packets_in',
  memory_used: 'memory_usage',
  tot_hh: 'hh_tot_count',
  cur_hh: 'hh_cur_count',
  capacity_estimate: 'TCA_CAKE_STATS_CAPACITY_ESTIMATE64',
  min_network_size: 'TCA_CAKE_STATS_MIN_NETLEN',
  max_network_size: 'TCA_CAKE_STATS_MAX_NETLEN',
  min_adj_size: 'TCA_CAKE_STATS_MIN_ADJLEN',
  max_adj_size: 'TCA_CAKE_STATS_MAX_ADJLEN',
  avg_hdr_offset: 'TCA_CAKE_STATS_AVG_NETOFF',
};

/** fq counts by band: band0_pkts. */
const band =
  (name: string): Reader =>
  (ours, key) =>
    listOf(at(ours, `TCA_STATS2.TCA_STATS_APP.${name}`))[Number(/\d+/.exec(key)?.[0])];

/** Tins of cake, whose attributes tc names without prefix and width. */
const TINS: Each = {
  each: (ours) =>
    Object.values((at(ours, 'TCA_STATS2.TCA_STATS_APP.TCA_CAKE_STATS_TIN_STATS') ?? {}) as Shown) as readonly Shown[],
  table: {
    drops: 'TCA_CAKE_TIN_STATS_DROPPED_PACKETS',
    ecn_mark: 'TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS',
    ack_drops: 'TCA_CAKE_TIN_STATS_ACKS_DROPPED_PACKETS',
    max_pkt_len: 'TCA_CAKE_TIN_STATS_MAX_SKBLEN',
    '*': (ours, key) => {
      const name = `TCA_CAKE_TIN_STATS_${key.toUpperCase()}`;
      return at(ours, name) ?? at(ours, `${name}64`);
    },
  },
};

/** A member of that name in a struct, or in a struct inside of it. */
function member(value: ShownValue | undefined, key: string): ShownValue | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const struct = value as Shown;
  if (key in struct) return struct[key];
  for (const inner of Object.values(struct)) {
    const found = member(inner, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function optionsOf(ours: Shown): { readonly table: Table; readonly shown: Shown } {
  const kind = String(at(ours, 'TCA_KIND'));
  const options = (at(ours, 'TCA_OPTIONS') ?? {}) as Shown;
  const shown = typeof options === 'object' ? options : {};
  const mechanical: Rule = (values, key) =>
    at(values, `TCA_${kind.toUpperCase()}_${key.toUpperCase()}`) ?? member(values, key);
  return { shown, table: { '*': mechanical, ...QDISC_OPTIONS[kind] } };
}

const HTB = 'TCA_OPTIONS.TCA_HTB_PARMS';
const htbRate = (name: 'rate' | 'ceil') => (ours: Shown) =>
  at(ours, `TCA_OPTIONS.TCA_HTB_${name.toUpperCase()}64`) ?? at(ours, `${HTB}.${name}.rate`);

const HTB_CLASS: Table = {
  prio: `${HTB}.prio`,
  level: `${HTB}.level`,
  rate: htbRate('rate'),
  ceil: htbRate('ceil'),
  overhead: `${HTB}.rate.overhead`,
  linklayer: named(`${HTB}.rate.linklayer`, 'TC_LINKLAYER_'),
  mpu_rate: `${HTB}.rate.mpu`,
  mpu_ceil: `${HTB}.ceil.mpu`,
  burst_cell: (ours) => 2 ** Number(at(ours, `${HTB}.rate.cell_log`)),
  cburst_cell: (ours) => 2 ** Number(at(ours, `${HTB}.ceil.cell_log`)),
  burst: (ours) => bytesIn(htbRate('rate')(ours), at(ours, `${HTB}.buffer`)),
  cburst: (ours) => bytesIn(htbRate('ceil')(ours), at(ours, `${HTB}.cbuffer`)),
};

/** Attributes that hold the quantum of a kind. */
const QUANTA: { readonly [kind: string]: string } = { drr: 'TCA_DRR_QUANTUM', ets: 'TCA_ETS_QUANTA_BAND' };

/** What `tc -d -s -j class` says (since iproute2 6.12 in JSON); options stand beside what all kinds have. */
export function classTable(links: Links): Table {
  return {
    class: 'TCA_KIND',
    handle: handleAt('tcm_handle'),
    parent: handleAt('tcm_parent'),
    leaf: handleAt('tcm_info'),
    root: (ours) => Number(at(ours, 'tcm_parent')) === TC_H_ROOT,
    dev: linkAt(links, 'tcm_ifindex'),
    'stats.bytes': basic,
    'stats.packets': basic,
    'stats.lended': 'TCA_STATS2.TCA_STATS_APP.lends',
    'stats.borrowed': 'TCA_STATS2.TCA_STATS_APP.borrows',
    'stats.*': (ours, key) => queue(ours, key) ?? statistic(ours, key),
    ...HTB_CLASS,
    rt: 'TCA_OPTIONS.TCA_HFSC_RSC',
    ls: 'TCA_OPTIONS.TCA_HFSC_FSC',
    ul: 'TCA_OPTIONS.TCA_HFSC_USC',
    quantum: (ours) =>
      member(at(ours, 'TCA_OPTIONS'), 'quantum') ??
      member(at(ours, 'TCA_OPTIONS'), QUANTA[String(at(ours, 'TCA_KIND'))] ?? ''),
    weight: 'TCA_OPTIONS.TCA_QFQ_WEIGHT',
    maxpkt: 'TCA_OPTIONS.TCA_QFQ_LMAX',
  };
}
