/**
 * Waits until the user, another process, a duration in seconds, or `fail` ends a command that runs. It keeps the process
 * alive until it is stopped: a command that ends otherwise stops it, too.
 */
export class StopSignal {
  readonly stopped: Promise<void>;
  #stop!: () => void;
  #fail!: (error: unknown) => void;

  constructor(durationSeconds?: number) {
    this.stopped = new Promise((resolve, reject) => {
      this.#stop = resolve;
      this.#fail = reject;
    });
    const timer = durationSeconds === undefined ? undefined : setTimeout(() => this.#stop(), durationSeconds * 1000);
    const stop = () => this.stop();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    // Sockets do not keep the event loop alive.
    const keepAlive = setInterval(() => {}, 1 << 30);
    const release = () => {
      clearTimeout(timer);
      clearInterval(keepAlive);
    };
    this.stopped.then(release, release);
  }

  /** Ends the wait. */
  stop(): void {
    this.#stop();
  }

  /** Ends the wait with an error. */
  fail(error: unknown): void {
    this.#fail(error);
  }
}
