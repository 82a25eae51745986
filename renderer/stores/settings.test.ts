import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { ok, type Profile, type SettingsState } from '../../app/contracts/index.ts';
import { DEFAULT_PROFILE } from '../../app/settings/profile.ts';
import { createFakeHost, createFakeShell } from '../testing/fakeHost.ts';
import { createApp } from './app.ts';
import { DEFAULT_PREFERENCES, type Preferences } from './preferences.ts';

const RULE = { filter: 'errno', colour: 'pink', on: true } as const;

/** A window on a host that keeps one profile, or has never kept any. */
async function open(own: Partial<Preferences>, kept: Partial<Profile> | null = {}) {
  const fake = createFakeHost();
  let settings: SettingsState = {
    revision: 5,
    path: '/settings.json',
    stored: kept !== null,
    profile: 'Default',
    values: { ...DEFAULT_PROFILE, ...kept },
    profiles: ['Default'],
    problems: [],
  };
  const asked: unknown[] = [];
  fake.host.api.settings = async () => settings;
  fake.host.api.changeProfile = async (profile, values) => {
    asked.push([profile, values]);
    settings = { ...settings, revision: settings.revision + 1, values: { ...settings.values, ...values } };
    return ok(settings.revision);
  };
  fake.host.api.editProfiles = async (edit) => {
    asked.push(edit);
    settings = { ...settings, revision: settings.revision + 1 };
    return ok(settings);
  };
  const preferences = createStore<Preferences>(() => ({ ...DEFAULT_PREFERENCES, ...own }));
  const app = createApp(fake.host, createFakeShell(), preferences);
  await vi.waitFor(() => expect(app.session.getState().settings).not.toBeNull());
  /** The host has other settings, whoever made them. */
  const become = (values: Partial<Profile>) => {
    settings = { ...settings, revision: settings.revision + 1, values: { ...settings.values, ...values } };
    fake.update({ settings: settings.revision });
  };
  return { ...fake, app, preferences, asked, become };
}

describe('the profile of a window', () => {
  it('is the one of the host', async () => {
    const { preferences, asked } = await open({ handedOver: true }, { colourRules: [RULE], timeFormat: 'date' });
    expect(preferences.getState()).toMatchObject({ colourRules: [RULE], timeFormat: 'date' });
    expect(asked).toEqual([]);
  });

  it('is sent as it changes: only what changed, and once for what changes together', async () => {
    const { preferences, asked } = await open({ handedOver: true });
    preferences.setState({ theme: 'dark' });
    preferences.setState({ colouring: false });
    preferences.setState({ macros: [{ name: 'a', text: 'b' }] });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked).toEqual([['Default', { colouring: false, macros: [{ name: 'a', text: 'b' }] }]]);
  });

  it('follows what others change, but never loses what is being written here', async () => {
    const { preferences, asked, become } = await open({ handedOver: true });
    become({ timeFormat: 'start' });
    await vi.waitFor(() => expect(preferences.getState().timeFormat).toBe('start'));
    preferences.setState({ macros: [{ name: 'mine', text: '1' }] });
    become({ macros: [{ name: 'theirs', text: '2' }], timeFormat: 'date' });
    await vi.waitFor(() => expect(preferences.getState().timeFormat).toBe('date'));
    expect(preferences.getState().macros).toEqual([{ name: 'mine', text: '1' }]);
    expect(asked).toHaveLength(1);
  });
});

describe('what the browser kept before hosts did', () => {
  it('becomes the profile of a host that has none', async () => {
    const { preferences, asked } = await open({ colourRules: [RULE] }, null);
    expect(asked).toEqual([['Default', { ...DEFAULT_PROFILE, colourRules: [RULE] }]]);
    expect(preferences.getState()).toMatchObject({ colourRules: [RULE], handedOver: true });
  });

  it('becomes a profile beside those that a host has', async () => {
    const { app, preferences, asked } = await open({ colourRules: [RULE] }, { timeFormat: 'date' });
    expect(asked).toEqual([
      { kind: 'add', name: 'From a browser', values: { ...DEFAULT_PROFILE, colourRules: [RULE] } },
      { kind: 'switch', name: 'Default' },
    ]);
    expect(preferences.getState()).toMatchObject({ colourRules: [], timeFormat: 'date', handedOver: true });
    expect(app.session.getState().toasts.map(({ text }) => text)).toEqual([
      'Settings are kept by the host now. What this browser had is in the profile “From a browser”.',
    ]);
  });

  it('is nothing where the user never chose anything', async () => {
    const { preferences, asked } = await open({}, { timeFormat: 'date' });
    expect(asked).toEqual([]);
    expect(preferences.getState()).toMatchObject({ timeFormat: 'date', handedOver: true });
  });
});
