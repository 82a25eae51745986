import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { Frame, HostApi, HostState, Notice } from '../../../app/contracts/index.ts';
import type { BuiltCommand } from './command.ts';

/** The served edition in a process of its own, with one window's end of the wire. */
export interface ServedHost {
  readonly process: ChildProcess;
  readonly notices: readonly Notice[];
  /** What the window was told last. */
  state(): HostState | null;
  call<M extends keyof HostApi>(method: M, ...args: Parameters<HostApi[M]>): ReturnType<HostApi[M]>;
  /** Ends it by SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `nlscope serve` and signs in.
 * @param directory where its spools are
 * @param wrapper a command that runs it, such as unshare(1)
 */
export async function startServed(
  command: BuiltCommand,
  directory: string,
  wrapper: readonly string[] = [],
): Promise<ServedHost> {
  const [program, ...args] = [...wrapper, process.execPath, command.entry, 'serve'];
  const child = spawn(program, args, { env: { ...command.env, TMPDIR: directory }, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const link = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${complaints}`)));
  });
  const { origin } = new URL(link);
  const signedIn = await fetch(link);
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { headers: { cookie, origin } });
  const waiting = new Map<number, (frame: Frame) => void>();
  const notices: Notice[] = [];
  let state: HostState | null = null;
  let calls = 0;
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.kind === 'event' && frame.name === 'state') state = frame.data as HostState;
    else if (frame.kind === 'event' && frame.name === 'notice') notices.push(frame.data as Notice);
    else if (frame.kind === 'return' || frame.kind === 'throw') waiting.get(frame.id)?.(frame);
  });
  // A host that is killed takes the connection with it.
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  return {
    process: child,
    notices,
    state: () => state,
    call: ((method, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, (frame) => {
          waiting.delete(id);
          if (frame.kind === 'return') resolve(frame.value as never);
          else if (frame.kind === 'throw') reject(new Error(frame.message));
        });
        socket.send(JSON.stringify({ kind: 'call', id, method, args }));
      })) as ServedHost['call'],
    async kill() {
      child.kill('SIGKILL');
      await gone;
      socket.terminate();
    },
  };
}
