import {
  align4,
  leavesHeaderOut,
  mayLackHeader,
  NETLINK_AUDIT,
  NETLINK_KOBJECT_UEVENT,
  NLMSG_HDRLEN,
} from '../wire/index.ts';

/** What a row of a datagram is. */
export type MessageShape =
  /** An nlmsghdr and its payload. */
  | 'message'
  /** An nlmsghdr that promises more bytes than there are. */
  | 'cut'
  /** Bytes without an nlmsghdr: a uevent, text, garbage. */
  | 'raw';

export type MessageVisitor = (start: number, length: number, shape: MessageShape) => void;

/**
 * Visits the messages of a datagram, which is `length` bytes from `start` of the view. Every byte that is not zero
 * belongs to a visited row: what does not frame as an nlmsghdr is visited as it is. Returns where the last row ends;
 * bytes after it are padding or the unused rest of the sender's buffer.
 *
 * Messages begin at multiples of four, but the last one need not be padded (struct nlmsghdr, linux/netlink.h). AUDIT
 * sends records whose nlmsg_len leaves the header out; they fill their datagram. KOBJECT_UEVENT has no nlmsghdr, and
 * USERSOCK and private protocols need not have one.
 */
export function forEachMessage(
  view: DataView,
  start: number,
  length: number,
  protocol: number,
  littleEndian: boolean,
  visit: MessageVisitor,
): number {
  const end = start + length;
  if (protocol === NETLINK_KOBJECT_UEVENT) {
    visit(start, length, 'raw');
    return end;
  }
  let at = start;
  while (end - at >= NLMSG_HDRLEN) {
    const left = end - at;
    const nlmsgLength = view.getUint32(at, littleEndian);
    if (protocol === NETLINK_AUDIT && at === start && leavesHeaderOut(nlmsgLength, left)) {
      visit(at, left, 'message');
      return end;
    }
    if (nlmsgLength < NLMSG_HDRLEN) break;
    if (nlmsgLength > left) {
      if (at === start && mayLackHeader(protocol)) break;
      visit(at, left, 'cut');
      return end;
    }
    visit(at, nlmsgLength, 'message');
    const padded = align4(nlmsgLength);
    if (padded >= left) return at + nlmsgLength;
    at += padded;
  }
  if (at > start && allZero(view, at, end)) return at;
  visit(at, end - at, 'raw');
  return end;
}

function allZero(view: DataView, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (view.getUint8(i) !== 0) return false;
  return true;
}
