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
import { Column } from './columns.ts';
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

/** Kernel sides whose answers carry the request's seq, but portid 0 (audit_make_reply). */
const ANSWERS_WITHOUT_PORTID: ReadonlySet<number> = new Set([NETLINK_AUDIT]);

/** What is remembered of an open request: what it asked for (two bits), and these. */
const ASKINGS: readonly Asking[] = ['no', 'yes', 'maybe'];
const ASKING_BITS = 3;
const WANTS_ACK = 4;
const DUMP_INTERRUPTED = 8;

/**
 * Pairs requests with what they cause: by protocol, namespace, seq and the asking socket's address. A request often
 * does not tell its address (iproute2 sends nlmsg_pid 0); the first answer does. Notifications that the kernel marks
 * with the seq and portid of the request behind them are members too. In a batch every request is a transaction of its
 * own, and errors name the seq of the one they are about.
 *
 * Members are not listed anywhere: the store keeps each row's transaction, and they lie between `request` and `last`.
 */
export class Transactions {
  // Index 0 is no transaction.
  private readonly requests = new Column((n) => new Uint32Array(n));
  private readonly lasts = new Column((n) => new Uint32Array(n));
  /** Row that ended it + 1; 0 while none did. */
  private readonly ends = new Column((n) => new Uint32Array(n));
  private readonly errnos = new Column((n) => new Uint16Array(n));
  private readonly states = new Column((n) => new Uint8Array(n));
  private readonly open = new OpenRequests();
  private readonly events = new AuditEvents();

  constructor() {
    this.push(0, SENT);
  }

  /** Number of the newest transaction; they count from 1. */
  get count(): number {
    return this.requests.length - 1;
  }

  get byteLength(): number {
    const columns = [this.requests, this.lasts, this.ends, this.errnos, this.states];
    return columns.reduce((sum, column) => sum + column.byteLength, this.open.byteLength);
  }

  requestOf(id: number): number {
    return this.requests.get(id);
  }

  lastOf(id: number): number {
    return this.lasts.get(id);
  }

  /** A transaction by number (1..count). */
  get(id: number): Transaction {
    return {
      id,
      request: this.requests.get(id),
      last: this.lasts.get(id),
      end: this.ends.get(id) - 1,
      state: STATES[this.states.get(id)],
      errno: this.errnos.get(id),
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
    this.lasts.set(id, facts.row);
    if (facts.direction === REPLY) this.answer(id, slot, facts);
    return id;
  }

  /** A record of an audit event: the first begins a transaction, the others belong to it. */
  private recordOf(facts: MessageFacts): number {
    const name = `${scopeOf(facts)} ${facts.event}`;
    const known = this.events.find(name);
    if (known !== undefined) {
      this.lasts.set(known, facts.row);
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
    const traits = ASKINGS.indexOf(asking) | (wantsAck ? WANTS_ACK : 0);
    this.open.add(id, scopeOf(facts), facts.seq, facts.portid || (facts.sourcePortid ?? 0), group, traits);
    return id;
  }

  private findRequest(facts: MessageFacts): number {
    const isReply = facts.direction === REPLY;
    const portid = facts.portid || (isReply ? (facts.destPortid ?? 0) : 0);
    const anonymous = isReply || (ANSWERS_WITHOUT_PORTID.has(facts.protocol) && facts.seq !== 0);
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
    if (this.states.get(id) === ERROR) return;
    this.states.set(id, state);
    this.errnos.set(id, Math.min(errno, 0xffff));
    this.ends.set(id, row + 1);
  }

  private push(row: number, state: number): number {
    this.requests.push(row);
    this.lasts.push(row);
    this.ends.push(0);
    this.errnos.push(0);
    this.states.push(state);
    return this.requests.length - 1;
  }
}

/** Tells protocols and namespaces apart in the table of open requests. */
function scopeOf(facts: MessageFacts): number {
  return (Math.imul((facts.nsid ?? -1) + 1, 0x10000) + ((facts.place & 0xff) << 8) + facts.protocol) >>> 0;
}
