import { expect, test } from 'vitest';
import { nearNames } from './near.ts';

test.each([
  ['UP', ['IFF_UP', 'IFF_LOWER_UP', 'IFF_NOARP'], ['IFF_UP', 'IFF_LOWER_UP']],
  ['link.mut', ['link.mtu', 'link.min_mtu', 'route.dst'], ['link.mtu']],
  ['rtm_newlink', ['RTM_NEWLINKPROP', 'RTM_NEWLINK'], ['RTM_NEWLINK', 'RTM_NEWLINKPROP']],
  ['zzz', ['link.mtu'], []],
])('%s', (name, candidates, expected) => {
  expect(nearNames(name, candidates, 3)).toEqual(expected);
});

test('gives no more than asked', () => {
  expect(nearNames('a', ['ab', 'ac', 'ad'], 2)).toHaveLength(2);
});
