/** Sets of UTF-16 code units as sorted, disjoint, inclusive ranges: [low, high, low, high, …]. */
export type CharSet = readonly number[];

export const MAX_CODE = 0xffff;
export const DIGIT: CharSet = charSet([[0x30, 0x39]]);
export const WORD: CharSet = charSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
export const SPACE: CharSet = charSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
export const NEWLINE: CharSet = [0x0a, 0x0a];

/** The set of all these ranges, in any order, overlapping or not. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of sorted) {
    const lastHigh = merged.at(-1);
    if (lastHigh !== undefined && low <= lastHigh + 1) {
      merged[merged.length - 1] = Math.max(lastHigh, high);
    } else {
      merged.push(low, high);
    }
  }
  return merged;
}

export function union(sets: readonly CharSet[]): CharSet {
  return charSet(sets.flatMap(rangesOf));
}

export function complement(set: CharSet): CharSet {
  const ranges: [number, number][] = [];
  let next = 0;
  for (const [low, high] of rangesOf(set)) {
    if (low > next) {
      ranges.push([next, low - 1]);
    }
    next = high + 1;
  }
  if (next <= MAX_CODE) {
    ranges.push([next, MAX_CODE]);
  }
  return charSet(ranges);
}

export function contains(set: CharSet, code: number): boolean {
  for (let index = 0; index < set.length; index += 2) {
    if (code >= set[index]! && code <= set[index + 1]!) {
      return true;
    }
  }
  return false;
}

/** The set with the other case of each of its letters. */
export function ignoringCase(set: CharSet): CharSet {
  const others = casePairs()
    .filter(([upper, lower]) => contains(set, upper) !== contains(set, lower))
    .flatMap(([upper, lower]): [number, number][] => [
      [upper, upper],
      [lower, lower],
    ]);
  return others.length === 0 ? set : charSet([...rangesOf(set), ...others]);
}

function rangesOf(set: CharSet): [number, number][] {
  return Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index]!, set[2 * index + 1]!]);
}

let pairs: readonly (readonly [number, number])[] | undefined;

/** Every letter of one code unit with its small form, where that is another. ASCII pairs only with ASCII. */
function casePairs(): readonly (readonly [number, number])[] {
  if (!pairs) {
    const found: [number, number][] = [];
    for (let code = 0; code <= MAX_CODE; code++) {
      const lower = String.fromCharCode(code).toLowerCase();
      const lowerCode = lower.charCodeAt(0);
      if (lower.length === 1 && lowerCode !== code && code < 0x80 === lowerCode < 0x80) {
        found.push([code, lowerCode]);
      }
    }
    pairs = found;
  }
  return pairs;
}
