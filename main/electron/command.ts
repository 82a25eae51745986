import { app } from 'electron';
import { namesCommand } from '../cli/commandNames.ts';
import { unpacked } from './unpacked.ts';

/** Chromium refuses root with its sandbox before any of our code runs. A command opens no page that it would confine. */
const WITHOUT_SANDBOX = '--no-sandbox';

/** A timer that only keeps the event loop alive need never fire. */
const NEVER_MS = 0x7fff_ffff;

/**
 * The command line that the words run instead of opening a window; null when they open one.
 * @param words what follows the program (and, unpackaged, the folder of the application)
 */
export function commandOf(words: readonly string[]): readonly string[] | null {
  const given = words[0] === WITHOUT_SANDBOX ? words.slice(1) : words;
  return namesCommand(given) ? given : null;
}

/**
 * Runs a command and ends the process with its status. It must be awaited by the entry before Electron is ready: until
 * then Chromium has opened neither display nor GPU, and starts no profile.
 */
export async function runInstead(words: readonly string[]): Promise<never> {
  const end = (status: number): never => {
    // Electron ends before it is ready by exit(3), which Node is not told of.
    process.emit('exit', status);
    app.exit(status);
    throw new Error('the process has ended');
  };
  process.exit = (status) => end(Number(status ?? process.exitCode ?? 0));
  // Electron would show them in a dialog.
  const break_ = (error: unknown): never => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return end(1);
  };
  process.on('uncaughtException', break_);
  process.on('unhandledRejection', break_);
  // A loop with nothing to wait for would have Electron go on to its windows.
  setInterval(() => {}, NEVER_MS);
  const { runCommand } = (await import(
    /* @vite-ignore */ unpacked('../command.js', import.meta.url).href
  )) as typeof import('../cli/command.ts');
  return end(await runCommand(words).catch(break_));
}
