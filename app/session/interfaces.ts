import type { InterfaceName } from '../captureFile/index.ts';

/** Names remembered of one index, and indices of all: far above real hosts, so that hostile input stays bounded. */
const LONGEST_HISTORY = 256;
const MOST_INTERFACES = 1 << 18;

/** The names of interface indices over time, per namespace: indices are reused and interfaces renamed. */
export class InterfaceNames {
  /** By index, nsid and netns, each oldest first. */
  private readonly histories = new Map<string, InterfaceName[]>();

  /** Notes that the index has this name at a time (nanoseconds since 1970). `nsid`: null for the own namespace; `netns`: Envelope.netns. */
  learn(index: number, name: string, timeNs: bigint, nsid: number | null = null, netns?: string): void {
    if (name === '' || index <= 0) return;
    const key = keyOf(index, nsid, netns);
    const history = this.histories.get(key);
    const latest = history?.[history.length - 1];
    if (latest?.name === name && latest.timeNs <= timeNs) return;
    const known = { index, name, nsid, timeNs, ...(netns === undefined ? {} : { netns }) };
    if (history === undefined) {
      if (this.histories.size < MOST_INTERFACES) this.histories.set(key, [known]);
      return;
    }
    const place = placeOf(history, timeNs);
    if (history[place - 1]?.name === name) return;
    const next = history[place];
    if (next?.name === name) history[place] = known;
    else if (history.length < LONGEST_HISTORY) history.splice(place, 0, known);
  }

  /**
   * Name of an index at a time: the last one learned until then, else the first one learned later (an interface had it
   * before anybody told). Without a time, the latest.
   */
  lookup(index: number, timeNs?: bigint, nsid: number | null = null, netns?: string): string | undefined {
    const history = this.histories.get(keyOf(index, nsid, netns));
    if (history === undefined) return undefined;
    if (timeNs === undefined) return history[history.length - 1].name;
    return history[Math.max(0, placeOf(history, timeNs) - 1)].name;
  }

  /** Everything known, to be kept in a file. */
  *all(): Iterable<InterfaceName> {
    for (const history of this.histories.values()) yield* history;
  }
}

function keyOf(index: number, nsid: number | null, netns: string | undefined): string {
  if (netns !== undefined) return `${index},${nsid ?? ''},${netns}`;
  return nsid === null ? `${index}` : `${index},${nsid}`;
}

/** Where a name of this time would be inserted: after all that are not later. */
function placeOf(history: readonly InterfaceName[], timeNs: bigint): number {
  let place = history.length;
  while (place > 0 && history[place - 1].timeNs > timeNs) place--;
  return place;
}
