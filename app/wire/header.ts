import { NLMSG_HDRLEN } from './numbers.ts';

/** struct genlmsghdr and struct nlmsgerr: sizes and offsets (linux/netlink.h). */
export const GENL_HDRLEN = 4;
/** nlmsghdr, then the int error and the request's nlmsghdr. */
export const NLMSGERR_LEN = 20;

export const NLA_F_NESTED = 0x8000;
export const NLA_F_NET_BYTEORDER = 0x4000;

/** Rounds up to the 4-byte alignment of messages and attributes. */
export function align4(length: number): number {
  return (length + 3) & ~3;
}

/** A view of the bytes for DataView reads. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Whether an nlmsg_len leaves out its own header, in a message of `held` bytes that may be padded: so the kernel sends
 * audit records to the daemon (kernel/audit.c, audit_log_end).
 */
export function leavesHeaderOut(nlmsgLength: number, held: number): boolean {
  return nlmsgLength !== held && align4(nlmsgLength + NLMSG_HDRLEN) === align4(held);
}

/** Two bytes as an unsigned number: for places where making a DataView would cost more than reading. */
export function readU16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];
}

/** Four bytes as an unsigned number, as `readU16` reads two. */
export function readU32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian
    ? (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
    : ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

const CONTROL_NAMES: readonly (string | undefined)[] = [
  undefined,
  'NLMSG_NOOP',
  'NLMSG_ERROR',
  'NLMSG_DONE',
  'NLMSG_OVERRUN',
];

/** Names of messages that control the exchange, in every protocol. */
export const controlNames: readonly string[] = CONTROL_NAMES.filter((name) => name !== undefined);

/** NLMSG_DONE and the like; undefined for types that belong to the protocol. */
export function controlName(type: number): string | undefined {
  return CONTROL_NAMES[type];
}
