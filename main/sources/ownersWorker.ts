import { parentPort } from 'node:worker_threads';
import { listSockets } from './netlinkSockets.ts';
import { OwnerFinder } from './ownerFinder.ts';
import type { OwnersAnswer, OwnersOrder } from './ownersThread.ts';

/** Entry of the thread that looks through /proc: it may take long without holding up anybody. */
let finder: OwnerFinder | null = null;

function tell(answer: OwnersAnswer): void {
  parentPort?.postMessage(answer);
}

parentPort?.on('message', async (order: OwnersOrder) => {
  switch (order.kind) {
    case 'watch':
      finder?.close();
      finder = new OwnerFinder(order.netns, {
        owners: (owners) => tell({ kind: 'owners', owners }),
        ended: (protocol, portid, timeNs) => tell({ kind: 'ended', protocol, portid, timeNs }),
      });
      finder.start();
      break;
    case 'rest':
      finder?.close();
      finder = null;
      break;
    case 'find':
      finder?.find(order.wanted);
      break;
    case 'sockets':
      tell({ kind: 'sockets', id: order.id, result: await listSockets(order.netns) });
      break;
  }
});
