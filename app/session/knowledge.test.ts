import { describe, expect, test } from 'vitest';
import { ExpertList, GenlFamilyTable, InterfaceNames, StringSets } from './index.ts';

describe('ExpertList', () => {
  test('lists notes in the order of their rows, whatever order they came in', () => {
    const list = new ExpertList();
    list.add(5, [
      { severity: 'warn', code: 'malformed' },
      { severity: 'note', code: 'extack' },
    ]);
    list.add(9, [{ severity: 'error', code: 'errno' }]);
    list.add(2, [{ severity: 'error', code: 'errno' }]);
    list.add(3, []);
    expect(list.count).toBe(4);
    expect(list.list(0, 10)).toEqual([
      { row: 2, severity: 'error', code: 'errno' },
      { row: 5, severity: 'warn', code: 'malformed' },
      { row: 5, severity: 'note', code: 'extack' },
      { row: 9, severity: 'error', code: 'errno' },
    ]);
    expect(list.list(1, 2).map((note) => note.row)).toEqual([5, 5]);
    expect(list.list(4, 5)).toEqual([]);
    expect(list.placeAfter(5)).toBe(3);
    expect(list.counts()).toEqual(
      new Map([
        ['malformed', 1],
        ['extack', 1],
        ['errno', 2],
      ]),
    );
    for (let row = 10; row < 1000; row++) list.add(row, [{ severity: 'note', code: `code ${row % 3}` }]);
    expect(list.list(993, 1)).toEqual([{ row: 999, severity: 'note', code: 'code 0' }]);
  });
});

describe('GenlFamilyTable', () => {
  const family = (id: number, name: string, groups: { id: number; name: string }[] = []) => ({
    id,
    name,
    version: 1,
    headerSize: 0,
    maxAttr: 3,
    groups,
    operations: [{ cmd: 1, flags: 2 }],
  });

  test('finds families and groups', () => {
    const table = new GenlFamilyTable();
    expect(table.learn(family(0x10, 'nlctrl', [{ id: 16, name: 'notify' }]))).toBe(true);
    expect(table.learn(family(0x10, 'nlctrl', [{ id: 16, name: 'notify' }]))).toBe(false);
    expect(table.learn(family(0x1b, 'team', [{ id: 5, name: 'change_event' }]))).toBe(true);
    expect(table.byName('team')?.id).toBe(0x1b);
    expect(table.byId(0x10)?.name).toBe('nlctrl');
    expect(table.groupById(5)).toEqual({ family: 'team', group: 'change_event' });
    expect(table.groupById(6)).toBeUndefined();
  });

  test('a message that leaves lists out takes nothing away', () => {
    const table = new GenlFamilyTable();
    table.learn(family(0x1b, 'team', [{ id: 5, name: 'change_event' }]));
    expect(table.learn({ ...family(0x1b, 'team'), operations: [] })).toBe(false);
    expect(table.byId(0x1b)?.groups.length).toBe(1);
    expect(table.byId(0x1b)?.operations.length).toBe(1);
  });

  test('a family that went away still names the messages captured before, until its id is taken', () => {
    const table = new GenlFamilyTable();
    table.learn(family(0x1b, 'team', [{ id: 5, name: 'change_event' }]));
    expect(table.forget(0x1b)).toBe(true);
    expect(table.forget(0x1b)).toBe(false);
    expect(table.byName('team')).toBeUndefined();
    expect(table.byId(0x1b)?.name).toBe('team');
    expect([...table.all()]).toEqual([]);
    expect(table.learn(family(0x1c, 'team'))).toBe(true);
    expect(table.learn(family(0x1b, 'macsec'))).toBe(true);
    expect([...table.all()].map((f) => f.name)).toEqual(['macsec', 'team']);
    expect(table.groupById(5)).toBeUndefined();
    expect(table.byName('team')?.id).toBe(0x1c);
  });

  test('refuses what no kernel registers', () => {
    const table = new GenlFamilyTable();
    expect(table.learn(family(0x10000, 'x'))).toBe(false);
    expect(table.learn(family(0x20, ''))).toBe(false);
    expect([...table.all()]).toEqual([]);
  });
});

describe('InterfaceNames', () => {
  test('the name of an index at a time', () => {
    const names = new InterfaceNames();
    names.learn(3, 'veth0', 100n);
    names.learn(3, 'uplink', 200n);
    names.learn(3, 'dummy7', 300n);
    names.learn(3, 'uplink', 150n);
    names.learn(0, 'none', 1n);
    names.learn(4, '', 1n);
    expect([50n, 100n, 149n, 150n, 250n, 300n].map((time) => names.lookup(3, time))).toEqual([
      'veth0',
      'veth0',
      'veth0',
      'uplink',
      'uplink',
      'dummy7',
    ]);
    expect(names.lookup(3)).toBe('dummy7');
    expect(names.lookup(4)).toBeUndefined();
    expect([...names.all()].map((known) => known.name)).toEqual(['veth0', 'uplink', 'dummy7']);
  });

  test('namespaces have interfaces of their own', () => {
    const names = new InterfaceNames();
    names.learn(3, 'veth0', 1n);
    names.learn(3, 'eth0', 1n, 5);
    expect([names.lookup(3), names.lookup(3, 9n, 5), names.lookup(3, 9n, 6)]).toEqual(['veth0', 'eth0', undefined]);
  });

  test('what changes its name without end stays bounded', () => {
    const names = new InterfaceNames();
    for (let i = 0; i < 5000; i++) names.learn(1, `n${i}`, BigInt(i));
    expect([...names.all()].length).toBe(256);
  });
});

describe('StringSets', () => {
  const device = { index: 7, name: 'eth0' };

  test('are those of the kernel or of a device, which requests may call by its name alone', () => {
    const sets = new StringSets();
    expect(sets.isEmpty).toBe(true);
    expect(sets.learn({ set: 4, device: null, nsid: null, names: [[5, 'highdma']] })).toBe(true);
    expect(sets.learn({ set: 2, device, nsid: null, names: [[0, 'legacy-rx']] })).toBe(true);
    expect(sets.learn({ set: 2, device, nsid: null, names: [[0, 'legacy-rx']] })).toBe(false);
    expect(sets.lookup(4, 5, null)).toBe('highdma');
    expect(sets.lookup(4, 6, null)).toBeUndefined();
    expect(sets.lookup(2, 0, { index: 7, name: 'renamed' })).toBe('legacy-rx');
    expect(sets.lookup(2, 0, { index: 0, name: 'eth0' })).toBe('legacy-rx');
    expect(sets.lookup(2, 0, { index: 8, name: 'eth0' })).toBeUndefined();
    expect(sets.lookup(2, 0, { index: 0, name: 'eth1' })).toBeUndefined();
  });

  test('are those of their namespace, or host', () => {
    const sets = new StringSets();
    sets.learn({ set: 2, device, nsid: 1, names: [[0, 'one']] });
    sets.learn({ set: 2, device, nsid: null, netns: 'blue', names: [[0, 'two']] });
    sets.learn({ set: 4, device: null, nsid: null, netns: 'other-host', names: [[0, 'three']] });
    expect(sets.lookup(2, 0, device)).toBeUndefined();
    expect(sets.lookup(2, 0, device, 1)).toBe('one');
    expect(sets.lookup(2, 0, device, null, 'blue')).toBe('two');
    expect(sets.lookup(4, 0, null)).toBeUndefined();
    expect(sets.lookup(4, 0, null, 3, 'other-host')).toBe('three');
    expect([...sets.all()].map(({ names }) => names[0][1])).toEqual(['one', 'two', 'three']);
  });

  test('stay bounded', () => {
    const sets = new StringSets();
    for (let i = 0; i < 10_000; i++) {
      sets.learn({ set: 2, device: { index: i + 1, name: `eth${i}` }, nsid: null, names: [[i, 'flag']] });
    }
    const known = [...sets.all()];
    expect(known.length).toBeLessThan(10_000);
    expect(known.every(({ names }) => names.every(([index]) => index < 10_000))).toBe(true);
    expect(sets.lookup(2, 9999, { index: 10_000, name: '' })).toBeUndefined();
  });
});
