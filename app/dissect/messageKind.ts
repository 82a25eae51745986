import type { Envelope } from '../contracts/index.ts';
import { NLM_F_REQUEST } from '../wire/index.ts';

/**
 * Whether a message is nobody's answer: as its envelope says, else by the sequence number and address that answers
 * have. Some answers have neither (thermal_genl_cmd_dumpit).
 */
export function isEventMessage(direction: Envelope['direction'], seq: number, portid: number): boolean {
  return direction === 'notify' || (direction !== 'request' && direction !== 'reply' && seq === 0 && portid === 0);
}

/** Whether a message asks the kernel for something: as its envelope says, else by NLM_F_REQUEST. */
export function isRequestMessage(direction: Envelope['direction'], flags: number): boolean {
  return direction === 'request' || (direction === 'unknown' && (flags & NLM_F_REQUEST) !== 0);
}
