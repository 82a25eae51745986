import { describe, expect, it } from 'vitest';
import { batchOf, datagramFor, isBatchLimit } from './nftBatch.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE } from './numbers.ts';

/** nlmsghdr of a type and nfgenmsg, and an attribute of five bytes whose padding the sender left out. */
function message(type: number, littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(25);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 25, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint32(8, 7, littleEndian);
  view.setUint16(20, 5, littleEndian);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The datagram of a message, and where in it the message stands. */
function batched(...of: Parameters<typeof datagramFor>): { readonly bytes: Uint8Array; readonly at: number } {
  const { bytes, starts } = datagramFor(...of);
  return { bytes, at: starts[0]! };
}

describe('what changes nftables', () => {
  it('goes between the limits that nft writes', () => {
    const { bytes, at } = batched(NETLINK_NETFILTER, message(0x0a00), true);
    expect(bytes).toHaveLength(20 + 28 + 20);
    // As nft(8) sends them, but for the sequence numbers.
    expect(hex(bytes.subarray(0, at))).toBe('1400000010000100060000000000000000' + '00000a');
    expect(hex(bytes.subarray(48))).toBe('1400000011000100080000000000000000' + '00000a');
    expect([...bytes.subarray(at, at + 25)]).toEqual([...message(0x0a00)]);
  });

  it('goes in its own byte order, but for the subsystem', () => {
    const { bytes, at } = batched(NETLINK_NETFILTER, message(0x0a00, false), false);
    expect(hex(bytes.subarray(0, at))).toBe('0000001400100001000000060000000000' + '00000a');
  });

  it('is told from what asks, and from other subsystems and protocols', () => {
    const alone = [0x0a01, 0x0a04, 0x0a10, 0x0a15, 0x0100, 0x0010];
    for (const type of alone) expect(batched(NETLINK_NETFILTER, message(type), true).at, `${type}`).toBe(0);
    expect(batched(NETLINK_ROUTE, message(0x0a00), true).at).toBe(0);
    expect(batched(NETLINK_NETFILTER, new Uint8Array(3), true).at).toBe(0);
  });

  it('goes in one batch with others, each at four bytes', () => {
    const { bytes, starts } = batchOf([message(0x0a00), message(0x0a03), message(0x0a06)], true);
    expect(starts).toEqual([20, 48, 76]);
    expect(bytes).toHaveLength(20 + 3 * 28 + 20);
    expect(hex(bytes.subarray(104))).toBe('1400000011000100080000000000000000' + '00000a');
    expect([16, 17, 18].map((type) => isBatchLimit(NETLINK_NETFILTER, type))).toEqual([true, true, false]);
  });
});
