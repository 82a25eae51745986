import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { flagsFor } from './compilerBudget.ts';

test('the flags that are set are ones that this V8 has', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const flag of flagsFor(Number.parseInt(process.versions.v8, 10))) expect(known).toContain(`${flag} (`);
});

test('a V8 that nobody has looked at yet is left as it is', () => {
  expect(flagsFor(99)).toEqual([]);
});
