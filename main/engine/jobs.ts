import type { JobState } from '../../app/contracts/index.ts';

/** Told how much of something has been done, of how much; false ends it. */
export type Advance = Job['advance'];
/** Why something was not done that a user has stopped. */
export const STOPPED = 'it was stopped';

/** Work that users wait for: they see how far it has come, and may stop it. */
export class Job {
  readonly kind: JobState['kind'];
  readonly name: string;
  #progress = 0;
  #isStopped = false;
  readonly #changed: () => void;

  constructor(kind: JobState['kind'], name: string, changed: () => void) {
    this.kind = kind;
    this.name = name;
    this.#changed = changed;
  }

  get state(): JobState {
    return { kind: this.kind, name: this.name, progress: this.#progress };
  }

  /** Tells how far it has come: `done` of `whole`. Returns whether it is to go on. */
  readonly advance = (done: number, whole: number): boolean => {
    this.#progress = whole === 0 ? 1 : Math.min(1, done / whole);
    this.#changed();
    return !this.#isStopped;
  };

  stop(): void {
    this.#isStopped = true;
  }
}

/** The jobs that are under way. */
export class Jobs {
  readonly #running: Job[] = [];
  readonly #changed: () => void;

  /** @param changed called when there is something new to tell */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The one that began last, null when there is none. */
  get state(): JobState | null {
    return this.#running.at(-1)?.state ?? null;
  }

  /** Asks the one that began last to end. */
  stop(): void {
    this.#running.at(-1)?.stop();
  }

  async run<T>(kind: JobState['kind'], name: string, work: (job: Job) => Promise<T>): Promise<T> {
    const job = new Job(kind, name, this.#changed);
    this.#running.push(job);
    this.#changed();
    try {
      return await work(job);
    } finally {
      this.#running.splice(this.#running.indexOf(job), 1);
      this.#changed();
    }
  }
}
