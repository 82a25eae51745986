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
 * The capture that a command line names, as an absolute path or "-" for standard input; null when it names none. Desktops give files as file:
 * URLs where an application's entry asks for URLs (%U of the Desktop Entry Specification).
 * @param words what follows the program (and, unpackaged, the folder of the application)
 * @param directory what relative paths begin at
 */
export function captureArgument(words: readonly string[], directory: string): string | null {
  const given = words.find(
    (word, at) => word === STANDARD_INPUT || (word !== '' && !word.startsWith('-') && words[at - 1] !== PROFILE),
  );
  if (given === undefined) return null;
  if (given === STANDARD_INPUT) return given;
  if (!given.startsWith('file:')) return resolve(directory, given);
  try {
    return fileURLToPath(given);
  } catch {
    // A URL of another host: said to be missing, by the name that was given.
    return given;
  }
}
