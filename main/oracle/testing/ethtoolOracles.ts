import { ETHTOOL_CARD } from '../scenes/netdevsim.ts';
import { at, listOf, type Table, unshared } from './compare.ts';
import { genl, type Oracle } from './oracle.ts';
import type { Shown } from './scene.ts';
import { named } from './words.ts';

const LINK = 'oracle0';

/** Features that `ethtool -k` calls as its ioctl did, by the kernel's names for them. */
const OLD_NAMES: { readonly [printed: string]: string } = {
  'rx-checksumming': 'rx-checksum',
  'generic-segmentation-offload': 'tx-generic-segmentation',
  'generic-receive-offload': 'rx-gro',
  'large-receive-offload': 'rx-lro',
  'rx-vlan-offload': 'rx-vlan-hw-parse',
  'tx-vlan-offload': 'tx-vlan-hw-insert',
  'ntuple-filters': 'rx-ntuple-filter',
  'receive-hashing': 'rx-hashing',
};
const SEVERAL = unshared('ethtool makes one of several features of the kernel');

/** Whether a feature is in one of the reply's bit sets: listed, and where the set has a mask, marked as set. */
function has(ours: Shown, set: string, feature: string): boolean {
  const bitset = `ETHTOOL_A_FEATURES_${set}`;
  const isList = at(ours, `${bitset}.ETHTOOL_A_BITSET_NOMASK`) === true;
  const bits = listOf(at(ours, `${bitset}.ETHTOOL_A_BITSET_BITS.ETHTOOL_A_BITSET_BITS_BIT`)) as readonly Shown[];
  return bits.some(
    (bit) => bit['ETHTOOL_A_BITSET_BIT_NAME'] === feature && (isList || bit['ETHTOOL_A_BITSET_BIT_VALUE'] === true),
  );
}

const FEATURES: Table = {
  ifname: 'ETHTOOL_A_FEATURES_HEADER.ETHTOOL_A_HEADER_DEV_NAME',
  'tx-checksumming': SEVERAL,
  'scatter-gather': SEVERAL,
  'tcp-segmentation-offload': SEVERAL,
  '*': (ours, printed) => {
    const feature = OLD_NAMES[printed] ?? printed;
    return {
      active: has(ours, 'ACTIVE', feature),
      fixed: !has(ours, 'HW', feature) || has(ours, 'NOCHANGE', feature),
      requested: has(ours, 'WANTED', feature),
    };
  },
};

/** Settings whose keys are our attributes in small letters with other dashes. */
const keysOf = (prefix: string, names: readonly string[]): Table =>
  Object.fromEntries(names.map((name) => [name, `${prefix}${name.toUpperCase().replaceAll('-', '_')}`]));
const ifname = (message: string) => ({ ifname: `ETHTOOL_A_${message}_HEADER.ETHTOOL_A_HEADER_DEV_NAME` });

const COALESCE: Table = {
  ...ifname('COALESCE'),
  ...keysOf('ETHTOOL_A_COALESCE_', [
    ...['stats-block-usecs', 'pkt-rate-low', 'pkt-rate-high', 'rx-usecs', 'rx-usecs-irq', 'tx-usecs', 'tx-usecs-irq'],
    ...['rx-usecs-low', 'tx-usecs-low', 'rx-usecs-high', 'tx-usecs-high'],
    ...['tx-aggr-max-bytes', 'tx-aggr-max-frames'],
  ]),
  'adaptive-rx': 'ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX',
  'adaptive-tx': 'ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX',
  'sample-interval': 'ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL',
  'rx-frames': 'ETHTOOL_A_COALESCE_RX_MAX_FRAMES',
  'tx-frames': 'ETHTOOL_A_COALESCE_TX_MAX_FRAMES',
  'rx-frames-irq': 'ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ',
  'tx-frames-irq': 'ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ',
  'rx-frame-low': 'ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW',
  'tx-frame-low': 'ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW',
  'rx-frame-high': 'ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH',
  'tx-frame-high': 'ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH',
  'cqe-mode-rx': 'ETHTOOL_A_COALESCE_USE_CQE_MODE_RX',
  'cqe-mode-tx': 'ETHTOOL_A_COALESCE_USE_CQE_MODE_TX',
  'tx-aggr-time-usecs': 'ETHTOOL_A_COALESCE_TX_AGGR_TIME_USECS',
  'rx-cqe-frames': 'ETHTOOL_A_COALESCE_RX_CQE_FRAMES',
  'rx-cqe-nsecs': 'ETHTOOL_A_COALESCE_RX_CQE_NSECS',
};

const RINGS: Table = {
  ...ifname('RINGS'),
  ...keysOf('ETHTOOL_A_RINGS_', ['rx-max', 'rx-mini-max', 'rx-jumbo-max', 'tx-max', 'rx', 'rx-mini', 'rx-jumbo', 'tx']),
  ...keysOf('ETHTOOL_A_RINGS_', ['tx-push', 'rx-push', 'hds-thresh', 'hds-thresh-max', 'rx-buf-len', 'cqe-size']),
  'tcp-data-split': named('ETHTOOL_A_RINGS_TCP_DATA_SPLIT', '', {
    ETHTOOL_TCP_DATA_SPLIT_ENABLED: 'on',
    ETHTOOL_TCP_DATA_SPLIT_DISABLED: 'off',
  }),
};

const PAUSE: Table = {
  ...ifname('PAUSE'),
  autonegotiate: 'ETHTOOL_A_PAUSE_AUTONEG',
  rx: 'ETHTOOL_A_PAUSE_RX',
  tx: 'ETHTOOL_A_PAUSE_TX',
  'statistics.tx_pause_frames': 'ETHTOOL_A_PAUSE_STATS.ETHTOOL_A_PAUSE_STAT_TX_FRAMES',
  'statistics.rx_pause_frames': 'ETHTOOL_A_PAUSE_STATS.ETHTOOL_A_PAUSE_STAT_RX_FRAMES',
};

const CHANNELS: Table = {
  ...ifname('CHANNELS'),
  'combined-max': 'ETHTOOL_A_CHANNELS_COMBINED_MAX',
  combined: 'ETHTOOL_A_CHANNELS_COMBINED_COUNT',
};

/** What ethtool calls modes of error correction; without any it says None. */
const FEC_WORDS: { readonly [mode: string]: string } = { ETHTOOL_LINK_MODE_FEC_RS_BIT: 'RS', undefined: 'None' };
const encodings = (ours: Shown) => {
  const bits = listOf(at(ours, 'ETHTOOL_A_FEC_MODES.ETHTOOL_A_BITSET_BITS.ETHTOOL_A_BITSET_BITS_BIT'));
  return bits.length === 0 ? ['None'] : bits.map((bit) => at(bit, 'ETHTOOL_A_BITSET_BIT_NAME'));
};
const FEC: Table = {
  ...ifname('FEC'),
  config: encodings,
  active: (ours) => [at(ours, 'ETHTOOL_A_FEC_ACTIVE')].map((mode) => FEC_WORDS[String(mode)] ?? mode),
  'statistics.corrected_blocks.total': 'ETHTOOL_A_FEC_STATS.ETHTOOL_A_FEC_STAT_CORRECTED',
  'statistics.uncorrectable_blocks.total': 'ETHTOOL_A_FEC_STATS.ETHTOOL_A_FEC_STAT_UNCORR',
  'statistics.hist': {
    each: (ours) => listOf(at(ours, 'ETHTOOL_A_FEC_STATS.ETHTOOL_A_FEC_STAT_HIST')) as readonly Shown[],
    table: {
      bin_low: 'ETHTOOL_A_FEC_HIST_BIN_LOW',
      bin_high: 'ETHTOOL_A_FEC_HIST_BIN_HIGH',
      total: 'ETHTOOL_A_FEC_HIST_BIN_VAL',
      lanes: 'ETHTOOL_A_FEC_HIST_BIN_VAL_PER_LANE',
    },
  },
};

/** What of every port is asked for. */
const SETTINGS: readonly (readonly [words: string, message: string, table: Table, flags?: string[]])[] = [
  ['-c', 'COALESCE', COALESCE],
  ['-g', 'RINGS', RINGS],
  ['-l', 'CHANNELS', CHANNELS],
  ['-I -a', 'PAUSE', PAUSE, ['ETHTOOL_FLAG_STATS']],
  ['-I --show-fec', 'FEC', FEC, ['ETHTOOL_FLAG_STATS']],
];

export const ETHTOOL_ORACLES: readonly Oracle[] = [
  {
    name: 'ethtool features',
    tools: ['ip', 'ethtool'],
    kinds: [{ name: 'veth', lines: [`ip link add ${LINK} type veth peer name oracle1`] }],
    ask: (asking) =>
      asking.compare({
        command: `ethtool --json -k ${LINK}`,
        request: genl('ethtool', 'ETHTOOL_MSG_FEATURES_GET'),
        table: () => FEATURES,
        ours: (dump) => dump.filter((shown) => at(shown, String(FEATURES['ifname'])) === LINK),
      }),
  },
  {
    name: 'ethtool settings',
    tools: ['ethtool', 'sh'],
    kinds: [ETHTOOL_CARD.kind],
    async ask(asking) {
      if (asking.scene.refused.size > 0) return;
      for (const [words, message, table, flags] of SETTINGS) {
        const header = `ETHTOOL_A_${message}_HEADER`;
        const asked = flags?.map((value) => ({ name: 'ETHTOOL_A_HEADER_FLAGS', value: [value] })) ?? [];
        await asking.compare({
          command: `ethtool --json ${words} *`,
          request: {
            ...genl('ethtool', `ETHTOOL_MSG_${message}_GET`),
            attributes: [{ name: header, attributes: asked }],
          },
          table: () => table,
        });
      }
    },
  },
];
