import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { checkSpec, type SpecProblem } from '../../app/specs/checkSpec.ts';
import type { ViewDocument } from '../../app/specs/index.ts';
import { protocolByNumber } from '../../app/wire/index.ts';
import { createDecoding } from '../engine/decoding.ts';
import { reasonOf } from '../engine/fileBytes.ts';
import { loadDecoding } from '../engine/userSpecs.ts';
import { CommandFailure } from './failure.ts';
import { createOutput } from './output.ts';

export interface SpecCheckCommand {
  readonly files: readonly string[];
  /** Presentation of the one file that is checked. */
  readonly view?: string;
  readonly json?: boolean;
}

/** Tells what is wrong with specs in YNL format, a line for each problem. Returns 1 when one cannot be used, else 0. */
export async function specCheck({ files, view, json }: SpecCheckCommand): Promise<number> {
  if (view !== undefined && files.length > 1) throw new CommandFailure('--view goes with one file');
  const { library } = createDecoding();
  const presentation = view === undefined ? undefined : readView(view);
  const output = createOutput();
  let wrong = false;
  for (const file of files) {
    const problems = checkSpec(readText(file), presentation, (id) => library.space(id));
    wrong ||= problems.some(({ severity }) => severity === 'error');
    if (json) output.line(JSON.stringify({ file, problems }));
    else for (const line of problemLines(file, problems)) output.line(line);
  }
  output.flush();
  return wrong ? 1 : 0;
}

function problemLines(file: string, problems: readonly SpecProblem[]): string[] {
  if (problems.length === 0) return [`${file}: nothing is wrong`];
  return problems.map(({ severity, line, column, path, text, hint }) => {
    const place = line === 0 ? file : `${file}:${line}:${column}`;
    const about = path === '' ? '' : `${path}: `;
    return `${place}: ${severity === 'error' ? 'error' : 'warning'}: ${about}${text}${hint === '' ? '' : ` ${hint}`}`;
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

function readView(path: string): ViewDocument {
  const text = readText(path);
  try {
    const view: unknown = parse(text);
    if (typeof view !== 'object' || view === null || Array.isArray(view)) throw new Error('it is no map of keys');
    return view as ViewDocument;
  } catch (error) {
    throw new CommandFailure(`${path} is no view: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}

/** Lists the specs in force, a line each: name, what it is about, and the file it comes from where it is not ours. */
export async function specList({ json }: { readonly json?: boolean }): Promise<number> {
  const { decoding, specs } = loadDecoding();
  const paths = new Map(specs.loaded.map(({ name, path }) => [name, path]));
  const output = createOutput();
  for (const spec of [...decoding.library.specs()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const about = spec.genlFamily === '' ? protocolByNumber(spec.protocol).name : 'NETLINK_GENERIC';
    const from = paths.get(spec.name) ?? '';
    if (json) output.line(JSON.stringify({ name: spec.name, protocol: about, path: from === '' ? null : from }));
    else output.line(`${spec.name.padEnd(22)} ${about.padEnd(24)} ${from === '' ? 'nlscope' : from}`);
  }
  output.flush();
  for (const problem of specs.problems) process.stderr.write(`nlscope: ${problem}\n`);
  return specs.problems.length === 0 ? 0 : 1;
}
