import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { HostState } from '../../app/contracts/index.ts';
import { useApp } from './app.ts';
import type { Compare } from './compare.ts';
import type { DetailState } from './detail.ts';
import type { ListState } from './list.ts';
import type { Preferences } from './preferences.ts';
import type { Search } from './search.ts';
import type { SelectionState } from './selection.ts';
import type { Sequence } from './sequence.ts';
import type { Session } from './session.ts';
import type { Sockets } from './sockets.ts';
import type { Statistics } from './statistics.ts';
import type { Ui } from './ui.ts';

/** Parts of the window's model, as React state. Every selector may return an object: it is compared by its members. */

export function useSession<T>(selector: (session: Session) => T): T {
  return useStore(useApp().session, useShallow(selector));
}

export function useHostState<T>(selector: (state: HostState) => T): T {
  return useStore(
    useApp().session,
    useShallow(({ state }) => selector(state)),
  );
}

export function usePreferences<T>(selector: (preferences: Preferences) => T): T {
  return useStore(useApp().preferences, useShallow(selector));
}

export function useUi<T>(selector: (ui: Ui) => T): T {
  return useStore(useApp().ui, useShallow(selector));
}

export function useSelection<T>(selector: (selection: SelectionState) => T): T {
  return useStore(useApp().selection, useShallow(selector));
}

export function useDetail<T>(selector: (detail: DetailState) => T): T {
  return useStore(useApp().detail, useShallow(selector));
}

export function useList<T>(selector: (list: ListState) => T): T {
  return useStore(useApp().list.store, useShallow(selector));
}

export function useSearch<T>(selector: (search: Search) => T): T {
  return useStore(useApp().search, useShallow(selector));
}

export function useCompare<T>(selector: (compare: Compare) => T): T {
  return useStore(useApp().compare, useShallow(selector));
}

/** The sequence of requests that is put together. */
export function useSequence<T>(selector: (sequence: Sequence) => T): T {
  return useStore(useApp().sequence, useShallow(selector));
}

export function useStatistics<T>(selector: (statistics: Statistics) => T): T {
  return useStore(useApp().statistics, useShallow(selector));
}

export function useSockets<T>(selector: (sockets: Sockets) => T): T {
  return useStore(useApp().sockets, useShallow(selector));
}
