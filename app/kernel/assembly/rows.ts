/** Takes datagrams apart into rows of the index. */
import { NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN } from '../../wire/numbers.ts';
import { readU16, readU32 } from './bytes.ts';
import {
  framedEnd,
  isFinished,
  isFirstMessage,
  messageLength,
  messageStart,
  nextMessage,
  openDatagram,
  RAW,
} from './framing.ts';
import {
  FRAME_AT,
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
  FRAMED_END,
  FRAMES,
  MOST_ROWS,
  NEEDS_SOURCE,
  NO_SOURCE,
  OTHER_SOURCES,
  PLAIN_PROTOCOLS,
  PLAIN_SOURCES,
  ROW_ACTION,
  ROW_ENVELOPE,
  ROW_ERRNO,
  ROW_FIRST,
  ROW_FLAGS,
  ROW_LEAD,
  ROW_LENGTH,
  ROW_MISSING,
  ROW_PORTID,
  ROW_SEQ,
  ROW_SHAPE,
  ROW_SOURCE,
  ROW_START,
  ROW_TAIL,
  ROW_TIME_HIGH,
  ROW_TIME_LOW,
  ROW_TRANSACTION,
  ROW_TYPE,
  SOURCE_DEST,
  SOURCE_DIRECTION,
  SOURCE_ENVELOPES,
  SOURCE_KNOWN,
  SOURCE_LITTLE_ENDIAN,
  SOURCE_PORTID,
  SOURCE_PROTOCOL,
  SOURCE_SCOPE,
  SOURCE_SIZE,
  STATE_SHIFT,
} from './layout.ts';
import { action, direction, errno, observe, observeRaw, PAIRING_SIZE, state, transaction } from './pairing.ts';

/** "libu", "de" and "v" of "libudev": how user space's own uevents begin (struct monitor_netlink_header of libudev). */
const LIBUDEV_WORD: u32 = 0x7562696c;
const LIBUDEV_HALF: u32 = 0x6564;
const LIBUDEV_BYTE: u32 = 0x76;

/** A session's memory: its sources, then what pairing remembers. */
const PAIRING: usize = (PLAIN_SOURCES + OTHER_SOURCES) * SOURCE_SIZE;
export const SESSION_SIZE: u32 = <u32>PAIRING + PAIRING_SIZE;

/** The frame at hand is not finished: there was no room for all of its rows. */
let isOpen: bool = false;

/** Begins with the first frame. */
export function beginFrames(): void {
  store<u32>(FRAME_AT, 0);
  isOpen = false;
}

/**
 * Makes rows of the frames from FRAME_AT on, until all `frames` are done, there is no room for more rows, or a source
 * is not known (NEEDS_SOURCE). Returns how many.
 */
export function takeRows(session: usize, frames: u32): u32 {
  let rows: u32 = 0;
  let at = load<u32>(FRAME_AT);
  store<u32>(NEEDS_SOURCE, 0);
  while (at < frames) {
    const frame = FRAMES + at * FRAME_SIZE;
    const source = sourceOf(session, frame);
    if (source === NO_SOURCE) {
      store<u32>(NEEDS_SOURCE, 1);
      break;
    }
    rows = takeFrame(session, frame, source, rows);
    if (isOpen) break;
    at++;
  }
  store<u32>(FRAME_AT, at);
  return rows;
}

/** Makes rows of the datagram that is open, with nothing but where they are, their lengths and shapes. Returns how many. */
export function outlineRows(): u32 {
  let rows: u32 = 0;
  while (rows < MOST_ROWS && !isFinished()) {
    const shape = nextMessage();
    store<u32>(ROW_START + rows * 4, <u32>messageStart);
    store<u32>(ROW_LENGTH + rows * 4, messageLength);
    store<u8>(ROW_SHAPE + rows, <u8>shape);
    rows++;
  }
  store<u32>(FRAMED_END, <u32>framedEnd);
  return rows;
}

/** The number of a frame's source; NO_SOURCE: the host has to tell. */
function sourceOf(session: usize, frame: usize): u32 {
  const given = <u32>load<u16>(frame, FRAME_SOURCE);
  if (given !== NO_SOURCE) return given;
  const protocol = <u32>load<u16>(frame, FRAME_PROTOCOL);
  if (protocol >= PLAIN_PROTOCOLS) return NO_SOURCE;
  const plain = protocol * 2 + <u32>load<u8>(frame, FRAME_LITTLE_ENDIAN);
  return load<u8>(session + plain * SOURCE_SIZE, SOURCE_KNOWN) !== 0 ? plain : NO_SOURCE;
}

/** Makes rows of a frame; `isOpen` tells that there was no room for all of them. Returns how many rows there are then. */
function takeFrame(session: usize, frame: usize, sourceNumber: u32, rows: u32): u32 {
  const source = session + sourceNumber * SOURCE_SIZE;
  const protocol = <u32>load<u16>(source, SOURCE_PROTOCOL);
  const littleEndian = load<u8>(source, SOURCE_LITTLE_ENDIAN) !== 0;
  const told = <u32>load<u8>(source, SOURCE_DIRECTION);
  const scope = load<u32>(source, SOURCE_SCOPE);
  const sourcePortid = load<u32>(source, SOURCE_PORTID);
  const destPortid = load<u32>(source, SOURCE_DEST);
  const start = load<u32>(frame, FRAME_START);
  const length = load<u32>(frame, FRAME_LENGTH);
  const timeHigh = load<u32>(frame, FRAME_TIME_HIGH);
  const timeLow = load<u32>(frame, FRAME_TIME_LOW);
  const continued = load<u8>(frame, FRAME_CONTINUED) !== 0;
  if (!isOpen) openDatagram(start, length, protocol, littleEndian);
  isOpen = true;
  while (!isFinished()) {
    if (rows === MOST_ROWS) return rows;
    const shape = nextMessage();
    const at = messageStart;
    const size = messageLength;
    let type: u32 = 0;
    let flags: u32 = 0;
    let seq: u32 = 0;
    let portid: u32 = 0;
    let lead: u32 = 0;
    if (shape === RAW) {
      observeRaw(protocol, told, isFromUdev(at, size));
      if (size > 0) lead = load<u8>(at);
    } else {
      type = readU16(at + 4, littleEndian);
      flags = readU16(at + 6, littleEndian);
      seq = readU32(at + 8, littleEndian);
      portid = readU32(at + 12, littleEndian);
      const hasStatus = (type === NLMSG_ERROR || type === NLMSG_DONE) && size >= <u32>NLMSG_HDRLEN + 4;
      const status = hasStatus ? <i32>readU32(at + NLMSG_HDRLEN, littleEndian) : 0;
      observe(
        session + PAIRING,
        at,
        size,
        protocol,
        scope,
        told,
        sourcePortid,
        destPortid,
        type,
        flags,
        seq,
        portid,
        status,
      );
      if (size > <u32>NLMSG_HDRLEN) lead = load<u8>(at + NLMSG_HDRLEN);
    }
    const word = rows * 4;
    const half = rows * 2;
    store<u32>(ROW_START + word, <u32>at);
    store<u32>(ROW_LENGTH + word, size);
    store<u32>(ROW_TIME_HIGH + word, timeHigh);
    store<u32>(ROW_TIME_LOW + word, timeLow);
    store<u32>(ROW_SEQ + word, seq);
    store<u32>(ROW_PORTID + word, portid);
    store<u32>(ROW_TRANSACTION + word, transaction);
    store<u32>(ROW_ENVELOPE + word, load<u32>(source + SOURCE_ENVELOPES + direction * 4));
    store<u32>(ROW_TAIL + word, 0);
    store<u32>(ROW_MISSING + word, 0);
    store<u16>(ROW_TYPE + half, <u16>type);
    store<u16>(ROW_FLAGS + half, <u16>flags);
    store<u16>(ROW_ERRNO + half, <u16>errno);
    store<u16>(ROW_SOURCE + half, <u16>sourceNumber);
    store<u8>(ROW_LEAD + rows, <u8>lead);
    store<u8>(ROW_SHAPE + rows, <u8>shape);
    store<u8>(ROW_ACTION + rows, <u8>(action | (state << STATE_SHIFT)));
    store<u8>(ROW_FIRST + rows, isFirstMessage() && !continued ? 1 : 0);
    rows++;
  }
  isOpen = false;
  const last = (rows - 1) * 4;
  const original = load<u32>(frame, FRAME_ORIGINAL);
  store<u32>(ROW_TAIL + last, start + length - <u32>framedEnd);
  if (original > length) store<u32>(ROW_MISSING + last, original - length);
  return rows;
}

function isFromUdev(at: usize, length: u32): bool {
  if (length < 7) return false;
  return load<u32>(at) === LIBUDEV_WORD && load<u16>(at + 4) === LIBUDEV_HALF && load<u8>(at + 6) === LIBUDEV_BYTE;
}
