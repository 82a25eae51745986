import { release } from 'node:os';
import { PcapngWriter } from '../../app/captureFile/index.ts';
import { fail, ok, type Result, type SaveReport, type SaveSelection } from '../../app/contracts/index.ts';
import { saveSteps } from '../../app/session/index.ts';
import { version } from '../../package.json';
import { openReplacement, type Replacement } from './fileBytes.ts';
import type { Listing } from './listing.ts';
import { reasonOf } from './openDocument.ts';
import { nextTurn } from './turns.ts';

/** Writes messages to a pcapng file, in turns. The file appears under its name only when it is complete. */
export async function saveDocument(listing: Listing, path: string, which: SaveSelection): Promise<Result<SaveReport>> {
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    const writer = new PcapngWriter(file, { application: `nlscope ${version}`, os: `Linux ${release()}` });
    const steps = saveSteps(listing.document, writer, wantedRows(listing, which));
    let step = steps.next();
    while (!step.done) {
      await nextTurn();
      step = steps.next();
    }
    file.finish();
    return ok({ path, messages: step.value.messages, datagrams: step.value.datagrams, bytes: file.size });
  } catch (error) {
    file?.abandon();
    return fail(`Cannot save ${path}: ${reasonOf(error)}.`);
  }
}

/** Which rows are written; null for all. What the filter shows includes gaps, as the list does. */
function wantedRows(listing: Listing, which: SaveSelection): ((row: number) => boolean) | null {
  if (which.kind === 'numbers') {
    const rows = new Set(which.numbers.map((number) => number - 1));
    return (row) => rows.has(row);
  }
  if (which.kind === 'all' || listing.filter === '') return null;
  const filter = listing.compile(listing.filter);
  const { store } = listing.document;
  return (row) => store.isGap(row) || (filter.ok && filter.value.passes(row));
}
