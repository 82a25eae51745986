import type { FindAnswer, FindQuery } from '../../app/contracts/index.ts';
import type { App } from '../stores/app.ts';
import { selectRow } from './navigate.ts';

type Query = Omit<FindQuery, 'from' | 'place'>;

/** Goes to the next hit of a search from the selected row on. One that is still under way is ended. */
export async function find(app: App, query: Query): Promise<void> {
  const answer = await search(app, query);
  if (answer !== null) await arrive(app, query, answer);
}

/** Looks for the next hit from the selected row on. Null when it failed, as it has told, or another search took its place. */
export async function search(app: App, query: Query): Promise<FindAnswer | null> {
  const number = app.search.getState().number + 1;
  const isNewest = () => app.search.getState().number === number;
  app.search.setState({ number, progress: 0, outcome: '' });
  const from = app.list.store.getState().selectedIndex;
  let asked: FindQuery = { ...query, from };
  for (;;) {
    const answer = await app.run(app.api.find(asked));
    if (!isNewest()) return null;
    if (answer?.ok && answer.value.kind === 'more') {
      app.search.setState({ progress: answer.value.progress });
      asked = { ...asked, place: answer.value.place };
      continue;
    }
    const outcome = answer === undefined ? 'The search failed' : answer.ok ? '' : answer.error.message;
    app.search.setState({ progress: null, outcome });
    return answer?.ok ? answer.value : null;
  }
}

async function arrive(app: App, { backwards }: Pick<FindQuery, 'backwards'>, answer: FindAnswer): Promise<void> {
  switch (answer.kind) {
    case 'found':
      if (answer.wrapped) {
        app.search.setState({ outcome: backwards ? 'Went on from the end' : 'Went on from the start' });
      }
      await selectRow(app, answer.index);
      break;
    case 'none':
      app.search.setState({
        outcome:
          app.session.getState().state.view.progress < 1 ? 'Nothing found in what is here so far' : 'Nothing found',
      });
      break;
    case 'changed':
      app.search.setState({ outcome: 'The list changed meanwhile: search again' });
      break;
    default:
  }
}

/** Goes to the next hit of what the find bar asks, be it open or not; where it asks nothing yet, it opens. */
export function findNext(app: App, backwards: boolean): void {
  const { wanted } = app.search.getState();
  if (wanted.text === '') app.ui.setState({ findOpen: true, view: 'messages' });
  else void find(app, { ...wanted, backwards });
}

/** Ends the search that is under way. False when there is none. */
export function stopFind(app: App): boolean {
  const { number, progress } = app.search.getState();
  if (progress === null) return false;
  app.search.setState({ number: number + 1, progress: null, outcome: 'Stopped' });
  return true;
}
