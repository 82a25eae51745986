import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Spans } from './spans.ts';

const spans = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 60_000_000_000 }),
    fc.double({ min: 0, max: 1e17, noNaN: true }),
  ),
  { minLength: 1, maxLength: 300 },
);

test('spans: least, mean and greatest are exact, the 95th percentile is to one percent', () => {
  fc.assert(
    fc.property(spans, fc.nat(300), fc.constantFrom(1, 20), (few, cut, times) => {
      const all = Array.from({ length: times }, () => few).flat();
      // In two parts, which are then one.
      const [whole, part] = [new Spans(), new Spans()];
      for (const [i, span] of all.entries()) (i < cut ? whole : part).add(span);
      whole.merge(part);
      const sorted = all.toSorted((a, b) => a - b);
      const summary = whole.summary()!;
      expect(summary.count).toBe(all.length);
      expect(summary.min).toBe(sorted[0]);
      expect(summary.max).toBe(sorted.at(-1));
      expect(summary.avg).toBeCloseTo(all.reduce((a, b) => a + b, 0) / all.length, 9 - Math.log10(summary.max + 1));
      const exact = sorted[Math.ceil(all.length * 0.95) - 1];
      expect(Math.abs(summary.p95 - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.01));
    }),
  );
});

test('no spans have no summary; a clock that went back is no answer before its question', () => {
  const spans = new Spans();
  expect(spans.summary()).toBeNull();
  spans.add(-5);
  expect(spans.summary()).toMatchObject({ count: 1, min: 0, max: 0, p95: 0 });
});
