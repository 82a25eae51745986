import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { MAX_COMMENT } from '../../app/contracts/index.ts';
import type { MessageStore } from '../../app/session/index.ts';

/** A larger file is none of ours. */
const LARGEST = 256 << 20;
/** A journal that has grown by so much since it was last made short may repeat itself. */
const SLACK = 1 << 20;

/** A line of the journal: what changed about a message. */
const noteChange = v.object({
  /** Its place in the capture, from 0. */
  row: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
  /** Its time in nanoseconds since 1970, as digits: a row that has another is another message. */
  time: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
  mark: v.optional(v.boolean()),
  reference: v.optional(v.boolean()),
  /** "" for none. */
  comment: v.optional(v.pipe(v.string(), v.maxLength(MAX_COMMENT))),
});

/** What the user changed about a message. What is not named stays as it is. */
export type NoteChange = v.InferOutput<typeof noteChange>;

/**
 * What the user has written about the messages of a spool, beside it: lines of JSON that are appended as it changes, each
 * after a line break, so that one that was torn off takes no other with it. After a crash `putBack` brings it back.
 */
export class NotesJournal {
  readonly path: string;
  #size: number;
  #shortenAt: number;

  /** @param path of the file, which may be there; it is made when there is something to write */
  constructor(path: string) {
    this.path = path;
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#shortenAt = this.#size + SLACK;
  }

  /** Throws what write(2) throws, and when there is more than would be read again. */
  add(changes: readonly NoteChange[]): void {
    const lines = linesOf(changes);
    if (this.#size + lines.length > this.#shortenAt) this.#shorten();
    if (this.#size + lines.length > LARGEST) throw new Error('there are too many');
    appendFileSync(this.path, lines, { mode: 0o600 });
    this.#size += lines.length;
  }

  remove(): void {
    removeNotes(this.path);
  }

  #shorten(): void {
    const lines = linesOf([...readNotes(this.path).values()]);
    const shorter = shorterPath(this.path);
    writeFileSync(shorter, lines, { mode: 0o600 });
    renameSync(shorter, this.path);
    this.#size = lines.length;
    this.#shortenAt = 2 * this.#size + SLACK;
  }
}

/**
 * Puts what a journal tells on the messages of a capture that has been loaded; messages that it lacks are passed over.
 * Returns the number of messages that got something. Never throws: what cannot be read is not there.
 */
export function putBackNotes(path: string, store: MessageStore): number {
  let count = 0;
  for (const { row, time, mark, reference, comment } of readNotes(path).values()) {
    if (row >= store.count || store.isGap(row) || `${store.timeNs(row)}` !== time) continue;
    if (mark !== undefined) store.setMarked(row, mark);
    if (reference !== undefined) store.setReference(row, reference);
    if (comment !== undefined) store.setComment(row, comment);
    count++;
  }
  return count;
}

/** Removes a journal, and what is left of one that was being made shorter. */
export function removeNotes(path: string): void {
  for (const file of [path, shorterPath(path)]) rmSync(file, { force: true });
}

function shorterPath(path: string): string {
  return `${path}.new`;
}

/** What is said of each row in the end. What is taken away is said, too: the capture itself may have it. */
function readNotes(path: string): Map<number, NoteChange> {
  const notes = new Map<number, NoteChange>();
  for (const line of readText(path).split('\n')) {
    const change = parseLine(line);
    if (change === null) continue;
    const before = notes.get(change.row);
    notes.set(change.row, before?.time === change.time ? { ...before, ...change } : change);
  }
  return notes;
}

function readText(path: string): string {
  try {
    return statSync(path).size > LARGEST ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parseLine(line: string): NoteChange | null {
  if (line === '') return null;
  try {
    const parsed = v.safeParse(noteChange, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function linesOf(changes: readonly NoteChange[]): Uint8Array {
  return Buffer.from(changes.map((change) => `\n${JSON.stringify(change)}`).join(''));
}
