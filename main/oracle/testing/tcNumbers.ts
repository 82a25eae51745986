import { at, type Reader } from './compare.ts';

/** A handle as tc prints it: major: for a qdisc, major:minor for a class. */
function handle(value: unknown): string {
  const number = Number(value);
  const [major, minor] = [number >>> 16, number & 0xffff].map((part) => part.toString(16)) as [string, string];
  return number >>> 16 === 0 ? `:${minor}` : `${major}:${minor === '0' ? '' : minor}`;
}

/** The handle at a path; 0: for none. */
export const handleAt =
  (path: string): Reader =>
  (ours) => {
    const value = at(ours, path);
    return value === 0 ? '0:' : handle(value);
  };

/** The class that a filter leads to; undefined where it leads nowhere. */
export const classid =
  (path: string): Reader =>
  (ours) => {
    const value = at(ours, path);
    return value === undefined ? undefined : handle(value);
  };

/** A number at a path in hex digits. */
export const hexBare =
  (path: string): Reader =>
  (ours) =>
    (Number(at(ours, path)) >>> 0).toString(16);

/** Nanoseconds in a tick of the kernel's packet scheduler (net/pkt_sched.h: PSCHED_SHIFT). */
const TICK = 64;

/** Bytes that pass at a rate (bytes a second) in a number of ticks. */
export const bytesIn = (rate: unknown, ticks: unknown) => Math.trunc((Number(rate) * Number(ticks) * TICK) / 1e9);
