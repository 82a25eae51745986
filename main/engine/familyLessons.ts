import type { Envelope } from '../../app/contracts/index.ts';
import {
  type ControlFacts,
  CTRL_CMD_GETPOLICY,
  CTRL_CMD_NEWFAMILY,
  type DecodeContext,
  type GenlFamily,
  learnFacts,
  toldFacts,
} from '../../app/dissect/index.ts';
import type { GenlFamilyTable } from '../../app/session/index.ts';
import { NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';
import { PayloadTable } from './payloadTable.ts';

/** Requests for policies that are kept for their answers, which follow at once. */
const MOST_REQUESTS = 64;

/** What a payload says, and the family that it taught last: null where only reading it anew tells. */
interface Lesson {
  readonly facts: ControlFacts;
  readonly littleEndian: boolean;
  family: GenlFamily | null;
}

/**
 * Learns generic netlink families from nlctrl's messages. Tools ask for the same families again and again, and reading
 * an answer costs far more than comparing it with the last one.
 */
export class FamilyLessons {
  readonly #families: GenlFamilyTable;
  readonly #known = new PayloadTable<Lesson>();
  readonly #requests = new Map<number, Uint8Array>();
  /** How many messages are to be taken in yet, and the families that they are about: null where that is not known. */
  #awaited = 0;
  #awaitedIds: Set<number> | null = new Set();

  constructor(families: GenlFamilyTable) {
    this.#families = families;
  }

  /** A message will be taken in later. */
  expect(view: DataView, start: number, length: number): void {
    const known = this.#known.find(view, start, length);
    this.#awaited++;
    if (known === undefined) this.#awaitedIds = null;
    else if (known.facts.id !== undefined) this.#awaitedIds?.add(known.facts.id);
  }

  /** Takes in what a message of nlctrl says that was expected. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: Pick<DecodeContext, 'request'>): void {
    this.#takeIn(message, envelope, context);
    if (--this.#awaited === 0) this.#awaitedIds = new Set();
  }

  #takeIn(message: Uint8Array, envelope: Envelope, context: Pick<DecodeContext, 'request'>): void {
    const { littleEndian } = envelope;
    const seen = this.#known.find(viewOf(message), 0, message.length);
    const known = seen?.littleEndian === littleEndian ? seen : undefined;
    if (known !== undefined && this.#isTaught(known)) return;
    const facts = known?.facts ?? toldFacts(message, envelope);
    if (facts === undefined) return;
    learnFacts(facts, message, envelope, context, this.#families);
    const tells = facts.command === CTRL_CMD_NEWFAMILY && facts.id !== undefined;
    const family = tells ? (this.#families.byId(facts.id) ?? null) : null;
    if (known !== undefined) known.family = family;
    else this.#known.put(message, { facts, littleEndian, family });
  }

  /** Keeps a request, the message of a row, when its answers cannot be read without it. */
  keepRequest(row: number, view: DataView, start: number, length: number): void {
    if (length <= NLMSG_HDRLEN || view.getUint8(start + NLMSG_HDRLEN) !== CTRL_CMD_GETPOLICY) return;
    if (this.#requests.size >= MOST_REQUESTS) this.#requests.clear();
    this.#requests.set(row, new Uint8Array(view.buffer, view.byteOffset + start, length).slice());
  }

  /** The request of a row, if it was kept. */
  request(row: number): Uint8Array | undefined {
    return this.#requests.get(row);
  }

  /** Whether a message cannot teach anything more, whatever those teach that are expected. */
  knows(view: DataView, start: number, length: number): boolean {
    if (length <= NLMSG_HDRLEN || view.getUint8(start + NLMSG_HDRLEN) !== CTRL_CMD_NEWFAMILY) return false;
    const known = this.#known.find(view, start, length);
    if (known === undefined || !this.#isTaught(known)) return false;
    return this.#awaited === 0 || this.#awaitedIds?.has(known.facts.id ?? -1) === false;
  }

  #isTaught({ family }: Lesson): boolean {
    return family !== null && this.#families.byId(family.id) === family;
  }
}
