import { isExtcapCall } from './extcapCall.ts';

/** The commands of the command line (command.ts), and what asks for help or the version. */
export const COMMAND_NAMES: readonly string[] = [
  'read',
  'diff',
  'stats',
  'coverage',
  'roundtrip',
  'decode',
  'families',
  'spec',
  'doctor',
  'sockets',
  'capture',
  'extcap',
  'recover',
  'listen',
  'send',
  'replay',
  'serve',
  'completion',
];

const ASKING: readonly string[] = ['help', '--help', '-h', '--version'];

/**
 * True for a command line that runs a command, rather than opening a window: where one program does both, its first
 * word decides. A file of such a name is given as ./read.
 * @param words what follows the program's name
 */
export function namesCommand(words: readonly string[]): boolean {
  const [first = ''] = words;
  return COMMAND_NAMES.includes(first) || ASKING.includes(first) || isExtcapCall(words);
}
