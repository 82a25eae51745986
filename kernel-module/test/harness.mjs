import { join } from 'node:path';
import { buildModules } from '../../main/setup/vm/moduleBuild.mjs';
import { runScenario, scratch } from '../../main/setup/vm/scenario.mjs';

/** Builds the lab module for a kernel: its .ko files, and what make said. */
export function buildLab(kernel) {
  return buildModules(kernel, join(import.meta.dirname, '..'), join(scratch, kernel));
}

/** Runs a scenario of this folder in a guest; the folder with what it left in /out, and the contents by file name. */
export function scenario(name, options) {
  return runScenario(join(import.meta.dirname, `${name}.sh`), options);
}

/** Lines of a kernel log that tell of a mistake in the module. */
export function trouble(log) {
  const words = /WARNING|BUG|Oops|general protection|possible recursive|suspicious RCU|refcount|use-after-free|leak/;
  return log.split('\n').filter((line) => words.test(line));
}
