import type { Kind } from '../testing/scene.ts';

/** Queueing disciplines with options away from their own choice, each the root of a veth of its own. */
const ROOTS: { readonly [kind: string]: string } = {
  pfifo: 'pfifo limit 55',
  bfifo: 'bfifo limit 5555',
  pfifo_fast: 'pfifo_fast',
  htb: 'htb default 5 r2q 20 direct_qlen 44',
  prio: 'prio bands 4 priomap 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 0',
  tbf: 'tbf rate 5mbit burst 10k latency 50ms peakrate 8mbit mtu 2000',
  sfq: 'sfq perturb 9 quantum 3000 limit 99 divisor 512 depth 60 headdrop',
  fq: 'fq limit 5000 flow_limit 80 buckets 512 quantum 4000 initial_quantum 9000 maxrate 10mbit low_rate_threshold 100kbit orphan_mask 511 ce_threshold 4ms refill_delay 30ms timer_slack 9us horizon 5s horizon_cap',
  fq_codel:
    'fq_codel limit 999 flows 256 target 4ms interval 90ms quantum 1000 noecn ce_threshold 3ms memory_limit 1mb drop_batch 32',
  codel: 'codel limit 777 target 4ms interval 80ms ecn ce_threshold 2ms',
  netem: 'netem limit 500 delay 10ms 2ms 25% loss 1% duplicate 2% reorder 3% 50% corrupt 4% rate 1mbit 20 64 -3',
  'netem model': 'netem loss gemodel 1% 10% 70% 0.1% slot 800us 1ms packets 10 bytes 1000',
  red: 'red limit 400000 min 30000 max 90000 avpkt 1000 burst 55 bandwidth 10mbit probability 0.05 ecn adaptive',
  gred: 'gred setup DPs 3 default 1 grio limit 60kb',
  choke: 'choke limit 100 bandwidth 10mbit min 20 max 60 probability 0.05 ecn',
  pie: 'pie limit 500 target 20ms tupdate 30ms alpha 3 beta 25 bytemode ecn',
  fq_pie:
    'fq_pie limit 800 flows 64 target 18ms tupdate 20ms alpha 3 beta 24 quantum 1100 memory_limit 1mb ecn_prob 20 bytemode',
  cake: 'cake bandwidth 20mbit besteffort dual-srchost nat wash ack-filter rtt 50ms overhead 18 mpu 64 memlimit 2mb fwmark 0xff split-gso ingress',
  hhf: 'hhf limit 900 quantum 1400 hh_limit 1000 reset_timeout 50ms admit_bytes 100000 evict_timeout 2s non_hh_weight 3',
  etf: 'etf clockid CLOCK_TAI delta 200000 deadline_mode skip_sock_check',
  ets: 'ets bands 4 strict 2 quanta 3000 2000 priomap 1 2 3 0',
  drr: 'drr',
  qfq: 'qfq',
  hfsc: 'hfsc default 7',
  cbs: 'cbs locredit -1000 hicredit 30 sendslope -900000 idleslope 100000 offload 0',
  sfb: 'sfb limit 99 increment 0.1 decrement 0.2 max 20 target 15 penalty_rate 8 penalty_burst 15 rehash 60000 db 6000',
  skbprio: 'skbprio limit 66',
  multiq: 'multiq',
  mqprio: 'mqprio num_tc 2 map 0 1 0 1 queues 1@0 1@1 hw 0',
  taprio:
    'taprio num_tc 2 map 0 1 0 1 queues 1@0 1@1 base-time 1000000 sched-entry S 01 300000 sched-entry S 02 300000 cycle-time 700000 flags 0x0 clockid CLOCK_TAI',
  clsact: '',
};

export const QDISC_KINDS: readonly Kind[] = Object.entries(ROOTS).map(([kind, options], index) => ({
  name: `qdisc ${kind}`,
  lines: [
    `ip link add q${index} numtxqueues 2 numrxqueues 2 type veth peer name q${index}_peer`,
    kind === 'clsact'
      ? `tc qdisc add dev q${index} clsact`
      : `tc qdisc add dev q${index} root handle ${index + 16}: ${options}`,
  ],
}));
