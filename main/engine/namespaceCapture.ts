import type { Failure, GroupRef, SubscriptionReport } from '../../app/contracts/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { BatchCursor, RECORD_TAPPED } from '../sources/batches.ts';
import { realtimeNs } from '../sources/netlinkSocket.ts';
import { listenToOwnTraffic } from '../sources/ownTraffic.ts';
import { openTap, type Tap } from '../sources/tap.ts';
import { followFamilies, type GroupMember, tellsOfFamily } from './lateFamilies.ts';
import { type CaptureDrops, type CaptureSink, gapOf, LiveCapture, type SocketSettings } from './liveCapture.ts';
import { type Omitted, plainTapEnvelope, TapMerge } from './tapMerge.ts';

export interface NamespaceSettings extends SocketSettings {
  /** Also see what passes between other programs and the kernel, by an nlmon device. */
  readonly tap?: boolean;
  /** Leave nothing out: neither the copies of a multicast nor our own messages. */
  readonly everyCopy?: boolean;
  /** Join the groups of generic netlink families that appear later, as far as nlctrl's group is among those joined. */
  readonly follows?: boolean;
}

/** nlctrl's group "notify": the kernel keeps that number for it (net/netlink/genetlink.c). */
const NLCTRL_NOTIFY = { protocol: NETLINK_GENERIC, group: 16 };

/** Datagrams of tap and subscriptions are looked through so often. */
const MERGE_MS = 20;

/** What is captured in one network namespace: subscriptions, and a tap when one is wanted. */
export class NamespaceCapture {
  readonly #live: LiveCapture;
  readonly #sink: CaptureSink;
  readonly #settings: NamespaceSettings;
  readonly #merge: TapMerge | null;
  readonly #cursor = new BatchCursor();
  #tap: Tap | null = null;
  /** Datagrams that the tap handed over. */
  #tapped = 0;
  /** Datagrams of the tap that were given up when it was closed. */
  #abandoned = 0;
  #timer: NodeJS.Timeout | null = null;
  #tapFailed = false;
  #stopListening: () => void = () => {};
  /**
   * Groups of generic netlink families that somebody chose, as FAMILY/GROUP: when a module is unloaded its kernel takes
   * its groups from all sockets, and gives them numbers anew when it comes back.
   */
  readonly #chosen = new Set<string>();
  /** Hears of families while groups are chosen. What it hears of theirs is recorded: their messages have other ids then. */
  #families: LiveCapture | null = null;

  constructor(settings: NamespaceSettings, sink: CaptureSink) {
    this.#settings = settings;
    this.#sink = sink;
    this.#merge = settings.tap && !settings.everyCopy ? new TapMerge(sink) : null;
    const heard = this.#merge === null ? sink : merging(this.#merge, sink);
    this.#live = new LiveCapture({ ...settings, captured: true }, settings.follows ? this.#following(heard) : heard);
  }

  /** True when nothing is heard any more: the tap is gone, and there is no group. */
  get hasEnded(): boolean {
    return this.#tapFailed && this.joined.length === 0;
  }

  get joined(): GroupRef[] {
    return this.#live.joined;
  }

  get drops(): CaptureDrops {
    const { kernel, queue } = this.#live.drops;
    const tap = this.#tap?.dropped ?? { kernel: 0, queue: 0 };
    return { kernel: kernel + tap.kernel, queue: queue + tap.queue + this.#abandoned };
  }

  /** Name of the nlmon device, null when there is none. */
  get tapName(): string | null {
    return this.#tap?.name ?? null;
  }

  /** What the tap showed and is not recorded. */
  get omitted(): Omitted {
    return this.#merge?.omitted ?? { copies: 0, own: 0 };
  }

  /** Makes the tap that the settings ask for. Returns why it cannot be made. */
  startTap(): Failure | null {
    const { netns = '', tap } = this.#settings;
    if (!tap || this.#tap !== null) return null;
    const opened = openTap({
      netns,
      onBatch: (batch) => this.#deliver(batch),
      onError: (failure) => {
        this.#tapFailed = true;
        this.#sink.failure(failure);
      },
    });
    if (!opened.ok) return opened.error;
    this.#tap = opened.value;
    const merge = this.#merge;
    if (merge !== null) {
      this.#stopListening = listenToOwnTraffic(netns, merge);
      this.#timer = setInterval(() => merge.release(this.#live.isIdle && opened.value.isIdle), MERGE_MS);
    }
    return null;
  }

  join(refs: readonly GroupRef[]): SubscriptionReport {
    const report = this.#live.join(refs);
    if (!this.#settings.follows) for (const { genlFamily, name } of report.joined) this.#choose(genlFamily, name);
    return report;
  }

  leave(refs: readonly GroupRef[]): void {
    for (const { genlFamily, name } of refs) this.#chosen.delete(`${genlFamily}/${name}`);
    this.#leave(refs);
  }

  #leave(refs: readonly GroupRef[]): void {
    this.#live.leave(refs);
    this.#merge?.left();
  }

  get #hearsFamilies(): boolean {
    return this.joined.some(
      ({ protocol, group }) => protocol === NLCTRL_NOTIFY.protocol && group === NLCTRL_NOTIFY.group,
    );
  }

  /** Joins a group again when its family comes back. */
  #choose(family: string | undefined, group: string | undefined): void {
    if (family === undefined || group === undefined || family === 'nlctrl') return;
    this.#chosen.add(`${family}/${group}`);
    if (this.#families !== null) return;
    const live = this.#live;
    const member: GroupMember = {
      get joined() {
        return live.joined;
      },
      join: (refs: readonly GroupRef[]) => live.join(refs),
      leave: (refs: readonly GroupRef[]) => this.#leave(refs),
    };
    const isChosen = (name: string) => [...this.#chosen].some((path) => path.startsWith(`${name}/`));
    const wanted = (name: string, its: string) => this.#chosen.has(`${name}/${its}`);
    this.#families = new LiveCapture(
      { netns: this.#settings.netns },
      {
        datagram: (envelope, timeNs, bytes, originalLength) => {
          if (envelope.sourcePortid !== 0 || !tellsOfFamily(bytes, isChosen)) return;
          // A tap sees it, too.
          if (!this.#settings.tap && !this.#hearsFamilies) {
            this.#sink.datagram(envelope, timeNs, bytes, originalLength);
            this.#sink.batch();
          }
          for (const failure of followFamilies(bytes, member, wanted)) this.#sink.failure(failure);
        },
        gap() {},
        batch() {},
        failure() {},
      },
    );
    this.#families.join([NLCTRL_NOTIFY]);
  }

  /**
   * Closes everything. What has been received is delivered before this returns, as far as the time allows, the rest is a
   * loss; nothing is delivered afterwards.
   */
  close(): void {
    this.#families?.close();
    this.#live.close();
    this.#closeTap();
    this.#stopListening();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#merge?.flush();
  }

  /** Where subscriptions deliver when families that appear later are joined. */
  #following(sink: CaptureSink): CaptureSink {
    return {
      datagram: (envelope, timeNs, bytes, originalLength) => {
        sink.datagram(envelope, timeNs, bytes, originalLength);
        if (envelope.protocol !== NETLINK_GENERIC || envelope.sourcePortid !== 0) return;
        for (const failure of followFamilies(bytes, this)) this.#sink.failure(failure);
      },
      gap: (gap, timeNs) => sink.gap(gap, timeNs),
      batch: () => sink.batch(),
      failure: (failure) => sink.failure(failure),
    };
  }

  #closeTap(): void {
    const tap = this.#tap;
    if (tap === null || tap.close(this.#settings.drainMs)) return;
    this.#abandoned = tap.received - this.#tapped;
    // Without any it is the kernel's end that was not waited for.
    const lost = this.#abandoned > 0 ? this.#abandoned : null;
    (this.#merge ?? this.#sink).gap({ protocol: null, lost, cause: 'queue' }, realtimeNs());
  }

  #deliver(batch: Uint8Array): void {
    const cursor = this.#cursor.reset(batch);
    const merge = this.#merge;
    while (cursor.next()) {
      const { timeNs, protocol, originalLength } = cursor;
      if (cursor.kind !== RECORD_TAPPED) {
        (merge ?? this.#sink).gap(gapOf(cursor, null), timeNs);
        continue;
      }
      this.#tapped++;
      if (merge !== null) merge.tapped(protocol, timeNs, cursor.payload(), originalLength);
      else this.#sink.datagram(plainTapEnvelope(protocol), timeNs, cursor.payload(), originalLength);
    }
    if (merge === null) this.#sink.batch();
  }
}

/** Where subscriptions deliver when a tap is merged with them. */
function merging(merge: TapMerge, sink: CaptureSink): CaptureSink {
  return {
    datagram: (envelope, timeNs, bytes, originalLength) => merge.subscribed(envelope, timeNs, bytes, originalLength),
    gap: (gap, timeNs) => merge.gap(gap, timeNs),
    batch() {},
    failure: (failure) => sink.failure(failure),
  };
}
