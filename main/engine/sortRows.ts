import { fail, ok, type Result, type RowSort } from '../../app/contracts/index.ts';
import type { FilterValue } from '../../app/filter/index.ts';
import { NETLINK_KOBJECT_UEVENT, protocolByNumber } from '../../app/wire/index.ts';
import type { Document } from './document.ts';
import { DocumentRecord } from './filterRecord.ts';
import { type Advance, STOPPED } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type OwnPortids, processOf } from './rows.ts';
import { type Key, SortKeys } from './sortKeys.ts';
import { Turns } from './turns.ts';

type KeyOf = (row: number) => Key;

/** Characters of a text that decide. */
const LONGEST_KEY = 96;

/** Keys of the list's own columns. */
const COLUMNS: { readonly [column: string]: (document: Document, own: OwnPortids) => KeyOf } = {
  number: () => (row) => row,
  time: ({ store }) => {
    const first = store.count === 0 ? 0n : store.timeNs(0);
    return (row) => Number(store.timeNs(row) - first);
  },
  direction:
    ({ store }) =>
    (row) =>
      store.envelope(row).direction,
  source:
    ({ store }) =>
    (row) =>
      store.envelope(row).netns ?? store.envelope(row).host ?? null,
  family:
    ({ store }) =>
    (row) =>
      protocolByNumber(store.envelope(row).protocol).code,
  process: (document, own) => (row) => processOf(document, own, row).process || null,
  flags:
    ({ store }) =>
    (row) =>
      store.flags(row),
  length:
    ({ store }) =>
    (row) =>
      store.length(row),
  info: (document) => (row) => document.line(row).text.slice(0, LONGEST_KEY) || null,
  outcome:
    ({ store }) =>
    (row) => {
      const id = store.transaction(row);
      return id === 0 || store.transactions.get(id).request !== row ? null : store.latency(id);
    },
};

const FIELD = 'field:';

/** How rows are told apart by a column; null for one that nothing is sorted by. */
function keyOfColumn({ document, registry }: Listing, own: OwnPortids, column: string): KeyOf | null {
  if (Object.hasOwn(COLUMNS, column)) return COLUMNS[column](document, own);
  if (column === 'type') return keyOfType(document, registry);
  return column.startsWith(FIELD) ? keyOfField(document, registry, column.slice(FIELD.length)) : null;
}

/** What a row's type is called is asked of the display filter, which costs less than a summary, but for actions of uevents. */
function keyOfType(document: Document, registry: Listing['registry']): KeyOf {
  const said = keyOfField(document, registry, 'nl.type');
  const { store } = document;
  const isUevent = (row: number) => store.envelope(row).protocol === NETLINK_KOBJECT_UEVENT;
  return (row) => (isUevent(row) ? null : said?.(row)) ?? document.line(row).type;
}

function keyOfField(document: Document, registry: Listing['registry'], name: string): KeyOf | null {
  const field = registry.find(name);
  if (field === undefined) return null;
  const record = new DocumentRecord(document);
  const values: FilterValue[] = [];
  return (row) => {
    values.length = 0;
    field.read(record.at(row), values);
    return values.length === 0 ? null : plainKey(values[0]);
  };
}

function plainKey(value: FilterValue): Key {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return value.slice(0, LONGEST_KEY);
  return Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, LONGEST_KEY)).toString('latin1');
}

/** Rows between two looks at the clock. */
const BETWEEN = 64;

/**
 * Puts the rows of a list in order, in turns; equal ones stay in the order of the capture. A list that changes its filter
 * or grouping meanwhile is left as it is.
 */
export async function sortRows(
  listing: Listing,
  own: OwnPortids,
  { column, descending }: RowSort,
  advance: Advance,
): Promise<Result<null>> {
  const keyOf = keyOfColumn(listing, own, column);
  if (keyOf === null) return fail(`There is nothing to sort by in ${column.replace(FIELD, '')}.`);
  const { document, view } = listing;
  const count = view.topCount;
  const restarts = view.restarts;
  const turns = new Turns();
  const keys = new SortKeys(count);
  for (let place = 0; place < count; place++) {
    if (place % BETWEEN === 0 && turns.isOver) {
      if (!advance(place, count)) return fail(`The list was not sorted: ${STOPPED}.`);
      await turns.next();
      if (view.restarts !== restarts) return ok(null);
    }
    const row = view.topMessage(place);
    if (!document.store.isGap(row) || column === 'number' || column === 'time') keys.set(place, keyOf(row));
  }
  const order = await keys.order(descending, turns, () => advance(count, count) && view.restarts === restarts);
  if (order === null) return view.restarts === restarts ? fail(`The list was not sorted: ${STOPPED}.`) : ok(null);
  view.sort(order);
  return ok(null);
}
