import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernel } from '../kernel/index.ts';
import { CHUNK_BITS, CHUNK_ROWS, SteadyColumn } from './columns.ts';

test('a chunk is as large as the kernel’s', () => {
  expect(CHUNK_BITS).toBe(kernel().layout.CHUNK_BITS);
});

const value = fc.oneof(fc.constant(7), fc.nat(100_000), fc.nat(2 ** 32), fc.nat(Number.MAX_SAFE_INTEGER));

test('a steady column holds what was put in, and takes memory when that differs', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), fc.nat(1000), (values, slack) => {
      const column = new SteadyColumn(slack);
      values.forEach((each, row) => {
        column.set(row, each);
      });
      expect(values.map((_, row) => column.get(row))).toEqual(values);
      expect(column.byteLength === 0).toBe(values.every((each) => each === values[0]));
    }),
  );
  const steady = new SteadyColumn(0);
  for (let row = 0; row < CHUNK_ROWS; row++) steady.set(row, 396_000_000);
  expect([steady.get(0), steady.get(CHUNK_ROWS - 1), steady.byteLength]).toEqual([396_000_000, 396_000_000, 0]);
});
