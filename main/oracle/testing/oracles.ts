import { BRIDGE_ORACLES } from './bridgeOracles.ts';
import { DEVLINK_ORACLES } from './devlinkOracles.ts';
import { ETHTOOL_ORACLES } from './ethtoolOracles.ts';
import { EVENT_ORACLES } from './eventOracles.ts';
import { GENL_ORACLES } from './genlOracles.ts';
import { IP_ORACLES } from './ipOracles.ts';
import { NETFILTER_ORACLES } from './netfilterOracles.ts';
import type { Oracle } from './oracle.ts';
import { SOCKET_ORACLES } from './socketOracles.ts';
import { TC_ORACLES } from './tcOracles.ts';

/** Every comparison with a tool of the system. */
export const ORACLES: readonly Oracle[] = [
  ...IP_ORACLES,
  ...BRIDGE_ORACLES,
  ...TC_ORACLES,
  ...NETFILTER_ORACLES,
  ...SOCKET_ORACLES,
  ...DEVLINK_ORACLES,
  ...ETHTOOL_ORACLES,
  ...GENL_ORACLES,
  ...EVENT_ORACLES,
];

/** The file that holds what a kernel and its tools answered to an oracle's questions. */
export const recordingName = ({ name }: Oracle) => `${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.json.gz`;
