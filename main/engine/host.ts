import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Frame, HostApi } from '../../app/contracts/index.ts';
import { leaveHostFolder, makeHostFolder, makeSpoolFolder } from './abandoned.ts';

/** What the engine is told when its thread starts. */
export interface EngineStart {
  readonly edition: 'electron' | 'served';
  /** Private folder for the spool; the host removes it when it is closed. */
  readonly directory: string;
  /** What ended the engine before this one in a sentence, null for the first. */
  readonly crash: string | null;
  /** Folders with the spools that lost threads of this host wrote. */
  readonly lost: readonly string[];
}

/** What the host says to the engine's thread. */
export type EngineCommand = { readonly kind: 'connect'; readonly port: MessagePort } | { readonly kind: 'close' };

/** What the engine's thread tells the host once it serves its first window. */
export type EngineReport = 'serves';

/** The engine as the host process sees it. */
export interface EngineHandle {
  /** The private folder of this host; uploads may be kept in it too. */
  readonly directory: string;
  /**
   * A port that speaks `Frame`s of contracts/host.ts, one for each window. It closes when the engine's thread ends;
   * the next call starts a new thread, and what had been captured stays in its spool, see abandoned.ts.
   */
  connect(): MessagePort;
  /**
   * Ends the thread (it flushes and closes its files and sockets first) and removes the private folder, but for what
   * lost threads had captured and nobody saved or discarded: the next start offers it.
   */
  close(): Promise<void>;
}

/** So many threads that ended before they served anybody are started one right after another, and then one in a while. */
const MOST_FAILED_STARTS = 3;
const FAILED_START_PAUSE_MS = 5000;
const CLOSE_TIMEOUT_MS = 3000;

/**
 * Starts the engine in a thread of its own: decoding never holds up the process that owns windows and connections.
 * @param options.worker URL of the built engine entry; the default is the one beside the host's own bundle
 * @param options.onCrash told in a sentence how a thread ended without being asked to
 */
export function startEngine(options: {
  readonly edition: 'electron' | 'served';
  readonly worker?: URL;
  readonly onCrash?: (reason: string) => void;
}): EngineHandle {
  const entry = options.worker ?? new URL('./engine.js', import.meta.url);
  const root = makeHostFolder();
  const lostFolders: string[] = [];
  // A host that ends by an error leaves its captures to the next one.
  const atExit = (code: number) => {
    if (code === 0) leaveHostFolder(root, lostFolders);
  };
  process.once('exit', atExit);

  let worker: Worker | null = null;
  /** Ends of the ports that the thread was given. */
  const ports = new Set<MessagePort>();
  let crash: string | null = null;
  let closing = false;
  let failedStarts = 0;
  let failedAt = 0;

  const start = (): Worker => {
    const directory = makeSpoolFolder(root);
    const thread = new Worker(entry, {
      workerData: { edition: options.edition, directory, crash, lost: [...lostFolders] } satisfies EngineStart,
      name: 'nlscope-engine',
    });
    let served = false;
    const lost = (reason: string) => {
      if (closing || worker !== thread) return;
      worker = null;
      failedStarts = served ? 0 : failedStarts + 1;
      failedAt = performance.now();
      crash = reason;
      lostFolders.push(directory);
      // One that was on its way to the thread as it ended would never close by itself.
      for (const port of ports) port.close();
      options.onCrash?.(reason);
    };
    thread.on('message', (report: EngineReport) => {
      served = report === 'serves';
    });
    // An uncaught error comes before the ports close and the thread exits: a window that connects in between must not
    // be handed to the thread that is ending.
    thread.on('error', (error) => lost(crashOf(error)));
    thread.on('exit', (code) => lost(`its thread ended with status ${code}`));
    return thread;
  };

  return {
    directory: root,
    connect() {
      if (closing) throw new Error('The engine is closing.');
      if (worker === null) {
        const waits = performance.now() - failedAt < FAILED_START_PAUSE_MS;
        if (failedStarts >= MOST_FAILED_STARTS && waits) throw new Error(`The engine cannot start: ${crash}`);
        worker = start();
      }
      const { port1, port2 } = new MessageChannel();
      ports.add(port1);
      port1.once('close', () => ports.delete(port1));
      worker.postMessage({ kind: 'connect', port: port2 } satisfies EngineCommand, [port2]);
      return port1;
    },
    async close() {
      if (closing) return;
      closing = true;
      if (worker !== null) await endThread(worker);
      process.removeListener('exit', atExit);
      leaveHostFolder(root, lostFolders);
    },
  };
}

function crashOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : error.message;
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
