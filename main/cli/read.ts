import { PcapngWriter } from '../../app/captureFile/index.ts';
import { saveMessages } from '../../app/session/index.ts';
import type { Protocol } from '../../app/wire/index.ts';
import { version } from '../../package.json';
import type { Document } from '../engine/document.ts';
import { openReplacement, type Replacement, reasonOf } from '../engine/fileBytes.ts';
import { dateAndTime } from '../engine/printers.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { CommandFailure } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput, type Output, OutputClosed } from './output.ts';
import { isLive, readLive } from './readLive.ts';
import { type FormatOptions, printsRows, type RowPrinter, rowFormat } from './rowFormat.ts';
import { userDecoding } from './userDecoding.ts';

export interface ReadCommand extends FormatOptions {
  readonly file: string;
  /** -Y */
  readonly Y?: string;
  /** -w */
  readonly w?: string;
  /** Protocol of hex dumps that do not tell theirs. */
  readonly protocol?: Protocol;
  /** GiB that a compressed file may grow to. */
  readonly maxSize?: number;
}

/**
 * Prints a capture file, or writes what passes the filter to another one. The file is indexed first, so that a request
 * can be shown with what came of it; then messages are decoded one by one.
 * @returns 2 when the capture breaks off (what stands before the break has been printed), else 0
 */
export async function read(command: ReadCommand): Promise<number> {
  if (isLive(command)) return readLive(command);
  const decoding = userDecoding();
  const input = await openCaptureFile(command.file, decoding, {
    protocol: command.protocol?.number,
    mostDecompressed: command.maxSize === undefined ? undefined : command.maxSize * 2 ** 30,
  });
  const { document } = input;
  const passes = command.Y === undefined ? null : rowFilter(document, decoding, command.Y).passes;
  if (command.w !== undefined) writeDocument(document, command.w, passes);
  if (printsRows(command)) {
    const output = createOutput();
    const format = rowFormat(command, decoding);
    if (format.header !== undefined) output.line(format.header);
    print(document, format.printer(document), passes, output);
    output.flush();
  }
  return reportBreak(command.file, input) ? 2 : 0;
}

function print(document: Document, write: RowPrinter, passes: ((row: number) => boolean) | null, output: Output): void {
  const { store } = document;
  for (let row = 0; row < store.count; row++) {
    if (store.isGap(row)) reportGap(document, row);
    else if (passes === null || passes(row)) {
      write(row, row + 1, output.text);
      output.endLine();
    }
  }
}

/** Loss is told apart from messages, so that what parses the output is not surprised. */
function reportGap(document: Document, row: number): void {
  const gap = document.store.gap(row);
  const lost = gap?.lost === null || gap === null ? 'an unknown number of' : String(gap.lost);
  process.stderr.write(`nlscope: ${lost} messages were lost at ${dateAndTime(document.store.timeNs(row))}\n`);
}

/**
 * Writes what passes (null: everything) to a pcapng file, "-" for standard output, gaps always. Throws CommandFailure
 * when it cannot; what was in the file then stays.
 */
export function writeDocument(document: Document, path: string, passes: ((row: number) => boolean) | null): void {
  const { store } = document;
  const wanted = passes === null ? null : (row: number) => store.isGap(row) || passes(row);
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    const saved = saveMessages(document, new PcapngWriter(file, { application: `nlscope ${version}` }), wanted);
    file.finish();
    const where = path === '-' ? 'standard output' : path;
    process.stderr.write(`${saved.messages} messages in ${saved.datagrams} datagrams written to ${where}\n`);
  } catch (error) {
    file?.abandon();
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new OutputClosed();
    throw new CommandFailure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
