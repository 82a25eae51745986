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

/** A command that runs. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  /** Resolves when standard output (standard error) holds it. */
  sees(what: RegExp): Promise<void>;
  complains(what: RegExp): Promise<void>;
  /** Resolves with everything, once it has ended. */
  readonly ended: Promise<{ status: number | null; out: string; err: string }>;
  /** Ends it by SIGINT. */
  stop(): RunningCommand['ended'];
}

/** Starts a command and waits until standard error holds `ready`. Rejects when it ends before. */
export async function startCommand(
  command: BuiltCommand,
  args: readonly string[],
  ready: RegExp,
): Promise<RunningCommand> {
  const child = command.start(args);
  let out = '';
  let err = '';
  const watchers = new Set<() => void>();
  child.stdout?.on('data', (data) => {
    out += data;
    for (const watch of watchers) watch();
  });
  child.stderr?.on('data', (data) => {
    err += data;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<{ status: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (status) => resolve({ status, out, err }));
  });
  const when = (text: () => string, what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const watch = () => {
        if (!what.test(text())) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
      void ended.then(() => reject(new Error(`it ended without ${what}: ${out}${err}`)));
    });
  const complains = (what: RegExp) => when(() => err, what);
  await complains(ready);
  return {
    process: child,
    out: () => out,
    err: () => err,
    sees: (what) => when(() => out, what),
    complains,
    ended,
    stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** Path of a capture in the repository. */
export function capturePath(name: string): string {
  return at(`../../../e2e/captures/${name}`);
}
