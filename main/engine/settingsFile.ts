import { mkdirSync, readFileSync, renameSync, statSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import {
  fail,
  ok,
  type Profile,
  type ProfileEdit,
  type Result,
  type SettingsState,
} from '../../app/contracts/index.ts';
import { FIRST_PROFILE, MOST_PROFILES, macrosOf, profileName, readProfile } from '../../app/settings/profile.ts';
import { reasonOf } from './fileBytes.ts';
import { configFolder, PROFILE_VARIABLE } from './settings.ts';

/** Other programs, editors and other windows of ours may write the file: it is looked at so often. */
const LOOK_MS = 1000;

/** A file that is larger is none of ours. */
const LARGEST = 8 << 20;

const INDENT = 2;

/** Where the settings are kept. */
export function settingsPath(environment: NodeJS.ProcessEnv = process.env): string {
  return join(configFolder(environment), 'settings.json');
}

/** What the file holds. Keys that are not ours, of a later version perhaps, are kept as they are. */
type Content = Record<string, unknown> & { profile?: unknown; profiles?: unknown };

/** A file that was read, and what keeps it from being written: nothing of it is to be lost. */
interface Read {
  readonly content: Content;
  readonly broken: string | null;
}

/**
 * The settings that the user keeps from run to run: profiles in one file, read and written by every host of theirs. What
 * the file says counts, whoever wrote it; it is written whole, beside its place, and then put there.
 */
export class SettingsFile {
  readonly #path: string;
  #state: SettingsState;
  #macros: ReadonlyMap<string, string>;
  /** Tells one content of the file from another. */
  #stamp = '';
  readonly #changed: () => void;
  readonly #look = () => this.#reread();

  /**
   * @param changed told when anything of it has changed
   * @param asked the profile that this run is to have; undefined: the one that was chosen last
   */
  constructor(
    changed: () => void = () => undefined,
    asked: string | undefined = process.env[PROFILE_VARIABLE],
    path: string = settingsPath(),
  ) {
    this.#path = path;
    this.#changed = changed;
    const read = this.#read();
    const state = this.#stateOf(read, asked, 1);
    const isUnknown = asked !== undefined && state.profile !== asked;
    const unknown = `There is no profile "${asked}"; "${state.profile}" is in force.`;
    this.#state = isUnknown ? { ...state, problems: [unknown, ...state.problems] } : state;
    this.#macros = macrosOf(state.values);
  }

  get state(): SettingsState {
    return this.#state;
  }

  /** Texts of the macros in force, by their names. */
  get macros(): ReadonlyMap<string, string> {
    return this.#macros;
  }

  /** The content of a profile; null where there is none of that name. */
  valuesOf(profile: string): Profile | null {
    const stored = profilesOf(this.#read().content).get(profile);
    return stored === undefined ? null : readProfile(stored).values;
  }

  /** Keeps up with the file until `close`. */
  watch(): void {
    watchFile(this.#path, { interval: LOOK_MS, persistent: false }, this.#look);
  }

  close(): void {
    unwatchFile(this.#path, this.#look);
  }

  /** Changes parts of a profile. A profile that is no more is not made again. */
  change(profile: string, values: Partial<Profile>): Result<number> {
    const done = this.#write((content) => {
      const profiles = profilesOf(content);
      if (!profiles.has(profile)) return `There is no profile "${profile}" any more: the change is not kept.`;
      profiles.set(profile, { ...profiles.get(profile), ...values });
      return { ...content, profiles: Object.fromEntries(profiles) };
    });
    return done.ok ? ok(this.#state.revision) : done;
  }

  /** Changes which profiles there are, and which is in force. */
  edit(edit: ProfileEdit): Result<SettingsState> {
    let inForce = this.#state.profile;
    const done = this.#write(
      (content) => {
        const profiles = profilesOf(content);
        const needed = edit.kind === 'add' ? edit.of : edit.name;
        if (needed !== undefined && !profiles.has(needed)) return `There is no profile "${needed}" any more.`;
        const wrong = edit.kind === 'switch' ? '' : problemOf(edit, [...profiles.keys()]);
        if (wrong !== '') return wrong;
        const { next, now } = edited(profiles, edit, inForce);
        inForce = now;
        return { ...content, profile: now, profiles: Object.fromEntries(next) };
      },
      () => inForce,
    );
    return done.ok ? ok(this.#state) : done;
  }

  #reread(): void {
    const before = this.#stamp;
    const read = this.#read();
    if (this.#stamp !== before) this.#take(read, this.#state.profile);
  }

  #take(read: Read, profile: string): void {
    this.#state = this.#stateOf(read, profile, this.#state.revision + 1);
    this.#macros = macrosOf(this.#state.values);
    this.#changed();
  }

  #read(): Read {
    try {
      const { size, mtimeMs, ino } = statSync(this.#path);
      this.#stamp = `${ino} ${size} ${mtimeMs}`;
      if (size > LARGEST) return { content: {}, broken: `it is larger than ${LARGEST >> 20} MiB` };
      const text = readFileSync(this.#path, 'utf8');
      try {
        const content: unknown = JSON.parse(text);
        const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
        return isObject
          ? { content: content as Content, broken: null }
          : { content: {}, broken: 'it is no JSON object' };
      } catch (error) {
        return { content: {}, broken: jsonMistake(text, reasonOf(error)) };
      }
    } catch (error) {
      this.#stamp = '';
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return { content: {}, broken: isMissing ? null : reasonOf(error) };
    }
  }

  /** Changes what the file holds now, whoever wrote it last. */
  #write(change: (content: Content) => Content | string, profile = () => this.#state.profile): Result<null> {
    const { content, broken } = this.#read();
    if (broken !== null) {
      return fail(`The settings cannot be kept: ${this.#path}: ${broken}.`, { hint: 'Mend that file, or remove it.' });
    }
    const next = change(content);
    if (typeof next === 'string') return fail(next);
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      const beside = `${this.#path}.${process.pid}`;
      writeFileSync(beside, `${JSON.stringify(next, null, INDENT)}\n`, { mode: 0o600 });
      renameSync(beside, this.#path);
    } catch (error) {
      return fail(`The settings cannot be kept in ${this.#path}: ${reasonOf(error)}.`);
    }
    this.#take(this.#read(), profile());
    return ok(null);
  }

  /** @param wanted the profile that is to be in force, if it is there: else the one that was chosen last */
  #stateOf({ content, broken }: Read, wanted: string | undefined, revision: number): SettingsState {
    const profiles = namesOf(content);
    const profile =
      [wanted, content.profile].find((name): name is string => profiles.includes(name as string)) ?? profiles[0];
    const stored = profilesOf(content).get(profile);
    const { values, problems } = readProfile(stored);
    const wrong = broken === null ? problems.map((each) => `profiles.${profile}.${each}`) : [broken];
    return {
      revision,
      path: this.#path,
      stored: stored !== undefined && Object.keys(stored).length > 0,
      profile,
      values,
      profiles,
      problems: wrong.map((each) => `${this.#path}: ${each}.`),
    };
  }
}

/** The profiles of a file in their order: always one at least. */
function profilesOf({ profiles }: Content): Map<string, object> {
  const given = typeof profiles === 'object' && profiles !== null ? Object.entries(profiles) : [];
  const usable = given.filter(
    ([name, values]) => v.is(profileName, name) && typeof values === 'object' && values !== null,
  );
  return new Map(usable.length > 0 ? (usable.slice(0, MOST_PROFILES) as [string, object][]) : [[FIRST_PROFILE, {}]]);
}

function namesOf(content: Content): string[] {
  return [...profilesOf(content).keys()];
}

/** What keeps an edit from being made, "" for nothing. */
function problemOf(edit: Exclude<ProfileEdit, { kind: 'switch' }>, names: readonly string[]): string {
  if (edit.kind === 'remove') return names.length > 1 ? '' : 'The only profile cannot be removed.';
  const name = edit.kind === 'add' ? edit.name : edit.to;
  if (names.includes(name)) return `There is a profile "${name}" already.`;
  const isTooMany = edit.kind === 'add' && names.length >= MOST_PROFILES;
  return isTooMany ? `There are ${MOST_PROFILES} profiles already, and there cannot be more.` : '';
}

/** The profiles after an edit, and which of them is in force then. */
function edited(
  profiles: ReadonlyMap<string, object>,
  edit: ProfileEdit,
  inForce: string,
): { readonly next: ReadonlyMap<string, object>; readonly now: string } {
  switch (edit.kind) {
    case 'switch':
      return { next: profiles, now: edit.name };
    case 'add':
      return {
        next: new Map([...profiles, [edit.name, edit.values ?? profiles.get(edit.of ?? inForce) ?? {}]]),
        now: edit.name,
      };
    case 'rename': {
      const renamed = [...profiles].map(([name, values]) => [name === edit.name ? edit.to : name, values] as const);
      return { next: new Map(renamed), now: inForce === edit.name ? edit.to : inForce };
    }
    case 'remove': {
      const next = new Map([...profiles].filter(([name]) => name !== edit.name));
      return { next, now: inForce === edit.name ? [...next.keys()][0] : inForce };
    }
  }
}

/** What is wrong with a JSON text, with line and column where the reason tells the position. */
function jsonMistake(text: string, reason: string): string {
  const position = /position (\d+)/.exec(reason);
  if (position === null) return `it is not JSON: ${reason}`;
  const lines = text.slice(0, Number(position[1])).split('\n');
  const place = `line ${lines.length}, column ${lines[lines.length - 1].length + 1}`;
  return `${place}: it is not JSON: ${reason.replace(/ in JSON at position.*$/, '')}`;
}
