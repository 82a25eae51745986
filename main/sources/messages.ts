import {
  align4,
  NLMSG_HDRLEN,
  readUnsigned as readInteger,
  forEachAttribute as walkAttributes,
} from '../../app/wire/index.ts';
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

/** Visits the attributes of a range in a datagram of this host (see app/wire). */
export function forEachAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (number: number, start: number, end: number) => void,
): void {
  walkAttributes(bytes, start, end, HOST_LITTLE_ENDIAN, visit);
}

/** An integer of 1, 2 or 4 bytes in host byte order; 0 where the range is shorter. */
export function readUnsigned(bytes: Uint8Array, start: number, end: number): number {
  return readInteger(bytes, start, end, HOST_LITTLE_ENDIAN);
}

export { readText } from '../../app/wire/index.ts';
