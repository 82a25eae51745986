import {
  NETLINK_AUDIT,
  NETLINK_CONNECTOR,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../wire/index.ts';
import { AuditEvents } from './auditEvents.ts';
import { CHUNK_BITS, CHUNK_MASK, CHUNK_ROWS } from './columns.ts';
import {
  type Asking,
  answerDirection,
  asksForData,
  copiesRequestFlags,
  type HeaderFacts,
  isRequest,
  REPLY,
  REQUEST,
  rawDirection,
  typeGroup,
  UNKNOWN,
  USER,
} from './direction.ts';
import { OpenRequests } from './openRequests.ts';

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
const PENDING = STATES.indexOf('pending');
const SENT = STATES.indexOf('sent');
const ACK = STATES.indexOf('ack');
const DONE = STATES.indexOf('done');
const INTERRUPTED = STATES.indexOf('interrupted');
const REPLIED = STATES.indexOf('reply');
const ERROR = STATES.indexOf('error');
const EVENT = STATES.indexOf('event');

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

/** What a message says, as the tracker reads it. One object is filled again for every message. */
export interface MessageFacts extends HeaderFacts {
  row: number;
  /** It has an nlmsghdr; otherwise its numbers are 0. */
  framed: boolean;
  /** Number in DIRECTIONS; the tracker replaces `unknown` by what it infers. */
  direction: number;
  nsid: number | null;
  /** Number of its netns and host. */
  place: number;
  sourcePortid: number | null;
  destPortid: number | null;
  /** The audit event that it is a record of, '' for none. */
  event: string;
  /** The int after the header: errno of NLMSG_ERROR and NLMSG_DONE, 0 where there is none. */
  status: number;
}

/** What is remembered of an open request: what it asked for (two bits), and these. */
const ASKINGS: readonly Asking[] = ['no', 'yes', 'maybe'];
const ASKING_BITS = 3;
const WANTS_ACK = 4;
const DUMP_INTERRUPTED = 8;

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
  private readonly open = new OpenRequests();
  private readonly events = new AuditEvents();

  constructor() {
    this.push(0, SENT);
  }

  /** Number of the newest transaction; they count from 1. */
  get count(): number {
    return this.length - 1;
  }

  get byteLength(): number {
    return this.chunks.length * CHUNK_ROWS * TRANSACTION_BYTES + this.open.byteLength;
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
   * Takes the next message in order. Returns the transaction it belongs to, 0 for none, and settles `facts.direction`.
   */
  observe(facts: MessageFacts): number {
    if (!facts.framed) {
      if (facts.direction === UNKNOWN) facts.direction = rawDirection(facts);
      return 0;
    }
    if (facts.direction === USER) return 0;
    if (facts.event !== '') {
      if (facts.direction === UNKNOWN) facts.direction = answerDirection(facts, null);
      return this.recordOf(facts);
    }
    const asks = facts.direction === REQUEST || (facts.direction === UNKNOWN && isRequest(facts));
    if (asks && !(facts.direction === UNKNOWN && this.isEcho(facts))) {
      facts.direction = REQUEST;
      return this.begin(facts);
    }
    const slot = this.findRequest(facts);
    if (facts.direction === UNKNOWN) {
      facts.direction = answerDirection(facts, slot < 0 ? null : ASKINGS[this.open.traits[slot] & ASKING_BITS]);
    }
    if (slot < 0) return 0;
    const id = this.open.transaction[slot];
    this.goesOn(id, facts.row);
    if (facts.direction === REPLY) this.answer(id, slot, facts);
    return id;
  }

  /** A record of an audit event: the first begins a transaction, the others belong to it. */
  private recordOf(facts: MessageFacts): number {
    const name = `${scopeOf(facts)} ${facts.event}`;
    const known = this.events.find(name);
    if (known !== undefined) {
      this.goesOn(known, facts.row);
      return known;
    }
    const id = this.push(facts.row, EVENT);
    this.events.add(name, id);
    return id;
  }

  /**
   * Some notifications repeat the flags of the request that caused them, NLM_F_REQUEST included, and its seq and
   * portid. They come while it is unanswered.
   */
  private isEcho(facts: MessageFacts): boolean {
    if (!copiesRequestFlags(facts) || facts.portid === 0) return false;
    const slot = this.findRequest(facts);
    return slot >= 0 && this.open.isOpen(slot);
  }

  private begin(facts: MessageFacts): number {
    const { protocol, flags } = facts;
    const asking = asksForData(protocol, facts.type);
    const wantsAck = (flags & NLM_F_ACK) !== 0;
    const answerDue = wantsAck || asking === 'yes' || (asking === 'maybe' && (flags & NLM_F_DUMP) !== 0);
    const id = this.push(facts.row, answerDue ? PENDING : SENT);
    const group = typeGroup(protocol, facts.type);
    const traits = (asking === 'no' ? 0 : asking === 'yes' ? 1 : 2) | (wantsAck ? WANTS_ACK : 0);
    this.open.add(id, scopeOf(facts), facts.seq, facts.portid || (facts.sourcePortid ?? 0), group, traits);
    return id;
  }

  private findRequest(facts: MessageFacts): number {
    const isReply = facts.direction === REPLY;
    const portid = facts.portid || (isReply ? (facts.destPortid ?? 0) : 0);
    // Audit's answers carry the request's seq, but portid 0 (audit_make_reply).
    const anonymous = isReply || (facts.protocol === NETLINK_AUDIT && facts.seq !== 0);
    if (portid === 0 && !anonymous) return -1;
    return this.open.find(scopeOf(facts), facts.seq, portid, typeGroup(facts.protocol, facts.type));
  }

  private answer(id: number, slot: number, facts: MessageFacts): void {
    const { traits } = this.open;
    const { type, flags, status } = facts;
    if ((flags & NLM_F_DUMP_INTR) !== 0) traits[slot] |= DUMP_INTERRUPTED;
    const done = type === NLMSG_DONE && facts.protocol !== NETLINK_CONNECTOR;
    if (done || type === NLMSG_ERROR) {
      const complete = done ? ((traits[slot] & DUMP_INTERRUPTED) !== 0 ? INTERRUPTED : DONE) : ACK;
      this.settle(id, slot, facts.row, status === 0 ? complete : ERROR, Math.abs(status));
    } else if ((flags & NLM_F_MULTI) === 0 && (traits[slot] & WANTS_ACK) === 0) {
      this.settle(id, slot, facts.row, REPLIED, 0);
    }
  }

  /** Ends a transaction. The kernel's refusal is not forgotten for what comes after it. */
  private settle(id: number, slot: number, row: number, state: number, errno: number): void {
    this.open.settle(slot);
    const { states, errnos, ends } = this.chunks[id >>> CHUNK_BITS];
    const at = id & CHUNK_MASK;
    if (states[at] === ERROR) return;
    states[at] = state;
    errnos[at] = Math.min(errno, 0xffff);
    ends[at] = row + 1;
  }

  private goesOn(id: number, row: number): void {
    this.chunks[id >>> CHUNK_BITS].lasts[id & CHUNK_MASK] = row;
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

/** Tells protocols and namespaces apart in the table of open requests. */
function scopeOf(facts: MessageFacts): number {
  return (Math.imul((facts.nsid ?? -1) + 1, 0x10000) + ((facts.place & 0xff) << 8) + facts.protocol) >>> 0;
}
