/**
 * Columns of the index: typed arrays, because a session of ten million messages must fit in memory and be scanned in
 * milliseconds.
 */

/** Rows in a chunk of the index: as many as in one of the kernel's. */
export const CHUNK_BITS = 14;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
export const CHUNK_MASK = CHUNK_ROWS - 1;

/** Values of a column that do not fit, before all are kept as doubles. */
const MOST_FAR = 512;

/**
 * A chunk's column of integers up to 2^53 that stay near each other: a narrow array of differences to a base. The few
 * that do not fit are kept beside it; when they are many, an array of doubles takes its place.
 */
export class NearColumn {
  /**
   * What others write to, and read, even when it is used no longer. A difference that does not fit is the limit there,
   * once it has been set.
   */
  private readonly narrow: Uint16Array | Uint32Array;
  private far: Map<number, number> | null = null;
  private wide: Float64Array | null = null;
  private readonly base: number;
  private readonly limit: number;

  constructor(narrow: Uint16Array | Uint32Array, base: number) {
    this.narrow = narrow;
    this.limit = narrow.BYTES_PER_ELEMENT === 2 ? 0xffff : 0xffffffff;
    this.base = base;
  }

  /** Whether all values so far are in the narrow array. */
  get isNarrow(): boolean {
    return this.wide === null && this.far === null;
  }

  /** Bytes it takes beside the narrow array: an entry of a map takes some forty. */
  get extraBytes(): number {
    return (this.wide?.byteLength ?? 0) + (this.far?.size ?? 0) * 40;
  }

  get(row: number): number {
    if (this.wide !== null) return this.wide[row];
    const difference = this.narrow[row];
    if (difference === this.limit && this.far !== null) return this.far.get(row) ?? this.base + difference;
    return this.base + difference;
  }

  set(row: number, value: number): void {
    const { narrow, limit } = this;
    const difference = value - this.base;
    const fits = difference >= 0 && difference <= limit;
    narrow[row] = fits ? difference : limit;
    if (this.wide !== null) this.wide[row] = value;
    else if (!fits) this.setFar(row, value);
    else if (difference === limit) this.far?.delete(row);
  }

  /** Sets the same value from a row to before another. */
  fill(from: number, to: number, value: number): void {
    if (from >= to) return;
    const difference = value - this.base;
    const fits = difference >= 0 && difference < this.limit;
    if (!fits) this.wide ??= this.widened();
    this.narrow.fill(fits ? difference : this.limit, from, to);
    this.wide?.fill(value, from, to);
  }

  /**
   * Takes in differences that others wrote to the narrow array, from a row to before another; those that do not fit are
   * set afterwards.
   */
  take(from: number, to: number): void {
    const { wide, narrow, base } = this;
    if (wide !== null) for (let row = from; row < to; row++) wide[row] = base + narrow[row];
  }

  /**
   * As `take`, of ascending values from `first` to `last` that are less than 2^32 apart, whose differences are written
   * modulo 2^32.
   */
  takeAscending(from: number, to: number, first: number, last: number): void {
    if (this.wide === null && first >= this.base && last - this.base <= this.limit) return;
    this.wide ??= this.widened();
    const { wide, narrow } = this;
    for (let row = from; row < to; row++) wide[row] = first + ((narrow[row] - narrow[from]) >>> 0);
  }

  /**
   * All values of a column whose base is 0, by their place; what follows the last that was set is 0.
   * @param scratch where they are put together when they are in no array already
   */
  values(scratch: () => Float64Array): ArrayLike<number> {
    if (this.base !== 0) throw new Error('only columns with base 0 hold their values as they are');
    return this.wide ?? (this.far === null ? this.narrow : this.put(scratch()));
  }

  private setFar(row: number, value: number): void {
    this.far ??= new Map();
    this.far.set(row, value);
    if (this.far.size > MOST_FAR) this.wide = this.widened();
  }

  private widened(): Float64Array {
    return this.put(new Float64Array(this.narrow.length));
  }

  /** Puts all values into an array. */
  private put(target: Float64Array): Float64Array {
    const { base, narrow, far, limit } = this;
    target.set(narrow);
    if (base !== 0) for (let row = 0; row < narrow.length; row++) target[row] += base;
    if (far !== null) for (const [row, value] of far) if (narrow[row] === limit) target[row] = value;
    return target;
  }
}

/** A chunk's column, filled from its first row on, whose values are all the same as a rule: it is one number until then. */
export class SteadyColumn {
  private value = 0;
  private column: NearColumn | null = null;
  private readonly slack: number;

  /** @param slack how far below the first value others may lie without costing more memory */
  constructor(slack: number) {
    this.slack = slack;
  }

  get byteLength(): number {
    return this.column === null ? 0 : CHUNK_ROWS * 2 + this.column.extraBytes;
  }

  get(row: number): number {
    return this.column === null ? this.value : this.column.get(row);
  }

  /** Sets the same value from a row to before another. */
  fill(from: number, to: number, value: number): void {
    if (this.column === null) {
      if (from === 0) this.value = value;
      if (value === this.value) return;
      this.column = new NearColumn(new Uint16Array(CHUNK_ROWS), Math.max(0, this.value - this.slack));
      this.column.fill(0, from, this.value);
    }
    this.column.fill(from, to, value);
  }
}

type IntegerArray = Uint8Array | Uint16Array | Uint32Array;

/** An array of integers that grows by a quarter. */
export class Growing<T extends IntegerArray> {
  length = 0;
  values: T;
  private readonly make: (length: number) => T;

  constructor(make: (length: number) => T, length = 64) {
    this.make = make;
    this.values = make(length);
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length++] = value;
  }

  /** Makes the array at least so long; what is new is 0. */
  extend(length: number): void {
    this.reserve(length);
    this.length = Math.max(this.length, length);
  }

  clear(): void {
    this.length = 0;
    this.values.fill(0);
  }

  private reserve(length: number): void {
    if (length <= this.values.length) return;
    const larger = this.make(Math.max(length, Math.ceil(this.values.length * 1.25)));
    larger.set(this.values);
    this.values = larger;
  }
}

/** A growing array of unsigned 8, 16 or 32 bit numbers. */
export const growingU8 = (): Growing<Uint8Array> => new Growing((n) => new Uint8Array(n));
export const growingU16 = (): Growing<Uint16Array> => new Growing((n) => new Uint16Array(n));
export const growingU32 = (): Growing<Uint32Array> => new Growing((n) => new Uint32Array(n));

/** A list of unsigned 32 bit numbers that grows by whole chunks: what is there is never copied. */
export class LongList {
  length = 0;
  private readonly chunks: Uint32Array[] = [];

  push(value: number): void {
    const chunk = this.length >>> CHUNK_BITS;
    if (chunk === this.chunks.length) this.chunks.push(new Uint32Array(CHUNK_ROWS));
    this.chunks[chunk][this.length++ & CHUNK_MASK] = value;
  }

  /** The value at a place (0..length-1). */
  at(place: number): number {
    return this.chunks[place >>> CHUNK_BITS][place & CHUNK_MASK];
  }

  /** Keeps its memory. */
  clear(): void {
    this.length = 0;
  }

  /** Index of the first value that is greater than `value`, in a list that ascends. */
  upperBound(value: number): number {
    const { chunks, length } = this;
    let chunk = 0;
    for (let end = chunks.length; chunk < end; ) {
      const middle = (chunk + end) >>> 1;
      if (middle << CHUNK_BITS < length && chunks[middle][0] <= value) chunk = middle + 1;
      else end = middle;
    }
    if (chunk === 0) return 0;
    const start = (chunk - 1) << CHUNK_BITS;
    return start + upperBound(chunks[chunk - 1], Math.min(CHUNK_ROWS, length - start), value);
  }
}

/** Index of the first of `length` ascending values that is greater than `value`. */
export function upperBound(values: ArrayLike<number>, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
