/** A pcap of LINKTYPE_NETLINK with so many NLMSG_NOOP of NETLINK_ROUTE, each with a sequence number of its own from 1. */
export function noops(count: number): Uint8Array {
  const [header, frame] = [24, 48];
  const bytes = new Uint8Array(header + count * frame);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65_535, true);
  view.setUint32(20, 253, true);
  for (let at = header, seq = 1; at < bytes.length; at += frame, seq++) {
    view.setUint32(at, 1_700_000_000 + Math.floor(seq / 1000), true);
    view.setUint32(at + 4, (seq % 1000) * 1000, true);
    view.setUint32(at + 8, 32, true);
    view.setUint32(at + 12, 32, true);
    // ARPHRD_NETLINK.
    view.setUint16(at + 18, 824);
    view.setUint32(at + 32, 16, true);
    view.setUint16(at + 36, 1, true);
    view.setUint32(at + 40, seq, true);
  }
  return bytes;
}
