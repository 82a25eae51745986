import { NETLINK_ROUTE } from '../../app/wire/index.ts';
import { BatchCursor, RECORD_DATAGRAM } from '../sources/batches.ts';
import { type NetlinkSocket, openNetlink } from '../sources/netlinkSocket.ts';
import type { Figures } from './probes.ts';

/** linux/rtnetlink.h, linux/if_addr.h. */
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTNLGRP_IPV4_ROUTE = 7;
const NLM_F_REQUEST = 1;
const NLM_F_CREATE = 0x400;
const RTA_DST = 1;
const RTA_OIF = 4;
const MESSAGE = 44;
/** Routes in one datagram to the kernel. */
const ROUTES = 512;
const LOOPBACK = 1;
/** How long JavaScript does nothing, once, while the flood goes on. */
const STALL_MS = 300;
/** Stalls of a soak, and the longest of them. */
const SOAK_STALLS = 60;
const SOAK_STALL_MS = 500;
/** A flood that has been silent for so long is over. */
const SILENCE_MS = 2000;

function mustOpen(options: Parameters<typeof openNetlink>[0]): NetlinkSocket {
  const opened = openNetlink(options);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Requests that add or remove routes on the loopback device. */
function routes(type: number, flags: number): Uint8Array {
  const bytes = new Uint8Array(MESSAGE * ROUTES);
  const view = new DataView(bytes.buffer);
  const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  for (let i = 0; i < ROUTES; i++) {
    const at = i * MESSAGE;
    view.setUint32(at, MESSAGE, little);
    view.setUint16(at + 4, type, little);
    view.setUint16(at + 6, NLM_F_REQUEST | flags, little);
    // struct rtmsg: AF_INET, /32, RT_TABLE_MAIN, RTPROT_STATIC, RT_SCOPE_LINK, RTN_UNICAST
    bytes.set([2, 32, 0, 0, 254, 4, 253, 1], at + 16);
    view.setUint16(at + 28, 8, little);
    view.setUint16(at + 30, RTA_DST, little);
    bytes.set([10, 99, i >> 8, i & 255], at + 32);
    view.setUint16(at + 36, 8, little);
    view.setUint16(at + 38, RTA_OIF, little);
    view.setUint32(at + 40, LOOPBACK, little);
  }
  return bytes;
}

/** Makes the kernel notify of so many changes of routes, as fast as it can. Returns how many it was asked for. */
export function flood(count: number): Figures {
  const socket = mustOpen({ protocol: NETLINK_ROUTE });
  const add = routes(RTM_NEWROUTE, NLM_F_CREATE);
  const remove = routes(RTM_DELROUTE, 0);
  let sent = 0;
  for (let round = 0; sent < count; round++) {
    const done = socket.send(round % 2 === 0 ? add : remove);
    if (!done.ok) throw new Error(done.error.message);
    sent += ROUTES;
  }
  socket.close();
  return { sent };
}

/** After so many messages JavaScript stands still. */
interface Stall {
  readonly after: number;
  readonly ms: number;
}

/** Hears a flood of so many messages and stalls once in the middle. */
export function receiveOnce(count: number): Promise<Figures> {
  return receive(count, [{ after: count / 4, ms: STALL_MS }]);
}

/** Hears a flood of so many messages and stalls again and again, at random. */
export function receiveSoak(count: number): Promise<Figures> {
  const stalls = Array.from({ length: SOAK_STALLS }, () => ({
    after: Math.random() * count,
    ms: Math.random() * SOAK_STALL_MS,
  }));
  return receive(
    count,
    stalls.sort((a, b) => a.after - b.after),
  );
}

/**
 * Hears the flood that another process makes, as a capture does. Says "ready" on standard error when it listens, and
 * ends when the flood has begun and is over.
 */
function receive(count: number, stalls: readonly Stall[]): Promise<Figures> {
  const cursor = new BatchCursor();
  let messages = 0;
  let lost = 0;
  let stall = 0;
  let last = 0;
  /** Most memory in the first half of the flood, and in the second. */
  const resident = [0, 0];
  const socket = mustOpen({
    protocol: NETLINK_ROUTE,
    groups: [RTNLGRP_IPV4_ROUTE],
    receiveBuffer: 32 << 20,
    onBatch(batch) {
      last = performance.now();
      cursor.reset(batch);
      while (cursor.next()) {
        if (cursor.kind === RECORD_DATAGRAM) messages++;
        else lost += cursor.lost;
      }
      const half = messages + lost < count / 2 ? 0 : 1;
      resident[half] = Math.max(resident[half], process.memoryUsage.rss());
      if (stall === stalls.length || messages + lost < stalls[stall].after) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stalls[stall++].ms);
      last = performance.now();
    },
  });
  process.stderr.write('ready\n');
  const before = process.cpuUsage();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (last === 0 || performance.now() - last < SILENCE_MS) return;
      clearInterval(timer);
      const { user, system } = process.cpuUsage(before);
      const { socketDropped, queueDropped } = socket.counters();
      socket.close();
      const dropped = socketDropped + queueDropped;
      const grown = (resident[1] - resident[0]) / 1e6;
      resolve({ messages, told: lost, dropped, each: (user + system) / messages, grown });
    }, 50);
  });
}
