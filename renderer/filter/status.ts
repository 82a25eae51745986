import type { FilterCheck, FilterError } from '../../app/contracts/index.ts';

/** Messages that pass the filter, messages in all, and the share examined so far (0..1). */
export interface FilterCounts {
  readonly shown: number;
  readonly total: number;
  readonly progress: number;
}

/** What stands at the right of the filter box. */
export interface FilterStatus {
  readonly tone: 'none' | 'ok' | 'incomplete' | 'error' | 'busy';
  readonly text: string;
}

/**
 * The state of the filter box in a few words.
 * @param text what is typed, `applied` what is in force
 * @param check the newest answer about `text`, null while it is awaited
 * @param counts of the filter in force
 */
export function filterStatus(
  text: string,
  applied: string,
  check: FilterCheck | null,
  counts: FilterCounts,
): FilterStatus {
  const still = applied === '' ? 'nothing applied' : 'last filter still applied';
  if (text !== applied) {
    if (check?.state === 'error') return { tone: 'error', text: `error, ${still}` };
    if (check?.state === 'incomplete') return { tone: 'incomplete', text: `incomplete, ${still}` };
    if (check?.state === 'ok') return { tone: 'ok', text: text === '' ? 'Enter shows all' : 'Enter applies' };
    return { tone: 'none', text: '' };
  }
  if (counts.progress < 1) return { tone: 'busy', text: `${Math.floor(counts.progress * 100)} % examined` };
  if (applied === '') return { tone: 'none', text: '' };
  return { tone: 'ok', text: `${groupDigits(counts.shown)} of ${groupDigits(counts.total)}` };
}

/** "18521" as "18,521". */
export function groupDigits(count: number): string {
  return count.toLocaleString('en-US');
}

/** Where an error is, for people: "Column 23 to 28"; columns count from 1 and include the last. */
export function errorPlace(error: FilterError): string {
  const first = error.range.start + 1;
  return error.range.end <= first ? `Column ${first}` : `Column ${first} to ${error.range.end}`;
}

/** The characters to underline: at least one, inside the text; null where the text has none. */
export function underlined(error: FilterError, length: number): { from: number; to: number } | null {
  if (length === 0) return null;
  const from = Math.max(0, Math.min(error.range.start, length - 1));
  const to = Math.max(from + 1, Math.min(error.range.end, length));
  return { from, to };
}
