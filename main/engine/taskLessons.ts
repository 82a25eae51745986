import type { AddressOwner } from '../../app/contracts/index.ts';
import { NFT_NEWGEN, type ToldTask, toldNftTask } from '../../app/dissect/index.ts';
import { type Hosts, type MessageStore, SLACK_NS, userPortid } from '../../app/session/index.ts';
import { NETLINK_NETFILTER } from '../../app/wire/index.ts';

/** Messages that are read of one capture: reading them must not keep anybody waiting. */
const MOST_READ = 1 << 17;

/**
 * Learns who has which netlink address from what the kernel says itself. When a ruleset of nf_tables has changed,
 * NFT_MSG_NEWGEN names who did it: the notifications before it carry the same address, and its process has usually ended
 * before anybody can look.
 */
export class TaskLessons {
  readonly #store: MessageStore;
  readonly #hosts: Hosts;
  /** Rows before this one have been looked at. */
  #next = 0;
  #read = 0;

  constructor(store: MessageStore, hosts: Hosts) {
    this.#store = store;
    this.#hosts = hosts;
  }

  /** Takes in rows that were added since the last call. True when one of them names a process: rows before it may, too. */
  learn(): boolean {
    const from = this.#next;
    this.#next = this.#store.count;
    let named = false;
    for (const row of this.#store.rowsOfType(NFT_NEWGEN, from)) {
      if (this.#read >= MOST_READ) break;
      if (!this.#store.isGap(row) && this.#take(row)) named = true;
    }
    return named;
  }

  #take(row: number): boolean {
    const store = this.#store;
    const { protocol, direction, littleEndian, netns, host } = store.envelope(row);
    if (protocol !== NETLINK_NETFILTER || (direction !== 'notify' && direction !== 'reply')) return false;
    const portid = userPortid(store, row);
    if (portid === 0) return false;
    this.#read++;
    const task = toldNftTask(store.bytes(row), littleEndian);
    if (task === null) return false;
    const timeNs = store.timeNs(row);
    const when = { fromNs: timeNs - SLACK_NS, untilNs: timeNs };
    const owner: AddressOwner = { protocol, portid, process: bareProcess(task), provenance: 'told', ...when };
    this.#hosts.of(host).owners.learn(netns === undefined ? owner : { ...owner, netns });
    return true;
  }
}

/** A process of which no more is known. */
function bareProcess(task: ToldTask): AddressOwner['process'] {
  return { ...task, command: '', uid: null, user: '', cgroup: '', container: '', startedNs: 0n };
}
