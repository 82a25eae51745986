import { parentPort } from 'node:worker_threads';
import type { AddressOwner, Result } from '../../app/contracts/index.ts';
import { type BareSocket, describeSockets } from './netlinkSockets.ts';
import { OwnerFinder } from './ownerFinder.ts';
import type { OwnersAnswer, OwnersOrder } from './ownersThread.ts';

/** Entry of the thread that looks through /proc: it may take long without holding up anybody. */
const finders = new Map<string | undefined, OwnerFinder>();

const asked = new Map<number, (dumped: Result<BareSocket[]>) => void>();
let questions = 0;

function tell(answer: OwnersAnswer): void {
  parentPort?.postMessage(answer);
}

function dump(netns = ''): Promise<Result<BareSocket[]>> {
  return new Promise((resolve) => {
    const id = ++questions;
    asked.set(id, resolve);
    tell({ kind: 'dump', id, netns });
  });
}

function watch(netns: string | undefined, path: string): void {
  const of = netns === undefined ? {} : { netns };
  const events = {
    owners: (owners: AddressOwner[]) => tell({ kind: 'owners', owners: owners.map((owner) => ({ ...owner, ...of })) }),
    ended: (protocol: number, portid: number, timeNs: bigint) =>
      tell({ kind: 'ended', protocol, portid, timeNs, ...of }),
  };
  const finder = new OwnerFinder(path, events, dump);
  finders.set(netns, finder);
  finder.start();
}

function rest(): void {
  for (const finder of finders.values()) finder.close();
  finders.clear();
}

parentPort?.on('message', (order: OwnersOrder) => {
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
    case 'dumped':
      asked.get(order.id)?.(order.dumped);
      asked.delete(order.id);
      break;
    case 'describe':
      tell({ kind: 'described', id: order.id, sockets: describeSockets(order.sockets, order.genlGroups) });
      break;
  }
});
