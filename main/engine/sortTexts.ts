import type { Turns } from './turns.ts';

/** UTF-16 units that are compared at once as one number: each takes 17 bits, since the end comes before every unit. */
const UNITS = 3;
const UNIT = 1 << 17;
/** Texts that are put in order one by one. */
const FEW = 16;
/** Texts that are moved between two looks at the clock. */
const BETWEEN = 1 << 14;

/**
 * The numbers of texts in the order of their texts' UTF-16 units (as `<` has it), equal ones in any; in turns, null when
 * `goesOn` says no meanwhile. A quicksort of three parts by a few units (Bentley and Sedgewick), which stand beside the
 * numbers as they move: texts themselves are looked at once for every three units that they share with others.
 */
export async function sortTexts(
  texts: readonly string[],
  turns: Turns,
  goesOn: () => boolean,
): Promise<Uint32Array | null> {
  const { length } = texts;
  const order = new Uint32Array(length);
  const units = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    order[at] = at;
    units[at] = unitsAt(texts[at], 0);
    if (at % BETWEEN === 0 && !(await turns.rest(goesOn))) return null;
  }
  /** What is left to do: where a part begins and ends, and how many units its texts share. */
  const parts = [0, length, 0];
  let done = 0;
  while (parts.length > 0) {
    const shared = parts.pop()!;
    const to = parts.pop()!;
    const from = parts.pop()!;
    if (to - from <= FEW) {
      insert(texts, order, units, from, to);
      done += to - from;
      if (done > BETWEEN) {
        done = 0;
        if (!(await turns.rest(goesOn))) return null;
      }
      continue;
    }
    // Anywhere: no order of texts is known beforehand to take long.
    const any = () => units[from + Math.floor(Math.random() * (to - from))];
    const pivot = middle(any(), any(), any());
    let less = from;
    let more = to;
    for (let at = from; at < more; ) {
      if (++done > BETWEEN) {
        done = 0;
        if (!(await turns.rest(goesOn))) return null;
      }
      const here = units[at];
      if (here === pivot) {
        at++;
        continue;
      }
      const other = here < pivot ? less++ : --more;
      units[at] = units[other];
      units[other] = here;
      const number = order[at];
      order[at] = order[other];
      order[other] = number;
      if (here < pivot) at++;
    }
    parts.push(from, less, shared, more, to, shared);
    // They end here, all of them: equal.
    if (pivot % UNIT === 0) continue;
    for (let at = less; at < more; at++) {
      units[at] = unitsAt(texts[order[at]], shared + UNITS);
      if (++done > BETWEEN) {
        done = 0;
        if (!(await turns.rest(goesOn))) return null;
      }
    }
    parts.push(less, more, shared + UNITS);
  }
  return order;
}

/** Units of a text from a place on, as a number that compares as they do. */
function unitsAt(text: string, at: number): number {
  const { length } = text;
  if (at + 2 < length) {
    return (
      (text.charCodeAt(at) + 1) * UNIT * UNIT + (text.charCodeAt(at + 1) + 1) * UNIT + (text.charCodeAt(at + 2) + 1)
    );
  }
  const first = at < length ? text.charCodeAt(at) + 1 : 0;
  const second = at + 1 < length ? text.charCodeAt(at + 1) + 1 : 0;
  return first * UNIT * UNIT + second * UNIT;
}

function middle(one: number, other: number, third: number): number {
  return Math.max(Math.min(one, other), Math.min(Math.max(one, other), third));
}

/** Puts a few in order. */
function insert(texts: readonly string[], order: Uint32Array, units: Float64Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at++) {
    const unit = units[at];
    const number = order[at];
    let place = at;
    while (place > from) {
      const before = units[place - 1];
      if (before < unit || (before === unit && texts[order[place - 1]] <= texts[number])) break;
      units[place] = before;
      order[place] = order[place - 1];
      place--;
    }
    units[place] = unit;
    order[place] = number;
  }
}
