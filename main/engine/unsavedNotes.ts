import type { NoteKind } from '../../app/contracts/index.ts';

/** What changed since a moment. What was put on a row and taken away again is no change; a comment always is one. */
interface Changes {
  readonly marks: Set<number>;
  readonly references: Set<number>;
  comments: boolean;
}

const noChanges = (): Changes => ({ marks: new Set(), references: new Set(), comments: false });

/** Which kinds of the user's notes on messages no file holds as they are now. */
export class UnsavedNotes {
  #changes = noChanges();
  /** Those since a save began that has not ended. */
  #meanwhile: Changes | null = null;

  /** A row was marked, or is marked no more. */
  markTurned(row: number): void {
    for (const { marks } of this.#both()) turn(marks, row);
  }

  /** Times are measured from a row, or no more. */
  referenceTurned(row: number): void {
    for (const { references } of this.#both()) turn(references, row);
  }

  commentChanged(): void {
    for (const changes of this.#both()) changes.comments = true;
  }

  get kinds(): NoteKind[] {
    const { comments, marks, references } = this.#changes;
    return [
      ...(comments ? (['comments'] as const) : []),
      ...(marks.size > 0 ? (['marks'] as const) : []),
      ...(references.size > 0 ? (['references'] as const) : []),
    ];
  }

  /** A file is being written: what changes from now on may not be in it. */
  saveBegins(): void {
    this.#meanwhile = noChanges();
  }

  /** @param holds the file is complete, and holds all that there was when it began */
  saveEnds(holds: boolean): void {
    if (holds && this.#meanwhile !== null) this.#changes = this.#meanwhile;
    this.#meanwhile = null;
  }

  #both(): Changes[] {
    return this.#meanwhile === null ? [this.#changes] : [this.#changes, this.#meanwhile];
  }
}

function turn(rows: Set<number>, row: number): void {
  if (!rows.delete(row)) rows.add(row);
}
