import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './steps.mjs';

const CACHE = join(ROOT, 'node_modules', '.cache', 'nlscope-yaml');

/**
 * A Vite/Vitest plugin that turns `import spec from './x.yaml'` into the parsed document.
 * Specs are parsed when the product is built, so no YAML parser runs at start-up.
 * @returns {import('vite').Plugin}
 */
export function yamlPlugin() {
  return {
    name: 'nlscope-yaml',
    transform(source, id) {
      if (!id.endsWith('.yaml')) return null;
      // Engines parse JSON in a string faster than the same as a program.
      return { code: `export default JSON.parse(${JSON.stringify(parsedAsJson(source))});`, map: null };
    },
  };
}

/** The document as JSON. Parsing all specs takes seconds, so what was parsed is kept by its content. */
function parsedAsJson(source) {
  const file = join(CACHE, `${createHash('sha256').update(source).digest('hex')}.json`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const json = JSON.stringify(parse(source));
    mkdirSync(CACHE, { recursive: true });
    // Builds and test runs may do this side by side: a reader must never see half a file.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, json);
    renameSync(partial, file);
    return json;
  }
}
