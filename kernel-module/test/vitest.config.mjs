import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * Tests in virtual machines: one after another, each with a boot. Every run builds, loads and unloads the module; the
 * long scenarios (examples, bursts, the tap) run when NLSCOPE_VM asks for them: `long` on one kernel, `all` on two.
 */
const LONG = ['kernel-module/test/*.test.mjs', 'e2e/vm/*.test.mjs'];

export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: process.env.NLSCOPE_VM ? LONG : ['kernel-module/test/module.test.mjs'],
    fileParallelism: false,
    testTimeout: 2_400_000,
    hookTimeout: 2_400_000,
  },
});
