import { describe, expect, it } from 'vitest';
import type { NftSetTypes } from '../dissect/api.ts';
import { NftSets } from './nftSets.ts';

const place = { nsid: null };
const types = (keyType: number): NftSetTypes => ({
  keyType,
  dataType: 0,
  partLengths: [],
  isInterval: false,
  isKeyHost: false,
  isDataHost: false,
});
const named = (set: string, id = 0) => ({ family: 1, table: 't', set, id });

describe('sets of nf_tables', () => {
  it('have the types of the latest definition before a row, or of the first after it', () => {
    const sets = new NftSets();
    sets.learn(10, named('a'), place, types(7));
    sets.learn(20, named('a', 5), place, types(8));
    expect([5, 10, 19, 20, 99].map((row) => sets.lookup(row, named('a'), place)?.keyType)).toEqual([7, 7, 7, 8, 8]);
  });

  it('are another in another table, namespace or host', () => {
    const sets = new NftSets();
    sets.learn(1, named('a'), place, types(7));
    expect(sets.lookup(1, { ...named('a'), table: 'u' }, place)).toBeUndefined();
    expect(sets.lookup(1, { ...named('a'), family: 2 }, place)).toBeUndefined();
    expect(sets.lookup(1, named('a'), { nsid: 3 })).toBeUndefined();
    expect(sets.lookup(1, named('a'), { nsid: null, host: 'other' })).toBeUndefined();
  });

  it('count by their numbers where the kernel is to name them', () => {
    const sets = new NftSets();
    sets.learn(1, named('__set%d', 1), place, types(7));
    sets.learn(2, named('__set%d', 2), place, types(8));
    expect(sets.lookup(9, named('__set%d', 1), place)?.keyType).toBe(7);
    expect(sets.lookup(9, named('__set%d', 2), place)?.keyType).toBe(8);
  });
});
