/** Writes the line about a message by the program of a template (see KernelLine of app/dissect). */
import { NLA_HDRLEN, NLA_TYPE_MASK } from '../../wire/numbers.ts';
import * as L from '../lineLayout.ts';
import { align4, readU16 } from './bytes.ts';
import {
  findFormat,
  holds,
  isEmptyThere,
  isThere,
  nameInterface,
  openPlace,
  prepareTest,
  tellList,
  tellNumber,
  tellOption,
  testNumber,
  wordOption,
} from './lineHost.ts';
import {
  beginLine,
  blank,
  bytesAt,
  count,
  endLine,
  fail,
  failed,
  HIGHEST,
  out,
  putDecimal,
  putIpv4,
  putIpv6,
  putMac,
  putText,
  putValue,
  takeBack,
  zeros,
} from './lineText.ts';

const HEADER: u32 = NLA_HDRLEN;

/** How a place was looked into. */
const CLOSED: u8 = 0;
const OPEN: u8 = 1;
/** Only the host knows what is in it. */
const OF_HOST: u8 = 2;

/** What the host said of a place. */
const UNASKED: u8 = 0;
const THERE: u8 = 1;
const NOT_THERE: u8 = 2;

let block: usize = 0;
let places: usize = 0;
let littleEndian: bool = true;
/** Of the message at hand: its own header as far as there is one, its attributes. */
let headerStart: usize = 0;
let headerEnd: usize = 0;
let body: usize = 0;
let end: usize = 0;
/** A number that `readNumber` has read, and whether it has a sign. */
let number: u64 = 0;
let isSigned: bool = false;

/**
 * Writes the line. Returns how many parts it has, 0 where only the host can write it.
 * @param lead text that stands before the template's
 */
export function writeLine(
  at: usize,
  program: usize,
  message: usize,
  length: u32,
  headerAt: u32,
  isLittleEndian: u32,
  lead: usize,
  leadLength: u32,
): u32 {
  block = at;
  places = load<u32>(program, L.PROGRAM_PLACES);
  littleEndian = isLittleEndian !== 0;
  end = message + length;
  headerStart = message + headerAt;
  const size = load<u32>(program, L.PROGRAM_HEADER);
  headerEnd = min<usize>(end, headerStart + size);
  body = min<usize>(end, headerStart + align4(size));
  forget(load<u32>(program, L.PROGRAM_PLACE_COUNT));
  const level = <usize>load<u32>(program, L.PROGRAM_LEVEL);
  if (level !== 0) walk(body, end, level);
  beginLine(block);
  putText(lead, leadLength);
  writeParts(load<u32>(program, L.PROGRAM_PARTS), false);
  if (failed) return 0;
  endLine();
  return count;
}

function forget(placeCount: u32): void {
  // Places are few: a call of memory.fill would take longer.
  for (let place: u32 = 0; place < placeCount; place += 2) store<u64>(block + place * 4, 0, L.LINE_STARTS);
  for (let place: u32 = 0; place < placeCount; place += 8) {
    store<u64>(block + place, 0, L.LINE_WAYS);
    store<u64>(block + place, 0, L.LINE_REPEATED);
    store<u64>(block + place, 0, L.LINE_HOST);
  }
}

function startOf(place: u32): usize {
  return load<u32>(block + place * 4, L.LINE_STARTS);
}

function endOf(place: u32): usize {
  return load<u32>(block + place * 4, L.LINE_ENDS);
}

function defOf(place: u32): usize {
  return load<u32>(block + place * 4, L.LINE_DEFS);
}

function setPlace(place: u32, start: usize, stop: usize, def: usize): void {
  const at = block + place * 4;
  store<u32>(at, <u32>start, L.LINE_STARTS);
  store<u32>(at, <u32>stop, L.LINE_ENDS);
  store<u32>(at, <u32>def, L.LINE_DEFS);
}

/** Notes where the wanted attributes stand; what is no attribute ends it, as in decoding. */
function walk(start: usize, stop: usize, level: usize): void {
  const little = littleEndian && load<u32>(level, L.TOLD_BIG_ENDIAN) === 0;
  const known = load<u32>(level, L.TOLD_COUNT);
  for (let at = start; at + NLA_HDRLEN <= stop; ) {
    const length = readU16(at, little);
    if (length < HEADER || at + length > stop) return;
    const type = readU16(at + 2, little) & NLA_TYPE_MASK;
    if (type < known) {
      const told = level + type * L.TOLD_SIZE;
      const wanted = load<u32>(told, L.TOLD + L.TOLD_PLACE);
      if (wanted !== 0) {
        const place = wanted - 1;
        if (startOf(place) !== 0) store<u8>(block + place, 1, L.LINE_REPEATED);
        else setPlace(place, at + NLA_HDRLEN, at + length, load<u32>(told, L.TOLD + L.TOLD_DEF));
      }
    }
    at += align4(length);
  }
}

// ---- places

function placeAt(place: u32): usize {
  return places + place * L.PLACE_SIZE;
}

function isKnownToHost(place: u32): bool {
  let said = load<u8>(block + place, L.LINE_HOST);
  if (said === UNASKED) {
    said = isThere(place) !== 0 ? THERE : NOT_THERE;
    store<u8>(block + place, said, L.LINE_HOST);
  }
  return said === THERE;
}

function has(place: u32): bool {
  if (startOf(place) !== 0) return true;
  const told = placeAt(place);
  switch (load<u32>(told, L.PLACE_KIND)) {
    case L.PLACE_ATTRIBUTE:
      return false;
    case L.PLACE_MEMBER: {
      const start = headerStart + load<u32>(told, L.PLACE_OFFSET);
      const stop = start + load<u32>(told, L.PLACE_LENGTH);
      if (stop > headerEnd) return isKnownToHost(place);
      setPlace(place, start, stop, load<u32>(told, L.PLACE_DEF));
      return true;
    }
    case L.PLACE_INNER:
      return look(load<u32>(told, L.PLACE_OUTER)) === OF_HOST ? isKnownToHost(place) : startOf(place) !== 0;
    default:
      return isKnownToHost(place);
  }
}

/** Finds what is wanted inside a place; says how. */
function look(outer: u32): u8 {
  let way = load<u8>(block + outer, L.LINE_WAYS);
  if (way === CLOSED) {
    way = has(outer) ? lookInto(outer) : OPEN;
    store<u8>(block + outer, way, L.LINE_WAYS);
  }
  return way;
}

function lookInto(outer: u32): u8 {
  if (startOf(outer) === 0) return OF_HOST;
  const def = defOf(outer);
  if (load<u8>(def, L.DEF_PLAIN) === 0 || load<u8>(def, L.DEF_LAYOUT) !== L.LAYOUT_INSIDE) return OF_HOST;
  const told = placeAt(outer);
  let inside = <usize>load<u32>(told, L.PLACE_INSIDE);
  if (load<u32>(told, L.PLACE_OPENED) !== <u32>def) {
    inside = openPlace(outer, load<u32>(def, L.DEF_NUMBER));
    store<u32>(told, <u32>def, L.PLACE_OPENED);
    store<u32>(told, <u32>inside, L.PLACE_INSIDE);
  }
  switch (load<u32>(inside, L.INSIDE_KIND)) {
    case L.INSIDE_NEST:
      return enter(outer, load<u32>(inside, L.INSIDE_LEVEL));
    case L.INSIDE_SWITCH:
      return enter(outer, switched(inside));
    case L.INSIDE_FORMAT:
      return enter(outer, formatOf(outer, inside));
    case L.INSIDE_STRUCT:
      return enterStruct(outer, inside);
    default:
      return OF_HOST;
  }
}

function enter(outer: u32, level: usize): u8 {
  if (level === 0) return OF_HOST;
  walk(startOf(outer), endOf(outer), level);
  return OPEN;
}

/** The level of a nest that a member of the message's header chooses. */
function switched(inside: usize): usize {
  const otherwise = <usize>load<u32>(inside, L.INSIDE_LEVEL);
  if (!readChooser(inside + L.INSIDE_CHOOSER, headerStart, headerEnd)) return otherwise;
  const cases = load<u32>(inside, L.INSIDE_CASES);
  for (let i: u32 = 0; i < cases; i++) {
    const at = inside + L.INSIDE_LIST + i * L.SWITCH_SIZE;
    if (load<u64>(at, L.SWITCH_VALUE) === number) return load<u32>(at, L.SWITCH_LEVEL);
  }
  return otherwise;
}

/** Reads a member of the message's header; false where the bytes do not reach it. */
function readChooser(chooser: usize, from: usize, to: usize): bool {
  const start = from + load<u32>(chooser, L.CHOOSER_OFFSET);
  const width = load<u32>(chooser, L.CHOOSER_WIDTH);
  if (start + width > to) return false;
  readInteger(start, width, load<u32>(chooser, L.CHOOSER_ORDER), load<u32>(chooser, L.CHOOSER_SIGNED) !== 0);
  return true;
}

/** The level of a sub-message whose format the one selector beside it tells; 0: only the host knows. */
function formatOf(outer: u32, inside: usize): usize {
  const around = load<i32>(placeAt(outer), L.PLACE_OUTER);
  const from = around < 0 ? body : startOf(around);
  const to = around < 0 ? end : endOf(around);
  const selector = <usize>load<u32>(inside, L.INSIDE_SELECTOR);
  const little = littleEndian && load<u32>(inside, L.INSIDE_BIG_ENDIAN) === 0;
  const wanted = load<u32>(inside, L.INSIDE_LEVEL);
  let found: usize = 0;
  let stop: usize = 0;
  for (let at = from; at + NLA_HDRLEN <= to; ) {
    const length = readU16(at, little);
    if (length < HEADER || at + length > to) break;
    if ((readU16(at + 2, little) & NLA_TYPE_MASK) === wanted) {
      if (found !== 0) return 0;
      found = at + NLA_HDRLEN;
      stop = at + length;
    }
    at += align4(length);
  }
  if (found === 0) return 0;
  if (load<u8>(selector, L.DEF_LAYOUT) === L.LAYOUT_STRING) {
    const length = textLength(found, stop);
    for (let at = <usize>load<u32>(inside, L.INSIDE_FORMATS); at !== 0; at = load<u32>(at, L.FORMAT_NEXT)) {
      if (load<u32>(at, L.FORMAT_LENGTH) !== length) continue;
      if (memory.compare(load<u32>(at, L.FORMAT_TEXT), found, length) === 0) return load<u32>(at, L.FORMAT_LEVEL);
    }
    const format = findFormat(inside, found, <i32>length, 0);
    return format === 0 ? 0 : <usize>load<u32>(format, L.FORMAT_LEVEL);
  }
  if (!readValue(selector, found, stop) || number > 0xffffffff) return 0;
  for (let at = <usize>load<u32>(inside, L.INSIDE_FORMATS); at !== 0; at = load<u32>(at, L.FORMAT_NEXT)) {
    if (load<u64>(at, L.FORMAT_NUMBER) === number) return load<u32>(at, L.FORMAT_LEVEL);
  }
  const format = findFormat(inside, 0, -1, <f64>number);
  return format === 0 ? 0 : <usize>load<u32>(format, L.FORMAT_LEVEL);
}

function enterStruct(outer: u32, inside: usize): u8 {
  const start = startOf(outer);
  if (endOf(outer) - start < load<u32>(inside, L.INSIDE_WIDTH)) return OF_HOST;
  const wanted = load<u32>(inside, L.INSIDE_CASES);
  for (let i: u32 = 0; i < wanted; i++) {
    const at = inside + L.INSIDE_LIST + i * L.WANTED_SIZE;
    const from = start + load<u32>(at, L.WANTED_OFFSET);
    setPlace(load<u32>(at, L.WANTED_PLACE), from, from + load<u32>(at, L.WANTED_LENGTH), load<u32>(at, L.WANTED_DEF));
  }
  return OPEN;
}

// ---- values

/** Length of a text up to the first NUL. */
function textLength(start: usize, stop: usize): u32 {
  for (let at = start; at < stop; at += 8) {
    const ends = zeros(load<u64>(at));
    if (ends !== 0) return <u32>(min<usize>(stop, at + (<usize>ctz<u64>(ends) >> 3)) - start);
  }
  return <u32>(stop - start);
}

function readInteger(at: usize, width: u32, order: u32, signed: bool): void {
  const little = order === L.OF_MESSAGE ? littleEndian : order === L.OF_LITTLE;
  isSigned = signed;
  switch (width) {
    case 1:
      number = signed ? <u64>(<i64>load<i8>(at)) : <u64>load<u8>(at);
      return;
    case 2: {
      const value = little ? load<u16>(at) : bswap<u16>(load<u16>(at));
      number = signed ? <u64>(<i64>(<i16>value)) : <u64>value;
      return;
    }
    case 4: {
      const value = little ? load<u32>(at) : bswap<u32>(load<u32>(at));
      number = signed ? <u64>(<i64>(<i32>value)) : <u64>value;
      return;
    }
    default:
      number = little ? load<u64>(at) : bswap<u64>(load<u64>(at));
  }
}

/** Reads an integer that its definition alone describes; false for all else, and where its length is another. */
function readValue(def: usize, start: usize, stop: usize): bool {
  if (load<u8>(def, L.DEF_LAYOUT) !== L.LAYOUT_INTEGER) return false;
  const length = <u32>(stop - start);
  if (length !== 1 && length !== 2 && length !== 4 && length !== 8) return false;
  const width = <u32>load<u8>(def, L.DEF_WIDTH);
  if (width !== 0 && width !== length) return false;
  readInteger(start, length, load<u8>(def, L.DEF_ORDER), load<u8>(def, L.DEF_SIGNED) !== 0);
  return true;
}

/** The number of a place that has been met; false where it is no plain integer. */
function readPlace(place: u32): bool {
  const start = startOf(place);
  if (start === 0) return false;
  const def = defOf(place);
  return load<u8>(def, L.DEF_PLAIN) !== 0 && readValue(def, start, endOf(place));
}

/** The definition by which a place reads, which a variant may choose; 0: only the host knows. */
function chosenDef(place: u32): usize {
  const def = defOf(place);
  if (load<u8>(def, L.DEF_PLAIN) !== 0) return def;
  const variant = <usize>load<u32>(def, L.DEF_VARIANT);
  if (variant === 0) return 0;
  const choosers = load<u32>(variant, L.VARIANT_MEMBERS);
  const cases = load<u32>(variant, L.VARIANT_CASES);
  const list = variant + L.VARIANT_LIST + choosers * L.CHOOSER_SIZE;
  for (let i: u32 = 0; i < choosers; i++) {
    if (!readChooser(variant + L.VARIANT_LIST + i * L.CHOOSER_SIZE, headerStart, headerEnd)) continue;
    for (let j: u32 = 0; j < cases; j++) {
      const at = list + j * L.CASE_SIZE;
      if (load<u64>(at, L.CASE_VALUE) !== number) continue;
      const length = load<u32>(at, L.CASE_LENGTH);
      const stop = endOf(place);
      for (let rest = startOf(place) + length; length > 0 && rest < stop; rest++) {
        if (load<u8>(rest) !== 0) return load<u32>(variant, L.VARIANT_OTHERWISE);
      }
      return load<u32>(at, L.CASE_DEF);
    }
  }
  return load<u32>(variant, L.VARIANT_OTHERWISE);
}

function isEmpty(place: u32): bool {
  if (readPlace(place)) return number === 0;
  if (startOf(place) !== 0) {
    const def = defOf(place);
    if (load<u8>(def, L.DEF_PLAIN) !== 0 && load<u8>(def, L.DEF_LAYOUT) === L.LAYOUT_STRING) {
      return textLength(startOf(place), endOf(place)) === 0;
    }
  }
  return isEmptyThere(place) !== 0;
}

// ---- the template

function writeParts(list: usize, isStrict: bool): bool {
  const parts = load<u32>(list);
  let isComplete = true;
  for (let i: u32 = 0; i < parts; i++) {
    if (!writePart(load<u32>(list + 4 + i * 4), isStrict)) isComplete = false;
    if (failed || (isStrict && !isComplete)) return false;
  }
  return isComplete;
}

function writePart(part: usize, isStrict: bool): bool {
  switch (load<u32>(part, L.PART_KIND)) {
    case L.PART_TEXT:
      putText(load<u32>(part, L.PART_ADDRESS), load<u32>(part, L.PART_LENGTH));
      return true;
    case L.PART_GROUP: {
      const guard = load<u32>(part, L.PART_GUARD);
      if (guard !== 0 && !has(guard - 1)) return true;
      const atOut = out;
      const atCount = count;
      const atBlank = blank;
      if (!writeParts(load<u32>(part, L.PART_PARTS), true)) takeBack(atOut, atCount, atBlank);
      return true;
    }
    case L.PART_TEST:
      return passes(part, isStrict);
    case L.PART_COMPARISON: {
      const answer = holds(load<u32>(part, L.PART_NUMBER));
      return answer === 1 && writeParts(load<u32>(part, L.PART_PARTS), isStrict);
    }
    default:
      return writeValue(part);
  }
}

/** Writes what stands behind a test; false where the value is not there, or it fails. */
function passes(part: usize, isStrict: bool): bool {
  const place = load<u32>(part, L.PART_PLACE);
  if (!has(place)) return false;
  const list = <usize>load<u32>(part, L.PART_PARTS);
  const isWanted = load<u32>(part, L.PART_WANTED) !== 0;
  if (isTrue(part, place) !== isWanted) return load<u32>(list) === 0;
  return writeParts(list, isStrict);
}

function isTrue(part: usize, place: u32): bool {
  if (!readPlace(place)) return holds(load<u32>(part, L.PART_NUMBER)) === 1;
  const def = defOf(place);
  const test = part + L.PART_TESTED;
  if (load<u32>(test, L.TEST_DEF) !== <u32>def) {
    prepareTest(load<u32>(part, L.PART_NUMBER), load<u32>(def, L.DEF_NUMBER));
    store<u32>(test, <u32>def, L.TEST_DEF);
  }
  switch (load<u32>(test, L.TEST_KIND)) {
    case L.TEST_OF_SOLE:
      return number === load<u64>(test, L.TEST_NUMBER);
    case L.TEST_OF_FLAG:
      return ((number / load<u64>(test, L.TEST_FLAG)) & 1) === 1;
    case L.TEST_OF_NONE:
      return false;
    default: {
      const slot = findSlot(test + L.TEST_TABLE, number);
      if (slot !== 0) return load<u32>(slot, L.SLOT_TEXT) !== 0;
      return testNumber(load<u32>(part, L.PART_NUMBER), place, number) !== 0;
    }
  }
}

/** The slot of a number in a table of texts; 0: it is not there. */
function findSlot(table: usize, key: u64): usize {
  const mask = load<u32>(table, L.TABLE_MASK);
  if (mask === 0) return 0;
  const slots = <usize>load<u32>(table, L.TABLE_SLOTS);
  let place = ((<u32>key ^ <u32>(key >> 32)) * 0x9e3779b1) >>> 7;
  let slot = slots + (place & mask) * L.SLOT_SIZE;
  while (load<u32>(slot, L.SLOT_LENGTH) !== 0) {
    if (load<u64>(slot, L.SLOT_NUMBER) === key) return slot;
    place++;
    slot = slots + (place & mask) * L.SLOT_SIZE;
  }
  return 0;
}

/** Writes the first of the options that there is; false where there is none. */
function writeValue(part: usize): bool {
  const isFilled = load<u32>(part, L.PART_FILLED) !== 0;
  if (load<u32>(part, L.PART_LIST) !== 0) return writeAnswer(tellList(load<u32>(part, L.PART_NUMBER)));
  const options = load<u32>(part, L.PART_OPTIONS);
  for (let i: u32 = 0; i < options; i++) {
    const option = <usize>load<u32>(part + L.PART_OPTION + i * 4);
    const place = load<i32>(option, L.OPTION_PLACE);
    if (place < 0) {
      putValue(load<u32>(option, L.OPTION_ADDRESS), load<u32>(option, L.OPTION_LENGTH));
      return load<u32>(option, L.OPTION_LENGTH) > 0;
    }
    if (!has(place) || (isFilled && isEmpty(place))) continue;
    if (writeOption(part, option, place)) return true;
    if (failed) return false;
  }
  return false;
}

/** Writes a text of the host's; false where it is empty. */
function writeAnswer(length: i32): bool {
  if (length < 0) {
    fail();
    return false;
  }
  putValue(block + L.LINE_ANSWER, length);
  return length > 0;
}

/** Writes the value at a place; false where it has no text. */
function writeOption(part: usize, option: usize, place: u32): bool {
  const start = startOf(place);
  const def: usize = start === 0 ? 0 : chosenDef(place);
  if (def === 0) return askOption(part, option);
  if (load<u32>(option, L.OPTION_DEF) !== <u32>def) {
    const made = wordOption(load<u32>(option, L.OPTION_NUMBER), load<u32>(def, L.DEF_NUMBER));
    store<u32>(option, <u32>def, L.OPTION_DEF);
    store<u32>(option, <u32>made, L.OPTION_WORDING);
  }
  const wording = <usize>load<u32>(option, L.OPTION_WORDING);
  const stop = endOf(place);
  switch (load<u32>(wording, L.WORDING_KIND)) {
    case L.WORDING_DECIMAL:
      if (!readValue(def, start, stop)) return askOption(part, option);
      putDecimal(number, isSigned);
      return true;
    case L.WORDING_TABULATED: {
      if (!readValue(def, start, stop)) return askOption(part, option);
      const slot = findSlot(wording + L.WORDING_TABLE, number);
      if (slot === 0)
        return writeAnswer(tellNumber(load<u32>(part, L.PART_NUMBER), load<u32>(option, L.OPTION_NUMBER), number));
      const length = load<u32>(slot, L.SLOT_LENGTH) - 1;
      putValue(load<u32>(slot, L.SLOT_TEXT), length);
      return length > 0;
    }
    case L.WORDING_STRING:
      return writeString(start, stop);
    case L.WORDING_HINT:
      return writeHint(def, start, stop) || askOption(part, option);
    case L.WORDING_INDEX:
      if (!readValue(def, start, stop) || number > 0x7fffffff) return askOption(part, option);
      return writeAnswer(nameInterface(<u32>number));
    default:
      return askOption(part, option);
  }
}

function askOption(part: usize, option: usize): bool {
  return writeAnswer(tellOption(load<u32>(part, L.PART_NUMBER), load<u32>(option, L.OPTION_NUMBER)));
}

/** Writes text up to the first NUL. What is not ASCII is left to the host. */
function writeString(start: usize, stop: usize): bool {
  const length = textLength(start, stop);
  for (let i: u32 = 0; i < length; i += 8) {
    if ((bytesAt(start + i, length - i) & HIGHEST) === 0) continue;
    fail();
    return false;
  }
  putValue(start, length);
  return length > 0;
}

/** Writes an address; false where its length is another. */
function writeHint(def: usize, start: usize, stop: usize): bool {
  const significant = <u32>load<u8>(def, L.DEF_SIGNIFICANT);
  const all = <u32>(stop - start);
  const length = significant === 0 ? all : min<u32>(all, significant);
  let hint = <u32>load<u8>(def, L.DEF_HINT);
  if (hint === L.HINT_IP) hint = length === 4 ? L.HINT_IPV4 : L.HINT_IPV6;
  if (hint === L.HINT_IPV4 && length === 4) putIpv4(start);
  else if (hint === L.HINT_IPV6 && length === 16) putIpv6(start);
  else if (hint === L.HINT_MAC && length === 6) putMac(start);
  else return false;
  return true;
}
