import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STANDARD_INPUT } from '../sources/pipe.ts';

const PROFILE = '--profile';

/** The profile that a command line names, "--profile NAME" or "--profile=NAME"; undefined when it names none. */
export function profileArgument(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === PROFILE || word.startsWith(`${PROFILE}=`));
  return words[at] === PROFILE ? words[at + 1] : words[at]?.slice(PROFILE.length + 1);
}

/**
 * The captures that a command line names, as absolute paths or "-" for standard input, in its order. Desktops give files as file:
 * URLs where an application's entry asks for URLs (%U of the Desktop Entry Specification).
 * @param words what follows the program (and, unpackaged, the folder of the application)
 * @param directory what relative paths begin at
 */
export function captureArguments(words: readonly string[], directory: string): readonly string[] {
  return words
    .filter(
      (word, at) => word === STANDARD_INPUT || (word !== '' && !word.startsWith('-') && words[at - 1] !== PROFILE),
    )
    .map((given) => pathOf(given, directory));
}

function pathOf(given: string, directory: string): string {
  if (given === STANDARD_INPUT) return given;
  if (!given.startsWith('file:')) return resolve(directory, given);
  try {
    return fileURLToPath(given);
  } catch {
    // A URL of another host: said to be missing, by the name that was given.
    return given;
  }
}
