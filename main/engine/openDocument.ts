import { type ByteSource, openCapture } from '../../app/captureFile/index.ts';
import { fail, ok, type Result } from '../../app/contracts/index.ts';
import { type LoadReport, loadCapture } from '../../app/session/index.ts';
import type { Decoding } from './decoding.ts';
import { Document } from './document.ts';
import { FileSource, reasonOf } from './fileBytes.ts';

/** Datagrams loaded between two looks at other work: a few milliseconds. */
const FRAMES_PER_STEP = 2048;

/** A capture file being loaded: the document grows with every step. */
export interface OpeningDocument {
  readonly document: Document;
  /** Loads some more. Finished when the report says so; at a break the report tells where and why. */
  step(): LoadReport;
}

/** Opens a capture file by path. Fails with a sentence when it cannot be read or is no capture. */
export function openFile(path: string): Result<FileSource> {
  try {
    return ok(new FileSource(path));
  } catch (error) {
    return fail(`Cannot open ${path}: ${reasonOf(error)}.`);
  }
}

/** Starts to load the capture a source holds. `offsetSource`: where its bytes are read from later, the same by default. */
export function openDocument(
  source: ByteSource,
  decoding: Decoding,
  offsetSource: ByteSource = source,
): Result<OpeningDocument> {
  const reader = openCapture(source);
  if (!reader.ok) return reader;
  const document = new Document(offsetSource, decoding);
  return ok({
    document,
    step() {
      const report = loadCapture(reader.value, document, FRAMES_PER_STEP);
      document.learn(report.finished);
      return report;
    },
  });
}

/** What a capture's break means to its reader, "" when it has none. */
export function describeBreak({ broken }: Pick<LoadReport, 'broken'>): string {
  return broken === null ? '' : `${broken.reason} (frame ${broken.frame}, byte ${broken.offset})`;
}
