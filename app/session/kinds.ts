import { NLM_F_REQUEST } from '../wire/index.ts';
import { CHUNK_ROWS } from './columns.ts';

const SLOTS = 1 << 11;
const NONE = 0xffffffff;

/**
 * Numbers for the kinds of message in a chunk of the index: rows with the same number agree in envelope, nlmsg_type and
 * NLM_F_REQUEST. The other way round they need not: what gives way in the table gets a new number when it comes again.
 */
export class KindColumn {
  private readonly values = new Uint16Array(CHUNK_ROWS);
  private readonly heads = new Uint32Array(SLOTS);
  private readonly envelopes = new Uint32Array(SLOTS);
  private readonly numbers = new Uint16Array(SLOTS);
  private chunk = -1;
  private rows = 0;
  private next = 0;

  /** The kinds of a chunk's first rows. The array is filled anew for another chunk. */
  update(
    chunk: number,
    rows: number,
    types: Uint16Array,
    flags: Uint16Array,
    envelopes: ArrayLike<number>,
  ): Uint16Array {
    if (chunk !== this.chunk) {
      this.heads.fill(NONE);
      this.chunk = chunk;
      this.rows = 0;
      this.next = 0;
    }
    const { values, heads, numbers } = this;
    for (let at = this.rows; at < rows; at++) {
      const head = types[at] * 2 + (flags[at] & NLM_F_REQUEST);
      const envelope = envelopes[at];
      const slot = (head ^ (head >>> 8) ^ Math.imul(envelope, 37)) & (SLOTS - 1);
      if (heads[slot] !== head || this.envelopes[slot] !== envelope) {
        heads[slot] = head;
        this.envelopes[slot] = envelope;
        numbers[slot] = this.next++;
      }
      values[at] = numbers[slot];
    }
    this.rows = rows;
    return values;
  }
}
