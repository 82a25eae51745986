import { Worker } from 'node:worker_threads';
import { type AddressOwner, fail, ok, type Result, type SocketInfo } from '../../app/contracts/index.ts';
import { type BareSocket, dumpSockets, genlGroupNames } from './netlinkSockets.ts';
import type { Netns } from './netns.ts';
import type { FinderEvents, WantedAddress } from './ownerFinder.ts';

/** A network namespace whose processes are looked for: its name in captures and its path. */
export type WatchedNetns = Pick<Netns, 'name' | 'path'>;

/** What the thread is asked to do. */
export type OwnersOrder =
  | { readonly kind: 'watch'; readonly namespaces: readonly WatchedNetns[] }
  | { readonly kind: 'rest' }
  | { readonly kind: 'find'; readonly netns?: string; readonly wanted: readonly WantedAddress[] }
  | { readonly kind: 'dumped'; readonly id: number; readonly dumped: Result<BareSocket[]> }
  | {
      readonly kind: 'describe';
      readonly id: number;
      readonly sockets: readonly BareSocket[];
      readonly genlGroups: ReadonlyMap<number, string>;
    };

/** What the thread tells, and the sockets that it asks for. */
export type OwnersAnswer =
  | { readonly kind: 'owners'; readonly owners: AddressOwner[] }
  | {
      readonly kind: 'ended';
      readonly protocol: number;
      readonly portid: number;
      readonly timeNs: bigint;
      readonly netns?: string;
    }
  | { readonly kind: 'dump'; readonly id: number; readonly netns: string }
  | { readonly kind: 'described'; readonly id: number; readonly sockets: SocketInfo[] };

/**
 * The thread that finds the processes behind netlink addresses. It looks through /proc; the kernel is asked in this
 * thread, whose traffic a tap knows for our own (ownTraffic.ts). It starts with the first order; when it cannot be
 * started, nobody is found and everything else goes on.
 */
export class OwnersThread {
  readonly #events: FinderEvents;
  readonly #entry: URL;
  readonly #asked = new Map<number, (result: Result<SocketInfo[]>) => void>();
  #worker: Worker | null = null;
  #broken = '';
  #questions = 0;

  /** @param entry the built ownersWorker.ts; by default the one beside the host's bundle */
  constructor(events: FinderEvents, entry = new URL('./owners.js', import.meta.url)) {
    this.#events = events;
    this.#entry = entry;
  }

  order(order: OwnersOrder): void {
    if (this.#broken !== '') return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(order);
  }

  /** Every netlink socket of a network namespace ("": our own). */
  async sockets(netns: string): Promise<Result<SocketInfo[]>> {
    const dumped = await dumpSockets(netns);
    if (!dumped.ok) return dumped;
    const genlGroups = await genlGroupNames(netns);
    return new Promise((resolve) => {
      const id = ++this.#questions;
      this.#asked.set(id, resolve);
      this.order({ kind: 'describe', id, sockets: dumped.value, genlGroups });
      if (this.#broken !== '') this.#lost(this.#broken);
    });
  }

  close(): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#lost('nlscope is closing');
    void worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { name: 'nlscope-owners' });
    worker.unref();
    worker.on('message', (answer: OwnersAnswer) => this.#hear(answer));
    worker.on('error', (error) => this.#lost(error instanceof Error ? error.message : String(error)));
    return worker;
  }

  #hear(answer: OwnersAnswer): void {
    switch (answer.kind) {
      case 'owners':
        this.#events.owners(answer.owners);
        break;
      case 'ended':
        this.#events.ended(answer.protocol, answer.portid, answer.timeNs, answer.netns);
        break;
      case 'dump':
        void this.#dump(answer.id, answer.netns);
        break;
      case 'described':
        this.#asked.get(answer.id)?.(ok(answer.sockets));
        this.#asked.delete(answer.id);
        break;
    }
  }

  async #dump(id: number, netns: string): Promise<void> {
    const dumped = await dumpSockets(netns);
    this.#worker?.postMessage({ kind: 'dumped', id, dumped } satisfies OwnersOrder);
  }

  #lost(reason: string): void {
    this.#broken = reason;
    for (const resolve of this.#asked.values()) resolve(fail(`Sockets cannot be listed: ${reason}.`));
    this.#asked.clear();
  }
}
