import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { version } from '../../package.json';
import { program } from './command.ts';
import { manPage } from './manPage.ts';

const PATH = fileURLToPath(new URL('../../man/nlscope.1', import.meta.url));
const root = program(() => {});
const page = manPage(root, version);
const has = (tool: string) => spawnSync('which', [tool]).status === 0;

// `npx vitest run manPage -u` writes it anew.
it('the manual page of the repository is that of the commands as they are', async () => {
  await expect(page).toMatchFileSnapshot(PATH);
});

it.skipIf(!has('mandoc'))('mandoc finds nothing wrong with it', () => {
  const { stdout, status } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { encoding: 'utf8', input: page });
  // A page without a date is one that does not change every day.
  expect(stdout.split('\n').filter((line) => line !== '' && !/missing date/.test(line))).toEqual([]);
  expect(status).toBeLessThanOrEqual(2);
});

it.skipIf(!has('groff'))('groff shows every command with every option', () => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-ww'], {
    encoding: 'utf8',
    input: page,
  });
  expect(stderr).toBe('');
  for (const command of root.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]))) {
    const start = stdout.indexOf(`nlscope ${command.parent === root ? '' : 'spec '}${command.name()} [options]`);
    expect(start, command.name()).toBeGreaterThan(0);
    for (const { long, short } of command.options) expect(stdout.slice(start)).toContain(long ?? short);
  }
  expect(stdout).toContain("nlscope read capture.pcapng -Y 'errno != 0'");
});
