import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MAIN = at('../../dist/main/electron/main.js');
const PRELOAD = at('../../dist/main/electron/preload.cjs');

/** Where the browser shows what the shell's own scheme answers. */
const ORIGIN = 'https://nlscope.test';

interface Message {
  readonly kind: string;
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly channel?: string;
  readonly port?: number;
  readonly data?: unknown;
  readonly args?: readonly unknown[];
  readonly detail?: string;
}

/** The unmodified main and preload bundles of the desktop edition, with Electron replaced by the double. */
export class Desktop {
  readonly messages: Message[] = [];
  readonly #child: ChildProcess;
  readonly #page: Page;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #next = 1;

  private constructor(child: ChildProcess, page: Page) {
    this.#child = child;
    this.#page = page;
    child.on('message', (message) => void this.#take(message as Message));
  }

  /** Starts the shell and shows its page. `input`: descriptor of its standard input, a pipe of ours by default. */
  static async start(page: Page, args: readonly string[] = [], input: number | 'pipe' = 'pipe'): Promise<Desktop> {
    const home = mkdtempSync(join(tmpdir(), 'nlscope-e2e-'));
    const child = fork(MAIN, args, {
      execArgv: ['--import', at('./register.mjs')],
      stdio: [input, 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, DISPLAY: ':0', XDG_STATE_HOME: home, XDG_CONFIG_HOME: join(home, 'config'), TMPDIR: home },
    });
    // What it leaves behind when it is killed is no capture of the user's.
    child.once('exit', () => rmSync(home, { recursive: true, force: true }));
    const desktop = new Desktop(child, page);
    await desktop.#until((m) => m.kind === 'load');
    await desktop.#prepare();
    await page.goto(`${ORIGIN}/index.html`);
    await desktop.ask('loaded');
    return desktop;
  }

  /** Asks the double's process something; see `answers` in electron.mjs. */
  ask(what: string, more: object = {}): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, ask: what, ...more }, (error) => error && reject(error));
    });
  }

  /** What the page asks. It goes on asking for a moment after the shell was ended: null then. */
  async #answerPage(what: string, more: object): Promise<unknown> {
    if (!this.#child.connected) return null;
    return this.ask(what, more).catch((error: unknown) => {
      if (this.#child.connected) throw error;
      return null;
    });
  }

  /** Closes the last window; resolves with the shell's exit status. */
  async quit(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    this.#child.send({ id: 0, ask: 'closeAll' });
    return ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #until(test: (message: Message) => boolean): Promise<void> {
    while (!this.messages.some(test)) {
      await new Promise((resolve, reject) => {
        this.#child.once('message', resolve);
        this.#child.once('exit', (code) => reject(new Error(`the shell ended with status ${code}`)));
      });
    }
  }

  /** The page's side of Electron: its scheme, the preload script with its modules, and the ports. */
  async #prepare(): Promise<void> {
    const page = this.#page;
    await page.route(`${ORIGIN}/**`, async (route) => {
      const url = route.request().url().replace(ORIGIN, 'nlscope://app');
      const answer = (await this.#answerPage('request', { url })) as {
        status: number;
        headers: Record<string, string>;
        body: string;
      } | null;
      if (answer === null) await route.abort();
      else await route.fulfill({ ...answer, body: Buffer.from(answer.body, 'base64') });
    });
    await page.exposeFunction('electronInvoke', (channel: string, args: unknown[]) =>
      this.#answerPage('invoke', { channel, args }),
    );
    await page.exposeFunction('electronPort', (port: number, data: unknown) =>
      this.#answerPage('portMessage', { port, data }),
    );
    await page.addInitScript({
      content: `(() => {
        const listeners = new Map();
        const ports = new Map();
        const modules = { electron: {
          contextBridge: { exposeInMainWorld: (name, api) => { window[name] = api; } },
          webUtils: { getPathForFile: () => '' },
          ipcRenderer: {
            invoke: (channel, ...args) => window.electronInvoke(channel, args),
            on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
            removeListener: (channel, listener) =>
              listeners.set(channel, (listeners.get(channel) ?? []).filter((l) => l !== listener)),
          },
        } };
        const emit = (channel, event, ...args) => { for (const l of listeners.get(channel) ?? []) l(event, ...args); };
        window.electronSend = (channel, args) => emit(channel, {}, ...args);
        window.electronGive = (channel, id) => {
          const { port1, port2 } = new MessageChannel();
          ports.set(id, port2);
          port2.onmessage = (event) => void window.electronPort(id, event.data);
          emit(channel, { ports: [port1] });
        };
        window.electronPost = (id, data) => ports.get(id)?.postMessage(data);
        ((require, module, exports) => { ${readFileSync(PRELOAD, 'utf8')}
        })((name) => modules[name], { exports: {} }, {});
      })()`,
    });
  }

  async #take(message: Message): Promise<void> {
    this.messages.push(message);
    const run = (name: string, ...args: unknown[]) =>
      this.#page
        .evaluate(([call, values]) => (window as never as Record<string, (...a: unknown[]) => void>)[call](...values), [
          name,
          args,
        ] as const)
        .catch(() => undefined);
    if (message.kind === 'answer') {
      const waiting = this.#waiting.get(message.id ?? -1);
      this.#waiting.delete(message.id ?? -1);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
    } else if (message.kind === 'port') await run('electronGive', message.channel, message.port);
    else if (message.kind === 'send') await run('electronSend', message.channel, message.args);
    else if (message.kind === 'port-message') await run('electronPost', message.port, message.data);
  }
}
