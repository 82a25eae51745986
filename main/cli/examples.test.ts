import { describe, expect, it } from 'vitest';
import { findProtocol } from '../../app/wire/index.ts';
import { program } from './command.ts';
import { COMMAND_NAMES } from './commandNames.ts';
import { COMMAND_HELP } from './examples.ts';

/** The words of a shell's command line, as far as examples go. */
function words(line: string): string[] {
  return Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, bare]) => quoted ?? bare);
}

const root = program(() => {});

describe('the help of every command', () => {
  it('has examples', () => {
    const spec = root.commands.find((command) => command.name() === 'spec');
    const parts = spec?.commands.map((command) => `spec ${command.name()}`) ?? [];
    const wanted = COMMAND_NAMES.flatMap((name) => (name === 'spec' ? parts : [name]));
    expect(Object.keys(COMMAND_HELP).sort()).toEqual(wanted.sort());
  });

  const lines = Object.entries(COMMAND_HELP).flatMap(([name, { examples }]) =>
    examples.map(([line]) => [name, line] as const),
  );
  it.each(lines)('%s: %s', (name, line) => {
    const own = line.split(' | ').find((part) => part.startsWith('nlscope '));
    const all = words((own ?? '').split(/ [>#]/)[0]).slice(1);
    const path = name === 'extcap' ? [] : name.split(' ');
    expect(all.slice(0, path.length)).toEqual(path);
    const command = name.split(' ').reduce((at, part) => at.commands.find((sub) => sub.name() === part)!, root);
    const { operands, unknown } = command.parseOptions(all.slice(path.length));
    expect(unknown).toEqual([]);
    const { registeredArguments } = command;
    expect(operands.length).toBeGreaterThanOrEqual(registeredArguments.filter(({ required }) => required).length);
    if (!registeredArguments.some(({ variadic }) => variadic))
      expect(operands.length).toBeLessThanOrEqual(registeredArguments.length);
    const { protocol } = command.opts<{ protocol?: { name: string } }>();
    if (protocol !== undefined) expect(findProtocol(protocol.name)).toBeDefined();
  });
});
