import type { Piece } from './textPieces.ts';

/** How a form of output spells fields: the pieces between names, values and places. */
export interface Spelling {
  /** A field from its name to its value. */
  name(name: string): string;
  /** From the value of a number to its range. */
  said(value: number | bigint, text: string): string;
  /** A piece of a text. */
  inText(text: string): string;
  /** What stands between a number's digits as its value and as its text; null where the text alone is written. */
  readonly again: Piece | null;
  /** From a text to the range. */
  readonly beforeRange: string;
  /** Between the numbers of a range. */
  readonly to: Piece;
  /** From the name of what has children to its text. */
  readonly beforeText: Piece;
  /** How much of what stands before an empty text is taken back. */
  readonly takenBack: number;
  /** From the range of what has children to the first of them, all leaves, at a depth; null: none is kept for it. */
  first(depth: number): Piece | null;
  /** From the range of a leaf to the name of the next. */
  next(depth: number): Piece;
  /** From the range of the last leaf to the end of what it is in. */
  readonly last: Piece;
}
