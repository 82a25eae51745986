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
/** Notes in NOTES. */
export const NOTED: usize = 24;
/** Addresses of the first and the last row that were made. */
export const FIRST_START: usize = 28;
export const LAST_START: usize = 32;
export const RECORDS_END: usize = 44;
export const RECORDS_SEEN: usize = 48;
export const RECORDS_SKIPPED: usize = 52;
export const FRAMED_END: usize = 56;

export const FRAMES: usize = 1024;

/** Of the rows that `outlineRows` made: words, bytes. */
export const ROW_START: usize = FRAMES + MOST_FRAMES * FRAME_SIZE;
export const ROW_LENGTH: usize = ROW_START + MOST_ROWS * 4;
export const ROW_SHAPE: usize = ROW_LENGTH + MOST_ROWS * 4;

/**
 * What the columns do not say of the rows that `takeRows` made: number of the row among them, kind (u16 each), value.
 * Those of one row stand together, in the order of their kinds.
 */
export const NOTES: usize = ROW_SHAPE + MOST_ROWS;
export const NOTE_SIZE: u32 = 8;
/** Upper half of the time of this row and those after it. */
export const NOTE_TIME: u32 = 0;
/** Values that do not fit into the columns. */
export const NOTE_LENGTH: u32 = 1;
export const NOTE_ENVELOPE: u32 = 2;
/** The row may teach something; its address. */
export const NOTE_TAUGHT: u32 = 3;
/** Bytes of the datagram after its last row, and bytes that the capture cut off it: of the last row. */
export const NOTE_TAIL: u32 = 4;
export const NOTE_MISSING: u32 = 5;
export const NOTE_KINDS: u32 = 6;

/** From here on memory is given to sessions, to chunks of their index, and to pieces of files. */
export const FREE: usize = NOTES + MOST_ROWS * NOTE_KINDS * NOTE_SIZE;

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
/** By nlmsg_type of NETLINK_GENERIC: number of the watch whose messages may teach + 1, and NAMES. */
export const TEACHING: usize = NAMINGS + MOST_NAMINGS * NAMING_SIZE;
/** By first byte after the nlmsghdr, a byte each: whether such requests may teach, and whether all others may. */
export const WATCHES: usize = TEACHING + 0x10000;
export const MOST_WATCHES: u32 = 4;
export const WATCH_SIZE: u32 = 256;
export const SOURCES: usize = WATCHES + MOST_WATCHES * WATCH_SIZE;
/** Addresses of its chunks of transactions. */
export const TRANSACTION_CHUNKS: usize = SOURCES + (PLAIN_SOURCES + OTHER_SOURCES) * SOURCE_SIZE;
export const SESSION_TABLES: usize = TRANSACTION_CHUNKS + MOST_TRANSACTION_CHUNKS * 4;

/** Added to a watch's number in TEACHING: what names an interface anew may teach. */
export const NAMES: u32 = 0x80;
/** In WATCHES. */
export const TEACHES_BY_REQUEST: u32 = 1;
export const TEACHES_OTHERWISE: u32 = 2;
