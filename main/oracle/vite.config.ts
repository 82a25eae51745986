import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { yamlPlugin } from '../setup/yamlPlugin.mjs';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The comparison as one file beside the built command: what a guest of the VM lab runs with node. */
export default defineConfig({
  root: at('.'),
  plugins: [yamlPlugin()],
  build: {
    ssr: true,
    target: 'node20.19',
    outDir: at('../../dist/oracle'),
    emptyOutDir: true,
    // Specs are files beside the program.
    ssrEmitAssets: true,
    minify: false,
    rollupOptions: {
      input: { oracle: at('./main.ts') },
      external: [...builtinModules, /^node:/],
      output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true },
});
