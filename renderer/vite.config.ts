import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the window. Relative addresses: it is served over HTTP and from Electron's own protocol. */
export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [react()],
  build: {
    outDir: at('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome120',
    // The window is loaded from this machine: one chunk costs nothing.
    chunkSizeWarningLimit: 2000,
    // A strict policy allows no data: fonts and no inline module preload polyfill.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
