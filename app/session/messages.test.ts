import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forEachMessage } from './index.ts';
import { message } from './testing/sessions.ts';

function walk(bytes: Uint8Array, protocol = 0): { rows: [number, number, string][]; end: number } {
  const rows: [number, number, string][] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = forEachMessage(view, 0, bytes.length, protocol, true, (...row) => rows.push(row));
  return { rows, end };
}

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('forEachMessage', () => {
  test('walks aligned messages; the last one may lack its padding', () => {
    const odd = message({ type: 16 }, [1]);
    const padded = join(odd, new Uint8Array(3));
    expect(walk(join(padded, odd))).toEqual({
      rows: [
        [0, 17, 'message'],
        [20, 17, 'message'],
      ],
      end: 37,
    });
    expect(walk(padded)).toEqual({ rows: [[0, 17, 'message']], end: 17 });
  });

  test('a rest of zeros is the unused rest of a buffer, other rests are rows', () => {
    const good = message({ type: 16 }, [1, 2, 3, 4]);
    expect(walk(join(good, new Uint8Array(100)))).toEqual({ rows: [[0, 20, 'message']], end: 20 });
    expect(walk(join(good, new Uint8Array([0, 0, 9]))).rows[1]).toEqual([20, 3, 'raw']);
    expect(walk(join(good, message({ type: 9, length: 15 }))).rows[1]).toEqual([20, 16, 'raw']);
    expect(walk(join(good, message({ type: 9, length: 17 }))).rows[1]).toEqual([20, 16, 'cut']);
  });

  test('protocols that need no nlmsghdr', () => {
    const text = new TextEncoder().encode('add@/devices/virtual/net/veth0');
    expect(walk(text, 15).rows).toEqual([[0, 30, 'raw']]);
    expect(walk(text, 2).rows).toEqual([[0, 30, 'raw']]);
    expect(walk(text, 31).rows).toEqual([[0, 30, 'raw']]);
    expect(walk(text, 0).rows).toEqual([[0, 30, 'cut']]);
    expect(walk(message({ type: 16 }), 2).rows).toEqual([[0, 16, 'message']]);
    expect(walk(new Uint8Array(0)).rows).toEqual([[0, 0, 'raw']]);
  });

  test('audit records whose length leaves the header out', () => {
    const payload = new Array(104).fill(65);
    expect(walk(message({ type: 1300, length: 104 }, payload), 9).rows).toEqual([[0, 120, 'message']]);
    expect(walk(message({ type: 1300, length: 8 }, payload.slice(0, 8)), 9).rows).toEqual([[0, 24, 'message']]);
    expect(walk(message({ type: 1300 }, payload), 9).rows).toEqual([[0, 120, 'message']]);
    expect(walk(message({ type: 1300, length: 104 }, payload), 0).rows.length).toBe(2);
  });

  test('rows never overlap, never leave the datagram, and cover every byte that is not zero', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc.uint8Array({ maxLength: 24 }).map((p) => message({ type: 16 }, [...p])),
          ),
        ),
        fc.integer({ min: 0, max: 31 }),
        (parts, protocol) => {
          const bytes = join(...parts);
          const { rows, end } = walk(bytes, protocol);
          const covered = new Uint8Array(bytes.length);
          let previous = 0;
          for (const [start, length] of rows) {
            expect(start).toBeGreaterThanOrEqual(previous);
            previous = start + length;
            covered.fill(1, start, previous);
          }
          expect(previous).toBe(end);
          expect(end).toBeLessThanOrEqual(bytes.length);
          const padding = rows.flatMap(([start, length]) => [0, 1, 2].map((n) => start + length + n));
          bytes.forEach((byte, i) => {
            if (byte !== 0 && covered[i] === 0) expect(padding).toContain(i);
          });
        },
      ),
      { seed: 20, numRuns: 2000 },
    );
  });
});
