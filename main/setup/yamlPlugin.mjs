import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './steps.mjs';

const CACHE = join(ROOT, 'node_modules', '.cache', 'nlscope-yaml');

const LAZY = '?lazy';

/**
 * A Vite/Vitest plugin that turns `import spec from './x.yaml'` into the parsed document, and `./x.yaml?lazy` into its
 * head (what the product asks of specs it does not need) with `read()`, which parses the rest when it is asked for.
 * Specs are parsed when the product is built, so no YAML parser runs at start-up.
 * @returns {import('vite').Plugin}
 */
export function yamlPlugin() {
  let isBuild = false;
  return {
    name: 'nlscope-yaml',
    configResolved(config) {
      isBuild = config.command === 'build';
    },
    transform(source, id) {
      const lazy = id.endsWith(LAZY);
      const path = lazy ? id.slice(0, -LAZY.length) : id;
      if (!path.endsWith('.yaml')) return null;
      const json = parsedAsJson(source);
      // Engines parse JSON in a string faster than the same as a program.
      if (!lazy) return { code: `export default JSON.parse(${JSON.stringify(json)});`, map: null };
      const { name, protocol, protonum, short, uses } = JSON.parse(json);
      const head = JSON.stringify({ name, protocol, protonum, short, uses });
      if (!isBuild) return { code: `export default { ...${head}, read: () => (${json}) };`, map: null };
      const fileName = `specs/${basename(path, '.yaml')}.json`;
      this.emitFile({ type: 'asset', fileName, source: json });
      const code = [
        "import { readFileSync } from 'node:fs';",
        // Where the program lies is worked out anew each time that it is asked for.
        `const file = () => import.meta.dirname + ${JSON.stringify(`/${fileName}`)};`,
        `export default { ...${head}, read: () => JSON.parse(readFileSync(file(), 'utf8')) };`,
      ];
      return { code: code.join('\n'), map: null };
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
