import type { Plugin } from 'vite';

/** A Vite/Vitest plugin that turns `import spec from './x.yaml'` into the parsed document. */
export function yamlPlugin(): Plugin;
