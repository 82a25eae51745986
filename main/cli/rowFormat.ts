import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { DocumentRecord } from '../engine/filterRecord.ts';
import { printedMessage } from '../engine/printedMessage.ts';
import { CSV_HEADER, type Printer, printCsv, printJson, printLine, printTree } from '../engine/printers.ts';
import type { TextBuffer } from '../engine/textBuffer.ts';
import { valueText } from '../engine/valueText.ts';
import { namedFields } from './filterOption.ts';

/** Which form messages are printed in: one line each when nothing is said. */
export interface FormatOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  /** Filter fields. */
  readonly fields?: readonly string[];
  readonly verbose?: boolean;
}

/** Whether messages are printed: not where they are written to a file, unless a format was asked for as well. */
export function printsRows({ w, json, csv, fields, verbose }: FormatOptions & { readonly w?: string }): boolean {
  return w === undefined || (w !== '-' && (json || csv || fields !== undefined || verbose || false));
}

/** Writes a row of a document, without the newline after it; `number` is the one that the message is shown with. */
export type RowPrinter = (row: number, number: number, out: TextBuffer) => void;

export interface RowFormat {
  /** Line that stands before all others. */
  readonly header?: string;
  /** Throws CommandFailure for a field that does not exist. */
  printer(document: Document): RowPrinter;
}

/** The form that options ask for. */
export function rowFormat({ json, csv, fields, verbose }: FormatOptions, decoding: Decoding): RowFormat {
  if (fields !== undefined) return { printer: (document) => fieldsPrinter(document, decoding, fields) };
  const print: Printer = json ? printJson : csv ? printCsv : verbose ? printTree : printLine;
  return {
    header: csv ? CSV_HEADER : undefined,
    printer: (document) => (row, number, out) => print(printedMessage(document, row, number), out),
  };
}

/** Values of filter fields, separated by tabs; a field that occurs more than once has commas between. */
function fieldsPrinter(document: Document, decoding: Decoding, names: readonly string[]): RowPrinter {
  const fields = namedFields(document, decoding, names);
  const record = new DocumentRecord(document);
  const values: Parameters<typeof valueText>[1][] = [];
  return (row, _, out) => {
    record.at(row);
    fields.forEach((field, column) => {
      values.length = 0;
      field.read(record, values);
      const cell = values.map((value) => valueText(field, value)).join(',');
      if (column > 0) out.text('\t');
      out.text(cell.replace(/[\t\r\n]/g, ' '));
    });
  };
}
