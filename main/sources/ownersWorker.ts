import { parentPort } from 'node:worker_threads';
import { listSockets } from './netlinkSockets.ts';
import { OwnerFinder } from './ownerFinder.ts';
import type { OwnersAnswer, OwnersOrder } from './ownersThread.ts';

/** Entry of the thread that looks through /proc: it may take long without holding up anybody. */
const finders = new Map<string | undefined, OwnerFinder>();

function tell(answer: OwnersAnswer): void {
  parentPort?.postMessage(answer);
}

function watch(netns: string | undefined, path: string): void {
  const of = netns === undefined ? {} : { netns };
  const finder = new OwnerFinder(path, {
    owners: (owners) => tell({ kind: 'owners', owners: owners.map((owner) => ({ ...owner, ...of })) }),
    ended: (protocol, portid, timeNs) => tell({ kind: 'ended', protocol, portid, timeNs, ...of }),
  });
  finders.set(netns, finder);
  finder.start();
}

function rest(): void {
  for (const finder of finders.values()) finder.close();
  finders.clear();
}

parentPort?.on('message', async (order: OwnersOrder) => {
  switch (order.kind) {
    case 'watch':
      rest();
      for (const { name, path } of order.namespaces) watch(name, path);
      break;
    case 'rest':
      rest();
      break;
    case 'find':
      finders.get(order.netns)?.find(order.wanted);
      break;
    case 'sockets':
      tell({ kind: 'sockets', id: order.id, result: await listSockets(order.netns) });
      break;
  }
});
