import { mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { FileSource, GrowingFile } from '../engine/fileBytes.ts';
import { describeBreak, openDocument, openFile, reasonOf } from '../engine/openDocument.ts';
import { CommandFailure, failureLine } from './failure.ts';

const PIECE = 1 << 20;

/** A capture file that has been indexed. */
export interface CaptureInput {
  readonly document: Document;
  /** Where and why reading stopped before the end, "" when it did not. */
  readonly broken: string;
}

/** Indexes a capture file; "-" is standard input. Throws CommandFailure when it is no capture or cannot be read. */
export function openCaptureFile(path: string, decoding: Decoding): CaptureInput {
  const name = path === '-' ? 'standard input' : path;
  const opened = openDocument(openSource(path), decoding);
  if (!opened.ok) throw new CommandFailure(`${name}: ${failureLine(opened.error)}`);
  const { document, step } = opened.value;
  let report = step();
  while (!report.finished) report = step();
  return { document, broken: describeBreak(report) };
}

/** Tells on standard error that a capture breaks off; true when it does. */
export function reportBreak(path: string, { broken, document }: CaptureInput): boolean {
  if (broken === '') return false;
  process.stderr.write(`nlscope: ${path}: ${broken}; ${document.store.count} messages before it were read\n`);
  return true;
}

function openSource(path: string): FileSource {
  if (path !== '-' && !isPipe(path)) {
    const source = openFile(path);
    if (!source.ok) throw new CommandFailure(failureLine(source.error));
    return source.value;
  }
  // What cannot be read twice is kept in a file: memory stays bounded however much comes.
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-'));
  try {
    const copy = join(directory, 'input');
    const file = new GrowingFile(copy);
    copyInput(path, file);
    file.close();
    return new FileSource(copy);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

function copyInput(path: string, file: GrowingFile): void {
  const buffer = new Uint8Array(PIECE);
  try {
    const descriptor = path === '-' ? 0 : openSync(path, 'r');
    for (let count = readSync(descriptor, buffer); count > 0; count = readSync(descriptor, buffer)) {
      file.write(buffer.subarray(0, count));
    }
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}
