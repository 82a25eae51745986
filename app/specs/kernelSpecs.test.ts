import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileSpec } from './compile.ts';
import type { YnlDocument } from './ynl.ts';

/** A folder with the kernel's own YNL specs (Documentation/netlink/specs of a kernel tree). */
const folder = process.env['NLSCOPE_YNL_SPECS'] ?? '/usr/src/linux/Documentation/netlink/specs';

function specFiles(): string[] {
  try {
    return readdirSync(folder).filter((f) => f.endsWith('.yaml'));
  } catch {
    return [];
  }
}

const files = specFiles();

describe.skipIf(files.length === 0)('the kernel’s own specs', () => {
  it.each(files)('%s compiles unmodified', (file) => {
    const document = parse(readFileSync(join(folder, file), 'utf8'), { uniqueKeys: false }) as YnlDocument;
    if (document['attribute-sets'] === undefined) return; // the schemas stand beside the specs
    const spec = compileSpec(document);
    expect(spec.name).toBe(document.name);
    expect(spec.spaces.size).toBe(document['attribute-sets'].length);
    const listed = document.operations?.list.length ?? 0;
    expect(new Set([...spec.requests.values(), ...spec.replies.values()].map((m) => m.specName)).size).toBeGreaterThan(
      listed === 0 ? -1 : 0,
    );
  });
});
