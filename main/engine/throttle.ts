/**
 * Runs a task at most once in an interval, however often it is asked for: at once when the last time is long ago, else
 * when the interval has passed.
 */
export class Throttle {
  readonly #task: () => void;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number, task: () => void) {
    this.#intervalMs = intervalMs;
    this.#task = task;
  }

  request(): void {
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#last + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => this.now(), wait);
  }

  /** Runs the task at once, whenever it ran last. */
  now(): void {
    this.cancel();
    this.#last = performance.now();
    this.#task();
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
