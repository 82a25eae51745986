import {
  LAST_NAMED_PROTOCOL,
  NETLINK_AUDIT,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_USERSOCK,
  NLMSG_HDRLEN,
} from '../../wire/numbers.ts';
import { align4, isZero, readU32 } from './bytes.ts';

/** What `nextMessage` came to: an nlmsghdr and its payload. */
export const MESSAGE: i32 = 1;
/** An nlmsghdr that promises more bytes than there are. */
export const CUT: i32 = 2;
/** Bytes without an nlmsghdr: a uevent, text, garbage. */
export const RAW: i32 = 3;

/** The message that `nextMessage` came to. */
export let messageStart: usize = 0;
export let messageLength: u32 = 0;
/** Where the datagram's last message ends, once nothing follows: after it is padding, or the unused rest of a buffer. */
export let framedEnd: usize = 0;

let begin: usize = 0;
let end: usize = 0;
let at: usize = 0;
let protocol: u32 = 0;
let littleEndian: bool = true;
let finished: bool = true;

/** Begins with the messages of a datagram, which is `length` bytes from `start`. */
export function openDatagram(start: usize, length: u32, ofProtocol: u32, isLittleEndian: bool): void {
  begin = start;
  at = start;
  end = start + length;
  protocol = ofProtocol;
  littleEndian = isLittleEndian;
  finished = false;
}

/** Whether the message that `nextMessage` came to is the datagram's first. */
export function isFirstMessage(): bool {
  return messageStart === begin;
}

/** Whether nothing follows. */
export function isFinished(): bool {
  return finished;
}

/**
 * Goes on to the datagram's next message; only when it is not finished. Every byte that is not zero belongs to one: what does not frame as an
 * nlmsghdr is one row as it is.
 *
 * Messages begin at multiples of four, but the last one need not be padded (struct nlmsghdr, linux/netlink.h). AUDIT
 * sends records whose nlmsg_len leaves the header out; they fill their datagram. KOBJECT_UEVENT has no nlmsghdr, and
 * USERSOCK and private protocols need not have one.
 */
export function nextMessage(): i32 {
  if (protocol === NETLINK_KOBJECT_UEVENT) return takeRest(RAW);
  const left = <u32>(end - at);
  if (left >= <u32>NLMSG_HDRLEN) {
    const length = readU32(at, littleEndian);
    if (protocol === NETLINK_AUDIT && at === begin && leavesHeaderOut(length, left)) return takeRest(MESSAGE);
    if (length >= <u32>NLMSG_HDRLEN) {
      if (length <= left) {
        messageStart = at;
        messageLength = length;
        const padded = align4(length);
        at += padded;
        if (padded >= left) finish(messageStart + length);
        else if (isZero(at, end)) finish(at);
        return MESSAGE;
      }
      if (at !== begin || !mayLackHeader(protocol)) return takeRest(CUT);
    }
  }
  return takeRest(RAW);
}

function finish(lastEnd: usize): void {
  finished = true;
  framedEnd = lastEnd;
}

function takeRest(shape: i32): i32 {
  messageStart = at;
  messageLength = <u32>(end - at);
  finish(end);
  return shape;
}

/** As leavesHeaderOut of app/wire. */
function leavesHeaderOut(nlmsgLength: u32, held: u32): bool {
  return nlmsgLength !== held && align4(nlmsgLength + NLMSG_HDRLEN) === align4(held);
}

/** Whether programs may send datagrams of the protocol that do not begin with an nlmsghdr. */
export function mayLackHeader(ofProtocol: u32): bool {
  return ofProtocol === NETLINK_USERSOCK || ofProtocol > <u32>LAST_NAMED_PROTOCOL;
}
