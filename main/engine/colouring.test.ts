import { describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import { readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { createDecoding } from './decoding.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { rowPage } from './rows.ts';
import { overview } from './search.ts';

function listed(capture: string): Listing {
  const opened = openDocument(memorySource(new Uint8Array(readCorpusFile(`${capture}.pcap`))), createDecoding());
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  const listing = new Listing(opened.value.document, 1);
  listing.view.setGrouped(false);
  while (listing.step(1000));
  return listing;
}

const listing = listed('route-a');
const colours = async (filters: string[]) =>
  (await rowPage(listing, new Set(), 0, 1000, { colours: filters })).rows.map(({ colour }) => colour);

/** Numbers of the messages that a filter passes, by the list itself. */
function passing(filter: string): number[] {
  const other = listed('route-a');
  expect(other.setFilter(filter).ok).toBe(true);
  while (other.step(1000));
  return Array.from({ length: other.view.rowCount }, (_, index) => other.view.messageAt(index) + 1);
}

describe('colours of rows', () => {
  it('are the first of the filters that each passes', async () => {
    const filters = ['nl.type == RTM_NEWROUTE', 'nl.dir == request', 'errno != 0'];
    const told = await colours(filters);
    const [routes, requests] = [passing(filters[0]), passing(filters[1])];
    expect(routes.length).toBeGreaterThan(10);
    told.forEach((colour, at) => {
      const number = at + 1;
      const first = routes.includes(number) ? 0 : requests.includes(number) ? 1 : undefined;
      if (colour !== 2) expect([number, colour]).toEqual([number, first]);
    });
    const errors = told.flatMap((colour, at) => (colour === 2 ? [at + 1] : []));
    expect(errors).toEqual(passing(`(${filters[2]}) && !(${filters[0]}) && !(${filters[1]})`));
  });

  it('are none for filters that are wrong, empty, or pass nothing', async () => {
    expect(new Set(await colours(['nonsense ==', '', 'nl.len > 100000']))).toEqual(new Set([undefined]));
    expect(new Set(await colours([]))).toEqual(new Set([undefined]));
    expect((await colours(['nonsense ==', 'nl.len > 0']))[0]).toBe(1);
  });

  it('stand in the overview where nothing worse does', async () => {
    const plain = await overview(listing, 500);
    const coloured = await overview(listing, 500, ['nl.type == RTM_NEWROUTE']);
    expect(plain).toContain('error');
    coloured.forEach((mark, bucket) => {
      if (['error', 'warn', 'gap'].includes(plain[bucket])) expect(mark).toBe(plain[bucket]);
      else expect(['', 'note', 'colour 0']).toContain(mark);
    });
    const marked = coloured.filter((mark) => mark === 'colour 0').length;
    expect(marked).toBeGreaterThan(5);
    expect(marked).toBeLessThanOrEqual(passing('nl.type == RTM_NEWROUTE').length);
  });
});
