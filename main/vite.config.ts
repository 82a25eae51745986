import { chmodSync, existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';
import { yamlPlugin } from './setup/yamlPlugin.mjs';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = at('../dist/main');
const external = ['electron', ...builtinModules, /^node:/];
const target = 'node20.19';
const preload = at('./electron/preload.ts');

/** Bundles of the host: everything but Node's own modules, Electron and the addon is inside. */
const entries: { readonly [output: string]: string } = {
  nlscope: at('./cli/main.ts'),
  command: at('./cli/command.ts'),
  engine: at('./engine/worker.ts'),
  owners: at('./sources/ownersWorker.ts'),
  'electron/main': at('./electron/main.ts'),
  bench: at('./bench/main.ts'),
};

// A sandboxed preload script must be CommonJS in one file, so it is a bundle of its own.
const preloadBuild: InlineConfig = {
  configFile: false,
  root: at('.'),
  logLevel: 'warn',
  build: {
    ssr: true,
    target,
    outDir: `${outDir}/electron`,
    emptyOutDir: false,
    minify: false,
    rollupOptions: { input: preload, external, output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
  },
  ssr: { noExternal: true },
};

const preloadPlugin: Plugin = {
  name: 'nlscope-preload',
  async closeBundle() {
    chmodSync(`${outDir}/nlscope.js`, 0o755);
    if (existsSync(preload)) await build(preloadBuild);
  },
};

/** Engines read and keep a program of plain ASCII in half the time and space. */
const asciiPlugin: Plugin = {
  name: 'nlscope-ascii',
  generateBundle: (_, bundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      chunk.code = chunk.code.replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/**
 * Importing node:process asks it for all it has, standard streams included, and a pipe that was asked for no longer
 * waits for its reader (see printText). commander has enough of it in the global one.
 */
const processPlugin: Plugin = {
  name: 'nlscope-process',
  // No line moves: the source map stays true.
  transform: (code, id) =>
    id.includes('/node_modules/commander/')
      ? { code: code.replace("require('node:process')", 'globalThis.process'), map: null }
      : undefined,
};

export default defineConfig({
  root: at('.'),
  plugins: [yamlPlugin(), processPlugin, asciiPlugin, preloadPlugin],
  build: {
    ssr: true,
    target,
    outDir,
    emptyOutDir: true,
    ssrEmitAssets: true,
    sourcemap: true,
    minify: false,
    rollupOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
      external,
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        // Beside the entries: code that finds its neighbours by import.meta.url finds them from a chunk too.
        chunkFileNames: '[name]-[hash].js',
        // Node reads all of it at every start: without comments and blanks that takes half the time. Names stay.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
  ssr: { noExternal: true },
});
