import { describe, expect, it } from 'vitest';
import type { FieldKind, FieldNode } from '../../app/contracts/index.ts';
import {
  asciiOf,
  clipToLine,
  depthsOf,
  hexOf,
  lineCount,
  moveCursor,
  offsetLabel,
  PADDING,
  PLAIN,
} from './hexLayout.ts';

function node(
  kind: FieldKind,
  range: [number, number],
  payload: [number, number],
  children: FieldNode[] = [],
): FieldNode {
  return {
    name: '',
    kind,
    type: '',
    value: null,
    text: '',
    range: { start: range[0], end: range[1] },
    payload: { start: payload[0], end: payload[1] },
    children,
  };
}

describe('depthsOf', () => {
  // nlmsghdr, a 7 byte string attribute with a byte of padding, and a nest with one u32.
  const depths = depthsOf(
    [
      node('header', [0, 16], [0, 16]),
      node('attr', [16, 23], [20, 23]),
      node('nest', [24, 36], [28, 36], [node('attr', [28, 36], [32, 36])]),
      node('generated', [0, 0], [0, 0]),
    ],
    36,
  );

  it('tints headers and leaves payload plain', () => {
    expect(new Set(depths.subarray(0, 16))).toEqual(new Set([3]));
    expect([...depths.subarray(16, 23)]).toEqual([2, 2, 2, 2, PLAIN, PLAIN, PLAIN]);
  });

  it('takes what no field covers for padding', () => {
    expect(depths[23]).toBe(PADDING);
  });

  it('gives nested headers another tint than the nest around them', () => {
    expect(depths[24]).toBe(2);
    expect(depths[28]).toBe(3);
    expect(depths[32]).toBe(PLAIN);
  });

  it('survives ranges that lie outside of the message', () => {
    expect([...depthsOf([node('attr', [2, 90], [6, 90])], 4)]).toEqual([PADDING, PADDING, 2, 2]);
  });
});

describe('hex layout', () => {
  it('counts lines and clips ranges to them', () => {
    expect([lineCount(0, 16), lineCount(16, 16), lineCount(17, 16), lineCount(17, 8)]).toEqual([1, 1, 2, 3]);
    expect(clipToLine({ start: 14, end: 20 }, 0, 16)).toEqual({ start: 14, end: 16 });
    expect(clipToLine({ start: 14, end: 20 }, 16, 16)).toEqual({ start: 0, end: 4 });
    expect(clipToLine({ start: 14, end: 20 }, 32, 16)).toBeNull();
    expect(clipToLine(null, 0, 16)).toBeNull();
  });

  it('writes offsets, bytes and ASCII', () => {
    expect([offsetLabel(0x14), offsetLabel(0x12345)]).toEqual(['0014', '12345']);
    expect(hexOf(new Uint8Array([0, 10, 255]))).toBe('00 0a ff');
    expect([0x41, 0x00, 0x7f, 0x20].map(asciiOf)).toEqual(['A', '·', '·', '\u00a0']);
  });

  it('moves the cursor as keys say, and never out of the message', () => {
    const motion = { length: 40, columns: 16, pageLines: 2, ctrl: false };
    expect(moveCursor('ArrowDown', 20, motion)).toBe(36);
    expect(moveCursor('ArrowDown', 36, motion)).toBe(39);
    expect(moveCursor('ArrowUp', 3, motion)).toBe(0);
    expect(moveCursor('Home', 20, motion)).toBe(16);
    expect(moveCursor('End', 20, motion)).toBe(31);
    expect(moveCursor('End', 20, { ...motion, ctrl: true })).toBe(39);
    expect(moveCursor('x', 20, motion)).toBeNull();
  });
});
