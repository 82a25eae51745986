import { persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CaptureOptions } from '../../app/contracts/index.ts';

export type ThemeChoice = 'system' | 'dark' | 'light';
export const THEMES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

/** What the list tells of the time: of day, with the date, since the first message, since the row before. */
export const TIME_FORMATS = ['clock', 'date', 'start', 'previous'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** Shares of a split by the ids of its panels, as the panel library reports them. */
export type SplitLayout = { readonly [panel: string]: number };

/** What a user set up and finds again: never anything of a capture. */
export interface Preferences {
  readonly theme: ThemeChoice;
  /** Whether the families panel is open (in a narrow window it is an overlay, and this does not count). */
  readonly familiesOpen: boolean;
  /** Widths of the list's columns in pixels, by column id, where they differ from the usual ones. */
  readonly columnWidths: { readonly [column: string]: number };
  readonly timeFormat: TimeFormat;
  readonly splits: { readonly [group: string]: SplitLayout };
  /** What the next start captures; null: what this kernel lets us hear of the common groups. */
  readonly capture: CaptureOptions | null;
  /** Keys of a single letter can be switched off (WCAG 2.1.4). */
  readonly letterKeys: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  familiesOpen: true,
  columnWidths: {},
  timeFormat: 'clock',
  splits: {},
  capture: null,
  letterKeys: true,
};

export type PreferencesStore = StoreApi<Preferences>;

/** Preferences kept in the browser's local storage. */
export function createPreferences(): PreferencesStore {
  return createStore<Preferences>()(persist(() => DEFAULT_PREFERENCES, { name: 'nlscope.preferences', version: 1 }));
}
