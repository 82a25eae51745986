import type { ByteRange, Integer, Severity } from './base.ts';

/**
 * Who speaks to whom. `request`: user space asks the kernel. `reply`: the kernel answers one socket (data, ack, done,
 * error). `notify`: a multicast. `user`: user space to user space. `unknown`: the source does not tell and nothing
 * lets us infer it.
 */
export type Direction = 'request' | 'reply' | 'notify' | 'user' | 'unknown';
/** In the order of the numbers kept in capture files and index columns: append only. */
export const DIRECTIONS: readonly Direction[] = ['unknown', 'request', 'reply', 'notify', 'user'];

/** The short code of a protocol in the list: see `PROTOCOLS` for which protocol has which. */
export type FamilyCode = 'RT' | 'GENL' | 'NF' | 'DIAG' | 'XFRM' | 'AUD' | 'UEV' | 'USER' | 'OTHER';

/**
 * What is known of a datagram beside its bytes. One object is shared by all datagrams of the same circumstances.
 * Unknown numbers are null (an nlmon capture knows neither group nor source).
 */
export interface Envelope {
  /** NETLINK_* number, 0..31. */
  readonly protocol: number;
  readonly direction: Direction;
  /** Multicast group number (1..), 0 for unicast, null when the source cannot tell. */
  readonly group: number | null;
  /** nsid of the peer namespace (NETLINK_LISTEN_ALL_NSID), null for our own or unknown. */
  readonly nsid: number | null;
  /** Netlink address the datagram came from (0 is the kernel), null when unknown. */
  readonly sourcePortid: number | null;
  /** Netlink address it went to, null when unknown. */
  readonly destPortid: number | null;
  /** Byte order of the host it was captured on. */
  readonly littleEndian: boolean;
  /**
   * Network namespace (or other host) it was captured in, by the name the capture gives it; absent: the one of who
   * captured.
   */
  readonly netns?: string;
  /**
   * Kernel it was captured on: its host's name and boot id, or what else tells it apart ("root@router"); absent where the
   * source does not tell. Numbers and names that kernels give out (generic netlink families, interfaces, netlink
   * addresses) hold on their own host alone.
   */
  readonly host?: string;
}

/** The name in Envelope.host, without the boot id. */
export function hostName(host: string): string {
  return host.replace(/ [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
}

/** A note of the expert: something about a message that a reader should know. */
export interface Note {
  readonly severity: Severity;
  /** Stable identifier: errno, extack, malformed, truncated, unknown-attribute, trailing-bytes, dump-interrupted, … */
  readonly code: string;
  readonly text: string;
  readonly range: ByteRange | null;
}

export type FieldKind =
  | 'header' // nlmsghdr, genlmsghdr, nlmsgerr, a family's fixed header
  | 'attr' // a netlink attribute with a scalar, text or binary value
  | 'nest' // an attribute whose payload is attributes
  | 'member' // a member of a header or struct
  | 'struct' // a structured value inside an attribute
  | 'item' // an element of an array
  | 'text' // a line or key=value of a text protocol
  | 'payload' // opaque bytes
  | 'padding'
  | 'generated'; // not in the bytes: derived, shown in [brackets]

/**
 * A node of the decoded tree as it crosses process borders. `range` covers header and payload of an attribute without
 * its padding; `payload` covers the value alone.
 */
export interface FieldNode {
  /** uapi constant (IFLA_MTU), struct member (ifi_index), header struct (ifinfomsg), or `IFLA_? (74)` style unknowns. */
  readonly name: string;
  readonly kind: FieldKind;
  /** u32, string, nest, binary, struct name, … as the spec says. */
  readonly type: string;
  /** Numbers as Integer, text as string, flags (zero length attributes) as true, opaque bytes and nests as null. */
  readonly value: Integer | boolean | null;
  /** How the value reads: "1500 bytes", "BROADCAST | NOARP", "10.0.0.1", "00 11 22". */
  readonly text: string;
  readonly range: ByteRange;
  readonly payload: ByteRange;
  readonly children: readonly FieldNode[];
  /** Display filter field of this node (link.mtu), when it has one. */
  readonly filter?: string;
  /** The value as it would be written in a display filter (1500, "eth0", RTM_NEWLINK). */
  readonly filterValue?: string;
  readonly doc?: string;
  /** The decode-as rule of the user's by which it reads as it does: "attr:NFULA_PAYLOAD=text". */
  readonly decodedAs?: string;
  readonly severity?: Severity;
  /** Expert text about this very node. */
  readonly note?: string;
}

/** How a transaction ended, shown at the right edge of its request's row. */
export interface Outcome {
  readonly kind: 'ack' | 'done' | 'reply' | 'error' | 'pending' | 'group' | 'none';
  /** "ACK", "DONE", "EINVAL", "group link". */
  readonly text: string;
  /** Nanoseconds from request to end, null while pending or for notifications. */
  readonly latency: number | null;
}

/** One row of the message list. */
export interface Row {
  /** 1-based number of the message in the capture. */
  readonly number: number;
  readonly kind: 'message' | 'gap';
  /** Nanoseconds since 1970 as digits. */
  readonly time: string;
  /** 0 for a top-level row, 1 for a message shown under its request. */
  readonly depth: 0 | 1;
  /** The relation column: does the row open (collapsed/expanded), is it a child, is it the last child. */
  readonly relation: 'none' | 'collapsed' | 'expanded' | 'child' | 'last';
  readonly direction: Direction;
  readonly family: FamilyCode;
  readonly protocol: string;
  /** Message type or generic netlink command by name. */
  readonly type: string;
  /** Who sent it: "ip[820]", "ip[820]?" when inferred, "(ip[820])" when its request made the kernel tell, "kernel", "portid 4195", "". */
  readonly process: string;
  readonly processNote: string;
  /** Short flags: "RQ AK CR EX". */
  readonly flags: string;
  readonly portid: number;
  readonly seq: number;
  /** Number of the request of its transaction (its own, on the request); 0 outside of any. */
  readonly request: number;
  readonly length: number;
  /** Info column: alternating descriptive and value text, beginning with descriptive ("" allowed). */
  readonly info: readonly string[];
  readonly outcome: Outcome;
  readonly severity: Severity | null;
  /** On a failed request (and on the reply that says so). */
  readonly error: RowError | null;
  /** On gap rows: how many messages were lost (null: the kernel did not say), and where. */
  readonly gap: { readonly lost: number | null; readonly text: string } | null;
  readonly marked: boolean;
  /** Time of the message before it in the capture, its own of the first. */
  readonly before: string;
  /** Times are measured from this message on. */
  readonly reference: boolean;
  /** Time of the message that its own is measured from, the first where no other is. */
  readonly since: string;
  /** What the user wrote about the message; absent: nothing. */
  readonly comment?: string;
  /** Envelope.netns; absent where that is. */
  readonly netns?: string;
  /** Envelope.host, of a capture that holds several, where it is not the host that this nlscope runs on. */
  readonly host?: string;
  /** Which of the filters that were asked for is the first that the message passes; absent: none. */
  readonly colour?: number;
  /** Of the fields that were asked for with the rows, those that the message has, by the names they were asked by. */
  readonly fields?: { readonly [field: string]: FieldCell };
}

/** What a message has in a display filter field, as a cell of the list. */
export interface FieldCell {
  /** All values as the tree has them, but for quotes, with commas between; what is too long ends in "…". */
  readonly text: string;
  /** The first value as a display filter writes it, "" where only being there can be asked for; absent: no filter can. */
  readonly filterValue?: string;
}

export interface RowError {
  /** "ENODEV". */
  readonly errno: string;
  /** The kernel's own words (extack message), "" if it gave none. */
  readonly message: string;
  /** The attribute that offended or is missing, by name; "" if not told. */
  readonly attribute: string;
}

export interface RowPage {
  /** Counts the changes of the view's definition (filter, grouping, expansion, another file): drop stale replies by it. */
  readonly generation: number;
  readonly first: number;
  /** Rows in the view now. */
  readonly total: number;
  readonly rows: readonly Row[];
}

/** Everything about one message: what the tree and the bytes show. */
export interface MessageDetail {
  readonly number: number;
  readonly time: string;
  readonly protocol: string;
  readonly direction: Direction;
  readonly group: string;
  readonly nsid: number | null;
  readonly netns?: string;
  readonly type: string;
  readonly summary: string;
  /** It asks for a dump. */
  readonly dump?: boolean;
  readonly tree: readonly FieldNode[];
  readonly notes: readonly Note[];
  /** The message's bytes, base64. */
  readonly bytes: string;
  readonly littleEndian: boolean;
  /** What the user wrote about it, "" for nothing. */
  readonly comment: string;
  /** Present when this message failed or reports a failure. */
  readonly explanation: Explanation | null;
  /** Numbers of the other messages of its transaction, request first. */
  readonly transaction: readonly number[];
}

/** The error banner: errno name, the kernel's words, the attribute, the next step. */
export interface Explanation {
  readonly errno: string;
  readonly code: number;
  /** strerror's words. */
  readonly meaning: string;
  readonly message: string;
  readonly attribute: string;
  /** Where the offending attribute stands in the request's bytes (from its nlmsghdr). */
  readonly range: ByteRange | null;
  readonly requestNumber: number | null;
  readonly replyNumber: number | null;
  readonly advice: string;
}
