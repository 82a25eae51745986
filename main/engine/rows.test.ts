import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDecoding } from './decoding.ts';
import { FileSource } from './fileBytes.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { rowPage } from './rows.ts';

const path = fileURLToPath(new URL('../../e2e/captures/addr-a.pcap', import.meta.url));
const ROWS = 20;
const OWN = new Set<number>();

let source: FileSource;
let listing: Listing;

beforeEach(() => {
  source = new FileSource(path);
  const opened = openDocument(source, createDecoding());
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  listing = new Listing(opened.value.document, 1);
  while (listing.step(1000));
  // Whenever a piece of work looks at the clock, its time is over.
  let now = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 1000));
});
afterEach(() => {
  vi.restoreAllMocks();
  source.close();
});

it('a page of rows lets other work have its turn, and is whole', async () => {
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const page = await rowPage(listing, OWN, 3, ROWS);
  done = true;
  expect(turns).toBeGreaterThanOrEqual(ROWS - 1);
  expect(page).toMatchObject({ generation: listing.view.generation, first: 3, total: listing.view.rowCount });
  expect(page.rows.map(({ number }) => number - 1)).toEqual(
    Array.from({ length: ROWS }, (_, i) => listing.view.messageAt(3 + i)),
  );
});

it('a list that changes while a page is made leaves what was made, as the list was', async () => {
  const { generation, rowCount } = listing.view;
  const making = rowPage(listing, OWN, 0, ROWS);
  listing.view.setGrouped(false);
  const page = await making;
  expect(page).toMatchObject({ generation, first: 0, total: rowCount });
  expect(page.rows.length).toBeLessThan(ROWS);
});
