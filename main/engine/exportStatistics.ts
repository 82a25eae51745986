import {
  fail,
  ok,
  type Result,
  type StatisticsAnswer,
  type StatisticsEntry,
  type StatisticsTableName,
} from '../../app/contracts/index.ts';
import { openReplacement, type Replacement, reasonOf } from './fileBytes.ts';
import { type Advance, STOPPED } from './jobs.ts';
import { csvCell } from './printers.ts';

type Column = readonly [name: string, value: (entry: StatisticsEntry) => string | number | null];

const FAMILY: Column = ['family', (e) => e.family];
const NAMES: { readonly [table in StatisticsTableName]: readonly Column[] } = {
  families: [FAMILY],
  types: [FAMILY, ['type', (e) => e.type]],
  addresses: [
    ['protocol', (e) => e.family],
    ['portid', (e) => e.portid],
    ['process', (e) => e.process],
    ['netns', (e) => e.netns ?? null],
    ['host', (e) => e.host ?? null],
  ],
  processes: [
    ['process', (e) => e.process],
    ['portids', (e) => e.addresses],
  ],
};
const COUNTS: readonly Column[] = [
  ['messages', (e) => e.messages],
  ['bytes', (e) => e.bytes],
  ['requests', (e) => e.requests],
  ['replies', (e) => e.replies],
  ['notifications', (e) => e.notifications],
  ['errors', (e) => e.errors],
  ['answered', (e) => e.answers?.count ?? 0],
  ['min_ns', (e) => e.answers?.min ?? null],
  ['avg_ns', (e) => e.answers && Math.round(e.answers.avg)],
  ['p95_ns', (e) => e.answers && Math.round(e.answers.p95)],
  ['max_ns', (e) => e.answers?.max ?? null],
  ['filter', (e) => e.filter],
];

/** Lines of a table as comma separated values, with a line of heads. */
export function statisticsCsv(table: StatisticsTableName, entries: readonly StatisticsEntry[]): string {
  const columns = [...NAMES[table], ...COUNTS];
  const lines = entries.map((entry) => columns.map(([, value]) => csvCell(value(entry))).join(','));
  return [columns.map(([name]) => name).join(','), ...lines, ''].join('\n');
}

/** Counts to the end and writes a table. The file appears under its name only when it is complete. */
export async function exportStatistics(
  count: () => Promise<StatisticsAnswer>,
  path: string,
  table: StatisticsTableName,
  advance: Advance,
): Promise<Result<{ path: string; bytes: number }>> {
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    let answer = await count();
    while (answer.kind === 'more') {
      if (!advance(answer.progress, 1)) throw new Error(STOPPED);
      answer = await count();
    }
    file.write(Buffer.from(statisticsCsv(table, answer.report[table].entries)));
    file.finish();
    return ok({ path, bytes: file.size });
  } catch (error) {
    file?.abandon();
    return fail(`Cannot export to ${path}: ${reasonOf(error)}.`);
  }
}
