import { defineConfig } from 'vitest/config';
import { yamlPlugin } from './main/setup/yamlPlugin.mjs';

export default defineConfig({
  plugins: [yamlPlugin()],
  test: {
    include: ['app/**/*.test.ts', 'main/**/*.test.ts', 'native/**/*.test.ts', 'renderer/**/*.test.ts?(x)'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Live tests share the machine with whatever else runs on it.
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
