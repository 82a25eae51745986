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
  asksForData(protocol: number, type: number): number;
  isRequest(protocol: number, type: number, flags: number, seq: number, portid: number): number;
  answerDirection(protocol: number, type: number, flags: number, portid: number, asked: number): number;
}

/** The numbers of the layout out of what a module exports. */
export function layoutOf(exports: { readonly [name: string]: unknown }): Layout {
  const numbers = LAYOUT.map((name) => [name, (exports[name] as Global).value]);
  return Object.fromEntries(numbers) as Layout;
}
