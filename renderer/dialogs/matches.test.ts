import { expect, it } from 'vitest';
import { matching } from './matches.ts';

const titles = ['Start or stop capture', 'Restart capture', 'Clear all messages', 'Choose capture options'];
const found = (query: string) => matching(titles, query, (title) => title);

it('finds titles that hold every word, whatever their order', () => {
  expect(found('capture rest')).toEqual(['Restart capture']);
  expect(found('CLEAR')).toEqual(['Clear all messages']);
  expect(found('zzz')).toEqual([]);
  expect(found('  ')).toEqual(titles);
});

it('puts beginnings first', () => {
  expect(found('st')[0]).toBe('Start or stop capture');
  expect(found('cap')).toEqual(['Start or stop capture', 'Restart capture', 'Choose capture options']);
});
