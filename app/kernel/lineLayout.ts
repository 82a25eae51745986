/**
 * How the programs lie in the kernel's memory by which it writes lines about messages (see KernelLine of app/dissect):
 * offsets in bytes, and numbers with a meaning. Constants alone, without types: the kernel is compiled from this file too.
 */

/** The block of a thread: what is known of the message at hand, and the line. */
export const MOST_PLACES = 256;
export const MOST_PARTS = 1024;
export const LONGEST_LINE = 0xf000;
/** By place: where its payload starts (0: not there, or not met yet) and ends, its definition. */
export const LINE_STARTS = 0;
export const LINE_ENDS = 1024;
export const LINE_DEFS = 2048;
/** Bytes by place: how it was looked into; met more than once; what the host said of it. */
export const LINE_WAYS = 3072;
export const LINE_REPEATED = 3328;
export const LINE_HOST = 3584;
/** Where parts of the line end, from LINE_TEXT on. */
export const LINE_PART_ENDS = 4096;
/** What the host answers in text. */
export const LINE_ANSWER = 0x2000;
export const LONGEST_ANSWER = 0x2000;
export const LINE_TEXT = 0x4000;
export const LINE_SIZE = 0x14000;

/** A program: its places, its parts, size of the message's own header, level of the message's attributes (0: none). */
export const PROGRAM_PLACES = 0;
export const PROGRAM_PLACE_COUNT = 4;
export const PROGRAM_PARTS = 8;
export const PROGRAM_HEADER = 12;
export const PROGRAM_LEVEL = 16;
export const PROGRAM_SIZE = 20;

/** A place: what it is, place around it (-1 and less: none), of a member offset, length and definition. */
export const PLACE_KIND = 0;
export const PLACE_OUTER = 4;
export const PLACE_OFFSET = 8;
export const PLACE_LENGTH = 12;
export const PLACE_DEF = 16;
/** The definition it was last looked into with, and what that says is inside (see INSIDE). */
export const PLACE_OPENED = 20;
export const PLACE_INSIDE = 24;
export const PLACE_SIZE = 28;
/** Kinds of places. Of the last only the host tells. */
export const PLACE_INNER = 0;
export const PLACE_ATTRIBUTE = 1;
export const PLACE_MEMBER = 2;
export const PLACE_OF_HOST = 3;

/** A definition: its layout, width (0: by length), sign and byte order, hint, significant bytes, whether it says all. */
export const DEF_LAYOUT = 0;
export const DEF_WIDTH = 1;
export const DEF_SIGNED = 2;
export const DEF_ORDER = 3;
export const DEF_HINT = 4;
export const DEF_SIGNIFICANT = 5;
export const DEF_PLAIN = 6;
/** Its number, and the variant that it chooses by (0: none). */
export const DEF_NUMBER = 8;
export const DEF_VARIANT = 12;
export const DEF_SIZE = 16;
export const LAYOUT_OTHER = 0;
export const LAYOUT_INTEGER = 1;
export const LAYOUT_STRING = 2;
export const LAYOUT_BINARY = 3;
export const LAYOUT_INSIDE = 4;
/** Byte orders: the message's, or always the same. */
export const OF_MESSAGE = 0;
export const OF_LITTLE = 1;
export const OF_BIG = 2;
export const HINT_NONE = 0;
export const HINT_MAC = 1;
export const HINT_IPV4 = 2;
export const HINT_IPV6 = 3;
export const HINT_IP = 4;

/** A variant: how many members choose, how many cases, definition where none holds (0: only the host tells). Each member: offset in the message's header, width, order, sign. */
export const VARIANT_MEMBERS = 0;
export const VARIANT_CASES = 4;
export const VARIANT_OTHERWISE = 8;
export const VARIANT_LIST = 12;
export const CHOOSER_OFFSET = 0;
export const CHOOSER_WIDTH = 4;
export const CHOOSER_ORDER = 8;
export const CHOOSER_SIGNED = 12;
export const CHOOSER_SIZE = 16;
/** A case: the value (64 bits), length (0: all), definition. */
export const CASE_VALUE = 0;
export const CASE_LENGTH = 8;
export const CASE_DEF = 12;
export const CASE_SIZE = 16;

/** A level: how many numbers it tells of, whether it is of big endian in any case; place + 1 and definition by number. */
export const TOLD_COUNT = 0;
export const TOLD_BIG_ENDIAN = 4;
export const TOLD = 8;
export const TOLD_PLACE = 0;
export const TOLD_DEF = 4;
export const TOLD_SIZE = 8;

/** What is inside a place: the kind of that, then what is needed to find it. */
export const INSIDE_KIND = 0;
export const INSIDE_HOST = 0;
export const INSIDE_NEST = 1;
export const INSIDE_SWITCH = 2;
export const INSIDE_FORMAT = 3;
export const INSIDE_STRUCT = 4;
/** Of a nest its level; of a switch the level where no case holds. 0: only the host tells. */
export const INSIDE_LEVEL = 4;
/** Of a switch: the one member, as in a variant, and its cases (value, level: 64 and 32 bits). */
export const INSIDE_CHOOSER = 8;
export const INSIDE_CASES = 24;
export const INSIDE_LIST = 32;
export const SWITCH_VALUE = 0;
export const SWITCH_LEVEL = 8;
export const SWITCH_SIZE = 16;
/** Of a format (INSIDE_LEVEL: number of the sibling that selects) the sibling's definition, whether siblings are of big endian, the newest format known. */
export const INSIDE_SELECTOR = 8;
export const INSIDE_BIG_ENDIAN = 12;
export const INSIDE_FORMATS = 16;
/** A format: the next, its level (0: only the host tells), number that selects it, or the text's address and length. */
export const FORMAT_NEXT = 0;
export const FORMAT_LEVEL = 4;
export const FORMAT_NUMBER = 8;
export const FORMAT_TEXT = 16;
export const FORMAT_LENGTH = 20;
export const FORMAT_SIZE = 24;
/** Of a struct: its size, how many members are wanted (INSIDE_CASES), and for each place, offset, length, definition. */
export const INSIDE_WIDTH = 8;
export const WANTED_PLACE = 0;
export const WANTED_OFFSET = 4;
export const WANTED_LENGTH = 8;
export const WANTED_DEF = 12;
export const WANTED_SIZE = 16;

/** A list of parts: how many, then their addresses. A part: its kind, its number, and by its kind: */
export const PART_KIND = 0;
export const PART_NUMBER = 4;
export const PART_TEXT = 1;
export const PART_GROUP = 2;
export const PART_TEST = 3;
export const PART_COMPARISON = 4;
export const PART_VALUE = 5;
/** Of a text, address and length. */
export const PART_ADDRESS = 8;
export const PART_LENGTH = 12;
/** Of a group, test or comparison, the parts inside (0: none); of a group, the place it needs + 1. */
export const PART_PARTS = 8;
export const PART_GUARD = 12;
/** Of a test: its place; whether the text stands where it holds; the test (see TEST). */
export const PART_PLACE = 12;
export const PART_WANTED = 16;
export const PART_TESTED = 24;
/** Of a value: whether it is a list, whether it must not be empty, how many options, then their addresses. */
export const PART_LIST = 8;
export const PART_FILLED = 12;
export const PART_OPTIONS = 16;
export const PART_OPTION = 20;

/** A test: what is known of values of the definition below; the number it is; the flag; texts as in a wording. */
export const TEST_KIND = 0;
export const TEST_DEF = 4;
export const TEST_NUMBER = 8;
export const TEST_FLAG = 16;
export const TEST_TABLE = 24;
export const TEST_SIZE = 40;
export const TEST_OF_NUMBER = 1;
/** No other number is it. */
export const TEST_OF_SOLE = 2;
export const TEST_OF_FLAG = 3;
/** Never holds. */
export const TEST_OF_NONE = 4;

/** An option: its place, or text (place -1); the definition it was last written by, and how. */
export const OPTION_PLACE = 0;
export const OPTION_ADDRESS = 4;
export const OPTION_LENGTH = 8;
export const OPTION_NUMBER = 12;
export const OPTION_DEF = 16;
export const OPTION_WORDING = 20;
export const OPTION_SIZE = 24;

/** A wording: its kind, and texts of numbers: slots there are less one (0: none yet), their address. */
export const WORDING_KIND = 0;
export const WORDING_TABLE = 4;
export const WORDING_SIZE = 12;
export const WORDING_OF_HOST = 0;
export const WORDING_DECIMAL = 1;
export const WORDING_TABULATED = 2;
export const WORDING_STRING = 3;
export const WORDING_HINT = 4;
export const WORDING_INDEX = 5;
export const TABLE_MASK = 0;
export const TABLE_SLOTS = 4;
/** A slot: the number, address of the text, its length + 1 (0: free). */
export const SLOT_NUMBER = 0;
export const SLOT_TEXT = 8;
export const SLOT_LENGTH = 12;
export const SLOT_SIZE = 16;
