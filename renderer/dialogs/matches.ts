/** A text that fits what was typed, with how well. */
interface Scored<T> {
  readonly item: T;
  readonly score: number;
}

/**
 * Items whose text holds every typed word, best first: words at the start of the text weigh more than words at the
 * start of a word, and those more than words inside. Without a query all items, in their order.
 */
export function matching<T>(items: readonly T[], query: string, textOf: (item: T) => string): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const scored: Scored<T>[] = [];
  for (const item of items) {
    const text = textOf(item).toLowerCase();
    let score = 0;
    for (const word of words) {
      const at = text.indexOf(word);
      if (at < 0) {
        score = -1;
        break;
      }
      score += at === 0 ? 3 : text.includes(` ${word}`) ? 2 : 1;
    }
    if (score >= 0) scored.push({ item, score });
  }
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item);
}
