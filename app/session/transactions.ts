import type { Kernel, Piece } from '../kernel/index.ts';
import { CHUNK_BITS, CHUNK_MASK, CHUNK_ROWS } from './columns.ts';

/**
 * `event`: no request, but records of one audit event, of which the first stands for them. `pending`: an answer is due. `sent`: none was asked for. `ack`: NLMSG_ERROR with 0. `done`: the dump is complete.
 * `interrupted`: it is, but the table changed meanwhile (NLM_F_DUMP_INTR). `reply`: data came, and no ack was asked
 * for. `error`: the kernel refused.
 */
export type TransactionState = 'pending' | 'sent' | 'ack' | 'done' | 'interrupted' | 'reply' | 'error' | 'event';
/** In the order of the kernel's numbers. */
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

/** CHUNK_ROWS transactions, as the kernel keeps them. */
class Chunk {
  readonly piece: Piece;
  readonly requests: Uint32Array;
  readonly lasts: Uint32Array;
  /** Row that ended it + 1; 0 while none did. */
  readonly ends: Uint32Array;
  readonly errnos: Uint16Array;
  readonly states: Uint8Array;

  constructor(piece: Piece, layout: Kernel['layout']) {
    const { buffer, byteOffset } = piece.bytes;
    this.piece = piece;
    this.requests = new Uint32Array(buffer, byteOffset + layout.TRANSACTION_REQUEST, CHUNK_ROWS);
    this.lasts = new Uint32Array(buffer, byteOffset + layout.TRANSACTION_LAST, CHUNK_ROWS);
    this.ends = new Uint32Array(buffer, byteOffset + layout.TRANSACTION_END, CHUNK_ROWS);
    this.errnos = new Uint16Array(buffer, byteOffset + layout.TRANSACTION_ERRNO, CHUNK_ROWS);
    this.states = new Uint8Array(buffer, byteOffset + layout.TRANSACTION_STATE, CHUNK_ROWS);
  }
}

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
  private readonly kernel: Kernel;
  private session: Piece | null = null;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Number of the newest transaction; they count from 1. */
  get count(): number {
    return this.session?.view.getUint32(this.kernel.layout.SESSION_TRANSACTION, true) ?? 0;
  }

  get byteLength(): number {
    return Math.max(1, this.chunks.length) * this.kernel.layout.TRANSACTIONS_SIZE;
  }

  /** Sees to it that a session of the kernel can have so many more. */
  reserve(session: Piece, more: number): void {
    const { layout } = this.kernel;
    this.session = session;
    while (this.chunks.length << CHUNK_BITS <= this.count + more) {
      const chunk = new Chunk(this.kernel.allocate(layout.TRANSACTIONS_SIZE), layout);
      session.view.setUint32(layout.TRANSACTION_CHUNKS + this.chunks.length * 4, chunk.piece.at, true);
      this.chunks.push(chunk);
    }
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
}
