/** Bins there are at most; when more would be needed, two become one. */
export const MOST_BINS = 1024;
/** Nanoseconds that a bin covers at first. */
const FIRST_WIDTH = 1024;

/** What a bin counts. */
export const BIN_COUNTS = ['all', 'shown', 'errors', 'gaps'] as const;
export type BinCount = (typeof BIN_COUNTS)[number];

/** Messages by the time at which they were captured: all bins are equally wide, and together cover what there was. */
export interface RateSeries {
  /** Nanoseconds from the first row to the first bin: negative where later rows are of an earlier time. */
  readonly start: number;
  /** Nanoseconds that a bin covers. */
  readonly width: number;
  readonly counts: { readonly [count in BinCount]: readonly number[] };
  /** The first row that is shown of each bin, -1 for none. */
  readonly rows: readonly number[];
}

/**
 * Counts by time, over a span that need not be known beforehand: bins become twice as wide when there would be too many.
 * Times are nanoseconds since the first row, in any order.
 */
export class RateBins {
  private width = FIRST_WIDTH;
  /** Number of the first bin; bins are numbered by their time, 0 begins with the first row. */
  private first = 0;
  private used = 0;
  private readonly counts = BIN_COUNTS.map(() => new Float64Array(MOST_BINS));
  private readonly rows = new Float64Array(MOST_BINS).fill(-1);

  /** The place of the bin of a time, for `count` and `show` until the next call. */
  at(time: number): number {
    let bin = Math.floor(time / this.width);
    if (this.used === 0) {
      this.first = bin;
      this.used = 1;
    }
    while (Math.max(bin, this.first + this.used - 1) - Math.min(bin, this.first) >= MOST_BINS) {
      this.fold();
      bin = Math.floor(time / this.width);
    }
    if (bin < this.first) this.shift(this.first - bin);
    const place = bin - this.first;
    if (place >= this.used) this.used = place + 1;
    return place;
  }

  count(place: number, what: BinCount, by = 1): void {
    this.counts[BIN_COUNTS.indexOf(what)][place] += by;
  }

  /** Counts a row of the list. */
  show(place: number, row: number): void {
    this.counts[1][place]++;
    if (this.rows[place] < 0 || row < this.rows[place]) this.rows[place] = row;
  }

  series(): RateSeries {
    const { used, width } = this;
    const [all, shown, errors, gaps] = this.counts.map((counts) => [...counts.subarray(0, used)]);
    return {
      start: this.first * width,
      width,
      counts: { all, shown, errors, gaps },
      rows: [...this.rows.subarray(0, used)],
    };
  }

  /** Makes room for so many bins before the first. */
  private shift(by: number): void {
    for (const array of [...this.counts, this.rows]) {
      array.copyWithin(by, 0, this.used);
      array.fill(array === this.rows ? -1 : 0, 0, by);
    }
    this.first -= by;
    this.used += by;
  }

  /** Makes one bin of each two. */
  private fold(): void {
    const { first, used, rows } = this;
    const start = Math.floor(first / 2);
    const end = Math.floor((first + used - 1) / 2) + 1;
    for (const array of this.counts) {
      fold(array, first, used, start, (a, b) => a + b);
    }
    fold(rows, first, used, start, (a, b) => (a < 0 ? b : b < 0 ? a : Math.min(a, b)));
    rows.fill(-1, end - start);
    this.first = start;
    this.used = end - start;
    this.width *= 2;
  }
}

function fold(
  array: Float64Array,
  first: number,
  used: number,
  start: number,
  join: (a: number, b: number) => number,
): void {
  let last = -1;
  for (let at = 0; at < used; at++) {
    const place = Math.floor((first + at) / 2) - start;
    array[place] = place === last ? join(array[place], array[at]) : array[at];
    last = place;
  }
  array.fill(0, last + 1, used);
}
