/**
 * Names that resemble a misspelled one, best first: same but for case, then those that contain it (or its end), then
 * those that few changes turn into it.
 */
export function nearNames(name: string, candidates: Iterable<string>, limit: number): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const ranked: { readonly candidate: string; readonly rank: number }[] = [];
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const contains = wanted.length > 1 && other.includes(wanted);
    const rank = other === wanted ? 0 : contains ? 1 : 1 + editDistance(wanted, other, allowed);
    if (rank <= 1 + allowed) {
      ranked.push({ candidate, rank });
    }
  }
  ranked.sort((a, b) => a.rank - b.rank || a.candidate.length - b.candidate.length);
  return ranked.slice(0, limit).map(({ candidate }) => candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; anything above `limit` is limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) {
    return limit + 1;
  }
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : replaced;
      row.push(Math.min(replaced, swapped, last[j]! + 1, row[j - 1]! + 1));
    }
    if (Math.min(...row) > limit) {
      return limit + 1;
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length]!, limit + 1);
}

/** "; there is IFLA_MTU, IFLA_MAP" for the end of a sentence about a name that is not known; "" where none resembles it. */
export function thereIs(name: string, candidates: Iterable<string>): string {
  return andThereIs(nearNames(name, candidates, 3));
}

/** The same of names that have been found near already. */
export function andThereIs(near: readonly string[]): string {
  return near.length === 0 ? '' : `; there is ${near.join(', ')}`;
}
