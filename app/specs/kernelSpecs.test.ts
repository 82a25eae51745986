import { describe, expect, it } from 'vitest';
import { builtinLibrary } from './builtin.ts';
import { compileSpec } from './compile.ts';
import { compareWithKernel } from './testing/kernelComparison.ts';
import explained from './testing/kernelDifferences.yaml';
import { KERNEL_SPECS, kernelTreeRelease } from './testing/kernelSpecs.ts';
import { headersVersion } from './uapi/areas.ts';
import type { YnlDocument } from './ynl.ts';

/** Of what a kernel spec says otherwise: patterns of differences, with the reason why ours are as they are. */
const EXPLAINED = explained as { readonly [spec: string]: { readonly [difference: string]: string } };

describe.skipIf(KERNEL_SPECS.length === 0)('the kernel’s own specs', () => {
  const library = builtinLibrary();

  it.each(KERNEL_SPECS.map((document) => [document.name, document] as const))(
    '%s compiles unmodified',
    (name, document) => {
      const spec = compileSpec(document);
      expect(spec.name).toBe(name);
      expect(spec.spaces.size).toBe(document['attribute-sets'].length);
      const listed = document.operations?.list.length ?? 0;
      expect(
        new Set([...spec.requests.values(), ...spec.replies.values()].map((m) => m.specName)).size,
      ).toBeGreaterThan(listed === 0 ? -1 : 0);
    },
  );

  const ours = (document: YnlDocument): boolean =>
    document.protocol === 'netlink-raw' || library.genlSpec(document.name) !== undefined;

  // The explanations are about the specs of the release whose headers ours were written from.
  it
    .runIf([undefined, headersVersion()].includes(kernelTreeRelease()))
    .each(KERNEL_SPECS.filter(ours).map((document) => [document.name, document] as const))(
    '%s says what ours say',
    (name, document) => {
      const reasons = Object.keys(EXPLAINED[name] ?? {});
      const used = new Set<string>();
      const open = compareWithKernel(compileSpec(document), library).flatMap(({ path, what }) => {
        const line = `${path.slice(name.length + 1)}: ${what}`;
        const reason = reasons.find((pattern) => matches(pattern, line));
        if (reason !== undefined) used.add(reason);
        return reason === undefined ? [line] : [];
      });
      expect(open).toEqual([]);
      expect(reasons.filter((reason) => !used.has(reason))).toEqual([]);
    },
  );
});

/** Whether a difference is the one explained; a star in the explanation stands for anything. */
function matches(pattern: string, line: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}
