import { expect, it } from 'vitest';
import { hasTimeRange, withTimeRange } from '../../actions/statistics.ts';
import { SAMPLE_STATISTICS } from '../../testing/samples.ts';
import { joined, rateColumns } from './rateColumns.ts';

const { rate } = SAMPLE_STATISTICS;

it('puts neighbouring bins into columns, and loses none', () => {
  for (const most of [1, 2, 4, 5, 6, 100]) {
    const columns = rateColumns(rate, most);
    expect(columns.length).toBeLessThanOrEqual(most);
    const whole = joined(columns)!;
    expect([whole.all, whole.shown, whole.errors, whole.gaps, whole.number]).toEqual([162, 162, 3, 1, 1]);
    expect(whole.from).toBe(BigInt(rate.start));
    columns.forEach(({ to }, at) => {
      if (columns[at + 1]) expect(columns[at + 1]?.from).toBe(to);
    });
  }
  expect(rateColumns(rate, 3).map(({ all, number }) => [all, number])).toEqual([
    [52, 1],
    [0, 0],
    [110, 53],
  ]);
  expect(rateColumns({ ...rate, start: '', all: [], numbers: [] }, 10)).toEqual([]);
  expect(joined([])).toBeNull();
});

it('puts one range of times into a filter, in place of the one before', () => {
  const first = { from: 1_795_183_331_000_000_001n, to: 1_795_183_332_000_000_001n };
  const second = { from: first.from, to: first.to + 5_000_000_000n };
  const clause = withTimeRange('', first);
  expect(clause).toMatch(/^time >= "[-\d]+ [\d:]+\.000000" && time < "[-\d]+ [\d:]+\.000001"$/);
  for (const filter of ['', 'nl.type == RTM_NEWLINK', 'errno != 0 || nl.len > 100']) {
    const once = withTimeRange(filter, first);
    expect(hasTimeRange(once)).toBe(true);
    expect(withTimeRange(once, second)).toBe(withTimeRange(filter, second));
    expect(withTimeRange(withTimeRange(once, second), null).replace(/^\((.*)\)$/, '$1')).toBe(filter);
  }
  // What the user goes on with stays.
  expect(withTimeRange(`${clause} && nl.len > 20`, null)).toBe('nl.len > 20');
  expect(withTimeRange(`nl.seq == 1 && ${clause} && nl.len > 20`, null)).toBe('nl.seq == 1 && nl.len > 20');
});
