import { release } from 'node:os';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { GenlFamily } from '../../../app/dissect/api.ts';
import type { Kernel, KernelQuestion } from './kernel.ts';

/** What a kernel and its tools answered to each question, in the order of asking. */
export interface Recording {
  /** Of the kernel. */
  readonly release: string;
  readonly runs: { readonly [line: string]: readonly Answer<string>[] };
  /** Datagrams in base64, by the request in hex. */
  readonly requests: { readonly [request: string]: readonly Answer<readonly string[]>[] };
  readonly families: readonly GenlFamily[];
}
type Answer<T> = { readonly said: T } | { readonly complaint: string };

/** A scene asks what the recording does not hold: it has to be made anew. */
export class NotRecorded extends Error {}

/** Hands questions on to a kernel and writes down what it answers. */
export class RecordingKernel implements Kernel {
  readonly #kernel: Kernel;
  readonly #runs: { [line: string]: Answer<string>[] } = {};
  readonly #requests: { [request: string]: Answer<readonly string[]>[] } = {};
  #families: readonly GenlFamily[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  run(line: string, input?: string): string {
    this.#runs[line] ??= [];
    try {
      const said = this.#kernel.run(line, input);
      this.#runs[line].push({ said });
      return said;
    } catch (error) {
      this.#runs[line].push({ complaint: wordsOf(error) });
      throw error;
    }
  }

  async request(question: KernelQuestion): Promise<readonly Uint8Array[]> {
    const key = keyOf(question);
    this.#requests[key] ??= [];
    try {
      const datagrams = await this.#kernel.request(question);
      this.#requests[key].push({ said: datagrams.map((bytes) => Buffer.from(bytes).toString('base64')) });
      return datagrams;
    } catch (error) {
      this.#requests[key].push({ complaint: wordsOf(error) });
      throw error;
    }
  }

  async families(): Promise<readonly GenlFamily[]> {
    this.#families = await this.#kernel.families();
    return this.#families;
  }

  start = (program: string, ...args: string[]) => this.#kernel.start(program, ...args);

  remove(): void {
    this.#kernel.remove();
  }

  /** All that was asked until now, compressed. */
  save(): Uint8Array {
    const recording: Recording = {
      release: release(),
      runs: this.#runs,
      requests: this.#requests,
      families: this.#families,
    };
    return gzipSync(JSON.stringify(recording), { level: 9 });
  }
}

/** Answers as a recorded kernel did; questions that were asked again have their answers in order. */
export class RecordedKernel implements Kernel {
  readonly #recording: Recording;
  readonly #asked = new Map<string, number>();

  constructor(saved: Uint8Array) {
    this.#recording = JSON.parse(gunzipSync(saved).toString('utf8')) as Recording;
  }

  run(line: string): string {
    return this.#next(line, this.#recording.runs[line]);
  }

  async request(question: KernelQuestion): Promise<readonly Uint8Array[]> {
    const key = keyOf(question);
    return this.#next(key, this.#recording.requests[key]).map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  }

  async families(): Promise<readonly GenlFamily[]> {
    return this.#recording.families;
  }

  async start(): Promise<void> {}

  remove(): void {}

  #next<T>(key: string, answers: readonly Answer<T>[] | undefined): T {
    const asked = this.#asked.get(key) ?? 0;
    this.#asked.set(key, asked + 1);
    const answer = answers?.[asked];
    if (answer === undefined) throw new NotRecorded(`the recording has no answer to ${key}`);
    if ('complaint' in answer) throw new Error(answer.complaint);
    return answer.said;
  }
}

const keyOf = ({ protocol, bytes }: KernelQuestion) => `${protocol} ${Buffer.from(bytes).toString('hex')}`;
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
