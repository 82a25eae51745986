import { describe, expect, test } from 'vitest';
import { BatchCursor, RECORD_DATAGRAM, RECORD_HEADER_BYTES, RECORD_QUEUE_LOSS, RECORD_SOCKET_LOSS } from './batch.ts';

/** Seven header numbers as batch.ts documents them, and the payload. */
function record(header: readonly [number, bigint, number, number, number, number], payload: Uint8Array): Uint8Array {
  const [second, time, portid, group, nsid, kind] = header;
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + ((payload.length + 7) & ~7));
  const words = new DataView(bytes.buffer);
  const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  words.setUint32(0, payload.length, little);
  words.setUint32(4, second, little);
  words.setBigUint64(8, time, little);
  words.setUint32(16, portid, little);
  words.setUint32(20, group, little);
  words.setInt32(24, nsid, little);
  words.setUint32(28, kind, little);
  bytes.set(payload, RECORD_HEADER_BYTES);
  return bytes;
}

const TIME = 1_790_000_000_123_456_789n;
const datagram = record([3, TIME, 4_294_967_290, 37, -1, RECORD_DATAGRAM], Uint8Array.of(1, 2, 3));
const cut = record([9, TIME + 1n, 5, 0, 4, RECORD_DATAGRAM], Uint8Array.of(4, 5, 6, 7, 8, 9, 10, 11));
const loss = record([412, TIME + 2n, 105, 0, -1, RECORD_SOCKET_LOSS], new Uint8Array(0));
const queueLoss = record([7, TIME + 3n, 0, 0, -1, RECORD_QUEUE_LOSS], new Uint8Array(0));
const batch = Buffer.concat([datagram, cut, loss, queueLoss]);

describe('BatchCursor', () => {
  test('reads records in order, with padding between them', () => {
    const cursor = new BatchCursor().reset(batch);
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ kind: RECORD_DATAGRAM, originalLength: 3, sourcePortid: 4_294_967_290, group: 37 });
    expect(cursor).toMatchObject({ nsid: -1, lost: 0, errno: 0, timeNs: TIME });
    expect([...cursor.payload()]).toEqual([1, 2, 3]);
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ originalLength: 9, sourcePortid: 5, group: 0, nsid: 4, timeNs: TIME + 1n });
    expect(cursor.end - cursor.start).toBe(8);
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({
      kind: RECORD_SOCKET_LOSS,
      lost: 412,
      errno: 105,
      sourcePortid: 0,
      originalLength: 0,
    });
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ kind: RECORD_QUEUE_LOSS, lost: 7, errno: 0, timeNs: TIME + 3n });
    expect(cursor.next()).toBe(false);
  });

  test('reads a batch that is a part of a larger buffer, and starts anew with the next one', () => {
    const larger = new Uint8Array(batch.length + 5);
    larger.set(batch, 5);
    const cursor = new BatchCursor().reset(larger.subarray(5));
    let count = 0;
    while (cursor.next()) count++;
    expect(count).toBe(4);
    expect(cursor.reset(datagram).next()).toBe(true);
    expect([...cursor.payload()]).toEqual([1, 2, 3]);
  });

  test('stops where a record is not whole', () => {
    for (let length = 0; length < batch.length; length++) {
      const cursor = new BatchCursor().reset(batch.subarray(0, length));
      while (cursor.next()) expect(cursor.end).toBeLessThanOrEqual(length);
    }
  });
});
