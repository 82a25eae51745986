/** The addon's end of a receive thread. */
interface BatchQueue {
  take(): Uint8Array | undefined;
}

/**
 * Brings batches from a receive thread to a listener: one per turn of the event loop, so that other events are not held
 * up by a flood.
 */
export class BatchPump {
  readonly #queue: () => BatchQueue;
  readonly #onBatch: (batch: Uint8Array) => void;
  readonly #onEmpty: () => void;
  #stopped = false;

  /** `onEmpty` is called when everything has been handed over, for now. */
  constructor(queue: () => BatchQueue, onBatch: (batch: Uint8Array) => void, onEmpty: () => void) {
    this.#queue = queue;
    this.#onBatch = onBatch;
    this.#onEmpty = onEmpty;
  }

  /** For the addon to call. Node only warns of what is thrown in such a callback: the work is done in a turn of its own. */
  readonly wake = (): void => {
    setImmediate(this.#pump);
  };

  /** Nothing is handed over any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Hands over one batch at once; false when there is none. */
  handOver(): boolean {
    const batch = this.#stopped ? undefined : this.#queue().take();
    if (batch !== undefined) this.#onBatch(batch);
    return batch !== undefined;
  }

  readonly #pump = (): void => {
    if (this.#stopped) return;
    const batch = this.#queue().take();
    if (batch === undefined) {
      this.#onEmpty();
      return;
    }
    setImmediate(this.#pump);
    this.#onBatch(batch);
  };
}

/**
 * Hands over batches as they come until `isDone`, or for about so many milliseconds, without leaving the thread to
 * anybody else. Returns whether it was done.
 */
export function handOverUntil(pump: BatchPump | undefined, budgetMs: number, isDone: () => boolean): boolean {
  const deadline = performance.now() + budgetMs;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (performance.now() < deadline) {
    // Asked before a batch is taken: what is done may have left one behind.
    const done = isDone();
    if (pump?.handOver() === true) continue;
    if (done) return true;
    Atomics.wait(pause, 0, 0, 1);
  }
  return false;
}
