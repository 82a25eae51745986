import type { Envelope } from '../contracts/index.ts';
import type { NftSetName, NftSetTypes } from '../dissect/api.ts';

/** Definitions that are remembered: far above real rule sets, so that hostile input stays bounded. */
const MOST_DEFINITIONS = 1 << 16;

interface Definition {
  readonly row: number;
  readonly types: NftSetTypes;
}

/** Where a set lives, beside its name. */
export type NftSetPlace = Pick<Envelope, 'nsid' | 'netns' | 'host'>;

/** The types of the sets of nf_tables over time: rule sets are loaded anew, with other sets of the same names. */
export class NftSets {
  /** Oldest first. */
  readonly #known = new Map<string, Definition[]>();
  #count = 0;

  /** Notes what a message says of a set; rows come in their order. */
  learn(row: number, name: NftSetName, place: NftSetPlace, types: NftSetTypes): void {
    const key = keyOf(name, place);
    const known = this.#known.get(key);
    const latest = known?.at(-1);
    if ((latest !== undefined && isSame(latest.types, types)) || this.#count >= MOST_DEFINITIONS) return;
    this.#count++;
    if (known === undefined) this.#known.set(key, [{ row, types }]);
    else known.push({ row, types });
  }

  /** The latest definition told until a row, else the first one told later (the set was there before anybody asked). */
  lookup(row: number, name: NftSetName, place: NftSetPlace): NftSetTypes | undefined {
    const known = this.#known.get(keyOf(name, place));
    return (known?.findLast((definition) => definition.row <= row) ?? known?.[0])?.types;
  }
}

/** Sets that the kernel is to name have the same name all over a batch: their numbers tell them apart. */
function keyOf({ family, table, set, id }: NftSetName, { nsid, netns, host }: NftSetPlace): string {
  const number = set.includes('%') ? id : 0;
  return [host ?? '', netns ?? '', nsid ?? '', family, table, set, number].join('\0');
}

function isSame(one: NftSetTypes, other: NftSetTypes): boolean {
  return (
    one.keyType === other.keyType &&
    one.dataType === other.dataType &&
    one.isInterval === other.isInterval &&
    one.isKeyHost === other.isKeyHost &&
    one.isDataHost === other.isDataHost &&
    one.partLengths.join() === other.partLengths.join()
  );
}
