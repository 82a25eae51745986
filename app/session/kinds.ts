import { MOST_KINDS } from '../filter/fields.ts';
import { NLM_F_REQUEST } from '../wire/index.ts';
import { CHUNK_ROWS } from './columns.ts';

const SLOTS = 1 << 11;
const NONE = 0xffffffff;

/**
 * Numbers for the kinds of message in a chunk of the index: rows with the same number agree in envelope, nlmsg_type and
 * NLM_F_REQUEST. The other way round they need not: what gives way in the table gets a new number when it comes again.
 * Numbers are below MOST_KINDS, and mean the same in all chunks of an era.
 */
export class KindColumn {
  private readonly values = new Uint16Array(CHUNK_ROWS);
  private readonly heads = new Uint32Array(SLOTS).fill(NONE);
  private readonly envelopes = new Uint32Array(SLOTS);
  private readonly numbers = new Uint16Array(SLOTS);
  private chunk = -1;
  private rows = 0;
  private next = 0;
  /** Changes when kinds are numbered anew. */
  era = 0;

  /** The kinds of a chunk's first rows. The array is filled anew for another chunk. */
  update(
    chunk: number,
    rows: number,
    types: Uint16Array,
    flags: Uint16Array,
    envelopes: ArrayLike<number>,
  ): Uint16Array {
    if (chunk !== this.chunk) {
      this.chunk = chunk;
      this.rows = 0;
      // Each row of a chunk may need a number of its own.
      if (this.next + CHUNK_ROWS > MOST_KINDS) {
        this.heads.fill(NONE);
        this.next = 0;
        this.era++;
      }
    }
    const { values, heads, numbers, envelopes: envelopesBySlot } = this;
    for (let at = this.rows; at < rows; at++) {
      const head = types[at] * 2 + (flags[at] & NLM_F_REQUEST);
      const envelope = envelopes[at];
      const slot = (head ^ (head >>> 8) ^ Math.imul(envelope, 37)) & (SLOTS - 1);
      if (heads[slot] !== head || envelopesBySlot[slot] !== envelope) {
        heads[slot] = head;
        envelopesBySlot[slot] = envelope;
        numbers[slot] = this.next++;
      }
      values[at] = numbers[slot];
    }
    this.rows = rows;
    return values;
  }
}
