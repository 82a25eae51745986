import { type Outcome, processName, type Row, type RowPage } from '../../app/contracts/index.ts';
import { InfoWriter, type Summary, summarizeAuditEvent } from '../../app/dissect/index.ts';
import { type TransactionState, userPortid, type ViewRow } from '../../app/session/index.ts';
import { errnoName, protocolByNumber } from '../../app/wire/index.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import type { Document } from './document.ts';
import { FieldCells } from './fieldCells.ts';
import type { Colouring, Listing } from './listing.ts';
import { speakerNote, speakerOf } from './speakers.ts';
import { Turns } from './turns.ts';

/** Netlink addresses of this program's own sockets. */
export type OwnPortids = ReadonlySet<number>;

/** Somebody waits for the rows: on a busy machine short turns would make one page many. */
const ROWS_MS = 32;

/** What rows tell beside themselves. */
export interface RowExtras {
  /** Display filter fields, of which they have the values. */
  readonly fields?: readonly string[];
  /** Display filters, of which they name the first that they pass. */
  readonly colours?: readonly string[];
  /** Is told that a field cannot be looked up at once: rows have no value of it yet. Absent: it is waited for. */
  readonly late?: () => void;
}

/**
 * Rows `first` to `first + count` of the list, as far as there are any; made in turns, since the first messages of their
 * kind compile what they are read by. When the list changes meanwhile, it is those made until then.
 */
export async function rowPage(
  listing: Listing,
  own: OwnPortids,
  first: number,
  count: number,
  { fields = [], colours = [], late }: RowExtras = {},
): Promise<RowPage> {
  const { document, view, registry } = listing;
  const colourOf = listing.colouring(colours);
  const cells = fields.length === 0 ? null : new FieldCells(document, registry, fields, late);
  const { generation } = view;
  let total = view.rowCount;
  const end = Math.min(total, first + count);
  const rows: Row[] = [];
  const turns = new Turns(ROWS_MS);
  for (let index = first; index < end; index++) {
    if (turns.isOver) {
      await turns.next();
      if (view.generation !== generation) break;
      // Windows have been told of what came meanwhile.
      total = view.rowCount;
    }
    const place = view.rowAt(index);
    if (document.store.isGap(place.message)) rows.push(gapRow(document, place));
    else rows.push(messageRow(document, own, place, cells, colourOf));
  }
  return { generation, first, total, rows };
}

const NO_OUTCOME: Outcome = { kind: 'none', text: '', latency: null };

const GAP_PLACES: { readonly [cause: string]: string } = {
  kernel: ' (socket buffer)',
  queue: ' (nlscope did not keep up)',
  store: ' (not stored)',
  source: ' (the source broke off)',
};

/** The host of a row, where rows of other hosts stand beside it and it is not the one that nlscope runs on. */
function hostOf({ store }: Document, host: string | undefined): string | undefined {
  return store.hostCount > 1 && host !== OWN_HOST ? host : undefined;
}

function gapRow(document: Document, { message, depth, relation }: ViewRow): Row {
  const { store } = document;
  const gap = store.gap(message)!;
  const count = gap.lost === null ? 'Messages' : `${gap.lost.toLocaleString('en')} messages`;
  const protocol = gap.protocol === null ? '' : protocolByNumber(gap.protocol).name;
  return {
    number: message + 1,
    kind: 'gap',
    time: store.timeNs(message).toString(),
    depth,
    relation,
    direction: 'unknown',
    family: gap.protocol === null ? 'OTHER' : protocolByNumber(gap.protocol).code,
    protocol,
    type: '',
    process: '',
    processNote: '',
    flags: '',
    portid: 0,
    seq: 0,
    request: 0,
    length: 0,
    info: [],
    outcome: NO_OUTCOME,
    severity: null,
    error: null,
    gap: { lost: gap.lost, text: `${count} lost${GAP_PLACES[gap.cause] ?? ''}` },
    marked: store.isMarked(message),
    before: store.timeNs(Math.max(0, message - 1)).toString(),
    reference: store.isReference(message),
    since: store.timeNs(store.referenceOf(message)).toString(),
    netns: gap.netns,
    host: hostOf(document, gap.host),
  };
}

function messageRow(
  document: Document,
  own: OwnPortids,
  { message, depth, relation }: ViewRow,
  cells: FieldCells | null,
  colourOf: Colouring | null,
): Row {
  const { store } = document;
  const summary = document.summarize(message);
  const envelope = store.envelope(message);
  return {
    number: message + 1,
    kind: 'message',
    time: store.timeNs(message).toString(),
    depth,
    relation,
    direction: envelope.direction,
    family: summary.family,
    protocol: protocolByNumber(envelope.protocol).name,
    type: summary.type,
    ...processOf(document, own, message),
    flags: summary.flags,
    portid: store.portid(message),
    seq: store.seq(message),
    request: requestOf(document, message),
    length: store.length(message),
    info: infoOf(document, message, summary, relation),
    outcome: outcomeOf(document, message),
    severity: store.severity(message),
    error: summary.error,
    gap: null,
    marked: store.isMarked(message),
    before: store.timeNs(Math.max(0, message - 1)).toString(),
    reference: store.isReference(message),
    since: store.timeNs(store.referenceOf(message)).toString(),
    comment: store.comment(message) || undefined,
    netns: envelope.netns,
    host: hostOf(document, envelope.host),
    colour: colourOf?.(message),
    fields: cells?.of(message),
  };
}

/** What the row says: of a dump what came of it, of an audit event that others are tucked under what happened in it. */
function infoOf(
  document: Document,
  message: number,
  { info, dump }: Summary,
  relation: ViewRow['relation'],
): readonly string[] {
  if (dump) return joinInfo(info, dumpInfo(document, message));
  return relation === 'collapsed' || relation === 'expanded' ? (auditEventInfo(document, message) ?? info) : info;
}

/** Records of an event that are counted, and that its line is made of. */
const MOST_RECORDS = 64;

/** What happened in the audit event that begins with this message; null for all others. */
function auditEventInfo(document: Document, message: number): readonly string[] | null {
  const { store } = document;
  const id = store.transaction(message);
  if (id === 0 || store.transactions.get(id).state !== 'event') return null;
  return summarizeAuditEvent(store.members(id, { limit: MOST_RECORDS }).map((row) => document.glance(row)));
}

/** One info line of two: descriptive and value text go on alternating. */
function joinInfo(first: readonly string[], second: readonly string[]): readonly string[] {
  const out = new InfoWriter();
  out.append(first);
  out.append(second);
  return out.finish();
}

/** Number of the request that a message belongs to, 0 for none. */
function requestOf({ store }: Document, message: number): number {
  const id = store.transaction(message);
  return id === 0 ? 0 : store.transactions.get(id).request + 1;
}

/** Who sent it, or in parentheses on whose behalf the kernel speaks. A name that is inferred has a "?". */
export function processOf(document: Document, own: OwnPortids, message: number): Pick<Row, 'process' | 'processNote'> {
  const { direction } = document.store.envelope(message);
  const fromKernel = direction === 'reply' || direction === 'notify';
  const portid = userPortid(document.store, message);
  const speaker = speakerOf(document, message);
  const processNote = speaker === null ? '' : speakerNote(speaker);
  if (direction === 'reply') return { process: 'kernel', processNote };
  if (speaker?.owner.process) {
    const { process, provenance } = speaker.owner;
    const name = own.has(portid) ? 'nlscope' : `${processName(process)}${provenance === 'inferred' ? '?' : ''}`;
    return { process: fromKernel ? `(${name})` : name, processNote };
  }
  if (portid === 0) return { process: fromKernel ? 'kernel' : '', processNote };
  const name = own.has(portid) ? 'nlscope' : `portid ${portid}`;
  return { process: fromKernel ? `(${name})` : name, processNote };
}

function dumpInfo({ store }: Document, message: number): string[] {
  const transaction = store.transaction(message);
  if (transaction === 0) return [];
  const replies = store.replies(transaction);
  const { end } = store.transactions.get(transaction);
  // What ends the dump is no part of the table.
  const count = replies.count - (end >= 0 ? 1 : 0);
  const bytes = replies.bytes - (end >= 0 ? store.length(end) : 0);
  if (count <= 0) return [];
  return [
    ', ',
    `${count.toLocaleString('en')} ${count === 1 ? 'reply' : 'replies'}`,
    `, ${bytes.toLocaleString('en')} bytes`,
  ];
}

const OUTCOMES: { readonly [state in TransactionState]: Pick<Outcome, 'kind' | 'text'> } = {
  pending: { kind: 'pending', text: '' },
  sent: { kind: 'none', text: '' },
  ack: { kind: 'ack', text: 'ACK' },
  done: { kind: 'done', text: 'DONE' },
  interrupted: { kind: 'done', text: 'DONE, interrupted' },
  reply: { kind: 'reply', text: 'reply' },
  error: { kind: 'error', text: '' },
  event: { kind: 'group', text: '' },
};

/** How a request's transaction ended; on the message that ended it, the same word without the time. */
function outcomeOf(document: Document, message: number): Outcome {
  const { store } = document;
  const id = store.transaction(message);
  const transaction = id === 0 ? null : store.transactions.get(id);
  const group = document.groupName(message);
  if (transaction?.state === 'event' && transaction.request === message && transaction.last !== message) {
    const records = store.members(id, { limit: MOST_RECORDS + 1 }).length;
    const count = records > MOST_RECORDS ? `over ${MOST_RECORDS}` : records;
    return { kind: 'group', text: `${count} records`, latency: null };
  }
  const isEvent = transaction?.state === 'event';
  if (transaction !== null && !isEvent && (transaction.request === message || transaction.end === message)) {
    const { kind, text } = OUTCOMES[transaction.state];
    const latency = transaction.request === message ? store.latency(id) : null;
    return { kind, text: kind === 'error' ? errnoName(transaction.errno) : text, latency };
  }
  return group === null ? NO_OUTCOME : { kind: 'group', text: `group ${group}`, latency: null };
}
