import { sortTexts } from './sortTexts.ts';
import type { Turns } from './turns.ts';

/** What something is sorted by: nothing comes last, whichever way. */
export type Key = number | string | null;

/** Places that the runtime sorts at once, a few milliseconds. */
const RUN = 2048;
/** Places that are counted between two looks at the clock. */
const BETWEEN = 1 << 14;
/** Different keys that are known again when they come again; of the others each is kept by itself. */
const MOST_KNOWN = 1 << 20;
/** In place of the number of a key: there is none. */
const NONE = 0xffff_ffff;

/**
 * The keys of many places, and the order of the places by them. Numbers are kept in a column; of texts, which repeat, each
 * is kept once and compared once with others, and the places have its number.
 */
export class SortKeys {
  readonly #count: number;
  /** NaN: nothing. Given up for the column of key numbers with the first text. */
  #numbers: Float64Array | null;
  #ids: Uint32Array | null = null;
  readonly #different: (number | string)[] = [];
  readonly #known = new Map<number | string, number>();
  /** Places whose key was known. */
  #again = 0;
  /** No more keys are known from now on. */
  #isFull = false;

  /** @param count of the places; one that is not set has no key */
  constructor(count: number) {
    this.#count = count;
    this.#numbers = new Float64Array(count).fill(Number.NaN);
  }

  set(place: number, key: Key): void {
    if (key === null) return;
    if (this.#numbers !== null && typeof key === 'number') this.#numbers[place] = key;
    else this.#texts()[place] = this.#idOf(key);
  }

  /** The places in the order of their keys, equal ones as they are, in turns; null when `goesOn` says no meanwhile. */
  async order(descending: boolean, turns: Turns, goesOn: () => boolean): Promise<Uint32Array | null> {
    const sign = descending ? -1 : 1;
    const numbers = this.#numbers;
    if (numbers !== null) {
      return mergeSort(this.#count, (one, other) => compareNumbers(numbers[one], numbers[other], sign), turns, goesOn);
    }
    const different = this.#different;
    const compare = (one: number, other: number) => compareKeys(different[one], different[other]);
    const sorted = areTexts(different)
      ? await sortTexts(different, turns, goesOn)
      : await mergeSort(different.length, compare, turns, goesOn);
    if (sorted === null) return null;
    const ranks = new Uint32Array(different.length);
    let rank = 0;
    for (let at = 0; at < sorted.length; at++) {
      if (at > 0 && compare(sorted[at - 1], sorted[at]) !== 0) rank++;
      ranks[sorted[at]] = rank;
      if (at % BETWEEN === 0 && !(await turns.rest(goesOn))) return null;
    }
    if (descending) for (let id = 0; id < ranks.length; id++) ranks[id] = rank - ranks[id];
    return this.#byRank(ranks, rank + 1, turns, goesOn);
  }

  /** Puts the places one behind the other by the ranks of their keys: how many come before is counted first. */
  async #byRank(ranks: Uint32Array, none: number, turns: Turns, goesOn: () => boolean): Promise<Uint32Array | null> {
    const ids = this.#texts();
    const rankOf = (place: number) => (ids[place] === NONE ? none : ranks[ids[place]]);
    const starts = new Uint32Array(none + 2);
    const order = new Uint32Array(this.#count);
    for (let at = 0; at < this.#count; at++) {
      starts[rankOf(at) + 1]++;
      if (at % BETWEEN === 0 && !(await turns.rest(goesOn))) return null;
    }
    for (let at = 0; at <= none; at++) starts[at + 1] += starts[at];
    for (let at = 0; at < this.#count; at++) {
      order[starts[rankOf(at)]++] = at;
      if (at % BETWEEN === 0 && !(await turns.rest(goesOn))) return null;
    }
    return order;
  }

  #idOf(key: number | string): number {
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#again++;
      return known;
    }
    const id = this.#different.length;
    this.#different.push(key);
    if (this.#isFull) return id;
    this.#known.set(key, id);
    if (this.#known.size < MOST_KNOWN) return id;
    this.#isFull = true;
    // Keys that hardly ever come again are not worth looking for.
    if (this.#again < MOST_KNOWN / 4) this.#known.clear();
    return id;
  }

  #texts(): Uint32Array {
    const known = this.#ids;
    if (known !== null) return known;
    const ids = new Uint32Array(this.#count).fill(NONE);
    const numbers = this.#numbers ?? new Float64Array();
    this.#numbers = null;
    numbers.forEach((number, place) => {
      if (!Number.isNaN(number)) ids[place] = this.#idOf(number);
    });
    this.#ids = ids;
    return ids;
  }
}

/** @param sign -1: the other way round, but for what is nothing */
function compareNumbers(one: number, other: number, sign: number): number {
  if (one < other) return -sign;
  if (one > other) return sign;
  return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
}

function areTexts(keys: readonly (number | string)[]): keys is readonly string[] {
  return keys.every((key) => typeof key === 'string');
}

function compareKeys(one: number | string, other: number | string): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [String(one), String(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The numbers below `count` in their order, equal ones as they are: short runs that the runtime sorts, then merged. */
async function mergeSort(
  count: number,
  compare: (one: number, other: number) => number,
  turns: Turns,
  goesOn: () => boolean,
): Promise<Uint32Array | null> {
  let from = new Uint32Array(count);
  for (let at = 0; at < count; at++) from[at] = at;
  let into = new Uint32Array(count);
  for (let start = 0; start < count; start += RUN) {
    from.subarray(start, start + RUN).sort((one, other) => compare(one, other) || one - other);
    if (!(await turns.rest(goesOn))) return null;
  }
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(count, start + width);
      const end = Math.min(count, start + 2 * width);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        if (at % RUN === 0 && !(await turns.rest(goesOn))) return null;
        const takesLeft = right >= end || (left < middle && compare(from[left], from[right]) <= 0);
        into[at] = takesLeft ? from[left++] : from[right++];
      }
    }
    [from, into] = [into, from];
  }
  return from;
}
