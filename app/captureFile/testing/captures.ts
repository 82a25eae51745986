import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Envelope } from '../../contracts/index.ts';
import {
  type CaptureReader,
  type CaptureReport,
  type Gap,
  joinTime,
  type MessageComment,
  memorySource,
  openCapture,
} from '../index.ts';

const folder = new URL('../../../e2e/captures/', import.meta.url);

/** Path of a capture of the corpus, by name without suffix. */
export function capturePath(name: string): string {
  return new URL(`${name}.pcap`, folder).pathname;
}

/** Bytes of a capture of the corpus. */
export function captureBytes(name: string): Uint8Array {
  const path = capturePath(name);
  return new Uint8Array(existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`)));
}

/** A frame copied out of the reader's cursor. */
export interface ReadFrame {
  readonly envelope: Envelope;
  readonly timeNs: bigint;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly continued: boolean;
  readonly marks: readonly number[];
  readonly references: readonly number[];
  readonly comments: readonly MessageComment[];
}

export interface ReadCapture {
  readonly frames: readonly ReadFrame[];
  /** Each with the number of frames before it. */
  readonly gaps: readonly { readonly after: number; readonly gap: Gap; readonly timeNs: bigint }[];
  readonly report: CaptureReport;
  readonly reader: CaptureReader;
}

/** Reads a whole capture; throws when it is none. */
export function readAll(bytes: Uint8Array): ReadCapture {
  const opened = openCapture(memorySource(bytes));
  if (!opened.ok) throw new Error(opened.error.message);
  const reader = opened.value;
  const frames: ReadFrame[] = [];
  const gaps: ReadCapture['gaps'][number][] = [];
  for (let kind = reader.next(); kind !== 'end'; kind = reader.next()) {
    const { frame } = reader;
    const timeNs = joinTime(frame.timeHigh, frame.timeLow);
    if (kind === 'gap') {
      gaps.push({ after: frames.length, gap: reader.gap, timeNs });
      continue;
    }
    frames.push({
      envelope: frame.envelope,
      timeNs,
      offset: frame.offset,
      bytes: new Uint8Array(frame.view.buffer, frame.view.byteOffset + frame.start, frame.length).slice(),
      originalLength: frame.originalLength,
      continued: frame.continued,
      marks: [...frame.marks],
      references: [...frame.references],
      comments: frame.comments,
    });
  }
  return { frames, gaps, report: reader.report(), reader };
}
