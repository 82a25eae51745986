import { type InterfaceName, joinTime } from '../captureFile/index.ts';
import { isTextAt, readTextAt } from '../wire/index.ts';

/** Names remembered of one index, and indices of all: far above real hosts, so that hostile input stays bounded. */
const LONGEST_HISTORY = 256;
const MOST_INTERFACES = 1 << 18;

/** The names of interface indices over time, per namespace: indices are reused and interfaces renamed. */
export class InterfaceNames {
  /** By nsid and netns, then by index. */
  private readonly places = new Map<string, Map<number, History>>();
  private readonly own = new Map<number, History>();
  private count = 0;

  /** Notes that the index has this name at a time (nanoseconds since 1970). `nsid`: null for the own namespace; `netns`: Envelope.netns. */
  learn(index: number, name: string, timeNs: bigint, nsid: number | null = null, netns?: string): void {
    if (name === '' || index <= 0) return;
    const known = { index, name, nsid, timeNs, ...(netns === undefined ? {} : { netns }) };
    const place = this.placeOf(nsid, netns);
    const history = place?.get(index);
    if (history !== undefined) history.learn(known);
    else if (this.count < MOST_INTERFACES) {
      this.count++;
      (place ?? this.newPlace(nsid, netns)).set(index, new History(known));
    }
  }

  /**
   * As `learn`, of a name that stands in a message and a time in halves: nearly always they tell what is known, which
   * costs no text and no BigInt then.
   */
  learnAt(
    index: number,
    view: DataView,
    start: number,
    end: number,
    timeHigh: number,
    timeLow: number,
    nsid: number | null,
    netns: string | undefined,
  ): void {
    if (index <= 0 || start >= end) return;
    const history = this.placeOf(nsid, netns)?.get(index);
    if (history?.teachesNothing(view, start, end, timeHigh, timeLow)) return;
    this.learn(index, readTextAt(view, start, end), joinTime(timeHigh, timeLow), nsid, netns);
  }

  /**
   * Name of an index at a time: the last one learned until then, else the first one learned later (an interface had it
   * before anybody told). Without a time, the latest.
   */
  lookup(index: number, timeNs?: bigint, nsid: number | null = null, netns?: string): string | undefined {
    return this.placeOf(nsid, netns)?.get(index)?.nameAt(timeNs);
  }

  /** Everything known, to be kept in a file. */
  *all(): Iterable<InterfaceName> {
    for (const place of [this.own, ...this.places.values()]) for (const { names } of place.values()) yield* names;
  }

  private placeOf(nsid: number | null, netns: string | undefined): Map<number, History> | undefined {
    return nsid === null && netns === undefined ? this.own : this.places.get(keyOf(nsid, netns));
  }

  private newPlace(nsid: number | null, netns: string | undefined): Map<number, History> {
    const place = new Map<number, History>();
    this.places.set(keyOf(nsid, netns), place);
    return place;
  }
}

function keyOf(nsid: number | null, netns: string | undefined): string {
  return netns === undefined ? `${nsid}` : `${nsid ?? ''},${netns}`;
}

/** The names of one interface, oldest first. */
class History {
  readonly names: InterfaceName[];
  /** Time of the latest in halves. */
  private high: number;
  private low: number;

  constructor(first: InterfaceName) {
    this.names = [first];
    this.high = Number(first.timeNs >> 32n);
    this.low = Number(first.timeNs & 0xffff_ffffn);
  }

  learn(known: InterfaceName): void {
    const { names } = this;
    const { name, timeNs } = known;
    const place = this.placeOf(timeNs);
    if (names[place - 1]?.name === name) return;
    if (names[place]?.name === name) names[place] = known;
    else if (names.length < LONGEST_HISTORY) names.splice(place, 0, known);
    const latest = names[names.length - 1].timeNs;
    this.high = Number(latest >> 32n);
    this.low = Number(latest & 0xffff_ffffn);
  }

  /** Whether that name, told later than all others, would change nothing. */
  teachesNothing(view: DataView, start: number, end: number, timeHigh: number, timeLow: number): boolean {
    if (timeHigh < this.high || (timeHigh === this.high && timeLow < this.low)) return false;
    const { names } = this;
    return names.length >= LONGEST_HISTORY || isTextAt(view, start, end, names[names.length - 1].name);
  }

  nameAt(timeNs: bigint | undefined): string {
    const { names } = this;
    return timeNs === undefined ? names[names.length - 1].name : names[Math.max(0, this.placeOf(timeNs) - 1)].name;
  }

  /** Where a name of this time would be inserted: after all that are not later. */
  private placeOf(timeNs: bigint): number {
    let place = this.names.length;
    while (place > 0 && this.names[place - 1].timeNs > timeNs) place--;
    return place;
  }
}
