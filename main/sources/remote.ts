import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RemoteSource } from '../../app/contracts/index.ts';
import { follow, type PipeListener } from './pipe.ts';

/** How a host is captured on, beside which one. */
export interface RemoteOptions extends RemoteSource {
  /** Arguments of `nlscope capture` there, where it is installed. */
  readonly args?: readonly string[];
  /** The ssh program: NLSCOPE_SSH, else "ssh". */
  readonly ssh?: string;
  /** Nobody can be asked for a password. */
  readonly batch?: boolean;
}

export interface RemoteListener extends PipeListener {
  /** What the other side says on its standard error, a line each. */
  complain(line: string): void;
}

/** Exit status of ssh(1) when the connection failed. */
const SSH_FAILED = 255;
/** Exit status of the script below when nothing there can capture. */
const NO_TOOL = 127;
/** Lines of the other side's standard error that are remembered for the end's reason. */
const LINES_KEPT = 20;

/**
 * What runs on the other host, by sh(1): nlscope, else tcpdump on an nlmon device that is made for it and removed. Its
 * standard input ends with the connection: then the capture is ended too, however the connection ended.
 */
export function remoteScript({ command, args = [] }: Pick<RemoteOptions, 'command' | 'args'>): string {
  const run = [
    'run() { "$@" & pid=$!; { cat <&3 >/dev/null; kill -TERM $pid 2>/dev/null; } & watch=$!;',
    'wait $pid; status=$?; kill $watch 2>/dev/null; return $status; }',
  ].join(' ');
  if (command !== undefined) return `exec 3<&0; ${run}; run sh -c ${quote(command)}`;
  const nlscope = ['nlscope', 'capture', ...args, '-w', '-'].map(quote).join(' ');
  return [
    'exec 3<&0',
    run,
    `if command -v nlscope >/dev/null 2>&1; then run ${nlscope}; exit $?; fi`,
    `command -v tcpdump >/dev/null 2>&1 || { echo 'neither nlscope nor tcpdump is installed there' >&2; exit ${NO_TOOL}; }`,
    "echo 'nlscope is not installed there: tcpdump reads an nlmon device, which shows all traffic of its namespace' >&2",
    'dev=nlmon$$',
    'ip link add $dev type nlmon && ip link set $dev up || { ip link del $dev 2>/dev/null; exit 1; }',
    'trap "ip link del $dev" EXIT',
    'trap : TERM HUP INT',
    'run tcpdump -i $dev -U -w -',
  ].join('\n');
}

/**
 * Captures on another host over the user's ssh and reads what comes. Returns what ends it; `ended` tells why it ended by
 * itself.
 */
export function startRemote(remote: RemoteOptions, listener: RemoteListener): () => void {
  const { host, ssh = process.env['NLSCOPE_SSH'] || 'ssh', batch = false } = remote;
  // A host that begins with "-" would be an option.
  const args = ['-T', ...(batch ? ['-o', 'BatchMode=yes'] : []), '--', host, `sh -c ${quote(remoteScript(remote))}`];
  const child = spawn(ssh, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stdin.on('error', () => {});
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (said.length > LINES_KEPT) said.shift();
    listener.complain(line);
  });
  let stopped = false;
  const exited = new Promise<Error | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? `there is no program "${ssh}"` : error.message;
      resolve(new Error(`ssh cannot be started: ${reason}`));
    });
    child.once('close', (status, signal) => resolve(endOf(status, signal, said.at(-1) ?? '')));
  });
  const stop = follow(child.stdout, {
    bytes: (bytes) => listener.bytes(bytes),
    ended: (error) => void exited.then((end) => stopped || listener.ended(end ?? error)),
  });
  return () => {
    stopped = true;
    stop();
    child.stdin.end();
    child.kill('SIGTERM');
  };
}

function endOf(status: number | null, signal: string | null, said: string): Error | null {
  if (status === 0) return null;
  const words = said === '' ? '' : `: ${said}`;
  if (status === SSH_FAILED) return new Error(`the connection failed or was cut${words}`);
  if (status === NO_TOOL) return new Error(`nothing there can capture${words}`);
  if (status === null) return new Error(`ssh was ended by ${signal}`);
  return new Error(`the capture there ended with status ${status}${words}`);
}

/** A word of sh(1). */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
