/**
 * The latest requests of a session by protocol, namespace and seq, in a hash table of fixed size. A request is named by
 * the address of its entry, which stays its own until CAPACITY more requests have been added. A link to an entry that was
 * given to another request since leads to a newer one: the requests that it led to are gone, and all older ones too.
 */

/** Requests that may still be answered; older ones give way. */
const CAPACITY: u32 = 1 << 14;
const BUCKETS: u32 = 1 << 14;
/** Requests with the same key that are looked at, newest first. */
const LONGEST_CHAIN: i32 = 64;

/** An entry: transaction, seq, portid (0 while it is not known), scope, number of the older one + 1, group, traits, open, type. */
const TRANSACTION: usize = 0;
const SEQ: usize = 4;
const PORTID: usize = 8;
const SCOPE: usize = 12;
const OLDER: usize = 16;
const GROUP: usize = 20;
const TRAITS: usize = 22;
const OPEN: usize = 23;
const TYPE: usize = 24;
const ENTRY: u32 = 28;

/** The table: number of the next entry, then the number of each bucket's newest entry + 1, then the entries. */
const HEADS: usize = 4;
const ENTRIES: usize = HEADS + BUCKETS * 4;
export const REQUESTS_SIZE: u32 = 4 + BUCKETS * 4 + CAPACITY * ENTRY;

/** No request. */
export const NO_REQUEST: usize = 0;
/** No nlmsg_type: that of the request is not known. */
export const ANY_TYPE: u32 = 0x1_0000;

/** `scope` tells protocols and namespaces apart, `group` what can answer (see typeGroup). */
export function addRequest(
  table: usize,
  transaction: u32,
  scope: u32,
  seq: u32,
  portid: u32,
  type: u32,
  group: u32,
  traits: u32,
): void {
  const number = load<u32>(table);
  store<u32>(table, (number + 1) & (CAPACITY - 1));
  const head = headOf(table, scope, seq);
  const entry = table + ENTRIES + number * ENTRY;
  store<u32>(entry, transaction, TRANSACTION);
  store<u32>(entry, seq, SEQ);
  store<u32>(entry, portid, PORTID);
  store<u32>(entry, scope, SCOPE);
  store<u32>(entry, load<u32>(head), OLDER);
  store<u16>(entry, <u16>type, TYPE);
  store<u16>(entry, <u16>group, GROUP);
  store<u8>(entry, <u8>traits, TRAITS);
  store<u8>(entry, 1, OPEN);
  store<u32>(head, number + 1);
}

export function transactionOf(request: usize): u32 {
  return load<u32>(request, TRANSACTION);
}

/** Bits whose meaning is the caller's. */
export function traitsOf(request: usize): u32 {
  return load<u8>(request, TRAITS);
}

export function setTraits(request: usize, traits: u32): void {
  store<u8>(request, <u8>traits, TRAITS);
}

/** Whether the request waits for its answer. */
export function isOpen(request: usize): bool {
  return load<u8>(request, OPEN) !== 0;
}

/** The request has its answer. */
export function settle(request: usize): void {
  store<u8>(request, 0, OPEN);
}

/**
 * The request that a message to `portid` with this seq answers. Sockets use the same seq again and again (nft always
 * 0), and different ones use the same by chance (iproute2 starts from the clock). So the choice is: the newest
 * unanswered request of this socket; else one whose address is not known, if it is unanswered, of the same group of
 * types and newer than what the socket had answered last, and it learns the address; else the one answered last.
 * `portid` 0 takes the newest.
 * @param type the request's, where the answer tells it; else ANY_TYPE
 */
export function findRequest(table: usize, scope: u32, seq: u32, portid: u32, group: u32, type: u32): usize {
  let candidate = NO_REQUEST;
  let number = load<u32>(headOf(table, scope, seq));
  let latest: u32 = u32.MAX_VALUE;
  for (let steps = 0; number !== 0 && steps < LONGEST_CHAIN; steps++) {
    const entry = table + ENTRIES + (number - 1) * ENTRY;
    const age = load<u32>(entry, TRANSACTION);
    if (age >= latest) break;
    latest = age;
    number = load<u32>(entry, OLDER);
    if (load<u32>(entry, SEQ) !== seq || load<u32>(entry, SCOPE) !== scope) continue;
    if (type !== ANY_TYPE && <u32>load<u16>(entry, TYPE) !== type) continue;
    if (portid === 0) return entry;
    const asker = load<u32>(entry, PORTID);
    if (asker === portid) {
      if (isOpen(entry) || candidate === NO_REQUEST) return entry;
      break;
    }
    if (asker !== 0 || candidate !== NO_REQUEST || !isOpen(entry)) continue;
    const answerable = load<u16>(entry, GROUP);
    if (group === 0 || answerable === group || answerable === 0) candidate = entry;
  }
  if (candidate !== NO_REQUEST) store<u32>(candidate, portid, PORTID);
  return candidate;
}

function headOf(table: usize, scope: u32, seq: u32): usize {
  const bucket = (((seq ^ (scope * 0x9e3779b1)) * 0x85ebca6b) >>> 16) & (BUCKETS - 1);
  return table + HEADS + bucket * 4;
}
