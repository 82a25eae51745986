import { describe, expect, it } from 'vitest';
import type { Row, RowPage } from '../../app/contracts/index.ts';
import { MAX_PAGES, PAGE_ROWS, RowCache } from './rowCache.ts';

/** A host whose answers are given by hand, to play every order of replies. */
function manualHost(view: { generation: number; total: number }) {
  const asked: { first: number; answer(): Promise<void> }[] = [];
  const fetch = (first: number, count: number) =>
    new Promise<RowPage>((resolve) => {
      const { generation, total } = view;
      const rows = Array.from({ length: Math.min(count, total - first) }, (_, at) => row(first + at, generation));
      asked.push({
        first,
        async answer() {
          resolve({ generation, first, total, rows });
          await new Promise((next) => setTimeout(next));
        },
      });
    });
  return { asked, fetch, view };
}

function row(index: number, generation: number, outcome: 'ack' | 'pending' = 'ack'): Row {
  return {
    number: generation * 1_000_000 + index + 1,
    outcome: { kind: outcome, text: '', latency: null },
  } as Row;
}

describe('RowCache', () => {
  it('asks for the page shown, then for one ahead, and holds its rows', async () => {
    const host = manualHost({ generation: 1, total: 10_000 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(1, 10_000);
    cache.show(0, 30);
    expect(host.asked.map((call) => call.first)).toEqual([0]);
    await host.asked[0]!.answer();
    expect(cache.get(29)?.number).toBe(1_000_030);
    cache.show(5, 35);
    cache.show(6, 36);
    expect(host.asked.map((call) => call.first)).toEqual([0, PAGE_ROWS]);
  });

  it('fetches ahead upwards when scrolling up', async () => {
    const host = manualHost({ generation: 1, total: 10_000 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(1, 10_000);
    for (const page of [20, 15]) {
      cache.show(page * PAGE_ROWS, page * PAGE_ROWS + 30);
      await host.asked.at(-1)!.answer();
      cache.show(page * PAGE_ROWS, page * PAGE_ROWS + 30);
    }
    expect(host.asked.map((call) => call.first / PAGE_ROWS)).toEqual([20, 21, 15, 14]);
  });

  it('asks again for rows that may have changed while they were on their way', async () => {
    const host = manualHost({ generation: 1, total: 1 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(1, 1);
    cache.show(0, 1);
    cache.touch();
    await host.asked[0]!.answer();
    cache.show(0, 1);
    expect(host.asked).toHaveLength(2);
    await host.asked[1]!.answer();
    cache.show(0, 1);
    expect(host.asked).toHaveLength(2);
  });

  it('drops a reply about an older view, and keeps its rows on screen until the new ones come', async () => {
    const host = manualHost({ generation: 1, total: 500 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(1, 500);
    cache.show(0, 20);
    await host.asked[0]!.answer();
    cache.show(PAGE_ROWS, PAGE_ROWS + 24);
    host.view.generation = 2;
    host.view.total = 100;
    cache.setView(2, 100);
    await host.asked[1]!.answer();
    expect(cache.total).toBe(100);
    expect([cache.get(0)?.number, cache.isOutdated]).toEqual([1_000_001, true]);
    cache.show(0, 20);
    await host.asked.at(-1)!.answer();
    expect([cache.get(0)?.number, cache.isOutdated]).toEqual([2_000_001, false]);
    // Nothing will come of an empty view.
    cache.setView(3, 0);
    expect(cache.isOutdated).toBe(false);
  });

  it('takes a reply about a newer view than it knew', async () => {
    const host = manualHost({ generation: 7, total: 40 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(6, 400);
    cache.show(0, 20);
    await host.asked[0]!.answer();
    expect(cache.generation).toBe(7);
    expect(cache.total).toBe(40);
  });

  it('asks again for a last page that has grown', async () => {
    const host = manualHost({ generation: 1, total: 10 });
    let changes = 0;
    const cache = new RowCache(host.fetch, () => changes++);
    cache.setView(1, 10);
    cache.show(0, 10);
    await host.asked[0]!.answer();
    host.view.total = 12;
    cache.setView(1, 12);
    cache.show(0, 12);
    await host.asked[1]!.answer();
    expect(cache.get(11)?.number).toBe(1_000_012);
    expect(changes).toBe(2);
  });

  it('asks again for rows with open requests when touched, and not for settled ones', async () => {
    const pages: Row[][] = [
      Array.from({ length: PAGE_ROWS }, (_, at) => row(at, 1)),
      Array.from({ length: PAGE_ROWS }, (_, at) => row(at, 1, at === 3 ? 'pending' : 'ack')),
    ];
    const asked: number[] = [];
    const cache = new RowCache(
      async (first) => {
        asked.push(first);
        return { generation: 1, first, total: 2 * PAGE_ROWS, rows: pages[first / PAGE_ROWS]! };
      },
      () => {},
    );
    cache.setView(1, 2 * PAGE_ROWS);
    await cache.load(0);
    await cache.load(PAGE_ROWS);
    cache.touch();
    await cache.load(0);
    await cache.load(PAGE_ROWS);
    expect(asked).toEqual([0, PAGE_ROWS, PAGE_ROWS]);
  });

  it('keeps a bounded number of pages', async () => {
    const host = manualHost({ generation: 1, total: 1_000_000 });
    const cache = new RowCache(host.fetch, () => {});
    cache.setView(1, 1_000_000);
    const shown = MAX_PAGES + 36;
    for (let page = 0; page < shown; page++) cache.show(page * PAGE_ROWS, page * PAGE_ROWS + 10);
    for (const call of host.asked) await call.answer();
    const held = Array.from({ length: shown }, (_, page) => cache.get(page * PAGE_ROWS)).filter(Boolean);
    expect(held.length).toBeLessThanOrEqual(MAX_PAGES);
    expect(cache.get((shown - 1) * PAGE_ROWS)).toBeDefined();
  });
});
