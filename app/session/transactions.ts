import { CHUNK_BITS, CHUNK_MASK, CHUNK_ROWS } from './columns.ts';

/**
 * `event`: no request, but records of one audit event, of which the first stands for them. `pending`: an answer is due. `sent`: none was asked for. `ack`: NLMSG_ERROR with 0. `done`: the dump is complete.
 * `interrupted`: it is, but the table changed meanwhile (NLM_F_DUMP_INTR). `reply`: data came, and no ack was asked
 * for. `error`: the kernel refused.
 */
export type TransactionState = 'pending' | 'sent' | 'ack' | 'done' | 'interrupted' | 'reply' | 'error' | 'event';
const STATES: readonly TransactionState[] = [
  'pending',
  'sent',
  'ack',
  'done',
  'interrupted',
  'reply',
  'error',
  'event',
];
const SENT = STATES.indexOf('sent');
const ERROR = STATES.indexOf('error');

/** A request and what came of it. Rows are message indices of the store. */
export interface Transaction {
  readonly id: number;
  readonly request: number;
  /** Its last row so far: the request itself while nothing came of it. */
  readonly last: number;
  /** The row that ended it, -1 while it goes on (or when nothing ends it). */
  readonly end: number;
  readonly state: TransactionState;
  /** Positive errno of an error, else 0. */
  readonly errno: number;
}

/** What a row does to its transaction; in the order of the kernel's numbers. */
const BEGINS = 1;
const ENDS = 3;

/** CHUNK_ROWS transactions. */
class Chunk {
  readonly requests = new Uint32Array(CHUNK_ROWS);
  readonly lasts = new Uint32Array(CHUNK_ROWS);
  /** Row that ended it + 1; 0 while none did. */
  readonly ends = new Uint32Array(CHUNK_ROWS);
  readonly errnos = new Uint16Array(CHUNK_ROWS);
  readonly states = new Uint8Array(CHUNK_ROWS);
}
const TRANSACTION_BYTES = 15;

/**
 * Pairs requests with what they cause: by protocol, namespace, seq and the asking socket's address. A request often
 * does not tell its address (iproute2 sends nlmsg_pid 0); the first answer does. Notifications that the kernel marks
 * with the seq and portid of the request behind them are members too. In a batch every request is a transaction of its
 * own, and errors name the seq of the one they are about.
 *
 * Members are not listed anywhere: the store keeps each row's transaction, and they lie between `request` and `last`.
 */
export class Transactions {
  private readonly chunks: Chunk[] = [];
  /** Index 0 is no transaction. */
  private length = 0;

  constructor() {
    this.push(0, SENT);
  }

  /** Number of the newest transaction; they count from 1. */
  get count(): number {
    return this.length - 1;
  }

  get byteLength(): number {
    return this.chunks.length * CHUNK_ROWS * TRANSACTION_BYTES;
  }

  requestOf(id: number): number {
    return this.chunks[id >>> CHUNK_BITS].requests[id & CHUNK_MASK];
  }

  lastOf(id: number): number {
    return this.chunks[id >>> CHUNK_BITS].lasts[id & CHUNK_MASK];
  }

  /** A transaction by number (1..count). */
  get(id: number): Transaction {
    const { requests, lasts, ends, states, errnos } = this.chunks[id >>> CHUNK_BITS];
    const at = id & CHUNK_MASK;
    return {
      id,
      request: requests[at],
      last: lasts[at],
      end: ends[at] - 1,
      state: STATES[states[at]],
      errno: errnos[at],
    };
  }

  /**
   * Takes in what the kernel found that the next row does to a transaction: its number, 0 for none, and BEGINS,
   * GOES_ON or ENDS with the state that brings. `errno`: positive, of an error.
   */
  observe(id: number, row: number, action: number, state: number, errno: number): void {
    if (id === 0) return;
    if (action === BEGINS) {
      this.push(row, state);
      return;
    }
    const { lasts, states, errnos, ends } = this.chunks[id >>> CHUNK_BITS];
    const at = id & CHUNK_MASK;
    lasts[at] = row;
    // The kernel's refusal is not forgotten for what comes after it.
    if (action !== ENDS || states[at] === ERROR) return;
    states[at] = state;
    errnos[at] = errno;
    ends[at] = row + 1;
  }

  private push(row: number, state: number): number {
    const id = this.length++;
    const at = id & CHUNK_MASK;
    if (at === 0) this.chunks.push(new Chunk());
    const { requests, lasts, states } = this.chunks[id >>> CHUNK_BITS];
    requests[at] = row;
    lasts[at] = row;
    states[at] = state;
    return id;
  }
}
