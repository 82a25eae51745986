import { readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { Argument, Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { STATISTICS_TABLES } from '../../app/contracts/index.ts';
import { thereIs } from '../../app/filter/near.ts';
import { DECODE_RULE_GRAMMAR, READINGS } from '../../app/specs/index.ts';
import { findProtocol, PROTOCOLS, type Protocol } from '../../app/wire/index.ts';
import { version } from '../../package.json';
import { DECODE_AS_VARIABLE } from '../engine/decodeRules.ts';
import { reasonOf } from '../engine/fileBytes.ts';
import { PROFILE_VARIABLE, SPECS_VARIABLE, SYSTEM_SPECS_VARIABLE, WITHOUT_SPECS_VARIABLE } from '../engine/settings.ts';
import { type Netns, resolveNetns } from '../sources/netns.ts';
import { SHELLS, type Shell } from './completionShells.ts';
import { helpEnd } from './examples.ts';
import { isExtcapCall } from './extcapCall.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { collectLimit } from './limits.ts';
import { OutputClosed, printText } from './output.ts';

/** Wrong use, or input that cannot be read. */
const STATUS_FAILURE = 2;

/** How a network namespace is named. */
const WHERE = 'a name of ip-netns(8), a process id, or a path';

/** What netlink_sendmsg() in the kernel's net/netlink/af_netlink.c does with an address. */
const SEND_FACTS = `
Of a mask of groups the kernel serves the lowest bit alone, so each bit gets a datagram of its own. What goes to a group
goes to the portid as well, and that is the kernel (0) unless --portid says otherwise: kernel sockets join no groups,
so a module must look at the group of the message itself, as nlscope_lab does with its parameter r_grps.`;

/** Commands that decode: they take decode-as rules. */
const DECODING = [
  'read',
  'diff',
  'stats',
  'coverage',
  'roundtrip',
  'decode',
  'capture',
  'listen',
  'send',
  'replay',
  'serve',
];

/** Commands that take no specs of the user's. */
const WITHOUT_SPECS = ['check', 'infer', 'completion'];

/** Commands that filter: they take a profile. */
const PROFILED = ['read', 'diff', 'stats', 'capture', 'replay', 'serve'];

const DECODE_AS_FACTS = `
Decode-as rules:
${DECODE_RULE_GRAMMAR.replace(/^/gm, '  ')}
READING is a spec (of messages), SPEC/SET, SPEC/STRUCT, the constant of an attribute that reads alike, or one of
  ${READINGS.map(({ name }) => name)
    .join(' ')
    .replace(/(.{1,110})( |$)/g, '$1\n  ')
    .trim()}`;

/**
 * Runs the command that a command line names and returns its exit status: 0 done, 1 refused or different, 2 wrong use or
 * broken input, which has then been told on standard error. Throws what no user can have caused.
 * @param words what follows the program's name
 */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    let status = 0;
    const root = program((result) => {
      status = result;
    });
    await root.parseAsync(commandLine(words, root), { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : STATUS_FAILURE;
    if (!(error instanceof CommandFailure)) throw error;
    process.stderr.write(`nlscope: ${error.message}\n`);
    return STATUS_FAILURE;
  }
}

/** Wireshark names no command, "nlscope -" reads standard input, and help for a command that is none is a mistake. */
function commandLine(words: readonly string[], root: Command): string[] {
  const [first, second] = words;
  if (first === '-') return ['read', ...words];
  if (first === 'help' && second !== undefined && root.commands.every((command) => command.name() !== second)) {
    return [second];
  }
  return words[0] !== 'extcap' && isExtcapCall(words) ? ['extcap', ...words] : [...words];
}

/**
 * The command line: every command with its options.
 * @param finish is told the exit status of the command that ran
 */
export function program(finish: (status: number) => void): Command {
  const root = new Command('nlscope')
    .description('Inspect netlink: read and capture messages, decode, filter, craft and send them.')
    .version(version, '--version')
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({
      writeOut: printText,
      outputError: (text, write) => write(`nlscope: ${oneLine(text)}\n`),
    })
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 the kernel refused or messages differ, 2 wrong use or broken input.',
    );

  root
    .command('read')
    .description(
      'print the messages of a capture, of a pipe ("-": standard input) as they come: pcap or pcapng, also compressed with gzip or zstd; a hex dump; a trace of strace -e read=all -e write=all',
    )
    .argument('<file>')
    .option('-Y <filter>', 'only messages that pass this display filter')
    .option(
      '-w <file>',
      'write the messages to a pcapng file instead of printing them; "-" writes it to standard output',
    )
    .addOption(new Option('--json', 'one JSON object for each message').conflicts(['csv', 'fields', 'verbose']))
    .addOption(new Option('--csv', 'comma separated, with a header line').conflicts(['fields', 'verbose']))
    .addOption(
      new Option('--fields <list>', 'tab separated values of these filter fields').argParser(list).conflicts('verbose'),
    )
    .option('-V, --verbose', 'every field of every message')
    .option(
      '--protocol <protocol>',
      'protocol of a hex dump that does not tell it: ROUTE, GENERIC, …, or a number',
      protocol,
    )
    .option('--max-size <GiB>', 'what a compressed file may grow to (default 16)', positiveNumber)
    .action(async (file: string, options) => finish(await (await import('./read.ts')).read({ file, ...options })));

  root
    .command('diff')
    .description(
      'compare two messages of a capture (two dumps, where both ask for one), or what the dumps of two captures tell of; status 1 when they differ',
    )
    .usage('[options] <file> <number> <number>\n       nlscope diff [options] <file> <file>')
    .argument('<file>')
    .argument('<others...>', 'the numbers of two messages, or another file')
    .option('-Y <filter>', 'of two files: only messages that pass this display filter')
    .option('--all', 'of two messages: the fields that are the same, too')
    .option('--counters', 'what differs by itself, too: counters, ages, timers, lengths, sequence numbers')
    .option('--json', 'one JSON object')
    .action(async (file: string, others: string[], options) => {
      if (others.length > 2) throw new CommandFailure('diff takes two messages, or two files');
      finish(await (await import('./diff.ts')).diff({ file, others, ...options }));
    });

  root
    .command('stats')
    .description(
      'count the messages of a capture by family, type, netlink address and process: requests, answers, errors, and how long answers took',
    )
    .argument('<file>')
    .option('-Y <filter>', 'only messages that pass this display filter')
    .addOption(new Option('--by <table>', 'this table alone').choices(STATISTICS_TABLES))
    .addOption(new Option('--json', 'one JSON object: all tables, and the messages by time').conflicts('by'))
    .action(async (file: string, options) => finish(await (await import('./stats.ts')).stats({ file, ...options })));

  root
    .command('coverage')
    .description('tell which share of the attributes in captures is named and typed')
    .argument('<files...>')
    .option('--json', 'one JSON object')
    .action(async (files: string[], options) =>
      finish(await (await import('./coverage.ts')).coverage({ files, ...options })),
    );

  root
    .command('roundtrip')
    .description('decode every message, encode it again and compare the bytes')
    .argument('<files...>')
    .option('--json', 'one JSON object')
    .action(async (files: string[], options) =>
      finish(await (await import('./roundtrip.ts')).roundtrip({ files, ...options })),
    );

  root
    .command('decode')
    .description('decode bytes given as hex digits (as an argument or on standard input)')
    .argument('[hex...]')
    .requiredOption('--protocol <protocol>', 'ROUTE, GENERIC, …, or a number', protocol)
    .option('--json', 'one JSON object for each message')
    .action(async (hex: string[], options) =>
      finish(await (await import('./decode.ts')).decode({ hex: hex.join(''), ...options })),
    );

  root
    .command('families')
    .description('list the protocols and generic netlink families of this kernel')
    .addOption(
      new Option('--netns <where>', `of another network namespace: ${WHERE}`)
        .argParser(netnsPath)
        .conflicts('coverage'),
    )
    .option('--coverage', 'what nlscope knows of every protocol and family, against the kernel headers')
    .option('--json', 'one JSON object')
    .action(async (options) => finish(await (await import('./families.ts')).families(options)));

  const spec = root.command('spec').description('work on specs in YNL format');
  spec
    .command('check')
    .description('tell what is wrong with specs, line by line; status 1 when one cannot be used')
    .argument('<files...>')
    .option('--view <file>', 'a view that goes with the spec')
    .option('--json', 'one JSON object for each file')
    .action(async (files: string[], options) =>
      finish(await (await import('./spec.ts')).specCheck({ files, ...options })),
    );

  spec
    .command('infer')
    .description('write a spec to begin with, from the policy of a generic netlink family and from what captures show')
    .argument('<family>')
    .option('--capture <file>', 'a capture with messages of the family, repeatable', collect, [])
    .action(async (family: string, options) =>
      finish(await (await import('./inferSpec.ts')).specInfer({ family, ...options })),
    );
  spec
    .command('list')
    .description('list the specs in force and where each comes from')
    .option('--json', 'one JSON object for each spec')
    .action(async (options) => finish(await (await import('./spec.ts')).specList(options)));

  root
    .command('doctor')
    .description('tell what this user may do on this kernel, what the privileged helper adds, and how to install it')
    .action(async () => finish(await (await import('./doctor.ts')).doctor()));

  root
    .command('sockets')
    .description('list the netlink sockets of this machine: process, address, groups, queue and losses')
    .option('--netns <where>', `of another network namespace: ${WHERE}`, netnsPath)
    .option('--json', 'one JSON array for each list')
    .option('--watch [seconds]', 'list again and again (default: every second)', positiveNumber)
    .action(async (options) =>
      finish(
        await (await import('./sockets.ts')).sockets({ ...options, watch: options.watch === true ? 1 : options.watch }),
      ),
    );

  root
    .command('capture')
    .description('capture multicast messages; without --group and --tap, everything this kernel permits')
    .addOption(
      new Option('--group <PROTO/GROUP>', 'a group by name or number, repeatable')
        .argParser(collect)
        .default([])
        .conflicts('all'),
    )
    .option('--all', 'every group this kernel permits, also beside a tap')
    .option('--tap', 'what passes between other programs and the kernel, by an nlmon device made for it')
    .option(
      '--every-copy',
      "with --tap: also the copies of a multicast for further receivers, and nlscope's own messages",
    )
    .option('-w <file>', 'write a pcapng file; "-" writes it to standard output and prints nothing')
    .option('-Y <filter>', 'show only messages that pass this display filter')
    .addOption(new Option('--json', 'one JSON object for each message').conflicts(['csv', 'fields', 'verbose']))
    .addOption(new Option('--csv', 'comma separated, with a header line').conflicts(['fields', 'verbose']))
    .addOption(
      new Option('--fields <list>', 'tab separated values of these filter fields').argParser(list).conflicts('verbose'),
    )
    .option('-V, --verbose', 'every field of every message')
    .option('--netns <where>', `in a network namespace, repeatable: ${WHERE}`, collect, [])
    .option(
      '-b, --ring-buffer <limit>',
      'with -w: go on in the next file at filesize:KB, duration:SECONDS or messages:N, and keep the last files:N; repeatable',
      collectLimit,
      {},
    )
    .option(
      '-a, --autostop <limit>',
      'stop at duration:SECONDS, filesize:KB, messages:N or files:N, whichever comes first; repeatable',
      collectLimit,
      {},
    )
    .option(
      '--remote <host>',
      'capture on another host over ssh, in place of this one: by nlscope where it is installed there, else by tcpdump; repeatable',
      remoteHost,
      [],
    )
    .option('--remote-command <command>', 'what runs there instead: it writes a capture to its standard output')
    .option('--ssh <program>', 'the ssh program (default: $NLSCOPE_SSH, else ssh)')
    .option('--receive-buffer <bytes>', 'what the kernel may keep for each socket (default: 32 MiB)', positiveInteger)
    .option('--duration <seconds>', 'the same as -a duration:SECONDS', positiveNumber)
    .option('--stop-after <messages>', 'the same as -a messages:N', positiveInteger)
    .action(async ({ ringBuffer, autostop, ...options }) =>
      finish(await (await import('./capture.ts')).capture({ ...options, b: ringBuffer, a: autostop })),
    );

  root
    .command('extcap')
    .description('capture for Wireshark: link nlscope into its extcap folder')
    .option('--extcap-interfaces', 'list the interfaces')
    .option('--extcap-interface <name>', 'the interface that is meant')
    .option('--extcap-dlts', 'tell its link type')
    .option('--extcap-config', 'tell the options of a capture')
    .option('--extcap-version <version>', "Wireshark's version")
    .option('--extcap-capture-filter <filter>', 'there are none for netlink')
    .option('--capture', 'capture until the pipe is closed')
    .option('--fifo <path>', 'the pipe that is written to')
    .option('--groups <names>', 'PROTOCOL/GROUP, separated by blanks')
    .option('--netns <names>', 'network namespaces, separated by blanks')
    .option('--remote <host>', 'user@host')
    .action(async (options) => finish(await (await import('./extcap.ts')).extcap(options)));

  root
    .command('recover')
    .description(
      'list captures of the window that were not saved when nlscope was brought down, or save or discard them',
    )
    .argument('[number]', 'which one of the list; needed when there are several', positiveInteger)
    .addOption(new Option('-w <file>', 'write it to a pcapng file; without --discard it is kept as well'))
    .addOption(new Option('--open', 'open it in the default browser').conflicts(['w', 'discard']))
    .option('--discard', 'remove it for good')
    .addOption(new Option('--json', 'list: one JSON object for each').conflicts(['w', 'open', 'discard']))
    .action(async (number: number | undefined, options) =>
      finish(await (await import('./recover.ts')).recover({ number, ...options })),
    );

  root
    .command('listen')
    .description('print what arrives at one socket of a protocol')
    .requiredOption('--protocol <protocol>', 'ROUTE, USERSOCK, …, or a number', protocol)
    .option('--groups <mask>', 'groups 1 to 32 as a bit mask', unsigned32, 0)
    .option('--portid <number>', 'the address to listen at', unsigned32)
    .option('--netns <where>', `in another network namespace: ${WHERE}`, netns)
    .option('--duration <seconds>', 'stop after this time', positiveNumber)
    .action(async (options) => finish(await (await import('./listen.ts')).listen(options)));

  root
    .command('send')
    .description('send a message and print the answer')
    .requiredOption('--protocol <protocol>', 'ROUTE, GENERIC, …, or a number', protocol)
    .addOption(new Option('--op <operation>', 'an operation, such as RTM_NEWLINK').conflicts(['hex', 'text']))
    .option('--json <values>', 'fields of the operation as JSON')
    .option('--dump', 'ask for the whole table (the default for operations without --json)')
    .addOption(new Option('--hex <bytes>', 'a whole datagram in hex').conflicts(['text', 'json']))
    .addOption(new Option('--text <text>', 'a message whose payload is this text').conflicts('json'))
    .option('--portid <number>', 'to this address instead of the kernel', unsigned32, 0)
    .option('--groups <mask>', 'to these multicast groups, one datagram for each bit', unsigned32, 0)
    .option('--netns <where>', `in another network namespace: ${WHERE}`, netnsPath)
    .option('--timeout <seconds>', 'how long to wait for the answer', positiveNumber, 2)
    .addHelpText('after', SEND_FACTS)
    .action(async (options) => finish(await (await import('./send.ts')).send(options)));

  root
    .command('replay')
    .description(
      'send the requests of a capture again, in their order: what they change here, or in another network namespace; interfaces and generic netlink families are found by their names, and what cannot be is told before anything is sent',
    )
    .argument('<file>')
    .option('-Y <filter>', 'only requests that pass this display filter')
    .option('--netns <where>', `in another network namespace: ${WHERE}`, netnsPath)
    .option('--dry-run', 'tell what would be sent, and what becomes of its numbers; send nothing')
    .option('--reads', 'requests that only ask, too')
    .option('--keep-going', 'go on after a request that was refused (default: stop)')
    .addOption(new Option('--pauses <which>', 'between requests').choices(['recorded', 'none']).default('none'))
    .option('--as-recorded', 'send numbers that have no counterpart there as they were recorded')
    .option('--json', 'one JSON object for each request')
    .action(async (file: string, options) => finish(await (await import('./replay.ts')).replay({ file, ...options })));

  root
    .command('serve')
    .description('open the window in a browser: serve it on this machine')
    .argument('[capture]', 'show it at once: a file, a pipe, or "-" for what comes through standard input')
    .option('--port <number>', 'port to listen on, 0 for any', port, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--open', 'open it in the default browser', false)
    .option('--insecure-remote', 'allow an address that others can reach, unencrypted', false)
    .action(async (capture: string | undefined, options) =>
      finish(await (await import('./serve.ts')).serve({ capture, ...options })),
    );

  root
    .command('completion')
    .description('print a script that has a shell complete commands, options and values')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .argument('[line...]', 'print what may come next on this command line instead, as the script asks')
    .action(async (shell: Shell, line: string[]) =>
      finish(await (await import('./completionScript.ts')).completion({ shell, line: line.join(' '), root })),
    );

  for (const command of [...root.commands, ...spec.commands]) {
    if (command === spec || WITHOUT_SPECS.includes(command.name())) continue;
    command
      .option('--specs <folder>', 'specs in YNL format that extend or override ours, repeatable', collect, [])
      .option('--system-specs', "the kernel's own specs of this machine too", false)
      .option('--without-spec <spec>', 'as if nlscope had no such spec, repeatable', collect, []);
    if (!DECODING.includes(command.name())) continue;
    command
      .option(
        '--decode-as <rule>',
        'read something otherwise than the specs say, repeatable: proto:31=text',
        collect,
        [],
      )
      .addHelpText('after', DECODE_AS_FACTS);
  }
  for (const command of [...root.commands, ...spec.commands]) {
    if (command === spec) continue;
    command.addHelpText('after', helpEnd(command.parent === spec ? `spec ${command.name()}` : command.name()));
  }
  for (const command of root.commands) {
    if (PROFILED.includes(command.name()))
      command.option('--profile <profile>', 'with the settings of this profile, its filter macros: $name(…)');
  }
  root.hook('preAction', async (_, command) => {
    const { specs = [], systemSpecs = false, withoutSpec = [], decodeAs = [], profile } = command.opts<CommonOptions>();
    for (const folder of specs) checkFolder('--specs', folder);
    if (withoutSpec.length > 0) await checkLeftOut(withoutSpec);
    useSpecs(specs, systemSpecs, withoutSpec);
    if (profile !== undefined) {
      process.env[PROFILE_VARIABLE] = profile;
      // The served window tells it, and begins with another one.
      if (command.name() !== 'serve') (await import('./filterOption.ts')).askedSettings();
    }
    if (decodeAs.length > 0) process.env[DECODE_AS_VARIABLE] = decodeAs.join('\n');
  });
  return root;
}

/** A folder that is named here and cannot be read is a mistake; one of the environment's or of the user's is only told. */
function checkFolder(option: string, folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    throw new CommandFailure(`${option} ${folder}: ${reasonOf(error)}`);
  }
}

/** A name that no spec of ours has leaves nothing out: a slip, most likely. */
async function checkLeftOut(names: readonly string[]): Promise<void> {
  const { ownSpecNames } = await import('../engine/userSpecs.ts');
  const ours = ownSpecNames();
  const unknown = names.find((name) => !ours.includes(name));
  if (unknown === undefined) return;
  const near = thereIs(unknown, ours) || '; "nlscope spec list" lists them';
  throw new CommandFailure(`--without-spec ${unknown}: there is no spec of that name${near}`);
}

interface CommonOptions {
  readonly specs?: string[];
  readonly systemSpecs?: boolean;
  readonly withoutSpec?: string[];
  readonly decodeAs?: string[];
  readonly profile?: string;
}

/** The environment carries this to everything that decodes, the engine's thread included. */
function useSpecs(folders: readonly string[], system: boolean, without: readonly string[]): void {
  addToEnvironment(SPECS_VARIABLE, folders, delimiter);
  addToEnvironment(WITHOUT_SPECS_VARIABLE, without, ',');
  if (system) process.env[SYSTEM_SPECS_VARIABLE] = '1';
}

function addToEnvironment(variable: string, items: readonly string[], separator: string): void {
  if (items.length === 0) return;
  const before = process.env[variable];
  process.env[variable] = [...(before === undefined ? [] : [before]), ...items].join(separator);
}

/** What help says of an option; that one that was not given is off, or was given no times, goes without saying. */
function optionDescription(option: Option): string {
  const { defaultValue } = option;
  const isNothing = defaultValue === false || (typeof defaultValue === 'object' && defaultValue !== null);
  const told = isNothing ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
  return Help.prototype.optionDescription.call(new Help(), told);
}

// Commander adds suggestions on lines of their own.
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}

function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new InvalidArgumentError('A field name is empty.');
  return names;
}

function netns(text: string): Netns {
  const resolved = resolveNetns(text);
  if (!resolved.ok) throw new InvalidArgumentError(failureLine(resolved.error));
  return resolved.value;
}

function netnsPath(text: string): string {
  return netns(text).path;
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

function remoteHost(text: string, before: string[]): string[] {
  if (text.trim() === '') throw new InvalidArgumentError('It names no host.');
  return collect(text, before);
}

function protocol(text: string): Protocol {
  const found = findProtocol(text);
  if (found === undefined) {
    const short = PROTOCOLS.map(({ name }) => name.replace('NETLINK_', ''));
    throw new InvalidArgumentError(`No such protocol${thereIs(text, short)}.`);
  }
  return found;
}

function integer(text: string, largest: number): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= largest)) throw new InvalidArgumentError(`Not a number from 0 to ${largest}.`);
  return value;
}

function unsigned32(text: string): number {
  return integer(text, 0xffff_ffff);
}

function port(text: string): number {
  return integer(text, 0xffff);
}

function positiveInteger(text: string): number {
  const value = integer(text, 0xffff_ffff);
  if (value === 0) throw new InvalidArgumentError('Counting starts at 1.');
  return value;
}

function positiveNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Not a positive number.');
  return value;
}
