import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests in virtual machines, one after another: a guest has both processors of a small machine to itself. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['kernel-module/test/*.test.mjs', 'e2e/vm/*.test.mjs'],
    fileParallelism: false,
    testTimeout: 2_400_000,
    hookTimeout: 2_400_000,
  },
});
