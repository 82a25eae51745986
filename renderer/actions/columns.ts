import { flushSync } from 'react-dom';
import type { ColumnChoice, FieldNode } from '../../app/contracts/index.ts';
import { openMenuOf } from '../panes/focus.ts';
import { nodeAt } from '../panes/tree/treeRows.ts';
import type { App } from '../stores/app.ts';
import {
  addField,
  type ColumnId,
  fieldColumn,
  fieldOf,
  fieldsOf,
  MOST_FIELDS,
  moveColumn,
  orderOf,
  removeField,
  USUAL_COLUMNS,
} from '../stores/columnChoice.ts';
import { pushToast } from '../stores/session.ts';
import { selectedField } from './message.ts';

/** Changes which columns the list has, at once. */
export function changeColumns(app: App, change: (choice: ColumnChoice) => ColumnChoice): void {
  flushSync(() => app.preferences.setState(({ columns }) => ({ columns: change(columns) })));
}

/** The columns that a list has for who never chose any, as wide as they are then. */
export function usualColumns(app: App): void {
  app.preferences.setState({ columns: USUAL_COLUMNS, columnWidths: {} });
}

/** Gives a display filter field a column, before another one where it is said which; tells why it cannot be seen. */
export function showField(app: App, field: string, before?: ColumnId): void {
  changeColumns(app, (choice) => addField(choice, field, before));
  const column = fieldColumn(field);
  if (headOf(column) !== null) return;
  const has = fieldsOf(app.preferences.getState().columns).includes(field);
  pushToast(app.session, {
    severity: 'note',
    text: has
      ? `The list has no room for a column of ${field}.`
      : `A list has ${MOST_FIELDS} columns of fields at most.`,
    hint: has ? 'Make the window wider, or take columns away: their heads have a menu.' : undefined,
  });
}

/** Takes the column of a field away. */
export function hideField(app: App, field: string): void {
  changeColumns(app, (choice) => removeField(choice, field));
}

/** Puts a column (or a field that has none yet) before another one; null: at the end. */
export function dropColumn(app: App, id: string, before: ColumnId | null): void {
  const known = orderOf(app.preferences.getState().columns).find((each) => each === id);
  const field = fieldOf(id);
  if (known === undefined && field !== null) {
    showField(app, field);
    changeColumns(app, (choice) => moveColumn(choice, fieldColumn(field), before));
  } else if (known !== undefined) changeColumns(app, (choice) => moveColumn(choice, known, before));
}

/** Opens the menu of the columns at the first head, or at another one. */
export function openColumnMenu(head: Element | null = document.querySelector('[data-head]')): void {
  if (!(head instanceof HTMLElement)) return;
  head.focus();
  openMenuOf(head);
}

function headOf(column: ColumnId): Element | null {
  return document.querySelector(`[data-head="${CSS.escape(column)}"]`);
}

/** The display filter field of a node by its positions in the tree; null where it has none. */
export function fieldNameAt(tree: readonly FieldNode[], path: string): string | null {
  return nodeAt(tree, path)?.filter ?? null;
}

/** The display filter field that is selected in the tree; null for none. */
export function selectedFieldName(app: App): string | null {
  return selectedField(app)?.filter ?? null;
}
