import type { KnownStrings } from '../captureFile/index.ts';
import type { ToldInterface } from '../dissect/api.ts';

/** Strings of one set, and sets, that are remembered: far above real devices, so that hostile input stays bounded. */
const MOST_STRINGS = 1024;
const MOST_SETS = 4096;

/** The string sets of kernels and of their devices. What was told last holds: kernels do not rename bits. */
export class StringSets {
  readonly #sets = new Map<
    string,
    { readonly known: Omit<KnownStrings, 'names'>; readonly names: Map<number, string> }
  >();
  /** By name of the device, the key of what is known by its index too. */
  readonly #byName = new Map<string, string>();

  /** Is called before anything is looked up: what tells strings may wait until then. */
  settle: () => void = () => {};

  /** Nothing has been learned. */
  get isEmpty(): boolean {
    this.settle();
    return this.#sets.size === 0;
  }

  /** Remembers strings of a set. True when any of them is news. */
  learn({ names, ...known }: KnownStrings): boolean {
    const key = this.#keyOf(known.set, known.device, known.nsid, known.netns);
    let set = this.#sets.get(key);
    if (set === undefined) {
      if (this.#sets.size >= MOST_SETS) return false;
      set = { known, names: new Map() };
      this.#sets.set(key, set);
      if (known.device !== null && known.device.name !== '') {
        this.#byName.set(nameKey(known.set, known.device.name, known.nsid, known.netns), key);
      }
    }
    let isNews = false;
    for (const [index, name] of names) {
      if (set.names.get(index) === name || index >= MOST_STRINGS) continue;
      set.names.set(index, name);
      isNews = true;
    }
    return isNews;
  }

  /** A string of a set by its number; `device` is null for sets that all devices share. */
  lookup(
    set: number,
    index: number,
    device: ToldInterface | null,
    nsid: number | null = null,
    netns?: string,
  ): string | undefined {
    this.settle();
    if (this.#sets.size === 0) return undefined;
    return this.#sets.get(this.#keyOf(set, device, nsid, netns))?.names.get(index);
  }

  /** Everything known, to be kept in a file. */
  *all(): Iterable<KnownStrings> {
    this.settle();
    for (const { known, names } of this.#sets.values()) yield { ...known, names: [...names] };
  }

  /** Devices are known by their index; requests may tell the name alone. What all devices share is the kernel's. */
  #keyOf(set: number, device: ToldInterface | null, nsid: number | null, netns: string | undefined): string {
    if (device === null) return `${set},,${netns ?? ''}`;
    const named = nameKey(set, device.name, nsid, netns);
    if (device.index === 0) return this.#byName.get(named) ?? named;
    return `${set},${device.index},${nsid ?? ''},${netns ?? ''}`;
  }
}

function nameKey(set: number, name: string, nsid: number | null, netns: string | undefined): string {
  return `${set},"${name}",${nsid ?? ''},${netns ?? ''}`;
}
