import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHUNK_ROWS, type MessageStore, type RowFilter, RowView, type ViewRow } from './index.ts';
import { liveStore, message, storeOf } from './testing/sessions.ts';

const REQUEST = 1;
const ACK = 4;

function finish(view: RowView): void {
  while (view.step(1000));
}

function rows(view: RowView): ViewRow[] {
  return Array.from({ length: view.rowCount }, (_, i) => view.rowAt(i));
}

/** The list as its definition says, computed from scratch. */
function expected(
  store: MessageStore,
  passes: (m: number) => boolean,
  grouped: boolean,
  open: ReadonlySet<number>,
): ViewRow[] {
  const shown = (m: number) => store.isGap(m) || passes(m);
  const requestOf = (m: number) => {
    const transaction = store.transaction(m);
    if (!grouped || transaction === 0) return -1;
    const request = store.transactions.requestOf(transaction);
    return request !== m && shown(request) ? request : -1;
  };
  const all = Array.from({ length: store.count }, (_, m) => m).filter(shown);
  return all
    .filter((m) => requestOf(m) < 0)
    .flatMap((m): ViewRow[] => {
      const children = all.filter((child) => requestOf(child) === m);
      if (children.length === 0) return [{ message: m, depth: 0, relation: 'none' }];
      if (!open.has(m)) return [{ message: m, depth: 0, relation: 'collapsed' }];
      return [
        { message: m, depth: 0, relation: 'expanded' },
        ...children.map(
          (child, i): ViewRow => ({ message: child, depth: 1, relation: i === children.length - 1 ? 'last' : 'child' }),
        ),
      ];
    });
}

function checkRows(view: RowView, want: ViewRow[]): void {
  expect(rows(view)).toEqual(want);
  want.forEach((row, index) => {
    expect(view.messageAt(index)).toBe(row.message);
    expect(view.indexOf(row.message)).toEqual({ index, exact: true, tucked: false });
  });
}

function filterBy(passes: (message: number) => boolean): RowFilter {
  return {
    narrow(base, picks, count) {
      expect(base % CHUNK_ROWS).toBe(0);
      const kept = picks.subarray(0, count).filter((place) => passes(base + place));
      picks.set(kept);
      return kept.length;
    },
  };
}

describe('the list', () => {
  test('tucks replies under their requests', () => {
    const store = storeOf('monitor-events');
    const view = new RowView(store);
    expect(view.step(1000)).toBe(false);
    expect(view.rowAt(0)).toEqual({ message: 0, depth: 0, relation: 'collapsed' });
    expect(view.rowAt(1).message).toBe(15);
    expect(view.indexOf(7)).toEqual({ index: 0, exact: false, tucked: true });
    expect([view.parentOf(7), view.parentOf(0), view.parentOf(15), view.parentOf(1 << 20)]).toEqual([
      0,
      0,
      15,
      1 << 20,
    ]);
    const collapsed = view.rowCount;
    view.setExpanded(0, true);
    expect(view.rowCount).toBe(collapsed + 14);
    expect(view.rowAt(14)).toEqual({ message: 14, depth: 1, relation: 'last' });
    expect(view.rowAt(15).message).toBe(15);
    view.setGrouped(false);
    finish(view);
    expect(view.rowCount).toBe(store.count);
    expect(view.shown).toBe(353);
  });

  test('a filter that leaves out the request shows its replies on their own', () => {
    const store = storeOf('monitor-events');
    const view = new RowView(store);
    const passes = (m: number) => (store.flags(m) & REQUEST) === 0;
    view.setFilter(filterBy(passes));
    finish(view);
    checkRows(view, expected(store, passes, true, new Set()));
    expect(view.rowCount).toBe(view.shown);
    view.setFilter(filterBy(() => false));
    finish(view);
    expect([view.rowCount, view.shown, view.progress]).toEqual([0, 0, 1]);
    expect(view.indexOf(5)).toEqual({ index: -1, exact: false, tucked: false });
  });

  test('any filter, grouping, expansion and arrival: as the definition says', () => {
    const arrival = fc.oneof(
      fc.record({ kind: fc.constant('request' as const), seq: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('answer' as const), seq: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('gap' as const), seq: fc.constant(0) }),
    );
    const action = fc.oneof(
      { weight: 6, arbitrary: arrival },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('expand' as const), seq: fc.nat(60) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('filter' as const), seq: fc.integer({ min: 1, max: 5 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('group' as const), seq: fc.constant(0) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('step' as const), seq: fc.constant(0) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { store, append } = liveStore();
        const view = new RowView(store);
        let passes = (_: number) => true;
        let grouped = true;
        const open = new Set<number>();
        for (const { kind, seq } of actions) {
          if (kind === 'request') append({}, message({ type: 18, flags: REQUEST | ACK, seq, portid: 9 }));
          if (kind === 'answer') append({}, message({ type: 16, flags: 2, seq, portid: 9 }));
          if (kind === 'gap') store.appendGap({ cause: 'kernel', lost: 1, protocol: 0 }, 1n);
          if (kind === 'expand') {
            view.setExpanded(seq, !open.has(seq));
            if (!open.delete(seq)) open.add(seq);
          }
          if (kind === 'filter') {
            passes = seq === 1 ? () => true : (m) => m % seq !== 0;
            view.setFilter(seq === 1 ? null : filterBy(passes));
          }
          if (kind === 'group') {
            grouped = !grouped;
            view.setGrouped(grouped);
          }
          if (kind !== 'step') continue;
          finish(view);
          checkRows(view, expected(store, passes, grouped, open));
        }
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  test('a request with answers all over a large capture opens in slices', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 18, flags: REQUEST | ACK, seq: 1, portid: 9 }));
    const answers: number[] = [];
    while (store.count < 3 * CHUNK_ROWS) {
      answers.push(store.count);
      append({}, message({ type: 16, flags: 2, seq: 1, portid: 9 }));
      append({}, message({ type: 16 }));
    }
    const last = answers.at(-1)!;
    const view = new RowView(store);
    finish(view);
    const closed = view.rowCount;
    view.setExpanded(0, true);
    // One slice: what it found is in the list, what it has not come to is still tucked.
    expect(view.rowCount - closed).toBeGreaterThan(0);
    expect(view.rowCount - closed).toBeLessThan(answers.length / 2);
    expect(view.progress).toBeLessThan(1);
    expect(view.indexOf(last)).toEqual({ index: 0, exact: false, tucked: true });
    const { generation } = view;
    expect(view.step(0)).toBe(true);
    expect(view.generation).toBeGreaterThan(generation);
    answers.push(store.count);
    append({}, message({ type: 16, flags: 2, seq: 1, portid: 9 }));
    finish(view);
    expect(view.progress).toBe(1);
    const isAnswer = new Set(answers);
    const others = Array.from({ length: store.count - 1 }, (_, m) => m + 1).filter((m) => !isAnswer.has(m));
    expect(rows(view).map((row) => row.message)).toEqual([0, ...answers, ...others]);
    expect(view.indexOf(last)).toEqual({ index: answers.length - 1, exact: true, tucked: false });
    // Closed in the middle of it, nothing is looked for any more.
    view.setExpanded(0, false);
    view.setExpanded(0, true);
    view.setExpanded(0, false);
    expect([view.step(1000), view.rowCount, view.progress]).toEqual([false, closed, 1]);
  });

  test('the generation moves when a row index may mean another message, and only then', () => {
    const { store, append } = liveStore();
    const view = new RowView(store, 40);
    const generations: number[] = [];
    const note = () => {
      finish(view);
      generations.push(view.generation);
    };
    append({}, message({ type: 18, flags: REQUEST | ACK, seq: 1, portid: 9 }));
    note();
    append({}, message({ type: 16, flags: 2, seq: 1, portid: 9 }));
    note();
    view.setExpanded(0, true);
    note();
    append({}, message({ type: 16, flags: 2, seq: 1, portid: 9 }));
    note();
    append({}, message({ type: 16 }));
    note();
    append({}, message({ type: 16, flags: 2, seq: 1, portid: 9 }));
    note();
    view.setFilter(null);
    note();
    // Placing all again counts the filter, and the late reply once more.
    expect(generations).toEqual([40, 40, 41, 41, 41, 42, 44]);
    expect(rows(view).map((row) => row.message)).toEqual([0, 1, 2, 4, 3]);
  });

  test('what arrives while paused waits', () => {
    const { store, append } = liveStore();
    const view = new RowView(store);
    append({}, message({ type: 16 }));
    finish(view);
    view.setPaused(true);
    append({}, message({ type: 16 }));
    expect(view.step(1000)).toBe(false);
    expect([view.rowCount, view.progress]).toEqual([1, 1]);
    view.setPaused(false);
    finish(view);
    expect(view.rowCount).toBe(2);
  });

  test('a slow filter runs in slices and asks about each message once', () => {
    const store = storeOf('tc-qdisc-a');
    const view = new RowView(store);
    const asked: number[] = [];
    view.setFilter(
      filterBy((m) => {
        asked.push(m);
        return m % 2 === 0;
      }),
    );
    expect(view.step(0)).toBe(true);
    expect(view.progress).toBeGreaterThan(0);
    expect(view.progress).toBeLessThan(1);
    finish(view);
    expect(view.progress).toBe(1);
    view.setGrouped(false);
    finish(view);
    expect(asked).toEqual(Array.from({ length: 363 }, (_, m) => m));
    expect(view.shown).toBe(182);
    expect([view.passes(2), view.passes(3), view.passes(363)]).toEqual([true, false, false]);
  });
});

describe('a sorted list', () => {
  test('has its top-level rows in the order that is given, answers with their requests, later rows at the end', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (random, requests, grouped) => {
          const live = liveStore();
          const add = (seq: number) => {
            live.append({ direction: 'request' }, message({ type: 16, flags: REQUEST | ACK, seq }));
            live.append({ direction: 'reply' }, message({ type: 2, seq }, new Array(20).fill(0)));
          };
          for (let seq = 1; seq <= requests; seq++) add(seq);
          const view = new RowView(live.store);
          view.setGrouped(grouped);
          finish(view);
          const pick = () => random.next().value as number;
          const open = new Set(Array.from({ length: 3 }, () => 2 * (pick() % requests)));
          for (const request of open) view.setExpanded(request, true);
          finish(view);
          const places = Array.from({ length: view.topCount }, (_, place) => place);
          const order = places
            .map((place) => [pick(), place] as const)
            .sort(([a], [b]) => a - b)
            .map(([, place]) => place);
          const tops = order.map((place) => view.topMessage(place));
          const { generation } = view;
          view.sort(Uint32Array.from(order));
          expect(view.generation).toBeGreaterThan(generation);
          add(requests + 1);
          finish(view);
          const unsorted = expected(live.store, () => true, grouped, open);
          const blocks = new Map<number, ViewRow[]>();
          let top = -1;
          for (const row of unsorted) {
            if (row.depth === 0) top = row.message;
            blocks.set(top, [...(blocks.get(top) ?? []), row]);
          }
          const later = [...blocks.keys()].filter((each) => !tops.includes(each));
          checkRows(
            view,
            [...tops, ...later].flatMap((each) => blocks.get(each)!),
          );
          // Opening and closing in the sorted list.
          const other = 2 * (pick() % requests);
          view.setExpanded(other, !open.has(other));
          view.setExpanded(other, open.has(other));
          finish(view);
          checkRows(
            view,
            [...tops, ...later].flatMap((each) => blocks.get(each)!),
          );
          view.sort(null);
          checkRows(view, unsorted);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is in the order of the capture again when its filter or grouping changes', () => {
    const { store, append } = liveStore();
    for (const type of [16, 17, 18]) append({}, message({ type, seq: type }));
    const view = new RowView(store);
    finish(view);
    view.sort(Uint32Array.from([2, 0, 1]));
    expect(rows(view).map((row) => row.message)).toEqual([2, 0, 1]);
    expect(view.sortedCount).toBe(3);
    const { restarts } = view;
    view.setFilter(filterBy((each) => each !== 1));
    finish(view);
    expect(view.restarts).toBe(restarts + 1);
    expect(view.sortedCount).toBe(0);
    expect(rows(view).map((row) => row.message)).toEqual([0, 2]);
  });
});
