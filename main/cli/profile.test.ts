import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltCommand, buildCommand } from './testing/command.ts';

const CAPTURE = fileURLToPath(new URL('../../e2e/captures/route-a.pcap', import.meta.url));
const config = mkdtempSync(join(tmpdir(), 'nlscope-config-'));
let nlscope: BuiltCommand;

beforeAll(async () => {
  nlscope = await buildCommand();
  mkdirSync(join(config, 'nlscope'));
  const of = (text: string) => ({ macros: [{ name: 'of', text }] });
  const profiles = { Usual: of('nl.type == $1'), Other: of('nl.typo == $1') };
  writeFileSync(join(config, 'nlscope', 'settings.json'), JSON.stringify({ profile: 'Usual', profiles }));
}, 120_000);

afterAll(() => {
  nlscope.remove();
  rmSync(config, { recursive: true });
});

function run(...args: string[]) {
  const env = { ...nlscope.env, XDG_CONFIG_HOME: config };
  return spawnSync(process.execPath, [nlscope.entry, ...args], { env, encoding: 'utf8' });
}

test('filters use the macros of the profile that was chosen last', () => {
  const { stdout, stderr } = run('read', CAPTURE, '-Y', '$of(RTM_NEWADDR)');
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(stdout).toBe(run('read', CAPTURE, '-Y', 'nl.type == RTM_NEWADDR').stdout);
  const counted = JSON.parse(run('stats', CAPTURE, '--json', '-Y', '$of(RTM_NEWADDR)').stdout);
  expect(counted.total.messages).toBe(2);
});

test('or of the one that is named, whose mistakes are told where they are', () => {
  const { status, stderr } = run('read', CAPTURE, '--profile', 'Other', '-Y', '$of(1)');
  expect(status).toBe(2);
  expect(stderr).toBe(
    'nlscope: wrong filter, at 1 ("$of(1)") of $of(1) where its text has "nl.typo": In the macro $of: nl.typo is not a field. Did you mean nl.type?\n',
  );
});

test('a profile that is not there is told', () => {
  const { status, stderr } = run('read', CAPTURE, '--profile', 'None', '-Y', '$of(1)');
  expect(status).toBe(2);
  expect(stderr).toBe('nlscope: no profile "None"; there is Usual, Other\n');
});
