import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createFieldRegistry } from '../../app/dissect/filterFields.ts';
import { completeFilter, type FilterField, withMacros } from '../../app/filter/index.ts';
import { DECODE_RULE_GRAMMAR, READINGS } from '../../app/specs/index.ts';
import { findProtocol, PROTOCOLS } from '../../app/wire/index.ts';
import { genlKnowledge } from '../engine/genlKnowledge.ts';
import { SettingsFile } from '../engine/settingsFile.ts';
import { loadDecoding, ownSpecNames } from '../engine/userSpecs.ts';
import { takeInventory } from '../sources/inventory.ts';
import { OWN_NETNS } from '../sources/netns.ts';
import { type Candidate, type Completion, type Given, plain } from './completion.ts';
import { groupPaths } from './groupPaths.ts';
import { LIMIT_NAMES } from './limits.ts';

type Source = (word: string, given: Given) => Completion | Promise<Completion>;

const FILES: Completion = { candidates: [], paths: 'files' };
const FOLDERS: Completion = { candidates: [], paths: 'folders' };

/** What may stand for a value, by what the table of commands calls it. Values that are missing here are free text. */
const SOURCES: { readonly [placeholder: string]: Source } = {
  file: () => FILES,
  files: () => FILES,
  others: () => FILES,
  capture: () => FILES,
  path: () => FILES,
  program: () => FILES,
  folder: () => FOLDERS,
  filter,
  list: fieldList,
  protocol: () => words(protocolNames()),
  'PROTO/GROUP': groups,
  where: () => ({ ...words(plain(entries('/run/netns'))), paths: 'files' }),
  limit: () => words(plain(LIMIT_NAMES.map((name) => `${name}:`))),
  profile: () => words(plain(new SettingsFile().state.profiles)),
  spec: () => words(plain(ownSpecNames())),
  rule: decodeRule,
  family: async () => words(plain((await genlFamilies()).map(({ name }) => name))),
  host: () => words(plain(sshHosts())),
  operation,
};

/** What may stand for a value that the table of commands calls so, where the word is begun. Never throws. */
export async function completionValues(placeholder: string, word: string, given: Given): Promise<Completion> {
  try {
    return (await SOURCES[placeholder]?.(word, given)) ?? words([]);
  } catch {
    // What cannot be looked up is typed in full; the command itself tells what is wrong.
    return words([]);
  }
}

function words(candidates: readonly Candidate[]): Completion {
  return { candidates, paths: 'none' };
}

function protocolNames(): Candidate[] {
  return PROTOCOLS.map(({ name, title }) => ({ text: name.replace('NETLINK_', ''), about: title }));
}

function inventory() {
  return takeInventory(OWN_NETNS.path, genlKnowledge(loadDecoding().decoding.library));
}

async function genlFamilies() {
  return (await inventory()).protocols.flatMap(({ genlFamilies }) => genlFamilies);
}

/** Groups of this kernel, by the spelling of the protocol's name that was begun. */
async function groups(word: string): Promise<Completion> {
  const small = word !== '' && word === word.toLowerCase();
  const paths = (await inventory()).protocols.filter(({ locked }) => locked === null).flatMap(groupPaths);
  return words(plain(small ? paths.map((path) => path.toLowerCase()) : paths));
}

function operation(_word: string, given: Given): Completion {
  const protocol = findProtocol(given.get('--protocol') ?? '');
  const all = [...loadDecoding().decoding.library.operations()].map(({ message }) => message);
  const meant = all.filter(({ spec }) => protocol === undefined || spec.protocol === protocol.number);
  return words(plain(new Set(meant.map(({ name }) => name))));
}

function registry() {
  const { decoding } = loadDecoding();
  return withMacros(
    createFieldRegistry(decoding.library, () => 0n),
    () => new SettingsFile().macros,
  );
}

/** The whole filter with each way that its last word may go on. */
function filter(word: string): Completion {
  const { from, options } = completeFilter(word, word.length, registry(), interfaceNames);
  const before = word.slice(0, from);
  return words(options.map(({ label, detail, doc }) => ({ text: before + label, about: doc || detail })));
}

/** Names of this machine's interfaces, for fields that hold one. */
function interfaceNames({ name, type }: FilterField<never>) {
  if (type !== 'string' || !/(ifname|\bdev)$/.test(name)) return [];
  return entries('/sys/class/net').map((text) => ({ text: JSON.stringify(text), count: 1 }));
}

/** Fields separated by commas: the last one goes on. */
function fieldList(word: string): Completion {
  const before = word.slice(0, word.lastIndexOf(',') + 1);
  const fields = registry().complete(word.slice(before.length), 200);
  return words(fields.map(({ name, detail, doc }) => ({ text: before + name, about: doc || detail })));
}

/** What is read otherwise, then "=", then a reading or a spec. */
async function decodeRule(word: string): Promise<Completion> {
  const equals = word.indexOf('=');
  const before = word.slice(0, equals + 1);
  if (equals !== -1)
    return words(plain([...READINGS.map(({ name }) => name), ...ownSpecNames()].map((name) => before + name)));
  if (word.startsWith('genl:')) return words(plain((await genlFamilies()).map(({ name }) => `genl:${name}`)));
  if (word.startsWith('proto:')) {
    return words(protocolNames().map(({ text, about }) => ({ text: `proto:${text.toLowerCase()}`, about })));
  }
  const kinds = DECODE_RULE_GRAMMAR.matchAll(/^(\w+:)[A-Z].*? {2,}(.*)$/gm);
  return words([...kinds].map(([, text, about]) => ({ text, about })));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/** Hosts that the user's ssh configuration names, patterns left out. */
function sshHosts(): string[] {
  const text = readFileSync(join(homedir(), '.ssh/config'), 'utf8');
  const named = [...text.matchAll(/^\s*Host\s+(.+)$/gim)].flatMap(([, names]) => names.trim().split(/\s+/));
  return named.filter((name) => !/[*?!]/.test(name));
}
