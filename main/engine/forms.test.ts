import { expect, test } from 'vitest';
import { builtinLibrary } from '../../app/specs/index.ts';
import { attributeSpace } from './forms.ts';

test('the length of a nexthop is known to follow from the rest', () => {
  const space = attributeSpace(builtinLibrary(), 'rt-route/route-attrs');
  const multipath = space?.attributes.find(({ name }) => name === 'RTA_MULTIPATH');
  expect(multipath?.members?.map(({ name, isComputed }) => [name, isComputed === true])).toEqual([
    ['rtnh_len', true],
    ['rtnh_flags', false],
    ['rtnh_hops', false],
    ['rtnh_ifindex', false],
  ]);
});
