import { readU16, readU32 } from './header.ts';
import { NETLINK_NETFILTER, NLM_F_REQUEST, NLMSG_HDRLEN } from './numbers.ts';
import { ByteWriter } from './writer.ts';

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

/** nlmsghdr and nfgenmsg, which are all of a message that begins or ends a batch. */
const LIMIT_LENGTH = 20;

/** A datagram, and where in it the messages stand that it is sent for. */
export interface SentDatagram {
  readonly bytes: Uint8Array;
  /** Of each message, in their order; 0 where one goes alone. */
  readonly starts: readonly number[];
}

/** Whether the kernel takes a message in a batch only: a change of nftables. */
export function isBatched(protocol: number, bytes: Uint8Array, littleEndian: boolean): boolean {
  if (protocol !== NETLINK_NETFILTER || bytes.length < NLMSG_HDRLEN) return false;
  const type = readU16(bytes, 4, littleEndian);
  return type >> 8 === NFNL_SUBSYS_NFTABLES && BATCHED.has(type & 0xff);
}

/** Whether a message begins or ends a batch, and says nothing else. */
export function isBatchLimit(protocol: number, type: number): boolean {
  return protocol === NETLINK_NETFILTER && (type === NFNL_MSG_BATCH_BEGIN || type === NFNL_MSG_BATCH_END);
}

/**
 * Changes of nftables between the beginning and the end of a batch: the kernel applies all of them, or none. The limits
 * have the sequence numbers before the first and after the last.
 * @param messages at least one
 */
export function batchOf(messages: readonly Uint8Array[], littleEndian: boolean): SentDatagram {
  const writer = new ByteWriter(littleEndian);
  const starts: number[] = [];
  writeLimit(writer, NFNL_MSG_BATCH_BEGIN, readU32(messages[0]!, 8, littleEndian) - 1);
  for (const message of messages) {
    starts.push(writer.length);
    writer.bytes(message);
    writer.align();
  }
  writeLimit(writer, NFNL_MSG_BATCH_END, readU32(messages.at(-1)!, 8, littleEndian) + 1);
  return { bytes: writer.finish(), starts };
}

/**
 * The datagram that the kernel takes a message in: a change of nftables between the beginning and the end of a batch of
 * its own, which is how the kernel applies it; every other message alone.
 * @param bytes one message
 */
export function datagramFor(protocol: number, bytes: Uint8Array, littleEndian: boolean): SentDatagram {
  return isBatched(protocol, bytes, littleEndian) ? batchOf([bytes], littleEndian) : { bytes, starts: [0] };
}

/** The resource of its nfgenmsg names the subsystem. */
function writeLimit(writer: ByteWriter, type: number, seq: number): void {
  writer.integer(LIMIT_LENGTH, 4);
  writer.integer(type, 2);
  writer.integer(NLM_F_REQUEST, 2);
  writer.integer(seq >>> 0, 4);
  writer.zeros(4 + 2);
  writer.integer(NFNL_SUBSYS_NFTABLES, 2, false);
}
