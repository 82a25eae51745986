import { NLMSG_HDRLEN } from '../wire/index.ts';

/**
 * Byte order of a datagram's host, as its first nlmsg_len tells. The file's own order (`assumed`) is right unless a
 * tool on another kind of machine rewrote the file: it turns the file's numbers round, but not the datagrams. So the
 * other order is believed only where it alone makes sense.
 */
export function datagramIsLittleEndian(view: DataView, start: number, length: number, assumed: boolean): boolean {
  if (length < NLMSG_HDRLEN) return assumed;
  if (plausible(view.getUint32(start, assumed), length)) return assumed;
  return plausible(view.getUint32(start, !assumed), length) ? !assumed : assumed;
}

function plausible(nlmsgLength: number, length: number): boolean {
  return nlmsgLength >= NLMSG_HDRLEN && nlmsgLength <= length;
}
