import * as v from 'valibot';
import { persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CaptureOptions } from '../../app/contracts/index.ts';
import { type ColumnChoice, USUAL_COLUMNS } from './columnChoice.ts';
import { activeRules, COLOUR_RULES, type ColourRule, FILTER_BUTTONS, type FilterButton } from './filterSets.ts';

export type ThemeChoice = 'system' | 'dark' | 'light';
export const THEMES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

/** What the list tells of the time: of day, with the date, since the first message, since the row before. */
export const TIME_FORMATS = ['clock', 'date', 'start', 'previous'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** Shares of a split by the ids of its panels, as the panel library reports them. */
export type SplitLayout = { readonly [panel: string]: number };

export interface ComparisonChoice {
  /** Only what differs is shown. */
  readonly differing: boolean;
  /** What differs by itself counts, too: counters, ages, sequence numbers. */
  readonly expected: boolean;
}

/** What a user set up and finds again: never anything of a capture. */
export interface Preferences {
  readonly theme: ThemeChoice;
  /** Whether the families panel is open (in a narrow window it is an overlay, and this does not count). */
  readonly familiesOpen: boolean;
  /** Widths of the list's columns in pixels, by column id, where they differ from the usual ones. */
  readonly columnWidths: { readonly [column: string]: number };
  /** Which columns the list has, and in which order. */
  readonly columns: ColumnChoice;
  readonly timeFormat: TimeFormat;
  /** Whether the messages by time stand above the list. */
  readonly rateStrip: boolean;
  readonly splits: { readonly [group: string]: SplitLayout };
  /** What the next start captures; null: what this kernel lets us hear of the common groups. */
  readonly capture: CaptureOptions | null;
  readonly colourRules: readonly ColourRule[];
  /** Whether the rules are in force at all. */
  readonly colouring: boolean;
  readonly filterButtons: readonly FilterButton[];
  /** What comparisons show and count. */
  readonly comparison: ComparisonChoice;
  /** Keys of a single letter can be switched off (WCAG 2.1.4). */
  readonly letterKeys: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  familiesOpen: true,
  columnWidths: {},
  columns: USUAL_COLUMNS,
  timeFormat: 'clock',
  rateStrip: false,
  splits: {},
  capture: null,
  colourRules: [],
  colouring: true,
  filterButtons: [],
  comparison: { differing: true, expected: false },
  letterKeys: true,
};

export type PreferencesStore = StoreApi<Preferences>;

const NAME = v.pipe(v.string(), v.maxLength(256));
const NAMES = v.pipe(v.array(NAME), v.maxLength(256));
const SIZES = v.record(NAME, v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(100_000)));
const GROUP = v.looseObject({ protocol: v.number(), group: v.number() });

/** What is stored may be of another version, or of another program's: what cannot be used is as if never chosen. */
const STORED = v.object({
  theme: usable(v.picklist(THEMES), 'theme'),
  familiesOpen: usable(v.boolean(), 'familiesOpen'),
  columnWidths: usable(SIZES, 'columnWidths'),
  columns: usable(v.object({ order: NAMES, hidden: NAMES, extra: v.optional(NAMES) }), 'columns'),
  timeFormat: usable(v.picklist(TIME_FORMATS), 'timeFormat'),
  rateStrip: usable(v.boolean(), 'rateStrip'),
  splits: usable(v.record(NAME, SIZES), 'splits'),
  capture: usable(v.nullable(v.looseObject({ groups: v.array(GROUP) })), 'capture'),
  colourRules: usable(COLOUR_RULES, 'colourRules'),
  colouring: usable(v.boolean(), 'colouring'),
  filterButtons: usable(FILTER_BUTTONS, 'filterButtons'),
  comparison: usable(v.object({ differing: v.boolean(), expected: v.boolean() }), 'comparison'),
  letterKeys: usable(v.boolean(), 'letterKeys'),
});

function usable<Schema extends v.GenericSchema>(schema: Schema, name: keyof Preferences) {
  return v.fallback(schema, DEFAULT_PREFERENCES[name] as v.InferOutput<Schema>);
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
  return read.success ? (read.output as Preferences) : DEFAULT_PREFERENCES;
}

/** Preferences kept in the browser's local storage. */
export function createPreferences(): PreferencesStore {
  return createStore<Preferences>()(
    persist(() => DEFAULT_PREFERENCES, { name: 'nlscope.preferences', version: 1, merge: readPreferences }),
  );
}
