import { describe, expect, it } from 'vitest';
import { DEFAULT_PREFERENCES, readPreferences } from './preferences.ts';

describe('preferences that were stored', () => {
  it('come back as they were', () => {
    const mine = {
      ...DEFAULT_PREFERENCES,
      theme: 'light',
      columnWidths: { type: 200, 'field:nl.len': 80 },
      columns: { order: ['number', 'field:nl.len', 'info'], hidden: ['flags'] },
      timeFormat: 'start',
      splits: { messages: { 'panel-list': 40, 'panel-detail': 60 } },
      capture: { groups: [{ protocol: 0, group: 1 }], tap: true, namespaces: ['', 'lab'] },
      colourRules: [{ filter: 'errno != 0', colour: 'pink', on: false }],
      colouring: false,
      filterButtons: [{ label: 'Routes // IPv4', filter: 'route.dst == 10.0.0.0/8' }],
      letterKeys: false,
    };
    expect(readPreferences(JSON.parse(JSON.stringify(mine)))).toEqual(mine);
  });

  it('of a version that knew fewer of them stay valid', () => {
    const old = { theme: 'dark', familiesOpen: false, columnWidths: { type: 90 }, splits: {}, capture: null };
    expect(readPreferences(old)).toEqual({ ...DEFAULT_PREFERENCES, ...old });
  });

  it.each([undefined, null, 7, 'text', [], { theme: {} }])('are the usual ones where %j is stored', (stored) => {
    expect(readPreferences(stored)).toEqual(DEFAULT_PREFERENCES);
  });

  it('are each as if never chosen where they cannot be used, and the others stay', () => {
    const hostile = {
      theme: 'light',
      familiesOpen: 'yes',
      columnWidths: { type: -1e9 },
      columns: { order: [1, null, {}], hidden: 'all' },
      timeFormat: '__proto__',
      splits: { messages: { 'panel-list': null } },
      capture: { groups: 'everything' },
      colourRules: [{ filter: 'x', colour: '#ff0000', on: true }],
      colouring: 'on',
      filterButtons: [{ label: {} }],
      letterKeys: 1,
      more: '<script>',
    };
    expect(readPreferences(hostile)).toEqual({ ...DEFAULT_PREFERENCES, theme: 'light' });
    const long = { columns: { order: Array(1000).fill('field:a.b'), hidden: [] } };
    expect(readPreferences(long).columns).toEqual(DEFAULT_PREFERENCES.columns);
  });
});
