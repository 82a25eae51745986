import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import type { Row } from '../../app/contracts/index.ts';
import { readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { createDecoding } from './decoding.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { rowPage } from './rows.ts';
import { SortKeys } from './sortKeys.ts';
import { sortRows } from './sortRows.ts';
import { Turns } from './turns.ts';

function listed(capture: string, grouped: boolean): Listing {
  const opened = openDocument(memorySource(new Uint8Array(readCorpusFile(`${capture}.pcap`))), createDecoding());
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  const listing = new Listing(opened.value.document, 1);
  listing.view.setGrouped(grouped);
  while (listing.step(1000));
  return listing;
}

async function sorted(listing: Listing, column: string, descending: boolean): Promise<readonly Row[]> {
  const done = await sortRows(listing, new Set(), { column, descending }, () => true);
  expect(done.ok).toBe(true);
  return (await rowPage(listing, new Set(), 0, 10_000, { fields: ['link.mtu'] })).rows;
}

/** What is expected of each column, from the rows themselves. */
const SHOWN: { readonly [column: string]: (row: Row) => number | string | null } = {
  number: (row) => row.number,
  time: (row) => Number(BigInt(row.time) % 10n ** 15n),
  type: (row) => row.type,
  family: (row) => row.family,
  process: (row) => row.process || null,
  length: (row) => row.length,
  info: (row) => row.info.join('').slice(0, 96) || null,
  'field:link.mtu': (row) => (row.fields?.['link.mtu'] ? Number.parseInt(row.fields['link.mtu'].text, 10) : null),
};

it.each(['wifi-a', 'genl-ctrl-a', 'nft-a', 'raw-uevent-a', 'audit-events', 'raw-connector', 'ss-a'])(
  'types of %s come in their order',
  async (capture) => {
    const types = (await sorted(listed(capture, false), 'type', false)).map(({ type }) => type);
    expect(types.length).toBeGreaterThan(5);
    expect(types).toEqual([...types].sort());
  },
);

describe.each(Object.keys(SHOWN))('rows by %s', (column) => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])(
    'ascend or descend (grouped %s, descending %s), what has none last, equal ones as captured',
    async (grouped, descending) => {
      const listing = listed('route-a', grouped);
      const before = (await rowPage(listing, new Set(), 0, 10_000)).rows.map(({ number }) => number);
      // What a dump's line counts is no part of what it is sorted by.
      const rows = (await sorted(listing, column, descending)).filter(
        ({ flags }) => column !== 'info' || !flags.includes('DP'),
      );
      expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
      if (column !== 'info') expect(rows.map(({ number }) => number).sort((a, b) => a - b)).toEqual(before);
      for (let at = 1; at < rows.length; at++) {
        const [one, other] = [SHOWN[column](rows[at - 1]), SHOWN[column](rows[at])];
        if (other === null) {
          if (one === null) expect(rows[at - 1].number).toBeLessThan(rows[at].number);
          continue;
        }
        expect(one).not.toBe(null);
        if (one === other) expect(rows[at - 1].number).toBeLessThan(rows[at].number);
        else expect(one! < other).toBe(!descending);
      }
    },
  );
});

describe('sorting', () => {
  it('of a column that means nothing is refused', async () => {
    const listing = listed('route-a', true);
    for (const column of ['nonsense', 'field:no.such', 'relation', '__proto__']) {
      expect(await sortRows(listing, new Set(), { column, descending: false }, () => true)).toMatchObject({
        ok: false,
      });
    }
  });

  it('can be stopped, and leaves the list as it is', async () => {
    const listing = listed('nft-b', false);
    const before = listing.view.generation;
    let calls = 0;
    const stopped = await sortRows(listing, new Set(), { column: 'info', descending: false }, () => ++calls < 2);
    expect(stopped).toMatchObject({ ok: false });
    expect(calls).toBe(2);
    expect(listing.view.generation).toBe(before);
  });

  it('is that of a plain stable sort, in turns', async () => {
    const size = { minLength: 5000, maxLength: 9000 };
    const number = fc.integer({ min: 0, max: 50 });
    const keys = fc.oneof(
      fc.array(fc.oneof(number, fc.constant(null), fc.constant('x')), size),
      fc.array(fc.oneof(number, fc.constant(null)), size),
    );
    await fc.assert(
      fc.asyncProperty(keys, fc.boolean(), async (list, descending) => {
        const places = new SortKeys(list.length);
        for (const [place, key] of list.entries()) places.set(place, key);
        const order = await places.order(descending, new Turns(0), () => true);
        const value = (key: string | number | null) => (key === null ? 2 : typeof key === 'string' ? 1 : 0);
        expect(new Set(order).size).toBe(list.length);
        for (let at = 1; at < list.length; at++) {
          const [one, other] = [order![at - 1], order![at]];
          if (list[one] === list[other]) expect(one).toBeLessThan(other);
          else if (typeof list[one] === 'number' && typeof list[other] === 'number')
            expect(list[one] < list[other]).toBe(!descending);
          else if (list[one] === null || list[other] === null)
            expect(value(list[one])).toBeLessThan(value(list[other]));
        }
      }),
      { numRuns: 5 },
    );
  });
});
