import { type AddressOwner, PROVENANCES } from '../contracts/index.ts';

/** Owners remembered of one address, and addresses in all, so that any input stays bounded. */
const LONGEST_HISTORY = 64;
const MOST_ADDRESSES = 1 << 17;
/** A message may be read so long after its sender ended (nanoseconds). */
const SLACK_NS = 2_000_000_000n;

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
    const same = history.findIndex((known) => sameOwner(known, owner));
    if (same >= 0) {
      if (rank(history[same]) < rank(owner)) return;
      history.splice(same, 1);
    }
    let place = history.length;
    while (place > 0 && history[place - 1].fromNs > owner.fromNs) place--;
    history.splice(place, 0, owner);
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
    for (let at = history.length - 1; at >= 0; at--) {
      const { fromNs, untilNs } = history[at];
      if (fromNs <= timeNs && (untilNs === null || timeNs <= untilNs + SLACK_NS)) return history[at];
    }
    return undefined;
  }

  /** As `lookup`, with the time for which the answer is the same. */
  tenure(protocol: number, portid: number, timeNs: bigint, netns?: string): Tenure {
    const owner = this.lookup(protocol, portid, timeNs, netns);
    const history = this.#histories.get(keyOf(protocol, portid, netns)) ?? [];
    let fromNs: bigint | null = null;
    let untilNs: bigint | null = null;
    for (const known of history) {
      const last = known.untilNs === null ? [] : [known.untilNs + SLACK_NS + 1n];
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
    return a.process.pid === b.process.pid && a.process.startedNs === b.process.startedNs;
  }
  return a.process === null && a.fromNs === b.fromNs;
}

function rank({ provenance }: AddressOwner): number {
  return PROVENANCES.indexOf(provenance);
}

const PORTIDS = 2 ** 32;

function keyOf(protocol: number, portid: number, netns: string | undefined): number | string {
  const key = protocol * PORTIDS + portid;
  return netns === undefined ? key : `${key},${netns}`;
}
