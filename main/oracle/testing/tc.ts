import { at, type Reader, type Rule, type Table, unshared } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown, ShownValue } from './scene.ts';
import { bytesIn, handleAt } from './tcNumbers.ts';
import { hasFlag, hexAt, named } from './words.ts';

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
    '*': statistic,
  };
}

/** The statistics of a kind are printed among the rest. */
function statistic(ours: Shown, key: string): unknown {
  return member(at(ours, 'TCA_STATS2.TCA_STATS_APP'), key);
}

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
  return { shown, table: { '*': mechanical, ...OPTIONS[kind] } };
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

const rate = (path: string): Reader => path64(path, `${path}64`);
const path64 =
  (path: string, wide: string): Reader =>
  (ours) =>
    at(ours, wide) ?? at(ours, path);

/** Options of a kind in our values, where TCA_KIND_KEY is not the rule. */
const OPTIONS: { readonly [kind: string]: Table } = {
  pfifo_fast: { multiqueue: unshared('made up by tc from an empty TCA_OPTIONS nest') },
  prio: { multiqueue: unshared('made up by tc from an empty TCA_OPTIONS nest') },
  htb: {
    r2q: 'TCA_HTB_INIT.rate2quantum',
    default: hexAt('TCA_HTB_INIT.defcls'),
    direct_packets_stat: 'TCA_HTB_INIT.direct_pkts',
    ver: (ours) => {
      const version = Number(at(ours, 'TCA_HTB_INIT.version'));
      return `${version >> 16}.${version & 0xffff}`;
    },
    direct_qlen: 'TCA_HTB_DIRECT_QLEN',
  },
  tbf: {
    rate: (ours) => at(ours, 'TCA_TBF_RATE64') ?? at(ours, 'TCA_TBF_PARMS.rate.rate'),
    linklayer: named('TCA_TBF_PARMS.rate.linklayer', 'TC_LINKLAYER_'),
    mpu: 'TCA_TBF_PARMS.rate.mpu',
    lat: unshared('worked out by tc from limit, burst and rates'),
    burst: unshared('worked out by tc from the buffer in ticks and the rate'),
    mtu: unshared('worked out by tc from the ticks of the peak rate'),
  },
  sfq: {
    limit: 'v0.limit',
    perturb: 'v0.perturb_period',
  },
  fq: {
    limit: 'TCA_FQ_PLIMIT',
    flow_limit: 'TCA_FQ_FLOW_PLIMIT',
    buckets: (ours) => 2 ** Number(at(ours, 'TCA_FQ_BUCKETS_LOG')),
    maxrate: 'TCA_FQ_FLOW_MAX_RATE',
  },
  netem: {
    'delay.delay': (ours) => Number(at(ours, 'TCA_NETEM_LATENCY64')) / 1e9,
    'delay.jitter': (ours) => Number(at(ours, 'TCA_NETEM_JITTER64')) / 1e9,
    'rate.rate': rate('TCA_NETEM_RATE.rate'),
  },
  cake: {
    bandwidth: 'TCA_CAKE_BASE_RATE64',
  },
  etf: { deadline_mode: hasFlag('TCA_ETF_PARMS.flags', 'TC_ETF_DEADLINE_MODE_ON') },
};

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
