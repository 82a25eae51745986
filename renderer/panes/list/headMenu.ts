import { changeColumns, hideField, usualColumns } from '../../actions/columns.ts';
import { sortEntries, sortsBy } from '../../actions/sort.ts';
import type { App } from '../../stores/app.ts';
import {
  type BuiltinColumn,
  type ColumnId,
  FIXED_COLUMNS,
  fieldOf,
  isHidden,
  moveBy,
  orderOf,
  setShown,
} from '../../stores/columnChoice.ts';
import type { MenuEntry } from '../../widgets/Menu.tsx';
import { type Column, columnName } from './columns.ts';

/**
 * The context menu of a column's head: where it stands, and which columns there are.
 * @param columns those on screen
 */
export function headMenu(app: App, id: ColumnId, columns: readonly Column[]): readonly MenuEntry[] {
  const { columns: choice } = app.preferences.getState();
  const shown = columns.map((column) => column.id);
  const at = shown.indexOf(id);
  const move = (label: string, by: 1 | -1): MenuEntry => ({
    kind: 'item',
    label,
    disabled: shown[at + by] === undefined,
    run: () => changeColumns(app, (now) => moveBy(now, id, by, shown)),
  });
  return [
    { kind: 'label', label: columnName(id) },
    move('Move left', -1),
    move('Move right', 1),
    removal(app, id),
    { kind: 'separator' },
    ...sortEntries(app, id),
    ...(sortsBy(id) ? [{ kind: 'separator' as const }] : []),
    ...orderOf(choice).map((each): MenuEntry => {
      const isChosen = !isHidden(choice, each);
      return {
        kind: 'item',
        label: columnName(each),
        detail: isChosen && !shown.includes(each) ? whyMissing(each) : undefined,
        checked: isChosen,
        disabled: FIXED_COLUMNS.has(each),
        run: () => setColumn(app, each, !isChosen),
      };
    }),
    { kind: 'separator' },
    { kind: 'item', label: 'Usual columns', run: () => usualColumns(app) },
  ];
}

function removal(app: App, id: ColumnId): MenuEntry {
  const label = fieldOf(id) === null ? 'Hide' : 'Remove';
  return { kind: 'item', label, disabled: FIXED_COLUMNS.has(id), run: () => setColumn(app, id, false) };
}

function setColumn(app: App, id: ColumnId, shown: boolean): void {
  const field = fieldOf(id);
  // The column of a field is there or is not: what is hidden would only be in the way.
  if (field === null) changeColumns(app, (choice) => setShown(choice, id as BuiltinColumn, shown));
  else hideField(app, field);
}

function whyMissing(id: ColumnId): string {
  return id === 'source' ? 'one source only' : 'no room';
}
