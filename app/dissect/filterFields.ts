import { type AddressOwner, type Envelope, type Note, PROVENANCES } from '../contracts/index.ts';
import type {
  FieldRegistry,
  FilterField,
  FilterType,
  FilterValue,
  Narrow,
  Question,
  Screen,
  ValueSink,
} from '../filter/fields.ts';
import { nearNames } from '../filter/near.ts';
import {
  type AttrDef,
  type AttrSpace,
  type CompiledSpec,
  type EnumTable,
  type MemberDef,
  type MessageBytes,
  type MessageDef,
  ownerOf,
  type SpecLibrary,
  type StructDef,
  type ValueDef,
} from '../specs/index.ts';
import {
  allFlagNames,
  controlNames,
  ERRNO_NAMES,
  GENL_HDRLEN,
  NETLINK_AUDIT,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NLA_TYPE_MASK,
  NLMSG_HDRLEN,
  PROTOCOLS,
} from '../wire/index.ts';
import type { ByteSpan, GenlFamilies, MessageColumns } from './api.ts';
import { AttributeScan } from './attributeScan.ts';
import { AttributeSieve, isToldBySpecs, type Reach } from './attributeSieve.ts';
import { pushValue, readAttributes, type Wanted } from './attributeValues.ts';
import { AUDIT_KEYS } from './auditRecord.ts';
import { hasBodyFormat } from './bodies.ts';
import { byteFormat } from './byteFormats.ts';
import type { Field } from './field.ts';
import { controlOf, type DecodedMessage, familyName, messageTypeName } from './message.ts';
import { isEventMessage, isRequestMessage } from './messageKind.ts';
import { type Needs, neededOf } from './needs.ts';
import { isAttr } from './present.ts';
import { SpaceSearch, spacesOf } from './spaceSearch.ts';
import { TYPE_NAMES } from './typeNames.ts';

/** A request with its answers, as the filter language sees it. */
export interface FilterTransaction {
  /** Number of the request. */
  readonly request: number;
  /** How it ended. */
  readonly kind: string;
  readonly errno: number;
  readonly latency: number | null;
}

/** A message as the filter language sees it: index columns first, decoding only when a field asks for it. */
export interface FilterRecord {
  /** 1-based number in the capture. */
  readonly number: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly envelope: Envelope;
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
  readonly portid: number;
  /** Netlink address of the user space side, 0 where nothing tells it. */
  readonly userPortid: number;
  readonly length: number;
  /** First byte after the nlmsghdr (genlmsghdr.cmd); 0 where there is none. */
  readonly lead: number;
  readonly marked: boolean;
  /** What the user wrote about it, "" for nothing. */
  readonly comment: string;
  /** Generic netlink families of the capture. */
  readonly genl: GenlFamilies;
  /** The index columns around the message, each value at the message's place in them. */
  readonly columns: MessageColumns;
  /** Who owned the netlink address of the message's user space side, null when it is not known. */
  readonly owner: AddressOwner | null;
  /** The message's transaction, null for messages outside any. */
  readonly transaction: FilterTransaction | null;
  bytes(): Uint8Array;
  /** Tells where those bytes stand, without making anything. */
  locate(span: ByteSpan): void;
  /** The decoded message, decoded at most once per record; its fields may be read when somebody looks at them. */
  decoded(): DecodedMessage;
  /** As `decoded`, of which some attributes alone are looked at: the others may be missing. */
  glanced(needs: Needs): DecodedMessage;
  /** All notes about the message but for its errno. */
  notes(): readonly Note[];
  /** Summary text: type and info. */
  summary(): string;
}

type Column = FilterField<FilterRecord>;

interface ColumnSpec {
  readonly name: string;
  readonly type: FilterType;
  readonly doc: string;
  readonly aliases?: readonly string[];
  readonly names?: ReadonlyMap<string, number | bigint | string>;
  readonly bits?: boolean;
  readonly zeroIsNone?: boolean;
  /** False for columns that need the message decoded. */
  readonly cheap?: boolean;
  readonly scalar: (record: FilterRecord) => FilterValue | undefined;
  readonly column?: Exclude<keyof MessageColumns, 'era' | 'rows'>;
}

const PROTOCOL_NAMES: ReadonlyMap<string, number> = new Map(PROTOCOLS.map((p) => [p.name, p.number]));
const DIRECTION_NAMES: ReadonlyMap<string, string> = new Map(
  ['request', 'reply', 'notify', 'user', 'unknown'].map((d) => [d, d]),
);
const TRANSACTION_KINDS: ReadonlyMap<string, string> = new Map(['do', 'dump'].map((d) => [d, d]));
const OUTCOMES: ReadonlyMap<string, string> = new Map(
  ['pending', 'ack', 'done', 'reply', 'error', 'interrupted', 'event'].map((d) => [d, d]),
);

type TypeOf = (record: FilterRecord) => string;

function columns(typeNames: ReadonlyMap<string, string>, typeOf: TypeOf, familyOf: TypeOf): readonly ColumnSpec[] {
  return [
    {
      name: 'number',
      type: 'number',
      doc: 'Number of the message in the capture, from 1.',
      aliases: ['frame.number'],
      scalar: (r) => r.number,
    },
    {
      name: 'time',
      type: 'time',
      doc: 'When the message was captured.',
      aliases: ['frame.time', 'frame.time_epoch'],
      scalar: (r) => r.time,
    },
    {
      name: 'nl.protocol',
      type: 'number',
      doc: 'Netlink protocol: NETLINK_ROUTE, NETLINK_GENERIC, ….',
      aliases: ['netlink.family', 'protocol'],
      names: PROTOCOL_NAMES,
      scalar: (r) => r.envelope.protocol,
      column: 'protocols',
    },
    {
      name: 'nl.type',
      type: 'string',
      doc: 'Message type or generic netlink command by name: RTM_NEWLINK.',
      aliases: ['type'],
      names: typeNames,
      scalar: typeOf,
    },
    {
      name: 'nl.type_number',
      type: 'number',
      doc: 'nlmsg_type as a number; what it means depends on the protocol.',
      aliases: ['netlink.hdr_type', 'netlink-generic.family_id'],
      scalar: (r) => r.type,
      column: 'types',
    },
    {
      name: 'nl.flags',
      type: 'number',
      bits: true,
      doc: 'nlmsg_flags.',
      aliases: ['netlink.hdr_flags'],
      names: allFlagNames(),
      scalar: (r) => r.flags,
      column: 'flags',
    },
    {
      name: 'nl.seq',
      type: 'number',
      doc: 'nlmsg_seq, which pairs requests and answers.',
      aliases: ['netlink.hdr_seq'],
      scalar: (r) => r.seq,
      column: 'seqs',
    },
    {
      name: 'nl.portid',
      type: 'number',
      doc: 'nlmsg_pid: netlink address of the socket asked for or answered, not a process id.',
      aliases: ['netlink.hdr_pid'],
      scalar: (r) => r.portid,
      column: 'portids',
    },
    {
      name: 'nl.socket',
      type: 'number',
      doc: 'Netlink address of the program’s socket that sent the request, was answered, or caused the notification; known for requests that leave nl.portid 0, too, once they were answered.',
      scalar: (r) => r.userPortid || undefined,
    },
    {
      name: 'nl.len',
      type: 'number',
      doc: 'Length of the message in bytes.',
      aliases: ['netlink.len', 'netlink.hdr_len', 'frame.len', 'len'],
      scalar: (r) => r.length,
      column: 'lengths',
    },
    {
      name: 'nl.dir',
      type: 'string',
      doc: 'request, reply, notify, user or unknown.',
      aliases: ['direction'],
      names: DIRECTION_NAMES,
      scalar: (r) => r.envelope.direction,
    },
    {
      name: 'nl.group',
      type: 'number',
      doc: 'Multicast group number; absent where the source cannot tell.',
      scalar: (r) => r.envelope.group ?? undefined,
    },
    {
      name: 'nl.nsid',
      type: 'number',
      doc: 'Id of the peer network namespace; absent for our own.',
      scalar: (r) => r.envelope.nsid ?? undefined,
    },
    {
      name: 'nl.netns',
      type: 'string',
      doc: 'Network namespace (or other host) it was captured in; absent for the one of who captured.',
      aliases: ['netns'],
      scalar: (r) => r.envelope.netns,
    },
    {
      name: 'nl.host',
      type: 'string',
      doc: 'Kernel it was captured on: name of its host and boot id, as far as the capture tells.',
      aliases: ['host'],
      scalar: (r) => r.envelope.host,
    },
    {
      name: 'nl.source',
      type: 'number',
      doc: 'Netlink address the message came from; 0 is the kernel.',
      scalar: (r) => r.envelope.sourcePortid ?? undefined,
    },
    {
      name: 'nl.comm',
      type: 'string',
      doc: 'Program that sent the request, was answered, or caused the notification: ip, NetworkManager.',
      aliases: ['nl.process', 'process', 'comm'],
      scalar: (r) => r.owner?.process?.comm,
    },
    {
      name: 'nl.pid',
      type: 'number',
      doc: 'Process id of that program (nl.portid is the netlink address).',
      aliases: ['pid'],
      scalar: (r) => r.owner?.process?.pid,
    },
    {
      name: 'nl.command',
      type: 'string',
      doc: 'Command line of that program.',
      scalar: (r) => r.owner?.process?.command || undefined,
    },
    {
      name: 'nl.user',
      type: 'string',
      doc: 'User that the program runs as.',
      scalar: (r) => r.owner?.process?.user || undefined,
    },
    {
      name: 'nl.container',
      type: 'string',
      doc: 'Container that the program runs in, as its control group names it.',
      scalar: (r) => r.owner?.process?.container || undefined,
    },
    {
      name: 'nl.cgroup',
      type: 'string',
      doc: 'Control group of the program.',
      scalar: (r) => r.owner?.process?.cgroup || undefined,
    },
    {
      name: 'nl.provenance',
      type: 'string',
      doc: 'How the program was found: exact (seen holding the socket), told (named by the kernel in a message), inferred (its pid is the address), gone.',
      names: new Map(PROVENANCES.map((p) => [p, p])),
      scalar: (r) => r.owner?.provenance,
    },
    {
      name: 'comment',
      type: 'string',
      doc: 'What the user wrote about the message.',
      aliases: ['frame.comment', 'pkt_comment'],
      scalar: (r) => r.comment || undefined,
    },
    { name: 'marked', type: 'boolean', doc: 'The user marked the message.', scalar: (r) => r.marked },
    {
      name: 'genl.family',
      type: 'string',
      doc: 'Generic netlink family by name.',
      scalar: (r) => (r.envelope.protocol === NETLINK_GENERIC && !isControl(r) ? familyOf(r) || undefined : undefined),
    },
    {
      name: 'genl.cmd',
      type: 'number',
      doc: 'Generic netlink command number.',
      aliases: ['genl.cmd_number', 'netlink-generic.cmd'],
      scalar: (r) =>
        r.envelope.protocol === NETLINK_GENERIC && r.length >= NLMSG_HDRLEN + GENL_HDRLEN ? r.lead : undefined,
    },
    {
      name: 'tx.kind',
      type: 'string',
      doc: 'Kind of a request: do or dump.',
      names: TRANSACTION_KINDS,
      cheap: false,
      scalar: (r) => {
        if (!isRequestMessage(r.envelope.direction, r.flags)) return undefined;
        const { isRequest, isDump } = r.decoded();
        return isRequest ? (isDump ? 'dump' : 'do') : undefined;
      },
    },
    {
      name: 'tx.outcome',
      type: 'string',
      doc: 'How the message’s transaction ended.',
      names: OUTCOMES,
      scalar: (r) => r.transaction?.kind,
    },
    {
      name: 'tx.request',
      type: 'number',
      doc: 'Number of the request that a message belongs to, or its own; of audit records the first of their event.',
      scalar: (r) => r.transaction?.request,
    },
    {
      name: 'tx.latency',
      type: 'number',
      doc: 'Nanoseconds from the request to the end of its transaction.',
      scalar: (r) => r.transaction?.latency ?? undefined,
    },
    {
      name: 'errno',
      type: 'number',
      doc: 'Error of this message, or of the transaction it belongs to: ENODEV, EINVAL, …; 0 for success. Alone: there was one.',
      zeroIsNone: true,
      aliases: ['tx.errno', 'netlink.error'],
      names: ERRNO_NAMES,
      cheap: false,
      scalar: (r) => {
        const { transaction } = r;
        if (transaction !== null && !['pending', 'event'].includes(transaction.kind)) return transaction.errno;
        if (!isControl(r)) return undefined;
        const { form, errno } = r.decoded();
        return form === 'error' || form === 'done' ? errno : undefined;
      },
    },
    {
      name: 'extack',
      type: 'string',
      doc: 'The kernel’s explanation of an error.',
      cheap: false,
      scalar: (r) => {
        if (!isControl(r)) return undefined;
        const raw = r.decoded().extack.find((f) => f.name === 'NLMSGERR_ATTR_MSG')?.raw;
        return typeof raw === 'string' ? raw : undefined;
      },
    },
    {
      name: 'severity',
      type: 'string',
      doc: 'Worst note of the expert about the message: error, warn or note.',
      names: new Map(['error', 'warn', 'note'].map((s) => [s, s])),
      cheap: false,
      scalar: worstSeverity,
    },
    {
      name: 'uevent.action',
      type: 'string',
      doc: 'Action of a uevent: add, remove, change, ….',
      cheap: false,
      scalar: (r) => (r.envelope.protocol === 15 ? ueventText(r, 'ACTION', 'action') : undefined),
    },
    {
      name: 'uevent.devpath',
      type: 'string',
      doc: 'Path of the device under /sys.',
      cheap: false,
      scalar: (r) => (r.envelope.protocol === 15 ? ueventText(r, 'DEVPATH', 'devpath') : undefined),
    },
    {
      name: 'uevent.subsystem',
      type: 'string',
      doc: 'Subsystem of the device.',
      cheap: false,
      scalar: (r) => (r.envelope.protocol === 15 ? ueventText(r, 'SUBSYSTEM', 'SUBSYSTEM') : undefined),
    },
    {
      name: 'text',
      type: 'string',
      doc: 'Body of a message that is text: NETLINK_USERSOCK and protocols of one’s own, or what was chosen to be read as text.',
      cheap: false,
      scalar: bodyText,
    },
    {
      name: 'info',
      type: 'string',
      doc: 'Text of the summary line. A quoted string alone searches here.',
      cheap: false,
      scalar: (r) => r.summary(),
    },
  ];
}

/** Whether a message has no attributes but those of an extended acknowledgement. */
function isControl({ envelope, type }: FilterRecord): boolean {
  return controlOf(envelope.protocol, type) !== undefined;
}

/** The bytes of a record for whoever must look at them: most messages are known without. */
class RecordBytes implements MessageBytes {
  #record: FilterRecord | null = null;

  of(record: FilterRecord): this {
    this.#record = record;
    return this;
  }

  get bytes(): Uint8Array {
    return this.#record!.bytes();
  }

  get littleEndian(): boolean {
    return this.#record!.envelope.littleEndian;
  }
}

function worstSeverity(record: FilterRecord): string | undefined {
  if (isControl(record) && record.decoded().errno !== 0) return 'error';
  const notes = record.notes();
  for (const severity of ['error', 'warn', 'note']) {
    if (notes.some((n) => n.severity === severity)) return severity;
  }
  return undefined;
}

/** The text that stands in place of fields, as the tree shows it; undefined for messages of any structure. */
function bodyText(record: FilterRecord): string | undefined {
  const body = record.decoded().fields.find(({ filterAs }) => filterAs?.name === 'text');
  return typeof body?.raw === 'string' ? body.raw : body?.text;
}

function ueventText(record: FilterRecord, key: string, member: string): string | undefined {
  for (const field of record.decoded().fields) {
    if (field.name === key) return String(field.raw);
    const found = field.kind === 'header' ? field.child(member) : undefined;
    if (found !== undefined) return String(found.raw);
  }
  return undefined;
}

/**
 * Every field a display filter may name: index columns, protocols and specs (as presence), fixed header members
 * (ifinfomsg.ifi_index) and attributes (link.mtu, with their uapi constant as another name).
 */
export function createFieldRegistry(library: SpecLibrary, timeOrigin?: () => bigint): FieldRegistry<FilterRecord> {
  return new Registry(library, timeOrigin);
}

/** Short names of protocols of old that mean something else today: NETLINK_NFLOG was ipt_ULOG's, nflog is nfnetlink_log. */
const TAKEN: ReadonlySet<string> = new Set(['nflog']);

/** Reads the values of an attribute. */
interface AttributeReader {
  /** Whether a record may have any, by its kind alone (see screenBy). */
  mayHave(record: FilterRecord): boolean;
  read(record: FilterRecord, out: ValueSink): void;
  narrow(question: Question<FilterRecord>): Narrow<FilterRecord>;
}

/** The specs whose sets may hold an attribute, by the first word of its filter name: nothing is compiled to tell. */
class Holders {
  readonly #library: SpecLibrary;
  readonly #word: string;
  #names: ReadonlySet<string> = new Set();
  #revision = -1;

  constructor(library: SpecLibrary, word: string) {
    this.#library = library;
    this.#word = word;
  }

  mayOwn({ id }: AttrSpace): boolean {
    // Sets that the user chose may stand anywhere.
    return this.#library.choices !== null || this.#known().has(ownerOf(id));
  }

  /** Whether it may be in messages of a protocol, or of a generic netlink family. */
  mayOwnMessages(protocol: number, family: string): boolean {
    if (protocol !== NETLINK_GENERIC) return this.#library.areInProtocol(this.#known(), protocol);
    return !this.#library.describes(family) || this.#known().has(family);
  }

  #known(): ReadonlySet<string> {
    const { revision } = this.#library;
    if (revision !== this.#revision) this.#names = this.#library.holdersOf(this.#word);
    this.#revision = revision;
    return this.#names;
  }
}

function firstWord(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

/** An attribute of a spec by its filter name. */
function attributeCalled(spec: CompiledSpec, name: string): AttrDef | undefined {
  for (const space of spec.spaces.values()) {
    for (const def of space.byNumber.values()) {
      if (def.filter === name && def.layout !== 'unused' && def.layout !== 'pad') return def;
    }
  }
  return undefined;
}

class Registry implements FieldRegistry<FilterRecord> {
  readonly #fields = new Map<string, Column>();
  readonly #aliases = new Map<string, Column>();
  readonly #search: SpaceSearch;
  /** Names of the structs in a set's own attributes. */
  readonly #structs = new Map<AttrSpace, ReadonlySet<string>>();
  readonly #structSearches = new Map<string, (space: AttrSpace) => boolean>();
  readonly #holders = new Map<string, (record: FilterRecord) => boolean>();
  readonly #library: SpecLibrary;
  readonly #bytes = new RecordBytes();
  readonly #typeNames = new TypeNames(() => this.#update());
  readonly #specs = new Set<CompiledSpec>();
  #revision = -1;
  /** Fields that were found before all were known. */
  readonly #earlyFields = new Map<string, Column>();
  #earlyRevision = -1;
  readonly timeOrigin?: () => bigint;

  constructor(library: SpecLibrary, timeOrigin: (() => bigint) | undefined) {
    this.#library = library;
    this.#search = new SpaceSearch(library);
    if (timeOrigin !== undefined) this.timeOrigin = timeOrigin;
    const names = new MessageNames(library);
    const familyOf: TypeOf = ({ genl, type }) => familyName(library, genl, type);
    for (const column of columns(this.#typeNames, (record) => names.of(record), familyOf)) this.#column(column);
    for (const [name, type, doc] of AUDIT_KEYS) this.#auditKey(name, type, doc);
    for (const protocol of PROTOCOLS) {
      const short = protocol.name.replace('NETLINK_', '').toLowerCase();
      if (TAKEN.has(short)) continue;
      const isOf = ({ envelope }: FilterRecord): boolean => envelope.protocol === protocol.number;
      this.#put(presence(short, `Messages of ${protocol.name}.`, isOf, true, isOf), []);
    }
    // What the user chose counts before what specs say.
    for (const def of library.choices?.attributes() ?? []) this.#attribute(def, def.chosen?.original != null);
  }

  /** What the shared definitions name that no spec names first. */
  #shared(): void {
    const { shared } = this.#library;
    for (const [name, def] of shared.extack.byName) if (name === def.name) this.#attribute(def);
    for (const struct of [shared.nfgenmsg, shared.genlmsghdr]) {
      for (const member of struct.members) this.#member(struct.name, member);
    }
  }

  /** Takes in specs that came into force since the last look: a policy may be learned at any time. */
  #update(): void {
    const library = this.#library;
    if (this.#revision === library.revision) return;
    const isFirst = this.#revision < 0;
    for (const spec of library.specs()) {
      if (this.#specs.has(spec)) continue;
      this.#specs.add(spec);
      this.#spec(spec, library.isFromPolicy(spec));
    }
    if (isFirst) this.#shared();
    this.#revision = library.revision;
  }

  #spec(spec: CompiledSpec, fromPolicy: boolean): void {
    for (const table of [spec.requests, spec.replies, spec.events]) {
      for (const message of table.values()) this.#typeNames.set(message.name, message.name);
    }
    this.#put(this.#presenceOf(spec), spec.genlFamily === '' ? [] : [spec.genlFamily]);
    for (const struct of spec.structs.values()) {
      for (const member of struct.members) this.#member(struct.name, member);
    }
    for (const space of spec.spaces.values()) {
      for (const def of new Set(space.byNumber.values())) this.#attribute(def, !fromPolicy);
    }
  }

  find(name: string): Column | undefined {
    const column = this.#known(name) ?? this.#early(name);
    if (column !== undefined) return column;
    this.#update();
    return this.#known(name);
  }

  findSoon(name: string): Column | undefined | null {
    const column = this.#known(name) ?? this.#early(name);
    return column ?? (this.#revision === this.#library.revision ? undefined : null);
  }

  /** A field of the specs that its first word names: the others need not be compiled to find it. */
  #early(name: string): Column | undefined {
    const { revision } = this.#library;
    if (revision === this.#revision) return undefined;
    if (revision !== this.#earlyRevision) this.#earlyFields.clear();
    this.#earlyRevision = revision;
    const known = this.#earlyFields.get(name);
    if (known !== undefined) return known;
    const word = firstWord(name);
    for (const spec of this.#library.specsCalled(word)) {
      const def = word === name ? undefined : attributeCalled(spec, name);
      if (def === undefined && word !== name) continue;
      const field = def === undefined ? this.#presenceOf(spec) : this.#attributeField(def);
      this.#earlyFields.set(name, field);
      return field;
    }
    return undefined;
  }

  #known(name: string): Column | undefined {
    return this.#fields.get(name) ?? this.#aliases.get(name) ?? this.#aliases.get(name.toLowerCase());
  }

  complete(prefix: string, limit: number): readonly Column[] {
    this.#update();
    const word = prefix.toLowerCase();
    // What says where one part of a name ends says where it begins, too: nl.typ is not in fib_result_nl.type.
    const isPath = word.includes('.');
    const ranked: { field: Column; rank: number }[] = [];
    for (const [name, field] of this.#fields) {
      const lower = name.toLowerCase();
      const isWithin = !isPath && lower.includes(word);
      const rank = lower.startsWith(word) ? 0 : lower.includes(`.${word}`) ? 1 : isWithin ? 2 : -1;
      if (rank >= 0) ranked.push({ field, rank: rank * 1000 + name.length });
    }
    if (ranked.length < limit) {
      const seen = new Set(ranked.map((r) => r.field));
      for (const [alias, field] of this.#aliases) {
        if (!seen.has(field) && alias.toLowerCase().includes(word)) {
          seen.add(field);
          ranked.push({ field, rank: 4000 + alias.length });
        }
      }
    }
    ranked.sort((a, b) => a.rank - b.rank || (a.field.name < b.field.name ? -1 : 1));
    return ranked.slice(0, limit).map((r) => r.field);
  }

  suggest(name: string, limit: number): readonly string[] {
    this.#update();
    return nearNames(name, [...this.#fields.keys(), ...this.#aliases.keys()], limit);
  }

  all(): Iterable<Column> {
    this.#update();
    return this.#fields.values();
  }

  #put(field: Column, aliases: readonly string[]): void {
    if (!this.#fields.has(field.name)) this.#fields.set(field.name, field);
    const winner = this.#fields.get(field.name)!;
    for (const alias of aliases) if (!this.#aliases.has(alias)) this.#aliases.set(alias, winner);
  }

  #column(spec: ColumnSpec): void {
    const { scalar, column } = spec;
    const field: Column = {
      name: spec.name,
      type: spec.type,
      detail: spec.type,
      doc: spec.doc,
      cheap: spec.cheap ?? true,
      bits: spec.bits ?? false,
      zeroIsNone: spec.zeroIsNone ?? false,
      ...(spec.names === undefined ? {} : { names: spec.names }),
      read(record: FilterRecord, out: ValueSink) {
        const value = scalar(record);
        if (value !== undefined) out.push(value);
      },
      scalar,
      ...(column === undefined ? {} : { numbers: (record: FilterRecord) => record.columns[column] }),
    };
    this.#put(field, spec.aliases ?? []);
  }

  /** A value of audit records by its name, wherever in the record it stands. */
  #auditKey(key: string, type: 'number' | 'string', doc: string): void {
    const name = `audit.${key}`;
    this.#put(
      {
        name,
        type,
        detail: `${type}, audit record`,
        doc,
        cheap: false,
        read(record: FilterRecord, out: ValueSink) {
          if (record.envelope.protocol === NETLINK_AUDIT) readNamed(record.decoded().fields, name, type, out);
        },
      },
      [],
    );
  }

  /** Whether a message is one of a spec's. */
  #presenceOf(spec: CompiledSpec): Column {
    const isOfType = this.#byType((message) => message.spec.name === spec.name);
    const mayBe = (record: FilterRecord): boolean => !isControl(record) && isOfType(record);
    const isOf = (record: FilterRecord): boolean => {
      if (!mayBe(record)) return false;
      const message = this.#messageOf(record) ?? record.decoded().message;
      return message?.spec.name === spec.name;
    };
    return presence(spec.short, spec.doc, isOf, false, mayBe);
  }

  #member(struct: string, def: MemberDef): void {
    if (def.layout === 'pad') return;
    const type = filterType(def);
    const mayHold = this.#holdersOf(struct);
    const messageOf = this.#messageOf;
    const holdsStruct = this.#structSearch(struct);
    this.#put(
      {
        name: `${struct}.${def.name}`,
        type,
        detail: `${def.type}, struct ${struct}`,
        doc: def.doc,
        ...namesOf(def),
        read(record: FilterRecord, out: ValueSink) {
          if (!mayHold(record)) return;
          const message = messageOf(record);
          const inAttributes = message?.space == null || holdsStruct(message.space);
          const { fields } = inAttributes ? record.decoded() : record.glanced(noAttributes);
          readMembers(fields, struct, def.name, type, out);
        },
        screen: screenBy(mayHold),
      },
      struct === 'ifinfomsg' || struct === 'ifaddrmsg' || struct === 'rtmsg' || struct === 'ndmsg' || struct === 'tcmsg'
        ? [def.name]
        : [],
    );
  }

  /** @param hasConstant its name is one of the kernel's headers, by which a filter may call it too */
  #attribute(def: AttrDef, hasConstant = true): void {
    if (def.layout === 'unused' || def.layout === 'pad') return;
    const aliases = hasConstant ? [def.name, `netlink-route.${def.name.toLowerCase()}`] : [];
    // Most names are in several sets.
    this.#put(this.#fields.get(def.filter) ?? this.#attributeField(def), aliases);
  }

  #attributeField(def: AttrDef): Column {
    const type = filterType(def);
    let reader: AttributeReader | undefined;
    const made = (): AttributeReader => {
      reader ??= this.#readerOf(def, type);
      return reader;
    };
    return {
      name: def.filter,
      type,
      detail: `${def.type}, ${def.name}`,
      doc: def.doc,
      ...namesOf(def),
      read: (record, out) => made().read(record, out),
      screen: screenBy((record) => made().mayHave(record)),
      narrow: (question) => made().narrow(question),
    };
  }

  /** Of the thousands of attributes, a filter reads a few: what reads one is made when it is needed. */
  #readerOf(def: AttrDef, type: FilterType): AttributeReader {
    // No set of a spec has it.
    const isAnywhere = def.chosen?.original === null;
    const holders = new Holders(this.#library, firstWord(def.filter));
    const search = this.#search.question((space) => hasFilter(space, def.filter));
    const isIn = isAnywhere ? () => true : (space: AttrSpace) => holders.mayOwn(space) && search(space);
    const reaches = ({ space }: MessageDef): boolean => isAnywhere || (space !== null && isIn(space));
    const wanted: Wanted = { name: def.filter, isIn, isInside: (nest) => spacesOf(nest).some(isIn) };
    const needs = this.#needsOf((each) => each.filter === def.filter || wanted.isInside(each));
    const mayReach = this.#byType(reaches, holders);
    const messageOf = this.#messageOf;
    const isExtack = this.#library.shared.extack.byName.get(def.name)?.filter === def.filter;
    const mayHave = (record: FilterRecord): boolean => (isExtack || !isControl(record)) && mayReach(record);
    const scan = new AttributeScan(this.#library, wanted, type);
    const reach: Reach = { mayHave, reaches, messageOf };
    return {
      mayHave,
      narrow: (question) => new AttributeSieve(this.#library, scan, reach, question).narrow,
      read(record, out) {
        if (!mayHave(record)) return;
        const message = messageOf(record);
        if (message !== undefined && !reaches(message)) return;
        if (message !== undefined && scan.read(record, message, out)) return;
        const { fields } = isAnywhere ? record.decoded() : record.glanced(needs);
        readAttributes(fields, wanted, type, out);
      },
    };
  }

  /**
   * What a message is, without decoding it; undefined for those that have attributes of their own (errors) or that only
   * decoding can tell.
   */
  readonly #messageOf = (record: FilterRecord): MessageDef | undefined => {
    const { envelope, type } = record;
    const { protocol, direction } = envelope;
    if (!isToldBySpecs(protocol, type) || record.length < NLMSG_HDRLEN) return undefined;
    const isRequest = isRequestMessage(direction, record.flags);
    if (protocol !== NETLINK_GENERIC) return this.#library.message(protocol, type, isRequest, this.#bytes.of(record));
    const family = familyName(this.#library, record.genl, type);
    if (family === '' || record.length < NLMSG_HDRLEN + GENL_HDRLEN) return undefined;
    const isEvent = isEventMessage(direction, record.seq, record.portid);
    return this.#library.genlMessage(family, record.lead, isRequest, isEvent, type);
  };

  /** Whether a message may have a struct in it: in its header, or in any attribute it can hold. */
  #holdersOf(struct: string): (record: FilterRecord) => boolean {
    const known = this.#holders.get(struct);
    if (known !== undefined) return known;
    const { shared } = this.#library;
    const isInside = this.#structSearch(struct);
    const isShared = [shared.nlmsghdr, shared.nlmsgerr, shared.nlmsgDone, shared.genlmsghdr, shared.nfgenmsg].some(
      ({ name }) => name === struct,
    );
    const holds = ({ header, ownHeader, space }: MessageDef): boolean =>
      hasStruct(header, struct) || hasStruct(ownHeader, struct) || (space !== null && isInside(space));
    const byType = this.#byType(holds);
    // What a body format reads no spec tells.
    const mayHold = (record: FilterRecord): boolean =>
      isShared || hasBodyFormat(record.envelope.protocol) || byType(record);
    this.#holders.set(struct, mayHold);
    return mayHold;
  }

  /** Whether a struct is in attributes of a set, or of those inside it. */
  #structSearch(struct: string): (space: AttrSpace) => boolean {
    let search = this.#structSearches.get(struct);
    if (search === undefined) {
      search = this.#search.question((space) => this.#structsOf(space).has(struct));
      this.#structSearches.set(struct, search);
    }
    return search;
  }

  #structsOf(space: AttrSpace): ReadonlySet<string> {
    const known = this.#structs.get(space);
    if (known !== undefined) return known;
    const found = new Set<string>();
    for (const def of space.byNumber.values()) addStructs(def, found);
    this.#structs.set(space, found);
    return found;
  }

  #needsOf(isWanted: (def: AttrDef) => boolean): Needs {
    const known = new Map<MessageDef, Uint8Array | null>();
    return (message) => {
      let needs = known.get(message);
      if (needs === undefined) {
        needs = message.space === null ? null : neededOf(message.space, isWanted);
        known.set(message, needs);
      }
      return needs;
    };
  }

  /**
   * Whether something holds for any of the messages that a record could be by its type, without its bytes.
   * @param holders the specs whose messages alone it may hold for
   */
  #byType(holds: (message: MessageDef) => boolean, holders?: Holders): (record: FilterRecord) => boolean {
    const library = this.#library;
    const known = new Map<string | number, boolean>();
    let revision = library.revision;
    return (record) => {
      const { envelope, type } = record;
      const { protocol, direction } = envelope;
      if (library.choices !== null) return true;
      if (protocol === NETLINK_KOBJECT_UEVENT) return false;
      if (controlOf(protocol, type) !== undefined) return true;
      if (revision !== library.revision) known.clear();
      revision = library.revision;
      const isRequest = isRequestMessage(direction, record.flags);
      const family = protocol === NETLINK_GENERIC ? familyName(library, record.genl, type) : '';
      const key = protocol === NETLINK_GENERIC ? family : protocol * 0x20000 + type * 2 + (isRequest ? 1 : 0);
      let any = known.get(key);
      if (any === undefined && holders?.mayOwnMessages(protocol, family) === false) any = false;
      if (any === undefined) {
        const messages =
          protocol === NETLINK_GENERIC ? library.genlMessages(family) : library.candidates(protocol, type, isRequest);
        // The messages of a family whose policy alone is known cannot be listed.
        any = (messages.length === 0 && protocol === NETLINK_GENERIC) || messages.some(holds);
      }
      known.set(key, any);
      return any;
    };
  }
}

/** Values of genlmsghdr.cmd. */
const COMMANDS = 256;

/** What messages are called, without decoding them: the names of those that were seen are remembered. */
class MessageNames {
  readonly #library: SpecLibrary;
  /** By generic netlink family, '' for all other protocols, then by what tells the messages apart there. */
  readonly #known = new Map<string, Map<number, string>>();
  #revision = -1;

  constructor(library: SpecLibrary) {
    this.#library = library;
  }

  of(record: FilterRecord): string {
    const { envelope, type, length } = record;
    const { protocol, direction } = envelope;
    if (protocol === NETLINK_KOBJECT_UEVENT || length < NLMSG_HDRLEN) return record.decoded().typeName;
    const library = this.#library;
    if (this.#revision !== library.revision) this.#known.clear();
    this.#revision = library.revision;
    const isGeneric = protocol === NETLINK_GENERIC;
    const isRequest = isRequestMessage(direction, record.flags);
    const isEvent = isGeneric && isEventMessage(direction, record.seq, record.portid);
    const command = !isGeneric ? 0 : length < NLMSG_HDRLEN + GENL_HDRLEN ? undefined : record.lead;
    const names = this.#namesOf(isGeneric ? familyName(library, record.genl, type) : '');
    const kind = (protocol * 0x10000 + type) * 4 + (isRequest ? 2 : 0) + (isEvent ? 1 : 0);
    const key = kind * (COMMANDS + 1) + (command ?? COMMANDS);
    let name = names.get(key);
    if (name === undefined) {
      name = messageTypeName(library, protocol, type, isRequest, record.genl, () => command, isEvent);
      names.set(key, name);
    }
    return name;
  }

  #namesOf(family: string): Map<number, string> {
    let names = this.#known.get(family);
    if (names === undefined) {
      names = new Map();
      this.#known.set(family, names);
    }
    return names;
  }
}

/** Names of message types: those of the kernel's headers, and those that specs add when somebody asks for more. */
class TypeNames extends Map<string, string> {
  readonly #more: () => void;

  constructor(more: () => void) {
    super();
    this.#more = more;
    for (const name of [...controlNames, ...TYPE_NAMES]) this.set(name, name);
  }

  override get(name: string): string | undefined {
    if (!super.has(name)) this.#more();
    return super.get(name);
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  override keys(): MapIterator<string> {
    this.#more();
    return super.keys();
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    this.#more();
    return super[Symbol.iterator]();
  }
}

const nothing = new Uint8Array(NLA_TYPE_MASK + 1);

/** For who looks at a message's headers alone. */
const noAttributes: Needs = () => nothing;

/** Whether a struct is the one of that name or has it among its members at any depth. */
function hasFilter(space: AttrSpace, name: string): boolean {
  for (const def of space.byNumber.values()) if (def.filter === name) return true;
  return false;
}

function hasStruct(struct: StructDef | null, name: string): boolean {
  if (struct === null) return false;
  const found = new Set<string>();
  addMembers(struct, found);
  return found.has(name);
}

function addMembers(struct: StructDef, found: Set<string>): void {
  if (found.has(struct.name)) return;
  found.add(struct.name);
  for (const member of struct.members) addStructs(member, found);
}

/** Adds the names of the structs that a value may read as. */
function addStructs(def: ValueDef, found: Set<string>): void {
  if (def.struct !== null) addMembers(def.struct, found);
  if (def.element !== null) addStructs(def.element, found);
  for (const { def: chosen } of def.variant?.cases.values() ?? []) addStructs(chosen, found);
  if (!isAttr(def)) return;
  if (def.header !== null) addMembers(def.header, found);
  for (const { header } of def.formats?.values() ?? []) if (header !== null) addMembers(header, found);
  for (const chosen of def.types?.values() ?? []) addStructs(chosen, found);
}

/** @param mayHave looks at no more than a record's envelope, nlmsg_type and NLM_F_REQUEST */
function screenBy(mayHave: (record: FilterRecord) => boolean): Screen<FilterRecord> {
  return { kinds: ({ columns }) => columns.kinds, mayHave };
}

/** @param mayHave as of `screenBy`: what need not be tested */
function presence(
  name: string,
  doc: string,
  test: (record: FilterRecord) => boolean,
  cheap: boolean,
  mayHave: (record: FilterRecord) => boolean,
): Column {
  return {
    name,
    type: 'none',
    detail: 'protocol',
    doc,
    cheap,
    read(record: FilterRecord, out: ValueSink) {
      if (test(record)) out.push(true);
    },
    scalar: (record) => (test(record) ? true : undefined),
    screen: screenBy(mayHave),
  };
}

/** How a value compares: by its display hint first, then by its layout. */
function filterType(def: ValueDef): FilterType {
  if (def.hint.startsWith('ipv')) return 'ip';
  if (def.hint === 'mac') return 'mac';
  switch (def.layout) {
    case 'integer':
    case 'bitfield32':
      return 'number';
    case 'string':
      return 'string';
    case 'binary':
      return byteFormat(def.format)?.parse === undefined ? 'bytes' : 'string';
    case 'struct':
      return 'bytes';
    case 'array':
      return def.element === null ? 'bytes' : filterType(def.element);
    default:
      return 'none';
  }
}

function namesOf(def: ValueDef): { names?: ReadonlyMap<string, number | bigint | string>; bits?: boolean } {
  if (def.enum === null) return {};
  return { names: enumNames(def.enum), bits: def.enum.isFlags };
}

const namesByEnum = new WeakMap<EnumTable, ReadonlyMap<string, number>>();

function enumNames(table: EnumTable): ReadonlyMap<string, number> {
  const known = namesByEnum.get(table);
  if (known !== undefined) return known;
  const names = new Map<string, number>();
  for (const entry of table.entries) {
    names.set(entry.name, entry.value);
    if (!names.has(entry.short)) names.set(entry.short, entry.value);
  }
  namesByEnum.set(table, names);
  return names;
}

function readMembers(fields: readonly Field[], struct: string, name: string, type: FilterType, out: ValueSink): void {
  for (const field of fields) {
    if (field.name === struct || field.type === struct || field.type === `struct ${struct}`) {
      const member = field.child(name);
      if (member !== undefined) pushValue(member, type, out);
    }
    if (field.children.length > 0) readMembers(field.children, struct, name, type, out);
  }
}

/** Values of fields that offer themselves to a filter of that name. */
function readNamed(fields: readonly Field[], name: string, type: FilterType, out: ValueSink): void {
  for (const field of fields) {
    if (field.filterAs?.name === name) {
      const value = type === 'number' ? Number(field.raw) : String(field.raw);
      if (!Number.isNaN(value)) out.push(value);
    }
    if (field.children.length > 0) readNamed(field.children, name, type, out);
  }
}
