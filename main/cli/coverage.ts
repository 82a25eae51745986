import { CoverageCounter, type CoverageReport } from '../../app/dissect/index.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface CoverageCommand {
  readonly files: readonly string[];
  readonly json?: boolean;
}

/** Lines of the table of what is not covered. */
const SHOWN_GAPS = 40;

/** Counts how much of the captures' attributes is named and typed. Returns 2 when one of them breaks off, else 0. */
export async function coverage(command: CoverageCommand): Promise<number> {
  const decoding = userDecoding();
  const counter = new CoverageCounter();
  let status = 0;
  for (const file of command.files) {
    const input = await openCaptureFile(file, decoding);
    const { store } = input.document;
    for (let row = 0; row < store.count; row++) {
      if (!store.isGap(row)) counter.add(input.document.decode(row), store.envelope(row));
    }
    if (reportBreak(file, input)) status = 2;
  }
  const report = counter.finish();
  const output = createOutput();
  if (command.json) output.line(JSON.stringify(report));
  else for (const line of coverageLines(report)) output.line(line);
  output.flush();
  return status;
}

function coverageLines(report: CoverageReport): string[] {
  const { messages, attributes, named, typed, bytes, bytesDecoded, malformed, unknown } = report;
  const gaps = unknown.slice(0, SHOWN_GAPS);
  return [
    `${messages} messages, ${malformed} malformed`,
    `${attributes} attributes: ${named} named (${percent(named, attributes)}), ${typed} typed (${percent(typed, attributes)})`,
    `${bytes} bytes: ${bytesDecoded} decoded (${percent(bytesDecoded, bytes)})`,
    ...(gaps.length === 0 ? [] : ['', 'not covered, the most frequent first:']),
    ...gaps.map(({ protocol, type, path, count }) => `${String(count).padStart(8)}  ${protocol} ${type} ${path}`),
    ...(unknown.length > gaps.length ? [`          … and ${unknown.length - gaps.length} more`] : []),
  ];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
