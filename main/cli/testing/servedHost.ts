import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Frame, HostApi, HostState, Notice } from '../../../app/contracts/index.ts';
import type { BuiltCommand } from './command.ts';

const RECONNECT_LOOK_MS = 10;

/** The served edition in a process of its own, with one window's end of the wire. */
export interface ServedHost {
  readonly process: ChildProcess;
  /** http://127.0.0.1:41234, and the cookie that a browser signed in with. */
  readonly origin: string;
  readonly cookie: string;
  readonly notices: readonly Notice[];
  /** What the window was told last. */
  state(): HostState | null;
  /** What the host has said on its standard error. */
  complaints(): string;
  /** Rejects when the connection is lost before the answer. */
  call<M extends keyof HostApi>(method: M, ...args: Parameters<HostApi[M]>): ReturnType<HostApi[M]>;
  /** Resolves when the host has closed the connection. */
  disconnected(): Promise<void>;
  /**
   * Connects anew, as a window does that was cut off, until it is told a state; what it was told before is forgotten.
   */
  reconnect(): Promise<void>;
  /** Ends it by SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends it by SIGTERM; its exit status. */
  end(): Promise<number | null>;
}

export interface ServedOptions {
  /** What follows "serve". Standard input is then a pipe. */
  readonly args?: readonly string[];
  /** A command that runs it, such as unshare(1). */
  readonly wrapper?: readonly string[];
  /** Beside the command's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts `nlscope serve` and signs in. The process has a channel for messages beside standard output and error.
 * @param directory where its spools are
 */
export async function startServed(
  command: Pick<BuiltCommand, 'entry' | 'env'>,
  directory: string,
  { args: words = [], wrapper = [], env = {} }: ServedOptions = {},
): Promise<ServedHost> {
  const [program, ...args] = [...wrapper, process.execPath, command.entry, 'serve', ...words];
  const child = spawn(program, args, {
    env: { ...command.env, TMPDIR: directory, ...env },
    stdio: [words.length > 0 ? 'pipe' : 'ignore', 'pipe', 'pipe', 'ipc'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let complaints = '';
  child.stderr?.on('data', (data) => {
    complaints += data;
  });
  const link = await new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${complaints}`)));
  });
  const { origin } = new URL(link);
  const signedIn = await fetch(link);
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  const notices: Notice[] = [];
  let state: HostState | null = null;
  let calls = 0;
  let waiting = new Map<number, (frame: Frame | null) => void>();
  let socket: WebSocket;
  let closed: Promise<void>;
  const connect = async () => {
    notices.length = 0;
    state = null;
    const opened = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { headers: { cookie, origin } });
    opened.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.kind === 'event' && frame.name === 'state') state = frame.data as HostState;
      else if (frame.kind === 'event' && frame.name === 'notice') notices.push(frame.data as Notice);
      else if (frame.kind === 'return' || frame.kind === 'throw') waiting.get(frame.id)?.(frame);
    });
    // A host that is killed takes the connection with it.
    opened.on('error', () => {});
    closed = new Promise((resolve) => opened.once('close', () => resolve()));
    void closed.then(() => {
      const unanswered = waiting;
      waiting = new Map();
      for (const answer of unanswered.values()) answer(null);
    });
    socket = opened;
    await new Promise((resolve) => opened.once('open', resolve));
  };
  await connect();
  return {
    process: child,
    origin,
    cookie,
    notices,
    state: () => state,
    complaints: () => complaints,
    call: ((method, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, (frame) => {
          waiting.delete(id);
          if (frame?.kind === 'return') resolve(frame.value as never);
          else reject(new Error(frame?.kind === 'throw' ? frame.message : 'the connection is lost'));
        });
        socket.send(JSON.stringify({ kind: 'call', id, method, args }));
      })) as ServedHost['call'],
    disconnected: () => closed,
    async reconnect() {
      for (let cut = true; cut; ) {
        await connect();
        const isCut = closed.then(() => true);
        while (state === null && !(await Promise.race([isCut, sleep(RECONNECT_LOOK_MS, false)])));
        cut = state === null;
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
      socket.terminate();
    },
    async end() {
      child.kill('SIGTERM');
      return gone;
    },
  };
}
