import { NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { hashOf, sameBytes } from './sameBytes.ts';

/** Payloads remembered: several times the families of a kernel. */
const MOST = 256;

/** What payloads of messages meant when they were seen last. Headers are not compared: seq and portid differ each time. */
export class PayloadTable<Meaning> {
  readonly #known = new Map<number, { readonly payload: Uint8Array; readonly meaning: Meaning }>();

  find(message: Uint8Array): Meaning | undefined {
    const payload = message.subarray(NLMSG_HDRLEN);
    const known = this.#known.get(hashOf(payload));
    return known !== undefined && sameBytes(known.payload, payload) ? known.meaning : undefined;
  }

  /** The message's bytes are the table's from now on. */
  put(message: Uint8Array, meaning: Meaning): void {
    if (this.#known.size >= MOST) this.#known.clear();
    const payload = message.subarray(NLMSG_HDRLEN);
    this.#known.set(hashOf(payload), { payload, meaning });
  }
}
