import type {
  Result,
  SequenceAnswer,
  SequenceItem,
  SequenceOptions,
  SequencePlan,
  SequenceRequests,
  SequenceStep,
} from '../../app/contracts/index.ts';
import { fail, MOST_IN_SEQUENCE, ok } from '../../app/contracts/index.ts';
import {
  encodeMessage,
  isWhole,
  kernelNumbers,
  numbersKept,
  readyDatagram,
  requestLabel,
  type SequenceRequest,
  type SequenceTarget,
  sequenceDatagrams,
  sequenceNumbers,
} from '../../app/craft/index.ts';
import type { GenlFamilies } from '../../app/dissect/index.ts';
import { isRequestMessage } from '../../app/dissect/messageKind.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import { findProtocol, isBatchLimit, NLMSG_MIN_TYPE, protocolByNumber } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { listGenlFamilies } from '../sources/genlFamilies.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import { resolveNetns } from '../sources/netns.ts';
import {
  type MessageLog,
  nextSeq,
  refusalTold,
  type SendTargets,
  transmitAndRecord,
  writtenEnvelope,
} from './craftService.ts';
import type { Decoding } from './decoding.ts';
import { isMessage } from './detail.ts';
import type { Document } from './document.ts';
import { documentOf } from './memoryDocument.ts';
import { explainRow } from './refusalOf.ts';
import { Turns } from './turns.ts';

/** A sequence whose plan was told, ready to be sent. */
export interface PreparedSequence {
  readonly plan: SequencePlan;
  readonly requests: readonly SequenceRequest[];
  /** Positions of the requests of each datagram. */
  readonly datagrams: readonly (readonly number[])[];
  readonly netns: string;
  readonly asRecorded: boolean;
  readonly target: SequenceTarget;
}

/** A batch has an acknowledgement for each of its messages: thousands of them at once. */
const ANSWER_BUFFER = 8 << 20;

/** The kernel checks a batch as a whole. */
const BATCH_TIMEOUT = 10_000;

/**
 * Which of some messages are requests to the kernel. Fails for more of them than a sequence takes.
 * @param wanted null: all
 */
export async function requestsAmong(
  document: Document,
  wanted: ((row: number) => boolean) | null,
): Promise<Result<SequenceRequests>> {
  const { store } = document;
  const changes: number[] = [];
  const reads: number[] = [];
  const turns = new Turns();
  let others = 0;
  for (let row = 0; row < store.count; row++) {
    if ((row & 0x3ff) === 0 && turns.isOver) await turns.next();
    if (wanted !== null && !wanted(row)) continue;
    if (!isRequest(document, row)) others++;
    else (document.glance(row).flagTable === 'get' ? reads : changes).push(row + 1);
    if (changes.length + reads.length > MOST_IN_SEQUENCE) {
      return fail(`These are more than ${MOST_IN_SEQUENCE} requests, which a sequence does not take.`, {
        hint: 'A display filter can choose fewer.',
      });
    }
  }
  return ok({ changes, reads, others });
}

/** Whether a row can be sent to a kernel again: the limits of batches are made anew with what is between them. */
function isRequest(document: Document, row: number): boolean {
  const { store } = document;
  if (!isMessage(document, row)) return false;
  const { protocol, direction, destPortid } = store.envelope(row);
  if (!isRequestMessage(direction, store.flags(row)) || (destPortid ?? 0) !== 0) return false;
  const type = store.type(row);
  return type >= NLMSG_MIN_TYPE && !isBatchLimit(protocol, type);
}

/** Reads the requests of a sequence, and tells what becomes of them in the namespace that they go to. */
export async function prepareSequence(
  id: number,
  { items, netns = '', asRecorded }: SequenceOptions,
  document: Document,
  decoding: Decoding,
): Promise<Result<PreparedSequence>> {
  if (items.length === 0) return fail('There is nothing to send.');
  if (items.length > MOST_IN_SEQUENCE) return fail(`A sequence takes ${MOST_IN_SEQUENCE} requests at most.`);
  const read = await readTarget(netns, items, document);
  if (!read.ok) return read;
  const { target, families } = read.value;
  const made: MadeRequest[] = [];
  const turns = new Turns();
  for (const item of items) {
    if (turns.isOver) await turns.next();
    const one = requestOf(item, document, decoding, families);
    if (typeof one === 'string') return fail(one);
    made.push(one);
  }
  const requests = made.map(({ request }) => request);
  const datagrams = sequenceDatagrams(requests);
  const numbers = sequenceNumbers(requests, target);
  const datagramOf = new Map(
    datagrams.flatMap((positions, at) => positions.map((position) => [position, at] as const)),
  );
  let before: bigint | null = null;
  const steps = requests.map((request, position): SequenceStep => {
    const time = request.number === 0 ? null : document.store.timeNs(request.number - 1);
    const pause = time === null || before === null || time < before ? 0 : Number(time - before);
    before = time ?? before;
    return {
      number: request.number,
      protocol: protocolByNumber(request.protocol).name,
      title: request.decoded.typeName,
      summary: made[position]!.summary,
      reads: request.decoded.flagTable === 'get',
      datagram: datagramOf.get(position)!,
      pause,
      numbers: numbers[position]!,
      refused: refusalOf(request, document, decoding),
      problem: made[position]!.problem,
    };
  });
  const plan = {
    id,
    steps,
    datagrams: datagrams.length,
    notes: notesOf(items, document),
    blocked: blockedBy(steps, asRecorded),
  };
  return ok({ plan, requests, datagrams, netns, asRecorded, target });
}

/** The error that a captured request was refused with; '' for none. */
function refusalOf({ number }: SequenceRequest, document: Document, decoding: Decoding): string {
  return number === 0 ? '' : (explainRow(document, decoding, number - 1)?.errno ?? '');
}

function blockedBy(steps: readonly SequenceStep[], asRecorded: boolean): string {
  const broken = steps.findIndex(({ problem }) => problem !== '');
  if (broken >= 0) return `${requestLabel(steps[broken]!.number, broken)} cannot be sent: ${steps[broken]!.problem}.`;
  if (asRecorded) return '';
  const unknown = steps.flatMap(({ numbers }, at) =>
    numbers.flatMap(({ fate, field, recorded, text }) =>
      fate === 'unknown' ? [`${field} ${recorded} of ${requestLabel(steps[at]!.number, at)}: ${text}`] : [],
    ),
  );
  const [first] = unknown;
  if (first === undefined) return '';
  return unknown.length === 1 ? `${first}.` : `${first}; ${unknown.length - 1} more.`;
}

function notesOf(items: readonly SequenceItem[], { store }: Document): string[] {
  const places = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'row') continue;
    const { netns = '', host = '' } = store.envelope(item.number - 1);
    places.add(`${netns}\n${host}`);
  }
  return places.size > 1 ? [`Requests of ${places.size} namespaces go to one.`] : [];
}

/** A request of a sequence, its line, and why it cannot be sent ('' when it can). */
interface MadeRequest {
  readonly request: SequenceRequest;
  readonly summary: string;
  readonly problem: string;
}

function requestOf(
  item: SequenceItem,
  document: Document,
  decoding: Decoding,
  families: GenlFamilies,
): MadeRequest | string {
  const number = item.kind === 'row' ? item.number : (item.from ?? 0);
  const row = number - 1;
  if (number !== 0 && !isMessage(document, row)) return `There is no message ${number} in the capture any more.`;
  if (item.kind === 'row' && !isRequest(document, row)) return `Message ${number} is no request to the kernel.`;
  const context = number === 0 ? null : document.context(row);
  const names = {
    interfaceName: (index: number) => context?.interfaceName(index),
    familyName: (genlId: number) => context?.genl.byId(genlId)?.name,
  };
  if (item.kind === 'row') {
    const { protocol, littleEndian } = document.store.envelope(row);
    const { bytes, problem } = bytesOf(document, row, littleEndian, decoding, families);
    const decoded =
      littleEndian === HOST_LITTLE_ENDIAN
        ? document.decode(row)
        : documentOf(bytes, writtenEnvelope(protocol), decoding).decode(0);
    const request: SequenceRequest = {
      number,
      protocol,
      bytes,
      littleEndian: HOST_LITTLE_ENDIAN,
      decoded,
      datagram: document.store.datagramRange(row).first,
      numbers: kernelNumbers(decoded),
      ...names,
    };
    return { request, summary: document.lineText(row), problem };
  }
  const { message } = item;
  const protocol = findProtocol(message.protocol);
  if (protocol === undefined) return `There is no netlink protocol "${message.protocol}".`;
  // The id that a captured message has is that of another kernel.
  const { type: _, ...named } = message;
  const isKnown = message.genlFamily !== undefined && families.byName(message.genlFamily) !== undefined;
  const { bytes, problems } = encodeMessage(isKnown ? named : message, {
    library: decoding.library,
    genl: families,
    littleEndian: HOST_LITTLE_ENDIAN,
  });
  const written = documentOf(bytes, writtenEnvelope(protocol.number), decoding, families.all());
  if (written.store.count === 0) return 'A message of the sequence has no header.';
  const decoded = written.decode(0);
  const numbers = number === 0 ? [] : numbersKept(decoded, document.decode(row));
  const request: SequenceRequest = {
    number,
    protocol: protocol.number,
    bytes,
    littleEndian: HOST_LITTLE_ENDIAN,
    decoded,
    datagram: null,
    numbers: numbers.filter(({ kind, start }) => !(isKnown && kind === 'family' && start === 4)),
    ...names,
  };
  const [wrong] = problems;
  return {
    request,
    summary: written.lineText(0),
    problem: wrong === undefined ? '' : `${wrong.path.join('.')}: ${wrong.text}`,
  };
}

/** Bytes of a captured message in this host's byte order, and why they cannot be sent. */
function bytesOf(
  document: Document,
  row: number,
  littleEndian: boolean,
  decoding: Decoding,
  families: GenlFamilies,
): { readonly bytes: Uint8Array; readonly problem: string } {
  const bytes = document.store.bytes(row).slice();
  const isCut = document.store.missingBytes(row) > 0 && document.store.datagramRange(row).last === row;
  if (isCut || !isWhole(bytes, littleEndian)) return { bytes, problem: 'the capture has not all of its bytes' };
  if (littleEndian === HOST_LITTLE_ENDIAN) return { bytes, problem: '' };
  const value = document.values(row);
  if (value === null) return { bytes, problem: 'it is of a host of the other byte order, and no spec describes it' };
  const encoded = encodeMessage(value, { library: decoding.library, genl: families, littleEndian: HOST_LITTLE_ENDIAN });
  const [wrong] = encoded.problems;
  return {
    bytes: encoded.bytes,
    problem: wrong === undefined ? '' : `it is of a host of the other byte order: ${wrong.text}`,
  };
}

async function readTarget(
  netns: string,
  items: readonly SequenceItem[],
  { store }: Document,
): Promise<Result<{ readonly target: SequenceTarget; readonly families: GenlFamilyTable }>> {
  const resolved = resolveNetns(netns);
  if (!resolved.ok) return resolved;
  const { name, path } = resolved.value;
  const interfaces = await indices(path);
  if (!interfaces.ok) return interfaces;
  const families = new GenlFamilyTable();
  const isGeneric = (item: SequenceItem) =>
    (item.kind === 'row' ? protocolByNumber(store.envelope(item.number - 1).protocol).name : item.message.protocol) ===
    'NETLINK_GENERIC';
  if (items.some((item) => (item.kind !== 'row' || item.number <= store.count) && isGeneric(item))) {
    const listed = await listGenlFamilies(path);
    if (!listed.ok) return listed;
    for (const family of listed.value) families.learn(family);
  }
  const place = name === undefined ? "this host's namespace" : `namespace ${name}`;
  const known = new Map(Array.from(families.all(), (family) => [family.name, family.id]));
  return ok({ target: { place, interfaces: interfaces.value, families: known }, families });
}

async function indices(netns: string): Promise<Result<Map<string, number>>> {
  const names = await interfaceNames(netns);
  return names.ok ? ok(new Map(Array.from(names.value, ([index, name]) => [name, index]))) : names;
}

/**
 * Sends a datagram of a sequence and tells what came of each of its requests. Interfaces are looked up as they are now,
 * since earlier requests make them. Fails where nothing could be sent.
 */
export async function sendDatagram(
  { requests, datagrams, netns, asRecorded, target }: PreparedSequence,
  position: number,
  log: MessageLog,
  decoding: Decoding,
  onRecorded?: SendTargets['onRecorded'],
): Promise<Result<SequenceAnswer[]>> {
  const positions = datagrams[position];
  if (positions === undefined) return fail(`The sequence has no datagram ${position}.`);
  const sent = positions.map((at) => requests[at]!);
  let now = target;
  if (sent.some(({ numbers }) => numbers.some(({ kind }) => kind === 'interface'))) {
    const interfaces = await indices(netns);
    if (!interfaces.ok) return interfaces;
    now = { ...target, interfaces: interfaces.value };
  }
  const ready = readyDatagram(sent, now, asRecorded, nextSeq);
  if (typeof ready === 'string') return fail(`${ready}.`);
  const { protocol } = sent[0]!;
  const isBatch = ready.starts[0]! > 0;
  const passed = await transmitAndRecord(
    {
      protocol,
      destPortid: 0,
      groupMask: 0,
      netns,
      extAck: true,
      strictCheck: false,
      ...(isBatch ? { receiveBuffer: ANSWER_BUFFER, timeout: BATCH_TIMEOUT } : {}),
    },
    ready.bytes,
    log,
    onRecorded,
  );
  if (!passed.ok) return passed;
  const { rows, sentRows } = passed.value;
  const first = isBatch ? 1 : 0;
  const answers = positions.map((step, at) =>
    answerOf(log.document, decoding, rows[first + at] ?? rows[0]!, step, ready.told[at]!),
  );
  if (!isBatch) return ok(answers);
  return ok(batchAnswers(answers, log.document, decoding, [rows[0]!, rows[sentRows - 1]!]));
}

/** A batch is applied whole or not at all, and may be refused at its limits: for want of a capability, say. */
function batchAnswers(
  answers: readonly SequenceAnswer[],
  document: Document,
  decoding: Decoding,
  limits: readonly number[],
): SequenceAnswer[] {
  const refusal = limits.map((row) => explainRow(document, decoding, row)).find((found) => found !== null);
  const failed = refusal !== undefined || answers.some(({ outcome }) => outcome === 'error');
  if (!failed) return [...answers];
  return answers.map((answer, at): SequenceAnswer => {
    if (answer.outcome === 'error') return answer;
    if (refusal == null || at > 0) return { ...answer, outcome: 'undone' };
    return { ...answer, outcome: 'error', errno: refusal.errno, message: refusal.message || refusal.meaning };
  });
}

/** The most answers that are told of one by one. */
const MOST_REPLIES = 1000;

const OUTCOMES = {
  pending: 'timeout',
  sent: 'sent',
  ack: 'ack',
  done: 'done',
  interrupted: 'done',
  reply: 'reply',
  error: 'error',
  event: 'sent',
} as const;

function answerOf(
  document: Document,
  decoding: Decoding,
  row: number,
  step: number,
  numbers: readonly string[],
): SequenceAnswer {
  const { store } = document;
  const id = store.transaction(row);
  const transaction = id === 0 ? null : store.transactions.get(id);
  const explanation = explainRow(document, decoding, row);
  const members = id === 0 ? [] : store.members(id, { limit: MOST_REPLIES });
  return {
    step,
    number: row + 1,
    replies: members.filter((member) => member !== row).map((member) => member + 1),
    outcome: OUTCOMES[transaction?.state ?? 'sent'],
    ...refusalTold(explanation),
    latency: store.latency(id),
    numbers,
  };
}
