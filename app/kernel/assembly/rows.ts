/** Takes datagrams apart into rows of the index. */
import { NETLINK_GENERIC, NETLINK_ROUTE, NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN } from '../../wire/numbers.ts';
import { readU16, readU32 } from './bytes.ts';
import { REQUEST } from './direction.ts';
import {
  CUT,
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
  BIT_CUT,
  BIT_FIRST,
  BIT_RAW,
  COLUMN_BITS,
  COLUMN_ENVELOPE,
  COLUMN_FLAGS,
  COLUMN_LEAD,
  COLUMN_LENGTH,
  COLUMN_OFFSET,
  COLUMN_PORTID,
  COLUMN_SEQ,
  COLUMN_TIME_LOW,
  COLUMN_TRANSACTION,
  COLUMN_TYPE,
  FAMILY_IDS,
  FIRST_START,
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
  LAST_START,
  MOST_ROWS,
  NAMES,
  NEEDS_SOURCE,
  NO_SOURCE,
  NOTE_ENVELOPE,
  NOTE_LENGTH,
  NOTE_MISSING,
  NOTE_SIZE,
  NOTE_TAIL,
  NOTE_TAUGHT,
  NOTE_TIME,
  NOTED,
  NOTES,
  PLAIN_PROTOCOLS,
  ROW_LENGTH,
  ROW_SHAPE,
  ROW_START,
  SESSION_TABLES,
  SOURCE_COUNTS,
  SOURCE_DEST,
  SOURCE_DIRECTION,
  SOURCE_ENVELOPES,
  SOURCE_FAMILIES,
  SOURCE_KNOWN,
  SOURCE_LITTLE_ENDIAN,
  SOURCE_PLACE,
  SOURCE_PORTID,
  SOURCE_PROTOCOL,
  SOURCE_SCOPE,
  SOURCE_SIZE,
  SOURCES,
  TEACHES_BY_REQUEST,
  TEACHES_OTHERWISE,
  TEACHING,
  WATCH_SIZE,
  WATCHES,
} from './layout.ts';
import { forgetNames, NAMES_SIZE, namesAnew } from './naming.ts';
import { direction, observe, observeRaw, PAIRING_SIZE, transaction } from './pairing.ts';
import { ANY_TYPE } from './requests.ts';
import { keepTransaction } from './transactions.ts';

/** linux/rtnetlink.h. */
const RTM_NEWLINK: u32 = 16;

/** "libu", "de" and "v" of "libudev": how user space's own uevents begin (struct monitor_netlink_header of libudev). */
const LIBUDEV_WORD: u32 = 0x7562696c;
const LIBUDEV_HALF: u32 = 0x6564;
const LIBUDEV_BYTE: u32 = 0x76;

/** After a session's tables stands what naming and pairing remember. */
const NAMES_TABLE: usize = SESSION_TABLES;
const PAIRING: usize = NAMES_TABLE + NAMES_SIZE;
export const SESSION_SIZE: u32 = <u32>PAIRING + PAIRING_SIZE;

/** The frame at hand is not finished: there was no room for all of its rows. */
let isOpen: bool = false;

/** Notes about the rows that are being made. */
let noted: u32 = 0;
/** Upper half of the time of the row before. */
let timeBefore: u32 = 0;

/** Begins with the first frame. */
export function beginFrames(): void {
  store<u32>(FRAME_AT, 0);
  isOpen = false;
}

/**
 * Makes rows of the frames from FRAME_AT on, until all `frames` are done, there is no room for more rows, or a source
 * is not known (NEEDS_SOURCE). Returns how many.
 * @param chunk where their columns are, and `place` of the first row in it
 * @param room rows that fit into the chunk
 * @param firstRow number of the first row
 * @param shift what is added to an address to get a difference of the chunk's column of offsets
 */
export function takeRows(
  session: usize,
  frames: u32,
  chunk: usize,
  place: u32,
  room: u32,
  firstRow: u32,
  shift: u32,
): u32 {
  const most = min<u32>(room, MOST_ROWS);
  let rows: u32 = 0;
  let at = load<u32>(FRAME_AT);
  store<u32>(NEEDS_SOURCE, 0);
  noted = 0;
  while (at < frames) {
    const frame = FRAMES + at * FRAME_SIZE;
    const source = sourceOf(session, frame);
    if (source === 0) {
      store<u32>(NEEDS_SOURCE, 1);
      break;
    }
    rows = takeFrame(session, frame, source, rows, most, chunk, place, firstRow, shift);
    if (isOpen) break;
    at++;
  }
  store<u32>(FRAME_AT, at);
  store<u32>(NOTED, noted);
  store<u32>(LAST_START, <u32>messageStart);
  return rows;
}

function note(row: u32, kind: u32, value: u32): void {
  const at = NOTES + noted * NOTE_SIZE;
  store<u32>(at, row | (kind << 16));
  store<u32>(at + 4, value);
  noted++;
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

/** Forgets which names interfaces have: something else may be known of them by now. */
export function forgetNamesOf(session: usize): void {
  forgetNames(session + NAMES_TABLE);
}

/** A frame's source; 0: the host has to tell. */
function sourceOf(session: usize, frame: usize): usize {
  const given = <u32>load<u16>(frame, FRAME_SOURCE);
  if (given !== NO_SOURCE) return session + SOURCES + given * SOURCE_SIZE;
  const protocol = <u32>load<u16>(frame, FRAME_PROTOCOL);
  if (protocol >= PLAIN_PROTOCOLS) return 0;
  const plain = protocol * 2 + <u32>load<u8>(frame, FRAME_LITTLE_ENDIAN);
  const source = session + SOURCES + plain * SOURCE_SIZE;
  return load<u8>(source, SOURCE_KNOWN) !== 0 ? source : 0;
}

/** Makes rows of a frame; `isOpen` tells that there was no room for all of them. Returns how many rows there are then. */
function takeFrame(
  session: usize,
  frame: usize,
  source: usize,
  rowsBefore: u32,
  most: u32,
  chunk: usize,
  place: u32,
  firstRow: u32,
  shift: u32,
): u32 {
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
  const firstBit = load<u8>(frame, FRAME_CONTINUED) !== 0 ? 0 : BIT_FIRST;
  let rows = rowsBefore;
  if (!isOpen) openDatagram(start, length, protocol, littleEndian);
  isOpen = true;
  while (!isFinished()) {
    if (rows === most) return rows;
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
        session,
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
        type === NLMSG_ERROR ? echoedType(at, size, seq, littleEndian) : ANY_TYPE,
        status,
      );
      if (transaction !== 0) keepTransaction(session, firstRow + rows);
      if (size > <u32>NLMSG_HDRLEN) lead = load<u8>(at + NLMSG_HDRLEN);
    }
    const envelope = load<u32>(source + SOURCE_ENVELOPES + direction * 4);
    const counted = source + SOURCE_COUNTS + direction * 4;
    store<u32>(counted, load<u32>(counted) + 1);
    const families = load<u32>(source, SOURCE_FAMILIES);
    if (families !== 0 && type < FAMILY_IDS) store<u32>(families + type * 4, load<u32>(families + type * 4) + 1);

    if (rows === 0) store<u32>(FIRST_START, <u32>at);
    if (rows === 0 || timeHigh !== timeBefore) {
      note(rows, NOTE_TIME, timeHigh);
      timeBefore = timeHigh;
    }
    if (size > 0xffff) note(rows, NOTE_LENGTH, size);
    if (envelope > 0xffff) note(rows, NOTE_ENVELOPE, envelope);
    if (shape !== RAW && (protocol === NETLINK_GENERIC || (protocol === NETLINK_ROUTE && type === RTM_NEWLINK))) {
      const time = ((<u64>timeHigh) << 32) | timeLow;
      if (mayTeach(session, source, protocol, type, lead, at, size, littleEndian, time)) {
        note(rows, NOTE_TAUGHT, <u32>at);
      }
    }

    const row = place + rows;
    const shapeBit = shape === RAW ? BIT_RAW : shape === CUT ? BIT_CUT : 0;
    const words = chunk + row * 4;
    const halves = chunk + row * 2;
    store<u32>(words, <u32>at + shift, COLUMN_OFFSET);
    store<u32>(words, timeLow, COLUMN_TIME_LOW);
    store<u32>(words, seq, COLUMN_SEQ);
    store<u32>(words, portid, COLUMN_PORTID);
    store<u32>(words, transaction, COLUMN_TRANSACTION);
    store<u16>(halves, <u16>size, COLUMN_LENGTH);
    store<u16>(halves, <u16>type, COLUMN_TYPE);
    store<u16>(halves, <u16>flags, COLUMN_FLAGS);
    store<u16>(halves, <u16>envelope, COLUMN_ENVELOPE);
    store<u8>(chunk + row, <u8>lead, COLUMN_LEAD);
    store<u8>(chunk + row, <u8>(shapeBit | (isFirstMessage() ? firstBit : 0)), COLUMN_BITS);
    rows++;
  }
  isOpen = false;
  const tail = start + length - <u32>framedEnd;
  const original = load<u32>(frame, FRAME_ORIGINAL);
  if (tail > 0) note(rows - 1, NOTE_TAIL, tail);
  if (original > length) note(rows - 1, NOTE_MISSING, original - length);
  return rows;
}

/** nlmsg_type of the request whose header an NLMSG_ERROR holds; ANY_TYPE where that is not this exchange's. */
function echoedType(at: usize, size: u32, seq: u32, littleEndian: bool): u32 {
  const echo = at + NLMSG_HDRLEN + 4;
  if (size < <u32>NLMSG_HDRLEN * 2 + 4 || readU32(echo, littleEndian) < <u32>NLMSG_HDRLEN) return ANY_TYPE;
  return readU32(echo + 8, littleEndian) === seq ? <u32>readU16(echo + 4, littleEndian) : ANY_TYPE;
}

/** Whether the host should look at a message for what it learns from. */
function mayTeach(
  session: usize,
  source: usize,
  protocol: u32,
  type: u32,
  lead: u32,
  start: usize,
  length: u32,
  littleEndian: bool,
  time: u64,
): bool {
  const teaching = protocol === NETLINK_GENERIC ? <u32>load<u8>(session + TEACHING + type) : NAMES;
  if (teaching === 0) return false;
  const watch = teaching & ~NAMES;
  if (watch !== 0) {
    const taught = direction === REQUEST ? TEACHES_BY_REQUEST : TEACHES_OTHERWISE;
    if ((load<u8>(session + WATCHES + (watch - 1) * WATCH_SIZE + lead) & taught) !== 0) return true;
  }
  if ((teaching & NAMES) === 0 || direction === REQUEST) return false;
  const place = load<u32>(source, SOURCE_PLACE);
  return namesAnew(session, session + NAMES_TABLE, place, protocol, type, start, length, littleEndian, time);
}

function isFromUdev(at: usize, length: u32): bool {
  if (length < 7) return false;
  return load<u32>(at) === LIBUDEV_WORD && load<u16>(at + 4) === LIBUDEV_HALF && load<u8>(at + 6) === LIBUDEV_BYTE;
}
