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
import { hashOf, sameBytes } from './sameBytes.ts';

/** linux/genetlink.h. */
const CTRL_CMD_NEWFAMILY = 1;
/** Lessons remembered: several times the families of a kernel. */
const MOST = 256;

let reader: FieldDissector | null = null;

/** Reads by nlctrl's spec alone: to learn of a family, the specs of all others are not needed. Made at first use. */
function nlctrlReader(): FieldDissector {
  reader ??= createDissector(builtinSpec('nlctrl'));
  return reader;
}

/** A message whose payload has taught all it can, as long as its family is what it was then. */
interface Lesson {
  readonly payload: Uint8Array;
  readonly family: GenlFamily;
}

/**
 * Learns generic netlink families from nlctrl's messages. Tools ask for the same families again and again, and reading
 * an answer costs far more than comparing it with the last one.
 */
export class FamilyLessons {
  readonly #families: GenlFamilyTable;
  readonly #known = new Map<number, Lesson>();

  constructor(families: GenlFamilyTable) {
    this.#families = families;
  }

  /** Takes in what a message of nlctrl says. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: DecodeContext): void {
    if (this.knows(message)) return;
    const decoded = nlctrlReader().glance(message, envelope, context);
    learnFamily(decoded, this.#families);
    const family = tellsFamily(message) ? this.#families.byId(taughtFamily(decoded) ?? -1) : undefined;
    if (family === undefined) return;
    if (this.#known.size >= MOST) this.#known.clear();
    const payload = payloadOf(message);
    this.#known.set(hashOf(payload), { payload, family });
  }

  /** Whether a message cannot teach anything more now. */
  knows(message: Uint8Array): boolean {
    if (!tellsFamily(message)) return false;
    const payload = payloadOf(message);
    const lesson = this.#known.get(hashOf(payload));
    if (lesson === undefined || this.#families.byId(lesson.family.id) !== lesson.family) return false;
    return sameBytes(lesson.payload, payload);
  }
}

function tellsFamily(message: Uint8Array): boolean {
  return message[NLMSG_HDRLEN] === CTRL_CMD_NEWFAMILY;
}

/** What is compared: the header's seq and portid differ each time. */
function payloadOf(message: Uint8Array): Uint8Array {
  return message.subarray(NLMSG_HDRLEN);
}
