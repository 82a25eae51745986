import type { AnswerTimes, Counted, StatisticsEntry, StatisticsTableName } from '../../../app/contracts/index.ts';
import { bytes, count, span } from '../../format/format.ts';
import type { GridColumn } from '../../widgets/gridSort.ts';

type Column = GridColumn<StatisticsEntry>;

/** What stands for messages of which there were too many kinds or addresses to tell them apart. */
const REST = 'other';

const FAMILY_CODE: Column = { id: 'family', title: 'Fam', width: '52px', text: ({ code }) => code };
const FAMILY: Column = { id: 'protocol', title: 'Family', width: '148px', text: ({ family }) => family || REST };
const PROCESS: Column = { id: 'process', title: 'Process', width: 'minmax(96px, 1fr)', text: ({ process }) => process };

const NAMES: { readonly [table in StatisticsTableName]: readonly Column[] } = {
  families: [FAMILY_CODE, { ...FAMILY, width: 'minmax(172px, 1fr)' }],
  types: [
    FAMILY_CODE,
    { ...FAMILY, hiddenBelow: 1000 },
    { id: 'type', title: 'Type', width: 'minmax(180px, 1fr)', text: ({ type }) => type },
  ],
  addresses: [
    FAMILY_CODE,
    { ...FAMILY, title: 'Protocol', hiddenBelow: 1000 },
    {
      id: 'portid',
      title: 'Portid',
      doc: 'Netlink address of the program’s socket; none where the kernel speaks of itself',
      width: '100px',
      align: 'right',
      text: ({ portid }) => (portid ? `${portid}` : ''),
      value: ({ portid }) => portid ?? 0,
    },
    PROCESS,
  ],
  processes: [
    PROCESS,
    {
      id: 'addresses',
      title: 'Portids',
      doc: 'Netlink addresses that it had',
      width: '76px',
      align: 'right',
      text: ({ addresses }) => count(addresses),
      value: ({ addresses }) => addresses,
    },
  ],
};

function counts(id: keyof Omit<Counted, 'answers'>, title: string, width: string, doc?: string, write = count): Column {
  return {
    id,
    title,
    width,
    align: 'right',
    text: (entry) => (entry[id] === 0 ? '' : write(entry[id])),
    value: (entry) => entry[id],
    ...(doc === undefined ? {} : { doc }),
  };
}

function times(what: Exclude<keyof AnswerTimes, 'count'>, title: string, doc: string, hiddenBelow = 0): Column {
  return {
    id: what,
    title,
    doc,
    width: '86px',
    align: 'right',
    hiddenBelow,
    text: ({ answers }) => (answers === null ? '' : span(answers[what])),
    value: ({ answers }) => answers?.[what] ?? -1,
  };
}

const COUNTS: readonly Column[] = [
  counts('messages', 'Messages', '92px'),
  { ...counts('bytes', 'Bytes', '76px', undefined, bytes), hiddenBelow: 900 },
  { ...counts('requests', 'Requests', '80px'), hiddenBelow: 820 },
  { ...counts('replies', 'Replies', '76px'), hiddenBelow: 820 },
  { ...counts('notifications', 'Notified', '76px', 'Notifications'), hiddenBelow: 980 },
  counts(
    'errors',
    'Errors',
    '68px',
    'Requests that the kernel refused, and refusals whose request is not in the capture',
  ),
  times('min', 'Min', 'Shortest time from a request to what ended its transaction', 1080),
  times('avg', 'Mean', 'Mean time from a request to what ended its transaction'),
  times('p95', '95 %', '95 of a hundred requests were answered in so long', 700),
  times('max', 'Max', 'Longest time from a request to what ended its transaction'),
];

/** All columns of a table, in their order. */
export function statisticsColumns(table: StatisticsTableName): readonly Column[] {
  return [...NAMES[table], ...COUNTS];
}

/** What tells the lines of a table apart. */
export function keyOfEntry({ filter, family, type, portid, process }: StatisticsEntry): string {
  return `${filter}\n${family}\n${type}\n${portid}\n${process}`;
}

/** A table as text with tabs, for spreadsheets: as it is shown, with a line of heads. */
export function tableText(columns: readonly Column[], entries: readonly StatisticsEntry[]): string {
  const heads = columns.map(({ title }) => title);
  return [heads, ...entries.map((entry) => columns.map(({ text }) => text(entry)))]
    .map((cells) => cells.join('\t'))
    .join('\n');
}
