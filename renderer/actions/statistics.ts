import type { StatisticsEntry } from '../../app/contracts/index.ts';
import { combine } from '../../app/filter/index.ts';
import { bytes, captureName, dateAndClock } from '../format/format.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { fileStem, nameOf } from './files.ts';
import { applyClause } from './filter.ts';
import { selectRow } from './navigate.ts';

/** Shows the statistics in place of the messages, or the messages again. */
export function toggleStatistics(app: App): void {
  app.ui.setState(({ view }) => ({ view: view === 'statistics' ? 'messages' : 'statistics' }));
}

/**
 * Has the messages counted anew, as long as somebody looks.
 * @param goesOn asked again and again; false ends it
 */
export async function countMessages(app: App, goesOn: () => boolean): Promise<void> {
  const { displayed } = app.statistics.getState();
  while (goesOn()) {
    const answer = await app.run(app.api.statistics(displayed));
    if (answer === undefined || !goesOn()) break;
    if (answer.kind === 'done') {
      app.statistics.setState({ report: answer.report, progress: null });
      return;
    }
    app.statistics.setState({ progress: answer.progress });
  }
  app.statistics.setState({ progress: null });
}

/** Shows the messages of a line. */
export function showCounted(app: App, { filter }: StatisticsEntry): void {
  if (filter !== '') applyClause(app, filter, 'replace');
}

/** Lets the user choose a place and writes the table there that is shown. */
export async function exportStatistics(app: App): Promise<void> {
  const { displayed, table } = app.statistics.getState();
  const name = fileStem(app.session.getState().state.fileName || captureName());
  const path = await app.run(app.shell.pickSave(`${name}-${table}.csv`));
  if (!path) return;
  const report = await app.attempt(app.api.exportStatistics(path, displayed, table), 'save');
  if (!report) return;
  await app.run(app.shell.saved(path));
  pushToast(app.session, { severity: 'note', text: `Exported ${table} to ${nameOf(path)}, ${bytes(report.bytes)}` });
}

/** A range of times that the strip has put into the filter. */
const TIME_RANGE = /\(?\btime >= "[^"]*" && time < "[^"]*"\)?/;

/** Whether the filter holds a range of times as `filterTimes` writes it. */
export function hasTimeRange(filter: string): boolean {
  return TIME_RANGE.test(filter);
}

/**
 * The filter with a range of times in place of the one before.
 * @param range nanoseconds since 1970, from and to before; null: all times
 */
export function withTimeRange(filter: string, range: { readonly from: bigint; readonly to: bigint } | null): string {
  const before = filter
    .replace(TIME_RANGE, '')
    .replace(/^\s*&&\s*|\s*&&\s*$/g, '')
    .replace(/&&\s*&&/g, '&&')
    .trim();
  if (range === null) return before;
  // Filters have microseconds as the list shows them: the range is told no smaller than it is.
  const to = ((range.to + 999n) / 1000n) * 1000n;
  const clause = `time >= "${dateAndClock(`${range.from}`)}" && time < "${dateAndClock(`${to}`)}"`;
  return before === '' ? clause : combine(before, clause, 'and');
}

/** Filters on a range of times, beside what else the filter asks for. */
export function filterTimes(app: App, range: { readonly from: bigint; readonly to: bigint } | null): void {
  const { filter } = app.session.getState().state.view;
  app.filterBox?.setText(withTimeRange(filter, range), true);
}

/** Selects the row of a message, or of the request that it is tucked under. */
export async function goNear(app: App, number: number): Promise<void> {
  const found = await app.run(app.api.indexOf(number));
  if (found && found.index >= 0) await selectRow(app, found.index);
}
