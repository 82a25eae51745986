/**
 * Where things stand in the kernel's memory. What the host reads and writes is exported by index.ts under the same
 * names, so that it stands here alone.
 */

/** Datagrams that wait to be taken apart. */
export const MOST_FRAMES: u32 = 1024;
/** Rows that one call makes. */
export const MOST_ROWS: u32 = 2048;

/** A datagram: where it begins, its length, its time in halves, its length before the capture cut it. */
export const FRAME_START: usize = 0;
export const FRAME_LENGTH: usize = 4;
export const FRAME_TIME_HIGH: usize = 8;
export const FRAME_TIME_LOW: usize = 12;
export const FRAME_ORIGINAL: usize = 16;
/** u16: which of the session's sources it has; NO_SOURCE: the plain one of its protocol and byte order. */
export const FRAME_SOURCE: usize = 20;
/** u16. */
export const FRAME_PROTOCOL: usize = 22;
/** u8: 1 when the host's byte order is little endian; 1 when it carries on the datagram before it. */
export const FRAME_LITTLE_ENDIAN: usize = 24;
export const FRAME_CONTINUED: usize = 25;
export const FRAME_SIZE: u32 = 32;
export const NO_SOURCE: u32 = 0xffff;

/** What the last call tells beside its answer, a word each: see Report of the host's side. */
export const FRAME_AT: usize = 16;
export const NEEDS_SOURCE: usize = 20;
export const RECORDS_END: usize = 24;
export const RECORDS_SEEN: usize = 28;
export const RECORDS_SKIPPED: usize = 32;
export const FRAMED_END: usize = 36;

export const FRAMES: usize = 1024;

/** Columns of the rows that a call made: words, half words, bytes. */
export const ROW_START: usize = FRAMES + MOST_FRAMES * FRAME_SIZE;
export const ROW_LENGTH: usize = ROW_START + MOST_ROWS * 4;
export const ROW_TIME_HIGH: usize = ROW_LENGTH + MOST_ROWS * 4;
export const ROW_TIME_LOW: usize = ROW_TIME_HIGH + MOST_ROWS * 4;
export const ROW_SEQ: usize = ROW_TIME_LOW + MOST_ROWS * 4;
export const ROW_PORTID: usize = ROW_SEQ + MOST_ROWS * 4;
export const ROW_TRANSACTION: usize = ROW_PORTID + MOST_ROWS * 4;
export const ROW_ENVELOPE: usize = ROW_TRANSACTION + MOST_ROWS * 4;
/** Bytes of the datagram after its last row, and bytes that the capture cut off it; with the last row alone. */
export const ROW_TAIL: usize = ROW_ENVELOPE + MOST_ROWS * 4;
export const ROW_MISSING: usize = ROW_TAIL + MOST_ROWS * 4;
export const ROW_TYPE: usize = ROW_MISSING + MOST_ROWS * 4;
export const ROW_FLAGS: usize = ROW_TYPE + MOST_ROWS * 2;
export const ROW_ERRNO: usize = ROW_FLAGS + MOST_ROWS * 2;
export const ROW_SOURCE: usize = ROW_ERRNO + MOST_ROWS * 2;
export const ROW_LEAD: usize = ROW_SOURCE + MOST_ROWS * 2;
export const ROW_SHAPE: usize = ROW_LEAD + MOST_ROWS;
/** What the row does to its transaction, and the state that brings in the bits from STATE_SHIFT on. */
export const ROW_ACTION: usize = ROW_SHAPE + MOST_ROWS;
export const STATE_SHIFT: u32 = 2;
export const ROW_FIRST: usize = ROW_ACTION + MOST_ROWS;

/** From here on memory is given to sessions and to pieces of files. */
export const FREE: usize = ROW_FIRST + MOST_ROWS;

/** What datagrams have in common: number of the envelope, scope, addresses (0: not told), protocol, byte order, direction. */
export const SOURCE_SCOPE: usize = 0;
export const SOURCE_PORTID: usize = 4;
export const SOURCE_DEST: usize = 8;
/** u16, u8, u8. */
export const SOURCE_PROTOCOL: usize = 12;
export const SOURCE_LITTLE_ENDIAN: usize = 14;
export const SOURCE_DIRECTION: usize = 15;
/** Numbers of the envelopes with each direction. */
export const SOURCE_ENVELOPES: usize = 16;
/** u8: 1 when the host has told it. */
export const SOURCE_KNOWN: usize = 36;
export const SOURCE_SIZE: u32 = 40;

/** Sources of plain captures, by protocol * 2 + byte order, and then as many that the host gives out. */
export const PLAIN_PROTOCOLS: u32 = 256;
export const PLAIN_SOURCES: u32 = PLAIN_PROTOCOLS * 2;
export const OTHER_SOURCES: u32 = 512;
