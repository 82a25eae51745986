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

/** The first line of a journal about a file's messages. Where the capture was saved as another, a later one says so. */
const fileLine = v.object({ file: v.pipe(v.string(), v.minLength(1)) });

/** What the user changed about a message. What is not named stays as it is. */
export type NoteChange = v.InferOutput<typeof noteChange>;

/**
 * What the user has written about the messages of a spool, beside it, or about those of a file: lines of JSON that are
 * appended as it changes, each after a line break, so that one that was torn off takes no other with it. After a crash
 * `putBackNotes` brings it back.
 */
export class NotesJournal {
  readonly path: string;
  #file: string;
  #size: number;
  #shortenAt: number;

  /**
   * @param path of the journal, which may be there; it is made when there is something to write
   * @param file the capture file that it is about, by its absolute path; "" for the spool that it lies beside
   */
  constructor(path: string, file = '') {
    this.path = path;
    this.#file = file;
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#shortenAt = this.#size + SLACK;
  }

  /** It is about the messages of the spool that it lies beside, and of no file. */
  get isOfSpool(): boolean {
    return this.#file === '';
  }

  /** Throws what write(2) throws, and when there is more than would be read again. */
  add(changes: readonly NoteChange[]): void {
    const lines = linesOf(this.#size === 0 ? [...this.#heading(), ...changes] : changes);
    if (this.#size + lines.length > this.#shortenAt) this.#shorten();
    if (this.#size + lines.length > LARGEST) throw new Error('there are too many');
    appendFileSync(this.path, lines, { mode: 0o600 });
    this.#size += lines.length;
  }

  /**
   * From now on it is about another file, which holds what was written before. Throws what write(2) throws.
   * @param kept what was written lately may not be in that file
   */
  moveTo(file: string, kept: boolean): void {
    this.#file = file;
    if (!kept) this.remove();
    if (this.#size === 0) return;
    const lines = linesOf(this.#heading());
    appendFileSync(this.path, lines, { mode: 0o600 });
    this.#size += lines.length;
  }

  remove(): void {
    removeNotes(this.path);
    this.#size = 0;
    this.#shortenAt = SLACK;
  }

  #heading(): v.InferOutput<typeof fileLine>[] {
    return this.#file === '' ? [] : [{ file: this.#file }];
  }

  #shorten(): void {
    const lines = linesOf([...this.#heading(), ...readNotes(this.path).values()]);
    const shorter = shorterPath(this.path);
    writeFileSync(shorter, lines, { mode: 0o600 });
    renameSync(shorter, this.path);
    this.#size = lines.length;
    this.#shortenAt = 2 * this.#size + SLACK;
  }
}

/**
 * Puts what a journal tells on the messages of a capture that has been loaded; messages that it lacks, and what they have
 * already, are passed over. Returns what it changed. Never throws: what cannot be read is not there.
 */
export function putBackNotes(path: string, store: MessageStore): NoteChange[] {
  const changes: NoteChange[] = [];
  for (const { row, time, ...told } of readNotes(path).values()) {
    if (row >= store.count || store.isGap(row) || `${store.timeNs(row)}` !== time) continue;
    const { mark, reference, comment } = told;
    const change: NoteChange = { row, time };
    if (mark !== undefined && mark !== store.isMarked(row)) {
      store.setMarked(row, mark);
      change.mark = mark;
    }
    if (reference !== undefined && reference !== store.isReference(row)) {
      store.setReference(row, reference);
      change.reference = reference;
    }
    if (comment !== undefined && comment !== store.comment(row)) {
      store.setComment(row, comment);
      change.comment = comment;
    }
    if (Object.keys(change).length > 2) changes.push(change);
  }
  return changes;
}

/** The capture file that a journal is about; "" where it is about a spool, or is no journal. */
export function fileOfNotes(path: string): string {
  let file = '';
  for (const line of readText(path).split('\n')) {
    const heading = line.startsWith('{"file"') ? parseLine(fileLine, line) : null;
    if (heading !== null) file = heading.file;
  }
  return file;
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
    const change = parseLine(noteChange, line);
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

function parseLine<T>(schema: v.GenericSchema<unknown, T>, line: string): T | null {
  if (line === '') return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function linesOf(lines: readonly (NoteChange | v.InferOutput<typeof fileLine>)[]): Uint8Array {
  return Buffer.from(lines.map((line) => `\n${JSON.stringify(line)}`).join(''));
}
