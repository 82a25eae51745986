import { placed } from '../../app/captureFile/index.ts';
import type {
  DecodeReport,
  EncodeReport,
  Explanation,
  MessageValue,
  Result,
  SendReport,
  SendRequest,
} from '../../app/contracts/index.ts';
import { fail, ok } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { fromHex, type GenlFamilies } from '../../app/dissect/index.ts';
import { datagramFor, findProtocol, NETLINK_KOBJECT_UEVENT } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { resolveNetns } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import type { RequestOutcome } from '../sources/request.ts';
import type { Decoding } from './decoding.ts';
import { base64 } from './detail.ts';
import type { Document } from './document.ts';
import { documentOf } from './memoryDocument.ts';
import { summaryText } from './printers.ts';
import type { Recording } from './recording.ts';
import { explainRow } from './refusalOf.ts';
import { type Transmission, transmit } from './transmit.ts';

/** Bytes and tree of a message being written. `families`: those of the host it is written for. */
export function encodeReport(value: MessageValue, decoding: Decoding, families: GenlFamilies): EncodeReport {
  const { bytes, problems } = encodeMessage(value, {
    library: decoding.library,
    genl: families,
    littleEndian: HOST_LITTLE_ENDIAN,
  });
  const protocol = findProtocol(value.protocol)?.number ?? 0;
  const document = documentOf(bytes, writtenEnvelope(protocol), decoding, families.all());
  const tree = document.store.count > 0 ? document.dissect(0).tree : [];
  return { bytes: base64(bytes), tree, problems };
}

/** The messages of bytes that somebody typed. */
export function decodeReport(
  protocolName: string,
  hex: string,
  decoding: Decoding,
  families: GenlFamilies,
): Result<DecodeReport> {
  const protocol = findProtocol(protocolName);
  if (protocol === undefined) return fail(`There is no netlink protocol "${protocolName}".`);
  const digits = hex.replace(/0x|\\x|[\s:,]/gi, '');
  const bytes = fromHex(digits);
  if (bytes === null)
    return fail(/[^0-9a-f]/i.test(digits) ? 'Only hex digits can be read.' : 'A hex digit is missing.');
  if (bytes.length === 0) return ok({ messages: [] });
  const document = documentOf(bytes, writtenEnvelope(protocol.number), decoding, families.all());
  const rows = Array.from({ length: document.store.count }, (_, row) => row);
  return ok({
    messages: rows.map((row) => {
      const { tree, notes, summary } = document.dissect(row);
      const bytes = document.store.bytes(row);
      const value = document.values(row);
      return { summary: summaryText(summary), tree, notes, bytes: base64(bytes), value };
    }),
  });
}

/** A captured message as values. */
export function valueOfRow(document: Document, row: number): Result<MessageValue> {
  const value = document.values(row);
  if (value !== null) return ok(value);
  return fail('No spec describes this message.', { hint: 'It can be edited as bytes.' });
}

/** The envelope of a message that is written here: a request, whatever its flags say so far. */
export function writtenEnvelope(protocol: number) {
  return {
    protocol,
    direction: protocol === NETLINK_KOBJECT_UEVENT ? 'user' : 'request',
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian: HOST_LITTLE_ENDIAN,
  } as const;
}

/** What the sender needs of the engine. */
export interface SendTargets {
  readonly decoding: Decoding;
  /** Generic netlink families of the host. */
  readonly families: GenlFamilies;
  /** Where what passes is recorded. */
  readonly recording: Recording;
  /** Told of every datagram that was recorded; of what was sent first with the address it was sent from. */
  onRecorded(ownPortid: number | null): void;
}

/** Where datagrams are written down as they pass. */
export type MessageLog = Pick<Recording, 'document' | 'add'>;

/** What passed: rows of what was sent, then those of its answers. */
export interface Passed {
  readonly rows: readonly number[];
  /** How many of them were sent. */
  readonly sentRows: number;
  readonly outcome: RequestOutcome;
}

/**
 * Sends a datagram and writes down what passes.
 * @param onRecorded is told of every datagram, see SendTargets
 */
export async function transmitAndRecord(
  to: Transmission,
  bytes: Uint8Array,
  log: MessageLog,
  onRecorded: SendTargets['onRecorded'] = () => {},
): Promise<Result<Passed>> {
  const { document } = log;
  const rows: number[] = [];
  let sentRows = 0;
  const place = resolveNetns(to.netns ?? '');
  const netns = place.ok ? place.value.name : undefined;
  const sent = await transmit(to, bytes, (plain, timeNs, passed, originalLength) => {
    const envelope = placed(plain, netns, OWN_HOST);
    const first = log.add(envelope, timeNs, passed, originalLength);
    for (let row = first; row < document.store.count; row++) rows.push(row);
    sentRows ||= rows.length;
    document.learn();
    onRecorded(first === rows[0] ? (envelope.sourcePortid ?? 0) : null);
  });
  return sent.ok ? ok({ rows, sentRows, outcome: sent.value }) : sent;
}

let lastSeq = Math.floor(Date.now() / 1000) >>> 0;

/** The next sequence number of this program's own requests. */
export function nextSeq(): number {
  lastSeq = (lastSeq + 1) >>> 0;
  return lastSeq;
}

/**
 * Sends a message (or raw bytes, as they are) and records it with its answers. A message whose seq is 0 gets the next
 * one, so that answers can be told apart; one that changes nftables goes in a batch of its own.
 */
export async function sendAndRecord(request: SendRequest, targets: SendTargets): Promise<Result<SendReport>> {
  const { decoding, recording } = targets;
  const { document } = recording;
  const protocol = findProtocol(request.protocol);
  if (protocol === undefined) return fail(`There is no netlink protocol "${request.protocol}".`);
  const bytes = requestBytes(request, decoding, targets.families);
  if (!bytes.ok) return bytes;
  const datagram = request.bytes === undefined ? datagramFor(protocol.number, bytes.value, HOST_LITTLE_ENDIAN) : null;
  const to: Transmission = {
    protocol: protocol.number,
    destPortid: request.destPortid ?? 0,
    groupMask: request.groupMask ?? 0,
    netns: request.netns ?? '',
    extAck: request.extAck,
    strictCheck: request.strictCheck,
    timeout: request.timeout,
  };
  const passed = await transmitAndRecord(to, datagram?.bytes ?? bytes.value, recording, targets.onRecorded);
  if (!passed.ok) return passed;
  const { rows, sentRows, outcome } = passed.value;
  // Before it stands the beginning of its batch.
  const first = rows[(datagram?.starts[0] ?? 0) > 0 ? 1 : 0];
  const failed = rows.find((row) => explainRow(document, decoding, row) !== null);
  const explanation = failed === undefined ? null : explainRow(document, decoding, failed);
  return ok({
    number: first + 1,
    replies: rows.slice(sentRows).map((row) => row + 1),
    outcome,
    ...refusalTold(explanation),
    latency: document.store.latency(document.store.transaction(first)),
  });
}

/** What a report tells of a refusal; of none, nothing. */
export function refusalTold(
  explanation: Explanation | null,
): Pick<SendReport, 'errno' | 'message' | 'attribute' | 'range'> {
  const { errno = '', message = '', attribute = '', range = null } = explanation ?? {};
  return { errno, message, attribute, range };
}

function requestBytes(request: SendRequest, decoding: Decoding, families: GenlFamilies): Result<Uint8Array> {
  if (request.bytes !== undefined) {
    const bytes = new Uint8Array(Buffer.from(request.bytes, 'base64'));
    return bytes.length > 0 ? ok(bytes) : fail('There is nothing to send.');
  }
  if (request.message === undefined) return fail('There is nothing to send.');
  const message = request.message.seq === 0 ? { ...request.message, seq: nextSeq() } : request.message;
  const context = { library: decoding.library, genl: families, littleEndian: HOST_LITTLE_ENDIAN };
  const { bytes, problems } = encodeMessage(message, context);
  const [problem] = problems;
  return problem === undefined ? ok(bytes) : fail(`${problem.path.join('.')}: ${problem.text}`);
}
