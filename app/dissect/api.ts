import type { Envelope, FamilyCode, FieldNode, MessageValue, Note, RowError } from '../contracts/index.ts';
import type { FamilyPolicy } from '../specs/policySpec.ts';
import type { ToldInterface } from './namedInterfaces.ts';
import type { NftSetName, NftSetTypes } from './nftSet.ts';

export type { NftSetName, NftSetTypes, ToldInterface };

/** Generic netlink families known to a capture or a live kernel: ids are dynamic, so every capture has its own map. */
export interface GenlFamily {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly headerSize: number;
  readonly maxAttr: number;
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly operations: readonly { readonly cmd: number; readonly flags: number }[];
  /** What the kernel accepts of attributes; absent where nobody asked. */
  readonly policy?: FamilyPolicy;
}

/** What the messages of one policy dump said: its numbers of policies hold within it alone. */
export interface PolicyDump {
  /** Policies of requests, by command. */
  readonly operations: Map<number, number[]>;
  /** Policy inside a nest, by the policy that has the nest and the nest's attribute number. */
  readonly nests: Map<number, Map<number, number>>;
}

export interface GenlFamilies {
  /** Another number whenever something else is known. */
  readonly revision: number;
  byId(id: number): GenlFamily | undefined;
  byName(name: string): GenlFamily | undefined;
  all(): Iterable<GenlFamily>;
  /** Remembers what an nlctrl reply or notification says (CTRL_CMD_NEWFAMILY/DELFAMILY). True when something changed. */
  learn(family: GenlFamily): boolean;
  /** Adds what an answer to CTRL_CMD_GETPOLICY says of a known family. True when something changed. */
  learnPolicy(id: number, part: FamilyPolicy): boolean;
  forget(id: number): boolean;
}

/** Some strings of a set, by their numbers: how a kernel calls the bits of a bitmap (linux/ethtool.h ETH_SS_*). */
export interface StringSetPart {
  readonly set: number;
  /** The device whose strings these are; null for sets that all devices share. */
  readonly device: ToldInterface | null;
  readonly names: readonly (readonly [index: number, name: string])[];
}

/** Columns of messages that stand together, each value at its message's place among them. */
export interface MessageColumns {
  readonly types: ArrayLike<number>;
  readonly flags: ArrayLike<number>;
  readonly seqs: ArrayLike<number>;
  readonly portids: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
  /** May be filled anew when the columns of other messages are asked for. */
  readonly protocols: ArrayLike<number>;
  /**
   * Small numbers: messages that have the same agree in their envelope, nlmsg_type, and whether they have NLM_F_REQUEST.
   * May be filled anew too. Numbers mean the same as long as `era` does.
   */
  readonly kinds: ArrayLike<number>;
  readonly era: number;
  /** The same for the kernel; null where a column is not as it keeps them. */
  readonly rows: KernelRows | null;
}

/** Messages that stand together, as the kernel finds them. */
export interface KernelRows {
  /** Addresses of their chunk of the index, and of their kinds. */
  readonly chunk: number;
  readonly kinds: number;
  /** What of the source is in the kernel's memory: address, length in bytes, and where it begins by the chunk's offsets. */
  readonly window: { readonly address: number; readonly length: number; readonly at: number };
  /** Brings bytes from the first of a message on into the window. False where they are not all there, or too many. */
  reach(place: number, length: number): boolean;
}

/** Bytes where they stand: from `start` to `end` of an array that may be written to anew when others are asked for. */
export interface ByteSpan {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** What lies outside a message's own bytes and yet decides how it reads. */
export interface DecodeContext {
  readonly genl: GenlFamilies;
  /** Name of an interface index at that time, if known. */
  interfaceName(index: number): string | undefined;
  /** A string of a set (see StringSetPart), if messages or the kernel told it. */
  stringName(set: number, index: number, device: ToldInterface | null): string | undefined;
  /** What the definition of a set of nf_tables, told at that time, says of its types; undefined if none was seen. */
  nftSet(name: NftSetName): NftSetTypes | undefined;
  /** Bytes of the request that this message answers (ack, error, reply), if it was seen. */
  request(): Uint8Array | undefined;
  /** Outcome of this request, if it was seen: bytes of the NLMSG_ERROR (or DONE) message that ended it. */
  answer(): Uint8Array | undefined;
  /** The dump of CTRL_CMD_GETPOLICY that this message belongs to, as far as its messages were seen. */
  policyDump(): PolicyDump | undefined;
}

/** One line about a message, and the columns that depend on decoding. */
export interface Summary {
  readonly family: FamilyCode;
  /** RTM_NEWLINK, CTRL_CMD_NEWFAMILY, add@… : the type column. */
  readonly type: string;
  /** Alternating descriptive and value text, beginning with descriptive; joined it reads like `ip monitor`. */
  readonly info: readonly string[];
  /** "RQ AK CR EX". */
  readonly flags: string;
  readonly error: RowError | null;
  /** The message asks for a dump. */
  readonly dump: boolean;
}

/** The same without what only rows of a list show. */
export interface Line {
  readonly type: string;
  /** The info as one text. */
  readonly text: string;
}

export interface Dissection {
  readonly tree: readonly FieldNode[];
  readonly notes: readonly Note[];
  readonly summary: Summary;
}

/**
 * Reads messages. `bytes` is exactly one message (nlmsghdr to the end of nlmsg_len, or a whole datagram for protocols
 * without nlmsghdr); ranges count from its first byte. No method throws, whatever the bytes.
 */
export interface Dissector {
  dissect(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): Dissection;
  summarize(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): Summary;
  /** Expert notes alone, cheaper than the tree. */
  notes(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): readonly Note[];
  /** The message as values (see MessageValue); null when its protocol or type is not covered by any spec. */
  values(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): MessageValue | null;
}
