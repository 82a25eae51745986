import { MOST_KINDS } from '../filter/fields.ts';
import { type Kernel, kernel, type Piece } from '../kernel/index.ts';
import { CHUNK_ROWS } from './columns.ts';

/**
 * Numbers for the kinds of message in a chunk of the index: rows with the same number agree in envelope, nlmsg_type and
 * NLM_F_REQUEST. The other way round they need not: what gives way in the table gets a new number when it comes again.
 * Numbers are below MOST_KINDS, and mean the same in all chunks of an era.
 */
export class KindColumn {
  private memory: { readonly piece: Piece; readonly values: Uint16Array } | null = null;
  private wide: { readonly piece: Piece; readonly values: Uint32Array } | null = null;
  private chunk = -1;
  private rows = 0;
  /** Changes when kinds are numbered anew. */
  era = 0;
  private readonly kernel: Kernel = kernel();

  /** The kernel's address of the kinds that the last `update` told. */
  get address(): number {
    return this.memory?.values.byteOffset ?? 0;
  }

  /**
   * The kinds of a chunk's first rows. The array is filled anew for another chunk.
   * @param address of the chunk's columns
   * @param envelopes those of its rows where they do not fit into its column, else null
   */
  update(chunk: number, rows: number, address: number, envelopes: ArrayLike<number> | null): Uint16Array {
    const { calls, layout } = this.kernel;
    const { piece, values } = this.numbers();
    if (chunk !== this.chunk) {
      this.chunk = chunk;
      this.rows = 0;
      // Each row of a chunk may need a number of its own.
      if (piece.view.getUint32(layout.KINDS_NEXT, true) + CHUNK_ROWS > MOST_KINDS) {
        piece.bytes.fill(0);
        this.era++;
      }
    }
    const words = envelopes === null ? 0 : this.wideAt(envelopes);
    calls.numberKinds(piece.at, address, words, this.rows, rows);
    this.rows = rows;
    return values;
  }

  private numbers(): { readonly piece: Piece; readonly values: Uint16Array } {
    if (this.memory === null) {
      const { layout } = this.kernel;
      const piece = this.kernel.allocate(layout.KINDS_SIZE);
      const { buffer, byteOffset } = piece.bytes;
      this.memory = { piece, values: new Uint16Array(buffer, byteOffset + layout.KIND_VALUES, CHUNK_ROWS) };
    }
    return this.memory;
  }

  /** Address of numbers of envelopes, a word each. */
  private wideAt(envelopes: ArrayLike<number>): number {
    if (this.wide === null) {
      const piece = this.kernel.allocate(CHUNK_ROWS * 4);
      this.wide = { piece, values: new Uint32Array(piece.bytes.buffer, piece.bytes.byteOffset, CHUNK_ROWS) };
    }
    this.wide.values.set(envelopes);
    return this.wide.piece.at;
  }
}
