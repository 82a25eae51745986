import { IP_ORACLES } from './ipOracles.ts';
import type { Oracle } from './oracle.ts';

/** Every comparison with a tool of the system. */
export const ORACLES: readonly Oracle[] = [...IP_ORACLES];
