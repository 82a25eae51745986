import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernel } from '../kernel/index.ts';
import { CHUNK_BITS, CHUNK_ROWS, LongList, NearColumn, SteadyColumn, upperBound } from './columns.ts';

test('a chunk is as large as the kernel’s', () => {
  expect(CHUNK_BITS).toBe(kernel().layout.CHUNK_BITS);
});

const value = fc.oneof(fc.constant(7), fc.nat(100_000), fc.nat(2 ** 32), fc.nat(Number.MAX_SAFE_INTEGER));

test('a steady column holds what was put in, and takes memory when that differs', () => {
  const runs = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(runs, fc.nat(1000), (filled, slack) => {
      const column = new SteadyColumn(slack);
      const values = filled.flatMap(([each, times]) => Array.from({ length: times }, () => each));
      let row = 0;
      for (const [each, times] of filled) {
        // What follows a run is not known yet when it begins.
        column.fill(row, values.length, each);
        row += times;
      }
      expect(values.map((_, at) => column.get(at))).toEqual(values);
      expect(column.byteLength === 0).toBe(values.every((each) => each === values[0]));
    }),
  );
  const steady = new SteadyColumn(0);
  for (let row = 0; row < CHUNK_ROWS; row++) steady.fill(row, row + 1, 396_000_000);
  expect([steady.get(0), steady.get(CHUNK_ROWS - 1), steady.byteLength]).toEqual([396_000_000, 396_000_000, 0]);
});

test('what others write to a narrow array is taken in, also when it does not fit', () => {
  const step = fc.nat(2 ** 24);
  fc.assert(
    fc.property(
      fc.nat(2 ** 40),
      fc.array(fc.array(step, { minLength: 1, maxLength: 9 }), { maxLength: 9 }),
      (base, calls) => {
        const written = new Uint32Array(CHUNK_ROWS);
        const column = new NearColumn(written, base);
        const values: number[] = [];
        let value = base + 2 ** 32 - 2 ** 26;
        for (const steps of calls) {
          const from = values.length;
          for (const each of steps) {
            value += each;
            written[values.length] = value - base;
            values.push(value);
          }
          column.takeAscending(from, values.length, values[from], value);
        }
        expect(values.map((_, row) => column.get(row))).toEqual(values);
      },
    ),
  );
  const lengths = new Uint16Array(CHUNK_ROWS);
  const column = new NearColumn(lengths, 0);
  lengths.set([5, 6]);
  column.take(0, 2);
  column.set(1, 70_000);
  lengths.set([7, 65_535], 2);
  column.take(2, 4);
  expect([0, 1, 2, 3].map((row) => column.get(row))).toEqual([5, 70_000, 7, 65_535]);
});

test('a long list holds what was put in, and finds in it what an array does', () => {
  const list = new LongList();
  // Twice: the memory of the first time holds larger numbers than those of the second.
  for (const [length, step] of [
    [2 * CHUNK_ROWS, 7],
    [CHUNK_ROWS + 5, 3],
    [0, 1],
  ]) {
    list.clear();
    const values = Array.from({ length }, (_, at) => 10 + at * step);
    for (const each of values) list.push(each);
    expect(list.length).toBe(length);
    const places = [0, CHUNK_ROWS - 1, CHUNK_ROWS, length - 1].filter((at) => at >= 0 && at < length);
    expect(places.map((at) => list.at(at))).toEqual(places.map((at) => values[at]));
    const end = 10 + length * step;
    for (const each of [0, 9, 10, 11, CHUNK_ROWS * step, CHUNK_ROWS * step + 10, end - step, end, 2 ** 32 - 1]) {
      expect(list.upperBound(each)).toBe(upperBound(values, length, each));
    }
  }
});
