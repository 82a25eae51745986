import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCommand, buildCommand, type CommandResult, capturePath } from '../cli/testing/command.ts';

/** Puts a double in the place of the module `electron`, which refuses to get ready unnoticed. */
const DOUBLE = fileURLToPath(new URL('../../e2e/electronDouble/register.mjs', import.meta.url));

let command: BuiltCommand;
let program: readonly string[];
const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
beforeAll(async () => {
  command = await buildCommand();
  program = ['--import', DOUBLE, join(command.entry, '../electron/main.js')];
});
afterAll(() => {
  command?.remove();
  rmSync(directory, { recursive: true });
});

const environment = () => ({
  ...command.env,
  NLSCOPE_DOUBLE_PACKAGED: '1',
  TMPDIR: directory,
  DISPLAY: '',
  WAYLAND_DISPLAY: '',
  XDG_SESSION_TYPE: '',
});

/** Starts the desktop edition as it is installed. */
function desktop(args: readonly string[], input: string | Uint8Array = ''): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], {
    env: environment(),
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

describe('the installed desktop edition as a command', () => {
  it.each([
    [['read', capturePath('errors-rtnl.pcap')]],
    [['read', capturePath('errors-rtnl.pcap'), '--json', '-Y', 'errno != 0']],
    [['diff', capturePath('route-a.pcap'), capturePath('errors-rtnl.pcap')]],
    [['read', '/nowhere/a.pcapng']],
    [['read', '--no-such-option']],
    [['--version']],
    [['--help']],
    [['help', 'capture']],
    [['--extcap-interfaces']],
  ])('does the same as the command line: %j', { timeout: 90_000 }, (args) => {
    const own = command.run(args);
    expect(own.stdout + own.stderr).not.toBe('');
    expect(desktop(args)).toEqual(own);
  });

  it('takes standard input, and ends with a reader that goes', { timeout: 90_000 }, () => {
    const content = readFileSync(capturePath('rule-a.pcap'));
    const own = command.run(['read', '-'], content);
    expect(own.stdout.split('\n').length).toBeGreaterThan(90);
    expect(desktop(['read', '-'], content)).toEqual(own);
    const shell = spawnSync(
      'sh',
      [
        '-c',
        '{ "$@"; echo "status $?" >&2; } | head -n 1',
        'sh',
        process.execPath,
        ...program,
        'read',
        '--json',
      ].concat(capturePath('route-a.pcap')),
      { env: environment(), encoding: 'utf8' },
    );
    expect(shell.stdout).toMatch(/^\{.*\}\n$/);
    expect(shell.stderr).toBe('status 0\n');
  });

  it('runs it as root, where Chromium is told to do without its sandbox', { timeout: 90_000 }, () => {
    expect(desktop(['--no-sandbox', '--version'])).toEqual(command.run(['--version']));
  });

  it('serves until it is ended, and leaves nothing behind', { timeout: 90_000 }, async () => {
    const spools = join(directory, 'serve');
    mkdirSync(spools);
    const child = spawn(process.execPath, [...program, 'serve'], { env: { ...environment(), TMPDIR: spools } });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const link = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    expect((await fetch(link)).status).toBeLessThan(500);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readdirSync(spools)).toEqual([]);
  });

  it('tells what to do without a display', () => {
    for (const args of [[], ['./read'], ['capture.pcapng']]) {
      expect(desktop(args)).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'nlscope: there is no display; `nlscope serve` opens the window in a browser, `nlscope --help` lists the commands.\n',
      });
    }
  });
});
