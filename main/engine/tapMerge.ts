import { type Gap, plainEnvelope } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import { answerDirection, asksForData, type HeaderFacts, isRequest, NOTIFY } from '../../app/session/index.ts';
import {
  NETLINK_FIB_LOOKUP,
  NETLINK_GENERIC,
  NETLINK_NETFILTER,
  NETLINK_NFLOG,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  NETLINK_USERSOCK,
  NETLINK_XFRM,
  NLM_F_MULTI,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  viewOf,
} from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import type { CaptureSink } from './liveCapture.ts';
import { hashOf, sameBytes } from './sameBytes.ts';

/** Protocols that an nlmon device sees (netlink_filter_tap in net/netlink/af_netlink.c). */
const TAPPED: ReadonlySet<number> = new Set([
  NETLINK_ROUTE,
  NETLINK_USERSOCK,
  NETLINK_SOCK_DIAG,
  NETLINK_NFLOG,
  NETLINK_XFRM,
  NETLINK_FIB_LOOKUP,
  NETLINK_NETFILTER,
  NETLINK_GENERIC,
]);

/**
 * How long a datagram waits for its like of the other source, milliseconds since it arrived. The kernel keeps what a tap
 * saw up to 10 ms for itself; sockets are read at once.
 */
const HOLD_MS = 60;
/** What only a subscription heard waits at least so long, so that what passed the tap before it stands before it. */
const SETTLE_MS = 15;
/** It waits longer while a source has not been read up to now, but not longer than this, and not with more bytes. */
const LONGEST_HOLD_MS = 2000;
const MOST_HELD_BYTES = 64 << 20;
/** Copies of one multicast for several receivers pass a tap one right after another. */
const COPY_NS = 2_000_000n;
/** The like of what a subscription heard in so much time is a copy, whatever became of the subscription since. */
const HEARD_COPY_NS = 100_000_000n;
/** What a subscription reads in so much time may have waited for it: any copy may then be what it heard. */
const BACKLOG_NS = 15_000_000n;
/**
 * What was let go is remembered so long, as far as there is room (its bytes and what it costs beside them), and so many
 * that are equal: a busy machine may bring its copies and its like of the other source late.
 */
const LATE_MS = 5000;
const MOST_PAST_BYTES = 16 << 20;
const ITEM_BYTES = 256;
const MOST_EQUAL = 64;
/** Our own traffic waits so long for its like in the tap, whose datagrams a busy machine may bring late. */
const OWN_MS = 5000;
/** Requests that are remembered to tell replies from notifications. */
const REQUESTS_KEPT = 4096;

const tapEnvelopes = new Map<number, Envelope>();

/** Circumstances of a datagram that only a tap saw: its protocol. */
export function plainTapEnvelope(protocol: number): Envelope {
  let envelope = tapEnvelopes.get(protocol);
  if (envelope === undefined) {
    envelope = plainEnvelope(protocol, HOST_LITTLE_ENDIAN);
    tapEnvelopes.set(protocol, envelope);
  }
  return envelope;
}

type State =
  | 'waiting' // its like may still come from the other source
  | 'copy' // the like of one that is shown; shown after all if a subscription heard one more
  | 'shown'
  | 'hidden'; // our own, or shown as what the other source brought

interface Item {
  readonly timeNs: bigint;
  readonly arrivedMs: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly hash: number;
  readonly protocol: number;
  readonly gap: Gap | null;
  readonly tapped: boolean;
  /** Of the tap: it looks like a multicast. */
  isNotification: boolean;
  envelope: Envelope;
  state: State;
  /** Its like came from the other source. */
  paired: boolean;
  /** Of the tap: a subscription heard it by a group, at this time of the clock (milliseconds). */
  heardMs: number;
  /** A copy of what a subscription read at this time, as far as that can be told; null: of none so far. */
  copyOfNs: bigint | null;
  /** It was let go. */
  past: boolean;
}

/** What was left out. */
export interface Omitted {
  /** Copies of multicasts for further receivers. */
  readonly copies: number;
  /** Messages from and to our own sockets. */
  readonly own: number;
}

/**
 * Merges what a tap sees with what subscriptions hear in the same network namespace. A tap shows a multicast once for
 * each receiver, our own sockets included, without telling its group; a subscription hears it once, with its group.
 * Equal bytes are paired: the message stands where and when the tap saw it, and tells what the subscription knows.
 * Subscriptions tell how often a message was multicast: what one has heard is shown as often as it hears it, and all else
 * that is equal is a copy, however late it comes. Where none listens, equal notifications that pass within 2 ms are taken
 * for copies. Messages from and to our own sockets are left out.
 *
 * What cannot be known: whether a subscription will still hear what none has heard before, when the kernel serves it more
 * than HOLD_MS after the first receiver, or it is read more than LONGEST_HOLD_MS late. Copies for several receivers that are
 * then more than 2 ms apart are shown one by one. What was heard is remembered for LATE_MS and MOST_PAST_BYTES: copies that
 * come later still are shown again.
 */
export class TapMerge {
  readonly #sink: CaptureSink;
  readonly #now: () => number;
  /** In the order of time; the first `#head` have been let go. */
  #items: Item[] = [];
  #head = 0;
  #heldBytes = 0;
  /** Datagrams that were let go lately: their copies may still come, and their like of the other source. */
  #past: Item[] = [];
  #pastBytes = 0;
  /** Items by hash, in the list and in `#past`: those of the tap, and those of subscriptions. */
  readonly #frames = new Map<number, Item[]>();
  readonly #heard = new Map<number, Item[]>();
  readonly #own = new Map<
    number,
    { readonly protocol: number; readonly bytes: Uint8Array; readonly untilMs: number }[]
  >();
  readonly #ownPortids = new Map<number, number>();
  readonly #requests = new Map<string, ReturnType<typeof asksForData>>();
  readonly #facts: HeaderFacts = { protocol: 0, type: 0, flags: 0, seq: 0, portid: 0 };
  /** Since when subscriptions hear all that they have heard once (milliseconds). */
  #hearsSinceMs = 0;
  #copies = 0;
  #ownHidden = 0;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(sink: CaptureSink, now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#now = now;
  }

  get omitted(): Omitted {
    return { copies: this.#copies, own: this.#ownHidden };
  }

  /** True while datagrams wait. */
  get isHolding(): boolean {
    return this.#head < this.#items.length;
  }

  /** A datagram that the tap saw. The bytes are kept. */
  tapped(protocol: number, timeNs: bigint, bytes: Uint8Array, originalLength: number): void {
    const item = this.#item(plainTapEnvelope(protocol), timeNs, bytes, originalLength, true);
    if (this.#takeOwn(item)) {
      this.#ownHidden++;
      return;
    }
    item.isNotification = this.#isNotification(item);
    const heard = this.#heardFor(item);
    if (heard !== undefined) {
      this.#pair(item, heard, heard.envelope);
    } else if (this.#isCopy(item)) {
      item.state = 'copy';
    }
    add(this.#frames, item);
    this.#insert(item);
  }

  /** A datagram that a subscription heard. The bytes are kept. */
  subscribed(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number): void {
    const item = this.#item(envelope, timeNs, bytes, originalLength, false);
    if (!TAPPED.has(envelope.protocol) || envelope.nsid !== null) {
      item.state = 'shown';
    } else {
      const frame = this.#frameFor(item);
      if (frame !== undefined) {
        this.#pair(frame, item, envelope);
        return;
      }
      add(this.#heard, item);
    }
    this.#insert(item);
  }

  /** A socket of ours that nobody captures sent or received these bytes. They are kept. */
  passed(protocol: number, bytes: Uint8Array): void {
    if (!TAPPED.has(protocol)) return;
    const hash = hashOf(bytes, protocol);
    const like = this.#frames.get(hash) ?? [];
    const frame = firstLike(like, 'copy', protocol, bytes) ?? firstLike(like, 'waiting', protocol, bytes);
    if (frame !== undefined) {
      frame.state = 'hidden';
      this.#ownHidden++;
      return;
    }
    const waiting = this.#own.get(hash) ?? [];
    waiting.push({ protocol, bytes, untilMs: this.#now() + OWN_MS });
    this.#own.set(hash, waiting);
  }

  /** A socket of ours that nobody captures has this address. */
  opened(_protocol: number, portid: number): void {
    this.#ownPortids.set(portid, this.#now());
  }

  /** A subscription has left a group: what it heard by it says nothing of what passes from now on. */
  left(): void {
    this.#hearsSinceMs = this.#now();
  }

  gap(gap: Gap, timeNs: bigint): void {
    // What a subscription lost it did not hear.
    this.left();
    const envelope = plainTapEnvelope(gap.protocol ?? 0);
    const item = { ...this.#item(envelope, timeNs, new Uint8Array(0), 0, false), gap, state: 'shown' as const };
    this.#insert(item);
  }

  /** Lets go what need not wait any longer. `idle`: all sources have been read up to now. */
  release(idle: boolean): void {
    const now = this.#now();
    const before = this.#head;
    for (; this.#head < this.#items.length; this.#head++) {
      const item = this.#items[this.#head];
      const settled = item.tapped || now - item.arrivedMs >= SETTLE_MS;
      const isDecided = settled && (item.state === 'shown' || item.state === 'hidden');
      if (!isDecided && !this.#hasWaited(item, now, idle)) break;
      this.#letGo(item);
    }
    this.#forgetOld(now);
    if (this.#head > before) this.#sink.batch();
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    for (const [hash, waiting] of this.#own) {
      const left = waiting.filter(({ untilMs }) => untilMs > now);
      if (left.length === 0) this.#own.delete(hash);
      else this.#own.set(hash, left);
    }
  }

  /** Lets everything go: nothing more will come. */
  flush(): void {
    for (; this.#head < this.#items.length; this.#head++) this.#letGo(this.#items[this.#head]);
    this.#items = [];
    this.#head = 0;
    this.#sink.batch();
  }

  #hasWaited({ arrivedMs }: Item, now: number, idle: boolean): boolean {
    const age = now - arrivedMs;
    return (idle && age >= HOLD_MS) || age >= LONGEST_HOLD_MS || this.#heldBytes > MOST_HELD_BYTES;
  }

  #letGo(item: Item): void {
    item.past = true;
    this.#heldBytes -= item.bytes.length;
    if (item.gap !== null) {
      this.#sink.gap(item.gap, item.timeNs);
      return;
    }
    if (item.state === 'waiting') item.state = this.#decided(item);
    if (item.state === 'copy') this.#copies++;
    this.#remember(item);
    if (item.state === 'shown') this.#sink.datagram(item.envelope, item.timeNs, item.bytes, item.originalLength);
  }

  /** What becomes of a datagram whose like of the other source did not come in time. */
  #decided(item: Item): State {
    if (!item.tapped) return 'shown';
    if (this.#answersUs(item)) {
      this.#ownHidden++;
      return 'hidden';
    }
    // One before it may have been paired since it came.
    return this.#isCopy(item) ? 'copy' : 'shown';
  }

  #remember(item: Item): void {
    const map = item.tapped ? this.#frames : this.#heard;
    const known = map.get(item.hash);
    // Subscriptions of what no tap sees were never in there.
    if (known === undefined) return;
    const isAsked = item.tapped ? stands(item) : isAlone(item);
    if (!isAsked || known.length > MOST_EQUAL) {
      remove(map, item);
      return;
    }
    this.#past.push(item);
    this.#pastBytes += item.bytes.length + ITEM_BYTES;
  }

  #forgetOld(now: number): void {
    let old = 0;
    for (const item of this.#past) {
      if (now - item.arrivedMs < LATE_MS && this.#pastBytes <= MOST_PAST_BYTES) break;
      this.#pastBytes -= item.bytes.length + ITEM_BYTES;
      remove(item.tapped ? this.#frames : this.#heard, item);
      old++;
    }
    this.#past.splice(0, old);
  }

  #item(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number, tapped: boolean): Item {
    const { protocol } = envelope;
    return {
      timeNs,
      arrivedMs: this.#now(),
      bytes,
      originalLength,
      hash: hashOf(bytes, protocol),
      protocol,
      gap: null,
      tapped,
      isNotification: false,
      envelope,
      state: 'waiting',
      paired: false,
      heardMs: Number.NEGATIVE_INFINITY,
      copyOfNs: null,
      past: false,
    };
  }

  #insert(item: Item): void {
    this.#heldBytes += item.bytes.length;
    let at = this.#items.length;
    while (at > this.#head && this.#items[at - 1].timeNs > item.timeNs) at--;
    if (at === this.#items.length) this.#items.push(item);
    else this.#items.splice(at, 0, item);
  }

  #takeOwn({ hash, protocol, bytes }: Item): boolean {
    const waiting = this.#own.get(hash);
    const at = waiting?.findIndex((own) => own.protocol === protocol && sameBytes(own.bytes, bytes)) ?? -1;
    if (waiting === undefined || at < 0) return false;
    waiting.splice(at, 1);
    if (waiting.length === 0) this.#own.delete(hash);
    return true;
  }

  /** The datagram of the tap that a subscription heard: the first that has no partner yet, else the latest copy. */
  #frameFor({ hash, protocol, bytes, timeNs }: Item): Item | undefined {
    const mayBe = ({ state, copyOfNs }: Item) =>
      state === 'copy' && (copyOfNs === null || timeNs - copyOfNs <= BACKLOG_NS);
    const like = this.#frames.get(hash) ?? [];
    return (
      like.find((frame) => isAlone(frame) && isLike(frame, protocol, bytes)) ??
      like.findLast((frame) => mayBe(frame) && isLike(frame, protocol, bytes))
    );
  }

  /** What a subscription heard of a datagram of the tap; it was read after the tap saw it. */
  #heardFor({ hash, protocol, bytes, timeNs }: Item): Item | undefined {
    return this.#heard
      .get(hash)
      ?.find((heard) => isAlone(heard) && (!heard.past || heard.timeNs >= timeNs) && isLike(heard, protocol, bytes));
  }

  /** Whether a datagram is one more copy of what passed the tap before it, or of what subscriptions hear each time. */
  #isCopy(item: Item): boolean {
    const like = this.#frames.get(item.hash) ?? [];
    const before = item.past ? like.indexOf(item) : like.length;
    let isLatest = true;
    for (let at = like.length - 1; at >= 0; at--) {
      const other = like[at];
      const isHeard = other.heardMs >= this.#hearsSinceMs;
      const isAsked = isHeard || (isLatest && at <= before);
      if (!isAsked || other === item || !stands(other) || !isLike(other, item.protocol, item.bytes)) continue;
      if (isHeard) return true;
      isLatest = false;
      const apart = item.timeNs > other.timeNs ? item.timeNs - other.timeNs : other.timeNs - item.timeNs;
      if (other.paired ? apart <= HEARD_COPY_NS : item.isNotification && apart <= COPY_NS) return true;
    }
    return false;
  }

  /** Brings together what a tap saw and a subscription heard: it is shown once, in the place of the tap if there is time. */
  #pair(frame: Item, heard: Item, envelope: Envelope): void {
    frame.paired = true;
    heard.paired = true;
    if (envelope.group !== null && envelope.group > 0) {
      frame.heardMs = this.#now();
      this.#settleCopies(frame, heard);
    }
    if (frame.past) return;
    if (heard.past) {
      frame.state = 'hidden';
      return;
    }
    heard.state = 'hidden';
    frame.state = 'shown';
    frame.envelope = envelope;
  }

  /** Equal datagrams that passed before it was heard are its copies, unless they are heard as well. */
  #settleCopies(frame: Item, heard: Item): void {
    for (const other of this.#frames.get(frame.hash) ?? []) {
      const isOpen = other.state === 'waiting' || (other.state === 'copy' && other.copyOfNs === null);
      if (other === frame || !isOpen || other.timeNs > heard.timeNs) continue;
      if (!isLike(other, frame.protocol, frame.bytes)) continue;
      other.state = 'copy';
      other.copyOfNs = heard.timeNs;
    }
  }

  /** Whether a datagram of the tap is a multicast, as far as its first header and the requests before it tell. */
  #isNotification({ protocol, bytes }: Item): boolean {
    const facts = this.#facts;
    if (!readFacts(facts, protocol, bytes)) return false;
    const key = `${protocol}/${facts.seq}`;
    if (isRequest(facts)) {
      if (this.#requests.size >= REQUESTS_KEPT) this.#requests.clear();
      this.#requests.set(key, asksForData(protocol, facts.type));
      return false;
    }
    if (facts.type < NLMSG_MIN_TYPE || (facts.flags & NLM_F_MULTI) !== 0) return false;
    return answerDirection(facts, this.#requests.get(key) ?? null) === NOTIFY;
  }

  /** Whether a datagram answers a socket of ours, whose copy of it was never read. */
  #answersUs({ protocol, bytes }: Item): boolean {
    const facts = this.#facts;
    if (!readFacts(facts, protocol, bytes) || !this.#ownPortids.has(facts.portid) || isRequest(facts)) return false;
    return facts.type < NLMSG_MIN_TYPE || (facts.flags & NLM_F_MULTI) !== 0;
  }
}

/** Waits for its like of the other source, or was shown without it. */
function isAlone({ state, paired }: Item): boolean {
  return !paired && (state === 'waiting' || state === 'shown');
}

/** Of the tap: it is shown, here or as what a subscription heard, or will be; others may be copies of it. */
function stands(frame: Item): boolean {
  return frame.state === 'shown' || frame.state === 'waiting' || (frame.state === 'hidden' && frame.paired);
}

/** Fills in the first header of a datagram; false when it has none. */
function readFacts(facts: HeaderFacts, protocol: number, bytes: Uint8Array): boolean {
  if (bytes.length < NLMSG_HDRLEN) return false;
  const view = viewOf(bytes);
  facts.protocol = protocol;
  facts.type = view.getUint16(4, HOST_LITTLE_ENDIAN);
  facts.flags = view.getUint16(6, HOST_LITTLE_ENDIAN);
  facts.seq = view.getUint32(8, HOST_LITTLE_ENDIAN);
  facts.portid = view.getUint32(12, HOST_LITTLE_ENDIAN);
  return true;
}

function isLike(item: Item, protocol: number, bytes: Uint8Array): boolean {
  return item.protocol === protocol && sameBytes(item.bytes, bytes);
}

function firstLike(items: readonly Item[], state: State, protocol: number, bytes: Uint8Array): Item | undefined {
  return items.find((item) => item.state === state && isLike(item, protocol, bytes));
}

function add(map: Map<number, Item[]>, item: Item): void {
  const same = map.get(item.hash);
  if (same === undefined) map.set(item.hash, [item]);
  else same.push(item);
}

function remove(map: Map<number, Item[]>, item: Item): void {
  const same = map.get(item.hash);
  const at = same?.indexOf(item) ?? -1;
  if (same === undefined || at < 0) return;
  if (same.length === 1) map.delete(item.hash);
  else same.splice(at, 1);
}
