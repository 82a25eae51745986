import { mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { type FileSource, GrowingFile, reasonOf } from '../engine/fileBytes.ts';
import { describeBreak, openDocument } from '../engine/openDocument.ts';
import { type PlainCaptureOptions, plainCapture } from '../engine/plainCapture.ts';
import { CommandFailure, failureLine } from './failure.ts';

const PIECE = 1 << 20;

/** A capture file that has been indexed. */
export interface CaptureInput {
  readonly document: Document;
  /** Where and why reading stopped before the end, "" when it did not. */
  readonly broken: string;
}

/** How a file that is no pcap or pcapng itself is to be read. */
export type InputOptions = Pick<PlainCaptureOptions, 'protocol' | 'mostDecompressed'>;

/**
 * Indexes a capture file of any kind; "-" is standard input. What a user should know about how it was read goes to
 * standard error. Throws CommandFailure when it is no capture or cannot be read.
 */
export async function openCaptureFile(
  path: string,
  decoding: Decoding,
  options: InputOptions = {},
): Promise<CaptureInput> {
  const name = path === '-' ? 'standard input' : path;
  const opened = openDocument(await openSource(path, options), decoding);
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

async function openSource(path: string, options: InputOptions): Promise<FileSource> {
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-'));
  try {
    let file = path;
    if (path === '-' || isPipe(path)) {
      // What cannot be read twice is kept in a file: memory stays bounded however much comes.
      file = join(directory, 'input');
      const copy = new GrowingFile(file);
      copyInput(path, copy);
      copy.close();
    }
    const plain = await plainCapture(file, { directory, ...options });
    if (!plain.ok) throw new CommandFailure(failureLine(plain.error));
    for (const note of plain.value.notes) process.stderr.write(`nlscope: ${path}: ${note}\n`);
    return plain.value.source;
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
