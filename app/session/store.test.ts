import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  GAP_CAUSES,
  MemoryFile,
  memorySource,
  openCapture,
  PcapngWriter,
  plainEnvelope,
} from '../captureFile/index.ts';
import { captureBytes, readAll } from '../captureFile/testing/captures.ts';
import { CHUNK_ROWS, loadCapture, MessageStore, saveMessages } from './index.ts';
import { liveStore, message, type Session, sessionOf, storeOf } from './testing/sessions.ts';

describe('a capture in the store', () => {
  // Frames and messages as counted when the captures were made, by another program.
  test.each([
    ['addr-a', 70, 103],
    ['conntrack-a', 60, 73],
    ['errors-rtnl', 114, 132],
    ['ethtool-a', 128, 128],
    ['genl-ctrl-a', 15, 49],
    ['link-kinds-a', 69, 80],
    ['monitor-events', 275, 353],
    ['neigh-a', 131, 238],
    ['nft-a', 222, 289],
    ['raw-audit-a', 54, 54],
    ['route-a', 92, 162],
    ['rule-a', 34, 93],
    ['ss-a', 87, 102],
    ['tc-qdisc-a', 146, 363],
    ['wg-a', 35, 39],
  ])('%s: %i frames, %i messages', (name, frames, messages) => {
    const store = storeOf(name);
    expect(store.datagramCount).toBe(frames);
    expect(store.count).toBe(messages);
    const { frames: read } = readAll(captureBytes(name));
    let datagram = -1;
    for (let row = 0; row < store.count; row++) {
      if (store.isFirst(row)) datagram++;
      const bytes = store.bytes(row);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(bytes.length).toBe(view.getUint32(0, true));
      expect(store.type(row)).toBe(view.getUint16(4, true));
      expect(store.flags(row)).toBe(view.getUint16(6, true));
      expect(store.seq(row)).toBe(view.getUint32(8, true));
      expect(store.portid(row)).toBe(view.getUint32(12, true));
      expect(store.lead(row)).toBe(bytes[16] ?? 0);
      expect(store.timeNs(row)).toBe(read[datagram].timeNs);
      expect(store.seconds(row)).toBeCloseTo(Number(read[datagram].timeNs) / 1e9, 5);
      if (store.isFirst(row)) expect(store.datagram(row)).toEqual(read[datagram].bytes);
    }
    expect(datagram).toBe(frames - 1);
  });

  test('uevents are one row each, without a header', () => {
    const store = storeOf('raw-uevent-a');
    expect([store.count, store.datagramCount]).toEqual([25, 25]);
    expect(store.isRaw(0)).toBe(true);
    expect(new TextDecoder().decode(store.bytes(0))).toMatch(/^(add|remove|change|bind|unbind|move|online|offline)@\//);
    expect(store.counts().protocols).toEqual(new Map([[15, 25]]));
  });

  test('counts by protocol, group and family', () => {
    const { store, append } = liveStore();
    append({ group: 1 }, message({ type: 16 }), message({ type: 16 }));
    append({ group: 5 }, message({ type: 16 }));
    append({ protocol: 16, group: 9 }, message({ type: 0x20 }));
    append({ protocol: 16 }, message({ type: 0x20 }), message({ type: 2 }));
    expect(store.counts()).toEqual({
      protocols: new Map([
        [0, 3],
        [16, 3],
      ]),
      groups: new Map([
        [
          0,
          new Map([
            [1, 2],
            [5, 1],
          ]),
        ],
        [16, new Map([[9, 1]])],
      ]),
      genlFamilies: [{ host: undefined, id: 0x20, count: 2 }],
    });
  });

  test('takes at most 40 bytes a message, its transactions included', () => {
    // One of the corpus's captures with the most requests: 45 of 100 messages begin a transaction.
    const { frames } = readAll(captureBytes('nft-a'));
    const store = new MessageStore({ size: 0, read: () => new Uint8Array(0) });
    const empty = store.indexBytes;
    for (let offset = 0; store.count < 300_000; offset += 24_028) {
      for (const f of frames) store.appendDatagram(f.envelope, f.timeNs, offset + f.offset, f.bytes);
    }
    expect((store.indexBytes - empty) / store.count).toBeLessThan(40);
  });
});

describe('columns', () => {
  test('are kept exactly in every chunk', () => {
    const store = new MessageStore({ size: 0, read: () => new Uint8Array(0) });
    const count = CHUNK_ROWS * 7 + 5;
    const type = (row: number) => 16 + (row % 5000);
    for (let row = 0; row < count; row++) {
      store.appendDatagram(
        plainEnvelope(row % 13, true),
        BigInt(row) * 1_000_000n,
        row * 20,
        message({ type: type(row), seq: row }),
      );
    }
    const wrong = Array.from({ length: count }, (_, row) => row).filter(
      (row) =>
        store.type(row) !== type(row) ||
        store.seq(row) !== row ||
        store.offset(row) !== row * 20 ||
        store.timeNs(row) !== BigInt(row) * 1_000_000n ||
        store.envelope(row).protocol !== row % 13 ||
        !store.isFirst(row),
    );
    expect(wrong).toEqual([]);
  });

  test('values far apart in one chunk are kept exactly', () => {
    const store = new MessageStore({ size: 0, read: () => new Uint8Array(0) });
    const bytes = message({ type: 16 }, new Array(3).fill(1));
    const large = message({ type: 16 }, new Array(70_000).fill(1));
    const rows = [
      [1_700_000_000_000_000_000n, 5_000_000_000, bytes],
      [0n, 3, bytes],
      [(1n << 64n) - 1n, 2 ** 50, large],
      [1_700_000_000_000_000_001n, 5_000_000_100, bytes],
    ] as const;
    rows.forEach(([time, offset, data], i) => {
      store.appendDatagram({ ...plainEnvelope(i, true), group: i }, time, offset, data);
    });
    rows.forEach(([time, offset, data], row) => {
      expect([store.timeNs(row), store.offset(row), store.length(row)]).toEqual([time, offset, data.length]);
      expect(store.envelope(row)).toMatchObject({ protocol: row, group: row });
    });
    expect(store.elapsed(0, 3)).toBe(1);
    expect(store.elapsed(3, 0)).toBe(-1);
  });

  test('more circumstances than 16 bits number', () => {
    const { store, append } = liveStore();
    const bytes = message({ type: 16 });
    for (let group = 0; group < 66_000; group++)
      store.appendDatagram({ ...plainEnvelope(0, true), direction: 'notify', group }, 1n, 0, bytes);
    for (const row of [0, 65_534, 65_535, 65_536, 65_999]) expect(store.envelope(row).group).toBe(row);
    expect(append({}, bytes)).toBe(66_000);
  });
});

describe('beside the messages', () => {
  test('gaps are rows', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 16 }));
    const gaps = GAP_CAUSES.map((cause, i) => ({
      cause,
      lost: i === 1 ? null : i * 1000,
      protocol: i === 2 ? null : 16,
    }));
    for (const gap of gaps) store.appendGap(gap, 5n);
    append({}, message({ type: 16 }));
    const last = gaps.length + 1;
    expect([store.count, store.gapCount, store.datagramCount]).toEqual([last + 1, gaps.length, 2]);
    const rows = Array.from({ length: store.count }, (_, row) => row);
    expect(rows.map((row) => store.gap(row))).toEqual([null, ...gaps, null]);
    expect(store.timeNs(2)).toBe(5n);
    expect(store.bytes(2).length).toBe(0);
    expect(store.datagramRange(last)).toEqual({ first: last, last });
    expect(store.counts().protocols).toEqual(new Map([[0, 2]]));
  });

  test('severities, marks and comments', () => {
    const { store, append } = liveStore();
    append({}, message({ type: 16 }), message({ type: 16 }), message({ type: 16 }));
    store.raiseSeverity(1, 'warn');
    store.raiseSeverity(1, 'note');
    expect(store.severity(1)).toBe('warn');
    store.raiseSeverity(1, 'error');
    store.raiseSeverity(2, 'note');
    expect(store.severityCounts).toEqual({ error: 1, warn: 0, note: 1 });
    store.setMarked(1, true);
    store.setMarked(1, true);
    expect([store.markedCount, store.isMarked(1), store.isMarked(0), store.severity(1)]).toEqual([
      1,
      true,
      false,
      'error',
    ]);
    store.setMarked(1, false);
    expect(store.markedCount).toBe(0);
    store.setComment(2, 'why?');
    store.setComment(1, 'so');
    expect([0, 1, 2].map((row) => store.comment(row))).toEqual(['', 'so', 'why?']);
    expect([store.commentedCount, ...store.commentedRows()]).toEqual([2, 1, 2]);
    store.setComment(2, '');
    expect([store.comment(2), store.commentedCount]).toEqual(['', 1]);
  });

  test('bytes of a live spool are read as it grows', () => {
    const { store, append } = liveStore();
    for (let i = 0; i < 5000; i++) {
      const bytes = message({ type: 16, seq: i }, new Array(i % 97).fill(i & 255));
      const row = append({}, bytes);
      expect(store.bytes(row)).toEqual(bytes);
    }
    expect(store.bytes(17)).toEqual(message({ type: 16, seq: 17 }, new Array(17).fill(17)));
  });
});

describe('loading and saving', () => {
  function save(session: Session, wanted: ((row: number) => boolean) | null = null) {
    const file = new MemoryFile();
    const count = saveMessages(session, new PcapngWriter(file, { application: 'test' }), wanted);
    return { count, bytes: file.read(0, file.size) };
  }

  test.each(['addr-a', 'nft-a', 'raw-uevent-a', 'raw-audit-a', 'monitor-events'])('%s comes back as it was', (name) => {
    const before = sessionOf(captureBytes(name));
    const { count, bytes } = save(before);
    const { store } = sessionOf(bytes);
    expect(count).toEqual({ messages: before.store.count, datagrams: before.store.datagramCount });
    expect(store.count).toBe(before.store.count);
    for (let row = 0; row < store.count; row++) {
      expect(store.bytes(row)).toEqual(before.store.bytes(row));
      expect(store.envelope(row)).toEqual(before.store.envelope(row));
      expect(store.timeNs(row)).toBe(before.store.timeNs(row));
      if (store.isFirst(row)) expect(store.datagram(row)).toEqual(before.store.datagram(row));
    }
  });

  test('keeps marks, comments, gaps, families and names; direction is what the source told', () => {
    const { store, append } = liveStore();
    append({ direction: 'notify', group: 1 }, message({ type: 16 }), message({ type: 20 }));
    store.appendGap({ cause: 'kernel', lost: 9, protocol: 0 }, 77n);
    append({}, message({ type: 18, flags: 1, seq: 1 }));
    store.setMarked(1, true);
    store.setReference(3, true);
    store.setReference(1, true);
    store.setComment(3, 'asked here');
    store.setComment(1, 'the second\nof its datagram');
    const session = { ...sessionOf(captureBytes('wg-a')), store };
    session.hosts
      .of(undefined)
      .families.learn({ id: 30, name: 'fam', version: 1, headerSize: 0, maxAttr: 1, groups: [], operations: [] });
    session.hosts.of(undefined).interfaces.learn(7, 'veth0', 5n);
    const again = sessionOf(save(session).bytes);
    expect(again.store.count).toBe(4);
    expect([0, 1, 2, 3].map((row) => again.store.isMarked(row))).toEqual([false, true, false, false]);
    expect([0, 1, 2, 3].map((row) => again.store.comment(row))).toEqual([
      '',
      'the second\nof its datagram',
      '',
      'asked here',
    ]);
    expect([0, 1, 2, 3].map((row) => [again.store.isReference(row), again.store.referenceOf(row)])).toEqual([
      [false, 0],
      [true, 1],
      [false, 1],
      [true, 3],
    ]);
    again.store.setReference(1, false);
    expect([again.store.referenceOf(2), again.store.referenceCount]).toEqual([0, 1]);
    const part = sessionOf(save(session, (row) => row === 1).bytes);
    expect([part.store.count, part.store.comment(0), part.store.isMarked(0)]).toEqual([
      1,
      'the second\nof its datagram',
      true,
    ]);
    expect(again.store.gap(2)).toEqual({ cause: 'kernel', lost: 9, protocol: 0 });
    expect(again.store.envelope(0)).toMatchObject({ direction: 'notify', group: 1 });
    expect(again.store.sourceEnvelope(3).direction).toBe('unknown');
    expect(again.store.envelope(3).direction).toBe('request');
    expect(again.hosts.of(undefined).families.byName('fam')?.id).toBe(30);
    expect(again.hosts.of(undefined).interfaces.lookup(7)).toBe('veth0');
  });

  test('some messages of a datagram are saved alone, whole datagrams with their trailing bytes', () => {
    const before = sessionOf(captureBytes('addr-a'));
    const { store } = before;
    const wanted = (row: number) => row % 3 !== 1;
    const { count, bytes } = save(before, wanted);
    const after = sessionOf(bytes).store;
    const rows = Array.from({ length: store.count }, (_, row) => row).filter(wanted);
    expect(count.messages).toBe(rows.length);
    expect(after.count).toBe(rows.length);
    rows.forEach((row, i) => {
      expect(after.bytes(i)).toEqual(store.bytes(row));
      const { first, last } = store.datagramRange(row);
      if (first === last) expect(after.datagram(i)).toEqual(store.datagram(row));
    });
  });

  test('a datagram that was split over frames is one again', () => {
    const { store, append } = liveStore();
    const batch = Array.from({ length: 300 }, (_, i) =>
      message({ type: 16, seq: i + 1 }, new Array(1984).fill(i & 255)),
    );
    append({ protocol: 12, direction: 'request' }, ...batch, new Uint8Array(12));
    store.setMarked(299, true);
    const session = { ...sessionOf(captureBytes('wg-a')), store };
    const again = sessionOf(save(session).bytes).store;
    expect([again.count, again.datagramCount, again.markedCount]).toEqual([300, 1, 1]);
    expect(again.isMarked(299)).toBe(true);
    expect(Buffer.compare(again.datagram(150), store.datagram(0))).toBe(0);
  });

  test('a cut datagram keeps telling how much is missing', () => {
    const cut = message({ type: 16, length: 500 }, [1, 2, 3, 4]);
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    writer.datagram(plainEnvelope(0, true), 1n, cut, { originalLength: 500 });
    writer.flush();
    const session = sessionOf(file.read(0, file.size));
    expect([session.store.isCut(0), session.store.length(0), session.store.missingBytes(0)]).toEqual([true, 20, 480]);
    expect(sessionOf(save(session).bytes).store.missingBytes(0)).toBe(480);
  });

  test('loading stops and goes on where the caller wants', () => {
    const bytes = captureBytes('addr-a');
    const opened = openCapture(memorySource(bytes));
    if (!opened.ok) throw new Error(opened.error.message);
    const session = sessionOf(bytes.slice(0, 24));
    const first = loadCapture(opened.value, session, 10);
    expect([first.finished, first.frames, session.store.datagramCount]).toEqual([false, 10, 10]);
    expect(first.offset).toBeLessThan(bytes.length);
    expect(loadCapture(opened.value, session)).toMatchObject({ finished: true, frames: 70, broken: null });
    expect([session.store.datagramCount, session.store.count]).toEqual([70, 103]);
  });

  test('random datagrams of any protocol are kept to the byte', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 31 }), fc.uint8Array({ maxLength: 200 })), { maxLength: 20 }),
        (datagrams) => {
          const { store, append } = liveStore();
          const firsts = datagrams.map(([protocol, bytes]) => append({ protocol }, bytes));
          datagrams.forEach(([, bytes], i) => {
            expect(store.datagram(firsts[i])).toEqual(bytes);
          });
          const again = sessionOf(save({ ...sessionOf(captureBytes('wg-a')), store }).bytes).store;
          expect(again.count).toBe(store.count);
        },
      ),
      { seed: 20, numRuns: 300 },
    );
  });
});

describe('what the watcher is told', () => {
  const LINK = { header: 16, member: 4, nest: 0, index: 0, name: 3 };
  /** RTM_NEWLINK with ifi_index and IFLA_IFNAME, behind an attribute that differs each time. */
  const link = (index: number, name: string, noise = 0) => {
    const text = [...Buffer.from(`${name}\0`)];
    const padded = [...text, ...new Array((4 - (text.length % 4)) % 4).fill(0)];
    const attributes = [8, 0, 4, 0, noise, 0, 0, 0, 4 + text.length, 0, 3, 0, ...padded];
    return message({ type: 16 }, [0, 0, 1, 0, index, 0, 0, 0, ...new Array(8).fill(0), ...attributes]);
  };
  const reply = { direction: 'reply' } as const;

  function watched() {
    const told: number[] = [];
    const session = liveStore((row) => told.push(row));
    session.store.watchNames(0, 16, [LINK]);
    return { ...session, told };
  }

  test('a name is told when it is new for its index, namespace and time, not again and again', () => {
    const { append, told } = watched();
    append(reply, link(1, 'lo'), link(2, 'eth0'), link(1, 'lo', 7), link(2, 'eth0', 9));
    expect(told).toEqual([0, 1]);
    append(reply, link(2, 'eth1'), link(2, 'eth1', 1), link(2, 'eth0'));
    expect(told).toEqual([0, 1, 4, 6]);
    append({ ...reply, nsid: 3 }, link(2, 'eth0'), link(2, 'eth0'));
    append({ ...reply, host: 'other' }, link(2, 'eth0'));
    append({ ...reply, netns: 'blue' }, link(2, 'eth0'));
    expect(told).toEqual([0, 1, 4, 6, 7, 9, 10]);
  });

  test('requests tell nothing, names too long for an interface are told each time', () => {
    const { append, told } = watched();
    append({ direction: 'request' }, link(1, 'lo'));
    append(reply, link(3, 'a name of twenty byte'), link(3, 'a name of twenty byte'));
    expect(told).toEqual([1, 2]);
  });

  test('all names are told anew when others may have been learned', () => {
    const { append, told, store } = watched();
    append(reply, link(1, 'lo'), link(1, 'lo'));
    store.namesChanged();
    append(reply, link(1, 'lo'), link(1, 'lo'));
    expect(told).toEqual([0, 2]);
  });

  test('messages of a generic netlink family are told all, or those with names', () => {
    const told: number[] = [];
    const { append, store } = liveStore((row) => told.push(row));
    const named = (index: number, letter: number) =>
      message({ type: 30 }, [1, 0, 0, 0, 8, 0, 1, 0, index, 0, 0, 0, 6, 0, 2, 0, letter, 0, 0, 0]);
    const generic = { protocol: 16, direction: 'notify' } as const;
    append(generic, message({ type: 29 }), named(1, 0x61));
    expect(told).toEqual([]);
    store.watch(29, { requests: [], others: 'all' });
    store.watchNames(16, 30, [{ header: 4, member: -1, nest: 0, index: 1, name: 2 }]);
    append(generic, message({ type: 29 }), named(1, 0x61), message({ type: 29 }), named(1, 0x61), named(1, 0x62));
    expect(told).toEqual([2, 3, 4, 6]);
  });

  test('of a watched family those commands are told that may teach, of requests and of all others', () => {
    const told: number[] = [];
    const { append, store } = liveStore((row) => told.push(row));
    const command = (cmd: number) => message({ type: 29 }, [cmd, 0, 0, 0]);
    store.watch(29, { requests: [3], others: [1] });
    append(
      { protocol: 16, direction: 'notify' },
      command(0),
      command(1),
      command(3),
      message({ type: 30 }, [1, 0, 0, 0]),
    );
    append({ protocol: 16, direction: 'request' }, command(1), command(3));
    expect(told).toEqual([1, 5]);
    // Ids go from family to family: what was watched before stays so.
    store.watch(29, { requests: [], others: [0] });
    append({ protocol: 16, direction: 'notify' }, command(0), command(1), command(3));
    append({ protocol: 16, direction: 'request' }, command(0), command(3));
    expect(told).toEqual([1, 5, 6, 7, 10]);
  });
});
