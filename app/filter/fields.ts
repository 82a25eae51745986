/**
 * What the filter language knows of fields. The language is generic over `R`, the record a predicate looks at: fields
 * say how their values are read from one, so the language knows nothing of netlink.
 */

/** Decides which literals and operators a field takes. `none`: it can only be tested for presence. */
export type FilterType = 'number' | 'string' | 'bytes' | 'ip' | 'mac' | 'boolean' | 'time' | 'none';

/**
 * number: number or bigint. string: string. bytes, mac, ip: Uint8Array (4 or 16 bytes for ip). boolean: boolean.
 * time: nanoseconds since 1970 as bigint. none: true once per occurrence.
 */
export type FilterValue = number | bigint | string | boolean | Uint8Array;

/** Where a field puts its values; an array is one. */
export interface ValueSink {
  readonly length: number;
  push(value: FilterValue): number;
}

export interface FilterField<R> {
  /** Canonical name: link.mtu. */
  readonly name: string;
  readonly type: FilterType;
  /** "u32, IFLA_MTU". */
  readonly detail: string;
  readonly doc: string;
  /**
   * Names a literal may use (bare words like RTM_NEWLINK, BROADCAST), and their values. On a number field they stand for
   * numbers; on a string field (nl.type) for the text to compare with, so that a bare word works like a quoted one.
   */
  readonly names?: ReadonlyMap<string, number | bigint | string>;
  /** What a name stands for, for completion and the reference. */
  nameDoc?(name: string): string;
  /** The number is a set of bits: `==` with a name tests the whole value, `&` and `has` test bits. */
  readonly bits?: boolean;
  /** Zero says that there is nothing: alone the field asks for any other value. */
  readonly zeroIsNone?: boolean;
  /** Cheap fields read index columns only; the compiler evaluates them first. */
  readonly cheap?: boolean;
  /** Appends every value this field has in the record (none when absent). Never throws. */
  read(record: R, out: ValueSink): void;
  /**
   * For fields that occur at most once: the value itself, undefined when absent. Index columns should have it, because
   * the predicate then touches no list at all. Says the same as `read`. Never throws.
   */
  scalar?(record: R): FilterValue | undefined;
  /**
   * For index columns of numbers that every record has: the values of all records in the record's block, by their place
   * in it. Says the same as `scalar`; whole columns are compared in a fraction of the time. The array may be filled
   * anew by the next call.
   */
  numbers?(record: R): ArrayLike<number>;
  /** For fields that most records cannot have: tells them without reading any. */
  readonly screen?: Screen<R>;
  /** For fields that many records can be asked about faster than by reading one after the other. */
  narrow?(question: Question<R>): Narrow<R>;
}

/** What a condition asks of the values of a field. */
export interface Question<R> {
  /** Of each value; null where being there is enough. */
  readonly test: ValueTest | null;
  /** One value that passes is enough: else all must, and there must be one. */
  readonly isAny: boolean;
  /** The answer for one record, by what `read` tells of it. */
  readonly holds: (record: R) => boolean;
}

/** Tests one value of a field. */
export interface ValueTest {
  (value: FilterValue): boolean;
  /** What it says of whole numbers of at most 2^53, where it is a range. */
  readonly range?: NumberRange;
  /** The text or bytes that alone pass (`isNot`: that alone do not), where it is about one. */
  readonly equals?: { readonly value: string | Uint8Array; readonly isNot: boolean };
}

/** Whole numbers from `low` to `high`, or all others. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly isOutside: boolean;
}

/**
 * Asks a condition of many records at once: of the `count` places in a block that `picks` begins with, those that pass
 * are moved to its front, in their order. Returns how many.
 */
export type Narrow<R> = (block: RecordBlock<R>, picks: Uint16Array, count: number) => number;

/** What tells records that cannot have a field by their kind. */
export interface Screen<R> {
  /**
   * Kinds of all records in the record's block, by their place in it: numbers below MOST_KINDS. Another block may number
   * them anew.
   */
  kinds(record: R): ArrayLike<number>;
  /** Whether a record may have a value: the same for all of its kind in a block. */
  mayHave(record: R): boolean;
}

/** Records that stand together, one after the other, as columns of numbers show them (see FilterField.numbers). */
export interface RecordBlock<R> {
  /** The record at a place in the block; one object may stand for one after the other. */
  at(place: number): R;
}

/** Most records in a block. */
export const MOST_IN_BLOCK = 1 << 14;

/** Most kinds of records (see Screen). */
export const MOST_KINDS = 1 << 15;

export interface FieldRegistry<R> {
  /**
   * Nanoseconds since 1970 that a bare number of seconds is counted from when it is compared with a time, usually the
   * capture's first message. Without it such numbers count from 1970.
   */
  timeOrigin?(): bigint;
  /** A field by canonical name, alias (netlink.hdr_type) or uapi constant (IFLA_MTU). */
  find(name: string): FilterField<R> | undefined;
  /** The same where it can be told at once; null: only when all fields have been made ready, which `find` waits for. */
  findSoon?(name: string): FilterField<R> | undefined | null;
  /** Fields whose name or alias starts with, or contains, the text; best first. */
  complete(prefix: string, limit: number): readonly FilterField<R>[];
  /** Names close to a misspelled one, best first. */
  suggest(name: string, limit: number): readonly string[];
  /** Every field once, for the generated reference. */
  all(): Iterable<FilterField<R>>;
  /** Texts of macros by their names, as they are now; absent: there are none. */
  macros?(): ReadonlyMap<string, string>;
}
