import { expect, it } from 'vitest';
import { builtinLibrary } from '../builtin.ts';
import { familyCoverage } from './coverage.ts';

const coverage = familyCoverage(builtinLibrary(), () => false);

it('knows every rtnetlink type, netfilter subsystem and nl80211 command', () => {
  for (const [share, declared] of [
    [coverage.rtmTypes, 75],
    [coverage.subsystems, 12],
    [coverage.nl80211Commands, 172],
  ] as const) {
    expect(share).toEqual({ known: declared, declared, missing: [] });
  }
  expect(coverage.protocols.declared).toBe(14);
  expect(coverage.familiesNamed.declared).toBe(64);
  expect(coverage.typedAttributes).toBeGreaterThanOrEqual(4000);
});
