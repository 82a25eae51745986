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

export interface FilterField<R> {
  /** Canonical name: link.mtu. */
  readonly name: string;
  readonly type: FilterType;
  /** "u32, IFLA_MTU". */
  readonly detail: string;
  readonly doc: string;
  /** Names a literal may use instead of a number (RTM_NEWLINK, BROADCAST), and their values. */
  readonly names?: ReadonlyMap<string, number | bigint>;
  /** The number is a set of bits: `==` with a name tests the whole value, `&` and `has` test bits. */
  readonly bits?: boolean;
  /** Cheap fields read index columns only; the compiler evaluates them first. */
  readonly cheap?: boolean;
  /** Appends every value this field has in the record (none when absent). Never throws. */
  read(record: R, out: FilterValue[]): void;
}

export interface FieldRegistry<R> {
  /** A field by canonical name, alias (netlink.hdr_type) or uapi constant (IFLA_MTU). */
  find(name: string): FilterField<R> | undefined;
  /** Fields whose name or alias starts with, or contains, the text; best first. */
  complete(prefix: string, limit: number): readonly FilterField<R>[];
  /** Names close to a misspelled one, best first. */
  suggest(name: string, limit: number): readonly string[];
  /** Every field once, for the generated reference. */
  all(): Iterable<FilterField<R>>;
}
