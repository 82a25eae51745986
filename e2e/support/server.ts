import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built command; `npm test` says where it is. */
export const COMMAND =
  process.env['NLSCOPE_COMMAND'] ?? fileURLToPath(new URL('../../dist/main/nlscope.js', import.meta.url));

/** Runs a program without any capability: what an ordinary user has. */
const WITHOUT_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'];

/** A module that Node loads before nlscope, and what it does. */
const BREAKER = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) {
    let engine;
    process.on('worker', (worker) => { engine = worker; });
    process.on('SIGUSR2', () => void engine.terminate());
  }
`)}`;

/** The served edition, run as a user runs it: the built command, in a process of its own. */
export class Server {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #home: string;
  /** The link that signs one browser in. */
  readonly link: string;
  /** http://127.0.0.1:41234 */
  readonly origin: string;
  /** Its XDG_CONFIG_HOME. */
  readonly config: string;
  /** What the server said on standard error. */
  readonly complaints: readonly string[];

  private constructor(
    child: ChildProcess,
    ended: Promise<void>,
    home: string,
    link: string,
    complaints: readonly string[],
  ) {
    this.#child = child;
    this.#ended = ended;
    this.#home = home;
    this.config = join(home, 'config');
    this.link = link;
    this.origin = new URL(link).origin;
    this.complaints = complaints;
  }

  /**
   * Starts a server on a free port and waits for its link. Its list of recent files, its settings and its spools are its own, so that no test meets
   * another's. Rejects with what the server said when it ends instead.
   * @param privileged false: the server has no capability, whoever runs the tests
   * @param breakable `breakEngine` may be called
   */
  static async start({ privileged = true, breakable = false } = {}): Promise<Server> {
    const home = mkdtempSync(join(tmpdir(), 'nlscope-e2e-'));
    const command = [process.execPath, COMMAND, 'serve', '--port', '0'];
    const [program, ...args] = privileged ? command : [...WITHOUT_CAPABILITIES, ...command];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        XDG_STATE_HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        TMPDIR: home,
        ...(breakable && { NODE_OPTIONS: `--import ${BREAKER}` }),
      },
    });
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        complaints.push(`the server ended: ${signal ?? `exit status ${code}`}`);
        resolve();
      });
    });
    const link = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${complaints.join('\n')}`)));
    });
    return new Server(child, ended, home, link, complaints);
  }

  /** Whether the server still runs. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether a test brought it down. */
  wasKilled = false;

  /** Ends the server as a crash would, without a word to its windows. */
  async kill(): Promise<void> {
    this.wasKilled = true;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends the engine's thread alone, in the middle of whatever it does. */
  breakEngine(): void {
    this.#child.kill('SIGUSR2');
  }

  /** Ends the server as Ctrl+C does. */
  async stop(): Promise<void> {
    if (this.running) this.#child.kill('SIGTERM');
    await this.#ended;
    rmSync(this.#home, { recursive: true, force: true });
  }
}
