import type { SequenceNumber } from '../contracts/index.ts';
import type { DecodedMessage } from '../dissect/index.ts';
import { batchOf, isBatched, NLM_F_ACK, readU16, readU32, type SentDatagram, viewOf } from '../wire/index.ts';
import { type KernelNumber, kernelNumbers, makesUnnamed, type NumberKind, namesGiven } from './kernelNumbers.ts';

/** A request of a sequence, read by what is known of the kernel that it was made for. */
export interface SequenceRequest {
  /** Of the message in the capture; 0 for one that was written. */
  readonly number: number;
  readonly protocol: number;
  /** In the byte order of the host that sends it. */
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly decoded: DecodedMessage;
  /** Of the datagram it was captured in; requests that were written have none. */
  readonly datagram: number | null;
  /** The numbers in it that are those of another kernel: all of a captured request, none of one that was written. */
  readonly numbers: readonly KernelNumber[];
  /** Names that the kernel it was made for has for its numbers. */
  interfaceName(index: number): string | undefined;
  familyName(id: number): string | undefined;
}

/** The kernel and namespace that a sequence goes to, as they are now. */
export interface SequenceTarget {
  /** How it is told of: "namespace blue". */
  readonly place: string;
  readonly interfaces: ReadonlyMap<string, number>;
  readonly families: ReadonlyMap<string, number>;
}

/** linux/net.h: every namespace has its loopback there. */
const LOOPBACK_IFINDEX = 1;

/** Why numbers of a kind stay as they were, in words. */
const KEPT: { readonly [kind in Exclude<NumberKind, 'interface' | 'family'>]: string } = {
  foreign: 'an interface of another namespace: it stays as it was recorded',
  wish: 'the index that the new interface is to have: it stays',
  handle: 'the kernel counted it: it stays, and may be something else there',
  namespace: 'the id of a namespace as another one numbers it: it stays as it was recorded',
  descriptor: 'a file of the program that sent it: no other program has it',
  process: 'a process of then: it may be another one now',
};

/** Of these nothing tells what they would be elsewhere. */
const OF_PROGRAM: ReadonlySet<NumberKind> = new Set<NumberKind>(['descriptor', 'process']);

/**
 * Groups the requests of a sequence by the datagrams they are sent in: changes of nftables that were captured in one
 * datagram, or written one after the other, in a batch; all others alone.
 * @returns positions of the requests of each datagram
 */
export function sequenceDatagrams(requests: readonly SequenceRequest[]): number[][] {
  const datagrams: number[][] = [];
  let open: SequenceRequest | null = null;
  requests.forEach((request, position) => {
    const batched = isBatched(request.protocol, request.bytes, request.littleEndian);
    const joins =
      batched && open !== null && (request.datagram ?? open.datagram) === (open.datagram ?? request.datagram);
    if (joins) datagrams.at(-1)!.push(position);
    else datagrams.push([position]);
    // What was written goes with the captured batch that it stands beside.
    open = batched ? (joins && request.datagram === null ? open : request) : null;
  });
  return datagrams;
}

/** How a request of a sequence is told of: by its message in the capture, else by its position. */
export function requestLabel(number: number, position: number): string {
  return number === 0 ? `request ${position + 1}` : `#${number}`;
}

/** What becomes of the numbers of each request, told before anything is sent. */
export function sequenceNumbers(requests: readonly SequenceRequest[], target: SequenceTarget): SequenceNumber[][] {
  const made = new Map<string, number>();
  let unnamed = -1;
  return requests.map((request, position) => {
    const numbers = request.numbers.map((number) =>
      fateOf(number, request, target, made, unnamed, (at) => requestLabel(requests[at]!.number, at)),
    );
    for (const name of namesGiven(request.decoded)) if (!made.has(name)) made.set(name, position);
    if (unnamed < 0 && makesUnnamed(request.decoded)) unnamed = position;
    return numbers;
  });
}

function fateOf(
  number: KernelNumber,
  request: SequenceRequest,
  target: SequenceTarget,
  made: ReadonlyMap<string, number>,
  unnamed: number,
  label: (position: number) => string,
): SequenceNumber {
  const { kind, field, value } = number;
  if (kind !== 'interface' && kind !== 'family') {
    return { field, recorded: String(value), fate: OF_PROGRAM.has(kind) ? 'unknown' : 'kept', text: KEPT[kind] };
  }
  const name = nameOf(number, request);
  if (name === undefined) {
    const what = kind === 'interface' ? 'interface' : 'generic netlink family';
    return { field, recorded: String(value), fate: 'unknown', text: `the capture does not tell which ${what} it was` };
  }
  const recorded = `${value} [${name}]`;
  // A name that an earlier request gives is that of its interface then, whatever has it before.
  const maker = kind === 'interface' ? (made.get(name) ?? (target.interfaces.has(name) ? -1 : unnamed)) : -1;
  if (maker >= 0) return { field, recorded, fate: 'later', text: `known once ${label(maker)} has made ${name}` };
  const there = tableOf(kind, target).get(name);
  if (there === undefined) return { field, recorded, fate: 'unknown', text: missing(kind, name, target) };
  if (BigInt(there) === BigInt(value)) return { field, recorded, fate: 'same', text: `${name} is ${there} there, too` };
  return { field, recorded, fate: 'mapped', text: `${there}, which is ${name} there` };
}

function missing(kind: 'interface' | 'family', name: string, { place }: SequenceTarget): string {
  return kind === 'interface'
    ? `there is no interface ${name} in ${place}`
    : `this kernel has no generic netlink family ${name}`;
}

function tableOf(kind: 'interface' | 'family', { interfaces, families }: SequenceTarget): ReadonlyMap<string, number> {
  return kind === 'interface' ? interfaces : families;
}

function nameOf({ kind, value }: KernelNumber, request: SequenceRequest): string | undefined {
  if (kind === 'family') return request.familyName(Number(value));
  return request.interfaceName(Number(value)) ?? (Number(value) === LOOPBACK_IFINDEX ? 'lo' : undefined);
}

/** A datagram of a sequence as it goes out. */
export interface ReadyDatagram extends SentDatagram {
  /** Numbers that became others, of each request: "ifa_index 2 [veth0]". */
  readonly told: readonly (readonly string[])[];
}

/**
 * The datagram of some requests, with sequence numbers of their own, an acknowledgement asked for, and the target's
 * numbers in place of those of the recording.
 * @param asRecorded leaves numbers that the target has no counterpart of as they are
 * @returns the datagram, or why it cannot be made
 */
export function readyDatagram(
  requests: readonly SequenceRequest[],
  target: SequenceTarget,
  asRecorded: boolean,
  nextSeq: () => number,
): ReadyDatagram | string {
  const [{ protocol, littleEndian }] = requests as [SequenceRequest];
  const told: string[][] = [];
  const messages: Uint8Array[] = [];
  for (const request of requests) {
    const bytes = request.bytes.slice();
    const view = viewOf(bytes);
    const changed: string[] = [];
    for (const number of request.numbers) {
      const { kind, field, value, start, size } = number;
      if (kind !== 'interface' && kind !== 'family') continue;
      const name = nameOf(number, request);
      const there = name === undefined ? undefined : tableOf(kind, target).get(name);
      if (there !== undefined) {
        if (BigInt(there) === BigInt(value)) continue;
        if (!put(view, start, size, Number(value), there, littleEndian))
          return `${field} ${value} could not be changed`;
        changed.push(`${field} ${there} [${name}]`);
      } else if (!asRecorded) {
        return name === undefined
          ? `${field} ${value}: the capture does not tell what it was`
          : `${field} ${value}: ${missing(kind, name, target)}`;
      }
    }
    const flags = readU16(bytes, 6, littleEndian);
    // Without it success would be told by silence.
    if (!request.decoded.isDump) view.setUint16(6, flags | NLM_F_ACK, littleEndian);
    view.setUint32(8, nextSeq(), littleEndian);
    view.setUint32(12, 0, littleEndian);
    messages.push(bytes);
    told.push(changed);
  }
  const batched = isBatched(protocol, messages[0]!, littleEndian);
  const datagram = batched ? batchOf(messages, littleEndian) : { bytes: messages[0]!, starts: [0] };
  return { ...datagram, told };
}

/** Puts a number in the place of another that stands there in either byte order; false when none does. */
function put(view: DataView, at: number, size: number, before: number, after: number, littleEndian: boolean): boolean {
  if (at + size > view.byteLength) return false;
  for (const order of [littleEndian, !littleEndian]) {
    if (size === 4 && view.getUint32(at, order) === before >>> 0) view.setUint32(at, after, order);
    else if (size === 2 && view.getUint16(at, order) === before && after <= 0xffff) view.setUint16(at, after, order);
    else continue;
    return true;
  }
  return false;
}

/** The numbers of an edited request that it still has of the message it was made of. */
export function numbersKept(edited: DecodedMessage, captured: DecodedMessage): KernelNumber[] {
  const known = new Set(kernelNumbers(captured).map(({ field, value }) => `${field} ${value}`));
  return kernelNumbers(edited).filter(({ field, value }) => known.has(`${field} ${value}`));
}

/** Whether a message could be sent at all: its header is there, and says how long it is. */
export function isWhole(bytes: Uint8Array, littleEndian: boolean): boolean {
  return bytes.length >= 16 && readU32(bytes, 0, littleEndian) <= bytes.length;
}
