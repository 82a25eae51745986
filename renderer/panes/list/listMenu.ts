import type { Row } from '../../../app/contracts/index.ts';
import { editComment, removeComment } from '../../actions/comments.ts';
import { compareWithMarked, compareWithPrevious } from '../../actions/compare.ts';
import { decodeAs } from '../../actions/decoding.ts';
import { applyClause } from '../../actions/filter.ts';
import { colourEntries } from '../../actions/filterSets.ts';
import { COPY_FORMATS, compose, copyMessage, copyText, resend, toggleMark } from '../../actions/message.ts';
import { goToMessage, measureFrom } from '../../actions/navigate.ts';
import { addToSequence } from '../../actions/sequence.ts';
import type { App } from '../../stores/app.ts';
import type { MenuEntry } from '../../widgets/Menu.tsx';
import { filterEntries } from '../filterMenu.ts';
import { cellClause } from './cellFilters.ts';

/**
 * The context menu of a row: what its cell can filter by, what can be copied, and what can be done with the message.
 * @param cellText text of the cell that was clicked
 */
export function listMenu(app: App, row: Row, column: string, cellText: string): readonly MenuEntry[] {
  if (row.kind === 'gap') return [];
  const clause = cellClause(row, column);
  return [
    ...filterEntries(clause, false, (text, join) => applyClause(app, text, join)),
    ...colourEntries(app, clause),
    {
      kind: 'submenu',
      label: 'Copy as',
      entries: COPY_FORMATS.map(({ format, label }) => ({
        kind: 'item',
        label,
        keys: format === 'summary' ? 'Ctrl+C' : undefined,
        run: () => void copyMessage(app, row.number, format),
      })),
    },
    { kind: 'item', label: 'Copy cell', disabled: cellText === '', run: () => void copyText(app, cellText) },
    { kind: 'separator' },
    {
      kind: 'item',
      label: row.marked ? 'Unmark message' : 'Mark message',
      keys: 'Ctrl+M',
      run: () => void toggleMark(app, row.number, !row.marked),
    },
    {
      kind: 'item',
      label: row.reference ? 'Measure times from here no more' : 'Measure times from here',
      keys: 'Ctrl+T',
      run: () => void measureFrom(app, row),
    },
    {
      kind: 'item',
      label: row.comment === undefined ? 'Comment…' : 'Edit comment…',
      keys: 'Ctrl+Alt+C',
      run: () => void editComment(app, row.number),
    },
    ...(row.comment === undefined
      ? []
      : [{ kind: 'item' as const, label: 'Remove comment', run: () => void removeComment(app, row.number) }]),
    {
      kind: 'item',
      label: 'Go to request',
      disabled: row.request === 0 || row.request === row.number,
      run: () => void goToMessage(app, row.request),
    },
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Compare with marked message',
      keys: 'D',
      run: () => void compareWithMarked(app, row.number),
    },
    {
      kind: 'item',
      label: 'Compare with message before about the same',
      keys: 'Shift+D',
      run: () => void compareWithPrevious(app, row.number),
    },
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Decode as…',
      keys: 'Ctrl+Shift+U',
      run: () => decodeAs(app, { number: row.number, path: [] }),
    },
    { kind: 'separator' },
    { kind: 'item', label: 'Edit and resend', keys: 'E', run: () => compose(app, row.number) },
    { kind: 'item', label: 'Resend', keys: 'Shift+R', run: () => void resend(app, row.number) },
    { kind: 'item', label: 'Add to the sequence', keys: 'Q', run: () => void addToSequence(app, row.number) },
  ];
}
