import { ClipboardCopy, FileDown, Filter, X } from 'lucide-react';
import { useRef } from 'react';
import { STATISTICS_TABLES, type StatisticsEntry, type StatisticsTableName } from '../../../app/contracts/index.ts';
import { applyClause } from '../../actions/filter.ts';
import { copyText } from '../../actions/message.ts';
import { exportStatistics, showCounted, toggleStatistics } from '../../actions/statistics.ts';
import { count, plural, span } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, useStatistics } from '../../stores/hooks.ts';
import { Button, IconButton } from '../../widgets/Button.tsx';
import { Checkbox } from '../../widgets/Checkbox.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { GridTable } from '../../widgets/GridTable.tsx';
import { type GridColumn, sorted } from '../../widgets/gridSort.ts';
import type { MenuEntry } from '../../widgets/Menu.tsx';
import { ProcessName } from '../../widgets/ProcessName.tsx';
import { useWidth } from '../../widgets/useWidth.ts';
import { filterEntries } from '../filterMenu.ts';
import { RateStrip } from './RateStrip.tsx';
import { keyOfEntry, statisticsColumns, tableText } from './statisticsTable.ts';
import { useCounting } from './useCounting.ts';
import './statistics.css';

/** What was counted of the messages, in tables that lead to them, under the messages by time. */
export function StatisticsPane() {
  useCounting();
  return (
    <main className="statistics-view" data-pane="statistics" data-testid="statistics">
      <StatisticsBar />
      <RateStrip />
      <StatisticsTable />
    </main>
  );
}

/** The messages by time alone, for those who look at the list. */
export function CountedRate() {
  useCounting();
  return <RateStrip />;
}

const TABLE_WORDS: { readonly [table in StatisticsTableName]: string } = {
  families: 'Families',
  types: 'Message types',
  addresses: 'Endpoints',
  processes: 'Processes',
};

function StatisticsBar() {
  const app = useApp();
  const { displayed, report, progress, table, sorts } = useStatistics((statistics) => statistics);
  const filter = useHostState(({ view }) => view.filter);
  const total = report?.total;
  const copy = () => {
    if (!report) return;
    const columns = statisticsColumns(table);
    void copyText(app, tableText(columns, sorted(report[table].entries, columns, sorts[table])));
  };
  return (
    <header className="statistics-bar">
      <h1>Statistics</h1>
      <div className="segments" role="radiogroup" aria-label="Count by">
        {STATISTICS_TABLES.map((name) => (
          <button
            key={name}
            type="button"
            role="radio"
            aria-checked={name === table}
            className="segment"
            data-testid={`statistics-${name}`}
            onClick={() => app.statistics.setState({ table: name, selected: null })}
          >
            {TABLE_WORDS[name]}
          </button>
        ))}
      </div>
      <output className="muted ellipsis" data-testid="statistics-total">
        {progress !== null && (total === undefined || progress > 0)
          ? `counting ${Math.floor(progress * 100)} %`
          : total && totalText(total)}
      </output>
      <span className="grow" />
      <Checkbox
        checked={displayed && filter !== ''}
        disabled={filter === ''}
        onChange={(on) => app.statistics.setState({ displayed: on })}
        label="Displayed only"
        testId="statistics-displayed"
      />
      <IconButton
        label="Copy the table"
        icon={ClipboardCopy}
        disabled={!report}
        onClick={copy}
        data-testid="statistics-copy"
      />
      <IconButton
        label="Export the table as CSV"
        icon={FileDown}
        disabled={!report}
        onClick={() => void exportStatistics(app)}
        data-testid="statistics-export"
      />
      <IconButton label="Close" keys="Ctrl+6" icon={X} onClick={() => toggleStatistics(app)} />
    </header>
  );
}

/** "1,204 messages, 12 refused, answers in 220 µs on average". */
function totalText({ messages, errors, answers }: Pick<StatisticsEntry, 'messages' | 'errors' | 'answers'>): string {
  const parts = [plural(messages, 'message'), errors === 0 ? '' : `${count(errors)} refused`];
  if (answers !== null) parts.push(`answers in ${span(answers.avg)} on average`);
  return parts.filter((part) => part !== '').join(', ');
}

function StatisticsTable() {
  const app = useApp();
  const { report, table, sorts, selected } = useStatistics((statistics) => statistics);
  const hasMessages = useHostState(({ view }) => view.total > 0);
  const root = useRef<HTMLElement>(null);
  const width = useWidth(root, 1200);
  const all = statisticsColumns(table);
  const columns = all.filter(({ hiddenBelow = 0 }) => width >= hiddenBelow);
  const rows = sorted(report?.[table].entries ?? [], all, sorts[table]);
  const chosen = rows.find((entry) => keyOfEntry(entry) === selected);
  const leftOut = report?.[table].leftOut ?? 0;
  const most = rows.reduce((highest, { messages }) => Math.max(highest, messages), 1);
  return (
    <section ref={root} className="list statistics" aria-label="Statistics">
      <GridTable
        key={table}
        label={TABLE_WORDS[table]}
        itemLabel="Messages"
        columns={columns}
        rows={rows}
        keyOf={keyOfEntry}
        selected={selected}
        onSelect={(entry) => app.statistics.setState({ selected: keyOfEntry(entry) })}
        onOpen={(entry) => showCounted(app, entry)}
        sort={sorts[table]}
        onSort={(sort) => app.statistics.setState({ sorts: { ...sorts, [table]: sort } })}
        menuFor={(entry, cellText) => entryMenu(app, entry, cellText, columns)}
        rowClass={({ code }) => code !== '' && `family-${code}`}
        cell={(entry, { id }) => cellOf(entry, id, most)}
        testId="statistics-table"
        rowTestId="statistics-row"
      />
      <footer className="statistics-foot">
        <span className="mono ellipsis grow selectable" data-testid="statistics-filter">
          {chosen?.filter}
        </span>
        {leftOut > 0 && <span className="muted">{plural(leftOut, 'line')} with fewer messages left out</span>}
        <Button
          size="sm"
          icon={Filter}
          disabled={!chosen || chosen.filter === ''}
          onClick={() => chosen && showCounted(app, chosen)}
          data-testid="statistics-show"
        >
          Show its messages
        </Button>
      </footer>
      {report !== null && rows.length === 0 && (
        <div className="list-cover">
          <EmptyState text={hasMessages ? 'The filter hides all messages.' : 'There are no messages to count yet.'} />
        </div>
      )}
    </section>
  );
}

function cellOf(entry: StatisticsEntry, column: string, most: number) {
  switch (column) {
    case 'family':
      return <span className="family-code">{entry.code === 'OTHER' ? 'OTHR' : entry.code}</span>;
    case 'process':
      return entry.process === '' ? (
        <span className="muted">{entry.portid === 0 && entry.requests === 0 ? 'kernel' : 'not known'}</span>
      ) : (
        <ProcessName name={entry.process} />
      );
    case 'errors':
      return entry.errors === 0 ? undefined : <span className="tone-error">{count(entry.errors)}</span>;
    case 'messages':
      return (
        <>
          {count(entry.messages)}
          <span className="share-bar" style={{ width: `${(entry.messages / most) * 100}%` }} />
        </>
      );
    default:
      return undefined;
  }
}

function entryMenu(
  app: ReturnType<typeof useApp>,
  entry: StatisticsEntry,
  cellText: string,
  columns: readonly GridColumn<StatisticsEntry>[],
): readonly MenuEntry[] {
  return [
    ...filterEntries(entry.filter === '' ? null : entry.filter, false, (text, join) => applyClause(app, text, join)),
    { kind: 'item', label: 'Copy cell', disabled: cellText === '', run: () => void copyText(app, cellText) },
    { kind: 'item', label: 'Copy line', run: () => void copyText(app, tableText(columns, [entry])) },
    {
      kind: 'item',
      label: 'Copy filter',
      disabled: entry.filter === '',
      run: () => void copyText(app, entry.filter),
    },
  ];
}
