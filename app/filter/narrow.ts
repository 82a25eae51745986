import { type HalfWords, kernel } from '../kernel/index.ts';
import { MOST_IN_BLOCK, MOST_KINDS, type Narrow, type NumberRange, type Screen, type ValueTest } from './fields.ts';

/** One record after the other. */
export function narrowBy<R>(holds: (record: R) => boolean): Narrow<R> {
  return (block, picks, count) => {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = picks[i]!;
      if (holds(block.at(place))) picks[kept++] = place;
    }
    return kept;
  };
}

/**
 * By a column, without looking at the records themselves.
 * @param mask the bits of its numbers that count, -1 for all
 */
export function narrowByNumbers<R>(
  numbers: (record: R) => ArrayLike<number>,
  mask: number,
  test: ValueTest,
): Narrow<R> {
  const { range } = test;
  return (block, picks, count) => {
    if (count === 0) return 0;
    const values = numbers(block.at(picks[0]!));
    if (range !== undefined && isColumn(values)) return keepInRange(values, mask, range, picks, count);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = picks[i]!;
      if (test(mask === -1 ? values[place]! : (values[place]! & mask) >>> 0)) picks[kept++] = place;
    }
    return kept;
  };
}

type Column = Uint8Array | Uint16Array | Uint32Array;

function isColumn(values: ArrayLike<number>): values is Column {
  return values instanceof Uint16Array || values instanceof Uint32Array || values instanceof Uint8Array;
}

/** Where the kernel finds the picks. */
let picksForKernel: HalfWords | null = null;

function keepInRange(
  values: Column,
  mask: number,
  { low, high, isOutside }: NumberRange,
  picks: Uint16Array,
  count: number,
): number {
  const first = Math.max(0, Math.ceil(low));
  const width = Math.min(0xffff_ffff, Math.floor(high)) - first;
  // No number is in a range of none.
  if (!(width >= 0)) return isOutside ? count : 0;
  const { calls } = kernel();
  picksForKernel ??= kernel().halfWords(MOST_IN_BLOCK);
  const { piece, values: inKernel } = picksForKernel;
  inKernel.set(picks.subarray(0, count));
  const numbers = kernel().addressOf(values, 0, values.byteLength);
  const size = values.BYTES_PER_ELEMENT;
  const kept = calls.keepInRange(numbers, size, mask, first, width, isOutside ? 0 : 1, piece.at, count);
  picks.set(inKernel.subarray(0, kept));
  return kept;
}

/** What may have a field at all. */
export function narrowByScreen<R>({ kinds, mayHave }: Screen<R>): Narrow<R> {
  /** By kind: 0 not asked yet, 1 no, 2 yes. */
  const answers = new Uint8Array(MOST_KINDS);
  /** Kinds that were asked about in the block at hand. */
  const asked: number[] = [];
  return (block, picks, count) => {
    if (count === 0) return 0;
    const kindOf = kinds(block.at(picks[0]!));
    for (const kind of asked) answers[kind] = 0;
    asked.length = 0;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = picks[i]!;
      const kind = kindOf[place]!;
      let answer = answers[kind]!;
      if (answer === 0) {
        answer = mayHave(block.at(place)) ? 2 : 1;
        answers[kind] = answer;
        asked.push(kind);
      }
      if (answer === 2) picks[kept++] = place;
    }
    return kept;
  };
}

/** What passes all of them. */
export function narrowByAll<R>(narrows: readonly Narrow<R>[]): Narrow<R> {
  return (block, picks, count) => {
    let kept = count;
    for (const narrow of narrows) kept = narrow(block, picks, kept);
    return kept;
  };
}

/** What passes any of them; those that come later are asked of what is left only. */
export function narrowByAny<R>(narrows: readonly Narrow<R>[]): Narrow<R> {
  const marks = new Uint8Array(MOST_IN_BLOCK);
  const asked = new Uint16Array(MOST_IN_BLOCK);
  return (block, picks, count) => {
    for (const narrow of narrows) {
      let left = 0;
      for (let i = 0; i < count; i++) if (marks[picks[i]!] === 0) asked[left++] = picks[i]!;
      const kept = narrow(block, asked, left);
      for (let i = 0; i < kept; i++) marks[asked[i]!] = 1;
    }
    return takeMarked(marks, picks, count, 1);
  };
}

/** What does not pass. */
export function narrowByNone<R>(narrow: Narrow<R>): Narrow<R> {
  const marks = new Uint8Array(MOST_IN_BLOCK);
  const asked = new Uint16Array(MOST_IN_BLOCK);
  return (block, picks, count) => {
    asked.set(picks.subarray(0, count));
    const kept = narrow(block, asked, count);
    for (let i = 0; i < kept; i++) marks[asked[i]!] = 1;
    return takeMarked(marks, picks, count, 0);
  };
}

/** Keeps the places whose mark is as wanted, and wipes all marks. */
function takeMarked(marks: Uint8Array, picks: Uint16Array, count: number, wanted: 0 | 1): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const place = picks[i]!;
    const mark = marks[place];
    marks[place] = 0;
    if (mark === wanted) picks[kept++] = place;
  }
  return kept;
}
