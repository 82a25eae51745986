import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { createDissector } from '../../app/dissect/index.ts';
import { builtinLibrary } from '../../app/specs/builtin.ts';
import { checkSpec } from '../../app/specs/checkSpec.ts';
import type { SpecLibrary, ViewDocument, YnlDocument } from '../../app/specs/index.ts';
import type { Decoding } from './decoding.ts';
import { reasonOf } from './fileBytes.ts';
import { configFolder, SPECS_VARIABLE, SYSTEM_SPECS_VARIABLE, WITHOUT_SPECS_VARIABLE } from './settings.ts';

/** A file that is larger is no spec. */
const LARGEST = 8 << 20;

/** Specs that came into force, and what was skipped and why: a line each. */
export interface UserSpecs {
  readonly loaded: readonly { readonly name: string; readonly path: string }[];
  readonly problems: readonly string[];
}

/** The user's own folder of specs. */
export function ownSpecFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(configFolder(environment), 'specs');
}

/**
 * Folders that specs are read from, later ones overriding earlier ones: the kernel's (where they are asked for: an
 * installed ynl, else the sources of the running kernel), the user's own, then those that the environment names.
 */
export function specFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const named = (environment[SPECS_VARIABLE] ?? '').split(delimiter).filter((folder) => folder !== '');
  const own = ownSpecFolder(environment);
  return [
    ...((environment[SYSTEM_SPECS_VARIABLE] ?? '') === '' ? [] : systemFolders()),
    ...(existsSync(own) ? [own] : []),
    ...named,
  ];
}

/** Specs of ours that the environment leaves out, by name. */
export function leftOutSpecs(environment: NodeJS.ProcessEnv = process.env): string[] {
  return (environment[WITHOUT_SPECS_VARIABLE] ?? '').split(',').filter((name) => name !== '');
}

function systemFolders(): string[] {
  const places = [
    '/usr/share/ynl/specs',
    `/lib/modules/${release()}/source/Documentation/netlink/specs`,
    '/usr/src/linux/Documentation/netlink/specs',
  ];
  return [places.find((place) => existsSync(place)) ?? places[0]];
}

/**
 * As `createDecoding`, without some of our specs and with those of the user's folders, which extend or override ours.
 * What is left out is read by the kernel's policy. A spec that others are written with stays, and the problems tell.
 */
export function loadDecoding(
  folders = specFolders(),
  without = leftOutSpecs(),
): { readonly decoding: Decoding; readonly specs: UserSpecs } {
  const problems: string[] = [];
  const library = libraryWithout(without, problems);
  const { loaded, problems: broken } = loadUserSpecs(library, folders);
  return {
    decoding: { library, dissector: createDissector(library) },
    specs: { loaded, problems: [...problems, ...broken] },
  };
}

/** Names of the specs that nlscope has of its own. */
export function ownSpecNames(): readonly string[] {
  return builtinLibrary()
    .specs()
    .map(({ name }) => name);
}

function libraryWithout(names: readonly string[], problems: string[]): SpecLibrary {
  if (names.length === 0) return builtinLibrary();
  const ours = new Set(ownSpecNames());
  const left: string[] = [];
  for (const name of names) {
    const problem = ours.has(name) ? whyNeeded([...left, name]) : 'there is no spec of that name';
    if (problem === null) left.push(name);
    else problems.push(`${name} cannot be left out: ${problem}`);
  }
  return builtinLibrary(left);
}

/** Which spec cannot do without these; null when all can. */
function whyNeeded(names: readonly string[]): string | null {
  try {
    const library = builtinLibrary(names);
    // What a set names in another spec shows when it is compiled.
    while (library.compileOne());
    return null;
  } catch (error) {
    return `another spec is written with it (${reasonOf(error)})`;
  }
}

/**
 * Puts the specs of some folders in force, each with the NAME.view.yaml beside it. What is broken is told and skipped;
 * all others stay in force. Never throws.
 */
export function loadUserSpecs(library: SpecLibrary, folders: readonly string[]): UserSpecs {
  const loaded: { name: string; path: string }[] = [];
  const problems: string[] = [];
  for (const folder of folders) {
    for (const path of specFiles(folder, problems)) {
      const name = loadSpec(library, path, problems);
      if (name !== null) loaded.push({ name, path });
    }
  }
  return { loaded, problems };
}

function specFiles(folder: string, problems: string[]): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name) && !/\.view\.ya?ml$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    problems.push(`${folder}: specs cannot be read from it: ${reasonOf(error)}`);
    return [];
  }
}

/** The name of the spec that came into force; null where the file is broken or no spec. */
function loadSpec(library: SpecLibrary, path: string, problems: string[]): string | null {
  let text = '';
  let view: ViewDocument | undefined;
  try {
    if (statSync(path).size > LARGEST) throw new Error(`it is larger than ${LARGEST >> 20} MiB`);
    text = readFileSync(path, 'utf8');
    // Some of the kernel's own files give a key twice.
    const document: unknown = parse(text, { uniqueKeys: false });
    if (isSchema(document)) return null;
    const beside = path.replace(/\.(ya?ml)$/, '.view.$1');
    if (existsSync(beside)) view = parse(readFileSync(beside, 'utf8')) as ViewDocument;
    const { name } = library.add(document as YnlDocument, view);
    const wrong = brokenAt(path, text, view, library);
    if (wrong !== null) problems.push(`${wrong} (it is in force as far as it can be read)`);
    return name;
  } catch (error) {
    problems.push(`${brokenAt(path, text, view, library) ?? `${path}: ${reasonOf(error)}`} (this spec is skipped)`);
    return null;
  }
}

/** The schemas of the format lie beside the kernel's specs. */
function isSchema(document: unknown): boolean {
  return typeof document === 'object' && document !== null && '$id' in document;
}

/** The first thing that is wrong with a spec, with its line; null where nothing is found. */
function brokenAt(path: string, text: string, view: ViewDocument | undefined, library: SpecLibrary): string | null {
  const [first] = checkSpec(text, view, (id) => library.space(id)).filter(({ severity }) => severity === 'error');
  if (first === undefined) return null;
  const place = first.line === 0 ? path : `${path}:${first.line}:${first.column}`;
  return `${place}: ${first.path === '' ? '' : `${first.path}: `}${first.text} ${first.hint}`.trim();
}
