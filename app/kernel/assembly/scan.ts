/** Asks many messages about one attribute (see AttributeSieve of app/dissect). */
import { MAX_DEPTH, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN } from '../../wire/numbers.ts';
import { align4, readU16, readU32 } from './bytes.ts';
import {
  ASK_HOST,
  ATTR_ACTION,
  ATTR_COUNTED,
  ATTR_HEADER,
  ATTR_INNER,
  ATTR_ORDER,
  ATTR_SIGNED,
  ATTR_SIZE,
  ATTRS,
  CHOICE_ACTION,
  CHOICE_HEADER,
  CHOICE_LENGTH,
  CHOICE_LEVEL,
  CHOICE_SIZE,
  CHOICE_TEXT,
  CHOICES,
  CHOICES_KNOWN,
  CHOICES_SIBLINGS,
  CHOOSE,
  CHOOSERS,
  CHOOSES_BY_TEXT,
  CHOOSES_OTHERWISE,
  COLUMN_LENGTH,
  COLUMN_OFFSET,
  ENTER,
  ENTER_ITEMS,
  LENGTH_LIMIT,
  LEVEL_BIG_ENDIAN,
  LEVEL_COUNT,
  ORDER_BIG,
  ORDER_LITTLE,
  PASS_OVER,
  PICK_UNSURE,
  PLAN_PASS_OVER,
  PLAN_UNKNOWN,
  PLAN_WAYS,
  SCAN_ALL,
  SCAN_HIGH,
  SCAN_KEPT,
  SCAN_LOW,
  SCAN_NEEDED,
  SCAN_NOT,
  SCAN_PICKS,
  SCAN_PLANS,
  SCAN_TEST,
  SCAN_WANTED,
  SCAN_WANTED_LENGTH,
  SCAN_WAYS,
  SCAN_WINDOW,
  SCAN_WINDOW_AT,
  SCAN_WINDOW_LENGTH,
  TAKE_BYTES,
  TAKE_INTEGER,
  TAKE_PRESENCE,
  TAKE_TEXT,
  TEST_EQUALS,
  TEST_PRESENCE,
  TEST_RANGE,
  WAY_LEVEL,
  WAY_LITTLE_ENDIAN,
  WAY_OTHER,
  WAY_SIZE,
  WAY_START,
} from './layout.ts';

/** Most bytes that are wanted in the window at once, and bytes between two messages that are worth a call of their own. */
const WIDEST: u32 = 1 << 18;
const WORTH_SKIPPING: u32 = 1 << 15;

let scan: usize = 0;
let plans: usize = 0;
let littleEndian: bool = true;
let wanted: usize = 0;
let wantedLength: u32 = 0;
/** Values of the message at hand: those that pass, those that do not. */
let passed: u32 = 0;
let failed: u32 = 0;

/**
 * Goes through the scan's picks from number `at` on, keeping those that pass, behind the `kept` that were before, and
 * marking the ones of which only the host can tell. Stops at a row whose kind has no plan yet, or whose bytes are not in
 * the window: SCAN_NEEDED tells how many from there on are wanted. Returns the number of the pick where it stopped.
 * @param chunk where the rows' columns are, `kinds` where the numbers of their kinds
 */
export function scanRows(ofScan: usize, chunk: usize, kinds: usize, at: u32, count: u32, keptBefore: u32): u32 {
  scan = ofScan;
  plans = scan + SCAN_PLANS;
  wanted = load<u32>(scan, SCAN_WANTED);
  wantedLength = load<u32>(scan, SCAN_WANTED_LENGTH);
  const picks = scan + SCAN_PICKS;
  const window = load<u32>(scan, SCAN_WINDOW);
  const windowLength = <i64>load<u32>(scan, SCAN_WINDOW_LENGTH);
  const windowAt = <i64>load<f64>(scan, SCAN_WINDOW_AT);
  let kept = keptBefore;
  let i = at;
  store<u32>(scan, 0, SCAN_NEEDED);
  for (; i < count; i++) {
    const place = <u32>load<u16>(picks + i * 2);
    const plan = <u32>load<u8>(plans + load<u16>(kinds + place * 2));
    if (plan === PLAN_PASS_OVER) continue;
    if (plan === PLAN_UNKNOWN) break;
    const length = <u32>load<u16>(chunk + place * 2, COLUMN_LENGTH);
    let mark = PICK_UNSURE;
    if (plan >= PLAN_WAYS && length >= <u32>NLMSG_HDRLEN && length < LENGTH_LIMIT) {
      const start = <i64>load<u32>(chunk + place * 4, COLUMN_OFFSET) - windowAt;
      if (start < 0 || start + length > windowLength) {
        store<u32>(scan, neededFrom(chunk, kinds, i, count), SCAN_NEEDED);
        break;
      }
      const answer = ask(plan - PLAN_WAYS, window + <u32>start, length);
      if (answer === NO) continue;
      if (answer === YES) mark = 0;
    }
    store<u16>(picks + kept * 2, <u16>(place | mark));
    kept++;
  }
  store<u32>(scan, kept, SCAN_KEPT);
  return i;
}

/** Bytes from a row's first on that hold it and the wanted rows after it, as far as they follow each other closely. */
function neededFrom(chunk: usize, kinds: usize, at: u32, count: u32): u32 {
  const picks = scan + SCAN_PICKS;
  let begin: u32 = 0;
  let end: u32 = 0;
  for (let i = at; i < count; i++) {
    const place = <u32>load<u16>(picks + i * 2);
    const plan = <u32>load<u8>(plans + load<u16>(kinds + place * 2));
    if (plan === PLAN_UNKNOWN) break;
    if (plan < PLAN_WAYS) continue;
    const length = <u32>load<u16>(chunk + place * 2, COLUMN_LENGTH);
    if (length === LENGTH_LIMIT) continue;
    const start = load<u32>(chunk + place * 4, COLUMN_OFFSET);
    const stop = start + length;
    if (i === at) begin = start;
    else if (start < end || start - end > WORTH_SKIPPING || stop - begin > WIDEST) break;
    end = stop;
  }
  return end - begin;
}

const NO: i32 = 0;
const YES: i32 = 1;
const UNSURE: i32 = 2;

/** The answer of a message, which may be read in several ways: where they agree. */
function ask(firstWay: u32, start: usize, length: u32): i32 {
  let number = firstWay + 1;
  let answer = -1;
  while (number !== 0) {
    const way = scan + SCAN_WAYS + (number - 1) * WAY_SIZE;
    const next = askBy(way, start, length);
    if (next === UNSURE || (answer >= 0 && answer !== next)) return UNSURE;
    answer = next;
    number = load<u32>(way, WAY_OTHER);
  }
  return answer;
}

function askBy(way: usize, start: usize, length: u32): i32 {
  littleEndian = load<u32>(way, WAY_LITTLE_ENDIAN) !== 0;
  passed = 0;
  failed = 0;
  if (!walk(load<u32>(way, WAY_LEVEL), start + load<u32>(way, WAY_START), start + length, 0)) return UNSURE;
  if (load<u32>(scan, SCAN_ALL) !== 0) return passed > 0 && failed === 0 ? YES : NO;
  return passed > 0 ? YES : NO;
}

/** False where only the host can tell. */
function walk(level: usize, from: usize, end: usize, depth: u32): bool {
  if (depth >= <u32>MAX_DEPTH) return false;
  const count = load<u32>(level, LEVEL_COUNT);
  const isLittle = littleEndian && load<u32>(level, LEVEL_BIG_ENDIAN) === 0;
  let at = from;
  while (at + NLA_HDRLEN <= end) {
    const length = readU16(at, isLittle);
    if (length < <u32>NLA_HDRLEN || at + length > end) return true;
    const number = readU16(at + 2, isLittle) & NLA_TYPE_MASK;
    if (number < count) {
      const attr = level + ATTRS + number * ATTR_SIZE;
      const action = <u32>load<u8>(attr, ATTR_ACTION);
      if (action !== PASS_OVER) {
        const payload = at + NLA_HDRLEN;
        const stop = at + length;
        if (action === ENTER) {
          const first = min<usize>(stop, payload + load<u16>(attr, ATTR_HEADER));
          if (!walk(load<u32>(attr, ATTR_INNER), first, stop, depth + 1)) return false;
        } else if (action === ENTER_ITEMS) {
          if (!walkItems(load<u32>(attr, ATTR_INNER), payload, stop, depth + 1)) return false;
        } else if (action === CHOOSE) {
          const choice = choiceOf(load<u32>(attr, ATTR_INNER), from, end, payload, isLittle);
          if (choice === 0) return false;
          const chosen = load<u32>(choice, CHOICE_ACTION);
          if (chosen === ASK_HOST) return false;
          if (chosen === ENTER) {
            const first = min<usize>(stop, payload + load<u32>(choice, CHOICE_HEADER));
            if (!walk(load<u32>(choice, CHOICE_LEVEL), first, stop, depth + 1)) return false;
          }
        } else if (!take(attr, action, payload, stop)) return false;
      }
    }
    at += align4(length);
  }
  return true;
}

function walkItems(level: usize, from: usize, end: usize, depth: u32): bool {
  let at = from;
  while (at + NLA_HDRLEN <= end) {
    const length = readU16(at, littleEndian);
    if (length < <u32>NLA_HDRLEN || at + length > end) break;
    if (!walk(level, at + NLA_HDRLEN, at + length, depth + 1)) return false;
    at += align4(length);
  }
  return true;
}

/**
 * What the sibling that chooses says of a nest, whose payload begins at `before`: the last one in front of it, or else
 * the first after it. 0 where only the host can tell.
 */
function choiceOf(choices: usize, from: usize, end: usize, before: usize, isLittle: bool): usize {
  const siblings = load<u32>(choices, CHOICES_SIBLINGS);
  let start: usize = 0;
  let stop: usize = 0;
  let at = from;
  while (at + NLA_HDRLEN <= end && (at < before || start === 0)) {
    const length = readU16(at, isLittle);
    if (length < <u32>NLA_HDRLEN || at + length > end) break;
    const number = readU16(at + 2, isLittle) & NLA_TYPE_MASK;
    const chooses = number < siblings ? <u32>load<u8>(choices + CHOOSERS + number) : 0;
    if (chooses === CHOOSES_OTHERWISE) return 0;
    if (chooses === CHOOSES_BY_TEXT) {
      start = at + NLA_HDRLEN;
      stop = at + length;
    }
    at += align4(length);
  }
  if (start === 0) return 0;
  const known = load<u32>(choices, CHOICES_KNOWN);
  for (let i: u32 = 0; i < known; i++) {
    const choice = choices + CHOICES + i * CHOICE_SIZE;
    if (isText(start, stop, load<u32>(choice, CHOICE_TEXT), load<u32>(choice, CHOICE_LENGTH))) return choice;
  }
  return 0;
}

/** Tests a value. False where only the host can. */
function take(attr: usize, action: u32, start: usize, end: usize): bool {
  const test = load<u32>(scan, SCAN_TEST);
  let passes = true;
  if (action === TAKE_INTEGER) {
    if (<u32>(end - start) !== <u32>load<u16>(attr, ATTR_COUNTED)) return false;
    if (test === TEST_RANGE) passes = isInRange(integerAt(attr, start, <u32>(end - start)));
    else if (test !== TEST_PRESENCE) return false;
  } else if (action === TAKE_TEXT) {
    if (test === TEST_EQUALS) {
      // What UTF-8 makes of other bytes than letters may be letters too (a byte order mark).
      if (start < end && load<u8>(start) >= 0x80) return false;
      passes = isText(start, end, wanted, wantedLength) !== (load<u32>(scan, SCAN_NOT) !== 0);
    } else if (test !== TEST_PRESENCE) return false;
  } else if (action === TAKE_BYTES) {
    if (test === TEST_EQUALS) {
      const counted = <u32>load<u16>(attr, ATTR_COUNTED);
      const length = counted === 0 ? <u32>(end - start) : min<u32>(<u32>(end - start), counted);
      const isSame = length === wantedLength && beginsWith(start, wanted, wantedLength);
      passes = isSame !== (load<u32>(scan, SCAN_NOT) !== 0);
    } else if (test !== TEST_PRESENCE) return false;
  } else if (action !== TAKE_PRESENCE || test !== TEST_PRESENCE) return false;
  if (passes) passed++;
  else failed++;
  return true;
}

function isInRange(value: f64): bool {
  const isInside = value >= load<f64>(scan, SCAN_LOW) && value <= load<f64>(scan, SCAN_HIGH);
  return isInside !== (load<u32>(scan, SCAN_NOT) !== 0);
}

/** An integer of 1, 2 or 4 bytes. */
function integerAt(attr: usize, at: usize, size: u32): f64 {
  const order = <u32>load<u8>(attr, ATTR_ORDER);
  const isLittle = order === ORDER_LITTLE || (order !== ORDER_BIG && littleEndian);
  const value = size === 1 ? <u32>load<u8>(at) : size === 2 ? readU16(at, isLittle) : readU32(at, isLittle);
  if (load<u8>(attr, ATTR_SIGNED) === 0) return <f64>value;
  const unused = 32 - size * 8;
  return <f64>(<i32>(value << unused) >> unused);
}

/** Whether a payload is a text: up to its end or to the first NUL. */
function isText(start: usize, end: usize, text: usize, length: u32): bool {
  const stop = start + length;
  return stop <= end && beginsWith(start, text, length) && (stop === end || load<u8>(stop) === 0);
}

function beginsWith(start: usize, text: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(start + i) !== load<u8>(text + i)) return false;
  return true;
}
