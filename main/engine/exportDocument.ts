import {
  type ExportFormat,
  type ExportReport,
  fail,
  ok,
  type Result,
  type SaveSelection,
} from '../../app/contracts/index.ts';
import { openReplacement, type Replacement, reasonOf } from './fileBytes.ts';
import { type Advance, STOPPED } from './jobs.ts';
import type { Listing } from './listing.ts';
import { printedMessage } from './printedMessage.ts';
import { CSV_HEADER, type Printer, printCsv, printJson, printTree } from './printers.ts';
import { restOf, wantedRows } from './saveDocument.ts';
import { TextBuffer } from './textBuffer.ts';
import { Turns } from './turns.ts';

const FORMATS: { readonly [format in ExportFormat]: { readonly print: Printer; readonly header?: string } } = {
  csv: { print: printCsv, header: CSV_HEADER },
  json: { print: printJson },
  text: { print: printTree },
};

/** Bytes of text that are written at once. */
const PIECE = 256 * 1024;

/** Writes what messages say, in turns, gaps left out. The file appears under its name only when it is complete. */
export async function exportDocument(
  listing: Listing,
  path: string,
  which: SaveSelection,
  format: ExportFormat,
  advance: Advance,
): Promise<Result<ExportReport>> {
  const { print, header } = FORMATS[format];
  const { document } = listing;
  const { store } = document;
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    const turns = new Turns();
    const wanted = await wantedRows(listing, which, restOf(turns, advance));
    const out = new TextBuffer();
    if (header !== undefined) out.text(`${header}\n`);
    let messages = 0;
    for (let row = 0, end = store.count; row < end; row++) {
      if (turns.isOver) {
        if (!advance(row, end)) throw new Error(STOPPED);
        await turns.next();
      }
      if (store.isGap(row) || (wanted !== null && !wanted(row))) continue;
      print(printedMessage(document, row), out);
      out.text('\n');
      messages++;
      if (out.size >= PIECE) {
        file.write(out.bytes);
        out.clear();
      }
    }
    file.write(out.bytes);
    file.finish();
    return ok({ path, messages, bytes: file.size });
  } catch (error) {
    file?.abandon();
    return fail(`Cannot export to ${path}: ${reasonOf(error)}.`);
  }
}
