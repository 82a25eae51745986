import type { Envelope } from '../../app/contracts/index.ts';
import {
  CTRL_CMD_NEWFAMILY,
  type DecodeContext,
  type GenlFamily,
  learnFacts,
  toldFacts,
} from '../../app/dissect/index.ts';
import type { GenlFamilyTable } from '../../app/session/index.ts';
import { NLMSG_HDRLEN } from '../../app/wire/index.ts';
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
    if (this.knows(message)) return;
    const facts = toldFacts(message, envelope);
    if (facts === undefined) return;
    learnFacts(facts, message, envelope, context, this.#families);
    const family = facts.id === undefined || !tellsFamily(message) ? undefined : this.#families.byId(facts.id);
    if (family !== undefined) this.#known.put(message, family);
  }

  /** Whether a message cannot teach anything more now. */
  knows(message: Uint8Array): boolean {
    if (!tellsFamily(message)) return false;
    const family = this.#known.find(message);
    return family !== undefined && this.#families.byId(family.id) === family;
  }
}

function tellsFamily(message: Uint8Array): boolean {
  return message[NLMSG_HDRLEN] === CTRL_CMD_NEWFAMILY;
}
