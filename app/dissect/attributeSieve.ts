import { MOST_KINDS, type Narrow, type Question, type RecordBlock } from '../filter/fields.ts';
import type { MessageDef, SpecLibrary } from '../specs/index.ts';
import { GENL_HDRLEN, mayLackHeader, NETLINK_GENERIC, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../wire/index.ts';
import type { ByteSpan, GenlFamilies, KernelRows, MessageColumns } from './api.ts';
import { KernelScan } from './attributeKernel.ts';
import {
  type Asked,
  type AttributeScan,
  askedOf,
  familyHeader,
  NO_WAY,
  UNSURE,
  type Way,
  YES,
} from './attributeScan.ts';
import type { FilterRecord } from './filterFields.ts';
import { controlOf, familyName } from './message.ts';
import { isEventMessage, isRequestMessage } from './messageKind.ts';

/** What is done with messages: passed over, decoded, or read as one of a spec's messages. */
type Plan = typeof PASS_OVER | typeof DECODE | Way;
const PASS_OVER = 0;
const DECODE = 1;

/** What is done with all messages of a kind. */
interface KindPlan {
  /** Null where the messages' bytes choose. */
  readonly plan: Plan | null;
  /** All that they may be read in and that may find the attribute; null where decoding tells, or too much else does. */
  readonly ways: readonly Way[] | null;
  /** By command of generic netlink, those that are events apart (see EVENT). */
  readonly commands: (Plan | undefined)[] | null;
  readonly littleEndian: boolean;
  readonly familyHeader: number;
  /** What was known of generic netlink families, and its revision, where the plan hangs on that. */
  readonly known: GenlFamilies | null;
  readonly revision: number;
}

/** Whether specs tell what messages of a type are: not those that control an exchange, nor bytes without an nlmsghdr. */
export function isToldBySpecs(protocol: number, type: number): boolean {
  return type >= NLMSG_MIN_TYPE || (controlOf(protocol, type) === undefined && !mayLackHeader(protocol));
}

/** Added to the command of a message that is nobody's answer. */
const EVENT = 256;

/** What tells a sieve of an attribute which messages may have it. */
export interface Reach {
  /** Whether a record may, by its kind alone. */
  mayHave(record: FilterRecord): boolean;
  /** Whether a message may. */
  reaches(message: MessageDef): boolean;
  /** What a record's message is, undefined where only decoding tells. */
  messageOf(record: FilterRecord): MessageDef | undefined;
}

/**
 * Asks many records about an attribute. What is done with a message is decided once for all of its kind; its bytes are
 * looked at where they stand, and only those are decoded of which the scan cannot tell.
 */
export class AttributeSieve {
  readonly #library: SpecLibrary;
  readonly #scan: AttributeScan;
  readonly #reach: Reach;
  readonly #asked: Asked;
  readonly #holds: (record: FilterRecord) => boolean;
  /** By kind. */
  readonly #plans: (KindPlan | undefined)[] = [];
  /** 1 by kind that is passed over. */
  readonly #skipped = new Uint8Array(MOST_KINDS);
  /** Kinds of generic netlink: what family they are of may be learned at any time. */
  #generic: number[] = [];
  #era = -1;
  readonly #messages = new Map<MessageDef, Plan>();
  readonly #commands = new Map<string, (Plan | undefined)[]>();
  readonly #span: ByteSpan = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #revision = -1;
  #kernelScan: KernelScan | null = null;

  constructor(library: SpecLibrary, scan: AttributeScan, reach: Reach, { test, isAny, holds }: Question<FilterRecord>) {
    this.#library = library;
    this.#scan = scan;
    this.#reach = reach;
    this.#asked = askedOf(test, isAny);
    this.#holds = holds;
  }

  readonly narrow: Narrow<FilterRecord> = (block, picks, count) => {
    if (count === 0) return 0;
    const { columns } = block.at(picks[0]!);
    const { kinds } = columns;
    this.#renew(columns.era);
    const { rows } = columns;
    if (rows !== null) {
      this.#kernelScan ??= new KernelScan(this.#scan, this.#asked);
      return this.#narrowByKernel(this.#kernelScan, rows, block, picks, count, columns);
    }
    const skipped = this.#skipped;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = picks[i]!;
      const kind = kinds[place]!;
      if (skipped[kind] === 1) continue;
      const plan = this.#plans[kind] ?? this.#plan(kind, block.at(place));
      if (plan.plan !== PASS_OVER && this.#passes(block.at(place), plan)) picks[kept++] = place;
    }
    return kept;
  };

  #narrowByKernel(
    scan: KernelScan,
    rows: KernelRows,
    block: RecordBlock<FilterRecord>,
    picks: Uint16Array,
    count: number,
    { kinds }: MessageColumns,
  ): number {
    const lacksPlan = (place: number): void => {
      const kind = kinds[place]!;
      const { ways, littleEndian } = this.#plans[kind] ?? this.#plan(kind, block.at(place));
      scan.setWays(kind, ways, littleEndian);
    };
    const passes = (place: number): boolean => this.#passes(block.at(place), this.#plans[kinds[place]!]!);
    return scan.narrow(rows, picks, count, lacksPlan, passes);
  }

  /** Forgets what may be otherwise by now. */
  #renew(era: number): void {
    const { revision } = this.#library;
    if (era !== this.#era || revision !== this.#revision) {
      this.#plans.length = 0;
      this.#generic = [];
      this.#skipped.fill(0);
      this.#messages.clear();
      this.#commands.clear();
      this.#kernelScan?.forget();
      this.#era = era;
      this.#revision = revision;
    }
    this.#generic = this.#generic.filter((kind) => {
      const plan = this.#plans[kind]!;
      if (plan.known?.revision === plan.revision) return true;
      this.#plans[kind] = undefined;
      this.#skipped[kind] = 0;
      this.#kernelScan?.forgetKind(kind);
      return false;
    });
  }

  #plan(kind: number, record: FilterRecord): KindPlan {
    const plan = this.#planFor(record);
    this.#plans[kind] = plan;
    if (plan.plan === PASS_OVER) this.#skipped[kind] = 1;
    if (record.envelope.protocol === NETLINK_GENERIC) this.#generic.push(kind);
    return plan;
  }

  #passes(record: FilterRecord, kind: KindPlan): boolean {
    const { length } = record;
    if (kind.plan === DECODE || length < NLMSG_HDRLEN) return this.#holds(record);
    const span = this.#span;
    record.locate(span);
    const { bytes, start, end } = span;
    if (end - start !== length) return this.#holds(record);
    const plan = kind.plan ?? this.#planOf(record, kind, bytes, start);
    if (plan === PASS_OVER) return false;
    if (plan === DECODE) return this.#holds(record);
    const from = start + plan.start + (plan.hasFamilyHeader ? kind.familyHeader : 0);
    const answer = this.#scan.ask(plan.level, bytes, from, end, kind.littleEndian, this.#asked);
    return answer === UNSURE ? this.#holds(record) : answer === YES;
  }

  #planFor(record: FilterRecord): KindPlan {
    const { envelope, type, genl } = record;
    const { protocol, littleEndian, direction } = envelope;
    const isGeneric = protocol === NETLINK_GENERIC;
    const isRequest = isRequestMessage(direction, record.flags);
    const family = isGeneric ? familyName(this.#library, genl, type) : '';
    const kind: KindPlan = {
      plan: null,
      ways: null,
      commands: null,
      littleEndian,
      familyHeader: isGeneric ? familyHeader(record) : 0,
      known: isGeneric ? genl : null,
      revision: isGeneric ? genl.revision : 0,
    };
    if (!this.#reach.mayHave(record)) return { ...kind, plan: PASS_OVER, ways: [] };
    if (!isToldBySpecs(protocol, type) || (isGeneric && family === '')) return { ...kind, plan: DECODE };
    if (isGeneric) return { ...kind, commands: this.#commandsOf(`${family} ${type} ${direction} ${isRequest}`) };
    const message = this.#library.onlyCandidate(protocol, type, isRequest);
    if (message === undefined) return { ...kind, ways: this.#waysOfAny(protocol, type, isRequest) };
    const plan = this.#planBy(message, protocol);
    return { ...kind, plan, ways: plan === DECODE ? null : plan === PASS_OVER ? [] : [plan] };
  }

  /** How messages are read whose bytes choose what they are: they may be nothing of it, too. */
  #waysOfAny(protocol: number, type: number, isRequest: boolean): readonly Way[] | null {
    if (this.#library.choices !== null) return null;
    const plans = this.#library.candidates(protocol, type, isRequest).map((message) => this.#planBy(message, protocol));
    const ways: Way[] = [];
    for (const plan of plans) {
      if (plan === DECODE) return null;
      if (plan !== PASS_OVER) ways.push(plan);
    }
    return [...ways, NO_WAY];
  }

  #commandsOf(key: string): (Plan | undefined)[] {
    const known = this.#commands.get(key) ?? [];
    this.#commands.set(key, known);
    return known;
  }

  /** The plan for a message of a kind whose bytes choose. */
  #planOf(record: FilterRecord, { commands }: KindPlan, bytes: Uint8Array, start: number): Plan {
    if (commands === null) return this.#planBy(this.#reach.messageOf(record), record.envelope.protocol);
    if (record.length < NLMSG_HDRLEN + GENL_HDRLEN) return DECODE;
    const isEvent = isEventMessage(record.envelope.direction, record.seq, record.portid);
    const command = bytes[start + NLMSG_HDRLEN] + (isEvent ? EVENT : 0);
    let plan = commands[command];
    if (plan === undefined) {
      plan = this.#planBy(this.#reach.messageOf(record), NETLINK_GENERIC);
      commands[command] = plan;
    }
    return plan;
  }

  #planBy(message: MessageDef | undefined, protocol: number): Plan {
    if (message === undefined) return DECODE;
    let plan = this.#messages.get(message);
    if (plan === undefined) {
      plan = this.#reach.reaches(message) ? (this.#scan.wayOf(message, protocol) ?? DECODE) : PASS_OVER;
      this.#messages.set(message, plan);
    }
    return plan;
  }
}
