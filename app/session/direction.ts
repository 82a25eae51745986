/** Who speaks to whom, for captures that do not tell, as the kernel's `direction` infers it. */
import { DIRECTIONS } from '../contracts/index.ts';
import { kernel } from '../kernel/index.ts';

/** Directions as the index keeps them: their place in DIRECTIONS. */
export const UNKNOWN = DIRECTIONS.indexOf('unknown');
export const NOTIFY = DIRECTIONS.indexOf('notify');

/** The header fields that tell. One object is filled again for every message. */
export interface HeaderFacts {
  protocol: number;
  type: number;
  flags: number;
  seq: number;
  portid: number;
}

/** Whether requests of this type ask for data, which then comes back as a reply. In the order of the kernel's numbers. */
const ASKINGS = ['no', 'yes', 'maybe'] as const;
export type Asking = (typeof ASKINGS)[number];

/** Whether a request of this protocol and type asks for data. */
export function asksForData(protocol: number, type: number): Asking {
  return ASKINGS[kernel().calls.asksForData(protocol, type)];
}

/** Whether a message is a request, as far as its header tells. */
export function isRequest({ protocol, type, flags, seq, portid }: HeaderFacts): boolean {
  return kernel().calls.isRequest(protocol, type, flags, seq, portid) !== 0;
}

/**
 * Direction of a message that is no request. `asked`: what the open request with its portid and seq asked for, null
 * when there is none.
 */
export function answerDirection({ protocol, type, flags, portid }: HeaderFacts, asked: Asking | null): number {
  return kernel().calls.answerDirection(protocol, type, flags, portid, asked === null ? -1 : ASKINGS.indexOf(asked));
}
