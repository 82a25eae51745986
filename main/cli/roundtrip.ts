import { encodeMessage } from '../../app/craft/index.ts';
import type { Field } from '../../app/dissect/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface RoundtripCommand {
  readonly files: readonly string[];
  readonly json?: boolean;
}

/** A message that did not come back as it was. */
interface Difference {
  readonly file: string;
  readonly number: number;
  /** First byte that differs, from the message's nlmsghdr. */
  readonly offset: number;
  /** The field that byte stands in. */
  readonly path: string;
}

interface RoundtripReport {
  messages: number;
  exact: number;
  different: number;
  /** Messages that no spec describes. */
  notCovered: number;
  readonly differences: Difference[];
}

/**
 * Decodes every message, encodes it again from the decoded values, and compares the bytes.
 * @returns 1 when any differ, 2 when a capture breaks off, else 0
 */
export async function roundtrip(command: RoundtripCommand): Promise<number> {
  const decoding = userDecoding();
  const report: RoundtripReport = { messages: 0, exact: 0, different: 0, notCovered: 0, differences: [] };
  let broken = false;
  for (const file of command.files) {
    const input = await openCaptureFile(file, decoding);
    addFile(report, file, input.document, decoding);
    if (reportBreak(file, input)) broken = true;
  }
  const output = createOutput();
  if (command.json) output.line(JSON.stringify(report));
  else for (const line of reportLines(report)) output.line(line);
  output.flush();
  return report.different > 0 ? 1 : broken ? 2 : 0;
}

function addFile(report: RoundtripReport, file: string, document: Document, decoding: Decoding): void {
  const { store } = document;
  for (let row = 0; row < store.count; row++) {
    if (store.isGap(row)) continue;
    report.messages++;
    const bytes = store.bytes(row);
    const again = encodeAgain(document, decoding, row);
    if (again === null) {
      report.notCovered++;
      continue;
    }
    const offset = firstDifference(bytes, again);
    if (offset < 0) {
      report.exact++;
      continue;
    }
    report.different++;
    report.differences.push({ file, number: row + 1, offset, path: pathAt(document, row, offset) });
  }
}

function encodeAgain(document: Document, { library, dissector }: Decoding, row: number): Uint8Array | null {
  const { store } = document;
  const envelope = store.envelope(row);
  const context = document.context(row);
  const value = dissector.values(store.bytes(row), envelope, context);
  if (value === null) return null;
  return encodeMessage(value, { library, genl: context.genl, littleEndian: envelope.littleEndian }).bytes;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}

function pathAt(document: Document, row: number, offset: number): string {
  const names: string[] = [];
  let level: readonly Field[] = document.decode(row).fields;
  for (;;) {
    const field = level.find(({ start, end }) => start <= offset && offset < end);
    if (field === undefined) return names.join('.') || '(end)';
    names.push(field.name);
    level = field.children;
  }
}

function reportLines({ messages, exact, different, notCovered, differences }: RoundtripReport): string[] {
  return [
    `${messages} messages: ${exact} exact, ${different} different, ${notCovered} not covered by a spec`,
    ...differences.map(({ file, number, offset, path }) => `${file}: message ${number}: byte ${offset} (${path})`),
  ];
}
