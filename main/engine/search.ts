import { type FindAnswer, type FindQuery, fail, ok, type Result, type Severity } from '../../app/contracts/index.ts';
import { fromHex } from '../../app/dissect/index.ts';
import { type MessageStore, type RowFilter, RowSearch, type Wanted } from '../../app/session/index.ts';
import type { Listing } from './listing.ts';
import { Turns } from './turns.ts';

/** How long one answer looks: as long as a user who ends the search may wait for what comes next. */
const ANSWER_MS = 100;

/** Goes on with a search in the list as it is shown, for about ANSWER_MS in turns. Fails when the question means nothing. */
export async function findRow(listing: Listing, query: FindQuery): Promise<Result<FindAnswer>> {
  const { view } = listing;
  const { generation } = view;
  const { from, backwards = false, place = null } = query;
  if (place !== null && place.generation !== generation) return ok({ kind: 'changed' });
  const wanted = wantedRows(listing, query);
  if (!wanted.ok) return wanted;
  const search = new RowSearch(view, wanted.value, from, backwards, place);
  const deadline = Date.now() + ANSWER_MS;
  const turns = new Turns();
  for (;;) {
    const index = search.step();
    if (index === -1) return ok({ kind: 'none' });
    if (index !== null) return ok({ kind: 'found', index, wrapped: search.place.wrapped });
    if (!turns.isOver) continue;
    if (Date.now() >= deadline) {
      return ok({ kind: 'more', place: { generation, ...search.place }, progress: search.progress });
    }
    await turns.next();
    if (view.generation !== generation) return ok({ kind: 'changed' });
  }
}

function wantedRows(listing: Listing, { kind, text = '' }: FindQuery): Result<Wanted> {
  const { document } = listing;
  const { store } = document;
  switch (kind) {
    case 'severity':
      return ok({ gaps: true, filter: each((message) => (store.severity(message) ?? 'note') !== 'note') });
    case 'marked':
      return ok({ gaps: false, filter: each((message) => store.isMarked(message)) });
    case 'commented':
      return ok({ gaps: false, filter: each((message) => store.comment(message) !== '') });
    case 'filter': {
      const filter = listing.compile(text);
      return filter.ok ? ok({ gaps: false, filter: filter.value }) : filter;
    }
    case 'text': {
      const wanted = text.toLowerCase();
      const says = (message: number) => document.lineText(message).toLowerCase().includes(wanted);
      return ok({ gaps: false, filter: each(says) });
    }
    case 'bytes': {
      const wanted = fromHex(text.replace(/0x|[\s:,]/gi, ''));
      if (wanted === null || wanted.length === 0) {
        return fail('These are not bytes in hex.', { hint: 'Write two hex digits for each: "08 00 04 00".' });
      }
      const bytes = Buffer.from(wanted);
      return ok({
        gaps: false,
        filter: each((message) => {
          const own = store.bytes(message);
          return Buffer.from(own.buffer, own.byteOffset, own.byteLength).includes(bytes);
        }),
      });
    }
  }
}

/** Asks about one message after the other. */
function each(passes: (message: number) => boolean): RowFilter {
  return {
    narrow(base, picks, count) {
      let kept = 0;
      for (let i = 0; i < count; i++) if (passes(base + picks[i])) picks[kept++] = picks[i];
      return kept;
    },
  };
}

/** The marked row that comes next before another one, else after it; -1 when there is none. */
export async function nearestMark(store: MessageStore, row: number): Promise<number> {
  const turns = new Turns();
  const marks = store.markedCount - (row < store.count && store.isMarked(row) ? 1 : 0);
  if (marks === 0) return -1;
  for (const by of [-1, 1]) {
    for (let at = row + by; at >= 0 && at < store.count; at += by) {
      if (store.isMarked(at)) return at;
      if (at % 4096 === 0 && turns.isOver) await turns.next();
    }
  }
  return -1;
}

type OverviewMark = '' | 'gap' | Severity;

/** In the order in which a mark covers another. */
const RANKS: readonly OverviewMark[] = ['', 'note', 'warn', 'error', 'gap'];
const NOTE_RANK = RANKS.indexOf('note');
/** Rows between two looks at the clock; few where each may be decoded. */
const PLAIN_BETWEEN = 4096;
const COLOURED_BETWEEN = 64;

/** Rows that are asked about their colour, in the whole list: in longer lists every so manieth. */
const COLOURED_ROWS = 20_000;

/**
 * The worst mark of each of `buckets` equal parts of the list, for the strip beside its scroll bar; where there is none
 * of severity, the first colour.
 * @param filters those that rows are told apart by
 */
export async function overview(
  listing: Listing,
  buckets: number,
  filters: readonly string[] = [],
): Promise<(OverviewMark | `colour ${number}`)[]> {
  const { document, view } = listing;
  const { store } = document;
  const colourOf = listing.colouring(filters);
  const { generation, rowCount } = view;
  const ranks = new Uint8Array(buckets);
  const colours = new Map<number, number>();
  const stride = Math.ceil(rowCount / COLOURED_ROWS);
  const between = colourOf === null ? PLAIN_BETWEEN : COLOURED_BETWEEN;
  const turns = new Turns();
  for (let index = 0; index < rowCount && buckets > 0; index++) {
    const message = view.messageAt(index);
    const mark = store.isGap(message) ? 'gap' : (store.severity(message) ?? '');
    const bucket = Math.floor((index * buckets) / rowCount);
    if (mark !== '') ranks[bucket] = Math.max(ranks[bucket], RANKS.indexOf(mark));
    // Notes are everywhere: a colour says more.
    if (colourOf !== null && index % stride === 0 && ranks[bucket] <= NOTE_RANK && !store.isGap(message)) {
      const colour = colourOf(message);
      if (colour !== undefined) colours.set(bucket, Math.min(colour, colours.get(bucket) ?? colour));
    }
    if ((index + 1) % between === 0 && turns.isOver) {
      await turns.next();
      if (view.generation !== generation) break;
    }
  }
  return Array.from(ranks, (rank, bucket) => {
    const colour = colours.get(bucket);
    return colour === undefined || rank > NOTE_RANK ? RANKS[rank] : (`colour ${colour}` as const);
  });
}
