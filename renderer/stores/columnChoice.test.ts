import { describe, expect, it } from 'vitest';
import {
  addField,
  BUILTIN_COLUMNS,
  fieldColumn,
  fieldOf,
  fieldsOf,
  isHidden,
  MOST_FIELDS,
  moveBy,
  moveColumn,
  orderOf,
  removeField,
  setShown,
  USUAL_COLUMNS,
} from './columnChoice.ts';

describe('columns that a user chose', () => {
  it('are the usual ones until somebody chooses', () => {
    expect(orderOf(USUAL_COLUMNS)).toEqual(BUILTIN_COLUMNS);
    expect(fieldsOf(USUAL_COLUMNS)).toEqual([]);
  });

  it('take fields before the info, or where they are put', () => {
    const one = addField(USUAL_COLUMNS, 'link.ifname');
    const two = addField(one, 'nl.len', 'time');
    const order = orderOf(two);
    expect(order.indexOf('field:link.ifname')).toBe(order.indexOf('info') - 1);
    expect(order.slice(0, 3)).toEqual(['number', 'field:nl.len', 'time']);
    expect(fieldsOf(two)).toEqual(['nl.len', 'link.ifname']);
    expect(addField(two, 'nl.len')).toBe(two);
    expect(fieldsOf(removeField(two, 'nl.len'))).toEqual(['link.ifname']);
    expect(orderOf(removeField(one, 'link.ifname'))).toEqual(BUILTIN_COLUMNS);
  });

  it('are no more than a list can have', () => {
    let choice = USUAL_COLUMNS;
    for (let at = 0; at < MOST_FIELDS + 5; at++) choice = addField(choice, `link.f${at}`);
    expect(fieldsOf(choice)).toHaveLength(MOST_FIELDS);
    const stored = { order: Array.from({ length: 200 }, (_, at) => fieldColumn(`x.f${at}`)), hidden: [] };
    expect(fieldsOf(stored)).toHaveLength(MOST_FIELDS);
  });

  it('move among those on screen, over what is not', () => {
    const shown = ['number', 'time', 'family', 'info'] as const;
    const right = moveBy(USUAL_COLUMNS, 'time', 1, shown);
    expect(orderOf(right).filter((id) => (shown as readonly string[]).includes(id))).toEqual([
      'number',
      'family',
      'time',
      'info',
    ]);
    expect(orderOf(moveBy(right, 'time', -1, shown)).indexOf('time')).toBeLessThan(orderOf(right).indexOf('family'));
    expect(moveBy(USUAL_COLUMNS, 'number', -1, shown)).toBe(USUAL_COLUMNS);
    expect(moveBy(USUAL_COLUMNS, 'info', 1, shown)).toBe(USUAL_COLUMNS);
    expect(moveBy(USUAL_COLUMNS, 'flags', 1, shown)).toBe(USUAL_COLUMNS);
    expect(orderOf(moveColumn(USUAL_COLUMNS, 'number', null)).at(-1)).toBe('number');
    expect(moveColumn(USUAL_COLUMNS, 'field:not.there', null)).toBe(USUAL_COLUMNS);
  });

  it('are hidden and shown again, but for those without which a list says nothing', () => {
    const choice = setShown(setShown(USUAL_COLUMNS, 'flags', false), 'info', false);
    expect([isHidden(choice, 'flags'), isHidden(choice, 'info')]).toEqual([true, false]);
    expect(isHidden(setShown(choice, 'flags', true), 'flags')).toBe(false);
  });

  it('are read from anything that was stored: each once, none that cannot be', () => {
    const order = [
      'info',
      'info',
      'gone',
      '',
      'field:',
      'field:a b',
      'field:"x"',
      'field:__proto__',
      'field:nl.len',
      'number',
    ];
    const all = orderOf({ order: [...order, 'field:nl.len'], hidden: ['gone'] });
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((id) => fieldOf(id) === null).toSorted()).toEqual([...BUILTIN_COLUMNS].toSorted());
    expect(fieldsOf({ order, hidden: [] })).toEqual(['__proto__', 'nl.len']);
    // Those that were never placed stand behind the one that they usually stand behind.
    expect(all.indexOf('outcome')).toBe(all.indexOf('info') + 1);
    expect(all.indexOf('time')).toBe(all.indexOf('number') + 1);
  });
});
