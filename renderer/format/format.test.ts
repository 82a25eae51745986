import { describe, expect, it } from 'vitest';
import {
  bytes,
  captureName,
  clock,
  count,
  dateAndClock,
  day,
  elapsed,
  latency,
  plural,
  secondsBetween,
} from './format.ts';

describe('format', () => {
  it('shows the wall clock to the microsecond, exactly', () => {
    const date = new Date(2026, 10, 20, 14, 2, 9);
    expect(clock(`${date.getTime() / 1000}411957123`)).toEqual({ minutes: '14:02:', seconds: '09.411957' });
    expect(clock('0').seconds).toBe('00.000000');
  });

  it('shows date and clock, and the seconds from one time to another', () => {
    const time = `${new Date(2026, 0, 2, 4, 5, 6).getTime() / 1000}007089123`;
    expect(dateAndClock(time)).toBe('2026-01-02 04:05:06.007089');
    expect(secondsBetween('1000000000123456789', '1000000000123456789')).toBe('0.000000');
    expect(secondsBetween('1000000000999999999', '1000000012000001000')).toBe('11.000001');
    expect(secondsBetween('1000000012000001000', '1000000000999999999')).toBe('-11.000001');
  });

  it('groups digits as the English language does', () => {
    for (const value of [
      0, 7, 999, 1000, 18_207, 999_999, 1_000_000, 12_190_807, -1, -999, -1000, -123_456, 1.5, 1e21,
    ]) {
      expect(count(value)).toBe(value.toLocaleString('en-US'));
    }
  });

  it('shows latencies in milliseconds until a second', () => {
    expect([latency(4_944_000), latency(180_830_000), latency(199_000), latency(2_100_000_000)]).toEqual([
      '4.94 ms',
      '180.83 ms',
      '0.20 ms',
      '2.10 s',
    ]);
  });

  it('shows sizes with two digits that matter', () => {
    expect([12, 999, 1000, 7_400_000, 209_400, 999_600, 2e9].map(bytes)).toEqual([
      '12 B',
      '999 B',
      '1.0 kB',
      '7.4 MB',
      '209 kB',
      '1.0 MB',
      '2.0 GB',
    ]);
  });

  it('counts', () => {
    expect([count(18207), plural(1, 'gap'), plural(1204, 'message')]).toEqual(['18,207', '1 gap', '1,204 messages']);
    expect([elapsed(252_900), elapsed(-5), elapsed(3_600_000 * 27)]).toEqual(['00:04:12', '00:00:00', '27:00:00']);
  });

  it('names days as people do', () => {
    const now = new Date(2026, 10, 20, 14, 0);
    expect(day(new Date(2026, 10, 20, 13, 40), now)).toBe('today 13:40');
    expect(day(new Date(2026, 10, 19, 23, 59), now)).toBe('yesterday');
    expect(day(new Date(2026, 10, 18), now)).toBe('18 November');
    expect(day(new Date(2025, 10, 18), now)).toBe('18 November 2025');
    expect(captureName(new Date(2026, 0, 2, 3, 4, 5))).toBe('nlscope-2026-01-02-030405.pcapng');
  });
});
