import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NumberRange, ValueTest } from './fields.ts';
import { narrowByNumbers } from './narrow.ts';

const bound = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.integer({ min: 0xffff_fff0, max: 0x1_0000_0010 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 4.5),
);
const columns = [
  (values: readonly number[]) => Uint8Array.from(values),
  (values: readonly number[]) => Uint16Array.from(values),
  (values: readonly number[]) => Uint32Array.from(values),
  (values: readonly number[]) => Float64Array.from(values),
];

function isIn({ low, high, isOutside }: NumberRange, value: number): boolean {
  return (value >= low && value <= high) !== isOutside;
}

test('a column is narrowed to what is in a range, whatever numbers it is made of', () => {
  const cases = fc.record({
    column: fc.constantFrom(...columns),
    values: fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff })), {
      minLength: 1,
      maxLength: 60,
    }),
    mask: fc.constantFrom(-1, 0xff, 0x101, 0x8000_0001),
    range: fc.record({ low: bound, high: bound, isOutside: fc.boolean() }),
    chosen: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
  });
  fc.assert(
    fc.property(cases, ({ column, values, mask, range, chosen }) => {
      const numbers = column(values);
      const places = values.map((_, place) => place).filter((place) => chosen[place]);
      const picks = Uint16Array.from(places);
      const test: ValueTest = Object.assign((value: unknown) => isIn(range, value as number), { range });
      const kept = narrowByNumbers(() => numbers, mask, test)({ at: () => null }, picks, picks.length);
      const wanted = places.filter((place) =>
        isIn(range, mask === -1 ? numbers[place]! : (numbers[place]! & mask) >>> 0),
      );
      expect([...picks.subarray(0, kept)]).toEqual(wanted);
    }),
    { numRuns: 2000 },
  );
});
