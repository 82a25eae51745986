import {
  addToDump,
  CTRL_CMD_GETPOLICY,
  emptyDump,
  GENL_ID_CTRL,
  type PolicyDump,
  readControl,
} from '../../app/dissect/index.ts';
import type { MessageStore } from '../../app/session/index.ts';
import { NETLINK_GENERIC, NLMSG_HDRLEN } from '../../app/wire/index.ts';

/** Dumps that are kept: a tool that asks for one family after the other makes one each. */
const MOST_DUMPS = 256;
/** Rows before and after a message of which no request is known in which others of its dump are looked for. */
const NEAR = 1 << 14;

/** A dump, and where the next row stands that may belong to it. */
interface Known {
  readonly dump: PolicyDump;
  next: number;
}

/** Reads the policy dumps of a capture (CTRL_CMD_GETPOLICY) when one of their messages is looked at. */
export class PolicyDumps {
  readonly #store: MessageStore;
  readonly #known = new Map<string, Known>();

  constructor(store: MessageStore) {
    this.#store = store;
  }

  /** The dump that a row belongs to: what was answered to the same socket under the same number. */
  of(row: number): PolicyDump {
    const store = this.#store;
    const transaction = store.transaction(row);
    const { request, last } =
      transaction === 0 ? { request: row - NEAR, last: row + NEAR } : store.transactions.get(transaction);
    const seq = store.seq(row);
    const portid = store.portid(row);
    const { host } = store.envelope(row);
    const key = `${host ?? ''} ${transaction === 0 ? `near ${Math.floor(row / NEAR)}` : transaction} ${seq} ${portid}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= MOST_DUMPS) this.#known.clear();
      known = { dump: emptyDump(), next: Math.max(0, request) };
      this.#known.set(key, known);
    }
    const end = Math.min(store.count, last + 1);
    for (const other of store.rowsOfType(GENL_ID_CTRL, known.next, end)) {
      if (store.seq(other) === seq && store.portid(other) === portid) this.#add(known.dump, other, host);
    }
    known.next = Math.max(known.next, end);
    return known.dump;
  }

  #add(dump: PolicyDump, row: number, host: string | undefined): void {
    const store = this.#store;
    const envelope = store.envelope(row);
    if (store.isGap(row) || envelope.protocol !== NETLINK_GENERIC || envelope.host !== host) return;
    if (envelope.direction === 'request') return;
    const message = store.bytes(row);
    if (message[NLMSG_HDRLEN] !== CTRL_CMD_GETPOLICY) return;
    const facts = readControl(message, envelope.littleEndian);
    if (facts !== undefined) addToDump(dump, facts.policy);
  }
}
