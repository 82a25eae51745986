import type { Argument, Command, Option } from 'commander';
import { completionValues } from './completionValues.ts';
import { splitLine } from './shellLine.ts';

/** A word that may stand at the end of a command line, and what it is for ("" where it speaks for itself). */
export interface Candidate {
  readonly text: string;
  readonly about: string;
}

/** What may stand at the end of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** The shell adds paths of its own. */
  readonly paths: 'none' | 'files' | 'folders';
}

/** What was given on the command line before: the values of options by their long name (or the short one). */
export type Given = ReadonlyMap<string, string>;

const NOTHING: Completion = { candidates: [], paths: 'none' };

/**
 * What may stand at the end of a command line, by the table of commands.
 * @param line the command line up to the cursor, as it was typed: the program's name first
 * @param root the table
 */
export async function completeLine(line: string, root: Command): Promise<Completion> {
  const { words, last } = splitLine(line);
  const { command, given, position, pending, ended } = walk(words.slice(1), root);
  if (pending !== undefined) return valuesOf(pending, last.text, given);
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(last.text) ?? [];
  if (name !== undefined && !ended) {
    const option = command.options.find(({ long }) => long === name);
    if (option === undefined || !takesValue(option)) return NOTHING;
    const found = await valuesOf(option, value, given);
    return { ...found, candidates: found.candidates.map((one) => ({ ...one, text: `${name}=${one.text}` })) };
  }
  if (last.text.startsWith('-') && last.text !== '-' && !ended) return matching(optionsOf(command), last.text);
  if (command.commands.length > 0) return matching(position === 0 ? commandsOf(command) : [], last.text);
  const argument = command.registeredArguments[Math.min(position, command.registeredArguments.length - 1)];
  if (argument === undefined || (position >= command.registeredArguments.length && !argument.variadic)) {
    return matching(last.text === '' ? optionsOf(command) : [], last.text);
  }
  return valuesOf(argument, last.text, given);
}

interface Walked {
  readonly command: Command;
  readonly given: Given;
  /** How many arguments of the command stand before. */
  readonly position: number;
  /** The option whose value comes next. */
  readonly pending?: Option;
  /** After "--" nothing is an option. */
  readonly ended: boolean;
}

function walk(words: readonly string[], root: Command): Walked {
  let command = root;
  let position = 0;
  let pending: Option | undefined;
  let ended = false;
  const given = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined) {
      given.set(pending.long ?? pending.flags, word);
      pending = undefined;
    } else if (ended || word === '-' || !word.startsWith('-')) {
      const next = position === 0 ? command.commands.find((sub) => sub.name() === word) : undefined;
      if (next !== undefined) command = next;
      // "nlscope help read" names a command, "nlscope -" reads.
      else if (command !== root) position++;
      else if (word === '-') command = root.commands.find((sub) => sub.name() === 'read') ?? root;
      else if (word !== 'help') return { command, given, position: 1, ended };
    } else if (word === '--') {
      ended = true;
    } else {
      const [name, value] = word.split(/=(.*)/s);
      const option = command.options.find(({ long, short }) => long === name || short === name);
      if (option !== undefined && value !== undefined) given.set(name, value);
      else if (option?.required) pending = option;
    }
  }
  return { command, given, position, pending, ended };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

async function valuesOf(slot: Option | Argument, word: string, given: Given): Promise<Completion> {
  if (slot.argChoices !== undefined) return matching(plain(slot.argChoices), word);
  const found = await completionValues(placeholderOf(slot), word, given);
  return { ...found, candidates: matching(found.candidates, word).candidates };
}

/** What the table calls the value: "file" of "-w <file>" and of the argument <file>. */
export function placeholderOf(slot: Option | Argument): string {
  if ('flags' in slot) return /[<[]([^>\].]+)/.exec(slot.flags)?.[1] ?? '';
  return slot.name();
}

function matching(candidates: readonly Candidate[], word: string): Completion {
  const wanted = word.toLowerCase();
  return { candidates: candidates.filter(({ text }) => text.toLowerCase().startsWith(wanted)), paths: 'none' };
}

/** Words that speak for themselves. */
export function plain(words: Iterable<string>): Candidate[] {
  return [...words].map((text) => ({ text, about: '' }));
}

function commandsOf(command: Command): Candidate[] {
  const help = { text: 'help', about: 'help for a command' };
  return [...command.commands.map((sub) => ({ text: sub.name(), about: sub.description() })), help];
}

function optionsOf(command: Command): Candidate[] {
  const help = { text: '--help', about: 'display help for command' };
  const shown = command.options.filter(({ hidden }) => !hidden);
  return [...shown.map((option) => ({ text: option.long ?? option.short ?? '', about: option.description })), help];
}
