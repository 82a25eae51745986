import type { MessageStore } from './store.ts';

/** Netlink address of the user space side of a message, 0 where nothing tells it. */
export function userPortid(store: MessageStore, row: number): number {
  const { direction, nsid, sourcePortid, destPortid } = store.envelope(row);
  // Addresses of a peer namespace are not those of ours.
  if (nsid !== null) return 0;
  if (direction === 'request' || direction === 'user') {
    return sourcePortid || (direction === 'request' ? store.portid(row) || answeredPortid(store, row) : 0);
  }
  return (direction === 'reply' ? destPortid : null) || store.portid(row);
}

/** Requests often leave nlmsg_pid 0: the answer then tells the address they came from. */
function answeredPortid(store: MessageStore, row: number): number {
  const transaction = store.transaction(row);
  if (transaction === 0) return 0;
  const { request, last } = store.transactions.get(transaction);
  return request === row && last !== row ? store.portid(last) : 0;
}
