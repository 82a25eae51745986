import type { ByteRange, Row, RowPlace } from '../../app/contracts/index.ts';
import { ancestorsOf, type Located, nodeAtRange, nodeByNames } from '../panes/tree/treeRows.ts';
import type { App } from '../stores/app.ts';
import { selectedNumber } from '../stores/selection.ts';
import { pushToast } from '../stores/session.ts';

/** Number of the selected message, or null. */
export function selectedMessage(app: App): number | null {
  return selectedNumber(app.selection.getState().current);
}

/** Selects the message in a row of the view. `step`: reached by moving one row. */
export async function selectRow(app: App, index: number, step = false): Promise<void> {
  const { rows } = app.list.store.getState();
  if (rows === 0) return;
  const target = Math.max(0, Math.min(rows - 1, index));
  app.list.select(target, 'nearest');
  const row = app.list.cache.get(target) ?? (await app.list.cache.load(target));
  // Held down arrow keys overtake the host: only the last row reached is selected.
  if (row && app.list.store.getState().selectedIndex === target)
    app.select({ type: 'message', number: row.number, step });
}

/** Moves the selection by rows from where it is; from the top when nothing is selected. */
export function moveSelection(app: App, by: number): void {
  const { selectedIndex } = app.list.store.getState();
  void selectRow(
    app,
    selectedIndex < 0 ? (by < 0 ? Number.MAX_SAFE_INTEGER : 0) : selectedIndex + by,
    Math.abs(by) === 1,
  );
}

/** Selects a message by its number and brings its row into view, out from under its request; a filter may hide it. */
export async function goToMessage(app: App, number: number): Promise<void> {
  app.select({ type: 'message', number });
  const place = await reveal(app, number);
  if (place && !place.exact && !place.tucked)
    pushToast(app.session, { severity: 'note', text: `#${number} is not in the list: the filter hides it` });
}

/** Brings a message's row into view. Opens the request that it is tucked under. */
async function reveal(app: App, number: number): Promise<RowPlace | undefined> {
  const place = await app.run(app.list.locate(number));
  if (!place?.tucked) return place;
  const view = await app.run(app.api.expand(number, true));
  if (!view) return undefined;
  app.applyView(view);
  return app.run(app.list.locate(number));
}

/** Goes back or forward over the messages visited. */
export function travel(app: App, way: 'back' | 'forward'): void {
  const before = selectedMessage(app);
  app.select({ type: way });
  const number = selectedMessage(app);
  if (number !== null && number !== before) void reveal(app, number);
}

/** Goes to the next or previous message of the selected one's transaction. */
export async function moveInTransaction(app: App, by: 1 | -1): Promise<void> {
  const from = selectedMessage(app);
  if (from === null) return;
  const { shown } = app.detail.getState();
  // What is shown may still be the message that was selected before.
  const detail = shown?.number === from ? shown.detail : await app.run(app.api.detail(from));
  if (!detail || selectedMessage(app) !== from) return;
  const number = detail.transaction[detail.transaction.indexOf(from) + by];
  if (number !== undefined) await goToMessage(app, number);
}

/** Selects a field and makes it visible in the tree. */
export function selectField(app: App, number: number, { node, path, namePath }: Located): void {
  openInTree(app, ancestorsOf(namePath), true);
  app.select({ type: 'field', number, path, namePath, range: node.range });
}

/**
 * Keeps the same field selected: by its names when another message is shown, by its bytes when the same message reads
 * otherwise. Returns a function that stops it.
 */
export function keepField(app: App): () => void {
  let namePath: string | null = null;
  const stopSelection = app.selection.subscribe(({ current }) => {
    if (current.kind === 'field') namePath = current.namePath;
    if (current.kind === 'bytes') namePath = null;
  });
  const stopDetail = app.detail.subscribe(({ shown }, before) => {
    const { current } = app.selection.getState();
    if (!shown) return;
    if (shown.number === before.shown?.number) {
      const found =
        current.kind === 'field' && current.number === shown.number
          ? nodeAtRange(shown.detail.tree, current.range)
          : null;
      if (found) selectField(app, shown.number, found);
      return;
    }
    if (namePath === null) return;
    if (current.kind !== 'message' || current.number !== shown.number) return;
    const found = nodeByNames(shown.detail.tree, namePath);
    if (found) selectField(app, shown.number, found);
  });
  return () => {
    stopSelection();
    stopDetail();
  };
}

/**
 * Measures times from a message on, beside what they are measured from before it, or does so no more. The list tells
 * such times then.
 * @param row its row, as the list has it
 */
export async function measureFrom(app: App, { number, reference }: Pick<Row, 'number' | 'reference'>): Promise<void> {
  const done = await app.attempt(app.api.setReference(number, !reference));
  if (done !== undefined) app.preferences.setState({ timeFormat: 'start' });
}

/** Measures all times from the first message again. */
export function measureFromStart(app: App): void {
  void app.run(app.api.clearReferences());
}

/** Opens or closes fields of the tree, by name path. */
export function openInTree(app: App, names: readonly string[], open: boolean): void {
  if (names.length === 0) return;
  app.ui.setState(({ treeOpenness }) => {
    const next = new Map(treeOpenness);
    for (const name of names) next.set(name, open);
    return { treeOpenness: next };
  });
}

/** Shows bytes of a message as under the pointer, in tree and bytes; null when the pointer left. */
export function hover(app: App, number: number, range: ByteRange | null): void {
  const before = app.ui.getState().hover;
  if (range === null) {
    if (before?.number === number) app.ui.setState({ hover: null });
    return;
  }
  const same = before?.number === number && before.range.start === range.start && before.range.end === range.end;
  if (!same) app.ui.setState({ hover: { number, range } });
}

/** Tucks answers under their requests in the list, or shows all messages one after another. */
export function toggleGrouping(app: App): void {
  const { grouped } = app.session.getState().state.view;
  void app.run(app.api.setGrouping(!grouped)).then((view) => view && app.applyView(view));
}

/** Opens a request's answers in the list, or closes them. */
export function expandRow(app: App, number: number, expanded: boolean): void {
  void app.run(app.api.expand(number, expanded)).then((view) => view && app.applyView(view));
}
