import { NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';

/** Payloads remembered: the policies of all families of a kernel, and several times the families. */
const MOST = 2048;
/** Words that are hashed, the last one beside them; all bytes are compared. */
const HASHED = 12;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

interface Known<Meaning> {
  readonly payload: Uint8Array;
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
    const payload = message.subarray(NLMSG_HDRLEN);
    this.#known.set(hashOf(viewOf(payload), 0, payload.length), { payload, meaning });
  }
}

/** FNV-1a over the length, the first words and the last. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = Math.imul(FNV_OFFSET ^ (end - start), FNV_PRIME);
  const stop = Math.min(end - 3, start + HASHED * 4);
  if (end - start >= 4) hash = Math.imul(hash ^ view.getInt32(end - 4), FNV_PRIME);
  for (let at = start; at < stop; at += 4) hash = Math.imul(hash ^ view.getInt32(at), FNV_PRIME);
  return hash;
}

/** Whether a range of a view holds the same as all of `known`. */
function sameBytes(known: Uint8Array, { buffer, byteOffset }: DataView, start: number, end: number): boolean {
  const { length } = known;
  return length === end - start && Buffer.compare(known, new Uint8Array(buffer, byteOffset + start, length)) === 0;
}
