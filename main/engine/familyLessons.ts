import type { Envelope } from '../../app/contracts/index.ts';
import {
  createDissector,
  type DecodeContext,
  type FieldDissector,
  type GenlFamily,
  learnFamily,
  taughtFamily,
} from '../../app/dissect/index.ts';
import type { GenlFamilyTable } from '../../app/session/index.ts';
import { builtinSpec } from '../../app/specs/builtin.ts';
import { NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { PayloadTable } from './payloadTable.ts';

/** linux/genetlink.h. */
const CTRL_CMD_NEWFAMILY = 1;

let reader: FieldDissector | null = null;

/** Reads by nlctrl's spec alone: to learn of a family, the specs of all others are not needed. Made at first use. */
function nlctrlReader(): FieldDissector {
  reader ??= createDissector(builtinSpec('nlctrl'));
  return reader;
}

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
  take(message: Uint8Array, envelope: Envelope, context: DecodeContext): void {
    if (this.knows(message)) return;
    const decoded = nlctrlReader().glance(message, envelope, context);
    learnFamily(decoded, this.#families);
    const family = tellsFamily(message) ? this.#families.byId(taughtFamily(decoded) ?? -1) : undefined;
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
