import { align4, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';

/** A message of a datagram from this host: nlmsghdr in host byte order (linux/netlink.h), reused between visits. */
export interface MessageView {
  type: number;
  flags: number;
  seq: number;
  portid: number;
  /** First byte of the message's payload, and the end of the message, in the datagram. */
  start: number;
  end: number;
}

/** Visits the messages of a datagram of this host, in order; stops at the first whose length cannot be true. */
export function forEachMessage(datagram: Uint8Array, visit: (message: MessageView) => void): void {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const message: MessageView = { type: 0, flags: 0, seq: 0, portid: 0, start: 0, end: 0 };
  let at = 0;
  while (at + NLMSG_HDRLEN <= view.byteLength) {
    const length = view.getUint32(at, HOST_LITTLE_ENDIAN);
    if (length < NLMSG_HDRLEN || length > view.byteLength - at) return;
    message.type = view.getUint16(at + 4, HOST_LITTLE_ENDIAN);
    message.flags = view.getUint16(at + 6, HOST_LITTLE_ENDIAN);
    message.seq = view.getUint32(at + 8, HOST_LITTLE_ENDIAN);
    message.portid = view.getUint32(at + 12, HOST_LITTLE_ENDIAN);
    message.start = at + NLMSG_HDRLEN;
    message.end = at + length;
    visit(message);
    at += align4(length);
  }
}

/** Visits the attributes (struct nlattr) of a range; stops at the first whose length cannot be true. */
export function forEachAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (type: number, start: number, end: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = Math.min(end, view.byteLength);
  let at = start;
  while (at + NLA_HDRLEN <= limit) {
    const length = view.getUint16(at, HOST_LITTLE_ENDIAN);
    if (length < NLA_HDRLEN || length > limit - at) return;
    visit(view.getUint16(at + 2, HOST_LITTLE_ENDIAN) & NLA_TYPE_MASK, at + NLA_HDRLEN, at + length);
    at += align4(length);
  }
}

/** An integer of 1, 2 or 4 bytes in host byte order; 0 where the range is shorter. */
export function readUnsigned(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  const size = end - start >= 4 ? 4 : end - start >= 2 ? 2 : Math.max(end - start, 0);
  for (let i = 0; i < size; i++) value += (bytes[start + i] ?? 0) * 2 ** (8 * (HOST_LITTLE_ENDIAN ? i : size - 1 - i));
  return value;
}

const decoder = new TextDecoder();

/** Text up to its NUL or the end of the range. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  const nul = bytes.subarray(start, end).indexOf(0);
  return decoder.decode(bytes.subarray(start, nul < 0 ? end : start + nul));
}
