import { NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';

/** Payloads remembered: the policies of all families of a kernel, and several times the families. */
const MOST = 2048;
/** Words that are hashed; all bytes are compared. */
const HASHED = 32;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

interface Known<Meaning> {
  readonly payload: DataView;
  readonly meaning: Meaning;
}

/**
 * What payloads of messages meant when they were seen last. Headers are not compared: seq and portid differ each time.
 * Messages are looked up where they lie, `length` bytes from `start` of a view, because most of them are known.
 */
export class PayloadTable<Meaning> {
  readonly #known = new Map<number, Known<Meaning>>();

  find(view: DataView, start: number, length: number): Meaning | undefined {
    const from = start + NLMSG_HDRLEN;
    const known = this.#known.get(hashOf(view, from, start + length));
    return known !== undefined && sameBytes(known.payload, view, from, start + length) ? known.meaning : undefined;
  }

  /** The message's bytes are the table's from now on. */
  put(message: Uint8Array, meaning: Meaning): void {
    if (this.#known.size >= MOST) this.#known.clear();
    const payload = viewOf(message.subarray(NLMSG_HDRLEN));
    this.#known.set(hashOf(payload, 0, payload.byteLength), { payload, meaning });
  }
}

/** FNV-1a over the length and the first words. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = Math.imul(FNV_OFFSET ^ (end - start), FNV_PRIME);
  const stop = Math.min(end - 3, start + HASHED * 4);
  for (let at = start; at < stop; at += 4) hash = Math.imul(hash ^ view.getInt32(at), FNV_PRIME);
  return hash;
}

/** Whether a range of a view holds the same as all of `known`. */
function sameBytes(known: DataView, view: DataView, start: number, end: number): boolean {
  const { byteLength } = known;
  if (byteLength !== end - start) return false;
  let at = 0;
  for (; at + 4 <= byteLength; at += 4) if (known.getInt32(at) !== view.getInt32(start + at)) return false;
  for (; at < byteLength; at++) if (known.getUint8(at) !== view.getUint8(start + at)) return false;
  return true;
}
