import { ByteWriter, NETLINK_NETFILTER, NLM_F_REQUEST } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';

/** linux/netfilter/nfnetlink.h: the subsystem is the upper byte of nlmsg_type. */
const NFNL_SUBSYS_NFTABLES = 10;
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;

/**
 * Messages of enum nf_tables_msg_types (linux/netfilter/nf_tables.h) that change something: NEW, DEL and DESTROY of
 * tables, chains, rules, sets, elements, objects and flowtables. The kernel takes them in batches only, others never.
 */
const BATCHED: ReadonlySet<number> = new Set([
  0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 18, 20, 22, 24, 26, 27, 28, 29, 30, 31, 32,
]);

const NLMSG_HDRLEN = 16;

/**
 * The datagram that the kernel takes a message in: a change of nftables between the beginning and the end of a batch of
 * its own, which is how the kernel applies it; every other message alone.
 * @param bytes one message in the byte order of this host
 */
export function datagramFor(
  protocol: number,
  bytes: Uint8Array,
): { readonly bytes: Uint8Array; readonly batched: boolean } {
  if (protocol !== NETLINK_NETFILTER || bytes.length < NLMSG_HDRLEN) return { bytes, batched: false };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(4, HOST_LITTLE_ENDIAN);
  if (type >> 8 !== NFNL_SUBSYS_NFTABLES || !BATCHED.has(type & 0xff)) return { bytes, batched: false };
  const seq = view.getUint32(8, HOST_LITTLE_ENDIAN);
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writeLimit(writer, NFNL_MSG_BATCH_BEGIN, seq - 1);
  writer.bytes(bytes);
  writer.align();
  writeLimit(writer, NFNL_MSG_BATCH_END, seq + 1);
  return { bytes: writer.finish(), batched: true };
}

/** nlmsghdr and nfgenmsg, whose res_id names the subsystem. */
function writeLimit(writer: ByteWriter, type: number, seq: number): void {
  writer.integer(20, 4);
  writer.integer(type, 2);
  writer.integer(NLM_F_REQUEST, 2);
  writer.integer(seq >>> 0, 4);
  writer.zeros(4 + 2);
  writer.integer(NFNL_SUBSYS_NFTABLES, 2, false);
}
