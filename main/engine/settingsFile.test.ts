import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_PROFILE } from '../../app/settings/profile.ts';
import { SettingsFile, settingsPath } from './settingsFile.ts';

let folder: string;
let path: string;
let open: SettingsFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nlscope-settings-'));
  path = join(folder, 'config', 'nlscope', 'settings.json');
});

afterEach(() => {
  for (const file of open) file.close();
  open = [];
  rmSync(folder, { recursive: true });
});

function settings(profile?: string, changed: () => void = () => undefined): SettingsFile {
  const file = new SettingsFile(changed, profile, path);
  open.push(file);
  return file;
}

function write(content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const stored = () => JSON.parse(readFileSync(path, 'utf8'));
const RULE = { filter: 'errno', colour: 'pink', on: true } as const;

test('it is where the XDG base directory specification has settings', () => {
  expect(settingsPath({ XDG_CONFIG_HOME: '/x' })).toBe('/x/nlscope/settings.json');
});

test('without a file there is one profile, which says nothing', () => {
  const { state } = settings();
  expect(state).toMatchObject({ profile: 'Default', profiles: ['Default'], stored: false, problems: [], path });
  expect(state.values).toEqual(DEFAULT_PROFILE);
});

test('what is changed is there in the next run, and nothing but that file', () => {
  const file = settings();
  expect(file.change('Default', { colourRules: [RULE] })).toMatchObject({ ok: true });
  expect(file.change('Default', { macros: [{ name: 'big', text: 'link.mtu > $1' }] })).toEqual({ ok: true, value: 3 });
  const { state, macros } = settings();
  expect(state).toMatchObject({
    stored: true,
    values: { ...DEFAULT_PROFILE, colourRules: [RULE], macros: [{ name: 'big', text: 'link.mtu > $1' }] },
  });
  expect([...macros]).toEqual([['big', 'link.mtu > $1']]);
  expect(readdirSync(dirname(path))).toEqual(['settings.json']);
});

describe('profiles', () => {
  test('are added with what is in force, renamed, removed, and chosen for the next run', () => {
    const file = settings();
    file.change('Default', { colourRules: [RULE] });
    expect(file.edit({ kind: 'add', name: 'IPsec' })).toMatchObject({
      ok: true,
      value: { profile: 'IPsec', profiles: ['Default', 'IPsec'], values: { colourRules: [RULE] } },
    });
    file.change('IPsec', { colourRules: [] });
    // Of any profile, not only of the one in force.
    expect(file.edit({ kind: 'add', name: 'Copy', of: 'Default' })).toMatchObject({
      value: { profile: 'Copy', values: { colourRules: [RULE] } },
    });
    expect(file.edit({ kind: 'add', name: 'Other', of: 'Nobody' })).toMatchObject({ ok: false });
    file.edit({ kind: 'remove', name: 'Copy' });
    file.edit({ kind: 'switch', name: 'IPsec' });
    expect(settings().state).toMatchObject({ profile: 'IPsec', values: { colourRules: [] } });
    file.edit({ kind: 'rename', name: 'Default', to: 'Everyday' });
    expect(file.edit({ kind: 'switch', name: 'Everyday' })).toMatchObject({
      value: { profile: 'Everyday', values: { colourRules: [RULE] } },
    });
    expect(file.edit({ kind: 'remove', name: 'Everyday' })).toMatchObject({
      value: { profile: 'IPsec', profiles: ['IPsec'] },
    });
  });

  test('what cannot be is refused, and changes nothing', () => {
    const file = settings();
    file.edit({ kind: 'add', name: 'A' });
    const before = readFileSync(path, 'utf8');
    const reasons = [
      file.edit({ kind: 'add', name: 'A' }),
      file.edit({ kind: 'rename', name: 'A', to: 'Default' }),
      file.edit({ kind: 'switch', name: 'B' }),
      file.edit({ kind: 'remove', name: 'B' }),
      file.change('B', { colouring: false }),
    ].map((result) => (result.ok ? '' : result.error.message));
    expect(reasons).toEqual([
      'There is a profile "A" already.',
      'There is a profile "Default" already.',
      'There is no profile "B" any more.',
      'There is no profile "B" any more.',
      'There is no profile "B" any more: the change is not kept.',
    ]);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(settings('A').edit({ kind: 'remove', name: 'Default' }).ok).toBe(true);
    expect(settings().edit({ kind: 'remove', name: 'A' })).toMatchObject({
      error: { message: 'The only profile cannot be removed.' },
    });
  });

  test('one that a run is started with is in force for that run', () => {
    settings().edit({ kind: 'add', name: 'A' });
    expect(settings('Default').state.profile).toBe('Default');
    expect(settings().state.profile).toBe('A');
    expect(settings('none').state).toMatchObject({
      profile: 'A',
      problems: ['There is no profile "none"; "A" is in force.'],
    });
  });

  test('two hosts have their own in force, and lose nothing of each other', () => {
    const one = settings();
    const other = settings();
    one.edit({ kind: 'add', name: 'A' });
    other.change('Default', { colouring: false });
    one.change('A', { timeFormat: 'date' });
    expect(other.state.profile).toBe('Default');
    expect(stored().profiles).toMatchObject({ Default: { colouring: false }, A: { timeFormat: 'date' } });
  });

  test('their names are any text, also what objects have', () => {
    const file = settings();
    for (const name of ['__proto__', 'constructor', '7', 'Ärger / 2']) file.edit({ kind: 'add', name });
    expect([...settings().state.profiles].sort()).toEqual(['7', 'Default', '__proto__', 'constructor', 'Ärger / 2']);
    expect(settings('__proto__').state.profile).toBe('__proto__');
  });
});

describe('a file that somebody has written', () => {
  test('is used as far as it can be, and what cannot is told and kept', () => {
    const own = { colourRules: [{ filter: 'errno', colour: 'mauve', on: true }], timeFormat: 'date', later: [1] };
    write(JSON.stringify({ profile: 'X', profiles: { X: own }, theme: 'none of ours' }));
    const file = settings();
    expect(file.state.values).toMatchObject({ colourRules: [], timeFormat: 'date' });
    expect(file.state.problems).toEqual([
      expect.stringMatching(/settings\.json: profiles\.X\.colourRules\.0\.colour: Invalid type: .*"mauve"\.$/),
    ]);
    file.change('X', { colouring: false });
    expect(stored()).toEqual({ profile: 'X', profiles: { X: { ...own, colouring: false } }, theme: 'none of ours' });
  });

  test.each([
    ['{\n  "profiles": {\n    "A": {},,\n', /settings\.json: line 3, column 13: it is not JSON: .*\.$/],
    ['[1]', /settings\.json: it is no JSON object\.$/],
  ])('that cannot be read at all is told, and not written over: %j', (content, problem) => {
    write(content);
    const file = settings();
    expect(file.state.problems).toEqual([expect.stringMatching(problem)]);
    expect(file.change('Default', { colouring: false })).toMatchObject({
      ok: false,
      error: { hint: 'Mend that file, or remove it.' },
    });
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('is taken over while nlscope runs', async () => {
    settings().change('Default', {});
    const file = await new Promise<SettingsFile>((resolve) => {
      const watching = settings(undefined, () => resolve(watching));
      watching.watch();
      setTimeout(() => write(JSON.stringify({ profiles: { Default: { timeFormat: 'start' } } })), 50);
    });
    expect(file.state).toMatchObject({ revision: 2, values: { timeFormat: 'start' } });
  });
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to is told', () => {
  chmodSync(folder, 0o500);
  expect(settings().change('Default', {})).toMatchObject({ ok: false });
  chmodSync(folder, 0o700);
});
