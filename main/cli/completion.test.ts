import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from './command.ts';
import { completeLine } from './completion.ts';
import { splitLine } from './shellLine.ts';
import { type BuiltCommand, buildCommand } from './testing/command.ts';

const root = program(() => {});
const next = async (line: string) => (await completeLine(line, root)).candidates.map(({ text }) => text);

describe('a command line', () => {
  it.each([
    ['nlscope ', ['nlscope'], '', ''],
    ['nlscope read a', ['nlscope', 'read'], 'a', 'a'],
    [`nlscope read -Y 'a == "b`, ['nlscope', 'read', '-Y'], 'a == "b', `'a == "b`],
    ['nlscope read "a b" c\\ d', ['nlscope', 'read', 'a b'], 'c d', 'c\\ d'],
    ["x '' ", ['x', ''], '', ''],
  ])('%s', (line, words, text, raw) => {
    expect(splitLine(line)).toEqual({ words, last: { text, raw } });
  });
});

describe('what may come next', () => {
  it.each([
    ['nlscope rec', ['recover']],
    ['nlscope help sp', ['spec']],
    ['nlscope spec ', ['check', 'infer', 'list', 'help']],
    ['nlscope read --ver', ['--verbose']],
    ['nlscope read a.pcap --protocol=ro', ['--protocol=ROUTE']],
    ['nlscope read --protocol gen', ['GENERIC']],
    ['nlscope stats a.pcap --by ', ['families', 'types', 'addresses', 'processes']],
    ['nlscope stats a.pcap --by p', ['processes']],
    ['nlscope completion ', ['bash', 'zsh', 'fish']],
    ['nlscope send --protocol generic --op CTRL_CMD_GETP', ['CTRL_CMD_GETPOLICY']],
    ['nlscope read --decode-as pr', ['proto:']],
    ['nlscope read --decode-as proto:31=wiregu', ['proto:31=wireguard']],
    ['nlscope capture -a files', ['files:', 'filesize:'].toReversed()],
    ['nlscope read --fields nl.time,link.ifna', ['nl.time,link.ifname']],
    ["nlscope read x -Y 'errno != 0 && link.mt", ['errno != 0 && link.mtu']],
    ["nlscope read x -Y 'link.ifname == ", expect.arrayContaining(['link.ifname == "lo"'])],
    ['nlscope read x -Y link.mtu --js', ['--json']],
    ['nlscope - --js', ['--json']],
    ['nlscope read -- --js', []],
    ['nlscope nonsense ', []],
    ['nlscope doctor x', []],
    ['nlscope capture --group route/ipv4-ro', expect.arrayContaining(['route/ipv4-route'])],
  ])('%s', async (line, expected) => {
    expect(await next(line)).toEqual(expected);
  });

  it('says where paths can stand', async () => {
    const paths = async (line: string) => (await completeLine(line, root)).paths;
    expect(await paths('nlscope read a')).toBe('files');
    expect(await paths('nlscope coverage a b ')).toBe('files');
    expect(await paths('nlscope capture -w ')).toBe('files');
    expect(await paths('nlscope read a --specs ')).toBe('folders');
    expect(await paths('nlscope read -Y ')).toBe('none');
  });

  it('knows every command and every option of the table', async () => {
    for (const command of root.commands) {
      expect(await next(`nlscope ${command.name()}`)).toContain(command.name());
      for (const { long, short } of command.options) {
        const option = long ?? short ?? '';
        expect(await next(`nlscope ${command.name()} ${option}`)).toContain(option);
      }
    }
  });
});

describe('scripts', () => {
  let command: BuiltCommand;
  const folder = mkdtempSync(join(tmpdir(), 'nlscope-completion-'));
  beforeAll(async () => {
    command = await buildCommand();
    writeFileSync(join(folder, 'nlscope'), `#!/bin/sh\nexec "${process.execPath}" "${command.entry}" "$@"\n`, {
      mode: 0o755,
    });
    writeFileSync(join(folder, 'one.pcap'), '');
  });
  afterAll(() => {
    command?.remove();
    rmSync(folder, { recursive: true });
  });
  const shell = (name: string, args: readonly string[]) =>
    spawnSync(name, args, {
      cwd: folder,
      env: { ...command.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder },
      encoding: 'utf8',
      timeout: 60_000,
    });
  const has = (name: string) => spawnSync('which', [name]).status === 0;

  // Bash replaces what stands behind the last sign that parts words; in quotes none does.
  it.each([
    ['nlscope rec', ['recover']],
    ["nlscope read x -Y 'errno == 0 && link.mt", ['errno == 0 && link.mtu']],
    ['nlscope read --decode-as proto:ro', ['route']],
    ['nlscope decode --protocol=ro', ['ROUTE']],
  ])('bash: %s', (line, expected) => {
    const script = `source <(nlscope completion bash); compopt() { :; }; COMP_WORDS=(nlscope); COMP_LINE=$1; COMP_POINT=\${#1}; _nlscope; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = shell('bash', ['-c', script, 'bash', line]);
    expect([stdout.trim().split('\n'), stderr]).toEqual([expected, '']);
  });

  it.skipIf(!has('fish'))('fish asks for what comes next, and adds paths', () => {
    const ask = (line: string) =>
      shell('fish', ['-c', 'nlscope completion fish | source; complete -C $argv[1]', line]).stdout;
    expect(ask('nlscope rec')).toMatch(/^recover\t/);
    expect(ask('nlscope read o')).toBe('one.pcap\n');
  });

  it.skipIf(!has('zsh'))('zsh takes its script as it is, and as a file of $fpath', () => {
    const run = (script: string) => shell('zsh', ['-f', '-c', script]);
    const sourced = run(
      'autoload -U compinit; compinit -u -D; source <(nlscope completion zsh); print $_comps[nlscope]',
    );
    expect([sourced.stdout, sourced.stderr]).toEqual(['_nlscope\n', '']);
    expect(run('nlscope completion zsh > _nlscope; zsh -n _nlscope').status).toBe(0);
    const found = run('fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; print $_comps[nlscope]');
    expect([found.stdout, found.stderr]).toEqual(['_nlscope\n', '']);
  });

  it('a shell that is none is told', () => {
    const { status, stderr } = command.run(['completion', 'tcsh']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
  });
});
