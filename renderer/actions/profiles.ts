import type { ProfileEdit } from '../../app/contracts/index.ts';
import { freeName, readProfileText } from '../../app/settings/profile.ts';
import { bytes } from '../format/format.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import type { MenuEntry } from '../widgets/Menu.tsx';
import { ask } from './ask.ts';
import { nameOf } from './files.ts';

/** A profile that is larger is none. */
const LARGEST = 8 << 20;

/** The name of the profile in force; "" as long as it is not known. */
export function currentProfile(app: App): string {
  return app.session.getState().settings?.profile ?? '';
}

/** Makes a change; the preferences follow. Returns whether it was made. */
export async function editProfiles(app: App, edit: ProfileEdit): Promise<boolean> {
  const state = await app.attempt(app.api.editProfiles(edit), 'settings');
  if (state) await app.pullSettings();
  return state !== undefined;
}

/** Puts another profile in force. */
export function switchProfile(app: App, name: string): void {
  void editProfiles(app, { kind: 'switch', name });
}

/** Puts the profile after the one in force in force, after the last the first. */
export function nextProfile(app: App): void {
  const settings = app.session.getState().settings;
  if (settings === null) return;
  const { profiles, profile } = settings;
  switchProfile(app, profiles[(profiles.indexOf(profile) + 1) % profiles.length]!);
}

/** Opens the profiles, with the name of the one in force to be written if it is to have another. */
export function manageProfiles(app: App, renaming = false): void {
  app.ui.setState({ dialog: { kind: 'profiles', renaming } });
}

/** Makes a copy of a profile, puts it in force, and asks for its name. */
export async function duplicateProfile(app: App, of = currentProfile(app)): Promise<void> {
  const { profiles = [] } = app.session.getState().settings ?? {};
  const name = freeName(`${of} copy`, profiles);
  if (await editProfiles(app, { kind: 'add', name, of })) manageProfiles(app, true);
}

/** Removes a profile, after asking. */
export function removeProfile(app: App, name: string): void {
  ask(app, {
    title: `Delete the profile “${name}”`,
    text: 'Its colouring rules, filter buttons, macros and columns will be lost. “Export profile…” keeps them in a file.',
    confirm: 'Delete',
    danger: true,
    run: () => void editProfiles(app, { kind: 'remove', name }),
  });
}

/** Lets the user choose a place and writes the profile in force there. */
export async function exportProfile(app: App): Promise<void> {
  const name = currentProfile(app);
  const path = await app.run(app.shell.pickSave(`nlscope-${name.replace(/[^\p{L}\p{N}]+/gu, '-')}.json`));
  if (!path) return;
  const report = await app.attempt(app.api.exportProfile(path, name), 'save');
  if (!report) return;
  await app.run(app.shell.saved(path));
  pushToast(app.session, {
    severity: 'note',
    text: `Exported the profile “${name}” to ${nameOf(path)}, ${bytes(report.bytes)}`,
  });
}

/** Lets the user choose a file, and puts the profile in it in force, beside those there are. */
export function importProfile(app: App): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  input.dataset.testid = 'profile-import';
  input.hidden = true;
  document.body.append(input);
  const end = () => input.remove();
  input.addEventListener('cancel', end);
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    end();
    if (file) void readFile(app, file);
  });
  input.click();
}

async function readFile(app: App, file: File): Promise<void> {
  const read = file.size > LARGEST ? 'The file is too large for a profile.' : readProfileText(await file.text());
  if (typeof read === 'string') {
    pushToast(app.session, { severity: 'error', text: `${file.name}: ${read}`, attempt: 'settings' });
    return;
  }
  const { profiles = [] } = app.session.getState().settings ?? {};
  const name = freeName(read.name, profiles);
  if (!(await editProfiles(app, { kind: 'add', name, values: read.values }))) return;
  pushToast(app.session, { severity: 'note', text: `The profile “${name}” is in force.` });
}

/** What the status bar offers: the profiles, and what can be done with them. */
export function profileEntries(app: App): readonly MenuEntry[] {
  const settings = app.session.getState().settings;
  if (settings === null) return [];
  const { profiles, profile } = settings;
  return [
    ...profiles.map(
      (name): MenuEntry => ({
        kind: 'item',
        label: name,
        checked: name === profile,
        run: () => switchProfile(app, name),
      }),
    ),
    { kind: 'separator' },
    { kind: 'item', label: 'Duplicate', run: () => void duplicateProfile(app) },
    { kind: 'item', label: 'Rename…', run: () => manageProfiles(app, true) },
    {
      kind: 'item',
      label: 'Delete…',
      disabled: profiles.length < 2,
      danger: true,
      run: () => removeProfile(app, profile),
    },
    { kind: 'separator' },
    { kind: 'item', label: 'Export…', run: () => void exportProfile(app) },
    { kind: 'item', label: 'Import…', run: () => importProfile(app) },
    { kind: 'item', label: 'Manage profiles…', run: () => manageProfiles(app) },
  ];
}
