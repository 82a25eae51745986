import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The command as users run it, built from the sources as they are. */
export interface BuiltCommand {
  /** Runs it to its end. */
  run(args: readonly string[], input?: string | Uint8Array): CommandResult;
  /** Starts it; the caller ends it. */
  start(args: readonly string[]): ChildProcess;
  /** Path of its entry. */
  readonly entry: string;
  /** Its environment, for those who start it otherwise. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the host's bundles in a folder of their own: what lies in dist/ may be old. */
export async function buildCommand(): Promise<BuiltCommand> {
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-build-'));
  await build({
    configFile: at('../../vite.config.ts'),
    logLevel: 'error',
    build: { outDir: directory, sourcemap: false, emptyOutDir: false },
  });
  const entry = join(directory, 'nlscope.js');
  const env = {
    ...process.env,
    NLSCOPE_ADDON: at('../../../native/build/Release/nlscope.node'),
    XDG_STATE_HOME: join(directory, 'state'),
  };
  return {
    entry,
    env,
    run(args, input = '') {
      const options = { env, input, maxBuffer: 1 << 28, encoding: 'utf8' as const };
      const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], options);
      return { status, stdout, stderr };
    },
    start: (args) => spawn(process.execPath, [entry, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Path of a capture in the repository. */
export function capturePath(name: string): string {
  return at(`../../../e2e/captures/${name}`);
}
