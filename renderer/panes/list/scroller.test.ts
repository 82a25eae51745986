import { describe, expect, it } from 'vitest';
import {
  canvasHeight,
  type Geometry,
  MAX_CANVAS,
  maxOffset,
  offsetOf,
  originRow,
  reveal,
  rowSlots,
  scrollTopOf,
  slotCount,
  visibleRows,
  wheelPixels,
} from './scroller.ts';

const small: Geometry = { rows: 1_000, rowHeight: 24, viewport: 480 };
const huge: Geometry = { rows: 10_000_000, rowHeight: 24, viewport: 487 };

describe('scaled scroller', () => {
  it('is the plain scroller while the rows fit on the canvas', () => {
    expect(canvasHeight(small)).toBe(24_000);
    expect(offsetOf(small, 123)).toBe(123);
    expect(scrollTopOf(small, 123)).toBe(123);
  });

  it('never makes the canvas taller than a browser can lay out', () => {
    expect(canvasHeight(huge)).toBe(MAX_CANVAS);
  });

  it('reaches the very first and the very last row of ten million', () => {
    expect(visibleRows(huge, offsetOf(huge, 0)).first).toBe(0);
    const end = offsetOf(huge, MAX_CANVAS - huge.viewport);
    expect(visibleRows(huge, end).last).toBe(10_000_000);
    expect(end).toBe(maxOffset(huge));
  });

  it('maps there and back', () => {
    for (const offset of [0, 1, 24_000_000, 123_456_789.5, maxOffset(huge)]) {
      expect(offsetOf(huge, scrollTopOf(huge, offset))).toBeCloseTo(offset, 3);
    }
  });

  it('draws the rows that are at least partly visible', () => {
    expect(visibleRows(small, 36)).toEqual({ first: 1, last: 22 });
    expect(visibleRows({ ...small, rows: 3 }, 0)).toEqual({ first: 0, last: 3 });
    expect(visibleRows({ ...small, rows: 0 }, 0)).toEqual({ first: 0, last: 0 });
  });

  it('moves by exact pixels however many rows there are', () => {
    const before = 120_000_000;
    const after = before + wheelPixels({ deltaY: 100, deltaMode: 0 }, huge);
    expect(visibleRows(huge, after).first - visibleRows(huge, before).first).toBe(4);
    expect(wheelPixels({ deltaY: 3, deltaMode: 1 }, huge)).toBe(72);
    expect(wheelPixels({ deltaY: -1, deltaMode: 2 }, huge)).toBe(-487);
  });

  it('places rows from an origin that is near, whatever the offset', () => {
    for (const first of [0, 4095, 4096, 9_999_999]) {
      expect(first - originRow(first)).toBeGreaterThanOrEqual(0);
      expect(first - originRow(first)).toBeLessThan(4096);
    }
  });

  it('gives a row that scrolls in the element of one that scrolled out, and no row that stays another one', () => {
    const slots = slotCount(huge);
    const drawn = (offset: number, turn: number) => {
      const found = rowSlots(visibleRows(huge, offset).first, huge, slots, turn);
      expect(new Set(found.map(({ slot }) => slot)).size).toBe(found.length);
      return new Map(found.map(({ slot, index }) => [index, slot]));
    };
    for (const offset of [0, 1, 23, 24_000_001, 123_456_789, maxOffset(huge) - 200]) {
      const { first, last } = visibleRows(huge, offset);
      const before = drawn(offset, first % slots);
      // At rest they stand as they are seen.
      expect([...before.keys()]).toEqual(Array.from({ length: before.size }, (_, at) => first + at));
      expect(before.has(last - 1)).toBe(true);
      const after = drawn(offset + 100, first % slots);
      expect(after.size).toBe(Math.min(slots, huge.rows - first - 4));
      for (const [index, slot] of after) expect(before.get(index) ?? slot).toBe(slot);
    }
    expect(rowSlots(0, { ...small, rows: 2 }, slots, 7)).toHaveLength(2);
    expect(rowSlots(0, { ...small, rows: 0 }, slots, 0)).toEqual([]);
  });

  it('reveals a row with the least movement', () => {
    expect(reveal(small, 100, 10)).toBe(100);
    expect(reveal(small, 100, 2)).toBe(48);
    expect(reveal(small, 100, 40)).toBe(41 * 24 - 480);
    expect(reveal(small, 100, 999)).toBe(maxOffset(small));
    expect(reveal({ ...small, viewport: 10 }, 0, 5)).toBe(120);
  });
});
