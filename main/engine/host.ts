import { rmSync } from 'node:fs';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Frame, HostApi } from '../../app/contracts/index.ts';
import { makeHostFolder, makeSpoolFolder } from './abandoned.ts';

/** What the engine is told when its thread starts. */
export interface EngineStart {
  readonly edition: 'electron' | 'served';
  /** Private folder for the spool; the host removes it when it is closed. */
  readonly directory: string;
  /** What ended the engine before this one, null for the first. */
  readonly crash: EngineCrash | null;
}

/** How an engine thread ended without being asked to. */
export interface EngineCrash {
  readonly message: string;
  /** Folder with the spool that the lost thread wrote. */
  readonly directory: string;
}

/** What the host says to the engine's thread. */
export type EngineCommand = { readonly kind: 'connect'; readonly port: MessagePort } | { readonly kind: 'close' };

/** The engine as the host process sees it. */
export interface EngineHandle {
  /** The private folder of this host; uploads may be kept in it too. */
  readonly directory: string;
  /**
   * A port that speaks `Frame`s of contracts/host.ts, one for each window. It closes when the engine's thread ends;
   * the next call starts a new thread, and what had been captured stays in its spool, see abandoned.ts.
   */
  connect(): MessagePort;
  /** Ends the thread (it flushes and closes its files and sockets first) and removes the private folder. */
  close(): Promise<void>;
}

/** A thread that dies sooner than this was not brought down by what a user did. */
const SHORT_LIFE_MS = 2000;
const MAX_SHORT_LIVES = 3;
const CLOSE_TIMEOUT_MS = 3000;

/**
 * Starts the engine in a thread of its own: decoding never holds up the process that owns windows and connections.
 * @param options.worker URL of the built engine entry; the default is the one beside the host's own bundle
 */
export function startEngine(options: {
  readonly edition: 'electron' | 'served';
  readonly worker?: URL;
  readonly onCrash?: (crash: EngineCrash) => void;
}): EngineHandle {
  const entry = options.worker ?? new URL('./engine.js', import.meta.url);
  const root = makeHostFolder();
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  // A host that ends by an error leaves its captures to the next one.
  const atExit = (code: number) => {
    if (code === 0) removeRoot();
  };
  process.once('exit', atExit);

  let worker: Worker | null = null;
  let crash: EngineCrash | null = null;
  let closing = false;
  let shortLives = 0;

  const start = (): Worker => {
    const directory = makeSpoolFolder(root);
    const startedAt = Date.now();
    const thread = new Worker(entry, {
      workerData: { edition: options.edition, directory, crash } satisfies EngineStart,
      name: 'nlscope-engine',
    });
    const lost = (reason: string) => {
      if (closing || worker !== thread) return;
      worker = null;
      shortLives = Date.now() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0;
      crash = { message: reason, directory };
      options.onCrash?.(crash);
    };
    // An uncaught error comes before the ports close and the thread exits: a window that connects in between must not
    // be handed to the thread that is ending.
    thread.on('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    thread.on('exit', (code) => lost(`exit code ${code}`));
    return thread;
  };

  return {
    directory: root,
    connect() {
      if (closing) throw new Error('The engine is closing.');
      if (worker === null) {
        if (shortLives >= MAX_SHORT_LIVES) throw new Error(`The engine cannot start: ${crash?.message ?? 'unknown'}`);
        worker = start();
      }
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ kind: 'connect', port: port2 } satisfies EngineCommand, [port2]);
      return port1;
    },
    async close() {
      if (closing) return;
      closing = true;
      if (worker !== null) await endThread(worker);
      process.removeListener('exit', atExit);
      removeRoot();
    },
  };
}

async function endThread(thread: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  thread.postMessage({ kind: 'close' } satisfies EngineCommand);
  const timer = setTimeout(() => void thread.terminate(), CLOSE_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Calls a method of the engine on the host process's own behalf, through a port of its own. */
export function callEngine<M extends keyof HostApi>(
  engine: EngineHandle,
  method: M,
  ...args: Parameters<HostApi[M]>
): ReturnType<HostApi[M]> {
  const port = engine.connect();
  const answer = new Promise((resolve, reject) => {
    port.on('message', (frame: Frame) => {
      if (frame.kind === 'return') resolve(frame.value);
      else if (frame.kind === 'throw') reject(new Error(frame.message));
    });
    port.on('close', () => reject(new Error('the engine ended')));
    port.postMessage({ kind: 'call', id: 1, method, args } satisfies Frame);
  });
  return answer.finally(() => port.close()) as ReturnType<HostApi[M]>;
}
