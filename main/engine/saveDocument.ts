import { release } from 'node:os';
import { PcapngWriter } from '../../app/captureFile/index.ts';
import { fail, ok, type Result, type SaveReport, type SaveSelection } from '../../app/contracts/index.ts';
import { saveSteps } from '../../app/session/index.ts';
import { version } from '../../package.json';
import { openReplacement, type Replacement, reasonOf } from './fileBytes.ts';
import { type Advance, STOPPED } from './jobs.ts';
import type { Listing } from './listing.ts';
import { Turns } from './turns.ts';

/** Writes messages to a pcapng file, in turns. The file appears under its name only when it is complete. */
export async function saveDocument(
  listing: Listing,
  path: string,
  which: SaveSelection,
  advance: Advance,
): Promise<Result<SaveReport>> {
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    const writer = new PcapngWriter(file, { application: `nlscope ${version}`, os: `Linux ${release()}` });
    const turns = new Turns();
    const wanted = await wantedRows(listing, which, restOf(turns, advance));
    const steps = saveSteps(listing.document, writer, wanted);
    const rows = listing.document.store.count;
    let step = steps.next();
    while (!step.done) {
      if (!advance(step.value, rows)) throw new Error(STOPPED);
      if (turns.isOver) await turns.next();
      step = steps.next();
    }
    file.finish();
    return ok({ path, messages: step.value.messages, datagrams: step.value.datagrams, bytes: file.size });
  } catch (error) {
    file?.abandon();
    return fail(`Cannot save ${path}: ${reasonOf(error)}.`);
  }
}

/** Lets other work have its turn before messages are written; throws once the job is stopped. */
export function restOf(turns: Turns, advance: Advance): () => Promise<void> {
  return async () => {
    if (!advance(0, 1)) throw new Error(STOPPED);
    await turns.next();
  };
}

/** Work on the list in one turn. */
const WORK_MS = 8;

/**
 * Which rows are written; null for all. What the filter shows includes gaps, as the list does.
 * @param rest lets other work have its turn
 */
export async function wantedRows(
  listing: Listing,
  which: SaveSelection,
  rest: () => Promise<void>,
): Promise<((row: number) => boolean) | null> {
  if (which.kind === 'numbers') {
    const rows = new Set(which.numbers.map((number) => number - 1));
    return (row) => rows.has(row);
  }
  const { filter: text, view } = listing;
  if (which.kind === 'all' || text === '') return null;
  const filter = listing.compile(text);
  const { store } = listing.document;
  // The list asks about many messages at once.
  while (listing.filter === text && view.step(WORK_MS)) await rest();
  const { end, passes } = listing.filter === text ? view.examinedRows() : NOTHING_EXAMINED;
  return (row) => (row < end ? passes(row) : store.isGap(row) || (filter.ok && filter.value.passes(row)));
}

const NOTHING_EXAMINED = { end: 0, passes: () => false };
