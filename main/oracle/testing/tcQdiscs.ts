import { at, listOf, type Reader, type Table, unshared } from './compare.ts';
import type { Shown, ShownValue } from './scene.ts';
import { flagNames, hexAt, named } from './words.ts';

/** As many digits as tc prints (%g). */
const rounded = (value: number) => Number(value.toPrecision(6));

/** A part of all, which is 32 bits. */
const share =
  (path: string): Reader =>
  (ours) =>
    rounded(Number(at(ours, path) ?? 0) / 0xffffffff);

const onOff =
  (path: string, flag: string): Reader =>
  (ours) =>
    flagNames(at(ours, path)).includes(flag) ? 'on' : 'off';

/** Random early detection, which has one struct for several kinds. */
const early = (kind: string): Table => ({
  min: `TCA_${kind}_PARMS.qth_min`,
  max: `TCA_${kind}_PARMS.qth_max`,
  ewma: `TCA_${kind}_PARMS.Wlog`,
  probability: share(`TCA_${kind}_MAX_P`),
  ecn: (ours) => flagNames(at(ours, `TCA_${kind}_PARMS.flags`)).includes('TC_RED_ECN'),
  adaptive: (ours) => flagNames(at(ours, `TCA_${kind}_PARMS.flags`)).includes('TC_RED_ADAPTATIVE'),
});

/** Traffic classes of struct tc_mqprio_qopt. */
const classes = (prefix: string): Table => ({ tc: `${prefix}num_tc`, map: `${prefix}prio_tc_map` });

/** Queues of each traffic class. */
function spans(struct: Shown): { readonly offset: number; readonly count: number }[] {
  const [offsets, counts] = [listOf(struct['offset']), listOf(struct['count'])];
  return Array.from({ length: Number(struct['num_tc']) }, (_, i) => ({
    offset: Number(offsets[i]),
    count: Number(counts[i]),
  }));
}

const entries = (ours: Shown, path: string) => listOf(at(ours, path)) as readonly Shown[];

/** Which traffic classes are express, which preemptible. */
const preemption = (ours: Shown, path: string) =>
  entries(ours, path).map((entry) =>
    Object.values(entry).includes('TC_FP_EXPRESS')
      ? 'E'
      : Object.values(entry).includes('TC_FP_PREEMPTIBLE')
        ? 'P'
        : '',
  );

/** A value of taprio's schedule that runs, or of the one that will. */
const inSchedule =
  (path: string): Reader =>
  (ours) =>
    at(ours, path) ?? at(ours, `TCA_TAPRIO_ATTR_ADMIN_SCHED.${path}`);

/** Options of a kind of qdisc in our values, where TCA_KIND_KEY is not the rule. */
export const QDISC_OPTIONS: { readonly [kind: string]: Table } = {
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
    refill_delay: 'TCA_FQ_FLOW_REFILL_DELAY',
    horizon_cap: (ours) => at(ours, 'TCA_FQ_HORIZON_DROP') === 0,
    horizon_drop: (ours) => at(ours, 'TCA_FQ_HORIZON_DROP') === 1,
    // tc has blanks in these keys.
    'priomap ': 'TCA_FQ_PRIOMAP.priomap',
    'weights ': 'TCA_FQ_WEIGHTS',
  },
  netem: {
    'delay.delay': (ours) => Number(at(ours, 'TCA_NETEM_LATENCY64')) / 1e9,
    'delay.jitter': (ours) => Number(at(ours, 'TCA_NETEM_JITTER64')) / 1e9,
    'delay.correlation': share('TCA_NETEM_CORR.delay_corr'),
    'rate.rate': (ours) => at(ours, 'TCA_NETEM_RATE64') ?? at(ours, 'TCA_NETEM_RATE.rate'),
    'rate.packetoverhead': 'TCA_NETEM_RATE.packet_overhead',
    'rate.cellsize': 'TCA_NETEM_RATE.cell_size',
    'rate.celloverhead': 'TCA_NETEM_RATE.cell_overhead',
    'loss-random.loss': share('loss'),
    'loss-random.correlation': share('TCA_NETEM_CORR.loss_corr'),
    'loss-gemodel.p': share('TCA_NETEM_LOSS.NETEM_LOSS_GE.p'),
    'loss-gemodel.r': share('TCA_NETEM_LOSS.NETEM_LOSS_GE.r'),
    'loss-gemodel.1-h': (ours) => rounded(1 - Number(share('TCA_NETEM_LOSS.NETEM_LOSS_GE.h')(ours, ''))),
    'loss-gemodel.1-k': share('TCA_NETEM_LOSS.NETEM_LOSS_GE.k1'),
    'duplicate.duplicate': share('duplicate'),
    'duplicate.correlation': share('TCA_NETEM_CORR.dup_corr'),
    'reorder.reorder': share('TCA_NETEM_REORDER.probability'),
    'reorder.correlation': share('TCA_NETEM_REORDER.correlation'),
    'corrupt.corrupt': share('TCA_NETEM_CORRUPT.probability'),
    'corrupt.correlation': share('TCA_NETEM_CORRUPT.correlation'),
    'slot.min-delay': (ours) => Number(at(ours, 'TCA_NETEM_SLOT.min_delay')) / 1e9,
    'slot.max-delay': (ours) => Number(at(ours, 'TCA_NETEM_SLOT.max_delay')) / 1e9,
    'slot.packets': 'TCA_NETEM_SLOT.max_packets',
    'slot.bytes': 'TCA_NETEM_SLOT.max_bytes',
    seed: 'TCA_NETEM_PRNG_SEED',
  },
  cake: {
    bandwidth: 'TCA_CAKE_BASE_RATE64',
    diffserv: named('TCA_CAKE_DIFFSERV_MODE', 'CAKE_DIFFSERV_'),
    flowmode: named('TCA_CAKE_FLOW_MODE', 'CAKE_FLOW_', {
      CAKE_FLOW_DUAL_SRC: 'dual-srchost',
      CAKE_FLOW_DUAL_DST: 'dual-dsthost',
      CAKE_FLOW_TRIPLE: 'triple-isolate',
    }),
    'ack-filter': named('TCA_CAKE_ACK_FILTER', '', { CAKE_ACK_FILTER: 'enabled', CAKE_ACK_NONE: 'disabled' }),
    atm: named('TCA_CAKE_ATM', '', { CAKE_ATM_NONE: 'noatm' }),
    memlimit: 'TCA_CAKE_MEMORY',
    fwmark: hexAt('TCA_CAKE_FWMARK'),
  },
  fq_codel: { drop_batch: 'TCA_FQ_CODEL_DROP_BATCH_SIZE' },
  red: early('RED'),
  choke: early('CHOKE'),
  gred: {
    dp_cnt: 'TCA_GRED_DPS.DPs',
    dp_default: 'TCA_GRED_DPS.def_DP',
    grio: (ours) => at(ours, 'TCA_GRED_DPS.grio') === 1,
    vqs: unshared('queues that are not set up are left out'),
  },
  hhf: { limit: 'TCA_HHF_BACKLOG_LIMIT', hh_limit: 'TCA_HHF_HH_FLOWS_LIMIT' },
  etf: {
    clockid: named('TCA_ETF_PARMS.clockid', 'CLOCK_', { CLOCK_TAI: 'TAI' }),
    offload: onOff('TCA_ETF_PARMS.flags', 'TC_ETF_OFFLOAD_ON'),
    deadline_mode: onOff('TCA_ETF_PARMS.flags', 'TC_ETF_DEADLINE_MODE_ON'),
    skip_sock_check: onOff('TCA_ETF_PARMS.flags', 'TC_ETF_SKIP_SOCK_CHECK'),
  },
  ets: {
    bands: 'TCA_ETS_NBANDS',
    strict: 'TCA_ETS_NSTRICT',
    quanta: 'TCA_ETS_QUANTA.TCA_ETS_QUANTA_BAND',
    priomap: 'TCA_ETS_PRIOMAP.TCA_ETS_PRIOMAP_BAND',
  },
  hfsc: { default: hexAt('defcls') },
  sfb: {
    // Milliseconds, which tc prints as microseconds.
    rehash: (ours) => Number(at(ours, 'TCA_SFB_PARMS.rehash_interval')) * 1000,
    db: (ours) => Number(at(ours, 'TCA_SFB_PARMS.warmup_time')) * 1000,
    target: 'TCA_SFB_PARMS.bin_size',
    // Of SFB_MAX_PROB, 16 bits.
    increment: (ours) => rounded(Number(at(ours, 'TCA_SFB_PARMS.increment')) / 0xffff),
    decrement: (ours) => rounded(Number(at(ours, 'TCA_SFB_PARMS.decrement')) / 0xffff),
  },
  mqprio: {
    ...classes(''),
    queues: (ours) => spans(ours).map(({ offset, count }) => [offset, offset + count - 1]),
    mode: (ours) => named('TCA_MQPRIO_MODE', 'TC_MQPRIO_MODE_')(ours, '') ?? 'dcb',
    shaper: (ours) => named('TCA_MQPRIO_SHAPER', 'TC_MQPRIO_SHAPER_')(ours, '') ?? 'dcb',
    fp: (ours) => preemption(ours, 'TCA_MQPRIO_TC_ENTRY'),
  },
  taprio: {
    ...classes('TCA_TAPRIO_ATTR_PRIOMAP.'),
    queues: (ours) => spans(at(ours, 'TCA_TAPRIO_ATTR_PRIOMAP') as Shown),
    clockid: named('TCA_TAPRIO_ATTR_SCHED_CLOCKID', 'CLOCK_', { CLOCK_TAI: 'TAI' }),
    base_time: inSchedule('TCA_TAPRIO_ATTR_SCHED_BASE_TIME'),
    cycle_time: inSchedule('TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME'),
    cycle_time_extension: inSchedule('TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION'),
    schedule: {
      each: (ours) =>
        listOf(
          inSchedule('TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST.TCA_TAPRIO_SCHED_ENTRY')(ours, '') as ShownValue,
        ) as Shown[],
      table: {
        index: 'TCA_TAPRIO_SCHED_ENTRY_INDEX',
        cmd: named('TCA_TAPRIO_SCHED_ENTRY_CMD', '', { TC_TAPRIO_CMD_SET_GATES: 'S' }),
        gatemask: hexAt('TCA_TAPRIO_SCHED_ENTRY_GATE_MASK'),
        interval: 'TCA_TAPRIO_SCHED_ENTRY_INTERVAL',
      },
    },
    'max-sdu': (ours) => entries(ours, 'TCA_TAPRIO_ATTR_TC_ENTRY').map((entry) => entry['TCA_TAPRIO_TC_ENTRY_MAX_SDU']),
    fp: (ours) => preemption(ours, 'TCA_TAPRIO_ATTR_TC_ENTRY'),
  },
};
