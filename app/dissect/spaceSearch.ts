import type { AttrDef, AttrSpace, SpecLibrary } from '../specs/index.ts';

/** Answers whether something is in sets of attributes or in any that may be inside theirs, at any depth. */
export class SpaceSearch {
  readonly #library: SpecLibrary;
  readonly #inner = new Map<AttrSpace, readonly AttrSpace[]>();

  constructor(library: SpecLibrary) {
    this.#library = library;
  }

  /**
   * The question for something that a set holds itself or not. Sets share most of what is inside them, and each is
   * looked at once for every such question, whatever number of sets is asked about.
   */
  question(holds: (space: AttrSpace) => boolean): (space: AttrSpace) => boolean {
    const answers = new Map<AttrSpace, boolean>();
    return (space) => {
      const known = answers.get(space);
      if (known !== undefined) return known;
      // Nests that the user chose may stand anywhere.
      const chosen = [...(this.#library.choices?.attributes() ?? [])].flatMap((def) => def.space ?? []);
      const seen = new Set([space, ...chosen]);
      // What is added to a set is visited too.
      for (const each of seen) {
        const answer = answers.get(each);
        if (answer ?? holds(each)) {
          answers.set(space, true);
          return true;
        }
        if (answer === undefined) for (const inner of this.#innerOf(each)) seen.add(inner);
      }
      for (const each of seen) answers.set(each, false);
      return false;
    };
  }

  #innerOf(space: AttrSpace): readonly AttrSpace[] {
    let inner = this.#inner.get(space);
    if (inner === undefined) {
      inner = [...new Set([...space.byNumber.values()].flatMap(spacesOf))];
      this.#inner.set(space, inner);
    }
    return inner;
  }
}

/** The attribute sets that may be inside an attribute. */
export function spacesOf(def: AttrDef): AttrSpace[] {
  const formats = [...(def.formats?.values() ?? [])].map(({ space }) => space);
  return [def.space, ...(def.switch?.cases.values() ?? []), ...formats].filter((space) => space !== null);
}
