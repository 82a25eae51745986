import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quote, readBytes, readIp, readNumber, readQuoted, readSeconds, readTime } from './literals.ts';

test.each<[string, number | bigint | undefined]>([
  ['0', 0],
  ['-0x10', -16],
  ['0b101', 5],
  ['017', 15],
  ['0o17', 15],
  ['018', undefined],
  ['1e3', 1000],
  ['0.25', 0.25],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['0x', undefined],
  ['1.', undefined],
  ['12ab', undefined],
  ['1'.repeat(100), undefined],
])('number %s', (text, expected) => {
  expect(readNumber(text)).toBe(expected);
});

test('numbers are read as JavaScript writes them', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => BigInt(readNumber(`${value}`)!) === value),
  );
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => readNumber(`${value}`) === value));
});

describe('quoted text', () => {
  test.each([
    ['"a\\tb"', 'a\tb'],
    ['"\\x41\\u00e9\\101"', 'AéA'],
    ['"\\q"', '\\q'],
    ['r"\\d\\"x"', '\\d"x'],
    ["'\\''", "'"],
  ])('%s', (text, expected) => {
    expect(readQuoted(text)).toBe(expected);
  });

  test('is read back as it was written', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => readQuoted(quote(text)) === text));
  });
});

describe('addresses', () => {
  const piece = fc.constantFrom('1', '255', '256', '10', 'fe80', 'f', ':', '::', '.', '10.0.0.1', '12345', '0');
  test('are those that the host’s own library knows', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 17 }), (pieces) => {
        const text = pieces.join('');
        expect(readIp(text) !== undefined).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::', '00000000000000000000000000000000'],
    ['10.0.0.1', '0a000001'],
  ])('%s', (text, hex) => {
    expect(Buffer.from(readIp(text)!.address).toString('hex')).toBe(hex);
  });

  test('prefix lengths', () => {
    expect(readIp('10.0.0.0/8')?.prefix).toBe(8);
    expect(readIp('::/128')?.prefix).toBe(128);
    expect(readIp('10.0.0.0/33')).toBeUndefined();
    expect(readIp('10.0.0.0/8/8')).toBeUndefined();
    expect(readIp('10.0.0.0/')).toBeUndefined();
  });
});

test.each([
  ['00:1b:21', [0, 0x1b, 0x21]],
  ['0-1b-2', [0, 0x1b, 2]],
  ['001b.213c', [0, 0x1b, 0x21, 0x3c]],
  ['ff', [0xff]],
  ['ff:', [0xff]],
  ['0xff00', [0xff, 0]],
  ['fff', undefined],
  ['00:1b-21', undefined],
  ['gg', undefined],
])('bytes %s', (text, expected) => {
  expect(readBytes(text)).toEqual(expected && Uint8Array.from(expected));
});

test.each([
  ['2026-11-20 14:02:11.3Z', '2026-11-20T14:02:11.300Z'],
  ['2026-11-20T14:02:11,000000001Z', '2026-11-20T14:02:11.000Z'],
  ['2026-11-20 14:02 +0530', '2026-11-20T08:32:00.000Z'],
  ['2026-11-20Z', '2026-11-20T00:00:00.000Z'],
  ['2026-02-30Z', undefined],
  ['2026-11-20 24:00Z', undefined],
  ['14:02:11', undefined],
])('time %s', (text, expected) => {
  const time = readTime(text);
  expect(time === undefined ? undefined : new Date(Number(time / 1_000_000n)).toISOString()).toBe(expected);
});

test('times and seconds keep every nanosecond', () => {
  expect(readTime('1970-01-01 00:00:01.123456789Z')).toBe(1_123_456_789n);
  expect(readSeconds('1.000000001')).toBe(1_000_000_001n);
  expect(readSeconds('-2.5')).toBe(-2_500_000_000n);
  expect(readSeconds('1.0000000001')).toBeUndefined();
});
