const WINDOW_MS = 1000;

/** Messages per second over the last second, from counts that are read now and then. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly count: number }[] = [];

  /** Takes the count at a time (milliseconds) and returns the rate. */
  sample(at: number, count: number): number {
    const samples = this.#samples;
    // After another capture was opened the count begins anew.
    if (samples.length > 0 && count < samples[samples.length - 1].count) samples.length = 0;
    samples.push({ at, count });
    while (samples.length > 2 && samples[1].at <= at - WINDOW_MS) samples.shift();
    const [oldest] = samples;
    const elapsed = at - oldest.at;
    return elapsed === 0 ? 0 : Math.round(((count - oldest.count) * 1000) / Math.max(elapsed, WINDOW_MS));
  }
}
