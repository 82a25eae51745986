import { NFT_NEWSET, type NftSetName, type NftSetTypes, toldNftSet } from '../../app/dissect/index.ts';
import { type MessageStore, NftSets } from '../../app/session/index.ts';
import { NETLINK_NETFILTER } from '../../app/wire/index.ts';

/** Definitions that are read of one capture: reading them must not keep anybody waiting. */
const MOST_READ = 1 << 17;

/** Learns the types of the sets of nf_tables from their definitions, when somebody looks at elements. */
export class NftSetLessons {
  readonly #store: MessageStore;
  readonly #sets = new NftSets();
  /** Rows before this one have been looked at. */
  #next = 0;
  #read = 0;

  constructor(store: MessageStore) {
    this.#store = store;
  }

  /** What the set's definition says at a row; undefined if none was seen. */
  lookup(row: number, name: NftSetName): NftSetTypes | undefined {
    this.#settle();
    return this.#sets.lookup(row, name, this.#store.envelope(row));
  }

  #settle(): void {
    const store = this.#store;
    if (this.#next >= store.count) return;
    const from = this.#next;
    this.#next = store.count;
    for (const row of store.rowsOfType(NFT_NEWSET, from)) {
      if (this.#read >= MOST_READ) return;
      const envelope = store.isGap(row) ? null : store.envelope(row);
      if (envelope?.protocol !== NETLINK_NETFILTER) continue;
      this.#read++;
      const told = toldNftSet(store.bytes(row), envelope.littleEndian);
      if (told !== null) this.#sets.learn(row, told.name, envelope, told.types);
    }
  }
}
