import { expect, it } from 'vitest';
import type { Gap } from '../../app/captureFile/index.ts';
import { NETLINK_USERSOCK } from '../../app/wire/index.ts';
import { openNetlink } from '../sources/netlinkSocket.ts';
import { LiveCapture } from './liveCapture.ts';

const SENT = 3000;

/** What a capture delivers and tells as lost when it is closed right after datagrams were sent to it. */
function closedAtOnce(drainMs: number) {
  let delivered = 0;
  const gaps: Gap[] = [];
  const live = new LiveCapture(
    { drainMs },
    {
      datagram: () => {
        delivered++;
      },
      gap: (gap) => gaps.push(gap),
      batch() {},
      failure() {},
    },
  );
  const listening = live.listen(NETLINK_USERSOCK);
  if (!('portid' in listening)) throw new Error(listening.message);
  const sender = openNetlink({ protocol: NETLINK_USERSOCK });
  if (!sender.ok) throw new Error(sender.error.message);
  for (let sent = 0; sent < SENT; sent++) sender.value.send(new Uint8Array(64), { portid: listening.portid });
  sender.value.close();
  // The event loop has had no turn: all of it waits in the kernel, in the receive thread or in the queue.
  while (live.isIdle);
  live.close();
  return { delivered, gaps, drops: live.drops };
}

it('delivers what waits when it is closed', () => {
  const { delivered, gaps, drops } = closedAtOnce(60_000);
  expect(delivered).toBeGreaterThan(0);
  expect(gaps).toEqual([]);
  expect(drops).toEqual({ kernel: 0, queue: 0 });
});

it('counts what it gives up when there is no time to deliver it', () => {
  const { delivered, gaps, drops } = closedAtOnce(0);
  expect(delivered).toBe(0);
  expect(gaps).toEqual([{ protocol: NETLINK_USERSOCK, lost: drops.queue, cause: 'queue' }]);
  expect(drops.queue).toBeGreaterThan(0);
  expect(drops.queue).toBeLessThanOrEqual(SENT);
});
