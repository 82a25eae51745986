import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel } from './kernel.mjs';

test('the compiled kernel is the one that its source makes', async () => {
  const generated = readFileSync(new URL('../../app/kernel/kernel.generated.ts', import.meta.url), 'utf8');
  expect(generated, 'run: node main/setup/kernel.mjs').toBe(await compileKernel());
});
