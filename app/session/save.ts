import type { MessageComment, PcapngWriter } from '../captureFile/index.ts';
import type { Hosts } from './hosts.ts';
import type { MessageStore } from './store.ts';

/** What is written, beside the rows themselves. */
export interface SaveSources {
  readonly store: MessageStore;
  readonly hosts: Hosts;
}

/**
 * Writes rows of a session to a capture file, with the families, interface names and processes one needs to read them. A datagram
 * of which all messages are wanted is written as it was captured, trailing bytes included; of others the wanted
 * messages alone. `wanted` null: everything. Returns what was written; a caller that wants to do other work meanwhile
 * iterates `saveSteps`.
 */
export function saveMessages(
  from: SaveSources,
  writer: PcapngWriter,
  wanted: ((row: number) => boolean) | null,
): SaveCount {
  const steps = saveSteps(from, writer, wanted);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** How much a save has written. */
export interface SaveCount {
  readonly messages: number;
  readonly datagrams: number;
}

/** Datagrams looked at between two yields of `saveSteps`: one to two milliseconds when all of them are written. */
const STEP = 1024;

/** `saveMessages` in steps: yields the row it has come to. The capture may grow meanwhile: what is new is left out. */
export function* saveSteps(
  from: SaveSources,
  writer: PcapngWriter,
  wanted: ((row: number) => boolean) | null,
): Generator<number, SaveCount> {
  const { store } = from;
  const end = store.count;
  const startTime = end > 0 ? store.timeNs(0) : 0n;
  for (const facts of from.hosts.facts()) writer.facts(facts, startTime);
  let messages = 0;
  let datagrams = 0;
  let looked = 0;
  for (let first = 0; first < end; ) {
    const gap = store.gap(first);
    if (gap !== null) {
      if (wanted === null || wanted(first)) writer.gap(gap, store.timeNs(first));
      first++;
      continue;
    }
    const last = store.lastOfDatagram(first);
    const written = writeWanted(store, writer, first, last, wanted);
    if (written > 0) {
      messages += written;
      datagrams++;
    }
    first = last + 1;
    if (++looked % STEP === 0) yield first;
  }
  writer.finish(end > 0 ? store.timeNs(end - 1) : 0n);
  return { messages, datagrams };
}

/** Writes the wanted messages of a datagram; returns how many there were. */
function writeWanted(
  store: MessageStore,
  writer: PcapngWriter,
  first: number,
  last: number,
  wanted: ((row: number) => boolean) | null,
): number {
  const count = last - first + 1;
  const rows = wanted === null ? null : rowsBetween(first, last, wanted);
  if (rows !== null && rows.length < count) {
    if (rows.length > 0) write(store, writer, rows[0], joinMessages(store, rows), 0, notesOf(store, rows));
    return rows.length;
  }
  const notes = hasNotes(store, first, last) ? notesOf(store, rows ?? rowsBetween(first, last, () => true)) : NO_NOTES;
  write(store, writer, first, store.datagram(first), store.missingBytes(first), notes);
  return count;
}

/** Few messages have any: the others need no lists of them. */
function hasNotes(store: MessageStore, first: number, last: number): boolean {
  if (store.markedCount + store.referenceCount + store.commentedCount === 0) return false;
  for (let row = first; row <= last; row++) {
    if (store.isMarked(row) || store.isReference(row) || store.comment(row) !== '') return true;
  }
  return false;
}

/** What the user has added to messages, by their places among those that are written. */
interface Notes {
  readonly marks: readonly number[];
  readonly references: readonly number[];
  readonly comments: readonly MessageComment[];
}

const NO_NOTES: Notes = { marks: [], references: [], comments: [] };

function rowsBetween(first: number, last: number, wanted: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = first; row <= last; row++) if (wanted(row)) rows.push(row);
  return rows;
}

function notesOf(store: MessageStore, rows: readonly number[]): Notes {
  return {
    marks: rows.flatMap((row, i) => (store.isMarked(row) ? [i] : [])),
    references: rows.flatMap((row, i) => (store.isReference(row) ? [i] : [])),
    comments: rows.flatMap((row, message) => {
      const text = store.comment(row);
      return text === '' ? [] : [{ message, text }];
    }),
  };
}

/** @param missing bytes that the capture cut off the datagram */
function write(
  store: MessageStore,
  writer: PcapngWriter,
  first: number,
  bytes: Uint8Array,
  missing: number,
  notes: Notes,
): void {
  const { marks, references, comments } = notes;
  const isPlain = missing + marks.length + references.length + comments.length === 0;
  const extras = isPlain ? undefined : { ...notes, originalLength: bytes.length + missing };
  writer.datagramAt(store.sourceEnvelope(first), store.timeHigh(first), store.timeLow(first), bytes, extras);
}

/** Messages one after another, each but the last padded to four bytes. */
function joinMessages(store: MessageStore, rows: readonly number[]): Uint8Array {
  let length = 0;
  const places = rows.map((row) => {
    const place = Math.ceil(length / 4) * 4;
    length = place + store.length(row);
    return place;
  });
  const joined = new Uint8Array(length);
  rows.forEach((row, i) => {
    joined.set(store.bytes(row), places[i]);
  });
  return joined;
}
