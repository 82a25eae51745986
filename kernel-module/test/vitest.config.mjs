import { defineConfig } from 'vitest/config';

/** Tests in virtual machines: one after another, each with a boot. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.mjs'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
