import { defineConfig } from 'vitest/config';

/** Tests in virtual machines: one after another, each with a boot. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['module.test.mjs'],
    fileParallelism: false,
    testTimeout: 2_400_000,
    hookTimeout: 2_400_000,
  },
});
