import type { DatagramExtras, Gap, HostFacts } from '../../app/captureFile/index.ts';
import {
  type CaptureOptions,
  DEFAULT_RECEIVE_BUFFER,
  type Envelope,
  type Failure,
  type GroupRef,
  type Inventory,
  type SubscriptionReport,
} from '../../app/contracts/index.ts';
import { BatchCursor, HOST_LITTLE_ENDIAN, RECORD_DATAGRAM, RECORD_SOCKET_LOSS } from '../sources/batches.ts';
import { type NetlinkSocket, openNetlink, realtimeNs } from '../sources/netlinkSocket.ts';

/** What a user said of a datagram, and whether it carries on the one before. */
export type DatagramNotes = Pick<DatagramExtras, 'marks' | 'references' | 'comments' | 'continued'>;

/** Where what is captured goes. */
export interface CaptureSink {
  /**
   * `originalLength` exceeds the bytes where a datagram was cut. The bytes are valid during the call only. `notes`: what
   * a capture that is read says of it.
   */
  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number, notes?: DatagramNotes): void;
  gap(gap: Gap, timeNs: bigint): void;
  /** A batch has been delivered: a good moment to do what is done once for many datagrams. */
  batch(): void;
  /** A source broke; the others go on. */
  failure(failure: Failure): void;
}

/** Where captures go that are read as somebody else writes them. */
export interface StreamSink extends CaptureSink {
  /** What such a capture says beside its messages. */
  facts(facts: HostFacts): void;
}

/** How sockets are opened, beside which groups they join. */
export type SocketSettings = Pick<CaptureOptions, 'netns' | 'allNsid' | 'receiveBuffer'> & {
  /** Address to bind to; only for a capture of one protocol. */
  readonly portid?: number;
  /** What is heard is shown to the user: a tap in the same namespace pairs it with what it sees. */
  readonly captured?: boolean;
  /** Milliseconds that a socket may take, when it is closed, to hand over what it has received (default 200). */
  readonly drainMs?: number;
};

const DRAIN_MS = 200;

/** Totals of what was lost on the way here. */
export interface CaptureDrops {
  readonly kernel: number;
  readonly queue: number;
}

interface Source {
  readonly socket: NetlinkSocket;
  readonly joined: Map<number, GroupRef>;
  /** Datagrams that were handed over. */
  delivered: number;
  /** It is kept for what is sent to its own address, even without groups. */
  listens: boolean;
}

function isIdle({ joined, listens }: Source): boolean {
  return joined.size === 0 && !listens;
}

/** Sockets that listen: one for each protocol, with groups that can be joined and left at any time. */
export class LiveCapture {
  readonly #settings: SocketSettings;
  readonly #sink: CaptureSink;
  readonly #sources = new Map<number, Source>();
  #dropped: CaptureDrops = { kernel: 0, queue: 0 };

  constructor(settings: SocketSettings, sink: CaptureSink) {
    this.#settings = settings;
    this.#sink = sink;
  }

  /** Groups that are being listened to. */
  get joined(): GroupRef[] {
    return Array.from(this.#sources.values(), ({ joined }) => [...joined.values()]).flat();
  }

  get drops(): CaptureDrops {
    let { kernel, queue } = this.#dropped;
    for (const { socket } of this.#sources.values()) {
      const counters = socket.counters();
      kernel += counters.socketDropped;
      queue += counters.queueDropped;
    }
    return { kernel, queue };
  }

  /** True when all sockets have been read and everything was handed over, as far as this process can know. */
  get isIdle(): boolean {
    return [...this.#sources.values()].every(({ socket }) => {
      const { queuedBytes, unread } = socket.counters();
      return unread === 0 && queuedBytes === 0;
    });
  }

  /** Joins groups, opening sockets as needed. Each group stands for itself: the kernel may refuse some. */
  join(refs: readonly GroupRef[]): SubscriptionReport {
    const joined: GroupRef[] = [];
    const refused: { ref: GroupRef; error: Failure }[] = [];
    for (const ref of refs) {
      const error = this.#joinOne(ref);
      if (error === null) joined.push(ref);
      else refused.push({ ref, error });
    }
    for (const [protocol, source] of this.#sources) if (isIdle(source)) this.#close(protocol);
    return { joined, refused };
  }

  /** Leaves groups; a socket without groups is closed. */
  leave(refs: readonly GroupRef[]): void {
    for (const { protocol, group } of refs) {
      const source = this.#sources.get(protocol);
      if (source === undefined || !source.joined.delete(group)) continue;
      source.socket.leave(group);
      if (isIdle(source)) this.#close(protocol);
    }
  }

  /** Opens a socket that hears only what is sent to its own address, beside its groups. Returns the address. */
  listen(protocol: number): { readonly portid: number } | Failure {
    const source = this.#open(protocol);
    if (!('socket' in source)) return source;
    source.listens = true;
    return { portid: source.socket.portid };
  }

  /**
   * Closes all sockets. What they have received is delivered before this returns, as far as the time allows, the rest is
   * a loss; nothing is delivered afterwards.
   */
  close(): void {
    for (const protocol of [...this.#sources.keys()]) this.#close(protocol);
  }

  #joinOne(ref: GroupRef): Failure | null {
    const source = this.#open(ref.protocol);
    if (!('socket' in source)) return source;
    if (source.joined.has(ref.group)) return null;
    const joined = source.socket.join(ref.group, ref.genlFamily);
    if (!joined.ok) return joined.error;
    source.joined.set(ref.group, ref);
    return null;
  }

  #open(protocol: number): Source | Failure {
    const known = this.#sources.get(protocol);
    if (known !== undefined) return known;
    const cursor = new BatchCursor();
    const envelopes = new EnvelopeCache(protocol);
    const opened = openNetlink({
      ...this.#settings,
      receiveBuffer: this.#settings.receiveBuffer ?? DEFAULT_RECEIVE_BUFFER,
      protocol,
      onBatch: (batch) => {
        source.delivered += this.#deliver(cursor.reset(batch), envelopes);
      },
      onError: (failure) => this.#sink.failure(failure),
    });
    if (!opened.ok) return opened.error;
    const source: Source = { socket: opened.value, joined: new Map(), delivered: 0, listens: false };
    envelopes.ownPortid = source.socket.portid;
    this.#sources.set(protocol, source);
    return source;
  }

  #close(protocol: number): void {
    const source = this.#sources.get(protocol);
    if (source === undefined) return;
    this.#sources.delete(protocol);
    const { joined, socket } = source;
    for (const group of joined.keys()) socket.leave(group);
    const waiting = () => {
      const { datagrams, queueDropped } = socket.counters();
      return datagrams - queueDropped - source.delivered;
    };
    const abandoned = socket.drain(this.#settings.drainMs ?? DRAIN_MS, () => waiting() === 0) ? 0 : waiting();
    socket.close();
    const { socketDropped, queueDropped } = socket.counters();
    this.#dropped = {
      kernel: this.#dropped.kernel + socketDropped,
      queue: this.#dropped.queue + queueDropped + abandoned,
    };
    if (abandoned === 0) return;
    this.#sink.gap({ protocol, lost: abandoned, cause: 'queue' }, realtimeNs());
    this.#sink.batch();
  }

  /** Returns how many datagrams there were. */
  #deliver(cursor: BatchCursor, envelopes: EnvelopeCache): number {
    const sink = this.#sink;
    let datagrams = 0;
    while (cursor.next()) {
      if (cursor.kind === RECORD_DATAGRAM) {
        datagrams++;
        sink.datagram(envelopes.of(cursor), cursor.timeNs, cursor.payload(), cursor.originalLength);
        continue;
      }
      sink.gap(gapOf(cursor, envelopes.protocol), cursor.timeNs);
    }
    sink.batch();
    return datagrams;
  }
}

/** The gap that a loss record tells of. `protocol`: of the socket, null for a tap. */
export function gapOf({ kind, lost }: BatchCursor, protocol: number | null): Gap {
  return { protocol, lost: lost === 0 ? null : lost, cause: kind === RECORD_SOCKET_LOSS ? 'kernel' : 'queue' };
}

/** Every group of an inventory that the kernel lets us join. */
export function openGroups({ protocols }: Inventory): GroupRef[] {
  return protocols
    .flatMap(({ groups, genlFamilies }) => [...groups, ...genlFamilies.flatMap((family) => family.groups)])
    .filter(({ locked }) => locked === null)
    .map(({ ref }) => ref);
}

/** Circumstances of the datagrams of one socket: few different ones, so each is one object. */
class EnvelopeCache {
  readonly protocol: number;
  ownPortid = 0;
  readonly #known = new Map<number, Map<number, Map<number, Envelope>>>();
  #latest: Envelope | null = null;

  constructor(protocol: number) {
    this.protocol = protocol;
  }

  of({ group, nsid, sourcePortid }: BatchCursor): Envelope {
    const latest = this.#latest;
    if (latest?.group === group && latest.sourcePortid === sourcePortid && (latest.nsid ?? -1) === nsid) return latest;
    const byNsid = getOrMake(this.#known, group, () => new Map<number, Map<number, Envelope>>());
    const bySource = getOrMake(byNsid, nsid, () => new Map<number, Envelope>());
    this.#latest = getOrMake(bySource, sourcePortid, () => this.#make(group, nsid, sourcePortid));
    return this.#latest;
  }

  #make(group: number, nsid: number, sourcePortid: number): Envelope {
    return {
      protocol: this.protocol,
      direction: sourcePortid !== 0 ? 'user' : group !== 0 ? 'notify' : 'reply',
      group,
      nsid: nsid < 0 ? null : nsid,
      sourcePortid,
      destPortid: group === 0 ? this.ownPortid : null,
      littleEndian: HOST_LITTLE_ENDIAN,
    };
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
