import { expect, test, vi } from 'vitest';
import type { AttributeSpaceInfo } from '../../app/contracts/index.ts';
import { createSpaceCache } from './spaces.ts';

const space = (id: string): AttributeSpaceInfo => ({ id, attributes: [] });

test('asks once for each space, and tells when it is here', async () => {
  const attributeSpace = vi.fn(async (id: string) => (id === 'none' ? null : space(id)));
  const cache = createSpaceCache({ attributeSpace });
  const heard = vi.fn();
  const stop = cache.subscribe(heard);
  cache.load(['a', 'none']);
  cache.load(['a']);
  expect(cache.get('a')).toBeUndefined();
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
  expect([cache.get('a'), cache.get('none'), cache.version()]).toEqual([space('a'), null, 2]);
  cache.load(['a', 'none']);
  expect(attributeSpace).toHaveBeenCalledTimes(2);
  stop();
});

test('what failed may be asked again', async () => {
  const attributeSpace = vi.fn<(id: string) => Promise<AttributeSpaceInfo | null>>();
  attributeSpace.mockRejectedValueOnce(new Error('lost connection')).mockResolvedValue(space('a'));
  const cache = createSpaceCache({ attributeSpace });
  cache.load(['a']);
  await vi.waitFor(() => {
    cache.load(['a']);
    expect(cache.get('a')).toEqual(space('a'));
  });
});
