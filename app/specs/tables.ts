import type { LegacyDumps } from './legacyDumps.ts';
import type { StartView } from './ynl.ts';

/**
 * Specs compiled for reading and writing: every reference resolved, every constant spelled out. The decoder, the
 * encoder, the filter fields and the compose form all work from these tables.
 */

export interface EnumEntry {
  /** uapi constant: RTN_UNICAST. */
  readonly name: string;
  /** The constant without the prefix of its enum: UNICAST. */
  readonly short: string;
  /** As the family's tools spell it: unicast. */
  readonly spelled: string;
  /** The value; for flags the bit's value, not its number. */
  readonly value: number;
  readonly doc: string;
}

export interface EnumTable {
  readonly name: string;
  readonly isFlags: boolean;
  readonly entries: readonly EnumEntry[];
  readonly byValue: ReadonlyMap<number, EnumEntry>;
  /** By constant, by short name and by the spec's own name. */
  readonly byName: ReadonlyMap<string, EnumEntry>;
}

/** How a value is laid out and shown: shared by attributes, struct members and array elements. */
export interface ValueDef {
  /** uapi constant of an attribute, C name of a member. */
  readonly name: string;
  /** The spec's own name. */
  readonly specName: string;
  readonly doc: string;
  /** u32, string, binary, … or the struct's C name: what the tree shows as type. */
  readonly type: string;
  readonly layout: Layout;
  /** Width in bytes of an integer or of an array's element; 0 for uint/sint (4 or 8 by length) and all else. */
  readonly size: number;
  readonly signed: boolean;
  /** An integer of one width that nothing but its bytes says, and that has no parts. */
  readonly scalar: boolean;
  /** true: big endian, false: little endian, null: the host's. */
  readonly big: boolean | null;
  readonly enum: EnumTable | null;
  /** hex, mac, ipv4, ipv6, ipv4-or-v6, fddi, uuid or ''. */
  readonly hint: string;
  readonly unit: string;
  readonly ref: string;
  readonly format: string;
  /** Opaque by definition: showing bytes is showing the value. */
  readonly opaque: boolean;
  /** Bytes that a display hint is about, where zeros follow them; 0: all. */
  readonly significant: number;
  /** Key material: its text tells the length only. */
  readonly secret: boolean;
  /** C bit-fields of an integer, in the order of their declaration. */
  readonly bits: readonly BitField[];
  /** String set (ETH_SS_*) by which the kernel names the bits of a bitmap; -1: none. */
  readonly strings: number;
  readonly struct: StructDef | null;
  /** Elements of a C array inside a binary attribute or of an indexed array. */
  readonly element: ValueDef | null;
  readonly variant: Variant | null;
  /** Number of an attribute, -1 for all other values. */
  readonly number: number;
}

/** Whether values read as what they mean, rather than as bytes of unknown meaning. */
export function saysWhatItMeans({ layout, opaque, secret, hint, format }: ValueDef): boolean {
  return layout !== 'binary' || opaque || secret || format !== '' || (hint !== '' && hint !== 'hex');
}

/** Some bits of an integer; `shift` counts from the least significant bit on a little-endian host. */
export interface BitField {
  readonly def: ValueDef;
  readonly shift: number;
  readonly width: number;
}

/** Ways to read a value that a member of a struct around it chooses. */
export interface Variant {
  /** Paths of members, tried in order in each struct from the innermost outwards; `request` starts in the request. */
  readonly members: readonly (readonly string[])[];
  readonly cases: ReadonlyMap<number, { readonly def: ValueDef; readonly length: number }>;
}

export type Layout =
  | 'integer'
  | 'flag'
  | 'string'
  | 'binary'
  | 'struct'
  | 'array' // a C array of scalars or structs in one attribute
  | 'bitfield32'
  | 'nest'
  | 'indexed-array'
  | 'nest-type-value'
  | 'sub-message'
  | 'message' // fixed header and attributes
  | 'sequence' // structs, each followed by attributes
  | 'pad'
  | 'unused';

export interface MemberDef extends ValueDef {
  readonly offset: number;
  /** Bytes the member takes; -1 for a last binary that takes the rest. */
  readonly length: number;
}

export interface StructDef {
  /** C name: ifinfomsg. */
  readonly name: string;
  readonly specName: string;
  readonly members: readonly MemberDef[];
  readonly byName: ReadonlyMap<string, MemberDef>;
  /** Bytes without a trailing variable member. */
  readonly size: number;
  readonly variable: boolean;
  /** Integer member that counts the bytes of the trailing variable member; null where that takes the rest. */
  readonly counter: MemberDef | null;
  /** What the tree shows as type: "struct ifinfomsg". */
  readonly typeName: string;
  /** No bytes are worth a note as long as there are enough of them: its members can be read later. */
  readonly calm: boolean;
  /** How many of its members are padding: they show only where they are not zero. */
  readonly pads: number;
}

export interface AttrDef extends ValueDef {
  /** Holds attributes or structs with attributes. */
  readonly nests: boolean;
  /** Carries NLA_F_NET_BYTEORDER, without which its kernel refuses it. */
  readonly netByteOrder: boolean;
  /** Display filter name: link.mtu. */
  readonly filter: string;
  readonly multi: boolean;
  readonly space: AttrSpace | null;
  /** The siblings that choose, in order of preference: a sub-message's format or a value's type, by their value. */
  readonly selectors: readonly string[];
  readonly formats: ReadonlyMap<string, SubFormat> | null;
  readonly types: ReadonlyMap<string, AttrDef> | null;
  /** Fixed header of a 'message', element header of a 'sequence'. */
  readonly header: StructDef | null;
  /** Member of `header` that holds a sequence element's length. */
  readonly lengthMember: string;
  /** Names of the levels of a nest-type-value. */
  readonly levels: readonly string[];
  /** Attribute set chosen by a member of the message's fixed header. */
  readonly switch: { readonly member: string; readonly cases: ReadonlyMap<number, AttrSpace> } | null;
  readonly checks: { readonly [name: string]: number | string | boolean };
  /** Present where the user chose this reading, in place of what the specs say. */
  readonly chosen?: ChosenReading;
}

/** How a user wants an attribute, or what follows a message's headers, read. */
export interface ChosenReading {
  /** The rule that says so: "attr:NFULA_PAYLOAD=text". */
  readonly rule: string;
  readonly reading: string;
  /** What the specs say of the attribute; null where they do not know it. */
  readonly original: AttrDef | null;
  /** The definition for bytes that hold several of an integer; null for all other readings. */
  readonly several: AttrDef | null;
}

export interface SubFormat {
  readonly value: string;
  readonly header: StructDef | null;
  readonly space: AttrSpace | null;
}

export interface AttrSpace {
  /** "rt-link/link-attrs". */
  readonly id: string;
  readonly name: string;
  /** Prefix of its constants for naming unknown attributes: "IFLA_". */
  readonly prefix: string;
  /** Template of the line by which a nest of the set reads while it is closed; '' for its first values. */
  readonly text: string;
  /** Length and number of its attributes stand in network order. */
  readonly bigEndian: boolean;
  readonly byNumber: ReadonlyMap<number, AttrDef>;
  /** The same as an array with holes, for the decoder. */
  readonly dense: readonly (AttrDef | undefined)[];
  /** By constant and by the spec's own name. */
  readonly byName: ReadonlyMap<string, AttrDef>;
}

/** The constant of an attribute that its set does not know: "IFLA_? (74)". */
export function unknownName(space: AttrSpace | null, number: number): string {
  return `${space === null || space.prefix === '' ? 'NLA_' : space.prefix}? (${number})`;
}

/** What one message type (or generic netlink command) of a spec is, in one direction. */
export interface MessageDef {
  readonly spec: CompiledSpec;
  /** nlmsg_type or genl command. */
  readonly number: number;
  /** RTM_NEWLINK. */
  readonly name: string;
  readonly specName: string;
  readonly doc: string;
  readonly header: StructDef | null;
  readonly space: AttrSpace | null;
  /** Header member that counts bytes between the header and the attributes; '' when there are none. */
  readonly options: string;
  /** Dump requests carry attributes alone. */
  readonly bareDump: boolean;
  /** The one in whose place the message has the header of old (see LegacyDumps); null for all others. */
  readonly ownHeader: StructDef | null;
}

/** Error numbers of requests that have an attribute: of one number several kinds of objects make different things. */
export interface ErrorKind {
  /** Constants that lead to the attribute, from the outermost nest on. */
  readonly path: readonly string[];
  /** What its text begins with. */
  readonly begins: string;
  readonly table: EnumTable;
}

/** A rule about a payload (see SelectView). */
export type SelectRule =
  | { readonly kind: 'byte'; readonly offset: number; readonly values: ReadonlySet<number> }
  | { readonly kind: 'attribute' | 'first'; readonly number: number };

/** An operation a user can ask for. */
export interface OperationDef {
  readonly id: string;
  readonly message: MessageDef;
  readonly mode: 'do' | 'dump';
  readonly doc: string;
  readonly requestAttributes: readonly string[];
  readonly adminPerm: boolean;
}

/** Summary templates of a message: do and dump requests, answers, and what the kernel tells unasked. */
export interface SummaryForms {
  readonly do: string;
  readonly dump: string;
  readonly reply: string;
  readonly notify: string;
}

export interface CompiledSpec {
  readonly name: string;
  readonly protocol: number;
  /** Generic netlink family name, '' for netlink-raw. */
  readonly genlFamily: string;
  readonly version: number;
  readonly short: string;
  readonly doc: string;
  readonly requests: ReadonlyMap<number, MessageDef>;
  readonly replies: ReadonlyMap<number, MessageDef>;
  /** Notifications that are numbered apart from replies (async-prefix); all others are among the replies. */
  readonly events: ReadonlyMap<number, MessageDef>;
  readonly operations: readonly OperationDef[];
  readonly spaces: ReadonlyMap<string, AttrSpace>;
  readonly structs: ReadonlyMap<string, StructDef>;
  readonly enums: readonly EnumTable[];
  /** String sets (ETH_SS_*) that name bits in its messages. */
  readonly strings: ReadonlySet<number>;
  readonly groups: readonly { readonly name: string; readonly value: number }[];
  readonly hidden: ReadonlySet<string>;
  /** Error numbers of its own, beyond errno's; null when it has none. */
  readonly errors: EnumTable | null;
  /** The message whose answers have the low byte of the family's id in place of its command; '' for none. */
  readonly idAsCommand: string;
  /** Those that only some of its requests fail with, to be tried before `errors`. */
  readonly errorKinds: readonly ErrorKind[];
  /** Dump requests of its protocol as programs of old send them; null where there are none. */
  readonly legacyDumps: LegacyDumps | null;
  /** Payloads this spec describes, when it shares its message types with others; empty when it has them alone. */
  readonly select: readonly SelectRule[];
  readonly summaries: ReadonlyMap<string, SummaryForms>;
  /** What a new request begins with beside zeros, by message; by "message.dump" for dumps (see ViewDocument). */
  readonly starts: { readonly [message: string]: StartView };
  /** Words of its tool's own for what messages do; by the situations of `app/dissect/verbs.ts`. */
  readonly verbs: { readonly [act: string]: string };
}
