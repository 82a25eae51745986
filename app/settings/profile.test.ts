import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DEFAULT_PROFILE,
  differing,
  isUsual,
  macrosOf,
  profileOf,
  readProfile,
  readProfileText,
  writeProfileText,
} from './profile.ts';

const MINE = {
  ...DEFAULT_PROFILE,
  colourRules: [{ filter: 'errno', colour: 'pink', on: true }],
  macros: [{ name: 'big', text: 'link.mtu > $1' }],
  columns: { order: ['number', 'field:link.mtu'], hidden: ['flags'] },
} as const;

test('a profile that is handed on is the same', () => {
  expect(readProfileText(writeProfileText('Mine', MINE))).toEqual({ name: 'Mine', values: MINE });
});

test('what is no profile says so', () => {
  expect(readProfileText('{')).toBe('This is not JSON.');
  expect(readProfileText('{"colourRules": []}')).toMatch(/^This is no profile/);
  expect(readProfileText('{"nlscope": "profile", "name": " "}')).toBe(
    'The profile cannot be used: a profile needs a name.',
  );
  expect(readProfileText('{"nlscope": "profile", "name": "a", "timeFormat": "x"}')).toMatch(
    /^The profile cannot be used: timeFormat: Invalid type/,
  );
});

test('anything can be read as a profile', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(DEFAULT_PROFILE)), (value, part) => {
      expect(Object.keys(readProfile({ [part]: value }).values)).toEqual(Object.keys(DEFAULT_PROFILE));
      expect(readProfile(value).values).toMatchObject({});
    }),
  );
});

test('a part that cannot be used does not take the others away', () => {
  const { values, problems } = readProfile({ ...MINE, colourRules: [{}], columnWidths: { a: -1 } });
  expect(values).toEqual({ ...MINE, colourRules: [], columnWidths: {} });
  expect(problems.map((each) => each.split(':')[0])).toEqual(['colourRules.0.filter', 'columnWidths.a']);
});

test('what differs is told by its parts', () => {
  expect(differing(MINE, { ...MINE, timeFormat: 'date' })).toEqual({ timeFormat: 'clock' });
  expect(isUsual({ columns: { order: [], hidden: [] } })).toBe(true);
  expect(isUsual({ colouring: false })).toBe(false);
  expect(profileOf({ ...MINE, theme: 'dark' } as typeof MINE)).toEqual(MINE);
});

test('of macros with the same name the first counts, and names that none can have count not', () => {
  const macros = [
    { name: 'a', text: '1' },
    { name: 'a', text: '2' },
    { name: '', text: '3' },
    { name: 'b', text: '4' },
  ];
  expect([...macrosOf({ macros })]).toEqual([
    ['a', '1'],
    ['b', '4'],
  ]);
});
