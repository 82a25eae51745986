/** Finds the messages that give interfaces names that were not known: most tell what has been told before. */
import { NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN } from '../../wire/numbers.ts';
import { align4, readU16, readU32 } from './bytes.ts';
import { NAMING_SIZE, NAMINGS, SESSION_NAMINGS } from './layout.ts';

/** A naming: protocol, type, header, member, nest, index, name (see NamingPlace of app/dissect). */
const PROTOCOL: usize = 0;
const TYPE: usize = 4;
const HEADER: usize = 8;
const MEMBER: usize = 12;
const NEST: usize = 16;
const INDEX: usize = 20;
const NAME: usize = 24;

/** Interfaces whose names are remembered, by hash: one takes the place of another. */
const SLOTS: u32 = 1024;
/** linux/if.h: IFNAMSIZ. A longer name is never known. */
const LONGEST_NAME: u32 = 16;

/** An entry: place + 1, index, when it was told first (64 bits), length of the name, the name. */
const ENTRY_PLACE: usize = 0;
const ENTRY_INDEX: usize = 4;
const ENTRY_TIME: usize = 8;
const ENTRY_LENGTH: usize = 16;
const ENTRY_NAME: usize = 20;
const ENTRY: u32 = 40;
export const NAMES_SIZE: u32 = SLOTS * ENTRY;

/** What `findName` found. */
let index: u32 = 0;
let nameStart: usize = 0;
let nameEnd: usize = 0;

/** Whether a message may give an interface a name that it did not have at the time, as far as `table` remembers. */
export function namesAnew(
  session: usize,
  table: usize,
  place: u32,
  protocol: u32,
  type: u32,
  start: usize,
  length: u32,
  littleEndian: bool,
  time: u64,
): bool {
  let isNew = false;
  const count = load<u32>(session, SESSION_NAMINGS);
  for (let i: u32 = 0; i < count; i++) {
    const naming = session + NAMINGS + i * NAMING_SIZE;
    if (load<u32>(naming, TYPE) !== type || load<u32>(naming, PROTOCOL) !== protocol) continue;
    findName(naming, start, length, littleEndian);
    if (<i32>index > 0 && nameEnd > nameStart && isUnknown(table, place, time)) isNew = true;
  }
  return isNew;
}

/** As findInterface of app/dissect. */
function findName(naming: usize, start: usize, length: u32, littleEndian: bool): void {
  const member = load<i32>(naming, MEMBER);
  const nest = load<u32>(naming, NEST);
  const indexNumber = load<u32>(naming, INDEX);
  const nameNumber = load<u32>(naming, NAME);
  const payload = start + NLMSG_HDRLEN;
  let at = payload + load<u32>(naming, HEADER);
  let end = start + length;
  index = member >= 0 && at <= end ? readU32(payload + member, littleEndian) : 0;
  nameStart = 0;
  nameEnd = 0;
  let isInside = nest === 0;
  while (at + NLA_HDRLEN <= end) {
    const size = readU16(at, littleEndian);
    if (size < <u32>NLA_HDRLEN || at + size > end) return;
    const number = readU16(at + 2, littleEndian) & NLA_TYPE_MASK;
    if (!isInside) {
      if (number === nest) {
        isInside = true;
        end = at + size;
        at += NLA_HDRLEN;
        continue;
      }
    } else if (number === nameNumber) {
      nameStart = at + NLA_HDRLEN;
      nameEnd = at + size;
      if (index !== 0) return;
    } else if (member < 0 && number === indexNumber && size === NLA_HDRLEN + 4) {
      index = readU32(at + NLA_HDRLEN, littleEndian);
      if (nameEnd > nameStart && load<u8>(nameStart) !== 0) return;
    }
    at += align4(size);
  }
}

/** Whether the name found is another one than the interface's latest, or older; it is remembered then. */
function isUnknown(table: usize, place: u32, time: u64): bool {
  const entry = table + slotOf(place, index) * ENTRY;
  const length = <u32>(nameEnd - nameStart);
  const isSame = load<u32>(entry, ENTRY_PLACE) === place + 1 && load<u32>(entry, ENTRY_INDEX) === index;
  if (isSame && time < load<u64>(entry, ENTRY_TIME)) return true;
  if (isSame && load<u32>(entry, ENTRY_LENGTH) === length) {
    if (memory.compare(entry + ENTRY_NAME, nameStart, length) === 0) return false;
  }
  if (length > LONGEST_NAME) return true;
  store<u32>(entry, place + 1, ENTRY_PLACE);
  store<u32>(entry, index, ENTRY_INDEX);
  store<u64>(entry, time, ENTRY_TIME);
  store<u32>(entry, length, ENTRY_LENGTH);
  memory.copy(entry + ENTRY_NAME, nameStart, length);
  return true;
}

/** Forgets all names: something else may be known by now. */
export function forgetNames(table: usize): void {
  memory.fill(table, 0, NAMES_SIZE);
}

function slotOf(place: u32, ofIndex: u32): u32 {
  return (((place * 0x9e3779b1) ^ ofIndex) * 0x85ebca6b) >>> 22;
}
