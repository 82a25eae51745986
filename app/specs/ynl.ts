/**
 * The kernel's YNL format as it stands in a YAML document (Documentation/netlink/specs): genetlink, genetlink-c,
 * genetlink-legacy and netlink-raw, each a superset of the one before. Only what decoding and encoding need is typed.
 */
export interface YnlDocument {
  name: string;
  protocol?: 'genetlink' | 'genetlink-c' | 'genetlink-legacy' | 'netlink-raw';
  protonum?: number;
  version?: number;
  doc?: string;
  'uapi-header'?: string;
  definitions?: YnlDefinition[];
  'attribute-sets': YnlAttributeSet[];
  'sub-messages'?: YnlSubMessage[];
  operations?: YnlOperations;
  'mcast-groups'?: { list: { name: string; value?: number; flags?: string[] }[] };
}

export interface YnlDefinition {
  name: string;
  type: 'const' | 'enum' | 'flags' | 'struct';
  header?: string;
  doc?: string;
  value?: number | string;
  'value-start'?: number;
  'name-prefix'?: string;
  entries?: (string | { name: string; value?: number; doc?: string })[];
  members?: YnlMember[];
}

export interface YnlMember {
  name: string;
  type: string;
  len?: number | string;
  'byte-order'?: 'little-endian' | 'big-endian';
  doc?: string;
  enum?: string;
  'enum-as-flags'?: boolean;
  'display-hint'?: string;
  struct?: string;
  'sub-type'?: string;
}

export interface YnlAttributeSet {
  name: string;
  'name-prefix'?: string;
  'subset-of'?: string;
  header?: string;
  doc?: string;
  attributes: YnlAttribute[];
}

/** Whether a set is a subset of itself, by way of others or not. */
export function isSubsetOfItself(set: YnlAttributeSet, sets: ReadonlyMap<string, YnlAttributeSet>): boolean {
  const passed = new Set<YnlAttributeSet>();
  for (let at: YnlAttributeSet | undefined = set; at !== undefined; at = sets.get(at['subset-of'] ?? '')) {
    if (passed.has(at)) return true;
    passed.add(at);
  }
  return false;
}

export interface YnlAttribute {
  name: string;
  type?: string;
  value?: number;
  doc?: string;
  'name-prefix'?: string;
  'byte-order'?: 'little-endian' | 'big-endian';
  'multi-attr'?: boolean;
  'nested-attributes'?: string;
  enum?: string;
  'enum-as-flags'?: boolean;
  'display-hint'?: string;
  'sub-type'?: string;
  struct?: string;
  'type-value'?: string[];
  'sub-message'?: string;
  selector?: string;
  checks?: { [name: string]: number | string | boolean };
  len?: number | string;
}

export interface YnlSubMessage {
  name: string;
  formats: { value: string | number; 'fixed-header'?: string; 'attribute-set'?: string }[];
}

export interface YnlOperations {
  'enum-model'?: 'unified' | 'directional';
  'name-prefix'?: string;
  'async-prefix'?: string;
  'fixed-header'?: string;
  list: YnlOperation[];
}

export interface YnlOperation {
  name: string;
  doc?: string;
  value?: number;
  'name-prefix'?: string;
  'attribute-set'?: string;
  'fixed-header'?: string;
  flags?: string[];
  do?: YnlExchange;
  dump?: YnlExchange;
  notify?: string;
  event?: { attributes?: string[] };
  mcgrp?: string;
}

export interface YnlExchange {
  request?: YnlMessage;
  reply?: YnlMessage;
}

export interface YnlMessage {
  value?: number;
  attributes?: string[];
}

/** A summary template, or parts of one. */
export type TemplateText = string | string[];

/** A value that a request begins with; an object is a nest. */
export type StartValue = string | number | string[] | StartView;

/** What a request begins with, by member of its header or attribute. */
export interface StartView {
  [member: string]: StartValue;
}

/** What YNL has no key for: how values read, which attributes hold whole messages, one-line summaries. */
export interface ViewDocument {
  spec: string;
  /** First part of the filter names: link.mtu. Default: the spec's name without "rt-". */
  short?: string;
  /** Other specs whose sets it names: what may be inside its messages is told without reading it. */
  uses?: string[];
  /** Headers beside the spec's own that its constants come from. */
  headers?: string[];
  /** Filter name part of each attribute set, '' for the top. */
  sets?: { [set: string]: string };
  /** By uapi constant. */
  attributes?: { [constant: string]: AttributeView };
  /** By struct.member. */
  members?: { [member: string]: ValueView };
  /** Spec path (set/attribute, enum/entry, operation) to the uapi constant where YNL's rule does not give it. */
  constants?: { [path: string]: string };
  hide?: string[];
  /** An enum of error numbers that only this spec's requests fail with (IPSET_ERR_*). */
  errors?: string;
  /** Enums that go before `errors` where a request has an attribute (see ErrorKind); the first that fits. */
  errorsOf?: { has: string; begins?: string; enum: string }[];
  /** The message whose answers have the low byte of the family's id where its command belongs, as the kernel writes them. */
  idAsCommand?: string;
  /** By attribute set: the template of the line by which a nest of the set reads while it is closed. */
  texts?: { [set: string]: string };
  /** Attribute sets whose attributes have length and number in network order (the TLVs of TIPC). */
  bigEndian?: string[];
  /** Attributes that carry NLA_F_NET_BYTEORDER, by constant: the kernel refuses them without (ipset). */
  netByteOrder?: string[];
  /** What a reply's constant has after the request's ("-reply"), where the two count apart (directional operations). */
  replySuffix?: string;
  /** By message constant: a header member that counts bytes between the header and the attributes. */
  options?: { [message: string]: string };
  /** By struct: the member that counts the bytes of its last, variable member. */
  counters?: { [struct: string]: string };
  /** Which payloads belong to this spec where several specs describe one (protocol, type): any rule may hold. */
  select?: SelectView[];
  /** Messages whose dump requests carry attributes alone, without the fixed header. */
  'bare-dumps'?: string[];
  /** Header and attribute set of dump requests as programs of old send them, whatever they ask this protocol for. */
  legacyDumps?: { header: string; set: string };
  /** By message constant: a template, or one for each of do and dump requests, answers and notifications. */
  summaries?: {
    [message: string]: string | { do?: TemplateText; dump?: TemplateText; reply?: TemplateText; notify?: TemplateText };
  };
  /** By attribute set: the string set (a constant of the spec's enums) that names the bits of its bitmaps. */
  strings?: { [set: string]: string };
  /** By constant of an enum: how the family's tools spell it, where that is not its own part in lower case. */
  spelling?: { [constant: string]: string };
  /**
   * By message constant, for dump requests with ".dump" after it: what a request that somebody begins to write has.
   * Members of the header where zero would be refused or is rarely meant, attributes (nests as objects), and under
   * `nlmsg_flags` the flags beside those that all such requests have.
   */
  starts?: { [message: string]: StartView };
  /** Words for what messages do, where the family's tool has other ones than most (`app/dissect/verbs.ts`). */
  verbs?: { [act: string]: string };
}

/**
 * A rule about a payload: the byte at an offset has one of the values, the payload is one attribute of that number, or
 * an attribute of that number comes first.
 */
export type SelectView = { offset: number; values: number[] } | { attribute: number } | { first: number };

/** How a number or a byte string reads. */
export interface ValueView {
  unit?: string;
  ref?: string;
  format?: string;
  /** The bytes are a C array: of an integer type, of `ipv6` addresses, or of the value's own `struct`. */
  array?: string;
  /** C bit-fields inside the integer, from the first declared on, with their widths in bits and the spec's enums. */
  bits?: { [name: string]: number | { width: number; enum?: string } };
  /** Key material: shown as its length only, written and read like any bytes. */
  secret?: boolean;
  /**
   * How it reads depends on a member of a struct around it, or of the message's fixed header: the first of the members
   * (a path into nested structs, or `request.` and a field of the request that is answered) whose value is a case.
   */
  variant?: { member: string | string[]; cases: { [value: string]: VariantView } };
}

/** One way to read a value; `length` bytes of it count, zeros follow. `enum` and `struct` are the spec's own. */
export interface VariantView {
  hint?: string;
  format?: string;
  enum?: string;
  struct?: string;
  length?: number;
}

export interface AttributeView extends ValueView {
  /** Opaque by definition (a cookie, a key): bytes are the value. */
  opaque?: boolean;
  /** The payload is a fixed header followed by attributes; the set may be another spec's ("conntrack/tuple-attrs"). */
  message?: { 'fixed-header'?: string; set: string };
  /** The payload is a sequence of structs, each followed by attributes up to the length in one of its members. */
  sequence?: { header: string; length: string; set: string };
  /** Laid out as an attribute of another spec: "cttimeout/cttimeout-attrs/data". */
  sameAs?: string;
  /** A sibling attribute tells the type: types (u8, string, flag, …) by its value, a constant where it has an enum. */
  typeBy?: { attribute: string; types: { [value: string]: string } };
  /** Sibling that chooses a sub-message where its own selector is not there. */
  fallback?: string;
  /** The attribute set depends on a member of the message's fixed header. */
  switch?: { member: string; cases: { [value: string]: string } };
}

/** A document that is parsed when it is asked for. */
export interface Lazy<Document> {
  read(): Document;
}

/** A spec that is parsed when it is asked for, and what its head says of it. */
export type LazySpec = Lazy<YnlDocument> & Pick<YnlDocument, 'name' | 'protocol' | 'protonum'>;

/** The same of a view. */
export type LazyView = Lazy<ViewDocument> & Pick<ViewDocument, 'short' | 'uses'>;
