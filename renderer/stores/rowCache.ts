import type { Row, RowPage } from '../../app/contracts/index.ts';

/** Rows asked for at once: few, so that the first of a capture are there soon. */
export const PAGE_ROWS = 64;
/** Pages kept, the least recently shown goes first: about 6,000 rows, whatever the size of the capture. */
export const MAX_PAGES = 96;

interface Page {
  rows: readonly Row[];
  /** Rows of this page may have changed since it was fetched. */
  stale: boolean;
}

/**
 * The window of rows that the list holds. Pages of rows come from the host when they are shown, one more is
 * fetched ahead, and replies about a view that is no longer the current one are dropped by their generation.
 */
export class RowCache {
  readonly #fetch: (first: number, count: number) => Promise<RowPage>;
  readonly #changed: () => void;
  readonly #pages = new Map<number, Page>();
  readonly #inFlight = new Map<number, Promise<void>>();
  /** Rows of the view before this one: shown until the first page of this one is there, so that nothing flashes. */
  #outdated: ReadonlyMap<number, Page> = new Map();
  #generation = -1;
  /** Counts the times that rows may have changed: what was asked for before the last one is stale when it arrives. */
  #touches = 0;
  #total = 0;
  #hasSources = false;
  /** First page shown last, to know the way of scrolling. */
  #lastPage = 0;
  #isUpwards = false;

  /**
   * @param fetch asks the host for rows
   * @param changed called when rows arrived
   */
  constructor(fetch: (first: number, count: number) => Promise<RowPage>, changed: () => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  get total(): number {
    return this.#total;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Whether rows have come that say where they were captured, of what the list has shown since `forgetSources`. */
  get hasSources(): boolean {
    return this.#hasSources;
  }

  /** The rows of another capture follow. */
  forgetSources(): void {
    this.#hasSources = false;
  }

  /** The rows shown are still those of the view before this one. */
  get isOutdated(): boolean {
    return this.#outdated.size > 0;
  }

  /** The row at an index of the view, if it is here. */
  get(index: number): Row | undefined {
    const page = Math.floor(index / PAGE_ROWS);
    return (this.#pages.get(page) ?? this.#outdated.get(page))?.rows[index - page * PAGE_ROWS];
  }

  /** The index of a message among the rows that are here, or -1. */
  indexOf(number: number): number {
    for (const [page, { rows }] of this.#pages) {
      const at = rows.findIndex((row) => row.number === number);
      if (at >= 0) return page * PAGE_ROWS + at;
    }
    return -1;
  }

  /** Takes over what the host says of the view. An older generation than the known one is ignored. */
  setView(generation: number, total: number): void {
    if (generation < this.#generation) return;
    if (generation > this.#generation) {
      if (this.#pages.size > 0) this.#outdated = new Map(this.#pages);
      this.#pages.clear();
      this.#inFlight.clear();
      this.#generation = generation;
    }
    this.#total = total;
    if (total === 0) this.#outdated = new Map();
  }

  /** Rows may have changed in place: marks, outcomes of requests. `all` says that settled rows may have, too. */
  touch(all = false): void {
    this.#touches++;
    for (const page of this.#pages.values()) {
      if (all || page.rows.length < PAGE_ROWS || page.rows.some((row) => row.outcome.kind === 'pending'))
        page.stale = true;
    }
  }

  /** Fetches what is missing of the rows from `first` to before `last`, then one page ahead in the way of scrolling. */
  show(first: number, last: number): void {
    if (this.#total === 0) return;
    const from = Math.floor(first / PAGE_ROWS);
    const to = Math.floor(Math.max(first, last - 1) / PAGE_ROWS);
    let isHere = true;
    for (let page = from; page <= to; page++) {
      this.#keep(page);
      this.#need(page);
      if (!this.#pages.has(page)) isHere = false;
    }
    // What is not seen yet must not hold up what is.
    if (from !== this.#lastPage) this.#isUpwards = from < this.#lastPage;
    this.#lastPage = from;
    if (isHere) this.#need(this.#isUpwards ? from - 1 : to + 1);
  }

  /** Resolves when the row at an index is here (or cannot be had). */
  async load(index: number): Promise<Row | undefined> {
    const page = Math.floor(index / PAGE_ROWS);
    this.#need(page);
    await this.#inFlight.get(page);
    return this.get(index);
  }

  #need(page: number): void {
    const first = page * PAGE_ROWS;
    if (page < 0 || first >= this.#total || this.#inFlight.has(page)) return;
    const have = this.#pages.get(page);
    const wanted = Math.min(PAGE_ROWS, this.#total - first);
    if (have && !have.stale && have.rows.length >= wanted) return;
    const generation = this.#generation;
    const touches = this.#touches;
    const done = this.#fetch(first, PAGE_ROWS).then(
      (reply) => this.#receive(page, generation, reply, touches !== this.#touches),
      () => this.#settle(page, generation),
    );
    this.#inFlight.set(page, done);
  }

  #receive(page: number, askedIn: number, reply: RowPage, stale: boolean): void {
    this.#settle(page, askedIn);
    if (reply.generation < this.#generation) return;
    this.setView(reply.generation, reply.total);
    this.#pages.delete(page);
    this.#pages.set(page, { rows: reply.rows, stale });
    this.#outdated = new Map();
    this.#hasSources ||= reply.rows.some(({ netns, host }) => (netns ?? host) !== undefined);
    this.#evict();
    this.#changed();
  }

  /** Forgets that a page is on its way, unless a newer view asked for it again. */
  #settle(page: number, askedIn: number): void {
    if (askedIn === this.#generation) this.#inFlight.delete(page);
  }

  /** Marks a page as just used: the map's order is the order of use. */
  #keep(page: number): void {
    const have = this.#pages.get(page);
    if (!have) return;
    this.#pages.delete(page);
    this.#pages.set(page, have);
  }

  #evict(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) return;
      this.#pages.delete(page);
    }
  }
}
