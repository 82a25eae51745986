import type { Envelope } from '../../app/contracts/index.ts';
import {
  CTRL_CMD_NEWFAMILY,
  type DecodeContext,
  type GenlFamily,
  learnFacts,
  toldFacts,
} from '../../app/dissect/index.ts';
import type { GenlFamilyTable } from '../../app/session/index.ts';
import { NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';
import { PayloadTable } from './payloadTable.ts';

/**
 * Learns generic netlink families from nlctrl's messages. Tools ask for the same families again and again, and reading
 * an answer costs far more than comparing it with the last one.
 */
export class FamilyLessons {
  readonly #families: GenlFamilyTable;
  /** Messages that have taught all they can, as long as their family is what it was then. */
  readonly #known = new PayloadTable<GenlFamily>();

  constructor(families: GenlFamilyTable) {
    this.#families = families;
  }

  /** Takes in what a message of nlctrl says. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: Pick<DecodeContext, 'request'>): void {
    if (this.knows(viewOf(message), 0, message.length)) return;
    const facts = toldFacts(message, envelope);
    if (facts === undefined) return;
    learnFacts(facts, message, envelope, context, this.#families);
    const family =
      facts.id === undefined || message[NLMSG_HDRLEN] !== CTRL_CMD_NEWFAMILY
        ? undefined
        : this.#families.byId(facts.id);
    if (family !== undefined) this.#known.put(message, family);
  }

  /** Whether a message cannot teach anything more now. */
  knows(view: DataView, start: number, length: number): boolean {
    if (length <= NLMSG_HDRLEN || view.getUint8(start + NLMSG_HDRLEN) !== CTRL_CMD_NEWFAMILY) return false;
    const family = this.#known.find(view, start, length);
    return family !== undefined && this.#families.byId(family.id) === family;
  }
}
