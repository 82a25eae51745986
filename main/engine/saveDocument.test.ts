import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import { readAll } from '../../app/captureFile/testing/captures.ts';
import { noops } from '../../app/captureFile/testing/noops.ts';
import { createDecoding } from './decoding.ts';
import type { Advance } from './jobs.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { saveDocument } from './saveDocument.ts';

const ROWS = 5000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function listing(): Listing {
  const opened = openDocument(memorySource(noops(ROWS)), createDecoding());
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return new Listing(opened.value.document, 1);
}

const goOn: Advance = () => true;

const SHOWN = Array.from({ length: ROWS }, (_, row) => row + 1).filter((seq) => seq % 3 === 1);

/** A list that shows every third message; the list has asked about the first of them only. */
function marked(): Listing {
  const list = listing();
  for (let row = 0; row < ROWS; row += 3) list.document.store.setMarked(row, true);
  expect(list.setFilter('marked == true')).toMatchObject({ ok: true });
  expect(list.view.step(0)).toBe(true);
  return list;
}

function savedSeqs(path: string): number[] {
  const { frames } = readAll(new Uint8Array(readFileSync(path)));
  return frames.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true));
}

test('what the list shows is saved as it is shown, and told how far it is', async () => {
  const list = marked();
  // It passed when it was asked about.
  list.document.store.setMarked(0, false);
  const path = join(folder, 'part.pcapng');
  const told: number[] = [];
  const saved = await saveDocument(list, path, { kind: 'displayed' }, (done, whole) => {
    told.push(done / whole);
    if (done > 0) list.setFilter('nl.seq == 1');
    return true;
  });
  expect(savedSeqs(path)).toEqual(SHOWN);
  expect(saved).toMatchObject({ value: { messages: SHOWN.length, datagrams: SHOWN.length } });
  // Of what was looked at, though little of it is written.
  expect(told.length).toBeGreaterThan(3);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBeGreaterThan(0.8);
});

test('a save that is stopped leaves what there was', async () => {
  const path = join(folder, 'whole.pcapng');
  writeFileSync(path, 'before');
  let steps = 0;
  const stopped = await saveDocument(listing(), path, { kind: 'all' }, () => ++steps < 2);
  expect(stopped).toEqual({ ok: false, error: { message: `Cannot save ${path}: it was stopped.` } });
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['whole.pcapng']);
  expect(await saveDocument(listing(), path, { kind: 'all' }, goOn)).toMatchObject({ value: { messages: ROWS } });
  expect(readAll(new Uint8Array(readFileSync(path))).frames).toHaveLength(ROWS);
});
