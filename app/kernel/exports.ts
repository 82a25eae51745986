/** A number that stands in the kernel's layout: `assembly/layout.ts` tells what it means. */
type Global = { readonly value: number };

/** Names of the kernel's layout that the host uses. */
const LAYOUT = [
  'FRAME_AT',
  'NEEDS_SOURCE',
  'NOTED',
  'FIRST_START',
  'LAST_START',
  'RECORDS_END',
  'RECORDS_SEEN',
  'RECORDS_SKIPPED',
  'FRAMED_END',
  'FRAMES',
  'FRAME_SIZE',
  'FRAME_START',
  'FRAME_LENGTH',
  'FRAME_TIME_HIGH',
  'FRAME_TIME_LOW',
  'FRAME_ORIGINAL',
  'FRAME_SOURCE',
  'FRAME_PROTOCOL',
  'FRAME_LITTLE_ENDIAN',
  'FRAME_CONTINUED',
  'MOST_FRAMES',
  'MOST_ROWS',
  'ROW_START',
  'ROW_LENGTH',
  'ROW_SHAPE',
  'NOTES',
  'NOTE_SIZE',
  'NOTE_TIME',
  'NOTE_LENGTH',
  'NOTE_ENVELOPE',
  'NOTE_TAUGHT',
  'NOTE_TAIL',
  'NOTE_MISSING',
  'FREE',
  'CHUNK_BITS',
  'COLUMN_OFFSET',
  'COLUMN_TIME_LOW',
  'COLUMN_SEQ',
  'COLUMN_PORTID',
  'COLUMN_TRANSACTION',
  'COLUMN_LENGTH',
  'COLUMN_TYPE',
  'COLUMN_FLAGS',
  'COLUMN_ENVELOPE',
  'COLUMN_LEAD',
  'COLUMN_BITS',
  'CHUNK_SIZE',
  'TRANSACTION_REQUEST',
  'TRANSACTION_LAST',
  'TRANSACTION_END',
  'TRANSACTION_ERRNO',
  'TRANSACTION_STATE',
  'TRANSACTIONS_SIZE',
  'SOURCE_SCOPE',
  'SOURCE_PORTID',
  'SOURCE_DEST',
  'SOURCE_PROTOCOL',
  'SOURCE_LITTLE_ENDIAN',
  'SOURCE_DIRECTION',
  'SOURCE_ENVELOPES',
  'SOURCE_COUNTS',
  'SOURCE_FAMILIES',
  'FAMILY_IDS',
  'SOURCE_PLACE',
  'SOURCE_KNOWN',
  'SOURCE_SIZE',
  'PLAIN_PROTOCOLS',
  'PLAIN_SOURCES',
  'OTHER_SOURCES',
  'MOST_NAMINGS',
  'NAMING_SIZE',
  'SESSION_TRANSACTION',
  'SESSION_NAMINGS',
  'NAMINGS',
  'TEACHING',
  'WATCHES',
  'MOST_WATCHES',
  'WATCH_SIZE',
  'SOURCES',
  'TRANSACTION_CHUNKS',
  'NAMES',
  'TEACHES_BY_REQUEST',
  'TEACHES_OTHERWISE',
  'SESSION_SIZE',
  'PASS_OVER',
  'ENTER',
  'ENTER_ITEMS',
  'TAKE_TEXT',
  'TAKE_BYTES',
  'TAKE_INTEGER',
  'TAKE_PRESENCE',
  'ASK_HOST',
  'LEVEL_COUNT',
  'LEVEL_BIG_ENDIAN',
  'ATTRS',
  'ATTR_ACTION',
  'ATTR_ORDER',
  'ATTR_SIGNED',
  'ATTR_HEADER',
  'ATTR_COUNTED',
  'ATTR_INNER',
  'ATTR_SIZE',
  'ORDER_MESSAGE',
  'ORDER_LITTLE',
  'ORDER_BIG',
  'KINDS_NEXT',
  'KIND_VALUES',
  'KINDS_SIZE',
  'CHOOSE',
  'CHOICES_KNOWN',
  'CHOICES_SIBLINGS',
  'CHOICES',
  'MOST_CHOICES',
  'CHOICE_TEXT',
  'CHOICE_LENGTH',
  'CHOICE_ACTION',
  'CHOICE_HEADER',
  'CHOICE_LEVEL',
  'CHOICE_SIZE',
  'CHOOSERS',
  'CHOOSES_BY_TEXT',
  'CHOOSES_OTHERWISE',
  'WAY_OTHER',
  'SCAN_KEPT',
  'SCAN_NEEDED',
  'SCAN_TEST',
  'SCAN_ALL',
  'SCAN_NOT',
  'SCAN_WANTED',
  'SCAN_WANTED_LENGTH',
  'SCAN_LOW',
  'SCAN_HIGH',
  'SCAN_WINDOW',
  'SCAN_WINDOW_LENGTH',
  'SCAN_WINDOW_AT',
  'SCAN_WAYS',
  'WAY_LEVEL',
  'WAY_START',
  'WAY_LITTLE_ENDIAN',
  'WAY_SIZE',
  'MOST_WAYS',
  'SCAN_PLANS',
  'PLAN_UNKNOWN',
  'PLAN_PASS_OVER',
  'PLAN_ASK',
  'PLAN_WAYS',
  'KIND_COUNT',
  'SCAN_PICKS',
  'PICK_UNSURE',
  'SCAN_FREE',
  'SCAN_SIZE',
  'TEST_OTHER',
  'TEST_PRESENCE',
  'TEST_EQUALS',
  'TEST_RANGE',
] as const;

/** The kernel's layout: addresses, offsets and sizes in bytes, counts. */
export type Layout = { readonly [name in (typeof LAYOUT)[number]]: number };

/** Functions of the kernel: `assembly` tells what they do. Flags are 0 or 1. */
export interface Calls {
  openDatagram(start: number, length: number, protocol: number, littleEndian: number): void;
  isFinished(): number;
  outlineRows(): number;
  isLittleEndian(start: number, length: number, assumed: number): number;
  findRecords(
    from: number,
    to: number,
    limit: number,
    littleEndian: number,
    unit: number,
    header: number,
    cooked: number,
    hardwareAt: number,
    protocolAt: number,
  ): number;
  beginFrames(): void;
  takeRows(
    session: number,
    frames: number,
    chunk: number,
    place: number,
    room: number,
    firstRow: number,
    shift: number,
  ): number;
  forgetNamesOf(session: number): void;
  numberKinds(kinds: number, chunk: number, envelopes: number, from: number, to: number): void;
  scanRows(scan: number, chunk: number, kinds: number, at: number, count: number, kept: number): number;
  keepInRange(
    numbers: number,
    size: number,
    mask: number,
    first: number,
    width: number,
    isInside: number,
    picks: number,
    count: number,
  ): number;
  translate(halves: number, table: number, target: number, from: number, to: number): void;
  asksForData(protocol: number, type: number): number;
  isRequest(protocol: number, type: number, flags: number, seq: number, portid: number): number;
  writeLine(
    block: number,
    program: number,
    message: number,
    length: number,
    headerAt: number,
    littleEndian: number,
    lead: number,
    leadLength: number,
  ): number;
  answerDirection(protocol: number, type: number, flags: number, portid: number, asked: number): number;
}

/** What the kernel asks while it writes the line about a message: `assembly/lineHost.ts` tells what for. */
export type LineHost = {
  openPlace(place: number, def: number): number;
  findFormat(inside: number, text: number, length: number, number: number): number;
  wordOption(option: number, def: number): number;
  prepareTest(part: number, def: number): void;
  testNumber(part: number, place: number, number: bigint): number;
  tellNumber(part: number, option: number, number: bigint): number;
  nameInterface(index: number): number;
  isThere(place: number): number;
  isEmptyThere(place: number): number;
  tellOption(part: number, option: number): number;
  tellList(part: number): number;
  holds(part: number): number;
};

/** The numbers of the layout out of what a module exports. */
export function layoutOf(exports: { readonly [name: string]: unknown }): Layout {
  const numbers = LAYOUT.map((name) => [name, (exports[name] as Global).value]);
  return Object.fromEntries(numbers) as Layout;
}
