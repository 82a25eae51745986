import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { namespacesMissing } from '../sources/testing/namespace.ts';
import { consult } from './testing/oracle.ts';
import { ORACLES } from './testing/oracles.ts';

const isMissing = (tool: string) => spawnSync('which', [tool]).status !== 0;

/** What the kernel's own tools print of a namespace, and what we read from the same kernel. */
describe.skipIf(namespacesMissing() !== undefined)('in a namespace of its own', () => {
  // A loaded machine takes its time over hundreds of commands.
  test.each(ORACLES)('$name', { timeout: 300_000 }, async (oracle) => {
    const missing = oracle.tools.filter(isMissing);
    if (missing.length > 0) {
      console.warn(`skipped: ${oracle.name}: ${missing.join(', ')} not installed`);
      return;
    }
    const { findings, objects, refused } = await consult(oracle);
    // `npm run oracle` tells the reasons.
    if (refused.size > 0) console.warn(`skipped: ${oracle.name}: not here: ${[...refused.keys()].join('; ')}`);
    expect(findings.differences).toEqual([]);
    // A kernel without modules makes none of some things, and older tools print broken JSON: recordings have those.
    if (objects === 0 && refused.size > 0) return;
    expect(objects).toBeGreaterThan(0);
    expect(findings.values).toBeGreaterThan(objects);
  });
});
