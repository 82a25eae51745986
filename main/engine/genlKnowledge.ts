import type { SpecLibrary } from '../../app/specs/index.ts';
import type { GenlKnowledge } from '../sources/inventory.ts';

/** What the specs know of generic netlink families, for the inventory. */
export function genlKnowledge(library: SpecLibrary): GenlKnowledge {
  return {
    isKnown: (family) => library.genlSpec(family) !== undefined,
    operationName: (family, cmd) => library.genlMessage(family, cmd, true)?.name,
  };
}
