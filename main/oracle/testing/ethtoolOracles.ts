import { at, listOf, type Table, unshared } from './compare.ts';
import { genl, type Oracle } from './oracle.ts';
import type { Shown } from './scene.ts';

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
];
