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

  constructor(families: GenlFamilyTable) {
    this.#families = families;
  }

  /** Takes in what a message of nlctrl says. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: Pick<DecodeContext, 'request'>): void {
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

  /** Whether a message cannot teach anything more now. */
  knows(view: DataView, start: number, length: number): boolean {
    if (length <= NLMSG_HDRLEN || view.getUint8(start + NLMSG_HDRLEN) !== CTRL_CMD_NEWFAMILY) return false;
    const known = this.#known.find(view, start, length);
    return known !== undefined && this.#isTaught(known);
  }

  #isTaught({ family }: Lesson): boolean {
    return family !== null && this.#families.byId(family.id) === family;
  }
}
