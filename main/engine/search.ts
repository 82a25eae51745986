import { type FindQuery, ok, type Result, type Severity } from '../../app/contracts/index.ts';
import { fromHex } from '../../app/dissect/index.ts';
import type { Listing } from './listing.ts';
import { summaryText } from './printers.ts';
import { Turns } from './turns.ts';

/** Rows looked at between two looks at the clock. */
const SLICE = 128;

/** Where a search ended: the row, and whether it went past the end of the list. */
export interface Found {
  readonly index: number;
  readonly wrapped: boolean;
}

/**
 * Looks for the next row from `query.from` (exclusive) in the list as it is shown, once around; null when there is none.
 * Gives up when the list changes meanwhile.
 */
export async function findRow(listing: Listing, query: FindQuery): Promise<Found | null> {
  const test = rowTest(listing, query);
  if (!test.ok) return null;
  const { view } = listing;
  const { generation, rowCount } = view;
  const step = query.backwards ? -1 : 1;
  const turns = new Turns();
  let index = query.from < 0 && query.backwards ? 0 : Math.min(query.from, rowCount);
  let wrapped = false;
  for (let seen = 0; seen < rowCount; seen++) {
    index += step;
    if (index < 0 || index >= rowCount) {
      index = query.backwards ? rowCount - 1 : 0;
      wrapped = true;
    }
    if (test.value(view.messageAt(index))) return { index, wrapped };
    if (seen % SLICE === 0 && turns.isOver) {
      await turns.next();
      if (view.generation !== generation) return null;
    }
  }
  return null;
}

function rowTest(listing: Listing, query: FindQuery): Result<(message: number) => boolean, unknown> {
  const { document } = listing;
  const { store } = document;
  switch (query.kind) {
    case 'severity':
      return ok((message) => store.isGap(message) || (store.severity(message) ?? 'note') !== 'note');
    case 'marked':
      return ok((message) => store.isMarked(message));
    case 'filter': {
      const filter = listing.compile(query.text ?? '');
      return filter.ok ? ok(filter.value.passes) : filter;
    }
    case 'text': {
      const wanted = (query.text ?? '').toLowerCase();
      return ok(
        (message) => !store.isGap(message) && summaryText(document.summarize(message)).toLowerCase().includes(wanted),
      );
    }
    case 'bytes': {
      const wanted = fromHex((query.text ?? '').replace(/0x|[\s:,]/gi, ''));
      if (wanted === null || wanted.length === 0) return { ok: false, error: null };
      const bytes = Buffer.from(wanted);
      return ok((message) => {
        if (store.isGap(message)) return false;
        const own = store.bytes(message);
        return Buffer.from(own.buffer, own.byteOffset, own.byteLength).includes(bytes);
      });
    }
  }
}

type OverviewMark = '' | 'gap' | Severity;

/** In the order in which a mark covers another. */
const RANKS: readonly OverviewMark[] = ['', 'note', 'warn', 'error', 'gap'];

/** The worst mark of each of `buckets` equal parts of the list, for the strip beside its scroll bar. */
export async function overview({ document, view }: Listing, buckets: number): Promise<OverviewMark[]> {
  const { store } = document;
  const { generation, rowCount } = view;
  const ranks = new Uint8Array(buckets);
  const turns = new Turns();
  for (let index = 0; index < rowCount && buckets > 0; index++) {
    const message = view.messageAt(index);
    const mark = store.isGap(message) ? 'gap' : (store.severity(message) ?? '');
    const bucket = Math.floor((index * buckets) / rowCount);
    if (mark !== '') ranks[bucket] = Math.max(ranks[bucket], RANKS.indexOf(mark));
    if (index % 4096 === 4095 && turns.isOver) {
      await turns.next();
      if (view.generation !== generation) break;
    }
  }
  return Array.from(ranks, (rank) => RANKS[rank]);
}
