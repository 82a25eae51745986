import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runGuest } from '../../main/setup/vm/guest.mjs';
import { buildModules } from '../../main/setup/vm/moduleBuild.mjs';

/** Folder for what a test file makes; removed when its process ends. */
export const scratch = mkdtempSync(join(tmpdir(), 'nlscope-lab-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Builds the lab module for a kernel: its .ko files, and what make said. */
export function buildLab(kernel) {
  return buildModules(kernel, join(import.meta.dirname, '..'), join(scratch, kernel));
}

/** Runs a scenario of this folder in a guest; what it left in /out, by file name. */
export async function scenario(name, options) {
  const out = mkdtempSync(join(scratch, 'out-'));
  let said = '';
  const hear = (chunk) => {
    said += chunk;
  };
  const command = ['sh', `/root/test/${name}.sh`];
  const copies = [`${import.meta.dirname}:/root/test`, ...(options.copies ?? [])];
  const lab = { timeout: 1500, cpus: 2, ...options, command, copies, out, onStdout: hear, onStderr: hear };
  expect(await runGuest(lab), said).toBe(0);
  return Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'utf8')]));
}

/** Lines of a kernel log that tell of a mistake in the module. */
export function trouble(log) {
  const words = /WARNING|BUG|Oops|general protection|possible recursive|suspicious RCU|refcount|use-after-free|leak/;
  return log.split('\n').filter((line) => words.test(line));
}
