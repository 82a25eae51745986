import type {
  AddressOwner,
  Counted,
  RateReport,
  StatisticsAnswer,
  StatisticsEntry,
  StatisticsReport,
  StatisticsTable,
} from '../../app/contracts/index.ts';
import { processName } from '../../app/contracts/index.ts';
import { formatClause, quote } from '../../app/filter/index.ts';
import { type AddressTally, type KindTally, StatisticsPass, Tally } from '../../app/session/index.ts';
import {
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NLMSG_MIN_TYPE,
  PROTOCOLS,
  protocolByNumber,
} from '../../app/wire/index.ts';
import type { Document } from './document.ts';
import type { Listing } from './listing.ts';
import { Turns } from './turns.ts';

/** How long one answer counts: as long as whoever ends it may have to wait for what comes next. */
const ANSWER_MS = 100;
/** Lines of a table that are told. */
const MOST_ENTRIES = 2000;

/** What is being counted of a list, and what was counted last. */
export class Statistics {
  readonly #listing: Listing;
  readonly #displayed: boolean;
  #pass: StatisticsPass | null = null;
  /** The list as it was when counting began. */
  #shape = '';
  #answer: StatisticsAnswer | null = null;

  /** @param displayed whether only messages are counted that the filter shows */
  constructor(listing: Listing, displayed: boolean) {
    this.#listing = listing;
    this.#displayed = displayed;
  }

  /**
   * Goes on counting for about ANSWER_MS, in turns.
   * @param names changes when processes were found
   */
  async answer(names: number): Promise<StatisticsAnswer> {
    const pass = this.#currentPass(names);
    const deadline = Date.now() + ANSWER_MS;
    const turns = new Turns();
    while (this.#answer === null && pass.step(turns.deadline)) {
      if (Date.now() >= deadline) return { kind: 'more', progress: pass.progress };
      await turns.next();
      if (this.#pass !== pass) return { kind: 'more', progress: 0 };
    }
    this.#answer ??= { kind: 'done', report: statisticsReport(this.#listing.document, pass) };
    return this.#answer;
  }

  /** What was counted means nothing any more: other rows are shown, or they have other names. */
  forget(): void {
    this.#pass = null;
    this.#answer = null;
  }

  #currentPass(names: number): StatisticsPass {
    const { document, view, filter } = this.#listing;
    // What the filter has not looked at yet is not counted yet.
    const end = filter === '' ? view.end : view.examinedEnd;
    const shape = `${end} ${names}`;
    if (this.#pass !== null && (this.#answer === null || shape === this.#shape)) return this.#pass;
    const passes = filter === '' ? null : (row: number) => view.passes(row);
    this.#pass = statisticsPass(document, end, passes, this.#displayed);
    this.#shape = shape;
    this.#answer = null;
    return this.#pass;
  }
}

/**
 * Begins to count the rows before `end`.
 * @param passes which messages the list shows; null: all
 * @param displayed whether only those are counted
 */
export function statisticsPass(
  document: Document,
  end: number,
  passes: ((row: number) => boolean) | null,
  displayed: boolean,
): StatisticsPass {
  return new StatisticsPass(document, end, passes, displayed, (row) => actionOf(document, row));
}

/** Longest action of the kernel's that is looked for ("offline"), and what stands behind it. */
const LONGEST_ACTION = 16;
const AT = 0x40;

/** What a uevent tells of: "add". The kernel's begin with it; udev's own have it among their values. */
function actionOf(document: Document, row: number): string {
  const bytes = document.store.bytes(row).subarray(0, LONGEST_ACTION);
  const end = bytes.indexOf(AT);
  return end > 0 ? String.fromCharCode(...bytes.subarray(0, end)) : document.line(row).type;
}

/** What a pass has counted, by the names that users know. */
export function statisticsReport(document: Document, pass: StatisticsPass): StatisticsReport {
  const kinds = pass.kindTallies.map((kind) => namedKind(document, kind));
  const processes = new Map<string | undefined, { tally: Tally; addresses: number }>();
  for (const { owner, portid, tally } of pass.addressTallies) {
    const comm = owner?.process?.comm;
    const known = processes.get(comm) ?? { tally: new Tally(), addresses: 0 };
    known.tally.merge(tally);
    if (portid !== 0) known.addresses++;
    processes.set(comm, known);
  }
  return {
    total: counted(pass.total),
    families: table(merged(kinds, familyEntry)),
    types: table(merged(kinds, typeEntry)),
    addresses: addressTable(document, pass.addressTallies),
    processes: table(
      [...processes].map(([comm, { tally, addresses }]) => ({
        ...NO_NAMES,
        process: comm ?? '',
        addresses,
        filter: comm === undefined ? '!nl.comm' : formatClause('nl.comm', quote(comm)),
        ...counted(tally),
      })),
    ),
    rate: rateReport(document, pass),
  };
}

type Names = Omit<StatisticsEntry, keyof Counted>;
const NO_NAMES: Names = { code: '', family: '', type: '', portid: null, process: '', addresses: 0, filter: '' };

function counted({ messages, bytes, requests, replies, notifications, errors, answers }: Tally): Counted {
  return { messages, bytes, requests, replies, notifications, errors, answers: answers?.summary() ?? null };
}

function table(entries: StatisticsEntry[]): StatisticsTable {
  const sorted = entries.sort((a, b) => b.messages - a.messages);
  return { entries: sorted.slice(0, MOST_ENTRIES), leftOut: Math.max(0, sorted.length - MOST_ENTRIES) };
}

// ---- messages by name

/** A kind of messages by its names; without a protocol: all for which there were too many kinds. */
interface NamedKind {
  readonly protocol: number | null;
  /** Generic netlink family, "" for control messages and other protocols. */
  readonly genlFamily: string;
  readonly type: string;
  readonly tally: Tally;
}

function namedKind(document: Document, { row, tally }: KindTally): NamedKind {
  if (row < 0) return { protocol: null, genlFamily: '', type: '', tally };
  const { store, hosts } = document;
  const { protocol, host } = store.envelope(row);
  const isFamily = protocol === NETLINK_GENERIC && store.type(row) >= NLMSG_MIN_TYPE;
  const genlFamily = isFamily ? (hosts.of(host).families.byId(store.type(row))?.name ?? '') : '';
  return { protocol, genlFamily, type: document.line(row).type, tally };
}

/** Entries of kinds; those with the same filter are one. */
function merged(kinds: readonly NamedKind[], entryOf: (kind: NamedKind) => Names): StatisticsEntry[] {
  const entries = new Map<string, { names: Names; tally: Tally }>();
  for (const kind of kinds) {
    const names = entryOf(kind);
    const known = entries.get(names.filter) ?? { names, tally: new Tally() };
    known.tally.merge(kind.tally);
    entries.set(names.filter, known);
  }
  return [...entries.values()].map(({ names, tally }) => ({ ...names, ...counted(tally) }));
}

function familyEntry({ protocol, genlFamily }: NamedKind): Names {
  if (protocol === null) return NO_NAMES;
  const { code, name } = protocolByNumber(protocol);
  const filter =
    genlFamily !== ''
      ? formatClause('genl.family', quote(genlFamily))
      : `${protocolClause(protocol)}${protocol === NETLINK_GENERIC ? ' && !genl.family' : ''}`;
  return { ...NO_NAMES, code, family: genlFamily || name, filter };
}

function typeEntry(kind: NamedKind): Names {
  const names = familyEntry(kind);
  if (kind.protocol === null) return names;
  const { type } = kind;
  const field = kind.protocol === NETLINK_KOBJECT_UEVENT ? 'uevent.action' : 'nl.type';
  return { ...names, type, filter: `${names.filter} && ${formatClause(field, quote(type))}` };
}

function protocolClause(protocol: number): string {
  const { name } = protocolByNumber(protocol);
  return formatClause('nl.protocol', PROTOCOLS.some((known) => known.name === name) ? name : `${protocol}`);
}

// ---- messages by address

function addressTable(document: Document, tallies: readonly AddressTally[]): StatisticsTable {
  const keyOf = ({ protocol, portid }: AddressTally) => `${protocol} ${portid}`;
  const namesakes = new Map<string, number>();
  for (const address of tallies) namesakes.set(keyOf(address), (namesakes.get(keyOf(address)) ?? 0) + 1);
  const sorted = tallies.toSorted((a, b) => b.tally.messages - a.tally.messages);
  const told = sorted.slice(0, MOST_ENTRIES);
  return {
    entries: told.map((address) => addressEntry(document, address, namesakes.get(keyOf(address))! > 1)),
    leftOut: sorted.length - told.length,
  };
}

/** @param isShared whether others have the same number: in another namespace, on another host, at another time */
function addressEntry({ store }: Document, address: AddressTally, isShared: boolean): StatisticsEntry {
  const { protocol, portid, netns, host, owner, tally } = address;
  if (protocol < 0) return { ...NO_NAMES, ...counted(tally) };
  const { code, name } = protocolByNumber(protocol);
  const clauses = [
    protocolClause(protocol),
    portid === 0 ? '!nl.socket' : formatClause('nl.socket', `${portid}`),
    isShared ? placeClause('nl.netns', netns) : '',
    isShared && store.hostCount > 1 ? placeClause('nl.host', host) : '',
    isShared && portid !== 0 ? ownerClause(owner) : '',
  ];
  return {
    ...NO_NAMES,
    code,
    family: name,
    portid,
    process: owner?.process ? processName(owner.process) : '',
    ...(netns === undefined ? {} : { netns }),
    ...(host === undefined || store.hostCount === 1 ? {} : { host }),
    filter: clauses.filter((clause) => clause !== '').join(' && '),
    ...counted(tally),
  };
}

function placeClause(field: string, value: string | undefined): string {
  return value === undefined ? `!${field}` : formatClause(field, quote(value));
}

function ownerClause(owner: AddressOwner | undefined): string {
  const process = owner?.process;
  return process
    ? `${formatClause('nl.pid', `${process.pid}`)} && ${formatClause('nl.comm', quote(process.comm))}`
    : '!nl.pid';
}

// ---- messages by time

function rateReport({ store }: Document, pass: StatisticsPass): RateReport {
  if (pass.end === 0) return { start: '', width: 1, all: [], shown: [], errors: [], gaps: [], numbers: [] };
  const { start, width, counts, rows } = pass.rate.series();
  return {
    start: (store.timeNs(0) + BigInt(start)).toString(),
    width,
    ...counts,
    numbers: rows.map((row) => row + 1),
  };
}
