import type { InterfaceName, KnownStrings } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import { bareContext, LINK_NAMING, learnFamily, toldInterface } from '../../app/dissect/index.ts';
import { forEachMessage, GenlFamilyTable } from '../../app/session/index.ts';
import { NETLINK_GENERIC, NETLINK_ROUTE, viewOf } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import { realtimeNs } from '../sources/netlinkSocket.ts';
import type { Netns } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import type { Decoding } from './decoding.ts';
import type { Document } from './document.ts';
import { listFamilies, teachPolicies, withPolicy } from './genlKnowledge.ts';
import { LiveCapture } from './liveCapture.ts';
import { listStrings } from './stringKnowledge.ts';
import { Throttle } from './throttle.ts';

/** linux/rtnetlink.h. */
const RTNLGRP_LINK = 1;
const RTM_NEWLINK = 16;
/** Devices may come by the thousand. */
const STRINGS_MS = 1000;

/** What a watch tells. */
export interface WatchEvents {
  /** A generic netlink family came, went or changed. */
  familiesChanged(): void;
  interfaceNamed(known: InterfaceName): void;
  /** How the kernel and its devices call bits, after a device came. */
  stringsKnown(known: readonly KnownStrings[]): void;
}

/**
 * Keeps up with the generic netlink families and the interface names of one network namespace: asks for both at the
 * start and then listens. Nothing of it is recorded.
 */
export class Watch {
  readonly families = new GenlFamilyTable((family) => this.#decoding.library.learnPolicy(family));
  readonly #interfaces = new Map<number, string>();
  #strings: readonly KnownStrings[] = [];
  /** Devices that came have strings of their own. */
  readonly #stringsAgain = new Throttle(STRINGS_MS, () => void this.#askStrings());
  readonly netns: Netns;
  #decoding: Decoding;
  readonly #events: WatchEvents;
  readonly #live: LiveCapture;

  constructor(netns: Netns, decoding: Decoding, events: WatchEvents) {
    this.netns = netns;
    this.#decoding = decoding;
    this.#events = events;
    this.#live = new LiveCapture(
      { netns: netns.path },
      {
        datagram: (envelope, timeNs, bytes) => this.#observe(envelope, timeNs, bytes),
        gap: () => void this.#askAgain(),
        batch() {},
        failure() {},
      },
    );
  }

  /** Asks for what there is and begins to listen. What the kernel does not tell stays unknown. */
  async start(): Promise<void> {
    await this.#ask();
    const notify = this.families.byName('nlctrl')?.groups.find(({ name }) => name === 'notify');
    this.#live.join([
      { protocol: NETLINK_ROUTE, group: RTNLGRP_LINK },
      ...(notify === undefined ? [] : [{ protocol: NETLINK_GENERIC, group: notify.id }]),
    ]);
  }

  /** Reads by other specs from now on. Families that no spec describes any more are asked for their policies. */
  readBy(decoding: Decoding): void {
    this.#decoding = decoding;
    teachPolicies(this.families, decoding.library);
    void this.#askPolicies();
  }

  /** Teaches a document what is known now. */
  teach(document: Document): void {
    const now = realtimeNs();
    document.learnFacts({
      host: OWN_HOST,
      families: this.families.all(),
      interfaces: Array.from(this.#interfaces, ([index, name]) => this.#named(index, name, now)),
      strings: this.#strings,
    });
  }

  close(): void {
    this.#stringsAgain.cancel();
    this.#live.close();
  }

  #named(index: number, name: string, timeNs: bigint): InterfaceName {
    return { index, name, nsid: null, timeNs, netns: this.netns.name };
  }

  /** True when a family was not known as it is. */
  async #ask(): Promise<boolean> {
    let changed = false;
    const families = await listFamilies(this.#decoding, this.netns.path);
    if (families.ok) for (const family of families.value) changed = this.families.learn(family) || changed;
    const names = await interfaceNames(this.netns.path);
    if (names.ok) for (const [index, name] of names.value) this.#interfaces.set(index, name);
    this.#strings = await listStrings(this.netns, this.families);
    return changed;
  }

  async #askStrings(): Promise<void> {
    this.#strings = await listStrings(this.netns, this.families);
    this.#events.stringsKnown(this.#strings);
  }

  async #askAgain(): Promise<void> {
    if (await this.#ask()) this.#events.familiesChanged();
  }

  /** Families that appeared while listening have not told their policies yet. */
  async #askPolicies(): Promise<void> {
    let changed = false;
    for (const family of [...this.families.all()]) {
      if (family.policy !== undefined) continue;
      const { policy } = await withPolicy(family, this.#decoding, this.netns.path);
      if (policy !== undefined) changed = this.families.learnPolicy(family.id, policy) || changed;
    }
    if (changed) this.#events.familiesChanged();
  }

  #observe(envelope: Envelope, timeNs: bigint, datagram: Uint8Array): void {
    const { protocol } = envelope;
    forEachMessage(viewOf(datagram), 0, datagram.length, protocol, HOST_LITTLE_ENDIAN, (start, length, shape) => {
      if (shape !== 'message') return;
      const message = datagram.subarray(start, start + length);
      if (protocol === NETLINK_GENERIC) {
        if (!learnFamily(message, envelope, bareContext(this.families), this.families)) return;
        this.#events.familiesChanged();
        void this.#askPolicies();
      } else if (viewOf(message).getUint16(4, HOST_LITTLE_ENDIAN) === RTM_NEWLINK) {
        const { index, name } = toldInterface(viewOf(message), 0, length, HOST_LITTLE_ENDIAN, LINK_NAMING);
        if (name === '') return;
        if (!this.#interfaces.has(index)) this.#stringsAgain.request();
        this.#interfaces.set(index, name);
        this.#events.interfaceNamed(this.#named(index, name, timeNs));
      }
    });
  }
}
