import { parse } from 'yaml';

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
      return { code: `export default ${JSON.stringify(parse(source))};`, map: null };
    },
  };
}
