/** Milliseconds of work after which other work gets its turn. */
const SLICE_MS = 8;

/** Divides long work into slices, so that calls that arrive meanwhile are answered. */
export class Turns {
  readonly #sliceMs: number;
  #deadline: number;

  constructor(sliceMs = SLICE_MS) {
    this.#sliceMs = sliceMs;
    this.#deadline = Date.now() + sliceMs;
  }

  /** True when the slice is used up. Looks at the clock: call it every so many steps. */
  get isOver(): boolean {
    return Date.now() >= this.#deadline;
  }

  /** When the slice is used up (Date.now). */
  get deadline(): number {
    return this.#deadline;
  }

  /** Lets everything else run, then begins a new slice. */
  async next(): Promise<void> {
    await nextTurn();
    this.#deadline = Date.now() + this.#sliceMs;
  }

  /** Lets everything else run if the slice is used up; then tells what `goesOn` says, and else true. */
  async rest(goesOn: () => boolean): Promise<boolean> {
    if (!this.isOver) return true;
    await this.next();
    return goesOn();
  }
}

/** Resolves after what waits in the event loop has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
