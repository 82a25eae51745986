import type { AddressOwner, Result, SocketInfo } from '../../app/contracts/index.ts';
import { userPortid } from '../../app/session/index.ts';
import type { WantedAddress } from '../sources/ownerFinder.ts';
import { OwnersThread, type WatchedNetns } from '../sources/ownersThread.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import type { Document } from './document.ts';

/** Addresses that have been asked for and not been given up since. */
const MOST_ASKED = 1 << 17;

const SETTLE_MS = 2000;
const SETTLE_STEP_MS = 20;

/** Finds out which processes speak in a live capture, and teaches its document. */
export class Attribution {
  readonly #thread: OwnersThread;
  readonly #changed: () => void;
  readonly #asked = new Set<AddressKey>();
  /** Names of the namespaces that are watched. */
  readonly #watched = new Set<string | undefined>();
  /** Asked for, and not answered yet. */
  readonly #open = new Set<AddressKey>();
  /** Owners of now, whether they speak or not. */
  readonly #running = new Map<AddressKey, AddressOwner>();
  #document: Document | null = null;
  #row = 0;

  /** @param changed told when rows may read differently than before */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.#thread = new OwnersThread({
      owners: (owners) => this.#learn(owners),
      ended: (protocol, portid, timeNs, netns) => this.#end(protocol, portid, timeNs, netns),
    });
  }

  /** Begins to look for the processes of network namespaces, in place of those before. */
  watch(namespaces: readonly WatchedNetns[]): void {
    this.#watched.clear();
    for (const { name } of namespaces) this.#watched.add(name);
    this.#running.clear();
    this.#asked.clear();
    this.#open.clear();
    if (namespaces.length > 0) this.#thread.order({ kind: 'watch', namespaces });
  }

  rest(): void {
    this.#thread.order({ kind: 'rest' });
  }

  /** Takes note of the addresses in rows that were added to the document since the last call, and asks who owns them. */
  observe(document: Document): void {
    if (document !== this.#document) {
      this.#document = document;
      this.#row = 0;
      this.#asked.clear();
    }
    const { store } = document;
    const wanted = new Map<string | undefined, WantedAddress[]>();
    let latest: AddressKey = -1;
    for (; this.#row < store.count; this.#row++) {
      if (store.isGap(this.#row)) continue;
      const portid = userPortid(store, this.#row);
      if (portid === 0) continue;
      const { protocol, netns, host } = store.envelope(this.#row);
      if (host !== OWN_HOST) continue;
      const key = keyOf(protocol, portid, netns);
      if (key === latest || this.#asked.has(key) || !this.#watched.has(netns)) continue;
      latest = key;
      if (this.#asked.size >= MOST_ASKED) this.#asked.clear();
      this.#asked.add(key);
      const known = this.#running.get(key);
      if (known === undefined) {
        const there = wanted.get(netns) ?? [];
        wanted.set(netns, there);
        there.push({ protocol, portid, timeNs: store.timeNs(this.#row) });
        this.#open.add(key);
      } else document.hosts.of(OWN_HOST).owners.learn(known);
    }
    for (const [netns, addresses] of wanted) this.#thread.order({ kind: 'find', netns, wanted: addresses });
  }

  /** Resolves when everything that was asked has been answered, or when that takes too long. */
  async settle(): Promise<void> {
    for (let waited = 0; this.#open.size > 0 && waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
    }
  }

  sockets(netns: string): Promise<Result<SocketInfo[]>> {
    return this.#thread.sockets(netns);
  }

  close(): void {
    this.#thread.close();
  }

  #learn(owners: readonly AddressOwner[]): void {
    for (const owner of owners) {
      const key = keyOf(owner.protocol, owner.portid, owner.netns);
      this.#open.delete(key);
      // The document keeps those who speak: it may be given to others.
      if (this.#asked.has(key)) this.#document?.hosts.of(OWN_HOST).owners.learn(owner);
      if (owner.process !== null && owner.untilNs === null) this.#running.set(key, owner);
      // The address of who has ended may be given to another at once.
      else this.#asked.delete(key);
    }
    this.#changed();
  }

  #end(protocol: number, portid: number, timeNs: bigint, netns?: string): void {
    const key = keyOf(protocol, portid, netns);
    this.#document?.hosts.of(OWN_HOST).owners.end(protocol, portid, timeNs, netns);
    this.#running.delete(key);
    this.#asked.delete(key);
  }
}

/** A number in our own namespace, which is the usual case. */
type AddressKey = number | string;

function keyOf(protocol: number, portid: number, netns: string | undefined): AddressKey {
  const key = protocol * 2 ** 32 + portid;
  return netns === undefined ? key : `${key},${netns}`;
}
