import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import { REMOTE_WARNING, type RunningServer, startServer } from '../serve/server.ts';
import { CommandFailure } from './failure.ts';

export interface ServeCommand {
  readonly port: number;
  readonly host: string;
  readonly open: boolean;
  /** A capture to show at once: a file, a pipe, or "-" for standard input. */
  readonly capture?: string;
  readonly insecureRemote: boolean;
}

/** Runs the served edition until SIGINT or SIGTERM. The first line on standard output is the link. */
export async function serve(command: ServeCommand): Promise<number> {
  const onCrash = (reason: string) => void process.stderr.write(`nlscope: the engine stopped: ${reason}\n`);
  const server = await startServer({ ...command, onCrash }).catch((error: Error) => {
    throw new CommandFailure(`cannot serve: ${error.message}`);
  });
  if (command.insecureRemote) process.stderr.write(`warning: nothing is encrypted: ${REMOTE_WARNING}\n`);
  // Whoever reads the link may have gone.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  process.stdout.write(`${server.issueLink()}\n`);
  const another = isatty(0) ? 'Press Enter for another, ' : '';
  process.stderr.write(`The link works once. ${another}Ctrl+C to stop.\n`);
  const removePage = command.open ? openBrowser(server) : null;

  const lines = isatty(0) ? createInterface({ input: process.stdin }) : null;
  lines?.on('line', () => process.stdout.write(`${server.issueLink()}\n`));
  await stopSignal();
  lines?.close();
  removePage?.();
  await server.close();
  return 0;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Who owns the desktop: the user who called sudo, or ourselves; null for a root login, whose browser would refuse. */
function desktopUser(): { uid: number; gid: number } | 'self' | null {
  if (process.getuid?.() !== 0) return 'self';
  const uid = Number(process.env['SUDO_UID'] ?? 0);
  const gid = Number(process.env['SUDO_GID'] ?? 0);
  return uid > 0 && gid > 0 ? { uid, gid } : null;
}

// Command lines are visible to every user of the machine, so the browser is given a private file that leads to the
// link rather than the link. Returns what removes that file.
function openBrowser(server: RunningServer): (() => void) | null {
  const user = desktopUser();
  if (user === null) {
    process.stderr.write('Not opening a browser as root: open the link in your own.\n');
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-open-'));
  const page = join(directory, 'nlscope.html');
  const link = server.issueLink();
  writeFileSync(page, `<!doctype html><title>nlscope</title><meta http-equiv="refresh" content="0; url=${link}">`, {
    mode: 0o600,
  });
  if (user !== 'self') for (const path of [page, directory]) chownSync(path, user.uid, user.gid);
  const child = spawn('xdg-open', [page], { detached: true, stdio: 'ignore', ...(user === 'self' ? {} : user) });
  child.on('error', () => process.stderr.write('xdg-open is not installed: open the link in a browser.\n'));
  child.unref();
  return () => rmSync(directory, { recursive: true, force: true });
}
