import type { AddressOwner, Provenance } from '../contracts/index.ts';

/** Owners remembered of one address, and addresses in all, so that any input stays bounded. */
const LONGEST_HISTORY = 64;
const MOST_ADDRESSES = 1 << 17;
/** A message may be read so long after its sender ended (nanoseconds). */
export const SLACK_NS = 2_000_000_000n;

/** The less, the better the account. */
const RANKS: { readonly [provenance in Provenance]: number } = { exact: 0, told: 1, inferred: 2, gone: 3 };

/** Who owned an address for some time, and from when to before when: nanoseconds since 1970, null: always. */
export interface Tenure {
  readonly owner: AddressOwner | undefined;
  readonly fromNs: bigint | null;
  readonly untilNs: bigint | null;
}

/** Who owned which netlink address when: addresses are given anew like process ids. */
export class AddressOwners {
  /** By protocol, portid and netns, each oldest first. */
  readonly #histories = new Map<number | string, AddressOwner[]>();

  /** Notes an owner; a better account of the same time takes the place of a lesser one. */
  learn(owner: AddressOwner): void {
    const key = keyOf(owner.protocol, owner.portid, owner.netns);
    const history = this.#histories.get(key) ?? [];
    if (history.length === 0) {
      if (this.#histories.size >= MOST_ADDRESSES) return;
      this.#histories.set(key, history);
    }
    let account = owner;
    const same = history.findIndex((known) => sameOwner(known, owner));
    if (same >= 0) {
      const joined = joinedAccount(history[same], owner);
      if (joined === null && rank(history[same]) < rank(owner)) return;
      account = joined ?? owner;
      history.splice(same, 1);
    }
    let place = history.length;
    while (place > 0 && history[place - 1].fromNs > account.fromNs) place--;
    history.splice(place, 0, account);
    if (history.length > LONGEST_HISTORY) history.shift();
  }

  /** The address is free from a time on (nanoseconds since 1970). `netns`: Envelope.netns. */
  end(protocol: number, portid: number, timeNs: bigint, netns?: string): void {
    const history = this.#histories.get(keyOf(protocol, portid, netns)) ?? [];
    history.forEach((owner, at) => {
      if (owner.untilNs === null) history[at] = { ...owner, untilNs: timeNs };
    });
  }

  /** The owner of an address at a time (nanoseconds since 1970); undefined when nobody has told. */
  lookup(protocol: number, portid: number, timeNs: bigint, netns?: string): AddressOwner | undefined {
    const history = this.#histories.get(keyOf(protocol, portid, netns));
    if (history === undefined) return undefined;
    let latest: AddressOwner | undefined;
    for (let at = history.length - 1; at >= 0; at--) {
      const known = history[at];
      if (known.fromNs > timeNs || (known.untilNs !== null && timeNs > known.untilNs + SLACK_NS)) continue;
      if (latest === undefined || settles(known, latest, timeNs)) latest = known;
    }
    return latest;
  }

  /** As `lookup`, with the time for which the answer is the same. */
  tenure(protocol: number, portid: number, timeNs: bigint, netns?: string): Tenure {
    const owner = this.lookup(protocol, portid, timeNs, netns);
    const history = this.#histories.get(keyOf(protocol, portid, netns)) ?? [];
    let fromNs: bigint | null = null;
    let untilNs: bigint | null = null;
    for (const known of history) {
      const last = known.untilNs === null ? [] : [known.untilNs + 1n, known.untilNs + SLACK_NS + 1n];
      for (const change of [known.fromNs, ...last]) {
        if (change <= timeNs && (fromNs === null || change > fromNs)) fromNs = change;
        if (change > timeNs && (untilNs === null || change < untilNs)) untilNs = change;
      }
    }
    return { owner, fromNs, untilNs };
  }

  /** Everything known, to be kept in a file. */
  *all(): Iterable<AddressOwner> {
    for (const history of this.#histories.values()) yield* history;
  }
}

/** Another account of the same process, or of an address that nobody was found for at about the same time. */
function sameOwner(a: AddressOwner, b: AddressOwner): boolean {
  if (a.process !== null && b.process !== null) {
    if (a.process.pid !== b.process.pid) return false;
    if (!isBare(a) && !isBare(b)) return a.process.startedNs === b.process.startedNs;
    return a.process.comm === b.process.comm && touches(a, b) && touches(b, a);
  }
  return a.process === null && a.fromNs === b.fromNs;
}

/** Told by the kernel, and nobody has looked at the process. */
function isBare({ provenance, process, untilNs }: AddressOwner): boolean {
  return provenance === 'told' && process?.startedNs === 0n && untilNs !== null;
}

function touches(a: AddressOwner, b: AddressOwner): boolean {
  return b.untilNs === null || a.fromNs <= b.untilNs + SLACK_NS;
}

/** What two accounts of one process say together, where the kernel's word is one of them; null: the better one says all. */
function joinedAccount(a: AddressOwner, b: AddressOwner): AddressOwner | null {
  if (isBare(a) && isBare(b)) {
    const first = a.fromNs < b.fromNs ? a : b;
    const last = (a.untilNs ?? 0n) > (b.untilNs ?? 0n) ? a : b;
    return { ...last, fromNs: first.fromNs };
  }
  const [told, seen] = isBare(a) ? [a, b] : [b, a];
  if (!isBare(told)) return null;
  return rank(seen) < rank(told) ? seen : { ...seen, provenance: 'told' };
}

/** Whether an account goes before one that begins later: what the kernel told against guesses, what was seen against that. */
function settles(known: AddressOwner, later: AddressOwner, timeNs: bigint): boolean {
  if (known.provenance !== 'told' && later.provenance !== 'told') return false;
  return rank(known) < rank(later) && (known.untilNs === null || timeNs <= known.untilNs);
}

function rank({ provenance }: AddressOwner): number {
  return RANKS[provenance];
}

const PORTIDS = 2 ** 32;

function keyOf(protocol: number, portid: number, netns: string | undefined): number | string {
  const key = protocol * PORTIDS + portid;
  return netns === undefined ? key : `${key},${netns}`;
}
