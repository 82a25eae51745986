/** Pairs requests with what they cause, and infers who speaks (see Transactions of app/session). */
import {
  NETLINK_AUDIT,
  NETLINK_CONNECTOR,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../../wire/numbers.ts';
import { addEvent, EVENTS_SIZE, findEvent, isAuditRecord } from './auditEvents.ts';
import {
  ASKS,
  answerDirection,
  asksForData,
  copiesRequestFlags,
  isRequest,
  MAY_ASK,
  REPLY,
  REQUEST,
  rawDirection,
  typeGroup,
  UNASKED,
  UNKNOWN,
  USER,
} from './direction.ts';
import { SESSION_TRANSACTION } from './layout.ts';
import {
  ANY_TYPE,
  addRequest,
  findRequest,
  isOpen,
  NO_REQUEST,
  REQUESTS_SIZE,
  setTraits,
  settle,
  traitsOf,
  transactionOf,
} from './requests.ts';

/** States of a transaction by their place in STATES of app/session. */
export const PENDING: u32 = 0;
export const SENT: u32 = 1;
export const ACK: u32 = 2;
export const DONE: u32 = 3;
export const INTERRUPTED: u32 = 4;
export const REPLIED: u32 = 5;
export const ERROR: u32 = 6;
export const EVENT: u32 = 7;

/** What a message does to its transaction. */
export const LEAVES: u32 = 0;
export const BEGINS: u32 = 1;
export const GOES_ON: u32 = 2;
export const ENDS: u32 = 3;

/** Traits of an open request: what it asked for (two bits), and these. */
const ASKING_BITS: u32 = 3;
const WANTS_ACK: u32 = 4;
const DUMP_INTERRUPTED: u32 = 8;

/** What pairing remembers: open requests, open audit events. */
const REQUESTS: usize = 0;
const EVENTS: usize = REQUESTS + REQUESTS_SIZE;
export const PAIRING_SIZE: u32 = REQUESTS_SIZE + EVENTS_SIZE;

/** What came of the message observed last. */
export let transaction: u32 = 0;
export let action: u32 = LEAVES;
/** State that BEGINS and ENDS bring, and errno of ERROR. */
export let state: u32 = 0;
export let errno: u32 = 0;
export let direction: u32 = UNKNOWN;

/** The session, and where it remembers. */
let session: usize = 0;
let table: usize = 0;
/** The message at hand. */
let protocol: u32 = 0;
let type: u32 = 0;
let flags: u32 = 0;
let seq: u32 = 0;
let portid: u32 = 0;
let scope: u32 = 0;

/** Takes in bytes without an nlmsghdr. */
export function observeRaw(ofProtocol: u32, told: u32, fromUdev: bool): void {
  transaction = 0;
  action = LEAVES;
  direction = told === UNKNOWN ? rawDirection(ofProtocol, fromUdev) : told;
}

/**
 * Takes in the next message in order.
 * @param told its direction as the source tells it
 * @param scope tells protocols and namespaces apart
 * @param echoed nlmsg_type of the request that an NLMSG_ERROR echoes, else ANY_TYPE
 * @param status the int after the header: errno of NLMSG_ERROR and NLMSG_DONE, 0 where there is none
 */
export function observe(
  ofSession: usize,
  inTable: usize,
  start: usize,
  length: u32,
  ofProtocol: u32,
  inScope: u32,
  told: u32,
  sourcePortid: u32,
  destPortid: u32,
  ofType: u32,
  ofFlags: u32,
  ofSeq: u32,
  ofPortid: u32,
  echoed: u32,
  status: i32,
): void {
  session = ofSession;
  table = inTable;
  protocol = ofProtocol;
  scope = inScope;
  type = ofType;
  flags = ofFlags;
  seq = ofSeq;
  portid = ofPortid;
  direction = told;
  transaction = 0;
  action = LEAVES;
  if (told === USER) return;
  if (isAuditRecord(protocol, type, start, length)) {
    if (told === UNKNOWN) direction = answerDirection(protocol, type, flags, portid, UNASKED);
    takeRecord();
    return;
  }
  const asks = told === REQUEST || (told === UNKNOWN && isRequest(protocol, type, flags, seq, portid));
  if (asks && !(told === UNKNOWN && isEcho())) {
    direction = REQUEST;
    begin(sourcePortid);
    return;
  }
  const request = requestOf(destPortid, echoed);
  if (told === UNKNOWN) {
    const asked = request === NO_REQUEST ? UNASKED : <i32>(traitsOf(request) & ASKING_BITS);
    direction = answerDirection(protocol, type, flags, portid, asked);
  }
  if (request === NO_REQUEST) return;
  transaction = transactionOf(request);
  action = GOES_ON;
  if (direction === REPLY) answer(request, status);
}

/** A record of an audit event: the first begins a transaction, the others belong to it. */
function takeRecord(): void {
  const known = findEvent(table + EVENTS, scope);
  if (known !== 0) {
    transaction = known;
    action = GOES_ON;
    return;
  }
  push(EVENT);
  addEvent(table + EVENTS, scope, transaction);
}

/**
 * Some notifications repeat the flags of the request that caused them, NLM_F_REQUEST included, and its seq and
 * portid. They come while it is unanswered.
 */
function isEcho(): bool {
  if (!copiesRequestFlags(protocol, type) || portid === 0) return false;
  const request = requestOf(0, ANY_TYPE);
  return request !== NO_REQUEST && isOpen(request);
}

function begin(sourcePortid: u32): void {
  const asking = asksForData(protocol, type);
  const wantsAck = (flags & NLM_F_ACK) !== 0;
  push(wantsAck || asking === ASKS || (asking === MAY_ASK && (flags & NLM_F_DUMP) !== 0) ? PENDING : SENT);
  const traits = <u32>asking | (wantsAck ? WANTS_ACK : 0);
  const asker = portid !== 0 ? portid : sourcePortid;
  addRequest(table + REQUESTS, transaction, scope, seq, asker, type, typeGroup(protocol, type), traits);
}

function push(newState: u32): void {
  transaction = load<u32>(session, SESSION_TRANSACTION) + 1;
  store<u32>(session, transaction, SESSION_TRANSACTION);
  action = BEGINS;
  state = newState;
}

function requestOf(destPortid: u32, echoed: u32): usize {
  const isReply = direction === REPLY;
  const asker = portid !== 0 ? portid : isReply ? destPortid : 0;
  // Audit's answers carry the request's seq, but portid 0 (audit_make_reply).
  if (asker === 0 && !isReply && (protocol !== NETLINK_AUDIT || seq === 0)) return NO_REQUEST;
  return findRequest(table + REQUESTS, scope, seq, asker, typeGroup(protocol, type), echoed);
}

function answer(request: usize, status: i32): void {
  let traits = traitsOf(request);
  if ((flags & NLM_F_DUMP_INTR) !== 0) {
    traits |= DUMP_INTERRUPTED;
    setTraits(request, traits);
  }
  const done = type === NLMSG_DONE && protocol !== NETLINK_CONNECTOR;
  if (done || type === NLMSG_ERROR) {
    if (status !== 0) end(request, ERROR, status < 0 ? 0 - <u32>status : <u32>status);
    else if (!done) end(request, ACK, 0);
    else end(request, (traits & DUMP_INTERRUPTED) !== 0 ? INTERRUPTED : DONE, 0);
  } else if ((flags & NLM_F_MULTI) === 0 && (traits & WANTS_ACK) === 0) {
    end(request, REPLIED, 0);
  }
}

function end(request: usize, newState: u32, withErrno: u32): void {
  settle(request);
  action = ENDS;
  state = newState;
  errno = min<u32>(withErrno, 0xffff);
}
