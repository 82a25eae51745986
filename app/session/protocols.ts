import { type HalfWords, type Kernel, kernel } from '../kernel/index.ts';
import { CHUNK_ROWS } from './columns.ts';

/** The NETLINK_* numbers of a chunk's rows, which their envelopes tell. */
export class ProtocolColumn {
  private readonly protocolOf: (envelope: number) => number;
  private readonly kernel: Kernel = kernel();
  /** Protocols by number of the envelope, and how many are known. */
  private table: HalfWords | null = null;
  private known = 0;
  private column: HalfWords | null = null;
  private chunk = -1;
  private rows = 0;

  /** @param protocolOf an envelope's, by its number; always the same */
  constructor(protocolOf: (envelope: number) => number) {
    this.protocolOf = protocolOf;
  }

  /**
   * The protocols of a chunk's first rows. The array is filled anew for another chunk.
   * @param envelopes numbers of the rows' envelopes, all below `envelopeCount`
   */
  update(chunk: number, rows: number, envelopes: ArrayLike<number>, envelopeCount: number): Uint16Array {
    this.column ??= this.kernel.halfWords(CHUNK_ROWS);
    const { piece, values } = this.column;
    const table = this.upTo(envelopeCount);
    if (chunk !== this.chunk) this.rows = 0;
    this.chunk = chunk;
    if (envelopes instanceof Uint16Array) {
      const halves = this.kernel.addressOf(envelopes, 0, envelopes.byteLength);
      this.kernel.calls.translate(halves, table.piece.at, piece.at, this.rows, rows);
    } else {
      for (let row = this.rows; row < rows; row++) values[row] = table.values[envelopes[row]];
    }
    this.rows = rows;
    return values;
  }

  private upTo(envelopeCount: number): HalfWords {
    let { table } = this;
    if (table === null || table.values.length < envelopeCount) {
      const larger = this.kernel.halfWords(envelopeCount);
      if (table !== null) larger.values.set(table.values.subarray(0, this.known));
      table = larger;
      this.table = larger;
    }
    for (; this.known < envelopeCount; this.known++) table.values[this.known] = this.protocolOf(this.known);
    return table;
  }
}
