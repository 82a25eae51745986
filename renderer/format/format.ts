/** How numbers, times and sizes read in the window: one way everywhere. */

/** "18,207": grouped by thousands, whatever the locale, because kernel tools write it so. */
export function count(value: number): string {
  if (!Number.isSafeInteger(value)) return value.toLocaleString('en-US');
  // Every row of the list that scrolls in has some: Intl takes many times longer.
  let text = `${value}`;
  const digits = value < 0 ? 1 : 0;
  for (let at = text.length - 3; at > digits; at -= 3) text = `${text.slice(0, at)},${text.slice(at)}`;
  return text;
}

/** "1 message", "2 messages". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * Wall clock of a message in the local zone, in two pieces: "14:02:" and "09.411957".
 * @param time nanoseconds since 1970 as digits
 */
export function clock(time: string): { readonly minutes: string; readonly seconds: string } {
  const date = new Date(Number(time.slice(0, -6)));
  const two = (part: number) => `${part}`.padStart(2, '0');
  const micros = time.padStart(9, '0').slice(-9, -3);
  return {
    minutes: `${two(date.getHours())}:${two(date.getMinutes())}:`,
    seconds: `${two(date.getSeconds())}.${micros}`,
  };
}

/** "2026-11-20 14:02:09.411957", in the local zone. */
export function dateAndClock(time: string): string {
  const { minutes, seconds } = clock(time);
  return `${isoDay(new Date(Number(time.slice(0, -6))))} ${minutes}${seconds}`;
}

/** Seconds from one time to another, both nanoseconds since 1970 as digits: "0.001234", "-2.000000". */
export function secondsBetween(from: string, to: string): string {
  const micros = (BigInt(to) - BigInt(from)) / 1000n;
  const digits = `${micros < 0n ? -micros : micros}`.padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** "4.94 ms", "180.83 ms", "2.10 s", "0.20 ms". */
export function latency(nanoseconds: number): string {
  return nanoseconds < 1e9 ? `${(nanoseconds / 1e6).toFixed(2)} ms` : `${(nanoseconds / 1e9).toFixed(2)} s`;
}

/** A span of time in the unit that suits it, to three digits: "67.1 ms", "1.02 µs", "2.5 h". */
export function span(nanoseconds: number): string {
  const units = [
    ['ns', 1],
    ['µs', 1e3],
    ['ms', 1e6],
    ['s', 1e9],
    ['min', 60e9],
    ['h', 3600e9],
    ['d', 86_400e9],
  ] as const;
  const [unit, scale] = units.findLast(([, least]) => nanoseconds >= least) ?? units[0];
  return `${Number((nanoseconds / scale).toPrecision(3))} ${unit}`;
}

/** Seconds since the start as "00:04:12". */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => `${Math.floor(part)}`.padStart(2, '0'))
    .join(':');
}

/** "7.4 MB", "209 kB", "12 B": powers of ten, as `ls -h --si` and file managers have it. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${units[unit]}`;
}

/** "118 msg/s", "1,204 msg/s". */
export function rate(perSecond: number): string {
  return `${count(Math.round(perSecond))} msg/s`;
}

/** "today 13:40", "yesterday", "18 November", "18 November 2025". */
export function day(time: Date, now: Date = new Date()): string {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(time)) / 86_400_000);
  if (days === 0) return `today ${time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
  if (days === 1) return 'yesterday';
  const year = time.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year });
}

/** Name for a new file: "nlscope-2026-11-20-140209.pcapng". */
export function captureName(now: Date = new Date()): string {
  const two = (part: number) => `${part}`.padStart(2, '0');
  return `nlscope-${isoDay(now)}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.pcapng`;
}

/** "2026-11-20" */
function isoDay(date: Date): string {
  const two = (part: number) => `${part}`.padStart(2, '0');
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
}
