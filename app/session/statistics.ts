import type { AddressOwner, Direction, Envelope } from '../contracts/index.ts';
import {
  NETLINK_CONNECTOR,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  viewOf,
} from '../wire/index.ts';
import { CHUNK_MASK, CHUNK_ROWS } from './columns.ts';
import type { Hosts } from './hosts.ts';
import type { Tenure } from './owners.ts';
import { RateBins } from './rateBins.ts';
import { Spans } from './spans.ts';
import type { MessageStore } from './store.ts';
import { userPortid } from './userPortid.ts';

/** Kinds of messages and addresses that are told apart, so that any input stays bounded: the rest is counted together. */
const MOST_KINDS = 4096;
const MOST_ADDRESSES = 1 << 16;
/** Rows counted between two looks at the clock. */
const SLICE = 2048;
/** Stands for "no generic netlink command". */
const NO_COMMAND = -1;

/** What is counted of some messages. */
export class Tally {
  messages = 0;
  bytes = 0;
  requests = 0;
  replies = 0;
  notifications = 0;
  /** Requests that were refused; and refusals whose request is not in the capture. */
  errors = 0;
  /** From requests to what ended their transactions. */
  answers: Spans | null = null;

  add(direction: Direction, bytes: number): void {
    this.messages++;
    this.bytes += bytes;
    if (direction === 'request') this.requests++;
    else if (direction === 'reply') this.replies++;
    else if (direction === 'notify') this.notifications++;
  }

  answer(span: number): void {
    this.answers ??= new Spans();
    this.answers.add(span);
  }

  /** Takes in the counts of another. */
  merge(other: Tally): void {
    this.messages += other.messages;
    this.bytes += other.bytes;
    this.requests += other.requests;
    this.replies += other.replies;
    this.notifications += other.notifications;
    this.errors += other.errors;
    if (other.answers === null) return;
    this.answers ??= new Spans();
    this.answers.merge(other.answers);
  }
}

/** Messages that are named alike: one of them tells the name. */
export interface KindTally {
  /** A row of the kind; -1: of those that there were too many kinds for. */
  readonly row: number;
  readonly tally: Tally;
}

/** Messages of one netlink address while one process had it. */
export interface AddressTally {
  /** NETLINK_* number; -1: of those that there were too many addresses for. */
  readonly protocol: number;
  /** 0 where nothing tells an address: the kernel speaks to whom it concerns. */
  readonly portid: number;
  readonly netns: string | undefined;
  readonly host: string | undefined;
  /** Undefined when nobody has told. */
  readonly owner: AddressOwner | undefined;
  readonly tally: Tally;
}

/** An address, and who has it at the time of the row at hand. */
interface Address {
  /** One for each of its owners. */
  readonly entries: AddressTally[];
  entry: AddressTally;
  /** Nanoseconds since the first row, from when to before when that is so. */
  from: number;
  until: number;
}

/** Where messages come from whose addresses mean the same. */
interface Place {
  readonly direction: Direction;
  /** Number that tells apart protocols, namespaces and hosts. */
  readonly scope: number;
  readonly envelope: Envelope;
}

/** Whether two accounts name one process, or are one: what the kernel tells of a process is told for a time each. */
function isSame(a: AddressOwner | undefined, b: AddressOwner | undefined): boolean {
  if (a === b || !a?.process || !b?.process) return a === b;
  return (
    a.process.pid === b.process.pid && a.process.startedNs === b.process.startedNs && a.process.comm === b.process.comm
  );
}

const NOBODY: Tenure = { owner: undefined, fromNs: null, untilNs: null };
const PORTIDS = 2 ** 32;
/** Scopes whose addresses can be told apart in a number. */
const MOST_SCOPES = 1 << 20;

/**
 * Counts the messages of a session by kind, by netlink address and by time, from the columns of the index alone. It looks
 * at the rows before `end` and works in steps: a session of ten million messages takes a second or two in all.
 */
export class StatisticsPass {
  readonly end: number;
  readonly total = new Tally();
  readonly rate = new RateBins();
  private readonly store: MessageStore;
  private readonly hosts: Hosts;
  private readonly passes: ((row: number) => boolean) | null;
  private readonly displayed: boolean;
  private readonly actionOf: (row: number) => string;
  private readonly byKind = new Map<string, KindTally>();
  private readonly otherKinds: KindTally = { row: -1, tally: new Tally() };
  private readonly addresses = new Map<number, Address>();
  private readonly found: AddressTally[] = [];
  private readonly otherAddresses: AddressTally;
  private at = 0;
  private readonly startNs: bigint;

  // By number of a kind of the index, while its era lasts.
  private era = -1;
  private kinds: (KindTally | undefined)[] = [];
  private readonly commands = new Map<number, KindTally>();
  private places: (Place | undefined)[] = [];
  private readonly scopes = new Map<string, number>();

  /**
   * @param passes which messages the list shows; null: all
   * @param displayed whether only those are counted; the rate tells of all and of them
   * @param actionOf what a uevent tells of, which no column holds
   */
  constructor(
    { store, hosts }: { readonly store: MessageStore; readonly hosts: Hosts },
    end: number,
    passes: ((row: number) => boolean) | null,
    displayed: boolean,
    actionOf: (row: number) => string = () => '',
  ) {
    this.store = store;
    this.hosts = hosts;
    this.end = end;
    this.passes = passes;
    this.displayed = displayed;
    this.actionOf = actionOf;
    this.startNs = end === 0 ? 0n : store.timeNs(0);
    const nobody = { protocol: -1, portid: 0, netns: undefined, host: undefined, owner: undefined };
    this.otherAddresses = { ...nobody, tally: new Tally() };
  }

  /** Share of the rows that has been looked at. */
  get progress(): number {
    return this.end === 0 ? 1 : this.at / this.end;
  }

  /** Kinds of messages that were counted; those without a row last. */
  get kindTallies(): readonly KindTally[] {
    return [...this.byKind.values(), this.otherKinds].filter(({ tally }) => tally.messages > 0);
  }

  get addressTallies(): readonly AddressTally[] {
    return [...this.found, this.otherAddresses].filter(({ tally }) => tally.messages > 0);
  }

  /** Goes on until a time (Date.now). True when there is more to do. */
  step(deadline: number): boolean {
    while (this.at < this.end) {
      const end = Math.min(this.end, this.at + SLICE, (this.at & ~CHUNK_MASK) + CHUNK_ROWS);
      this.take(this.at, end);
      this.at = end;
      if (Date.now() >= deadline) break;
    }
    return this.at < this.end;
  }

  /** Counts rows of one chunk. */
  private take(from: number, to: number): void {
    const { store, passes, displayed, rate, total } = this;
    const columns = store.columns(from);
    const { types, lengths, kinds } = columns;
    if (columns.era !== this.era) this.forgetKinds(columns.era);
    for (let row = from; row < to; row++) {
      const time = store.elapsed(0, row);
      const bin = rate.at(time);
      if (store.isGap(row)) {
        rate.count(bin, 'gaps');
        continue;
      }
      rate.count(bin, 'all');
      const place = row & CHUNK_MASK;
      const isShown = passes === null || passes(row);
      const failed = this.hasFailed(row, types[place]);
      if (failed) rate.count(bin, 'errors');
      if (isShown) rate.show(bin, row);
      else if (displayed) continue;
      const source = this.placeOf(kinds[place], row);
      const kind = this.kindOf(kinds[place], row, types[place], source);
      const address = this.addressOf(source, row, time);
      const length = lengths[place];
      const answer = this.answerTo(row);
      for (const tally of [total, kind.tally, address.tally]) {
        tally.add(source.direction, length);
        if (failed) tally.errors++;
        if (answer !== null) tally.answer(answer);
      }
    }
  }

  private forgetKinds(era: number): void {
    this.era = era;
    this.kinds = [];
    this.places = [];
    this.commands.clear();
  }

  /** Whether it is a request that was refused, or a refusal of one that is not here. */
  private hasFailed(row: number, type: number): boolean {
    const { store } = this;
    const { transactions } = store;
    const id = store.transaction(row);
    if (id !== 0) return transactions.requestOf(id) === row && transactions.get(id).errno !== 0;
    if (type !== NLMSG_ERROR || store.isRaw(row) || store.length(row) < NLMSG_HDRLEN + 4) return false;
    const { protocol, littleEndian } = store.envelope(row);
    if (protocol === NETLINK_CONNECTOR) return false;
    return viewOf(store.bytes(row)).getInt32(NLMSG_HDRLEN, littleEndian) !== 0;
  }

  /** Nanoseconds from a request to the end of its transaction; null for other messages, and while there is none. */
  private answerTo(row: number): number | null {
    const { store } = this;
    const id = store.transaction(row);
    return id === 0 || store.transactions.requestOf(id) !== row ? null : store.latency(id);
  }

  private placeOf(kind: number, row: number): Place {
    const known = this.places[kind];
    if (known !== undefined) return known;
    const envelope = this.store.envelope(row);
    const { protocol, direction, netns, host } = envelope;
    const key = `${protocol} ${netns ?? ''}\0${host ?? ''}`;
    const scope = this.scopes.get(key) ?? Math.min(this.scopes.size, MOST_SCOPES);
    this.scopes.set(key, scope);
    const place = { direction, scope, envelope };
    this.places[kind] = place;
    return place;
  }

  private kindOf(kind: number, row: number, type: number, { envelope }: Place): KindTally {
    if (envelope.protocol === NETLINK_KOBJECT_UEVENT) return this.newKind(row, type, this.actionOf(row), envelope);
    const isCommand = envelope.protocol === NETLINK_GENERIC && type >= NLMSG_MIN_TYPE;
    if (!isCommand) {
      this.kinds[kind] ??= this.newKind(row, type, NO_COMMAND, envelope);
      return this.kinds[kind];
    }
    const lead = this.store.lead(row);
    const key = kind * 256 + lead;
    let known = this.commands.get(key);
    if (known === undefined) {
      known = this.newKind(row, type, lead, envelope);
      this.commands.set(key, known);
    }
    return known;
  }

  private newKind(
    row: number,
    type: number,
    command: number | string,
    { protocol, direction, host }: Envelope,
  ): KindTally {
    const { byKind } = this;
    const key = `${protocol} ${type} ${command} ${direction} ${this.store.isRaw(row)} ${host ?? ''}`;
    const known = byKind.get(key);
    if (known !== undefined) return known;
    if (byKind.size >= MOST_KINDS) return this.otherKinds;
    const made = { row, tally: new Tally() };
    byKind.set(key, made);
    return made;
  }

  private addressOf(place: Place, row: number, time: number): AddressTally {
    const portid = userPortid(this.store, row);
    const key = place.scope * PORTIDS + portid;
    const known = this.addresses.get(key);
    if (known === undefined) return this.newAddress(key, place, portid, row);
    if (known.from <= time && time < known.until) return known.entry;
    const tenure = this.tenureOf(place.envelope, portid, row);
    const entry =
      known.entries.find(({ owner }) => isSame(owner, tenure.owner)) ?? this.newEntry(place, portid, tenure.owner);
    if (entry === null) return this.otherAddresses;
    if (!known.entries.includes(entry)) known.entries.push(entry);
    Object.assign(known, { entry, ...this.period(tenure) });
    return entry;
  }

  private newAddress(key: number, place: Place, portid: number, row: number): AddressTally {
    const tenure = portid === 0 ? NOBODY : this.tenureOf(place.envelope, portid, row);
    const entry = this.newEntry(place, portid, tenure.owner);
    if (entry === null) return this.otherAddresses;
    this.addresses.set(key, { entries: [entry], entry, ...this.period(tenure) });
    return entry;
  }

  /** Null when there are too many. */
  private newEntry({ envelope }: Place, portid: number, owner: AddressOwner | undefined): AddressTally | null {
    if (this.found.length >= MOST_ADDRESSES) return null;
    const { protocol, netns, host } = envelope;
    const entry = { protocol, portid, netns, host, owner, tally: new Tally() };
    this.found.push(entry);
    return entry;
  }

  private period({ fromNs, untilNs }: Tenure): Pick<Address, 'from' | 'until'> {
    return {
      from: fromNs === null ? Number.NEGATIVE_INFINITY : Number(fromNs - this.startNs),
      until: untilNs === null ? Number.POSITIVE_INFINITY : Number(untilNs - this.startNs),
    };
  }

  private tenureOf({ protocol, netns, host }: Envelope, portid: number, row: number): Tenure {
    return this.hosts.of(host).owners.tenure(protocol, portid, this.store.timeNs(row), netns);
  }
}
