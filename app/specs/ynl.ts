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

/** What YNL has no key for: how values read, which attributes hold whole messages, one-line summaries. */
export interface ViewDocument {
  spec: string;
  /** First part of the filter names: link.mtu. Default: the spec's name without "rt-". */
  short?: string;
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
  /** By message constant: a header member that counts bytes between the header and the attributes. */
  options?: { [message: string]: string };
  /** By message constant: a template, or one for each of do and dump requests and everything else. */
  summaries?: { [message: string]: string | { do?: string; dump?: string; reply?: string } };
}

/** How a number or a byte string reads. */
export interface ValueView {
  unit?: string;
  ref?: string;
  format?: string;
  /** The bytes are a C array: of an integer type, of `ipv6` addresses, or of the value's own `struct`. */
  array?: string;
  /** How it reads depends on a sibling member (for attributes: a member of the message's fixed header). */
  variant?: { member: string; cases: { [value: string]: VariantView } };
}

/** One way to read a value; `length` bytes of it count, zeros follow. */
export interface VariantView {
  hint?: string;
  format?: string;
  length?: number;
}

export interface AttributeView extends ValueView {
  /** Opaque by definition (a cookie, a key): bytes are the value. */
  opaque?: boolean;
  /** The payload is a fixed header followed by attributes. */
  message?: { 'fixed-header'?: string; set: string };
  /** The payload is a sequence of structs, each followed by attributes up to the length in one of its members. */
  sequence?: { header: string; length: string; set: string };
  /** Sibling that chooses a sub-message where its own selector is not there. */
  fallback?: string;
  /** The attribute set depends on a member of the message's fixed header. */
  switch?: { member: string; cases: { [value: string]: string } };
}
