import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { GenlFamily } from '../../../app/dissect/api.ts';
import { listGenlFamilies } from '../../sources/genlFamilies.ts';
import { netlinkRequest } from '../../sources/request.ts';
import { makeNamespace, type TestNamespace } from '../../sources/testing/namespace.ts';

/** A kernel with its tools, as a scene asks them: a namespace of this machine's, or what was recorded of another. */
export interface Kernel {
  /**
   * Runs a program; each word of `line` is an argument, and so is what stands between '…'. Returns what it printed,
   * throws what it complained of.
   */
  run(line: string, input?: string): string;
  /** Sends a request and returns the datagrams of the answer; throws when the kernel refused. */
  request(question: KernelQuestion): Promise<readonly Uint8Array[]>;
  families(): Promise<readonly GenlFamily[]>;
  /** Starts a program and waits for the first line that it prints; `remove` ends it. */
  start(program: string, ...args: string[]): Promise<void>;
  remove(): void;
}

export interface KernelQuestion {
  readonly protocol: number;
  readonly bytes: Uint8Array;
  readonly strictCheck: boolean;
}

/** A namespace of its own on the running kernel. */
export class NamespaceKernel implements Kernel {
  readonly #namespace: TestNamespace = makeNamespace();
  readonly #started: ChildProcess[] = [];

  get path(): string {
    return this.#namespace.path;
  }

  run(line: string, input?: string): string {
    const [program = '', ...args] = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
    return execFileSync('ip', this.#inside(program, args), {
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 26,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  async request({ protocol, bytes, strictCheck }: KernelQuestion): Promise<readonly Uint8Array[]> {
    const asked = await netlinkRequest({ protocol, netns: this.path, extAck: true, strictCheck }, bytes);
    if (!asked.ok) throw new Error(asked.error.message);
    const { outcome, errno, replies } = asked.value;
    if (outcome === 'error' || outcome === 'timeout') throw new Error(`the kernel answered: ${outcome} ${errno}`);
    return replies.map((reply) => reply.bytes);
  }

  async families(): Promise<readonly GenlFamily[]> {
    const listed = await listGenlFamilies(this.path);
    return listed.ok ? listed.value : [];
  }

  async start(program: string, ...args: string[]): Promise<void> {
    const child = this.#spawn(program, args, 'inherit');
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
  }

  /** Starts a program and hands on what it prints, until it is killed; `remove` ends it. */
  watch([program = '', ...args]: readonly string[], onText: (text: string) => void): ChildProcess {
    const child = this.#spawn(program, args, 'ignore');
    child.stdout?.setEncoding('utf8').on('data', onText);
    return child;
  }

  remove(): void {
    for (const child of this.#started) child.kill();
    this.#namespace.remove();
  }

  #spawn(program: string, args: readonly string[], stderr: 'ignore' | 'inherit'): ChildProcess {
    const child = spawn('ip', this.#inside(program, args), { stdio: ['ignore', 'pipe', stderr] });
    this.#started.push(child);
    return child;
  }

  #inside = (program: string, args: readonly string[]) => ['netns', 'exec', this.#namespace.name, program, ...args];
}
