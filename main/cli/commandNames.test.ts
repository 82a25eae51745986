import { describe, expect, it } from 'vitest';
import { program } from './command.ts';
import { COMMAND_NAMES, namesCommand } from './commandNames.ts';

describe('what runs a command', () => {
  it('is every command there is', () => {
    expect(COMMAND_NAMES).toEqual(program(() => {}).commands.map((command) => command.name()));
  });

  it.each([
    [['read', 'a.pcapng'], true],
    [['--help'], true],
    [['--version'], true],
    [['help', 'read'], true],
    [['--extcap-interfaces'], true],
    [['--extcap-interface', 'nlscope', '--extcap-dlts'], true],
    [[], false],
    [['a.pcapng', 'read'], false],
    [['./read'], false],
    [['/var/tmp/read'], false],
    [['-'], false],
    [['--ozone-platform=wayland'], false],
  ])('%j: %s', (words, runs) => {
    expect(namesCommand(words)).toBe(runs);
  });
});
