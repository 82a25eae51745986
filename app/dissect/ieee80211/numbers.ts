/** Channel of a frequency in MHz (IEEE 802.11, annexes D and E); null where channels are not numbered. */
function channelOf(mhz: number): number | null {
  if (mhz === 2484) return 14;
  if (mhz === 5935) return 2;
  const [base, step] = BANDS.find(([from, to]) => mhz >= from && mhz <= to)?.[2] ?? [0, 0];
  const channel = step === 0 ? 0.5 : (mhz - base) / step;
  return Number.isInteger(channel) ? channel : null;
}

/** Frequencies in MHz from, to, and those that channel 0 would have and channels are apart. */
const BANDS: readonly (readonly [from: number, to: number, numbering: readonly [base: number, step: number]])[] = [
  [2412, 2472, [2407, 5]],
  [4910, 4980, [4000, 5]],
  [5000, 5925, [5000, 5]],
  [5945, 7125, [5950, 5]],
  [58320, 69120, [56160, 2160]],
];

/** "2412 MHz (channel 1)". */
export function frequencyText(mhz: number): string {
  const channel = channelOf(mhz);
  return channel === null ? `${mhz} MHz` : `${mhz} MHz (channel ${channel})`;
}

const MEMBERSHIPS: ReadonlyMap<number, string> = new Map([
  [0xff, 'HT'],
  [0xfe, 'VHT'],
  [0xfd, 'GLK'],
  [0xfc, 'EPD'],
  [0xfb, 'SAE-H2E'],
  [0xfa, 'HE'],
]);

/** A rate of 500 kbit/s units in Mb/s, a basic one with its mark: "6* 9 12*"; or what a member must be able to do. */
export function rateText(value: number): string {
  return MEMBERSHIPS.get(value) ?? `${(value & 0x7f) / 2}${value & 0x80 ? '*' : ''}`;
}
