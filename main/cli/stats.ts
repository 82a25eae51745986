import type { AnswerTimes, StatisticsEntry, StatisticsReport, StatisticsTableName } from '../../app/contracts/index.ts';
import { RowView } from '../../app/session/index.ts';
import { statisticsPass, statisticsReport } from '../engine/statistics.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput } from './output.ts';
import { type TextColumn, tableLines } from './textTable.ts';
import { userDecoding } from './userDecoding.ts';

export interface StatsCommand {
  readonly file: string;
  /** -Y */
  readonly Y?: string;
  /** The one table that is wanted; absent: all. */
  readonly by?: StatisticsTableName;
  readonly json?: boolean;
}

/** Milliseconds of counting between two questions whether there is more. */
const STEP_MS = 1000;

/**
 * Counts the messages of a capture.
 * @returns 2 when the capture breaks off (what stands before the break has been counted), else 0
 */
export async function stats(command: StatsCommand): Promise<number> {
  const decoding = userDecoding();
  const input = await openCaptureFile(command.file, decoding);
  const { document } = input;
  const view = new RowView(document.store);
  if (command.Y !== undefined) view.setFilter(rowFilter(document, decoding, command.Y));
  while (view.step(STEP_MS));
  const passes = command.Y === undefined ? null : (row: number) => view.passes(row);
  const pass = statisticsPass(document, document.store.count, passes, passes !== null);
  while (pass.step(Date.now() + STEP_MS));
  const report = statisticsReport(document, pass);
  const output = createOutput();
  if (command.json) output.line(JSON.stringify(report));
  else for (const line of reportLines(report, command.by)) output.line(line);
  output.flush();
  return reportBreak(command.file, input) ? 2 : 0;
}

const NAMES: { readonly [table in StatisticsTableName]: readonly TextColumn<StatisticsEntry>[] } = {
  families: [{ title: 'FAMILY', cell: (e) => e.family || REST }],
  types: [
    { title: 'FAMILY', cell: (e) => e.family || REST },
    { title: 'TYPE', cell: (e) => e.type || '-' },
  ],
  addresses: [
    { title: 'PROTOCOL', cell: (e) => e.family || REST },
    { title: 'PORTID', align: 'right', cell: (e) => e.portid ?? '-' },
    { title: 'PROCESS', cell: (e) => e.process || '-' },
    { title: 'NETNS', cell: (e) => e.netns ?? '-' },
  ],
  processes: [
    { title: 'PROCESS', cell: (e) => e.process || '-' },
    { title: 'PORTIDS', align: 'right', cell: (e) => e.addresses },
  ],
};
/** What there were too many of to be told apart. */
const REST = 'other';

function number(title: string, cell: (entry: StatisticsEntry) => string | number): TextColumn<StatisticsEntry> {
  return { title, align: 'right', cell };
}

const milliseconds = (what: Exclude<keyof AnswerTimes, 'count'>) => (entry: StatisticsEntry) =>
  entry.answers === null ? '-' : (entry.answers[what] / 1e6).toFixed(3);

const COUNTS: readonly TextColumn<StatisticsEntry>[] = [
  number('MESSAGES', (e) => e.messages),
  number('BYTES', (e) => e.bytes),
  number('REQUESTS', (e) => e.requests),
  number('REPLIES', (e) => e.replies),
  number('NOTIFIED', (e) => e.notifications),
  number('ERRORS', (e) => e.errors),
  number('MIN-MS', milliseconds('min')),
  number('AVG-MS', milliseconds('avg')),
  number('P95-MS', milliseconds('p95')),
  number('MAX-MS', milliseconds('max')),
];

function* reportLines(report: StatisticsReport, by: StatisticsTableName | undefined): Iterable<string> {
  const { messages, bytes, errors } = report.total;
  if (by === undefined) yield `${messages} messages, ${bytes} bytes, ${errors} errors`;
  for (const [name, columns] of Object.entries(NAMES)) {
    const table = name as StatisticsTableName;
    if (by !== undefined && by !== table) continue;
    if (by === undefined) yield '';
    const { entries, leftOut } = report[table];
    yield* tableLines([...columns, ...COUNTS], entries);
    if (leftOut > 0) yield `… and ${leftOut} more`;
  }
}
