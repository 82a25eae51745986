import { splitFlags } from '../../app/wire/index.ts';
import type { Document } from './document.ts';
import type { PrintedMessage } from './printers.ts';
import { speakerOf } from './speakers.ts';

/** A row of a document as printers take it. `number`: what it is shown with. */
export function printedMessage(document: Document, row: number, number = row + 1): PrintedMessage {
  const { store } = document;
  return {
    number,
    timeNs: store.timeNs(row),
    envelope: store.envelope(row),
    get flags() {
      return flagNames(document, row);
    },
    seq: store.seq(row),
    portid: store.portid(row),
    length: store.length(row),
    group: document.groupName(row),
    get speaker() {
      return speakerOf(document, row);
    },
    summary: () => document.summarize(row),
    dissection: () => document.inspect(row),
  };
}

function flagNames(document: Document, row: number): string[] {
  const flags = document.store.flags(row);
  if (flags === 0) return [];
  const { bits, rest } = splitFlags(flags, document.glance(row).flagTable);
  const names = bits.map((bit) => bit.name);
  return rest === 0 ? names : [...names, `0x${rest.toString(16)}`];
}
