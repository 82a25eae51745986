import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { LabFailure } from './debian.mjs';
import { runGuest } from './guest.mjs';
import { DEFAULT_KERNEL } from './kernel.mjs';

/** The kernel of scenarios that do not say which. */
export const SCENARIO_KERNEL = process.env.NLSCOPE_VM_KERNEL ?? DEFAULT_KERNEL;

/** Folder for what a test file makes; removed when its process ends. */
export const scratch = mkdtempSync(join(tmpdir(), 'nlscope-lab-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/**
 * Runs a shell script of a test in a guest. The script's folder is /root/test there, guest.sh is /root/guest.sh.
 * @param {string} script path
 * @param {Partial<import('./root.mjs').GuestPlan> & import('./guest.mjs').GuestOptions} options
 * @returns {Promise<{out: string, text: (name: string) => string, texts: Record<string, string>}>} the folder with what
 *   the script left in /out, and the contents of its files
 * @throws {LabFailure} when it fails, with what it said
 */
export async function runScenario(script, options) {
  const out = mkdtempSync(join(scratch, 'out-'));
  let said = '';
  const hear = (chunk) => {
    said += chunk;
  };
  const command = ['sh', `/root/test/${basename(script)}`];
  const shared = [`${dirname(script)}:/root/test`, `${join(import.meta.dirname, 'guest.sh')}:/root/guest.sh`];
  const copies = [...shared, ...(options.copies ?? [])];
  const lab = {
    kernel: SCENARIO_KERNEL,
    timeout: 1500,
    cpus: 2,
    ...options,
    command,
    copies,
    out,
    onStdout: hear,
    onStderr: hear,
  };
  const status = await runGuest(lab).catch((error) => {
    throw new LabFailure(`${error.message}\nthe scenario said:\n${said}`);
  });
  if (status !== 0) throw new LabFailure(`the scenario ended with status ${status} and said:\n${said}`);
  const text = (name) => readFileSync(join(out, name), 'utf8');
  return { out, text, texts: Object.fromEntries(readdirSync(out).map((file) => [file, text(file)])) };
}
