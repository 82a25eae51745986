import { NETLINK_AUDIT, NLMSG_HDRLEN } from '../../wire/numbers.ts';

/** Events that may still go on; older ones give way. */
const MOST_OPEN: u32 = 256;
/** linux/audit.h: AUDIT_USER, and the last of those for programs: among them are all records. */
const FIRST_RECORD: u32 = 1005;
const LAST_RECORD: u32 = 2999;
/** "audi" and "t(", as numbers of the memory's byte order. */
const BEGINNING_WORD: u32 = 0x69647561;
const BEGINNING_HALF: u32 = 0x2874;
const BEGINNING: usize = 6;
/** Seconds, milliseconds and serial have at most so many digits with what stands between. */
const LONGEST_NAME: usize = 48;
const CLOSING: u32 = 0x29;

/** An entry: transaction, scope, length of the name, the name. */
const TRANSACTION: usize = 0;
const SCOPE: usize = 4;
const LENGTH: usize = 8;
const NAME: usize = 12;
const ENTRY: u32 = 64;

/** The table: entries ever added, then the entries. */
const ENTRIES: usize = 4;
export const EVENTS_SIZE: u32 = 4 + MOST_OPEN * ENTRY;

/** The name that `auditEventOf` found. */
let nameStart: usize = 0;
let nameLength: u32 = 0;

/**
 * Whether a message is a record of an audit event: what tells the event is the time and serial that the record begins
 * with (`audit(TIME:SERIAL): `, kernel/audit.c), the same in all records of one event.
 */
export function isAuditRecord(protocol: u32, type: u32, start: usize, length: u32): bool {
  if (protocol !== NETLINK_AUDIT || type < FIRST_RECORD || type > LAST_RECORD) return false;
  const from = start + NLMSG_HDRLEN + BEGINNING;
  if (from > start + length) return false;
  if (load<u32>(from - BEGINNING) !== BEGINNING_WORD || load<u16>(from - 2) !== BEGINNING_HALF) return false;
  const end = min<usize>(start + length, from + LONGEST_NAME);
  for (let at = from; at < end; at++) {
    if (load<u8>(at) !== CLOSING) continue;
    nameStart = from;
    nameLength = <u32>(at - from);
    return at > from;
  }
  return false;
}

/** The transaction of the event that `isAuditRecord` found; 0: it has none yet. */
export function findEvent(table: usize, scope: u32): u32 {
  const count = min<u32>(load<u32>(table), MOST_OPEN);
  for (let i: u32 = 0; i < count; i++) {
    const entry = table + ENTRIES + i * ENTRY;
    if (load<u32>(entry, SCOPE) !== scope || load<u32>(entry, LENGTH) !== nameLength) continue;
    if (memory.compare(entry + NAME, nameStart, nameLength) === 0) return load<u32>(entry, TRANSACTION);
  }
  return 0;
}

/** Gives the event that `isAuditRecord` found its transaction. */
export function addEvent(table: usize, scope: u32, transaction: u32): void {
  const added = load<u32>(table);
  store<u32>(table, added + 1);
  const entry = table + ENTRIES + (added % MOST_OPEN) * ENTRY;
  store<u32>(entry, transaction, TRANSACTION);
  store<u32>(entry, scope, SCOPE);
  store<u32>(entry, nameLength, LENGTH);
  memory.copy(entry + NAME, nameStart, nameLength);
}
