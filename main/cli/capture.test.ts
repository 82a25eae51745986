import { expect, it } from 'vitest';
import { lossWords } from './capture.ts';

it('never says that nothing was lost when nobody knows how much was', () => {
  expect(lossWords(0, false)).toBe('0 lost');
  expect(lossWords(7, false)).toBe('7 lost');
  expect(lossWords(0, true)).toBe('an unknown number lost');
  expect(lossWords(7, true)).toBe('7 known to be lost and an unknown number more');
});
