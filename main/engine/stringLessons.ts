import type { Envelope } from '../../app/contracts/index.ts';
import { createDissector, type DecodeContext, type FieldDissector, toldStrings } from '../../app/dissect/index.ts';
import type { StringSets } from '../../app/session/index.ts';
import { builtinSpec } from '../../app/specs/builtin.ts';
import type { SpecLibrary } from '../../app/specs/index.ts';
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

/** Learns from ethtool's messages how the kernel calls bits. */
export class StringLessons {
  readonly #strings: StringSets;
  readonly #seen = new PayloadTable<true>();

  constructor(strings: StringSets) {
    this.#strings = strings;
  }

  /** Takes in what a message says. Its bytes are the caller's no longer. */
  take(message: Uint8Array, envelope: Envelope, context: DecodeContext): void {
    if (this.knows(message)) return;
    const { nsid, netns } = envelope;
    const place = netns === undefined ? { nsid } : { nsid, netns };
    for (const part of toldStrings(ethtool().reader.glance(message, envelope, context))) {
      this.#strings.learn({ ...part, ...place });
    }
    this.#seen.put(message, true);
  }

  /** Whether a message cannot teach anything more. */
  knows(message: Uint8Array): boolean {
    return this.#seen.find(message) === true;
  }
}
