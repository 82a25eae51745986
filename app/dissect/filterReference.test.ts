import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type FilterField, filterReference } from '../filter/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { createFieldRegistry, type FilterRecord } from './filterFields.ts';

const page = fileURLToPath(new URL('../../docs/filter-reference.md', import.meta.url));

/** The fields that begin with the same word, of every word. */
const words = new Map<string, FilterField<FilterRecord>[]>();
for (const field of createFieldRegistry(builtinLibrary()).all()) {
  const [word] = field.name.split('.');
  words.set(word!, [...(words.get(word!) ?? []), field]);
}
// Each word takes a registry of its own: all of them in one test would take longer than a test may.
const PARTS = 12;
const parts = Array.from({ length: PARTS }, (_, part) => [...words.values()].filter((_, at) => at % PARTS === part));

it.each(parts)(
  'a field is the same whether all are known or it is the first that is asked for (part %#)',
  (...part) => {
    const library = builtinLibrary();
    expect(part.length).toBeGreaterThan(5);
    for (const fields of part) {
      const registry = createFieldRegistry(library.copy());
      // The last of them: what comes first must not decide.
      for (const field of fields.reverse()) expect(plain(registry.find(field.name))).toEqual(plain(field));
    }
  },
);

function plain(field: FilterField<FilterRecord> | undefined) {
  const { name, type, detail, doc, bits, names } = field ?? {};
  return { name, type, detail, doc, bits, names: names && [...names] };
}

it('docs/filter-reference.md is what the code says (npx vitest run filterReference -u writes it)', async () => {
  await expect(filterReference(createFieldRegistry(builtinLibrary()))).toMatchFileSnapshot(page);
});
