/**
 * What pcapng has no field for, kept in its own extension point: option 2989 (custom, binary, may be copied; pcapng
 * section 3.5.1). Options were chosen over custom blocks because tshark lists a custom block as one more packet, and
 * over comments because those mark every packet as annotated.
 *
 * The value is a Private Enterprise Number in the section's byte order, then the letters "nls", a letter for the kind,
 * and the content below in big-endian order (a tool that rewrites the file in its own byte order copies it untouched).
 * This product has no number of its own: it uses 32473, which RFC 5612 sets aside for such purposes, and tells its
 * options apart by the letters.
 *
 * | kind | stands in | content |
 * |---|---|---|
 * | E | EPB | u8 direction (index in DIRECTIONS), u8 bits (1 group, 2 nsid, 4 source portid, 8 destination portid: that u32 follows, in this order; 16 little-endian host; 32 the frame carries on the datagram before it) |
 * | H | IDB | text: the host of the interface (Envelope.host). Its own if_description says it too: tools that merge captures keep interfaces apart that differ there |
 * | M | EPB | u32 each: marked messages of this frame, counted from 0 |
 * | C | EPB | u32 each: messages of this frame, counted from 0, that its comments (opt_comment) are about, in their order; those that come after are about the first message |
 * | R | EPB | u32 each: messages of this frame, counted from 0, that times are measured from |
 * | G | ISB, EPB | u8 cause (index in GAP_CAUSES), u8 bits (1 the loss is counted, 2 the protocol is known, 4 the netns follows, 8 the host), u16 protocol, u64 lost, text netns, text host: messages lost at this place of the file. The next EPB repeats it, because tools that rewrite the file keep one ISB |
 * | F | IDB, ISB | u32 id, u32 version, u32 headerSize, u32 maxAttr, name, u16 n, n × (u32 id, name), u16 m, m × (u32 cmd, u32 flags): a generic netlink family and its groups and operations; a name is u8 length and UTF-8 |
 * | A | IDB, ISB | u32 family id, u32 n, n × (u32 policy, u16 attribute, u8 NL_ATTR_TYPE_*, u8 bits (1 least value, 2 greatest value, 4 mask: that u64 follows, 8 least length, 16 greatest length, 32 policy inside: that u32 follows, in this order)), u32 m, m × (u32 cmd, u8 bits, u32 policy of do requests when 1, u32 policy of dumps when 2): what the kernel accepts for a family of an option before, in as many options as it takes |
 * | I | IDB, ISB | u32 ifindex, u8 bits (1 the nsid is known, 2 the netns follows), u32 nsid, u64 time in ns, name, text netns: an interface |
 * | S | IDB, ISB | u32 string set (linux/ethtool.h ETH_SS_*), u8 bits (1 the nsid is known, 2 the netns follows, 4 a device's), u32 nsid, u32 ifindex, name of the device, u16 n, n × (u32 number, name), text netns: strings by which the kernel calls bits, in as many options as they take |
 * | P | IDB, ISB | u8 protocol, u8 provenance (index in PROVENANCES), u8 bits (1 the process is known, 2 its uid is, 4 it has ended, 8 the netns follows), u32 portid, u64 from and u64 until in ns; of a known process u32 pid, u32 uid, u64 start in ns, name comm, name user, text command, text cgroup, name container; text netns: who owned a netlink address; a text is u16 length and UTF-8 |
 * | T | ISB | nothing: the totals of a capture whose losses stand in G options |
 *
 * What is known of a host stands in its interface's description as far as it was known then (tools that merge captures
 * keep no statistics), and in statistics of its interface later.
 *
 * A netns is a name that the if_name of an interface description block has: "netlink@NAME" stands for the network
 * namespace (or other host) NAME, "netlink" for the one of who captured.
 */
import { type AddressOwner, DIRECTIONS, type Envelope, PROVENANCES } from '../contracts/index.ts';
import type { GenlFamily } from '../dissect/api.ts';
import type { FamilyPolicy, PolicyAttribute, PolicyOperation } from '../specs/policySpec.ts';
import { NLA_TYPE_MASK } from '../wire/index.ts';
import { GAP_CAUSES, type Gap, type InterfaceName, type KnownStrings } from './reader.ts';

/** Option code: custom, binary, may be copied. */
export const OPT_CUSTOM_BINARY = 2989;
/** Private Enterprise Number for documentation and private use (RFC 5612). */
export const ENTERPRISE = 32473;
/** "nls" in the upper three bytes; the lowest is the kind. */
const LETTERS = 0x6e6c7300;
/** Enterprise number and letters. */
const PREFIX = 8;
const LARGEST = 0xffff;
/** Longest text in an option that may hold two. */
const LONGEST_TEXT = 4096;

export type CustomKind = 'E' | 'H' | 'M' | 'C' | 'R' | 'G' | 'F' | 'A' | 'I' | 'S' | 'P' | 'T';

const HAS_GROUP = 1;
const HAS_NSID = 2;
const HAS_SOURCE = 4;
const HAS_DESTINATION = 8;
const LITTLE_ENDIAN = 16;
const CONTINUED = 32;

/** Kind of a custom option of this product, or '' when it is someone else's. `length` is the option's. */
export function customKind(view: DataView, start: number, length: number, littleEndian: boolean): CustomKind | '' {
  if (length < PREFIX || view.getUint32(start, littleEndian) !== ENTERPRISE) return '';
  const word = view.getUint32(start + 4);
  if ((word & 0xffffff00) !== LETTERS) return '';
  return String.fromCharCode(word & 0xff) as CustomKind;
}

/** Reads content with bounds: past the end everything is 0 and `exceeded` is set. */
export class ContentReader {
  exceeded = false;
  private at: number;
  private readonly end: number;

  private readonly view: DataView;

  constructor(view: DataView, start: number, length: number) {
    this.view = view;
    this.at = start + PREFIX;
    this.end = start + length;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.take(1) ? this.view.getUint8(this.at - 1) : 0;
  }

  u16(): number {
    return this.take(2) ? this.view.getUint16(this.at - 2) : 0;
  }

  u32(): number {
    return this.take(4) ? this.view.getUint32(this.at - 4) : 0;
  }

  u64(): bigint {
    return this.take(8) ? this.view.getBigUint64(this.at - 8) : 0n;
  }

  name(): string {
    return this.characters(this.u8());
  }

  text(): string {
    return this.characters(this.u16());
  }

  /** The netns that comes last where a bit says so, as the member that it is. */
  netns(follows: boolean): { readonly netns?: string } {
    return follows ? { netns: this.text() } : {};
  }

  private characters(length: number): string {
    return this.take(length) ? decodeUtf8(this.view, this.at - length, length) : '';
  }

  private take(bytes: number): boolean {
    if (this.at + bytes > this.end) {
      this.exceeded = true;
      return false;
    }
    this.at += bytes;
    return true;
  }
}

/** Builds one option value, enterprise number and letters included, in a buffer that is used again. */
class ContentWriter {
  private readonly bytes = new Uint8Array(LARGEST);
  private readonly view = new DataView(this.bytes.buffer);
  private at = 0;

  begin(kind: CustomKind, littleEndian: boolean): this {
    this.view.setUint32(0, ENTERPRISE, littleEndian);
    this.view.setUint32(4, LETTERS | kind.charCodeAt(0));
    this.at = PREFIX;
    return this;
  }

  u8(value: number): this {
    this.view.setUint8(this.at++, value);
    return this;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value);
    this.at += 4;
    return this;
  }

  u64(value: bigint): this {
    this.view.setBigUint64(this.at, BigInt.asUintN(64, value));
    this.at += 8;
    return this;
  }

  name(text: string): this {
    const encoded = encodeUtf8(text, 255);
    return this.u8(encoded.length).put(encoded);
  }

  text(text: string): this {
    const encoded = encodeUtf8(text, LONGEST_TEXT);
    return this.u16(encoded.length).put(encoded);
  }

  /** Nothing where it is the one of who captured: a bit says so. */
  netns(name: string | undefined): this {
    return name === undefined ? this : this.text(name);
  }

  private put(encoded: Uint8Array): this {
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
    return this;
  }

  value(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const content = new ContentWriter();

/** Text of a range of bytes, without the zeros some writers end it with. */
export function decodeUtf8(view: DataView, start: number, length: number): string {
  return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + start, length)).replace(/\0+$/, '');
}

/** UTF-8 of a text, cut at a character where it is longer than `limit` bytes. */
export function encodeUtf8(text: string, limit: number): Uint8Array {
  const encoded = encoder.encode(text);
  if (encoded.length <= limit) return encoded;
  let end = limit;
  while (end > 0 && (encoded[end] & 0xc0) === 0x80) end--;
  return encoded.subarray(0, end);
}

/** An envelope says more than its protocol and the section's byte order do. */
export function needsEnvelopeOption(envelope: Envelope, littleEndian: boolean, continued: boolean): boolean {
  return (
    envelope.direction !== 'unknown' ||
    envelope.group !== null ||
    envelope.nsid !== null ||
    envelope.sourcePortid !== null ||
    envelope.destPortid !== null ||
    envelope.littleEndian !== littleEndian ||
    continued
  );
}

/** Option value of kind E; valid until the next option is encoded, as those below are. */
export function encodeEnvelope(envelope: Envelope, littleEndian: boolean, continued: boolean): Uint8Array {
  const { group, nsid, sourcePortid, destPortid } = envelope;
  content.begin('E', littleEndian);
  content.u8(DIRECTIONS.indexOf(envelope.direction));
  content.u8(
    (group === null ? 0 : HAS_GROUP) |
      (nsid === null ? 0 : HAS_NSID) |
      (sourcePortid === null ? 0 : HAS_SOURCE) |
      (destPortid === null ? 0 : HAS_DESTINATION) |
      (envelope.littleEndian ? LITTLE_ENDIAN : 0) |
      (continued ? CONTINUED : 0),
  );
  for (const number of [group, nsid, sourcePortid, destPortid]) if (number !== null) content.u32(number);
  return content.value();
}

/** Reads an option of kind E; null when it is cut or from a future version. */
export function decodeEnvelope(
  reader: ContentReader,
  protocol: number,
): { envelope: Envelope; continued: boolean } | null {
  const direction = DIRECTIONS[reader.u8()];
  const bits = reader.u8();
  const envelope: Envelope = {
    protocol,
    direction,
    group: bits & HAS_GROUP ? reader.u32() : null,
    nsid: bits & HAS_NSID ? reader.u32() : null,
    sourcePortid: bits & HAS_SOURCE ? reader.u32() : null,
    destPortid: bits & HAS_DESTINATION ? reader.u32() : null,
    littleEndian: (bits & LITTLE_ENDIAN) !== 0,
  };
  if (reader.exceeded || direction === undefined) return null;
  return { envelope, continued: (bits & CONTINUED) !== 0 };
}

/** Option value of kind H. */
export function encodeHost(host: string, littleEndian: boolean): Uint8Array {
  return content.begin('H', littleEndian).text(host).value();
}

/** Reads an option of kind H; undefined when it is cut or empty. */
export function decodeHost(reader: ContentReader): string | undefined {
  const host = reader.text();
  return reader.exceeded || host === '' ? undefined : host;
}

/** How many messages one option of kind M, R or C holds. */
export const MARKS_PER_OPTION = Math.floor((LARGEST - PREFIX) / 4);

/** Option value of kind M or R, for at most MARKS_PER_OPTION messages from `first`. */
export function encodeMarks(
  kind: 'M' | 'R',
  marks: readonly number[],
  first: number,
  littleEndian: boolean,
): Uint8Array {
  content.begin(kind, littleEndian);
  const end = Math.min(marks.length, first + MARKS_PER_OPTION);
  for (let i = first; i < end; i++) content.u32(marks[i]);
  return content.value();
}

/** Reads an option of kind M, R or C, adding to `marks`. */
export function decodeMarks(reader: ContentReader, marks: number[]): void {
  while (reader.remaining >= 4) marks.push(reader.u32());
}

/** Option value of kind C, for at most MARKS_PER_OPTION comments. */
export function encodeCommented(messages: readonly number[], littleEndian: boolean): Uint8Array {
  content.begin('C', littleEndian);
  for (const message of messages.slice(0, MARKS_PER_OPTION)) content.u32(message);
  return content.value();
}

/** Gaps without a datagram between them that the next datagram repeats. */
export const MOST_REPEATED_GAPS = 64;

/** Option value of kind G. */
export function encodeGap(gap: Gap, littleEndian: boolean): Uint8Array {
  content.begin('G', littleEndian).u8(GAP_CAUSES.indexOf(gap.cause));
  const { lost, protocol, netns, host } = gap;
  content.u8(
    (lost === null ? 0 : 1) |
      (protocol === null ? 0 : 2) |
      (netns === undefined ? 0 : 4) |
      (host === undefined ? 0 : 8),
  );
  content.u16(protocol ?? 0).u64(BigInt(lost ?? 0));
  return content.netns(netns).netns(host).value();
}

/** Reads an option of kind G; null when it is cut or from a future version. */
export function decodeGap(reader: ContentReader): Gap | null {
  const cause = GAP_CAUSES[reader.u8()];
  const bits = reader.u8();
  const protocol = reader.u16();
  const lost = Number(reader.u64());
  const netns = reader.netns((bits & 4) !== 0);
  const host = bits & 8 ? { host: reader.text() } : {};
  if (reader.exceeded || cause === undefined) return null;
  return { cause, protocol: bits & 2 ? protocol : null, lost: bits & 1 ? lost : null, ...netns, ...host };
}

/** Option value of kind F. The first 150 groups and 1,000 operations: more than an option could hold is no real family. */
export function encodeFamily(family: GenlFamily, littleEndian: boolean): Uint8Array {
  content.begin('F', littleEndian);
  content.u32(family.id).u32(family.version).u32(family.headerSize).u32(family.maxAttr).name(family.name);
  const groups = family.groups.slice(0, 150);
  content.u16(groups.length);
  for (const group of groups) content.u32(group.id).name(group.name);
  const operations = family.operations.slice(0, 1000);
  content.u16(operations.length);
  for (const operation of operations) content.u32(operation.cmd).u32(operation.flags);
  return content.value();
}

/** Reads an option of kind F; null when it is cut. */
export function decodeFamily(reader: ContentReader): GenlFamily | null {
  const [id, version, headerSize, maxAttr] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  const name = reader.name();
  const groups: { id: number; name: string }[] = [];
  for (let n = reader.u16(); n > 0 && !reader.exceeded; n--) groups.push({ id: reader.u32(), name: reader.name() });
  const operations: { cmd: number; flags: number }[] = [];
  for (let n = reader.u16(); n > 0 && !reader.exceeded; n--)
    operations.push({ cmd: reader.u32(), flags: reader.u32() });
  return reader.exceeded ? null : { id, version, headerSize, maxAttr, name, groups, operations };
}

/** A part of a family's policy, as one option of kind A holds it. */
export interface StoredPolicy {
  readonly id: number;
  readonly policy: FamilyPolicy;
}

/** How many attributes and commands one option of kind A holds: an attribute takes at most 44 bytes. */
const ATTRIBUTES_PER_OPTION = 1000;
const COMMANDS_PER_OPTION = 1000;

/** A policy in parts that options of kind A hold. */
export function policyParts({ attributes, operations }: FamilyPolicy): FamilyPolicy[] {
  const parts: FamilyPolicy[] = [];
  for (let at = 0; at < operations.length; at += COMMANDS_PER_OPTION) {
    parts.push({ attributes: [], operations: operations.slice(at, at + COMMANDS_PER_OPTION) });
  }
  for (let at = 0; at < attributes.length; at += ATTRIBUTES_PER_OPTION) {
    parts.push({ attributes: attributes.slice(at, at + ATTRIBUTES_PER_OPTION), operations: [] });
  }
  return parts;
}

const WIDE_FACTS = ['min', 'max', 'mask'] as const;
const NARROW_FACTS = ['minLength', 'maxLength', 'nested'] as const;
const POLICY_FACTS = [...WIDE_FACTS, ...NARROW_FACTS] as const;

/** Option value of kind A, for one of the parts of a policy. */
export function encodePolicy(id: number, part: FamilyPolicy, littleEndian: boolean): Uint8Array {
  content.begin('A', littleEndian).u32(id).u32(part.attributes.length);
  for (const attribute of part.attributes) {
    content.u32(attribute.policy).u16(attribute.number).u8(attribute.type);
    content.u8(POLICY_FACTS.reduce((bits, fact, i) => bits | (attribute[fact] === undefined ? 0 : 1 << i), 0));
    for (const fact of WIDE_FACTS) if (attribute[fact] !== undefined) content.u64(attribute[fact]);
    for (const fact of NARROW_FACTS) if (attribute[fact] !== undefined) content.u32(attribute[fact]);
  }
  content.u32(part.operations.length);
  for (const operation of part.operations) {
    content.u32(operation.cmd).u8((operation.do === null ? 0 : 1) | (operation.dump === null ? 0 : 2));
    if (operation.do !== null) content.u32(operation.do);
    if (operation.dump !== null) content.u32(operation.dump);
  }
  return content.value();
}

/** Reads an option of kind A; null when it is cut. */
export function decodePolicy(reader: ContentReader): StoredPolicy | null {
  const id = reader.u32();
  const attributes: PolicyAttribute[] = [];
  for (let n = reader.u32(); n > 0 && !reader.exceeded; n--) attributes.push(decodePolicyAttribute(reader));
  const operations: PolicyOperation[] = [];
  for (let n = reader.u32(); n > 0 && !reader.exceeded; n--) {
    const cmd = reader.u32();
    const bits = reader.u8();
    operations.push({ cmd, do: bits & 1 ? reader.u32() : null, dump: bits & 2 ? reader.u32() : null });
  }
  return reader.exceeded ? null : { id, policy: { attributes, operations } };
}

function decodePolicyAttribute(reader: ContentReader): PolicyAttribute {
  const policy = reader.u32();
  // Attribute numbers have 14 bits (NLA_TYPE_MASK).
  const number = reader.u16() & NLA_TYPE_MASK;
  const type = reader.u8();
  const bits = reader.u8();
  // A policy cannot tell a negative bound of a signed type from a great one but by the type.
  const wide = WIDE_FACTS.flatMap((fact, i) =>
    bits & (1 << i) ? [[fact, signedAs(type, reader.u64())] as const] : [],
  );
  const narrow = NARROW_FACTS.flatMap((fact, i) => (bits & (8 << i) ? [[fact, reader.u32()] as const] : []));
  return { policy, number, type, ...Object.fromEntries<bigint | number>([...wide, ...narrow]) };
}

/** NL_ATTR_TYPE_S8 to S64, and SINT (linux/netlink.h). */
function signedAs(type: number, value: bigint): bigint {
  return (type >= 6 && type <= 9) || type === 16 ? BigInt.asIntN(64, value) : value;
}

/** Option value of kind I. */
export function encodeInterface(known: InterfaceName, littleEndian: boolean): Uint8Array {
  content.begin('I', littleEndian).u32(known.index);
  content.u8((known.nsid === null ? 0 : 1) | (known.netns === undefined ? 0 : 2)).u32(known.nsid ?? 0);
  return content.u64(known.timeNs).name(known.name).netns(known.netns).value();
}

/** Reads an option of kind I; null when it is cut. */
export function decodeInterface(reader: ContentReader): InterfaceName | null {
  const index = reader.u32();
  const bits = reader.u8();
  const nsid = reader.u32();
  const timeNs = reader.u64();
  const name = reader.name();
  const netns = reader.netns((bits & 2) !== 0);
  return reader.exceeded ? null : { index, nsid: bits & 1 ? nsid : null, timeNs, name, ...netns };
}

/** How many strings one option of kind S holds: each takes at most 260 bytes. */
const STRINGS_PER_OPTION = 200;

/** Strings of a set in parts that options of kind S hold. */
export function* stringParts(known: KnownStrings): Generator<KnownStrings> {
  for (let at = 0; at < known.names.length; at += STRINGS_PER_OPTION) {
    yield { ...known, names: known.names.slice(at, at + STRINGS_PER_OPTION) };
  }
}

/** Option value of kind S, for one of those parts. */
export function encodeStrings({ set, device, nsid, netns, names }: KnownStrings, littleEndian: boolean): Uint8Array {
  content.begin('S', littleEndian).u32(set);
  content.u8((nsid === null ? 0 : 1) | (netns === undefined ? 0 : 2) | (device === null ? 0 : 4)).u32(nsid ?? 0);
  content
    .u32(device?.index ?? 0)
    .name(device?.name ?? '')
    .u16(names.length);
  for (const [number, name] of names) content.u32(number).name(name);
  return content.netns(netns).value();
}

/** Reads an option of kind S; null when it is cut. */
export function decodeStrings(reader: ContentReader): KnownStrings | null {
  const set = reader.u32();
  const bits = reader.u8();
  const nsid = reader.u32();
  const device = { index: reader.u32(), name: reader.name() };
  const names: [number, string][] = [];
  for (let n = reader.u16(); n > 0 && !reader.exceeded; n--) names.push([reader.u32(), reader.name()]);
  const netns = reader.netns((bits & 2) !== 0);
  if (reader.exceeded) return null;
  return { set, device: bits & 4 ? device : null, nsid: bits & 1 ? nsid : null, names, ...netns };
}

const HAS_PROCESS = 1;
const HAS_UID = 2;
const HAS_ENDED = 4;
const HAS_NETNS = 8;

/** Option value of kind P. */
export function encodeOwner(owner: AddressOwner, littleEndian: boolean): Uint8Array {
  const { protocol, portid, process, provenance, fromNs, untilNs, netns } = owner;
  content.begin('P', littleEndian).u8(protocol).u8(PROVENANCES.indexOf(provenance));
  content.u8(
    (process === null ? 0 : HAS_PROCESS) |
      (process === null || process.uid === null ? 0 : HAS_UID) |
      (untilNs === null ? 0 : HAS_ENDED) |
      (netns === undefined ? 0 : HAS_NETNS),
  );
  content
    .u32(portid)
    .u64(fromNs)
    .u64(untilNs ?? 0n);
  if (process === null) return content.netns(netns).value();
  content
    .u32(process.pid)
    .u32(process.uid ?? 0)
    .u64(process.startedNs)
    .name(process.comm)
    .name(process.user);
  return content.text(process.command).text(process.cgroup).name(process.container).netns(netns).value();
}

/** Reads an option of kind P; null when it is cut or from a future version. */
export function decodeOwner(reader: ContentReader): AddressOwner | null {
  const protocol = reader.u8();
  const provenance = PROVENANCES[reader.u8()];
  const bits = reader.u8();
  const portid = reader.u32();
  const fromNs = reader.u64();
  const until = reader.u64();
  const process = bits & HAS_PROCESS ? decodeProcess(reader, (bits & HAS_UID) !== 0) : null;
  const netns = reader.netns((bits & HAS_NETNS) !== 0);
  if (reader.exceeded || provenance === undefined) return null;
  return { protocol, portid, process, provenance, fromNs, untilNs: bits & HAS_ENDED ? until : null, ...netns };
}

function decodeProcess(reader: ContentReader, hasUid: boolean): NonNullable<AddressOwner['process']> {
  const pid = reader.u32();
  const uid = reader.u32();
  const startedNs = reader.u64();
  const comm = reader.name();
  const user = reader.name();
  const command = reader.text();
  const cgroup = reader.text();
  const container = reader.name();
  return { pid, comm, command, uid: hasUid ? uid : null, user, cgroup, container, startedNs };
}

/** Option value of kind T. */
export function encodeTotals(littleEndian: boolean): Uint8Array {
  return content.begin('T', littleEndian).value();
}
