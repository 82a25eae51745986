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
/** Stands for this and all longer ones, which only the host knows. */
export const LENGTH_LIMIT: u32 = 0xffff;
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

/** Numbers of kinds: the next one, a table that is all zero at first, those of a chunk's rows (u16 each). */
export const KINDS_NEXT: usize = 0;
export const KIND_SLOTS: usize = 16;
export const KIND_SLOT_BITS: u32 = 12;
export const KIND_VALUES: usize = KIND_SLOTS + (1 << KIND_SLOT_BITS) * 12;
export const KINDS_SIZE: u32 = <u32>KIND_VALUES + CHUNK_ROWS * 2;

/** What is done with an attribute, by its number in a level; all else than these only the host can do. */
export const PASS_OVER: u32 = 0;
export const ENTER: u32 = 1;
/** A nest of numbered nests. */
export const ENTER_ITEMS: u32 = 2;
/** A nest whose level the text of a sibling chooses. */
export const CHOOSE: u32 = 3;
export const TAKE_TEXT: u32 = 4;
export const TAKE_BYTES: u32 = 5;
export const TAKE_INTEGER: u32 = 6;
export const TAKE_PRESENCE: u32 = 7;
export const ASK_HOST: u32 = 8;

/** A level of attributes: how many numbers it tells of, whether it is of big endian in any case, then these. */
export const LEVEL_COUNT: usize = 0;
export const LEVEL_BIG_ENDIAN: usize = 4;
export const ATTRS: usize = 8;
/** u8 each: action; byte order and sign of an integer. */
export const ATTR_ACTION: usize = 0;
export const ATTR_ORDER: usize = 1;
export const ATTR_SIGNED: usize = 2;
/** u16 each: bytes of the header before a nest's attributes; those of an integer, or that count of bytes (0: all). */
export const ATTR_HEADER: usize = 4;
export const ATTR_COUNTED: usize = 6;
/** Address of the level inside a nest, or of the choices for it. */
export const ATTR_INNER: usize = 8;
export const ATTR_SIZE: u32 = 12;
/** The message's own, or always the same. */
export const ORDER_MESSAGE: u32 = 0;
export const ORDER_LITTLE: u32 = 1;
export const ORDER_BIG: u32 = 2;

/** Choices: how many are known, numbers of siblings there are; what they choose; a byte for each sibling. */
export const CHOICES_KNOWN: usize = 0;
export const CHOICES_SIBLINGS: usize = 4;
export const CHOICES: usize = 8;
export const MOST_CHOICES: u32 = 64;
/** A choice: address and length of the text, PASS_OVER, ENTER or ASK_HOST, bytes of the header, level; a word each. */
export const CHOICE_TEXT: usize = 0;
export const CHOICE_LENGTH: usize = 4;
export const CHOICE_ACTION: usize = 8;
export const CHOICE_HEADER: usize = 12;
export const CHOICE_LEVEL: usize = 16;
export const CHOICE_SIZE: u32 = 20;
/** Whether a sibling chooses: by its text, or in a way that only the host knows. */
export const CHOOSERS: usize = CHOICES + MOST_CHOICES * CHOICE_SIZE;
export const CHOOSES_BY_TEXT: u32 = 1;
export const CHOOSES_OTHERWISE: u32 = 2;

/** A scan: picks that were kept, bytes that are wanted in the window. */
export const SCAN_KEPT: usize = 0;
export const SCAN_NEEDED: usize = 4;
/** What is asked of each value; 1 where all must pass; 1 where it is the opposite. */
export const SCAN_TEST: usize = 8;
export const SCAN_ALL: usize = 12;
export const SCAN_NOT: usize = 16;
/** Address and length of TEST_EQUALS; lowest and highest (64-bit floats) of TEST_RANGE. */
export const SCAN_WANTED: usize = 20;
export const SCAN_WANTED_LENGTH: usize = 24;
export const SCAN_LOW: usize = 32;
export const SCAN_HIGH: usize = 40;
/** Bytes of the source that are at hand: address, length, and (64-bit float) their place by the chunk's offsets. */
export const SCAN_WINDOW: usize = 48;
export const SCAN_WINDOW_LENGTH: usize = 52;
export const SCAN_WINDOW_AT: usize = 56;
/**
 * Ways to read messages: level, where its attributes begin in the message, byte order, number of another way that the
 * messages may be read in + 1 (0: none); a word each.
 */
export const SCAN_WAYS: usize = 64;
export const WAY_LEVEL: usize = 0;
export const WAY_START: usize = 4;
export const WAY_LITTLE_ENDIAN: usize = 8;
export const WAY_OTHER: usize = 12;
export const WAY_SIZE: u32 = 16;
export const MOST_WAYS: u32 = 250;
/** By kind, a byte each; from PLAN_WAYS on the number of a way is added. */
export const SCAN_PLANS: usize = 4096;
export const PLAN_UNKNOWN: u32 = 0;
export const PLAN_PASS_OVER: u32 = 1;
export const PLAN_ASK: u32 = 2;
export const PLAN_WAYS: u32 = 3;
/** MOST_KINDS of app/filter. */
export const KIND_COUNT: u32 = 1 << 15;
/** Places of rows in their chunk, u16 each, and what is added to those of which only the host can tell. */
export const SCAN_PICKS: usize = SCAN_PLANS + KIND_COUNT;
export const PICK_UNSURE: u32 = 0x8000;
/** From here on are levels, and what is wanted. */
export const SCAN_FREE: usize = SCAN_PICKS + CHUNK_ROWS * 2;
export const SCAN_SIZE: u32 = 1 << 17;

/** What is asked of a value; TEST_OTHER only the host can tell. */
export const TEST_OTHER: u32 = 0;
export const TEST_PRESENCE: u32 = 1;
export const TEST_EQUALS: u32 = 2;
export const TEST_RANGE: u32 = 3;
