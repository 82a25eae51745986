import type { Envelope } from '../../app/contracts/index.ts';
import { createDissector, type DecodeContext, type FieldDissector, toldStrings } from '../../app/dissect/index.ts';
import type { StringSets } from '../../app/session/index.ts';
import { builtinSpec } from '../../app/specs/builtin.ts';
import type { SpecLibrary } from '../../app/specs/index.ts';
import { viewOf } from '../../app/wire/index.ts';
import { PayloadTable } from './payloadTable.ts';

let made: { readonly library: SpecLibrary; readonly reader: FieldDissector } | null = null;

/** Reads by ethtool's spec alone. Made at first use. */
function ethtool(): NonNullable<typeof made> {
  if (made === null) {
    const library = builtinSpec('ethtool');
    made = { library, reader: createDissector(library) };
  }
  return made;
}

/** The string sets (ETH_SS_*) that name bits in ethtool's messages. */
export function namedSets(): number[] {
  const messages = ethtool().library.genlMessages('ethtool');
  return [...new Set(messages.flatMap(({ spec }) => [...spec.strings]))];
}

/** Messages that may wait to be read. */
const MOST_WAITING = 256;

/**
 * Learns from ethtool's messages how the kernel calls bits. They are read when somebody asks for such a name: reading
 * takes ethtool's whole spec.
 */
export class StringLessons {
  readonly #strings: StringSets;
  readonly #seen = new PayloadTable<true>();
  #waiting: { readonly message: Uint8Array; readonly envelope: Envelope; readonly context: DecodeContext }[] = [];

  constructor(strings: StringSets) {
    this.#strings = strings;
    strings.settle = () => this.settle();
  }

  /** Takes in what a message says. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: DecodeContext): void {
    if (this.knows(viewOf(message), 0, message.length)) return;
    this.#seen.put(message, true);
    this.#waiting.push({ message, envelope, context });
    if (this.#waiting.length >= MOST_WAITING) this.settle();
  }

  /** Reads what waits to be read. */
  settle(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    // Reading asks for names itself.
    this.#waiting = [];
    for (const { message, envelope, context } of waiting) {
      const { nsid, netns } = envelope;
      const place = netns === undefined ? { nsid } : { nsid, netns };
      for (const part of toldStrings(ethtool().reader.glance(message, envelope, context))) {
        this.#strings.learn({ ...part, ...place });
      }
    }
  }

  /** Whether a message cannot teach anything more. */
  knows(view: DataView, start: number, length: number): boolean {
    return this.#seen.find(view, start, length) === true;
  }
}
