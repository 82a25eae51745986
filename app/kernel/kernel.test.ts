import { expect, test, vi } from 'vitest';
import { asciiReader, kernel } from './index.ts';
import { Kernel } from './kernel.ts';

test('a thread has one kernel', () => {
  expect(kernel()).toBe(kernel());
});

test('pieces of memory are apart, all zero, and stay what they are when memory grows', () => {
  const own = new Kernel();
  const pieces = [1, 4097, 100_000, 3 << 20, 70 << 20, 5].map((size) => ({ size, ...own.allocate(size) }));
  const ranges = pieces.map(({ at, bytes }) => [at, at + bytes.length]).sort(([a], [b]) => a - b);
  for (const [i, [start]] of ranges.entries()) if (i > 0) expect(start).toBeGreaterThanOrEqual(ranges[i - 1][1]);
  for (const [i, { bytes, size }] of pieces.entries()) {
    expect(bytes.length).toBeGreaterThanOrEqual(size);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    bytes.fill(i + 1);
  }
  for (const [i, { at, bytes, view }] of pieces.entries()) {
    expect(bytes.every((byte) => byte === i + 1)).toBe(true);
    expect([own.view.getUint8(at + bytes.length - 1), view.getUint8(0)]).toEqual([i + 1, i + 1]);
  }
});

test('eight bytes can be read from the last of any piece on', () => {
  const own = new Kernel();
  for (let i = 0; i < 64; i++) {
    const { at, bytes } = own.allocate(4096);
    expect(own.view.getBigUint64(at + bytes.length - 1)).toBe(0n);
  }
});

test('text in a piece is read with the host’s own reader and without one', () => {
  const piece = new Kernel().allocate(64);
  piece.bytes.set(
    Uint8Array.from('eth0 up', (letter) => letter.charCodeAt(0)),
    3,
  );
  const texts = [asciiReader(piece).latin1Slice(3, 10)];
  vi.stubGlobal('Buffer', undefined);
  try {
    texts.push(asciiReader(piece).latin1Slice(3, 10));
  } finally {
    vi.unstubAllGlobals();
  }
  expect(texts).toEqual(['eth0 up', 'eth0 up']);
});

test('new memory of large sessions is told, that of small ones is not', () => {
  const own = new Kernel();
  const told: number[] = [];
  own.grown = (bytes) => told.push(bytes.length);
  own.allocate(1 << 20);
  expect(told).toEqual([]);
  own.allocate(8 << 20);
  own.allocate(8 << 20);
  expect(told.length).toBe(1);
});

test('bytes of others are copied, its own are found where they are', () => {
  const own = new Kernel();
  const piece = own.allocate(64);
  expect(own.addressOf(piece.view, 8, 16)).toBe(piece.at + 8);
  const view = new DataView(Uint8Array.from({ length: 100_000 }, (_, i) => i).buffer, 3);
  const at = own.addressOf(view, 5, 90_000);
  expect([own.view.getUint8(at), own.view.getUint8(at + 89_999)]).toEqual([8, (8 + 89_999) & 0xff]);
});

test('pieces that nobody holds are given out again, before they are many', async () => {
  const own = new Kernel();
  const size = 1 << 20;
  const count = 2000;
  for (let i = 0; i < count; i++) {
    own.allocate(size).bytes[0] = 1;
    // Who was collected is told between turns.
    if (i % 20 === 0) await new Promise((done) => setTimeout(done, 0));
  }
  expect(own.byteLength).toBeLessThan((size * count) / 2);
});
