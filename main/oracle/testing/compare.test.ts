import { describe, expect, test } from 'vitest';
import { compare, Findings, type Json, type Table, unshared } from './compare.ts';
import type { Shown } from './scene.ts';

function differences(theirs: Json, ours: Shown | readonly [Shown, Shown], table: Table): string[] {
  const findings = new Findings();
  const pair = (Array.isArray(ours) ? ours : [ours, ours]) as readonly [Shown, Shown];
  compare(theirs, pair, table, 'x', findings);
  return findings.differences.map(({ path }) => path);
}

describe('comparing with a tool', () => {
  const table: Table = {
    mtu: 'IFLA_MTU',
    up: 'UP',
    'stats.*': (ours, key) => ours[key],
    hops: { each: (ours) => (ours['HOPS'] ?? []) as readonly Shown[], table: { via: 'VIA' } },
    uid: unshared('of this machine'),
  };

  test('finds a value that differs, is not there, or that no rule answers', () => {
    expect(differences({ mtu: 1500 }, { IFLA_MTU: 1501 }, table)).toEqual(['x.mtu']);
    expect(differences({ mtu: 0 }, {}, table)).toEqual(['x.mtu']);
    expect(differences({ mtu: '1500' }, { IFLA_MTU: '' }, table)).toEqual(['x.mtu']);
    expect(differences({ mtu: 1500, color: 'red' }, { IFLA_MTU: 1500 }, table)).toEqual(['x.color']);
    expect(differences({ up: true }, { UP: 0 }, table)).toEqual(['x.up']);
    expect(differences({ up: false }, { UP: 1 }, table)).toEqual(['x.up']);
    expect(differences({ up: null }, {}, table)).toEqual(['x.up']);
    expect(differences({ stats: { rx: 1, tx: 2 } }, { rx: 1, tx: 3 }, table)).toEqual(['x.stats.tx']);
    expect(differences({ mtu: [1, 2] }, { IFLA_MTU: [2, 1] }, table)).toEqual(['x.mtu']);
  });

  test('compares objects in a list one by one, and their number', () => {
    expect(differences({ hops: [{ via: 'a' }, { via: 'b' }] }, { HOPS: [{ VIA: 'a' }, { VIA: 'c' }] }, table)).toEqual([
      'x.hops[1].via',
    ]);
    expect(differences({ hops: [{ via: 'a' }] }, { HOPS: [] }, table)).toEqual(['x.hops']);
  });

  test('takes a value that changed between two looks from either, or between them when it is a number', () => {
    expect(differences({ mtu: 5 }, [{ IFLA_MTU: 7 }, { IFLA_MTU: 3 }], table)).toEqual([]);
    expect(differences({ mtu: 8 }, [{ IFLA_MTU: 7 }, { IFLA_MTU: 3 }], table)).toEqual(['x.mtu']);
    expect(differences({ mtu: 'b' }, [{ IFLA_MTU: 'a' }, { IFLA_MTU: 'c' }], table)).toEqual(['x.mtu']);
  });

  test('says nothing of keys that only the tool has for a reason', () => {
    expect(differences({ uid: 7 }, {}, table)).toEqual([]);
  });
});
