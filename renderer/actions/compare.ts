import { comparisonLines, dumpLines, identityOf } from '../../app/compare/index.ts';
import { formatClause, quote } from '../../app/filter/index.ts';
import { fieldAt, nextDifference, pathsAbove, shownObjects } from '../panes/compare/compareRows.ts';
import { focusPane } from '../panes/focus.ts';
import type { App } from '../stores/app.ts';
import { comparePair, forgetComparison } from '../stores/compare.ts';
import { type DetailModel, loadDetail } from '../stores/detail.ts';
import { pushToast } from '../stores/session.ts';
import { fieldNameAt } from './columns.ts';
import { search } from './find.ts';
import { copyText } from './message.ts';

/** Compares the marked message that is nearest to this one with it. */
export async function compareWithMarked(app: App, number: number): Promise<void> {
  const marked = await app.run(app.api.nearestMark(number));
  if (marked === undefined) return;
  if (marked > 0) await compareMessages(app, marked, number);
  else {
    pushToast(app.session, {
      severity: 'note',
      text: 'There is no other marked message to compare with',
      hint: 'Mark one (Ctrl+M), then select the message to compare with it.',
    });
  }
}

/** Compares a message with the one before it in the list that is about the same object, or of its type. */
export async function compareWithPrevious(app: App, number: number): Promise<void> {
  const { shown } = app.detail.getState();
  const model = shown?.number === number ? shown : await app.run(loadDetail(app.api, number));
  if (!model) return;
  const { clause, about } = sameObject(model);
  const answer = await search(app, { kind: 'filter', text: clause, backwards: true });
  if (answer === null) return;
  const row =
    answer.kind === 'found' && !answer.wrapped
      ? (app.list.cache.get(answer.index) ?? (await app.list.cache.load(answer.index)))
      : undefined;
  if (row) await compareMessages(app, row.number, number);
  else pushToast(app.session, { severity: 'note', text: `No earlier ${about} is in the list` });
}

/** The filter that finds messages about the same object as this one. */
function sameObject({ detail, bytes }: DetailModel): { readonly clause: string; readonly about: string } {
  const { type, tree, direction } = detail;
  // What somebody asks for is no state to compare the object's with.
  const clauses = [formatClause('nl.type', quote(type)), `nl.dir ${direction === 'request' ? '==' : '!='} request`];
  for (const path of identityOf(type, tree, bytes).fields) {
    const [top, member] = path.split('.');
    const at = tree.findIndex(({ name, kind }) => name === top && kind !== 'generated');
    const header = tree[at];
    const inHeader = member === undefined ? -1 : (header?.children.findIndex(({ name }) => name === member) ?? -1);
    const node = member === undefined ? header : header?.children[inHeader];
    const field = node && fieldNameAt(tree, member === undefined ? `${at}` : `${at}.${inHeader}`);
    const value = node?.filterValue ?? (typeof node?.value === 'number' ? `${node.value}` : undefined);
    if (field && value) clauses.push(formatClause(field, value));
  }
  const about = clauses.length > 2 ? `${type} about the same object` : type;
  return { clause: clauses.join(' && '), about };
}

/** Shows what differs between two messages; between two dumps, where both ask for one. */
export async function compareMessages(app: App, a: number, b: number): Promise<void> {
  const asked = { a, b };
  app.compare.setState({ asked });
  const models = await loadPair(app, a, b);
  if (app.compare.getState().asked !== asked) return;
  if (!models) {
    forgetComparison(app.compare);
    return;
  }
  const [one, other] = models;
  if (!one || !other) {
    forgetComparison(app.compare);
    pushToast(app.session, {
      severity: 'note',
      text: `#${one ? b : a} has no bytes to compare: messages were lost there`,
    });
    return;
  }
  app.ui.setState({ view: 'messages' });
  if (one.detail.dump && other.detail.dump && a !== b) await compareDumps(app, asked);
  else {
    app.compare.setState({ dumps: null });
    showPair(app, one, other);
  }
}

async function compareDumps(app: App, asked: { readonly a: number; readonly b: number }): Promise<void> {
  const dumps = await app.attempt(app.api.compareDumps(asked.a, asked.b), 'compare');
  if (app.compare.getState().asked !== asked) return;
  if (!dumps) {
    forgetComparison(app.compare);
    return;
  }
  app.compare.setState({ dumps, pair: null, object: 0, path: null, openness: new Map() });
  await chooseObject(app, 0);
}

/** Shows an object of the two dumps, by its place among those that are listed. */
export async function chooseObject(app: App, place: number): Promise<void> {
  const { dumps, expected, asked } = app.compare.getState();
  if (!dumps) return;
  const objects = shownObjects(dumps, expected);
  const object = objects[Math.max(0, Math.min(objects.length - 1, place))];
  app.compare.setState({ object: object ? objects.indexOf(object) : 0 });
  if (!object) {
    app.compare.setState({ pair: null });
    return;
  }
  const models = await loadPair(app, object.a, object.b);
  const now = app.compare.getState();
  if (!models || now.asked !== asked || now.object !== objects.indexOf(object)) return;
  showPair(app, models[0], models[1]);
}

function showPair(app: App, a: DetailModel | null, b: DetailModel | null): void {
  app.compare.setState({ pair: comparePair(a, b), path: null, openness: new Map() });
}

/** Both messages; 0 stands for none. Undefined when the connection failed. */
async function loadPair(app: App, a: number, b: number): Promise<[DetailModel | null, DetailModel | null] | undefined> {
  const load = (number: number) => (number === 0 ? Promise.resolve(null) : loadDetail(app.api, number));
  return app.run(Promise.all([load(a), load(b)]));
}

/** Selects a field of the comparison, and opens what it is in. */
export function selectCompared(app: App, path: string | null): void {
  app.compare.setState(({ openness }) => {
    const above = path === null ? [] : pathsAbove(path).filter((each) => openness.get(each) === false);
    return {
      path,
      openness: above.length === 0 ? openness : new Map([...openness, ...above.map((each) => [each, true] as const)]),
    };
  });
}

/** Opens or closes a field of the comparison. */
export function openCompared(app: App, path: string, open: boolean): void {
  app.compare.setState(({ openness }) => ({ openness: new Map([...openness, [path, open]]) }));
}

/** Goes to the next or previous difference: in dumps on to the next object after the last of one. */
export function goToDifference(app: App, by: 1 | -1): void {
  const { pair, path, expected, dumps, object } = app.compare.getState();
  if (!pair) return;
  focusPane('compare');
  const next = nextDifference(pair.fields, path, by, expected);
  const objects = dumps ? shownObjects(dumps, expected).length : 0;
  if ((next !== null && !next.wrapped) || objects < 2) {
    if (next !== null) selectCompared(app, next.path);
    return;
  }
  void chooseObject(app, (object + by + objects) % objects).then(() => {
    const { pair: shown } = app.compare.getState();
    const first = shown && nextDifference(shown.fields, null, by, expected);
    if (first) selectCompared(app, first.path);
  });
}

/** Puts the comparison into the clipboard, as it is shown. */
export async function copyComparison(app: App): Promise<void> {
  const { pair, dumps, differing, expected } = app.compare.getState();
  if (dumps) await copyText(app, dumpLines(dumps, expected).join('\n'));
  else if (pair) {
    const head = [pair.a, pair.b].map(
      (model, at) => `${at === 0 ? '---' : '+++'} #${model?.number} ${model?.detail.summary}`,
    );
    await copyText(app, [...head, ...comparisonLines(pair.fields, { differing, expected })].join('\n'));
  }
}

/** Takes the two sides for one another. */
export function swapComparison(app: App): void {
  const { asked } = app.compare.getState();
  if (asked) void compareMessages(app, asked.b, asked.a);
}

/** Counts what differs by itself, or no longer. */
export function toggleExpected(app: App): void {
  app.compare.setState(({ expected }) => ({ expected: !expected }));
  if (app.compare.getState().dumps) void chooseObject(app, 0);
}

export function endComparison(app: App): void {
  forgetComparison(app.compare);
  focusPane('list');
}

/** Compares with whatever message is selected next, as long as two messages are compared. Returns what stops it. */
export function followSelection(app: App): () => void {
  return app.detail.subscribe(({ shown }, before) => {
    const { asked, dumps } = app.compare.getState();
    if (!shown || shown === before.shown || !asked || dumps) return;
    // The same message anew: it reads otherwise now.
    if (shown.number === asked.b && before.shown?.number !== asked.b) return;
    void compareMessages(app, asked.a, shown.number);
  });
}

/** The field of the comparison that is selected, as either message has it. */
export function selectedCompared(app: App) {
  const { pair, path } = app.compare.getState();
  return pair ? fieldAt(pair.fields, path) : null;
}
