import { describe, expect, it } from 'vitest';
import type { ColourRule } from '../../app/contracts/index.ts';
import { activeRules, groupButtons, mergeSets, moved, readSets, replaced, setColour, writeSets } from './filterSets.ts';

const rule = (filter: string, colour: ColourRule['colour'] = 'blue', on = true): ColourRule => ({ filter, colour, on });

describe('colouring rules', () => {
  it('are in force in their order, without those that are off or empty', () => {
    expect(
      activeRules([rule('a'), rule('b', 'pink', false), rule('  '), rule('c')]).map(({ filter }) => filter),
    ).toEqual(['a', 'c']);
  });

  it('come before all others when a field gets a colour, and are there once', () => {
    const rules = setColour([rule('a'), rule('b')], 'b', 'green');
    expect(rules).toEqual([rule('b', 'green'), rule('a')]);
    expect(setColour(rules, 'b', null)).toEqual([rule('a')]);
  });

  it('move, change and go', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
    expect(moved(['a'], 4, 1)).toEqual(['a']);
    expect(replaced(['a', 'b'], 1, 'x')).toEqual(['a', 'x']);
    expect(replaced(['a', 'b'], 0, null)).toEqual(['b']);
  });
});

it('buttons whose labels begin alike stand in one menu', () => {
  const groups = groupButtons([
    { label: 'Errors', filter: 'errno != 0' },
    { label: 'Routes // IPv4', filter: '4' },
    { label: 'Links', filter: 'link' },
    { label: 'Routes//IPv6', filter: '6' },
    { label: 'Odd //', filter: 'o' },
  ]);
  expect(groups).toEqual([
    { kind: 'button', label: 'Errors', filter: 'errno != 0' },
    {
      kind: 'menu',
      label: 'Routes',
      buttons: [
        { label: 'IPv4', filter: '4' },
        { label: 'IPv6', filter: '6' },
      ],
    },
    { kind: 'button', label: 'Links', filter: 'link' },
    { kind: 'button', label: 'Odd', filter: 'o' },
  ]);
});

describe('what is handed on', () => {
  const sets = {
    colourRules: [rule('a', 'pink', false)],
    filterButtons: [{ label: 'A // B', filter: 'x' }],
    macros: [{ name: 'm', text: 'link.mtu > $1' }],
  };

  it('comes back as it was', () => {
    expect(readSets(writeSets(sets))).toEqual(sets);
  });

  it.each([
    ['{', 'not JSON'],
    ['7', 'is not as rules'],
    ['[]', 'no rules, buttons or macros'],
    ['{"colourRules": [{"filter": "a", "colour": "#ff0000", "on": true}]}', 'colourRules.0.colour'],
    ['{"filterButtons": [{"label": 7}]}', 'filterButtons.0'],
    ['{}', 'no rules, buttons or macros'],
    [JSON.stringify({ colourRules: Array(1000).fill(rule('a')) }), 'colourRules'],
  ])('%s is refused', (text, words) => {
    expect(readSets(text)).toContain(words);
  });

  it('joins what is there, without doubles', () => {
    const merged = mergeSets(sets, {
      colourRules: [rule('a'), rule('b')],
      filterButtons: [...sets.filterButtons],
      macros: [
        { name: 'm', text: 'other' },
        { name: 'n', text: 'x' },
      ],
    });
    expect(merged.colourRules.map(({ filter, colour }) => [filter, colour])).toEqual([
      ['a', 'pink'],
      ['b', 'blue'],
    ]);
    expect(merged.filterButtons).toEqual(sets.filterButtons);
    expect(merged.macros).toEqual([...sets.macros, { name: 'n', text: 'x' }]);
  });
});
