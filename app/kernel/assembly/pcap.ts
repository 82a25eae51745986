/** Finds the datagrams of a pcap file (libpcap's savefile format). */
import { NLMSG_HDRLEN } from '../../wire/numbers.ts';
import { readU32 } from './bytes.ts';
import {
  FRAME_CONTINUED,
  FRAME_LENGTH,
  FRAME_LITTLE_ENDIAN,
  FRAME_ORIGINAL,
  FRAME_PROTOCOL,
  FRAME_SIZE,
  FRAME_SOURCE,
  FRAME_START,
  FRAME_TIME_HIGH,
  FRAME_TIME_LOW,
  FRAMES,
  NO_SOURCE,
  RECORDS_END,
  RECORDS_SEEN,
  RECORDS_SKIPPED,
} from './layout.ts';

/** A record's header: seconds, their fraction, bytes captured, bytes there were. */
const SECONDS: usize = 0;
const FRACTION: usize = 4;
const CAPTURED: usize = 8;
const ORIGINAL: usize = 12;
/** ARPHRD_NETLINK, linux/if_arp.h. */
const ARPHRD_NETLINK: u32 = 824;

/**
 * Puts the datagrams of complete records into the frames, at most `limit`. Returns how many. RECORDS_END tells where the
 * records end that it has looked at, RECORDS_SEEN how many they are, RECORDS_SKIPPED how many are not netlink.
 * @param unit nanoseconds in the unit of the time stamps' fraction
 * @param cooked bytes of the pseudo link layer's header; 0: the link type cannot carry netlink
 * @param hardwareAt where in that header the ARPHRD_* number stands
 * @param protocolAt where in that header the NETLINK_* number stands
 */
export function findRecords(
  from: usize,
  to: usize,
  limit: u32,
  littleEndian: bool,
  unit: u32,
  header: u32,
  cooked: u32,
  hardwareAt: u32,
  protocolAt: u32,
): u32 {
  let at = from;
  let found: u32 = 0;
  let seen: u32 = 0;
  let skipped: u32 = 0;
  while (found < limit && to - at >= header) {
    const captured = readU32(at + CAPTURED, littleEndian);
    if (captured > <u32>(to - at) - header) break;
    const data = at + header;
    seen++;
    if (cooked === 0 || captured < cooked || bigU16(data + hardwareAt) !== ARPHRD_NETLINK) {
      skipped++;
      at = data + captured;
      continue;
    }
    const frame = FRAMES + found * FRAME_SIZE;
    const start = data + cooked;
    const length = captured - cooked;
    const original = readU32(at + ORIGINAL, littleEndian);
    const seconds = readU32(at + SECONDS, littleEndian);
    const time = <u64>seconds * 1_000_000_000 + <u64>readU32(at + FRACTION, littleEndian) * unit;
    store<u32>(frame, <u32>start, FRAME_START);
    store<u32>(frame, length, FRAME_LENGTH);
    store<u32>(frame, <u32>(time >> 32), FRAME_TIME_HIGH);
    store<u32>(frame, <u32>time, FRAME_TIME_LOW);
    store<u32>(frame, original > captured ? original - cooked : length, FRAME_ORIGINAL);
    store<u16>(frame, <u16>NO_SOURCE, FRAME_SOURCE);
    store<u16>(frame, <u16>bigU16(data + protocolAt), FRAME_PROTOCOL);
    store<u8>(frame, isLittleEndian(start, length, littleEndian) ? 1 : 0, FRAME_LITTLE_ENDIAN);
    store<u8>(frame, 0, FRAME_CONTINUED);
    found++;
    at = data + captured;
  }
  store<u32>(RECORDS_END, <u32>at);
  store<u32>(RECORDS_SEEN, seen);
  store<u32>(RECORDS_SKIPPED, skipped);
  return found;
}

function bigU16(at: usize): u32 {
  return bswap<u16>(load<u16>(at));
}

/**
 * Byte order of a datagram's host, as its first nlmsg_len tells. The file's own order (`assumed`) is right unless a
 * tool on another kind of machine rewrote the file: it turns the file's numbers round, but not the datagrams. So the
 * other order is believed only where it alone makes sense.
 */
export function isLittleEndian(start: usize, length: u32, assumed: bool): bool {
  if (length < <u32>NLMSG_HDRLEN) return assumed;
  if (isPlausible(readU32(start, assumed), length)) return assumed;
  return isPlausible(readU32(start, !assumed), length) ? !assumed : assumed;
}

function isPlausible(nlmsgLength: u32, length: u32): bool {
  return nlmsgLength >= <u32>NLMSG_HDRLEN && nlmsgLength <= length;
}
