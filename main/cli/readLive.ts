import { fstatSync, statSync } from 'node:fs';
import { type Opening, readStream } from '../engine/streamSources.ts';
import { follow, readPipe } from '../sources/pipe.ts';
import { LivePrinter } from './livePrinter.ts';
import type { ReadCommand } from './read.ts';
import { printsRows, rowFormat } from './rowFormat.ts';
import { StopSignal } from './stop.ts';
import { userDecoding } from './userDecoding.ts';

/**
 * True for what is read as it comes: a pipe or a terminal, by path or as standard input ("-"). What is to be filtered
 * into a file is read to its end first.
 */
export function isLive({ file: path, w, Y }: ReadCommand): boolean {
  if (w !== undefined && Y !== undefined) return false;
  if (path === '-') return !fstatSync(0).isFile();
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/**
 * Prints a capture as it comes through a pipe, until its writer ends or the user stops it.
 * @returns 2 when the capture breaks off (what stands before the break has been printed), else 0
 */
export async function readLive(command: ReadCommand): Promise<number> {
  const { file: path, w, Y, protocol } = command;
  const decoding = userDecoding();
  const printer = new LivePrinter({
    decoding,
    filter: Y,
    file: w,
    format: printsRows(command) ? rowFormat(command, decoding) : null,
    facts: {},
    onEnd: (error) => stop.fail(error),
  });
  const stop = new StopSignal();
  const open: Opening =
    path === '-' ? (listener) => follow(process.stdin, listener) : (listener) => readPipe(path, listener);
  let broken = '';
  const ended = (reason: string) => {
    broken = reason;
    stop.stop();
  };
  const close = readStream(open, path === '-' ? 'standard input' : path, printer, ended, protocol?.number);
  try {
    await stop.stopped;
  } finally {
    stop.stop();
    close();
    printer.close();
  }
  if (w !== undefined)
    process.stderr.write(`${printer.messages} messages written to ${w === '-' ? 'standard output' : w}\n`);
  return broken === '' ? 0 : 2;
}
