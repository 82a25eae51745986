import { createDissector, type FieldDissector } from '../../app/dissect/index.ts';
import { builtinLibrary } from '../../app/specs/builtin.ts';
import type { SpecLibrary } from '../../app/specs/index.ts';
import { compileLess } from './compilerBudget.ts';

/** What decodes and encodes: made once, used for every capture. */
export interface Decoding {
  readonly library: SpecLibrary;
  readonly dissector: FieldDissector;
}

/** The specs this product ships, compiled, and a dissector that reads by them. */
export function createDecoding(): Decoding {
  compileLess();
  const library = builtinLibrary();
  return { library, dissector: createDissector(library) };
}

/** The same specs for one document: what its host's policies teach stays with it. */
export function ownDecoding({ library }: Decoding): Decoding {
  const own = library.copy();
  return { library: own, dissector: createDissector(own) };
}
