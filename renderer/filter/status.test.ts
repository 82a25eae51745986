import { expect, test } from 'vitest';
import type { FilterCheck } from '../../app/contracts/index.ts';
import { errorPlace, filterStatus, underlined } from './status.ts';

const counts = { shown: 9604, total: 18521, progress: 1 };
const error = (start: number, end: number) => ({ message: 'm', range: { start, end } });
const bad: FilterCheck = { state: 'error', error: error(22, 28) };

test.each([
  ['an applied filter tells its counts', 'link', 'link', { state: 'ok' } as const, 'ok', '9,604 of 18,521'],
  ['no filter tells nothing', '', '', { state: 'ok' } as const, 'none', ''],
  ['a good edit says how to apply it', 'addr', 'link', { state: 'ok' } as const, 'ok', 'Enter applies'],
  ['an emptied box says what Enter does', '', 'link', { state: 'ok' } as const, 'ok', 'Enter shows all'],
  ['a bad edit says that the old filter holds', 'x', 'link', bad, 'error', 'error, last filter still applied'],
  ['a bad edit without an old filter', 'x', '', bad, 'error', 'error, nothing applied'],
  ['an answer that is still awaited says nothing', 'x', 'link', null, 'none', ''],
])('%s', (_name, text, applied, check, tone, words) => {
  expect(filterStatus(text, applied, check, counts)).toEqual({ tone, text: words });
});

test('a filter under way tells how far it is, never 100 % before the end', () => {
  const status = filterStatus('link', 'link', { state: 'ok' }, { ...counts, progress: 0.9999 });
  expect(status).toEqual({ tone: 'busy', text: '99 % examined' });
});

test('columns are counted as people count', () => {
  expect(errorPlace(error(22, 28))).toBe('Column 23 to 28');
  expect(errorPlace(error(4, 5))).toBe('Column 5');
  expect(errorPlace(error(4, 4))).toBe('Column 5');
});

test('an underline covers at least one character and stays inside the text', () => {
  expect(underlined(error(22, 28), 28)).toEqual({ from: 22, to: 28 });
  expect(underlined(error(9, 9), 9)).toEqual({ from: 8, to: 9 });
  expect(underlined(error(3, 90), 9)).toEqual({ from: 3, to: 9 });
  expect(underlined(error(0, 0), 0)).toBeNull();
});
