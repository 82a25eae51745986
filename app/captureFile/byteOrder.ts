import { kernel } from '../kernel/index.ts';
import { NLMSG_HDRLEN } from '../wire/index.ts';

/** Byte order of a datagram's host, as the kernel's `isLittleEndian` tells it. `assumed`: the capture file's own. */
export function datagramIsLittleEndian(view: DataView, start: number, length: number, assumed: boolean): boolean {
  if (length < NLMSG_HDRLEN) return assumed;
  const address = kernel().addressOf(view, start, NLMSG_HDRLEN);
  return kernel().calls.isLittleEndian(address, length, assumed ? 1 : 0) !== 0;
}
