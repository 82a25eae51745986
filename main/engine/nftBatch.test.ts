import { describe, expect, it } from 'vitest';
import { toHex } from '../../app/dissect/index.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { datagramFor } from './nftBatch.ts';

/** nlmsghdr of a type and nfgenmsg, and an attribute of five bytes whose padding the sender left out. */
function message(type: number): Uint8Array {
  const bytes = new Uint8Array(25);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 25, HOST_LITTLE_ENDIAN);
  view.setUint16(4, type, HOST_LITTLE_ENDIAN);
  view.setUint32(8, 7, HOST_LITTLE_ENDIAN);
  view.setUint16(20, 5, HOST_LITTLE_ENDIAN);
  return bytes;
}

describe('what changes nftables', () => {
  it.skipIf(!HOST_LITTLE_ENDIAN)('goes between the limits that nft writes', () => {
    const { bytes, batched } = datagramFor(NETLINK_NETFILTER, message(0x0a00));
    expect(batched).toBe(true);
    expect(bytes).toHaveLength(20 + 28 + 20);
    // As nft(8) sends them, but for the sequence numbers.
    expect(toHex(bytes.subarray(0, 20))).toBe('1400000010000100060000000000000000' + '00000a');
    expect(toHex(bytes.subarray(48))).toBe('1400000011000100080000000000000000' + '00000a');
    expect([...bytes.subarray(20, 45)]).toEqual([...message(0x0a00)]);
  });

  it('is told from what asks, and from other subsystems and protocols', () => {
    const alone = [0x0a01, 0x0a04, 0x0a10, 0x0a15, 0x0100, 0x0010];
    for (const type of alone) expect(datagramFor(NETLINK_NETFILTER, message(type)).batched, `${type}`).toBe(false);
    expect(datagramFor(NETLINK_ROUTE, message(0x0a00)).batched).toBe(false);
    expect(datagramFor(NETLINK_NETFILTER, new Uint8Array(3)).batched).toBe(false);
  });
});
