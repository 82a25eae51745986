/**
 * The latest requests of a session, in a table of fixed size: by protocol, namespace and seq, and by these and portid. A
 * request is named by the address of its entry, which stays its own until CAPACITY more requests have been added.
 *
 * Entries of a bucket are chained, newest first. A link to an entry that was given to another request since leads to a
 * newer one: the requests that it led to are gone, and all older ones too.
 */

/** Requests that may still be answered; older ones give way. */
const CAPACITY: u32 = 1 << 14;
const BUCKETS: u32 = 1 << 14;
/** Requests of a bucket that are looked at, newest first. */
const LONGEST_CHAIN: i32 = 64;

/** An entry: transaction, seq, portid (0 while it is not known), scope, group, type, traits, open. */
const TRANSACTION: usize = 0;
const SEQ: usize = 4;
const PORTID: usize = 8;
const SCOPE: usize = 12;
const GROUP: usize = 16;
const TYPE: usize = 18;
const TRAITS: usize = 20;
const OPEN: usize = 21;
/** Numbers + 1 of the next older ones: of any portid, of the same. */
const OLDER: usize = 24;
const OLDER_OWN: usize = 28;
const ENTRY: u32 = 32;

/** The table: number of the next entry, then the numbers of each bucket's newest entry + 1, then the entries. */
const HEADS: usize = 4;
const OWN_HEADS: usize = HEADS + BUCKETS * 4;
const ENTRIES: usize = OWN_HEADS + BUCKETS * 4;
export const REQUESTS_SIZE: u32 = <u32>ENTRIES + CAPACITY * ENTRY;

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
  const entry = entryOf(table, number + 1);
  const head = table + HEADS + bucketOf(scope, seq) * 4;
  const ownHead = table + OWN_HEADS + ownBucketOf(scope, seq, portid) * 4;
  const older = newestOf(table, scope, seq);
  const olderOwn = newestOwnOf(table, scope, seq, portid);
  store<u32>(entry, transaction, TRANSACTION);
  store<u32>(entry, seq, SEQ);
  store<u32>(entry, portid, PORTID);
  store<u32>(entry, scope, SCOPE);
  store<u16>(entry, <u16>group, GROUP);
  store<u16>(entry, <u16>type, TYPE);
  store<u8>(entry, <u8>traits, TRAITS);
  store<u8>(entry, 1, OPEN);
  store<u32>(entry, older, OLDER);
  store<u32>(entry, olderOwn, OLDER_OWN);
  store<u32>(head, number + 1);
  store<u32>(ownHead, number + 1);
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
  if (portid === 0) return findNewest(table, scope, seq, type);
  const own = findOwn(table, scope, seq, portid, type);
  if (own !== NO_REQUEST && isOpen(own)) return own;
  const unclaimed = findUnclaimed(table, scope, seq, group, type, own === NO_REQUEST ? 0 : transactionOf(own));
  if (unclaimed === 0) return own;
  const entry = entryOf(table, unclaimed);
  store<u32>(entry, portid, PORTID);
  chain(table, unclaimed);
  return entry;
}

function findNewest(table: usize, scope: u32, seq: u32, type: u32): usize {
  let number = newestOf(table, scope, seq);
  let latest: u32 = u32.MAX_VALUE;
  for (let steps = 0; number !== 0 && steps < LONGEST_CHAIN; steps++) {
    const entry = entryOf(table, number);
    if (transactionOf(entry) >= latest) break;
    if (isAbout(entry, scope, seq, type)) return entry;
    latest = transactionOf(entry);
    number = load<u32>(entry, OLDER);
  }
  return NO_REQUEST;
}

/** The newest request of a socket. */
function findOwn(table: usize, scope: u32, seq: u32, portid: u32, type: u32): usize {
  let number = newestOwnOf(table, scope, seq, portid);
  let latest: u32 = u32.MAX_VALUE;
  for (let steps = 0; number !== 0 && steps < LONGEST_CHAIN; steps++) {
    const entry = entryOf(table, number);
    if (transactionOf(entry) >= latest) break;
    if (load<u32>(entry, PORTID) === portid && isAbout(entry, scope, seq, type)) return entry;
    latest = transactionOf(entry);
    number = load<u32>(entry, OLDER_OWN);
  }
  return NO_REQUEST;
}

/**
 * Number + 1 of the newest unanswered request whose address is not known, if it is newer than transaction `after`: it is
 * taken off its chain. 0 where there is none.
 */
function findUnclaimed(table: usize, scope: u32, seq: u32, group: u32, type: u32, after: u32): u32 {
  let link = table + OWN_HEADS + ownBucketOf(scope, seq, 0) * 4;
  let number = newestOwnOf(table, scope, seq, 0);
  let latest: u32 = u32.MAX_VALUE;
  for (let steps = 0; number !== 0 && steps < LONGEST_CHAIN; steps++) {
    const entry = entryOf(table, number);
    const age = transactionOf(entry);
    if (age >= latest || age <= after) break;
    const older = load<u32>(entry, OLDER_OWN);
    if (load<u32>(entry, PORTID) === 0 && isOpen(entry) && isAbout(entry, scope, seq, type)) {
      const answerable = load<u16>(entry, GROUP);
      if (group === 0 || answerable === group || answerable === 0) {
        store<u32>(link, older);
        return number;
      }
    }
    latest = age;
    link = entry + OLDER_OWN;
    number = older;
  }
  return 0;
}

/** Puts an entry into the chain of its portid, before those that are older. */
function chain(table: usize, number: u32): void {
  const entry = entryOf(table, number);
  const seq = load<u32>(entry, SEQ);
  const scope = load<u32>(entry, SCOPE);
  const portid = load<u32>(entry, PORTID);
  let link = table + OWN_HEADS + ownBucketOf(scope, seq, portid) * 4;
  let next = newestOwnOf(table, scope, seq, portid);
  let latest: u32 = u32.MAX_VALUE;
  for (let steps = 0; next !== 0 && steps < LONGEST_CHAIN; steps++) {
    const other = entryOf(table, next);
    const age = transactionOf(other);
    if (age >= latest) next = 0;
    if (next === 0 || age < transactionOf(entry)) break;
    latest = age;
    link = other + OLDER_OWN;
    next = load<u32>(link);
  }
  store<u32>(entry, next, OLDER_OWN);
  store<u32>(link, number);
}

function isAbout(entry: usize, scope: u32, seq: u32, type: u32): bool {
  if (load<u32>(entry, SEQ) !== seq || load<u32>(entry, SCOPE) !== scope) return false;
  return type === ANY_TYPE || <u32>load<u16>(entry, TYPE) === type;
}

function entryOf(table: usize, number: u32): usize {
  return table + ENTRIES + (number - 1) * ENTRY;
}

/** Number + 1 of a bucket's newest entry; 0 where that was given to a request of another bucket. */
function newestOf(table: usize, scope: u32, seq: u32): u32 {
  const bucket = bucketOf(scope, seq);
  const number = load<u32>(table + HEADS + bucket * 4);
  if (number === 0) return 0;
  const entry = entryOf(table, number);
  return bucketOf(load<u32>(entry, SCOPE), load<u32>(entry, SEQ)) === bucket ? number : 0;
}

/** As newestOf. */
function newestOwnOf(table: usize, scope: u32, seq: u32, portid: u32): u32 {
  const bucket = ownBucketOf(scope, seq, portid);
  const number = load<u32>(table + OWN_HEADS + bucket * 4);
  if (number === 0) return 0;
  const entry = entryOf(table, number);
  const held = ownBucketOf(load<u32>(entry, SCOPE), load<u32>(entry, SEQ), load<u32>(entry, PORTID));
  return held === bucket ? number : 0;
}

function bucketOf(scope: u32, seq: u32): u32 {
  return (((seq ^ (scope * 0x9e3779b1)) * 0x85ebca6b) >>> 16) & (BUCKETS - 1);
}

function ownBucketOf(scope: u32, seq: u32, portid: u32): u32 {
  return bucketOf(scope, seq ^ (portid * 0xc2b2ae35));
}
