import type { AddressOwner, Envelope, Note } from '../../app/contracts/index.ts';
import type { FilterRecord } from '../../app/dissect/filterFields.ts';
import type { ByteSpan, DecodedMessage, GenlFamilies, MessageColumns, Needs } from '../../app/dissect/index.ts';
import type { CompiledFilter, RecordBlock } from '../../app/filter/index.ts';
import { type RowFilter, userPortid } from '../../app/session/index.ts';
import type { Document } from './document.ts';
import { speakerOf } from './speakers.ts';

/**
 * A row of a document as the filter language reads it. One object is moved from row to row, so that a filter over
 * columns allocates nothing; what needs decoding is decoded once per row.
 */
export class DocumentRecord implements FilterRecord {
  readonly #document: Document;
  #row = 0;
  #decoded: DecodedMessage | null = null;

  constructor(document: Document) {
    this.#document = document;
  }

  /** Moves to a row and returns itself. */
  at(row: number): this {
    this.#row = row;
    this.#decoded = null;
    return this;
  }

  get columns(): MessageColumns {
    return this.#document.store.columns(this.#row);
  }
  get number(): number {
    return this.#row + 1;
  }
  get time(): bigint {
    return this.#document.store.timeNs(this.#row);
  }
  get envelope(): Envelope {
    return this.#document.store.envelope(this.#row);
  }
  get type(): number {
    return this.#document.store.type(this.#row);
  }
  get flags(): number {
    return this.#document.store.flags(this.#row);
  }
  get seq(): number {
    return this.#document.store.seq(this.#row);
  }
  get portid(): number {
    return this.#document.store.portid(this.#row);
  }
  get userPortid(): number {
    return userPortid(this.#document.store, this.#row);
  }
  get length(): number {
    return this.#document.store.length(this.#row);
  }
  get lead(): number {
    return this.#document.store.lead(this.#row);
  }
  get genl(): GenlFamilies {
    return this.#document.hosts.of(this.envelope.host).families;
  }
  get comment(): string {
    return this.#document.store.comment(this.#row);
  }
  get marked(): boolean {
    return this.#document.store.isMarked(this.#row);
  }

  get owner(): AddressOwner | null {
    return speakerOf(this.#document, this.#row)?.owner ?? null;
  }

  get transaction(): FilterRecord['transaction'] {
    const { store } = this.#document;
    const id = store.transaction(this.#row);
    if (id === 0) return null;
    const { request, state, errno } = store.transactions.get(id);
    return { request: request + 1, kind: state, errno, latency: store.latency(id) };
  }

  bytes(): Uint8Array {
    return this.#document.store.bytes(this.#row);
  }

  locate(span: ByteSpan): void {
    this.#document.store.locate(this.#row, span);
  }

  decoded(): DecodedMessage {
    this.#decoded ??= this.#document.glance(this.#row);
    return this.#decoded;
  }

  glanced(needs: Needs): DecodedMessage {
    return this.#decoded ?? this.#document.glance(this.#row, needs);
  }

  notes(): readonly Note[] {
    return this.#document.decode(this.#row).state.notes;
  }

  summary(): string {
    return this.#document.lineText(this.#row);
  }
}

type Compiled = Extract<CompiledFilter<FilterRecord>, { readonly ok: true }>;

/** A compiled display filter over the rows of a document; gaps never pass. */
export class DocumentFilter implements RowFilter, RecordBlock<FilterRecord> {
  readonly #document: Document;
  readonly #record: DocumentRecord;
  readonly #compiled: Compiled;
  #base = 0;

  constructor(document: Document, compiled: Compiled) {
    this.#document = document;
    this.#record = new DocumentRecord(document);
    this.#compiled = compiled;
  }

  /** Whether one row passes. */
  readonly passes = (row: number): boolean =>
    !this.#document.store.isGap(row) && this.#compiled.predicate(this.#record.at(row));

  narrow(base: number, picks: Uint16Array, count: number): number {
    this.#base = base;
    return this.#compiled.narrow(this, picks, count);
  }

  /** The record of a row by its distance from the base. */
  at(place: number): FilterRecord {
    return this.#record.at(this.#base + place);
  }
}
