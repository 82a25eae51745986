import type { Integer } from './base.ts';

/**
 * A message as values: what decoding yields for editing, what the compose form edits, what `nlscope send --json` takes,
 * and what the encoder turns into bytes. Decoding then encoding is byte-exact: whatever cannot be derived from values
 * and tables (attribute order, flag bits, non-zero padding, lengths that lie, trailing bytes) is part of the model.
 */
export interface MessageValue {
  /** NETLINK_ROUTE. */
  protocol: string;
  /** Generic netlink family by name, for NETLINK_GENERIC. */
  genlFamily?: string;
  /** nlmsg_type by name (RTM_NEWLINK) or number. For generic netlink: the family's id; absent = resolved by name. */
  type?: string | number;
  /** nlmsg_flags by names (NLM_F_REQUEST) and/or numbers. */
  flags: (string | number)[];
  seq: number;
  portid: number;
  /** nlmsg_len, only where it differs from what encoding gives. */
  length?: number;
  genl?: { cmd: string | number; version: number; reserved?: number };
  /** Fixed header after nlmsghdr/genlmsghdr, by member name: {ifi_family: "AF_UNSPEC", ifi_index: 7}. */
  header?: StructValue;
  attributes: AttributeValue[];
  /** Payload that is not attributes (text, opaque), in hex. */
  payload?: string;
  /** Bytes after the last attribute, in hex. */
  tail?: string;
}

export type StructValue = { [member: string]: FieldValue };

/** Integer, enum name, address or other text, flags as names, hex for opaque bytes, arrays and structs of those. */
export type FieldValue = Integer | boolean | null | FieldValue[] | { [member: string]: FieldValue };

export interface AttributeValue {
  /** uapi constant or the spec's own name; absent for attributes that no spec names. */
  name?: string;
  /** nla_type without flag bits; needed where there is no name. */
  type?: number;
  /** NLA_F_NESTED / NLA_F_NET_BYTEORDER bits, where they differ from what encoding would set. */
  flags?: number;
  value?: FieldValue;
  /** Children of a nest. */
  attributes?: AttributeValue[];
  /** Raw payload in hex: used instead of value for what no spec types. */
  hex?: string;
  /** Bytes of a nest or struct that follow what the spec describes, in hex. */
  rest?: string;
  /** Padding that is not zero, or not as long as alignment asks, in hex. */
  padding?: string;
  /** nla_len, only where it lies. */
  length?: number;
}
