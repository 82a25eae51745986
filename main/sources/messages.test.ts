import { expect, test } from 'vitest';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';
import { parseFamily } from './genlFamilies.ts';
import { forEachAttribute, forEachMessage, type MessageView, readText, readUnsigned } from './messages.ts';

/** A message of `length` bytes that says it has `claimed`. */
function message(length: number, claimed = length, seq = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, claimed, HOST_LITTLE_ENDIAN);
  view.setUint16(4, 16, HOST_LITTLE_ENDIAN);
  view.setUint32(8, seq, HOST_LITTLE_ENDIAN);
  return bytes;
}

function walk(bytes: Uint8Array): MessageView[] {
  const seen: MessageView[] = [];
  forEachMessage(bytes, (view) => seen.push({ ...view }));
  return seen;
}

test('messages follow one another at multiples of 4; the last may lack its padding', () => {
  const seen = walk(Buffer.concat([message(20, 18, 1), message(21, 21, 2)]));
  expect(seen.map(({ seq, start, end }) => ({ seq, start, end }))).toEqual([
    { seq: 1, start: 16, end: 18 },
    { seq: 2, start: 36, end: 41 },
  ]);
});

test('a length that cannot be true ends the walk', () => {
  expect(walk(message(16, 15))).toEqual([]);
  expect(walk(message(16, 17))).toEqual([]);
  expect(walk(message(16, 0xffffffff))).toEqual([]);
  expect(walk(new Uint8Array(15))).toEqual([]);
  expect(walk(Buffer.concat([message(16), new Uint8Array(40)]))).toHaveLength(1);
});

test('attributes of arbitrary bytes stay within their range', () => {
  let state = 12345;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: round % 97 }, () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return (state >> 16) & (round % 3 === 0 ? 0x0f : 0xff);
    });
    forEachAttribute(bytes, 0, bytes.length, (_, start, end) => {
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeLessThanOrEqual(bytes.length);
    });
    const family = { type: 16, flags: 0, seq: 0, portid: 0, start: 0, end: bytes.length };
    if (bytes.length > 0) bytes[0] = 1;
    expect(() => parseFamily(bytes, family)).not.toThrow();
  }
});

test('integers and text are as long as their range', () => {
  const four = new Uint8Array(Uint32Array.of(0xfedcba98).buffer);
  expect(readUnsigned(four, 0, 4)).toBe(0xfedcba98);
  expect(readUnsigned(new Uint8Array(Uint16Array.of(0xfedc).buffer), 0, 2)).toBe(0xfedc);
  expect(readUnsigned(four, 0, 0)).toBe(0);
  expect(readText(new TextEncoder().encode('eth0\0rest'), 0, 9)).toBe('eth0');
  expect(readText(new TextEncoder().encode('unterminated'), 0, 12)).toBe('unterminated');
});
