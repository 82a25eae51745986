import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MessageStore, type RowFilter, RowSearch, RowView } from './index.ts';
import { liveStore, message } from './testing/sessions.ts';

const REQUEST = 1;
const ACK = 4;

function filterBy(store: MessageStore, passes: (message: number) => boolean): RowFilter {
  return {
    narrow(base, picks, count) {
      const asked = picks.subarray(0, count);
      expect(count).toBeGreaterThan(0);
      asked.forEach((place, i) => {
        expect(store.isGap(base + place)).toBe(false);
        if (i > 0) expect(place).toBeGreaterThan(asked[i - 1]);
      });
      const kept = asked.filter((place) => passes(base + place));
      picks.set(kept);
      return kept.length;
    },
  };
}

/** A list of messages of three transactions, gaps among them, with requests open. */
function listOf(kinds: readonly (number | null)[], open: readonly number[]) {
  const { store, append } = liveStore();
  for (const kind of kinds) {
    if (kind === null) store.appendGap({ cause: 'kernel', lost: 1, protocol: 0 }, 1n);
    else if (kind < 3) append({}, message({ type: 18, flags: REQUEST | ACK, seq: kind + 1, portid: 9 }));
    else append({}, message({ type: 16, flags: 2, seq: kind - 2, portid: 9 }));
  }
  const view = new RowView(store);
  for (const row of open) view.setExpanded(row, true);
  while (view.step(1000));
  return { store, view };
}

test('finds the row that looking at one after the other finds, in one go or asked on and on', () => {
  const kinds = fc.array(fc.oneof({ weight: 8, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(null) }), {
    minLength: 1,
    maxLength: 700,
  });
  const question = fc.record({
    divisor: fc.integer({ min: 1, max: 900 }),
    gaps: fc.boolean(),
    from: fc.integer({ min: -1, max: 750 }),
    backwards: fc.boolean(),
    resumed: fc.boolean(),
  });
  fc.assert(
    fc.property(
      kinds,
      fc.array(fc.nat(700), { maxLength: 9 }),
      question,
      (of, open, { divisor, gaps, from, backwards, resumed }) => {
        const { store, view } = listOf(of, open);
        const passes = (m: number) => m % divisor === divisor - 1;
        const isWanted = (row: number) => {
          const m = view.messageAt(row);
          return store.isGap(m) ? gaps : passes(m);
        };
        const all = Array.from({ length: view.rowCount }, (_, row) => row);
        const [before, after] = backwards
          ? [all.filter((row) => row >= from).reverse(), all.filter((row) => row < from).reverse()]
          : [all.filter((row) => row <= from), all.filter((row) => row > from)];
        const plain = after.find(isWanted);
        const around = plain ?? before.find(isWanted) ?? -1;

        const wanted = { gaps, filter: filterBy(store, passes) };
        let search = new RowSearch(view, wanted, from, backwards);
        let progress = 0;
        let found = search.step();
        while (found === null) {
          expect(search.progress).toBeGreaterThanOrEqual(progress);
          expect(search.progress).toBeLessThanOrEqual(1);
          progress = search.progress;
          if (resumed) search = new RowSearch(view, wanted, from, backwards, search.place);
          found = search.step();
        }
        expect(found).toBe(around);
        if (found >= 0) expect(search.place.wrapped).toBe(plain === undefined);
      },
    ),
    { seed: 7, numRuns: 400 },
  );
});

test('a place that lies nowhere in the list ends the search', () => {
  const { store, view } = listOf([0, 1, 2], []);
  const wanted = { gaps: false, filter: filterBy(store, () => false) };
  for (const backwards of [false, true]) {
    for (const at of [-1, 3, 1e9]) {
      const search = new RowSearch(view, wanted, 1, backwards, { at, wrapped: true });
      expect(search.step()).toBe(-1);
    }
  }
});

test('rows that come meanwhile are looked at, too', () => {
  const { store, append } = liveStore();
  append({}, message({ type: 16 }));
  const view = new RowView(store);
  view.step(1000);
  const search = new RowSearch(view, { gaps: false, filter: filterBy(store, (m) => m === 1) }, -1, false);
  expect(search.step()).toBeNull();
  append({}, message({ type: 16 }));
  view.step(1000);
  expect(search.step()).toBe(1);
});
