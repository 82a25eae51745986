import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liveStore, message, storeOf } from './testing/sessions.ts';

const REQUEST = 1;
const MULTI = 2;
const ACK = 4;
const DUMP = 0x300;
const error = (errno: number, seq: number, portid: number, flags = 0x100) =>
  message({ type: 2, flags, seq, portid }, [...new Uint8Array(new Int32Array([-errno]).buffer), ...new Uint8Array(16)]);
const done = (seq: number, portid: number, flags = MULTI) => message({ type: 3, flags, seq, portid }, [0, 0, 0, 0]);

/** Directions of a store's rows in short: q request, r reply, n notify, u user, ? unknown. */
function directions(store: ReturnType<typeof storeOf>): string {
  const letter = { request: 'q', reply: 'r', notify: 'n', user: 'u', unknown: '?' };
  return Array.from({ length: store.count }, (_, row) => letter[store.envelope(row).direction]).join('');
}

function tally(store: ReturnType<typeof storeOf>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let id = 1; id <= store.transactions.count; id++) {
    const { state } = store.transactions.get(id);
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

describe('captures of an nlmon device', () => {
  // Checked message by message against strace's record of the same commands: which calls sent them, and the groups of
  // the address they were received from.
  test.each([
    ['errors-rtnl', 48, 84, 0, { error: 25, ack: 5, reply: 12, done: 6 }],
    ['monitor-events', 43, 141, 169, { done: 7, ack: 19, reply: 15, error: 2 }],
    ['nft-a', 130, 159, 0, { reply: 37, sent: 46, done: 45, ack: 1, error: 1 }],
    ['conntrack-a', 28, 32, 13, { reply: 6, sent: 9, done: 10, pending: 1, ack: 2 }],
    ['ethtool-a', 51, 77, 0, { ack: 30, reply: 1, error: 20 }],
    ['xfrm-a', 14, 18, 0, { ack: 8, done: 2, reply: 4 }],
    ['ss-a', 39, 63, 0, { done: 30, error: 8, ack: 1 }],
    ['raw-audit-a', 19, 35, 0, { ack: 16, done: 3 }],
    ['raw-uevent-a', 0, 0, 25, {}],
    ['raw-connector', 0, 0, 10, {}],
  ])('%s', (name, requests, replies, notifications, states) => {
    const store = storeOf(name);
    const letters = directions(store);
    const count = (letter: string) => letters.split(letter).length - 1;
    expect([count('q'), count('r'), count('n')]).toEqual([requests, replies, notifications]);
    expect(store.transactions.count).toBe(requests);
    expect(tally(store)).toEqual(states);
  });

  test('a dump in several datagrams, then another process with the same seq', () => {
    const store = storeOf('monitor-events');
    expect(store.transactions.get(1)).toEqual({ id: 1, request: 0, last: 14, end: 14, state: 'done', errno: 0 });
    expect(store.members(1)).toEqual(Array.from({ length: 15 }, (_, i) => i));
    expect(store.seq(15)).toBe(store.seq(0));
    expect(store.transaction(16)).toBe(2);
    expect(store.replies(1)).toEqual({
      count: 14,
      bytes: store
        .members(1)
        .slice(1)
        .reduce((n, row) => n + store.length(row), 0),
    });
    expect(store.latency(1)).toBe(Number(store.timeNs(14) - store.timeNs(0)));
  });

  test('a notification with the seq and portid of the request that caused it', () => {
    const store = storeOf('monitor-events');
    const [request, first, second] = [72, 73, 74];
    expect(store.type(request)).toBe(20);
    expect([store.type(first), store.envelope(first).direction, store.transaction(first)]).toEqual([
      20,
      'notify',
      store.transaction(request),
    ]);
    expect(store.members(store.transaction(request))).toEqual([request, first, second, 81]);
  });

  test('an acknowledgement is that of the request it echoes, whatever else is asked with the same seq meanwhile', () => {
    const store = storeOf('monitor-events');
    const [request, others, acknowledgement] = [130, [133, 140], 144];
    expect(store.transactions.get(store.transaction(request)).end).toBe(acknowledgement);
    expect(others.map((row) => store.transactions.get(store.transaction(row)).state)).toEqual(['reply', 'reply']);
  });

  test('notifications of tc have the flags of requests', () => {
    const store = storeOf('tc-b');
    const rows = Array.from({ length: store.count }, (_, row) => row);
    // iproute2 leaves nlmsg_pid to the kernel.
    const asking = rows.filter((row) => store.portid(row) !== 0 && store.envelope(row).direction === 'request');
    expect(asking).toEqual([]);
    const told = rows.filter((row) => (store.flags(row) & REQUEST) !== 0 && store.envelope(row).direction === 'notify');
    expect(new Set(told.map((row) => store.type(row)))).toEqual(new Set([44, 45, 48]));
  });

  test('errors of a batch are those of the inner request they name', () => {
    const store = storeOf('nft-a');
    const failed = Array.from({ length: store.transactions.count }, (_, i) => store.transactions.get(i + 1)).find(
      (transaction) => transaction.state === 'error',
    );
    expect(failed).toBeDefined();
    if (failed === undefined) return;
    expect(failed.errno).toBe(2);
    expect(store.isFirst(failed.request)).toBe(false);
    expect(store.seq(failed.end)).toBe(store.seq(failed.request));
    expect(new DataView(store.bytes(failed.end).slice().buffer).getUint32(16 + 4 + 8, true)).toBe(
      store.seq(failed.request),
    );
  });
});

describe('pairing', () => {
  test('requests without an address: the newest open one with that seq', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 18, flags: REQUEST | DUMP, seq: 7 }));
    append({}, message({ type: 16, flags: MULTI, seq: 7, portid: 100 }));
    append({}, message({ type: 18, flags: REQUEST | DUMP, seq: 7 }));
    append({}, message({ type: 16, flags: MULTI, seq: 7, portid: 100 }));
    append({}, message({ type: 16, flags: MULTI, seq: 7, portid: 200 }));
    append({}, done(7, 100));
    append({}, done(7, 200));
    expect(store.members(1)).toEqual([0, 1, 3, 5]);
    expect(store.members(2)).toEqual([2, 4, 6]);
    expect(tally(store)).toEqual({ done: 2 });
  });

  test('namespaces and protocols are apart', () => {
    const { store, append } = liveStore();
    append({ nsid: 1 }, message({ type: 18, flags: REQUEST, seq: 1 }));
    append({ nsid: 2 }, message({ type: 16, seq: 1, portid: 5 }));
    append({ protocol: 6, nsid: 1 }, message({ type: 16, seq: 1, portid: 5 }));
    expect(store.members(1)).toEqual([0]);
    append({ nsid: 1 }, message({ type: 16, seq: 1, portid: 5 }));
    expect(store.members(1)).toEqual([0, 3]);
    expect(store.transactions.get(1).state).toBe('reply');
  });

  test('how a transaction ends', () => {
    const { store, append } = liveStore();
    const outcome = (flags: number, ...answers: Uint8Array[]) => {
      append({}, message({ type: 18, flags: REQUEST | flags, seq: 9, portid: 4 }));
      for (const answer of answers) append({}, answer);
      const { state, errno, end } = store.transactions.get(store.transactions.count);
      return [state, errno, end < 0 ? null : store.count - 1 - end];
    };
    const data = (flags = 0) => message({ type: 16, flags, seq: 9, portid: 4 });
    expect(outcome(0)).toEqual(['pending', 0, null]);
    expect(outcome(0, data())).toEqual(['reply', 0, 0]);
    expect(outcome(ACK, data())).toEqual(['pending', 0, null]);
    expect(outcome(ACK, data(), error(0, 9, 4))).toEqual(['ack', 0, 0]);
    expect(outcome(DUMP, data(MULTI), done(9, 4))).toEqual(['done', 0, 0]);
    expect(outcome(DUMP, data(MULTI | 0x10), data(MULTI), done(9, 4))).toEqual(['interrupted', 0, 0]);
    expect(outcome(DUMP, data(MULTI), done(9, 4, MULTI | 0x10))).toEqual(['interrupted', 0, 0]);
    expect(outcome(ACK, error(95, 9, 4, 0))).toEqual(['error', 95, 0]);
    expect(outcome(ACK, error(95, 9, 4, 0), error(0, 9, 4))).toEqual(['error', 95, 1]);
    const failedDump = message({ type: 3, flags: MULTI, seq: 9, portid: 4 }, [
      ...new Uint8Array(new Int32Array([-105]).buffer),
    ]);
    expect(outcome(DUMP, failedDump)).toEqual(['error', 105, 0]);
    expect(outcome(DUMP, error(0x7fffffff, 9, 4))).toEqual(['error', 0xffff, 0]);
  });

  test('a request that wants nothing back is sent, not pending', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 16, flags: REQUEST, seq: 1, portid: 4 }));
    expect(store.transactions.get(1).state).toBe('sent');
    append({}, error(1, 1, 4));
    expect(store.transactions.get(1)).toMatchObject({ state: 'error', errno: 1 });
  });

  test('what the source told is not inferred again', () => {
    const { store, append } = liveStore();
    append({ direction: 'request', sourcePortid: 77 }, message({ type: 18, flags: REQUEST | ACK, seq: 3 }));
    append({ direction: 'notify', group: 1, sourcePortid: 0 }, message({ type: 16, seq: 3, portid: 77 }));
    append({ direction: 'reply', sourcePortid: 0, destPortid: 77 }, message({ type: 16, seq: 3, portid: 0 }));
    append({ direction: 'reply', sourcePortid: 0, destPortid: 77 }, error(0, 3, 77));
    append({ direction: 'reply', sourcePortid: 0, destPortid: 78 }, error(0, 3, 78));
    append({ direction: 'user', protocol: 2 }, message({ type: 16, flags: REQUEST, seq: 3, portid: 1 }));
    expect(directions(store)).toBe('qnrrru');
    expect(store.members(1)).toEqual([0, 1, 2, 3]);
    expect(store.transaction(4)).toBe(0);
    expect(store.transaction(5)).toBe(0);
  });

  test('directions without a request to go by', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 30, flags: REQUEST }));
    append({}, message({ type: 16, seq: 0, portid: 0 }));
    append({}, message({ type: 24, seq: 5, portid: 9 }));
    append({}, error(3, 5, 9));
    append({}, done(5, 9));
    append({ protocol: 16 }, message({ type: 0x20, seq: 5, portid: 9 }));
    append({ protocol: 16 }, message({ type: 0x20 }));
    append({ protocol: 15 }, new TextEncoder().encode('add@/x'));
    append({ protocol: 15 }, new TextEncoder().encode('libudev\0\xfe'));
    append({ protocol: 2 }, new TextEncoder().encode('hello'));
    append({ protocol: 12 }, message({ type: 3, seq: 0, portid: 0 }, [0, 0, 0, 0]));
    append({ protocol: 0 }, new Uint8Array([1, 2, 3]));
    expect(directions(store)).toBe('nnnrrrnnuun?');
  });

  test('however many sockets use the same seq, each has its own answer', () => {
    const { store, append } = liveStore();
    const sockets = Array.from({ length: 500 }, (_, i) => i + 1);
    for (const portid of sockets) append({}, message({ type: 18, flags: REQUEST | DUMP, seq: 7, portid }));
    for (const portid of sockets) append({}, done(7, portid));
    expect(sockets.map((id) => store.members(id))).toEqual(sockets.map((id) => [id - 1, id + 499]));
  });

  test('of any requests and answers goes by the same choice', () => {
    const event = fc.record({
      asks: fc.boolean(),
      seq: fc.constantFrom(1, 2, 0x10000001),
      portid: fc.constantFrom(0, 0, 5, 6, 7),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const { store, append } = liveStore();
        const requests: { id: number; seq: number; portid: number; open: boolean }[] = [];
        for (const { asks, seq, portid, ends } of events) {
          if (asks) {
            append({}, message({ type: 18, flags: REQUEST | DUMP, seq, portid }));
            requests.unshift({ id: requests.length + 1, seq, portid, open: true });
            continue;
          }
          const socket = portid === 0 ? 9 : portid;
          append({}, ends ? done(seq, socket) : message({ type: 16, flags: MULTI, seq, portid: socket }));
          const asked = requests.filter((request) => request.seq === seq);
          const own = asked.find((request) => request.portid === socket);
          const claimed = asked.find(({ portid: by, open, id }) => by === 0 && open && id > (own?.id ?? 0));
          const answered = own?.open === true ? own : (claimed ?? own);
          expect(store.transaction(store.count - 1)).toBe(answered?.id ?? 0);
          if (answered === undefined) continue;
          answered.portid = socket;
          if (ends) answered.open = false;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('hostile streams of requests with one seq stay quick and bounded', () => {
    const { store, append } = liveStore();
    const request = message({ type: 18, flags: REQUEST | DUMP });
    const batch = Array.from({ length: 500 }, () => request);
    for (let i = 0; i < 100; i++) append({}, ...batch);
    append({}, done(0, 5));
    expect(store.transactions.count).toBe(50_000);
    expect(store.transaction(store.count - 1)).toBe(50_000);
    expect(store.transactions.byteLength).toBeLessThan(50_000 * 24 + (1 << 20));
  });
});
