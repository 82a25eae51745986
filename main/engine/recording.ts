import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Gap } from '../../app/captureFile/index.ts';
import { type Envelope, ok, type Result } from '../../app/contracts/index.ts';
import type { LoadReport } from '../../app/session/index.ts';
import type { Decoding } from './decoding.ts';
import { Document } from './document.ts';
import type { Advance } from './jobs.ts';
import type { DatagramNotes } from './liveCapture.ts';
import { NotesJournal } from './notesJournal.ts';
import { openDocument } from './openDocument.ts';
import { plainCapture } from './plainCapture.ts';
import { ChainedSource, fileNotesPath, notesPath, Spool } from './spool.ts';

const NO_NOTES: DatagramNotes = {};

/** A document that grows: what is captured or sent is written to a spool and added to the index. */
export class Recording {
  readonly document: Document;
  readonly spool: Spool;
  /** Where what users say of messages is kept until it is saved; null where nowhere. */
  notes: NotesJournal | null;
  readonly #base: number;
  readonly #release: () => void;
  #users = 0;
  #closing = false;

  /** @param base bytes that lie before the spool's in the document's source, and what closes them */
  constructor(
    document: Document,
    spool: Spool,
    base: { readonly size: number; close(): void },
    notes: NotesJournal | null,
  ) {
    this.document = document;
    this.spool = spool;
    this.notes = notes;
    this.#base = base.size;
    this.#release = () => base.close();
  }

  /** Adds a datagram and returns its first row. Throws what write(2) throws. */
  add(
    envelope: Envelope,
    timeNs: bigint,
    bytes: Uint8Array,
    originalLength: number,
    notes: DatagramNotes = NO_NOTES,
  ): number {
    const { writer } = this.spool;
    const extras = notes === NO_NOTES ? { originalLength } : { ...notes, originalLength };
    const offset = this.#base + writer.datagram(envelope, timeNs, bytes, extras);
    const { store } = this.document;
    const { continued = false } = notes;
    const first = store.appendDatagram(envelope, timeNs, offset, bytes, originalLength, continued);
    store.annotate(first, notes);
    return first;
  }

  addGap(gap: Gap, timeNs: bigint): void {
    this.spool.writer.gap(gap, timeNs);
    this.document.store.appendGap(gap, timeNs);
  }

  /** Writes down what is known of families, interfaces and string sets: after a crash the spool is all there is. */
  addFacts(timeNs: bigint): void {
    for (const { owners: _, ...known } of this.document.facts()) this.spool.writer.facts(known, timeNs);
  }

  /**
   * All that it holds was saved as a file: what users say from now on is of that file's messages, except in a capture
   * whose spool stays. Throws what write(2) throws.
   * @param changed what was said while it was written may not be in the file
   */
  savedAs(path: string, changed: boolean): void {
    if (this.notes?.isOfSpool) return;
    this.notes ??= fileJournal(path, this.spool.path);
    this.notes.moveTo(resolve(path), changed);
  }

  /** Brings what was added to the file. Throws what write(2) throws. */
  flush(): void {
    this.spool.writer.flush();
  }

  /** Bytes on disk that this recording takes, an opened file not counted. */
  get spoolBytes(): number {
    return this.spool.size;
  }

  /** Does something that takes more than one turn; the files stay open until it has ended. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work();
    } finally {
      this.#users--;
      if (this.#closing) this.close();
    }
  }

  /** Closes the files and removes the spool, as soon as nobody uses them any more. */
  close(): void {
    this.#closing = true;
    if (this.#users > 0) return;
    this.spool.close();
    rmSync(this.spool.path, { force: true });
    this.#release();
  }
}

/** An empty recording. Throws what open(2) throws for the spool's path. */
export function newRecording(spoolPath: string, decoding: Decoding): Recording {
  const spool = new Spool(spoolPath);
  const notes = new NotesJournal(notesPath(spoolPath));
  return new Recording(new Document(spool, decoding), spool, { size: 0, close: () => notes.remove() }, notes);
}

/** Where what users say of the messages of a file is kept until it is saved. */
function fileJournal(path: string, spoolPath: string): NotesJournal {
  return new NotesJournal(fileNotesPath(spoolPath), resolve(path));
}

/** A recording that begins with a capture file, and the function that loads it in steps. */
export interface OpenedRecording {
  readonly recording: Recording;
  /** What a user should know about how the file was read, a sentence each. */
  readonly notes: readonly string[];
  /** Bytes to be loaded: LoadReport.offset counts to there. */
  readonly size: number;
  step(): LoadReport;
}

/** Opens a capture file of any kind, told through `advance` how far its decompression is. Fails with a sentence when it cannot be read or is no capture. */
export async function openRecording(
  path: string,
  spoolPath: string,
  decoding: Decoding,
  advance?: Advance,
): Promise<Result<OpenedRecording>> {
  const plain = await plainCapture(path, { directory: dirname(spoolPath), advance });
  if (!plain.ok) return plain;
  const { source, notes } = plain.value;
  const spool = new Spool(spoolPath);
  const opened = openDocument(source, decoding, new ChainedSource(source, spool));
  if (!opened.ok) {
    spool.close();
    source.close();
    return { ok: false, error: { ...opened.error, message: `${path}: ${opened.error.message}` } };
  }
  const { document, step } = opened.value;
  const journal = fileJournal(path, spoolPath);
  const base = {
    size: source.size,
    close: () => {
      source.close();
      journal.remove();
    },
  };
  return ok({ recording: new Recording(document, spool, base, journal), notes, size: source.size, step });
}
