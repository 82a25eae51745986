/**
 * Our own traffic: requests and answers of sockets that nobody captures. A tap shows them like any other program's; who
 * reads a tap listens here to tell them apart.
 */
export interface OwnTrafficListener {
  /** A socket of ours has this netlink address. */
  opened(protocol: number, portid: number): void;
  /** A socket of ours sent or received exactly these bytes. They are the listener's to keep. */
  passed(protocol: number, bytes: Uint8Array): void;
}

const listeners = new Map<string, Set<OwnTrafficListener>>();

/** Listens to our own traffic in a network namespace ("" is our own). Returns a function that ends it. */
export function listenToOwnTraffic(netns: string, listener: OwnTrafficListener): () => void {
  const here = listeners.get(netns) ?? new Set();
  listeners.set(netns, here.add(listener));
  return () => {
    here.delete(listener);
    if (here.size === 0) listeners.delete(netns);
  };
}

/** Who listens in a namespace; undefined when nobody does, which is the usual case. */
export function ownTrafficListeners(netns: string): ReadonlySet<OwnTrafficListener> | undefined {
  return listeners.get(netns);
}
