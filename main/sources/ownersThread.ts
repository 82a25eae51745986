import { Worker } from 'node:worker_threads';
import { type AddressOwner, fail, type Result, type SocketInfo } from '../../app/contracts/index.ts';
import type { Netns } from './netns.ts';
import type { FinderEvents, WantedAddress } from './ownerFinder.ts';

/** A network namespace whose processes are looked for: its name in captures and its path. */
export type WatchedNetns = Pick<Netns, 'name' | 'path'>;

/** What the thread is asked to do. */
export type OwnersOrder =
  | { readonly kind: 'watch'; readonly namespaces: readonly WatchedNetns[] }
  | { readonly kind: 'rest' }
  | { readonly kind: 'find'; readonly netns?: string; readonly wanted: readonly WantedAddress[] }
  | { readonly kind: 'sockets'; readonly id: number; readonly netns: string };

/** What the thread tells. */
export type OwnersAnswer =
  | { readonly kind: 'owners'; readonly owners: AddressOwner[] }
  | {
      readonly kind: 'ended';
      readonly protocol: number;
      readonly portid: number;
      readonly timeNs: bigint;
      readonly netns?: string;
    }
  | { readonly kind: 'sockets'; readonly id: number; readonly result: Result<SocketInfo[]> };

/**
 * The thread that finds the processes behind netlink addresses. It starts with the first order; when it cannot be
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
  sockets(netns: string): Promise<Result<SocketInfo[]>> {
    return new Promise((resolve) => {
      const id = ++this.#questions;
      this.#asked.set(id, resolve);
      this.order({ kind: 'sockets', id, netns });
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
    worker.on('message', (answer: OwnersAnswer) => {
      if (answer.kind === 'owners') this.#events.owners(answer.owners);
      else if (answer.kind === 'ended') this.#events.ended(answer.protocol, answer.portid, answer.timeNs, answer.netns);
      else {
        this.#asked.get(answer.id)?.(answer.result);
        this.#asked.delete(answer.id);
      }
    });
    worker.on('error', (error) => this.#lost(error instanceof Error ? error.message : String(error)));
    return worker;
  }

  #lost(reason: string): void {
    this.#broken = reason;
    for (const resolve of this.#asked.values()) resolve(fail(`Sockets cannot be listed: ${reason}.`));
    this.#asked.clear();
  }
}
