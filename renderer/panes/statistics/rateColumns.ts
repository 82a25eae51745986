import type { RateReport } from '../../../app/contracts/index.ts';

/** Some neighbouring bins of a rate, as one column of the strip. */
export interface RateColumn {
  /** Nanoseconds since 1970, from and to before. */
  readonly from: bigint;
  readonly to: bigint;
  readonly all: number;
  readonly shown: number;
  readonly errors: number;
  readonly gaps: number;
  /** Number of its first message that is shown, 0 for none. */
  readonly number: number;
}

/** Neighbouring columns as one; null when there are none. */
export function joined(columns: readonly RateColumn[]): RateColumn | null {
  const [first] = columns;
  if (first === undefined) return null;
  const sum = (count: 'all' | 'shown' | 'errors' | 'gaps') => columns.reduce((all, column) => all + column[count], 0);
  return {
    from: first.from,
    to: columns[columns.length - 1]!.to,
    all: sum('all'),
    shown: sum('shown'),
    errors: sum('errors'),
    gaps: sum('gaps'),
    number: columns.find(({ number }) => number > 0)?.number ?? 0,
  };
}

/** The bins of a rate in at most so many columns, each of as many bins. */
export function rateColumns(rate: RateReport, most: number): readonly RateColumn[] {
  const bins = rate.all.length;
  if (bins === 0 || most < 1) return [];
  const each = Math.ceil(bins / most);
  const start = BigInt(rate.start);
  const time = (bin: number) => start + BigInt(bin) * BigInt(rate.width);
  return Array.from({ length: Math.ceil(bins / each) }, (_, at): RateColumn => {
    const first = at * each;
    const end = Math.min(bins, first + each);
    const sum = (counts: readonly number[]) => counts.slice(first, end).reduce((a, b) => a + b, 0);
    return {
      from: time(first),
      to: time(end),
      all: sum(rate.all),
      shown: sum(rate.shown),
      errors: sum(rate.errors),
      gaps: sum(rate.gaps),
      number: rate.numbers.slice(first, end).find((number) => number > 0) ?? 0,
    };
  });
}
