import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_BINS, RateBins } from './rateBins.ts';

/** Times in any order: near each other, far apart, before the first. */
const times = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 5_000_000 }),
    fc.integer({ min: -1_000_000_000, max: 1_000_000_000_000 }),
    fc.double({ min: -1e18, max: 1e18, noNaN: true }),
  ),
  { minLength: 1, maxLength: 400 },
);

describe('bins', () => {
  test('hold every time where it belongs, whatever came before', () => {
    fc.assert(
      fc.property(times, (all) => {
        const bins = new RateBins();
        all.forEach((time, row) => {
          const place = bins.at(time);
          bins.count(place, 'all');
          if (row % 2 === 1) bins.show(place, row);
          if (row % 3 === 0) bins.count(place, 'gaps', 2);
        });
        const { start, width, counts, rows } = bins.series();
        expect(counts.all.length).toBeLessThanOrEqual(MOST_BINS);
        const binOf = (time: number) => Math.floor(time / width) - start / width;
        const wanted = counts.all.map(() => ({ all: 0, shown: 0, gaps: 0, row: -1 }));
        all.forEach((time, row) => {
          const bin = wanted[binOf(time)];
          bin.all++;
          if (row % 3 === 0) bin.gaps += 2;
          if (row % 2 === 0) return;
          bin.shown++;
          if (bin.row < 0) bin.row = row;
        });
        expect(counts.all).toEqual(wanted.map((bin) => bin.all));
        expect(counts.shown).toEqual(wanted.map((bin) => bin.shown));
        expect(counts.gaps).toEqual(wanted.map((bin) => bin.gaps));
        expect(rows).toEqual(wanted.map((bin) => bin.row));
      }),
    );
  });

  test('are no wider than they must be', () => {
    const bins = new RateBins();
    for (let time = 0; time < 1e9; time += 1e6) bins.count(bins.at(time), 'all');
    const { width, counts } = bins.series();
    expect(counts.all.length).toBeGreaterThan(MOST_BINS / 2 - 1);
    expect(width * counts.all.length).toBeLessThan(1.2e9);
  });
});
