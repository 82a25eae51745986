import { describe, expect, test } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import { captureBytes } from '../../app/captureFile/testing/captures.ts';
import type { StatisticsReport } from '../../app/contracts/index.ts';
import { CORPUS } from '../../app/dissect/testing/corpus.ts';
import { Hosts, StatisticsPass } from '../../app/session/index.ts';
import { liveStore, message } from '../../app/session/testing/sessions.ts';
import { createDecoding, ownDecoding } from './decoding.ts';
import { statisticsCsv } from './exportStatistics.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';

const TABLES = ['families', 'types', 'addresses', 'processes'] as const;
const decoding = createDecoding();

function listingOf(bytes: Uint8Array, filter = ''): Listing {
  const opened = openDocument(memorySource(bytes), ownDecoding(decoding));
  if (!opened.ok) throw new Error(opened.error.message);
  const { document, step } = opened.value;
  while (!step().finished);
  const listing = new Listing(document, 1);
  listing.setFilter(filter);
  while (listing.view.step(1000));
  return listing;
}

async function reportOf(listing: Listing, displayed = false): Promise<StatisticsReport> {
  for (;;) {
    const answer = await listing.statistics(displayed).answer(0);
    if (answer.kind === 'done') return answer.report;
  }
}

/** Messages that a display filter passes. */
function passing(listing: Listing, filter: string): number {
  const compiled = listing.compile(filter);
  if (!compiled.ok) throw new Error(`${filter}: ${compiled.error.message}`);
  const { store } = listing.document;
  let count = 0;
  for (let row = 0; row < store.count; row++) if (compiled.value.passes(row)) count++;
  return count;
}

describe.each(CORPUS)('statistics of %s', (name) => {
  test('count what their filters show', async () => {
    const listing = listingOf(captureBytes(name));
    const report = await reportOf(listing);
    for (const table of TABLES) {
      for (const { filter, messages } of report[table].entries) {
        expect(`${filter}: ${messages}`).toBe(`${filter}: ${passing(listing, filter)}`);
      }
      const sum = report[table].entries.reduce((all, { messages }) => all + messages, 0);
      expect(`${table} ${sum}`).toBe(`${table} ${report.total.messages}`);
    }
    expect(report.total.errors).toBeGreaterThanOrEqual(passing(listing, 'nl.dir == request && errno != 0'));
  });
});

test('a table is written as comma separated values', async () => {
  const { types } = await reportOf(listingOf(captureBytes('errors-rtnl')));
  const [head, first, ...rest] = statisticsCsv('types', types.entries).split('\n');
  expect(head).toBe(
    'family,type,messages,bytes,requests,replies,notifications,errors,answered,min_ns,avg_ns,p95_ns,max_ns,filter',
  );
  const [{ family, type, messages, filter }] = types.entries;
  expect(first.startsWith(`${family},${type},${messages},`)).toBe(true);
  expect(first.endsWith(`,"${filter.replaceAll('"', '""')}"`)).toBe(true);
  expect(rest.length).toBe(types.entries.length);
});

describe('what is counted', () => {
  test('are errors by the requests that were refused, answers by the time that they took', async () => {
    const listing = listingOf(captureBytes('errors-rtnl'));
    const { types, total } = await reportOf(listing);
    const { store } = listing.document;
    for (const { type, filter, errors, requests, replies, notifications, answers, bytes } of types.entries) {
      const compiled = listing.compile(filter);
      if (!compiled.ok) throw new Error(compiled.error.message);
      const rows = Array.from({ length: store.count }, (_, row) => row).filter(compiled.value.passes);
      const directions = rows.map((row) => store.envelope(row).direction);
      expect([type, requests, replies, notifications]).toEqual([
        type,
        ...['request', 'reply', 'notify'].map((one) => directions.filter((direction) => direction === one).length),
      ]);
      expect(bytes).toBe(rows.reduce((sum, row) => sum + store.length(row), 0));
      const asked = rows.filter((row) => store.transactions.requestOf(store.transaction(row)) === row);
      const ended = asked.map((row) => store.latency(store.transaction(row))).filter((span) => span !== null);
      expect([type, answers?.count ?? 0, answers?.max ?? 0]).toEqual([type, ended.length, Math.max(0, ...ended)]);
      expect(errors).toBe(asked.filter((row) => store.transactions.get(store.transaction(row)).errno !== 0).length);
    }
    // As the capture's own summaries have them.
    expect(total.errors).toBe(passing(listing, 'nl.dir == request && errno != 0'));
    expect(types.entries.find(({ type }) => type === 'RTM_NEWLINK')?.errors).toBeGreaterThan(0);
  });

  test('is what the filter shows, or everything; the rate tells of both', async () => {
    const filter = 'nl.type == RTM_NEWROUTE';
    const listing = listingOf(captureBytes('route-a'), filter);
    const shown = passing(listing, filter);
    const messages = listing.document.store.count;
    const [all, displayed] = [await reportOf(listing, false), await reportOf(listing, true)];
    expect(all.total.messages).toBe(messages);
    expect(displayed.total.messages).toBe(shown);
    expect(displayed.types.entries.map(({ type }) => type)).toEqual(['RTM_NEWROUTE']);
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
    for (const { rate } of [all, displayed]) expect([sum(rate.all), sum(rate.shown)]).toEqual([messages, shown]);
    // The first message of a bin lies in it.
    const { start, width, numbers } = displayed.rate;
    numbers.forEach((number, bin) => {
      if (number === 0) return;
      const time = Number(listing.document.store.timeNs(number - 1) - BigInt(start));
      expect(Math.floor(time / width)).toBe(bin);
    });
    listing.setFilter('');
    while (listing.view.step(1000));
    expect((await reportOf(listing, true)).total.messages).toBe(messages);
  });

  test('is told anew when messages have come', async () => {
    const { store, append } = liveStore();
    const document = { store, hosts: new Hosts() };
    const request = { direction: 'request' as const, protocol: 0 };
    append(request, message({ type: 18, flags: 0x301, seq: 1, portid: 5 }));
    const count = () => {
      const pass = new StatisticsPass(document, store.count, null, false);
      while (pass.step(Date.now() + 1000));
      return pass;
    };
    expect(count().total).toMatchObject({ messages: 1, requests: 1, answers: null });
    append({ direction: 'reply', protocol: 0 }, message({ type: 3, flags: 2, seq: 1, portid: 5 }, [0, 0, 0, 0]));
    store.appendGap({ protocol: 0, lost: 7, cause: 'kernel' }, store.timeNs(1) + 1n);
    const { total, rate } = count();
    expect(total).toMatchObject({ messages: 2, requests: 1, replies: 1, errors: 0 });
    expect(total.answers?.summary()?.count).toBe(1);
    expect(rate.series().counts.gaps.reduce((a, b) => a + b, 0)).toBe(1);
  });

  test('is told apart by who had an address at the time', async () => {
    const listing = listingOf(captureBytes('route-a'));
    const { store, hosts } = listing.document;
    const before = (await reportOf(listing)).addresses.entries.find(({ portid }) => portid !== 0)!;
    const portid = before.portid!;
    const middle = store.timeNs(store.count >> 1);
    const owner = (comm: string, pid: number, fromNs: bigint, untilNs: bigint | null) => ({
      protocol: 0,
      portid,
      provenance: 'exact' as const,
      process: { comm, pid, startedNs: fromNs, command: comm, uid: 0, user: 'root', cgroup: '', container: '' },
      fromNs,
      untilNs,
    });
    hosts.of(undefined).owners.learn(owner('first', 11, 0n, middle - 3_000_000_000n));
    hosts.of(undefined).owners.learn(owner('second', 12, middle, null));
    listing.statistics(false).forget();
    const { addresses, processes } = await reportOf(listing);
    const mine = addresses.entries.filter((entry) => entry.portid === portid);
    expect(mine.reduce((sum, { messages }) => sum + messages, 0)).toBe(before.messages);
    for (const { filter, messages } of [...mine, ...processes.entries]) {
      expect(`${filter} ${messages}`).toBe(`${filter} ${passing(listing, filter)}`);
    }
  });
});
