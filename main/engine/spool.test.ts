import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memorySource, openCapture, plainEnvelope } from '../../app/captureFile/index.ts';
import { RateMeter } from './rateMeter.ts';
import { ChainedSource, Spool } from './spool.ts';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What is read into an array is what is read otherwise, wherever it begins and ends. */
function expectSame(source: Spool | ChainedSource): void {
  const ends = [0, 1, 2, 3, 4, 5, 40, 300, source.size - 70_000, source.size - 3, source.size, source.size + 5];
  for (const from of ends.filter((end) => end >= 0)) {
    for (const to of ends.filter((end) => end > from)) {
      const target = new Uint8Array(to - from);
      const count = source.readInto(target, from);
      expect(Buffer.compare(target.subarray(0, count), source.read(from, to - from)), `${from} to ${to}`).toBe(0);
    }
  }
}

describe('spool', () => {
  it('reads back what was just written, and is a capture on disk after a flush', () => {
    const path = join(directory, 'spool.pcapng');
    const spool = new Spool(path);
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i);
    const offsets = [bytes.subarray(0, 20), bytes].map((part) =>
      spool.writer.datagram(plainEnvelope(0, true), 5n, part),
    );
    expect([...spool.read(offsets[0], 20)]).toEqual([...bytes.subarray(0, 20)]);
    expect(Buffer.compare(spool.read(offsets[1], bytes.length), bytes)).toBe(0);
    expectSame(spool);
    spool.writer.flush();
    expectSame(spool);
    const reader = openCapture(memorySource(new Uint8Array(readFileSync(path))));
    expect(reader.ok && [reader.value.next(), reader.value.next(), reader.value.next()]).toEqual([
      'datagram',
      'datagram',
      'end',
    ]);
    spool.close();
    expect(spool.read(offsets[0], 20)).toHaveLength(0);
  });

  it('continues another source, also across the seam', () => {
    const chained = new ChainedSource(memorySource(Uint8Array.of(1, 2, 3)), memorySource(Uint8Array.of(4, 5)));
    expect(chained.size).toBe(5);
    expect([...chained.read(1, 1)]).toEqual([2]);
    expect([...chained.read(2, 2)]).toEqual([3, 4]);
    expect([...chained.read(3, 9)]).toEqual([4, 5]);
    expect([...chained.read(1, 9)]).toEqual([2, 3, 4, 5]);
    expectSame(chained);
  });
});

it('tells a rate over the last second', () => {
  const meter = new RateMeter();
  expect(meter.sample(0, 0)).toBe(0);
  expect(meter.sample(500, 100)).toBe(100);
  expect(meter.sample(1000, 300)).toBe(300);
  expect(meter.sample(2000, 300)).toBe(0);
  expect(meter.sample(3000, 1300)).toBe(1000);
  expect(meter.sample(3100, 5)).toBe(0);
});
