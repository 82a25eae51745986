import type { ByteSource, HostFacts } from '../../app/captureFile/index.ts';
import type { Envelope, MessageValue, Note } from '../../app/contracts/index.ts';
import {
  type DecodeContext,
  type DecodedMessage,
  type Dissection,
  findInterface,
  GENL_ID_CTRL,
  GENL_NAMINGS,
  type GenlFamily,
  type Inspection,
  LINK_NAMING,
  type Line,
  mayNameStrings,
  type NamingPlace,
  type Needs,
  type NftSetName,
  type NftSetTypes,
  type PolicyDump,
  STRING_COMMANDS,
  type Summary,
  type ToldInterface,
} from '../../app/dissect/index.ts';
import { type GenlFamilyTable, type HostKnowledge, Hosts, MessageStore } from '../../app/session/index.ts';
import { NETLINK_GENERIC, NETLINK_ROUTE, viewOf } from '../../app/wire/index.ts';
import { knownGroups } from '../sources/groups.ts';
import { preferHugeMemory } from '../sources/hugeMemory.ts';
import type { Decoding } from './decoding.ts';
import { FamilyLessons } from './familyLessons.ts';
import { teachPolicies } from './genlKnowledge.ts';
import { NftSetLessons } from './nftSetLessons.ts';
import { PolicyDumps } from './policyDumps.ts';
import { StringLessons } from './stringLessons.ts';
import { TaskLessons } from './taskLessons.ts';

/** linux/rtnetlink.h. */
const RTM_NEWLINK = 16;

const NAMINGS = Object.entries(GENL_NAMINGS);

/** What the messages of one host have taught, and where to look for more. */
class HostLessons {
  /** Where messages of generic netlink families name interfaces, by the families' ids. */
  readonly namings = new Map<number, readonly NamingPlace[]>();
  /** Families whose earlier messages have been looked for. */
  readonly searched = new Set<string>();
  readonly families: FamilyLessons;
  readonly strings: StringLessons;

  constructor({ families, strings }: HostKnowledge) {
    this.families = new FamilyLessons(families);
    this.strings = new StringLessons(strings);
  }
}

/**
 * A capture as it can be asked about: the stored messages, what they teach about families and interfaces, and their
 * decoding in that light. Rows are message indices from 0.
 */
export class Document {
  readonly store: MessageStore;
  readonly nftSets: NftSetLessons;
  readonly hosts = new Hosts((family) => this.#learnPolicy(family));
  #decoding: Decoding;
  readonly #lessons = new Map<HostKnowledge, HostLessons>();
  readonly #policyDumps: PolicyDumps;
  readonly #tasks: TaskLessons;
  /** Messages of ethtool that have not been read yet. */
  readonly #taught: { readonly row: number; readonly message: Uint8Array }[] = [];
  /** Families of which messages told a policy, until those messages have all been read: null outside. */
  #told: Set<GenlFamily> | null = null;
  /** Where the message at hand names an interface. */
  readonly #named = { index: 0, start: 0, end: 0 };

  /** @param source where the offsets of the store lead */
  constructor(source: ByteSource, decoding: Decoding) {
    preferHugeMemory();
    this.store = new MessageStore(source, this.#seen);
    this.nftSets = new NftSetLessons(this.store);
    this.#tasks = new TaskLessons(this.store, this.hosts);
    this.store.watchNames(NETLINK_ROUTE, RTM_NEWLINK, [LINK_NAMING]);
    this.store.watch(GENL_ID_CTRL, { requests: [], others: 'all' });
    this.#policyDumps = new PolicyDumps(this.store);
    this.#decoding = decoding;
  }

  get decoding(): Decoding {
    return this.#decoding;
  }

  /** Reads by other specs from now on; what the capture taught stays known. */
  readBy(decoding: Decoding): void {
    this.#decoding = decoding;
    for (const { families } of this.hosts) teachPolicies(families, decoding.library);
  }

  /**
   * Takes in what rows appended since the last call say about families and processes; interface names are learned at once.
   * @param all false leaves what says nothing new for a later call: it matters only where families change and change back
   * @returns whether processes were named: rows of theirs may have been read without
   */
  learn(all = true): boolean {
    const told = new Set<GenlFamily>();
    this.#told = told;
    const named = this.#tasks.learn();
    this.#learnTaught(all);
    if (this.#findNamings()) this.#learnTaught(all);
    this.#told = null;
    for (const family of told) this.#learnPolicy(family);
    return named;
  }

  #learnTaught(all: boolean): void {
    let asked = { transaction: 0, request: (): Uint8Array | undefined => undefined };
    const contextOf = (row: number): Pick<DecodeContext, 'request'> => {
      const transaction = this.store.transaction(row);
      // All answers of a dump have one request: it is read once.
      if (transaction === 0 || transaction !== asked.transaction)
        asked = { transaction, request: this.#requestOf(row) };
      return asked;
    };
    for (const { families } of this.#lessons.values()) families.learn(all, contextOf);
    for (const { row, message } of this.#taught) {
      const envelope = this.store.envelope(row);
      this.#lessonsOf(envelope.host).strings.take(message, envelope, this.context(row));
    }
    this.#taught.length = 0;
  }

  /**
   * Follows the messages of families that name interfaces, those too that came before their family's id was first
   * known. True when there were any.
   */
  #findNamings(): boolean {
    let found = false;
    for (const { host, families } of this.hosts) {
      const { namings, searched } = this.#lessonsOf(host);
      for (const [name, places] of NAMINGS) {
        const id = families.byName(name)?.id;
        if (id === undefined || namings.get(id) === places) continue;
        namings.set(id, places);
        this.store.watchNames(NETLINK_GENERIC, id, places);
        if (name === 'ethtool') this.store.watch(id, { requests: [], others: STRING_COMMANDS });
        // Ids that change again and again must not make it read all messages each time.
        const isFirst = !searched.has(name);
        searched.add(name);
        if (isFirst && this.#findEarlier(host, id)) found = true;
      }
    }
    return found;
  }

  /** Learns from the messages that a family has had so far. True when there are any. */
  #findEarlier(host: string | undefined, id: number): boolean {
    const { store } = this;
    if (!store.counts().genlFamilies.some((family) => family.id === id && family.host === host)) return false;
    for (const row of store.rowsOfType(id)) {
      if (store.isGap(row) || store.envelope(row).host !== host) continue;
      const message = store.bytes(row);
      this.#seen(row, viewOf(message), 0, message.length);
    }
    return true;
  }

  #lessonsOf(host: string | undefined): HostLessons {
    const known = this.hosts.of(host);
    let lessons = this.#lessons.get(known);
    if (lessons === undefined) {
      lessons = new HostLessons(known);
      this.#lessons.set(known, lessons);
    }
    return lessons;
  }

  #requestOf(row: number): DecodeContext['request'] {
    let request: Uint8Array | undefined | null = null;
    return () => {
      if (request === null) request = this.context(row).request();
      return request;
    };
  }

  /** RTM_NEWLINK and nlctrl's family share the number 16. */
  readonly #seen = (row: number, view: DataView, start: number, length: number): void => {
    const envelope = this.store.envelope(row);
    const type = view.getUint16(start + 4, envelope.littleEndian);
    if (envelope.direction === 'request') return;
    if (envelope.protocol === NETLINK_ROUTE) {
      if (type === RTM_NEWLINK) this.#learnName(row, view, start, length, envelope, LINK_NAMING);
      return;
    }
    if (envelope.protocol !== NETLINK_GENERIC) return;
    const lessons = this.#lessonsOf(envelope.host);
    if (type === GENL_ID_CTRL) {
      lessons.families.hear(row, view, start, length, envelope);
      return;
    }
    // Another family may have the id by now.
    const places = lessons.namings.get(type);
    if (places === undefined) return;
    const family = this.hosts.of(envelope.host).families.byId(type)?.name ?? '';
    if (GENL_NAMINGS[family] !== places) return;
    for (const place of places) this.#learnName(row, view, start, length, envelope, place);
    if (family !== 'ethtool') return;
    if (mayNameStrings(view, start, length) && !lessons.strings.knows(view, start, length)) {
      this.#taught.push({ row, message: bytesOf(view, start, length).slice() });
    }
  };

  #learnName(
    row: number,
    view: DataView,
    start: number,
    length: number,
    { littleEndian, nsid, netns, host }: Envelope,
    place: NamingPlace,
  ): void {
    const { store } = this;
    const { index, start: from, end } = findInterface(view, start, length, littleEndian, place, this.#named);
    const { interfaces } = this.hosts.of(host);
    interfaces.learnAt(index, view, from, end, store.timeHigh(row), store.timeLow(row), nsid, netns);
  }

  /** Takes in what is known otherwise. */
  learnFacts(facts: HostFacts): void {
    this.hosts.learn(facts);
    if (facts.interfaces !== undefined) this.store.namesChanged();
  }

  /** What is known beside the messages, for a file that holds some of them. */
  facts(): HostFacts[] {
    return this.hosts.facts();
  }

  /** A policy comes in many messages: it becomes a spec when all of them have been read. */
  #learnPolicy(family: GenlFamily): void {
    if (this.#told === null) this.decoding.library.learnPolicy(family);
    else this.#told.add(family);
  }

  /** What lies outside a message and decides how it reads: request and answer, names of its time. */
  context(row: number): DecodeContext {
    return new RowContext(this, row);
  }

  /** The dump of policies that a row belongs to. */
  policyDump(row: number): PolicyDump {
    return this.#policyDumps.of(row);
  }

  decode(row: number): DecodedMessage {
    const { store } = this;
    return this.decoding.dissector.decode(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** As `decode`, for a few of the fields (see FieldDissector). */
  glance(row: number, needs?: Needs): DecodedMessage {
    const { store } = this;
    return this.decoding.dissector.glance(store.bytes(row), store.envelope(row), this.context(row), needs);
  }

  dissect(row: number): Dissection {
    const { store } = this;
    return this.decoding.dissector.dissect(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** As `dissect`, without copying the tree. */
  inspect(row: number): Inspection {
    const { store } = this;
    return this.decoding.dissector.inspect(store.bytes(row), store.envelope(row), this.context(row));
  }

  summarize(row: number): Summary {
    const { store } = this;
    return this.decoding.dissector.summarize(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** Type and info of a row's summary. */
  line(row: number): Line {
    const { store } = this;
    return this.decoding.dissector.line(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** A row's summary as text. */
  lineText(row: number): string {
    const { type, text } = this.line(row);
    return `${type} ${text}`.trimEnd();
  }

  notes(row: number): readonly Note[] {
    const { store } = this;
    return this.decoding.dissector.notes(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** The message as values; null when no spec covers it. */
  values(row: number): MessageValue | null {
    const { store } = this;
    return this.decoding.dissector.values(store.bytes(row), store.envelope(row), this.context(row));
  }

  /** Name of the multicast group a message came by, its number where it has no name, null for none or unknown. */
  groupName(row: number): string | null {
    const { protocol, group, host } = this.store.envelope(row);
    return group === null || group === 0 ? null : this.nameGroup(protocol, group, host);
  }

  /** Name of a group of a host by protocol and number: "link", "nlctrl notify", or the number. */
  nameGroup(protocol: number, group: number, host: string | undefined): string {
    if (protocol !== NETLINK_GENERIC) {
      return knownGroups(protocol)?.find((known) => known.group === group)?.name ?? String(group);
    }
    const found = this.hosts.of(host).families.groupById(group);
    return found === undefined ? String(group) : `${found.family} ${found.group}`;
  }
}

function bytesOf(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}

class RowContext implements DecodeContext {
  readonly #document: Document;
  readonly #row: number;

  constructor(document: Document, row: number) {
    this.#document = document;
    this.#row = row;
  }

  get genl(): GenlFamilyTable {
    const { store, hosts } = this.#document;
    return hosts.of(store.envelope(this.#row).host).families;
  }

  interfaceName(index: number): string | undefined {
    const { store, hosts } = this.#document;
    const { nsid, netns, host } = store.envelope(this.#row);
    return hosts.of(host).interfaces.lookup(index, store.timeNs(this.#row), nsid, netns);
  }

  stringName(set: number, index: number, device: ToldInterface | null): string | undefined {
    const { store, hosts } = this.#document;
    const { nsid, netns, host } = store.envelope(this.#row);
    const { strings } = hosts.of(host);
    if (strings.isEmpty) return undefined;
    return strings.lookup(set, index, device, nsid, netns);
  }

  nftSet(name: NftSetName): NftSetTypes | undefined {
    return this.#document.nftSets.lookup(this.#row, name);
  }

  request(): Uint8Array | undefined {
    const { store } = this.#document;
    const transaction = store.transaction(this.#row);
    if (transaction === 0) return undefined;
    const { request, state } = store.transactions.get(transaction);
    return request === this.#row || state === 'event' ? undefined : store.bytes(request);
  }

  answer(): Uint8Array | undefined {
    const { store } = this.#document;
    const transaction = store.transaction(this.#row);
    if (transaction === 0) return undefined;
    const { request, end, errno } = store.transactions.get(transaction);
    // What succeeded has nothing to tell its request: not worth decoding.
    return request === this.#row && errno !== 0 ? store.bytes(end) : undefined;
  }
  policyDump(): PolicyDump {
    return this.#document.policyDump(this.#row);
  }
}
