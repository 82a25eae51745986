import type { Envelope } from '../../app/contracts/index.ts';
import type { Dissection, Inspection, Summary } from '../../app/dissect/index.ts';
import { type FlagTable, splitFlags } from '../../app/wire/index.ts';
import type { Document } from './document.ts';
import type { PrintedMessage } from './printers.ts';
import { type Speaker, speakerOf } from './speakers.ts';

/** A row of a document as printers take it. `number`: what it is shown with. */
export function printedMessage(document: Document, row: number, number = row + 1): PrintedMessage {
  return new PrintedRow(document, row, number);
}

/** A class, because an object with getters of its own costs a shape of its own, which outlives it. */
class PrintedRow implements PrintedMessage {
  readonly number: number;
  readonly #document: Document;
  readonly #row: number;
  #inspection: Inspection | null = null;
  #summary: Summary | null = null;

  constructor(document: Document, row: number, number: number) {
    this.#document = document;
    this.#row = row;
    this.number = number;
  }

  get timeNs(): bigint {
    return this.#document.store.timeNs(this.#row);
  }

  get envelope(): Envelope {
    return this.#document.store.envelope(this.#row);
  }

  get flags(): string[] {
    const flags = this.#document.store.flags(this.#row);
    return flagNames(flags, () => (this.#inspection ?? this.#document.glance(this.#row)).flagTable);
  }

  get seq(): number {
    return this.#document.store.seq(this.#row);
  }

  get portid(): number {
    return this.#document.store.portid(this.#row);
  }

  get length(): number {
    return this.#document.store.length(this.#row);
  }

  get group(): string | null {
    return this.#document.groupName(this.#row);
  }

  get comment(): string {
    return this.#document.store.comment(this.#row);
  }

  get speaker(): Speaker | null {
    return speakerOf(this.#document, this.#row);
  }

  summary(): Summary {
    this.#summary ??= this.#document.summarize(this.#row);
    return this.#summary;
  }

  dissection(): Dissection {
    this.#inspection ??= this.#document.inspect(this.#row);
    return this.#inspection;
  }
}

function flagNames(flags: number, table: () => FlagTable): string[] {
  if (flags === 0) return [];
  const { bits, rest } = splitFlags(flags, table());
  const names = bits.map((bit) => bit.name);
  return rest === 0 ? names : [...names, `0x${rest.toString(16)}`];
}
