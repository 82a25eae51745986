import { BRIDGE_ORACLES } from './bridgeOracles.ts';
import { EVENT_ORACLES } from './eventOracles.ts';
import { IP_ORACLES } from './ipOracles.ts';
import { NETFILTER_ORACLES } from './netfilterOracles.ts';
import type { Oracle } from './oracle.ts';

import { SOCKET_ORACLES } from './socketOracles.ts';

/** Every comparison with a tool of the system. */
export const ORACLES: readonly Oracle[] = [
  ...IP_ORACLES,
  ...BRIDGE_ORACLES,
  ...NETFILTER_ORACLES,
  ...SOCKET_ORACLES,
  ...EVENT_ORACLES,
];
