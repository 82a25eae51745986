import type { AddressOwner, Envelope } from '../contracts/index.ts';
import type { GenlFamily, StringSetPart } from '../dissect/api.ts';
import type { StoredPolicy } from './customOptions.ts';

/**
 * Where messages were lost: `kernel` the socket's receive queue, `queue` between receive thread and engine, `store` the
 * engine, `file` told by the capture file, which does not say where, `source` behind the end of a source that broke off.
 * The order is kept in files: append only.
 */
export type GapCause = 'kernel' | 'queue' | 'store' | 'file' | 'source';
export const GAP_CAUSES: readonly GapCause[] = ['kernel', 'queue', 'store', 'file', 'source'];

/** Messages that were lost at this place of a capture. */
export interface Gap {
  /** NETLINK_* number of the socket that lost them, null when it is not told. */
  readonly protocol: number | null;
  /** How many, null when nobody counted. */
  readonly lost: number | null;
  readonly cause: GapCause;
  /** Envelope.netns and Envelope.host of what was lost. */
  readonly netns?: string;
  readonly host?: string;
}

/** The name an interface index had from a time on. */
export interface InterfaceName {
  readonly index: number;
  readonly name: string;
  /** nsid of its namespace, null for the capture's own. */
  readonly nsid: number | null;
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  /** Envelope.netns of the messages that it is for. */
  readonly netns?: string;
}

/** Strings of a set, and whose they are. */
export interface KnownStrings extends StringSetPart {
  /** nsid of the device's namespace, null for the capture's own. */
  readonly nsid: number | null;
  /** Envelope.netns of the messages that it is for. */
  readonly netns?: string;
}

/** What is known of one host beside its messages. */
export interface HostFacts {
  /** Envelope.host of the messages that it is for. */
  readonly host?: string;
  readonly families?: Iterable<GenlFamily>;
  /** What the kernel accepts for some of the families, in parts. */
  readonly policies?: Iterable<StoredPolicy>;
  readonly interfaces?: Iterable<InterfaceName>;
  readonly strings?: Iterable<KnownStrings>;
  /** Processes behind netlink addresses. */
  readonly owners?: Iterable<AddressOwner>;
}

/** The kinds of facts in HostFacts. */
export const FACT_KINDS = ['families', 'policies', 'interfaces', 'strings', 'owners'] as const;

/** Facts of one host that grow while a file is read. */
export type FactLists = Pick<HostFacts, 'host'> & {
  readonly [Kind in (typeof FACT_KINDS)[number]]: (NonNullable<HostFacts[Kind]> extends Iterable<infer T>
    ? T
    : never)[];
};

/** What a capture file says beside its frames. */
export interface CaptureFacts {
  readonly hosts: readonly FactLists[];
  /** The file's own words: hardware, operating system, program, comments of a section. */
  readonly comments: readonly string[];
}

/** Where and why reading stopped before the end. */
export interface CaptureBreak {
  /** Byte offset of the record or block that could not be read. */
  readonly offset: number;
  /** Number the unreadable frame would have had (from 1). */
  readonly frame: number;
  /** One sentence. */
  readonly reason: string;
}

export interface CaptureReport {
  readonly format: 'pcap' | 'pcapng';
  /** Frames read, those of other link types included. */
  readonly frames: number;
  /** Netlink datagrams delivered. */
  readonly datagrams: number;
  /** Frames that are not netlink. */
  readonly skipped: number;
  readonly broken: CaptureBreak | null;
}

/** What a user wrote about a message. */
export interface MessageComment {
  /** Which message of its frame or datagram, counted from 0. */
  readonly message: number;
  /** Never empty; it may have several lines. */
  readonly text: string;
}

/** One entry of a capture file. The reader reuses it: take what you need before the next call. */
export interface CapturedFrame {
  readonly envelope: Envelope;
  /** Time in nanoseconds since 1970, halves of a 64-bit number. */
  readonly timeHigh: number;
  readonly timeLow: number;
  /** Where the datagram begins in the source, after the cooked header. */
  readonly offset: number;
  /** The datagram is `length` bytes from `start` of this view. */
  readonly view: DataView;
  readonly start: number;
  readonly length: number;
  /** Its length before the capture cut it, at least `length`. */
  readonly originalLength: number;
  /** The frame carries on the datagram of the frame before it. */
  readonly continued: boolean;
  /** Messages of this frame that were marked, counted from 0. */
  readonly marks: readonly number[];
  /** Those that times are measured from. */
  readonly references: readonly number[];
  /** The user's comments on messages of this frame. */
  readonly comments: readonly MessageComment[];
}

/**
 * Reads a capture forwards. Nothing throws on any input: what follows a break is given up, and `report` tells it.
 */
export interface CaptureReader {
  readonly frame: CapturedFrame;
  /** The gap when `next` said so. Its time is in `frame`. */
  readonly gap: Gap;
  readonly facts: CaptureFacts;
  /** Byte offset up to which the source has been read. */
  readonly position: number;
  /**
   * Goes on to the next datagram or gap; 'end' at the end of the capture or at its break. Of a source that may grow it
   * is the end of what is there: called again, it goes on.
   */
  next(): 'datagram' | 'gap' | 'end';
  /** Present where frames tell nothing but their protocol: the way of a capture that is read for the index alone. */
  readonly plain?: PlainFrames;
  report(): CaptureReport;
}

/** Datagrams that are left in the kernel's memory. */
export interface PlainFrames {
  /**
   * Goes on as `next`, with up to `limit` datagrams at once: they are the kernel's first frames until its next call.
   * Returns how many; 0 where `next` says 'end'.
   */
  run(limit: number): number;
  /** What is added to an address of the last run's frames to get the byte offset in the source. */
  readonly shift: number;
  /** Envelope of a frame of this protocol and byte order. */
  envelopeOf(protocol: number, littleEndian: boolean): Envelope;
}

/** The frame as readers fill it. */
export interface MutableFrame extends CapturedFrame {
  envelope: Envelope;
  timeHigh: number;
  timeLow: number;
  offset: number;
  view: DataView;
  start: number;
  length: number;
  originalLength: number;
  continued: boolean;
  marks: readonly number[];
  references: readonly number[];
  comments: readonly MessageComment[];
}

const NO_MARKS: readonly number[] = [];
const NO_COMMENTS: readonly MessageComment[] = [];

/** A frame with nothing in it. */
export function emptyFrame(): MutableFrame {
  return {
    envelope: plainEnvelope(0, true),
    timeHigh: 0,
    timeLow: 0,
    offset: 0,
    view: new DataView(new ArrayBuffer(0)),
    start: 0,
    length: 0,
    originalLength: 0,
    continued: false,
    marks: NO_MARKS,
    references: NO_MARKS,
    comments: NO_COMMENTS,
  };
}

/** What is known of a datagram when its file tells nothing but its protocol. */
export function plainEnvelope(protocol: number, littleEndian: boolean, netns?: string, host?: string): Envelope {
  const envelope: Envelope = {
    protocol,
    direction: 'unknown',
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian,
  };
  return placed(envelope, netns, host);
}

/** An envelope of a place: what is undefined is left out. */
export function placed(envelope: Envelope, netns: string | undefined, host: string | undefined): Envelope {
  if (netns === undefined && host === undefined) return envelope;
  return { ...envelope, ...(netns === undefined ? {} : { netns }), ...(host === undefined ? {} : { host }) };
}
