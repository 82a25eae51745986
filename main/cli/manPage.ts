import type { Argument, Command, Option } from 'commander';
import { DECODE_RULE_GRAMMAR, READINGS } from '../../app/specs/index.ts';
import { DECODE_AS_VARIABLE } from '../engine/decodeRules.ts';
import { PROFILE_VARIABLE, SPECS_VARIABLE, SYSTEM_SPECS_VARIABLE, WITHOUT_SPECS_VARIABLE } from '../engine/settings.ts';
import { COMMAND_HELP } from './examples.ts';

const ENVIRONMENT: readonly (readonly [name: string, what: string])[] = [
  [SPECS_VARIABLE, 'folders with specs, separated by colons, as --specs names them'],
  [SYSTEM_SPECS_VARIABLE, 'set to 1: as --system-specs'],
  [WITHOUT_SPECS_VARIABLE, 'names of specs, separated by commas, as --without-spec names them'],
  [DECODE_AS_VARIABLE, 'decode-as rules, a line each'],
  [PROFILE_VARIABLE, 'the profile, as --profile names it'],
  ['NLSCOPE_SSH', 'the ssh program'],
  ['NLSCOPE_ELEVATE', 'sudo or pkexec: how the helper is started where it is not installed with capabilities'],
  ['NLSCOPE_HELPER', 'path of the helper'],
  ['TMPDIR', 'where captures are kept until they are saved (/var/tmp, where it is not set)'],
];

const FILES: readonly (readonly [name: string, what: string])[] = [
  ['$XDG_CONFIG_HOME/nlscope/specs', "specs of the user's own, loaded always"],
  ['$XDG_CONFIG_HOME/nlscope/decode-as', 'decode-as rules of the window, a line each'],
];

const SEE_ALSO = ['netlink(7)', 'rtnetlink(7)', 'ip-monitor(8)', 'tcpdump(8)', 'tshark(1)', 'ssh(1)'];

/**
 * The manual page of the command line, in man(7)'s language.
 * @param root the table of commands
 * @param version of the program
 */
export function manPage(root: Command, version: string): string {
  const commands = root.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
  const lines = [
    `.TH NLSCOPE 1 "" "nlscope ${version}" "User Commands"`,
    ...section('NAME', ['nlscope \\- inspector for Linux netlink sockets']),
    ...section('SYNOPSIS', [
      '.B nlscope',
      '.I command',
      '.RI [ options ]',
      '.RI [ arguments ]',
      '.br',
      '.B nlscope \\-',
    ]),
    ...section('DESCRIPTION', [
      roff(root.description()),
      'Alone,',
      '.B nlscope \\-',
      'reads what comes through standard input. Installed with the desktop program,',
      '.B nlscope',
      'without a command, or with captures, opens its window.',
    ]),
    ...section('COMMANDS', commands.flatMap(commandLines)),
    ...section('DECODE-AS RULES', [
      '.nf',
      ...DECODE_RULE_GRAMMAR.split('\n').map(roff),
      '.fi',
      '.PP',
      roff(
        'READING is a spec (of messages), SPEC/SET, SPEC/STRUCT, the constant of an attribute that reads alike, or one of',
      ),
      ...READINGS.flatMap(({ name, doc }) => item(`.B ${roff(name)}`, doc)),
    ]),
    ...section(
      'ENVIRONMENT',
      ENVIRONMENT.flatMap(([name, what]) => item(`.B ${roff(name)}`, what)),
    ),
    ...section(
      'FILES',
      FILES.flatMap(([name, what]) => item(`.I ${roff(name)}`, what)),
    ),
    ...section('EXIT STATUS', [
      ...item('.B 0', 'done'),
      ...item('.B 1', 'the kernel refused, or messages differ'),
      ...item('.B 2', 'wrong use or broken input'),
    ]),
    ...section(
      'SEE ALSO',
      SEE_ALSO.map((page, at) => {
        const [, name, number] = /^(.+)\((\d)\)$/.exec(page)!;
        return `.BR ${roff(name)} (${number})${at === SEE_ALSO.length - 1 ? '' : ' ,'}`;
      }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

function item(tag: string, text: string): string[] {
  return ['.TP', tag, roff(text)];
}

function commandLines(command: Command): string[] {
  const name = command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  const { examples, refused } = COMMAND_HELP[name];
  return [
    `.SS ${roff(['nlscope', name, '[options]', ...command.registeredArguments.map(argumentText)].join(' '))}`,
    `${roff(sentence(command.description()))}`,
    ...command.options
      .filter(({ hidden }) => !hidden)
      .flatMap((option) => item(optionTag(option), aboutOption(option))),
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .flatMap((argument) => item(`.I ${roff(argument.name())}`, argument.description)),
    ...(refused === undefined ? [] : ['.PP', roff(`Status 1: ${refused}.`)]),
    ...examples.flatMap(([line, what]) => ['.PP', roff(sentence(what)), '.RS 4', '.nf', roff(line), '.fi', '.RE']),
  ];
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** "-w <file>" with its names in bold and what stands for a value in italics. */
function optionTag({ flags }: Option): string {
  const [names, value] = flags.split(/ (?=[<[])/);
  const bold = `\\fB${roff(names).replaceAll(', ', '\\fR, \\fB')}\\fR`;
  return value === undefined ? bold : `${bold} \\fI${roff(value.replaceAll(/[<>]/g, ''))}\\fR`;
}

function aboutOption({ description, argChoices, defaultValue, mandatory }: Option): string {
  const facts = [
    mandatory ? 'must be given' : '',
    argChoices === undefined ? '' : `one of ${argChoices.join(', ')}`,
    typeof defaultValue === 'string' || typeof defaultValue === 'number' ? `default: ${defaultValue}` : '',
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.…]$/.test(text) ? '' : '.'}`;
}

/** Text as roff prints it: nothing in it is a request, and a hyphen of an option can be copied as one. */
function roff(text: string): string {
  const plain = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('`', '\\(ga');
  return plain.replace(/^(?=[.'])/, '\\&');
}
