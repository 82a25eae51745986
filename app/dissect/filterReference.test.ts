import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { filterReference } from '../filter/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { createFieldRegistry } from './filterFields.ts';

const page = fileURLToPath(new URL('../../docs/filter-reference.md', import.meta.url));

it('docs/filter-reference.md is what the code says (npx vitest run filterReference -u writes it)', async () => {
  await expect(filterReference(createFieldRegistry(builtinLibrary()))).toMatchFileSnapshot(page);
});
