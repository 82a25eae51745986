import { createDissector, type FieldDissector } from '../../app/dissect/index.ts';
import { builtinLibrary } from '../../app/specs/builtin.ts';
import type { SpecLibrary } from '../../app/specs/index.ts';
import { reasonOf } from './openDocument.ts';
import { leftOutSpecs, loadUserSpecs, specFolders, type UserSpecs } from './userSpecs.ts';

/** What decodes and encodes: made once, used for every capture. */
export interface Decoding {
  readonly library: SpecLibrary;
  readonly dissector: FieldDissector;
}

/** The specs this product ships, compiled, and a dissector that reads by them. */
export function createDecoding(): Decoding {
  const library = builtinLibrary();
  return { library, dissector: createDissector(library) };
}

/**
 * As `createDecoding`, without some of our specs and with those of the user's folders, which extend or override ours.
 * What is left out is read by the kernel's policy. A spec that others are written with stays, and the problems tell.
 */
export function loadDecoding(
  folders = specFolders(),
  without = leftOutSpecs(),
): { readonly decoding: Decoding; readonly specs: UserSpecs } {
  const problems: string[] = [];
  const library = libraryWithout(without, problems);
  const { loaded, problems: broken } = loadUserSpecs(library, folders);
  return {
    decoding: { library, dissector: createDissector(library) },
    specs: { loaded, problems: [...problems, ...broken] },
  };
}

function libraryWithout(names: readonly string[], problems: string[]): SpecLibrary {
  const whole = builtinLibrary();
  if (names.length === 0) return whole;
  const ours = new Set(whole.specs().map(({ name }) => name));
  const left: string[] = [];
  for (const name of names) {
    const problem = ours.has(name) ? whyNeeded([...left, name]) : 'there is no spec of that name';
    if (problem === null) left.push(name);
    else problems.push(`${name} cannot be left out: ${problem}`);
  }
  return builtinLibrary(left);
}

/** Which spec cannot do without these; null when all can. */
function whyNeeded(names: readonly string[]): string | null {
  try {
    builtinLibrary(names).specs();
    return null;
  } catch (error) {
    return `another spec is written with it (${reasonOf(error)})`;
  }
}

/** The same specs for one document: what its host's policies teach stays with it. */
export function ownDecoding({ library }: Decoding): Decoding {
  const own = library.copy();
  return { library: own, dissector: createDissector(own) };
}
