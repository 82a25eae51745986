import { NETLINK_AUDIT, NLMSG_HDRLEN } from '../wire/index.ts';

/** Records of events that may still go on; older ones give way. */
const MOST_OPEN = 256;
/** linux/audit.h: AUDIT_USER, and the last of those for programs: among them are all records. */
const FIRST_RECORD = 1005;
const LAST_RECORD = 2999;
/** "audit(" */
const BEGINNING = [0x61, 0x75, 0x64, 0x69, 0x74, 0x28];
/** Seconds, milliseconds and serial have at most so many digits with what stands between. */
const LONGEST_NAME = 48;

/**
 * What tells the event of an audit record: the time and serial that it begins with (`audit(TIME:SERIAL): `, kernel/
 * audit.c), the same in all records of one event. '' for all other messages.
 * @param start where the message begins in the view
 */
export function auditEventOf(protocol: number, type: number, view: DataView, start: number, length: number): string {
  if (protocol !== NETLINK_AUDIT || type < FIRST_RECORD || type > LAST_RECORD) return '';
  let at = start + NLMSG_HDRLEN;
  const end = Math.min(start + length, at + BEGINNING.length + LONGEST_NAME);
  for (const byte of BEGINNING) if (at >= end || view.getUint8(at++) !== byte) return '';
  let name = '';
  for (; at < end; at++) {
    const byte = view.getUint8(at);
    if (byte === 0x29) return name;
    name += String.fromCharCode(byte);
  }
  return '';
}

/** Transactions of the latest audit events by what tells them. */
export class AuditEvents {
  readonly #open = new Map<string, number>();

  find(event: string): number | undefined {
    return this.#open.get(event);
  }

  add(event: string, transaction: number): void {
    if (this.#open.size >= MOST_OPEN) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    this.#open.set(event, transaction);
  }
}
