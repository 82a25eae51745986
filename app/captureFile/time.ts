/**
 * Nanoseconds since 1970 as an unsigned 64-bit number in two halves, as pcapng stores them: exact, and free of BigInt
 * on hot paths.
 */
export interface SplitTime {
  high: number;
  low: number;
}

const TWO_32 = 0x1_0000_0000;
const LARGEST = 0xffff_ffff_ffff_ffffn;

/** How the ticks of a pcapng interface become nanoseconds: if_tsresol and if_tsoffset. */
export interface TickScale {
  /** Nanoseconds in a tick when that is a whole number and small enough for exact arithmetic in doubles, else 0. */
  readonly nanosecondsPerTick: number;
  readonly ticksPerSecond: bigint;
  readonly offsetSeconds: bigint;
}

/**
 * Reads if_tsresol (a power of ten, or of two when bit 7 is set; pcapng section 4.2) and if_tsoffset (seconds).
 */
export function tickScale(resolution: number, offsetSeconds: bigint): TickScale {
  const exponent = BigInt(resolution & 0x7f);
  const ticksPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  const whole =
    offsetSeconds === 0n &&
    ticksPerSecond >= 1000n &&
    ticksPerSecond <= 1_000_000_000n &&
    1_000_000_000n % ticksPerSecond === 0n;
  return { nanosecondsPerTick: whole ? Number(1_000_000_000n / ticksPerSecond) : 0, ticksPerSecond, offsetSeconds };
}

/** Converts ticks to nanoseconds. Times before 1970 become 1970, times that 64 bits cannot hold the last one they can. */
export function setFromTicks(time: SplitTime, scale: TickScale, high: number, low: number): void {
  const factor = scale.nanosecondsPerTick;
  if (factor === 1) {
    time.high = high;
    time.low = low;
    return;
  }
  if (factor !== 0) {
    const scaled = low * factor;
    const upper = high * factor + Math.floor(scaled / TWO_32);
    if (upper < TWO_32) {
      time.high = upper;
      time.low = scaled % TWO_32;
      return;
    }
  }
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  setFromBigInt(time, (ticks * 1_000_000_000n) / scale.ticksPerSecond + scale.offsetSeconds * 1_000_000_000n);
}

/** Splits nanoseconds since 1970, clamped to what 64 unsigned bits hold. */
export function setFromBigInt(time: SplitTime, nanoseconds: bigint): void {
  const clamped = nanoseconds < 0n ? 0n : nanoseconds > LARGEST ? LARGEST : nanoseconds;
  time.high = Number(clamped >> 32n);
  time.low = Number(clamped & 0xffff_ffffn);
}

/** Nanoseconds since 1970. */
export function joinTime(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
