import * as v from 'valibot';
import { persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CaptureOptions, ColourRule, Profile } from '../../app/contracts/index.ts';
import { DEFAULT_PROFILE, readProfile } from '../../app/settings/profile.ts';
import { activeRules } from './filterSets.ts';

export type ThemeChoice = 'system' | 'dark' | 'light';
export const THEMES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

/** Shares of a split by the ids of its panels, as the panel library reports them. */
export type SplitLayout = { readonly [panel: string]: number };

export interface ComparisonChoice {
  /** Only what differs is shown. */
  readonly differing: boolean;
  /** What differs by itself counts, too: counters, ages, sequence numbers. */
  readonly expected: boolean;
}

/** What a user set up in this window and finds again: never anything of a capture. */
interface WindowPreferences {
  readonly theme: ThemeChoice;
  /** Whether the families panel is open (in a narrow window it is an overlay, and this does not count). */
  readonly familiesOpen: boolean;
  /** Whether the messages by time stand above the list. */
  readonly rateStrip: boolean;
  readonly splits: { readonly [group: string]: SplitLayout };
  /** What the next start captures; null: what this kernel lets us hear of the common groups. */
  readonly capture: CaptureOptions | null;
  /** What comparisons show and count. */
  readonly comparison: ComparisonChoice;
  /** Keys of a single letter can be switched off (WCAG 2.1.4). */
  readonly letterKeys: boolean;
  /** Whether the host has what the browser kept of the profile, before hosts did so. */
  readonly handedOver: boolean;
}

/** What a user set up and finds again: for this window, and the profile in force, which the host keeps. */
export interface Preferences extends WindowPreferences, Profile {}

const DEFAULT_WINDOW: WindowPreferences = {
  theme: 'system',
  familiesOpen: true,
  rateStrip: false,
  splits: {},
  capture: null,
  comparison: { differing: true, expected: false },
  letterKeys: true,
  handedOver: false,
};

export const DEFAULT_PREFERENCES: Preferences = { ...DEFAULT_WINDOW, ...DEFAULT_PROFILE };

export type PreferencesStore = StoreApi<Preferences>;

const NAME = v.pipe(v.string(), v.maxLength(256));
const SIZES = v.record(NAME, v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(100_000)));
const GROUP = v.looseObject({ protocol: v.number(), group: v.number() });

/** What is stored may be of another version, or of another program's: what cannot be used is as if never chosen. */
const STORED = v.object({
  theme: usable(v.picklist(THEMES), 'theme'),
  familiesOpen: usable(v.boolean(), 'familiesOpen'),
  rateStrip: usable(v.boolean(), 'rateStrip'),
  splits: usable(v.record(NAME, SIZES), 'splits'),
  capture: usable(v.nullable(v.looseObject({ groups: v.array(GROUP) })), 'capture'),
  comparison: usable(v.object({ differing: v.boolean(), expected: v.boolean() }), 'comparison'),
  letterKeys: usable(v.boolean(), 'letterKeys'),
  handedOver: usable(v.boolean(), 'handedOver'),
});

function usable<Schema extends v.GenericSchema>(schema: Schema, name: keyof WindowPreferences) {
  return v.fallback(schema, DEFAULT_WINDOW[name] as v.InferOutput<Schema>);
}

const NO_RULES: readonly ColourRule[] = [];
const active = new WeakMap<readonly ColourRule[], readonly ColourRule[]>();

/** The rules that colour rows now; the same list as long as they are the same. */
export function rulesOf({
  colourRules,
  colouring,
}: Pick<Preferences, 'colourRules' | 'colouring'>): readonly ColourRule[] {
  if (!colouring) return NO_RULES;
  const known = active.get(colourRules) ?? activeRules(colourRules);
  active.set(colourRules, known);
  return known;
}

/** Preferences from what was stored, whatever that is. */
export function readPreferences(stored: unknown): Preferences {
  const read = v.safeParse(STORED, stored);
  const own = read.success ? (read.output as WindowPreferences) : DEFAULT_WINDOW;
  return { ...own, ...(own.handedOver ? DEFAULT_PROFILE : readProfile(stored).values) };
}

/** What the browser is to keep: what the host keeps only as long as it does not have it. */
function storedPart(preferences: Preferences): Partial<Preferences> {
  if (!preferences.handedOver) return preferences;
  const names = Object.keys(DEFAULT_WINDOW) as (keyof WindowPreferences)[];
  return Object.fromEntries(names.map((name) => [name, preferences[name]]));
}

/** Preferences kept in the browser's local storage, but for the profile (see followSettings). */
export function createPreferences(): PreferencesStore {
  return createStore<Preferences>()(
    persist(() => DEFAULT_PREFERENCES, {
      name: 'nlscope.preferences',
      version: 1,
      merge: readPreferences,
      partialize: storedPart,
    }),
  );
}
