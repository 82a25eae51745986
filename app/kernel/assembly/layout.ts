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

/** What the last call tells beside its answer, a word each. */
export const FRAME_AT: usize = 16;
export const NEEDS_SOURCE: usize = 20;
/** Rows have bytes after them, or lack some: see ROW_TAIL, ROW_MISSING. */
export const ROWS_NOTABLE: usize = 24;
/** Values that did not fit into the chunk's columns: the host keeps these from ROW_LENGTH, ROW_ENVELOPE, ROW_TIME_HIGH. */
export const LENGTHS_WIDE: usize = 28;
export const ENVELOPES_WIDE: usize = 32;
export const TIMES_DIFFER: usize = 36;
/** Rows in TAUGHT. */
export const TAUGHT_COUNT: usize = 40;
export const RECORDS_END: usize = 44;
export const RECORDS_SEEN: usize = 48;
export const RECORDS_SKIPPED: usize = 52;
export const FRAMED_END: usize = 56;

export const FRAMES: usize = 1024;

/** Of the rows that a call made: words, half words, bytes. */
export const ROW_START: usize = FRAMES + MOST_FRAMES * FRAME_SIZE;
export const ROW_LENGTH: usize = ROW_START + MOST_ROWS * 4;
export const ROW_TIME_HIGH: usize = ROW_LENGTH + MOST_ROWS * 4;
export const ROW_ENVELOPE: usize = ROW_TIME_HIGH + MOST_ROWS * 4;
/** Bytes of the datagram after its last row, and bytes that the capture cut off it; with the last row alone. */
export const ROW_TAIL: usize = ROW_ENVELOPE + MOST_ROWS * 4;
export const ROW_MISSING: usize = ROW_TAIL + MOST_ROWS * 4;
/** Numbers of the rows that may teach something. */
export const TAUGHT: usize = ROW_MISSING + MOST_ROWS * 4;
export const ROW_SHAPE: usize = TAUGHT + MOST_ROWS * 2;

/** From here on memory is given to sessions, to chunks of their index, and to pieces of files. */
export const FREE: usize = ROW_SHAPE + MOST_ROWS;

/** Rows and transactions in a chunk. */
export const CHUNK_BITS: u32 = 14;
export const CHUNK_ROWS: u32 = 1 << CHUNK_BITS;
export const CHUNK_MASK: u32 = CHUNK_ROWS - 1;

/** Columns of a chunk of rows: words, half words, bytes. Offsets are differences to one that the host knows. */
export const COLUMN_OFFSET: usize = 0;
export const COLUMN_TIME_LOW: usize = CHUNK_ROWS * 4;
export const COLUMN_SEQ: usize = CHUNK_ROWS * 8;
export const COLUMN_PORTID: usize = CHUNK_ROWS * 12;
export const COLUMN_TRANSACTION: usize = CHUNK_ROWS * 16;
export const COLUMN_LENGTH: usize = CHUNK_ROWS * 20;
export const COLUMN_TYPE: usize = CHUNK_ROWS * 22;
export const COLUMN_FLAGS: usize = CHUNK_ROWS * 24;
export const COLUMN_ENVELOPE: usize = CHUNK_ROWS * 26;
export const COLUMN_LEAD: usize = CHUNK_ROWS * 28;
export const COLUMN_BITS: usize = CHUNK_ROWS * 29;
export const CHUNK_SIZE: u32 = CHUNK_ROWS * 30;

/** Bits of a row: it begins a datagram; it has fewer bytes than nlmsg_len says; it has no nlmsghdr. */
export const BIT_FIRST: u32 = 1;
export const BIT_CUT: u32 = 2;
export const BIT_RAW: u32 = 4;

/** Columns of a chunk of transactions: request's row, last row, row that ended it + 1 (0: none), errno, state. */
export const TRANSACTION_REQUEST: usize = 0;
export const TRANSACTION_LAST: usize = CHUNK_ROWS * 4;
export const TRANSACTION_END: usize = CHUNK_ROWS * 8;
export const TRANSACTION_ERRNO: usize = CHUNK_ROWS * 12;
export const TRANSACTION_STATE: usize = CHUNK_ROWS * 14;
export const TRANSACTIONS_SIZE: u32 = CHUNK_ROWS * 15;
/** Chunks of transactions that a session can have: more than there can be rows. */
export const MOST_TRANSACTION_CHUNKS: u32 = 1 << 16;

/** What datagrams have in common: scope, addresses (0: not told), protocol, byte order, direction. */
export const SOURCE_SCOPE: usize = 0;
export const SOURCE_PORTID: usize = 4;
export const SOURCE_DEST: usize = 8;
/** u16, u8, u8. */
export const SOURCE_PROTOCOL: usize = 12;
export const SOURCE_LITTLE_ENDIAN: usize = 14;
export const SOURCE_DIRECTION: usize = 15;
/** Numbers of the envelopes with each direction, and how many rows have them. */
export const SOURCE_ENVELOPES: usize = 16;
export const SOURCE_COUNTS: usize = 36;
/** Address of rows by nlmsg_type below FAMILY_IDS, a word each, where these are to be counted; else 0. */
export const SOURCE_FAMILIES: usize = 56;
/** linux/genetlink.h: GENL_MAX_ID + 1. */
export const FAMILY_IDS: u32 = 1024;
/** Number of the namespace and host whose interfaces are meant. */
export const SOURCE_PLACE: usize = 60;
/** u8: 1 when the host has told it. */
export const SOURCE_KNOWN: usize = 64;
export const SOURCE_SIZE: u32 = 68;

/** Sources of plain captures, by protocol * 2 + byte order, and then as many that the host gives out. */
export const PLAIN_PROTOCOLS: u32 = 256;
export const PLAIN_SOURCES: u32 = PLAIN_PROTOCOLS * 2;
export const OTHER_SOURCES: u32 = 512;

/** Where messages name interfaces: protocol, nlmsg_type, and NamingPlace of app/dissect, a word each. */
export const MOST_NAMINGS: u32 = 64;
export const NAMING_SIZE: u32 = 28;

/** A session: number of its newest transaction, namings there are, then tables. */
export const SESSION_TRANSACTION: usize = 0;
export const SESSION_NAMINGS: usize = 4;
export const NAMINGS: usize = 8;
/** By nlmsg_type of NETLINK_GENERIC: TEACHES, NAMES, or both. */
export const TEACHING: usize = NAMINGS + MOST_NAMINGS * NAMING_SIZE;
export const SOURCES: usize = TEACHING + 0x10000;
/** Addresses of its chunks of transactions. */
export const TRANSACTION_CHUNKS: usize = SOURCES + (PLAIN_SOURCES + OTHER_SOURCES) * SOURCE_SIZE;
export const SESSION_TABLES: usize = TRANSACTION_CHUNKS + MOST_TRANSACTION_CHUNKS * 4;

/** Every message of the type may teach something; only one that names an interface anew. */
export const TEACHES: u32 = 1;
export const NAMES: u32 = 2;
