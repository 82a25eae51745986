/** What a browser's localStorage offers and this module needs of it. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Filters the user applied lately and those they starred, newest first. */
export interface FilterHistory {
  readonly recent: readonly string[];
  readonly saved: readonly string[];
}

/** A line of the history list. */
export interface HistoryEntry {
  readonly text: string;
  readonly saved: boolean;
}

const KEY = 'nlscope.filters';
/** Recent filters kept, and the longest text worth keeping (characters). */
export const RECENT_LIMIT = 50;
const TEXT_LIMIT = 4096;

export const EMPTY_HISTORY: FilterHistory = { recent: [], saved: [] };

/** Puts a filter that was just applied on top; an empty one is not remembered, a repeated one moves up. */
export function remember(history: FilterHistory, text: string): FilterHistory {
  const filter = text.trim();
  if (filter === '' || filter.length > TEXT_LIMIT) return history;
  return { ...history, recent: [filter, ...history.recent.filter((old) => old !== filter)].slice(0, RECENT_LIMIT) };
}

/** Stars a filter, or takes its star away. */
export function toggleSaved(history: FilterHistory, text: string): FilterHistory {
  const filter = text.trim();
  if (filter === '' || filter.length > TEXT_LIMIT) return history;
  const others = history.saved.filter((old) => old !== filter);
  return { ...history, saved: others.length < history.saved.length ? others : [filter, ...others] };
}

/** Whether the text is a starred filter. */
export function isSaved(history: FilterHistory, text: string): boolean {
  return history.saved.includes(text.trim());
}

/** Removes a filter from both lists. */
export function forget(history: FilterHistory, text: string): FilterHistory {
  const without = (list: readonly string[]) => list.filter((old) => old !== text);
  return { recent: without(history.recent), saved: without(history.saved) };
}

/**
 * The lines of the history list: starred filters, then recent ones that are not starred; only those that contain every
 * word of `text`.
 */
export function historyEntries(history: FilterHistory, text: string): HistoryEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (filter: string) => words.every((word) => filter.toLowerCase().includes(word));
  const recent = history.recent.filter((filter) => !history.saved.includes(filter));
  return [
    ...history.saved.filter(fits).map((filter) => ({ text: filter, saved: true })),
    ...recent.filter(fits).map((filter) => ({ text: filter, saved: false })),
  ];
}

/** Reads the history; whatever is not a list of texts counts as empty. */
export function loadHistory(storage: TextStorage): FilterHistory {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return EMPTY_HISTORY;
    const { recent, saved } = stored as { [key: string]: unknown };
    return { recent: texts(recent).slice(0, RECENT_LIMIT), saved: texts(saved) };
  } catch {
    return EMPTY_HISTORY;
  }
}

/** Writes the history; where storage is full or forbidden, it lives until the window closes. */
export function storeHistory(storage: TextStorage, history: FilterHistory): void {
  try {
    storage.setItem(KEY, JSON.stringify(history));
  } catch {
    // Nothing to do: remembering filters is a comfort, and the user asked for something else.
  }
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === 'string' && item !== '' && item.length <= TEXT_LIMIT);
}
