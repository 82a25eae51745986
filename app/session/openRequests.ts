/** Requests that may still be answered; older ones give way. */
const CAPACITY = 1 << 14;
const BUCKETS = 1 << 14;
/** Requests with the same key that are looked at, newest first. */
const LONGEST_CHAIN = 64;
const NONE = -1;

/**
 * The latest requests by protocol, namespace and seq, in a hash table over typed arrays of fixed size. A request is
 * named by its slot, which stays its own until CAPACITY more requests have been added. Links to slots that were given
 * to others are left as they are: the requests they led to are gone, and every entry is compared anyway.
 */
export class OpenRequests {
  /** Transaction of a slot's request. */
  readonly transaction = new Uint32Array(CAPACITY);
  /** Bits whose meaning is the caller's. */
  readonly traits = new Uint8Array(CAPACITY);
  private readonly seq = new Uint32Array(CAPACITY);
  /** Netlink address of the asking socket; 0 while it is not known. */
  private readonly portid = new Uint32Array(CAPACITY);
  private readonly scope = new Uint32Array(CAPACITY);
  /** Which messages can answer it; 0 is compatible with all. */
  private readonly group = new Uint16Array(CAPACITY);
  private readonly older = new Int32Array(CAPACITY).fill(NONE);
  private readonly heads = new Int32Array(BUCKETS).fill(NONE);
  /** 1 until the request has its answer. */
  private readonly open = new Uint8Array(CAPACITY);
  private next = 0;

  get byteLength(): number {
    return CAPACITY * 24 + BUCKETS * 4;
  }

  /** `scope` tells protocols and namespaces apart, `group` what can answer (see typeGroup). Returns the request's slot. */
  add(transaction: number, scope: number, seq: number, portid: number, group: number, traits: number): number {
    const slot = this.next;
    this.next = (slot + 1) & (CAPACITY - 1);
    const bucket = bucketOf(scope, seq);
    this.transaction[slot] = transaction;
    this.traits[slot] = traits;
    this.group[slot] = group;
    this.scope[slot] = scope;
    this.seq[slot] = seq;
    this.portid[slot] = portid;
    this.open[slot] = 1;
    this.older[slot] = this.heads[bucket];
    this.heads[bucket] = slot;
    return slot;
  }

  /** Whether the request of this slot waits for its answer. */
  isOpen(slot: number): boolean {
    return this.open[slot] === 1;
  }

  /** The request of this slot has its answer. */
  settle(slot: number): void {
    this.open[slot] = 0;
  }

  /**
   * Slot of the request that a message to `portid` with this seq answers, or -1. Sockets use the same seq again and
   * again (nft always 0), and different ones use the same by chance (iproute2 starts from the clock). So the choice is:
   * the newest unanswered request of this socket; else one whose address is not known, if it is unanswered, of the
   * same group of types and newer than what the socket had answered last, and it learns the address; else the one answered last. `portid` 0 takes
   * the newest.
   */
  find(scope: number, seq: number, portid: number, group: number): number {
    let candidate = NONE;
    let slot = this.heads[bucketOf(scope, seq)];
    for (let steps = 0; slot !== NONE && steps < LONGEST_CHAIN; steps++, slot = this.older[slot]) {
      if (this.seq[slot] !== seq || this.scope[slot] !== scope) continue;
      const asker = this.portid[slot];
      if (portid === 0) return slot;
      if (asker === portid) {
        if (this.open[slot] === 1 || candidate === NONE) return slot;
        break;
      }
      if (asker !== 0 || candidate !== NONE || this.open[slot] === 0) continue;
      if (group === 0 || this.group[slot] === group || this.group[slot] === 0) candidate = slot;
    }
    if (candidate !== NONE) this.portid[candidate] = portid;
    return candidate;
  }
}

function bucketOf(scope: number, seq: number): number {
  return (Math.imul(seq ^ Math.imul(scope, 0x9e3779b1), 0x85ebca6b) >>> 16) & (BUCKETS - 1);
}
