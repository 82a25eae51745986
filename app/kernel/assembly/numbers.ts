/** Loops over columns of numbers. */

/**
 * Moves those of the `count` picks whose numbers are in a range to the front, in their order. Returns how many. Nothing
 * branches on the numbers: messages of a capture follow no pattern that a processor could guess.
 * @param numbers the column, of `size` bytes each (1, 2 or 4)
 * @param mask bits of a number that count
 * @param width what the range's last number is greater than its `first`
 * @param isInside 0 keeps the others
 */
export function keepInRange(
  numbers: usize,
  size: u32,
  mask: u32,
  first: u32,
  width: u32,
  isInside: u32,
  picks: usize,
  count: u32,
): u32 {
  let kept: u32 = 0;
  if (size === 1) {
    for (let i: u32 = 0; i < count; i++) {
      const place = load<u16>(picks + i * 2);
      store<u16>(picks + kept * 2, place);
      const value = <u32>load<u8>(numbers + place);
      kept += <u32>((value & mask) - first <= width) ^ isInside ^ 1;
    }
  } else if (size === 2) {
    for (let i: u32 = 0; i < count; i++) {
      const place = load<u16>(picks + i * 2);
      store<u16>(picks + kept * 2, place);
      const value = <u32>load<u16>(numbers + <usize>place * 2);
      kept += <u32>((value & mask) - first <= width) ^ isInside ^ 1;
    }
  } else {
    for (let i: u32 = 0; i < count; i++) {
      const place = load<u16>(picks + i * 2);
      store<u16>(picks + kept * 2, place);
      const value = load<u32>(numbers + <usize>place * 4);
      kept += <u32>((value & mask) - first <= width) ^ isInside ^ 1;
    }
  }
  return kept;
}

/** Writes what a table says of half words, a half word each, from place `from` to before `to`. */
export function translate(halves: usize, table: usize, target: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    store<u16>(target + i * 2, load<u16>(table + <usize>load<u16>(halves + i * 2) * 2));
  }
}
