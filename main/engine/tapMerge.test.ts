import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Gap } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import {
  ByteWriter,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_ROUTE,
  NETLINK_USERSOCK,
  NLM_F_REQUEST,
} from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { TapMerge } from './tapMerge.ts';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const NLMSG_ERROR = 2;
const MS = 1_000_000n;

interface Header {
  readonly type?: number;
  readonly flags?: number;
  readonly seq?: number;
  readonly portid?: number;
  readonly content?: number;
}

function message({ type = RTM_NEWLINK, flags = 0, seq = 0, portid = 0, content = 0 }: Header = {}): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.integer(20, 4);
  writer.integer(type, 2);
  writer.integer(flags, 2);
  writer.integer(seq, 4);
  writer.integer(portid, 4);
  writer.integer(content, 4);
  return writer.finish();
}

function heard(group: number, protocol = NETLINK_ROUTE): Envelope {
  return {
    protocol,
    direction: 'notify',
    group,
    nsid: null,
    sourcePortid: 0,
    destPortid: null,
    littleEndian: HOST_LITTLE_ENDIAN,
  };
}

let clock = 0;
let out: { group: number | null; timeNs: bigint; bytes: Uint8Array }[] = [];
let gaps: Gap[] = [];
let merge: TapMerge;

function newMerge(): TapMerge {
  const sink = {
    datagram: (envelope: Envelope, timeNs: bigint, bytes: Uint8Array) =>
      out.push({ group: envelope.group, timeNs, bytes }),
    gap: (gap: Gap) => gaps.push(gap),
    batch() {},
    failure() {},
  };
  return new TapMerge(sink, () => clock);
}

beforeEach(() => {
  clock = 0;
  out = [];
  gaps = [];
  merge = newMerge();
});

const tapped = (timeNs: bigint, bytes: Uint8Array, protocol = NETLINK_ROUTE) =>
  merge.tapped(protocol, timeNs, bytes, bytes.length);
const subscribed = (timeNs: bigint, bytes: Uint8Array, group = 1, protocol = NETLINK_ROUTE) =>
  merge.subscribed(heard(group, protocol), timeNs, bytes, bytes.length);
const wait = (milliseconds: number) => {
  clock += milliseconds;
  merge.release(true);
};

describe('TapMerge', () => {
  it.each(['tap first', 'subscription first'])(
    'shows a multicast once, with the group, at the time of the tap: %s',
    (order) => {
      const steps = [() => tapped(5n * MS, message()), () => subscribed(6n * MS, message())];
      for (const step of order === 'tap first' ? steps : steps.reverse()) step();
      tapped(5n * MS + 9n, message());
      merge.release(true);
      expect(out).toMatchObject([{ group: 1, timeNs: 5n * MS }]);
      wait(100);
      expect(out).toHaveLength(1);
      expect(merge.omitted).toEqual({ copies: 1, own: 0 });
    },
  );

  it('puts a notification between its request and the answer, where the tap saw it', () => {
    const request = message({ flags: NLM_F_REQUEST, seq: 7 });
    const answer = message({ type: NLMSG_ERROR, seq: 7, portid: 9 });
    subscribed(20n * MS, message({ content: 1 }));
    tapped(1n * MS, request);
    tapped(2n * MS, message({ content: 1 }));
    tapped(3n * MS, answer);
    wait(100);
    expect(out.map(({ bytes }) => bytes)).toEqual([request, message({ content: 1 }), answer]);
  });

  it('takes equal notifications that nobody subscribed for copies only when they pass together', () => {
    for (const time of [1n, 2n, 3n]) tapped(time, message());
    tapped(10n * MS, message());
    wait(100);
    expect(out.map(({ timeNs }) => timeNs)).toEqual([1n, 10n * MS]);
    expect(merge.omitted.copies).toBe(2);
  });

  it('keeps equal requests, equal answers and equal datagrams between programs', () => {
    const request = message({ type: RTM_GETLINK, flags: NLM_F_REQUEST });
    const reply = message({ portid: 44 });
    const chat = message({ content: 5 });
    tapped(1n, request);
    tapped(2n, request);
    tapped(3n, reply);
    tapped(4n, reply);
    tapped(5n, chat, NETLINK_USERSOCK);
    tapped(6n, chat, NETLINK_USERSOCK);
    wait(100);
    expect(out).toHaveLength(6);
  });

  it('leaves out our own messages, as many as there were', () => {
    const request = message({ type: RTM_GETLINK, flags: NLM_F_REQUEST });
    merge.passed(NETLINK_ROUTE, request);
    tapped(1n, request);
    tapped(2n, request);
    tapped(3n, message({ portid: 44, content: 3 }));
    merge.passed(NETLINK_ROUTE, message({ portid: 44, content: 3 }));
    wait(100);
    expect(out.map(({ timeNs }) => timeNs)).toEqual([2n]);
    expect(merge.omitted.own).toBe(2);
  });

  it('shows what another program heard when a socket of ours that nobody captures heard it too', () => {
    tapped(1n, message());
    tapped(2n, message());
    merge.passed(NETLINK_ROUTE, message());
    wait(100);
    expect(out).toHaveLength(1);
  });

  it('does not hold our own traffic against a stranger who says the same later', () => {
    merge.passed(NETLINK_ROUTE, message());
    wait(6000);
    tapped(1n, message());
    wait(100);
    expect(out).toHaveLength(1);
  });

  it('leaves out our own messages that a busy machine brings seconds late', () => {
    merge.passed(NETLINK_ROUTE, message());
    wait(3000);
    tapped(1n, message());
    wait(100);
    expect(out).toEqual([]);
    expect(merge.omitted.own).toBe(1);
  });

  it('leaves out what answers a socket of ours that did not read it', () => {
    merge.opened(NETLINK_ROUTE, 77);
    tapped(1n, message({ type: NLMSG_ERROR, portid: 77, seq: 1 }));
    tapped(2n, message({ type: NLMSG_ERROR, portid: 78, seq: 1 }));
    wait(100);
    expect(out.map(({ timeNs }) => timeNs)).toEqual([2n]);
  });

  it('waits for a source that lags, but not for ever', () => {
    tapped(1n, message());
    clock = 500;
    merge.release(false);
    expect(out).toHaveLength(0);
    subscribed(9n * MS, message());
    merge.release(false);
    expect(out).toMatchObject([{ group: 1 }]);
    tapped(20n * MS, message({ content: 2 }));
    clock += 3000;
    merge.release(false);
    expect(out).toHaveLength(2);
  });

  it('shows a multicast once that the subscription tells long after the tap', () => {
    tapped(1n, message());
    wait(100);
    subscribed(90n * MS, message());
    wait(100);
    expect(out.map(({ timeNs }) => timeNs)).toEqual([1n]);
  });

  it('shows a multicast once that the tap tells long after the subscription, and its copies', () => {
    subscribed(2n * MS, message());
    wait(100);
    tapped(1n * MS, message());
    tapped(1n * MS + 9n, message());
    wait(100);
    expect(out).toMatchObject([{ group: 1, timeNs: 2n * MS }]);
    // One more copy, since it is not heard again; then it is.
    tapped(300n * MS, message());
    wait(100);
    expect(out).toHaveLength(1);
    tapped(500n * MS, message());
    subscribed(501n * MS, message());
    wait(100);
    expect(out).toMatchObject([{ group: 1 }, { group: 1, timeNs: 500n * MS }]);
  });

  it('takes what passes while a busy kernel serves further receivers for copies', () => {
    tapped(1n * MS, message());
    tapped(31n * MS, message());
    subscribed(32n * MS, message());
    tapped(61n * MS, message());
    wait(100);
    expect(out).toMatchObject([{ group: 1, timeNs: 1n * MS }]);
    expect(merge.omitted.copies).toBe(2);
  });

  it('shows two equal multicasts twice whose copies a slow kernel brings late, and long after each other', () => {
    // The first for two receivers, 5 ms apart, and heard; then the same again.
    tapped(0n, message());
    tapped(5n * MS, message());
    clock = 6;
    subscribed(6n * MS, message());
    clock = 110;
    subscribed(110n * MS, message());
    tapped(108n * MS, message());
    tapped(150n * MS, message());
    wait(100);
    tapped(190n * MS, message());
    wait(3000);
    expect(out).toMatchObject([
      { group: 1, timeNs: 0n },
      { group: 1, timeNs: 108n * MS },
    ]);
    expect(merge.omitted.copies).toBe(3);
  });

  it('hides nothing as a copy once the subscription no longer hears, or has lost some', () => {
    for (const [n, ends] of [
      () => merge.left(),
      () => merge.gap({ protocol: 0, lost: 1, cause: 'kernel' }, 1n),
    ].entries()) {
      const base = BigInt(n * 10_000) * MS;
      clock = n * 10_000;
      out = [];
      tapped(base, message());
      subscribed(base + 1n, message());
      wait(100);
      tapped(base + 500n * MS, message());
      wait(100);
      expect(out).toHaveLength(1);
      ends();
      tapped(base + 1000n * MS, message());
      wait(100);
      expect(out).toHaveLength(2);
    }
  });

  it('shows each multicast exactly once under delays of any length that the sources admit', () => {
    const event = fc.record({
      content: fc.nat(1),
      apart: fc.nat(400),
      copies: fc.array(fc.nat(50), { maxLength: 3 }),
    });
    const delays = fc.infiniteStream(fc.nat(1500));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), delays, (events, delay) => {
        clock = 0;
        out = [];
        merge = newMerge();
        const reads: { readonly at: number; readonly passed: number; read(): void }[] = [];
        const ends = { tap: 0, sub: 0 };
        let time = 0;
        for (const { content, apart, copies } of events) {
          time += apart;
          const passed = [time, ...copies.map((later) => time + later)].sort((a, b) => a - b);
          // Our own copy is the last of them; each source is read in order, late.
          const ours = passed[passed.length - 1];
          const add = (source: 'tap' | 'sub', at: number, read: () => void) => {
            ends[source] = Math.max(ends[source], at + delay.next().value);
            reads.push({ at: ends[source], passed: at, read });
          };
          for (const at of passed) add('tap', at, () => tapped(BigInt(at) * MS, message({ content })));
          add('sub', ours, () => subscribed(BigInt(ours) * MS + 1n, message({ content })));
          time = ours;
        }
        reads.sort((a, b) => a.at - b.at);
        for (let next = 0; next < reads.length; ) {
          for (; next < reads.length && reads[next].at <= clock; next++) reads[next].read();
          merge.release(reads.slice(next).every(({ passed }) => passed > clock));
          clock += 20;
        }
        for (let n = 0; n < 10; n++) wait(1000);
        const wanted = [0, 1].map((content) => events.filter((e) => e.content === content).length);
        const shown = [0, 1].map((content) => out.filter(({ bytes }) => bytes[16] === content).length);
        expect(shown).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('lets protocols through that no tap sees, and tells losses at their place', () => {
    subscribed(1n, message(), 1, NETLINK_KOBJECT_UEVENT);
    merge.gap({ protocol: null, lost: 3, cause: 'kernel' }, 2n);
    clock = 20;
    merge.release(false);
    expect(out).toHaveLength(1);
    expect(gaps).toEqual([{ protocol: null, lost: 3, cause: 'kernel' }]);
  });

  it('shows each multicast that was heard exactly once, however the sources interleave', () => {
    const event = fc.record({ content: fc.nat(2), apart: fc.constantFrom(1n, 1000n, 3n * MS), copies: fc.nat(3) });
    const step = fc.record({ tap: fc.boolean(), later: fc.constantFrom(0, 1, 30, 200) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.infiniteStream(step), (events, steps) => {
        clock = 0;
        out = [];
        const taps: (() => void)[] = [];
        const subs: (() => void)[] = [];
        let time = 0n;
        for (const { content, apart, copies } of events) {
          time += apart;
          const at = time;
          for (let copy = 0n; copy <= copies; copy++) taps.push(() => tapped(at + copy, message({ content })));
          subs.push(() => subscribed(at + 10n, message({ content })));
        }
        while (taps.length + subs.length > 0) {
          const { tap, later } = steps.next().value;
          const from = subs.length === 0 || (taps.length > 0 && tap) ? taps : subs;
          from.shift()?.();
          wait(later);
        }
        wait(3000);
        const wanted = [0, 1, 2].map((content) => events.filter((e) => e.content === content).length);
        const shown = [0, 1, 2].map((content) => out.filter(({ bytes }) => bytes[16] === content).length);
        expect(shown).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
});
