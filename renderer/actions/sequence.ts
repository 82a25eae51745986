import { flushSync } from 'react-dom';
import type { SequenceSelection } from '../../app/contracts/index.ts';
import { focusPane } from '../panes/focus.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { ask } from './ask.ts';

/** Opens the compose drawer with the sequence, and gives it the focus. */
export function showSequence(app: App): void {
  flushSync(() => app.ui.setState({ compose: { kind: 'sequence' } }));
  focusPane('compose');
}

/** Adds a request of the capture to the end of the sequence. */
export async function addToSequence(app: App, number: number): Promise<void> {
  const found = await app.attempt(app.api.sequenceRequests({ kind: 'numbers', numbers: [number] }));
  if (found === undefined) return;
  const [request] = [...found.changes, ...found.reads];
  if (request === undefined) {
    pushToast(app.session, {
      severity: 'note',
      text: `#${number} is no request to the kernel: it cannot be sent again.`,
    });
    return;
  }
  app.sequence.setState(({ items }) => ({ items: [...items, { kind: 'row', number: request }] }));
  showSequence(app);
}

/**
 * Makes a sequence of the requests among the messages that the filter shows, or that are marked, in place of the one
 * before. Those that only ask are left out beside others, and can be added.
 */
export async function makeSequence(app: App, which: 'displayed' | 'marked'): Promise<void> {
  const selection: SequenceSelection = { kind: which };
  const found = await app.attempt(app.api.sequenceRequests(selection));
  if (found === undefined) return;
  const { changes, reads } = found;
  const [numbers, left] = changes.length > 0 ? [changes, reads] : [reads, []];
  if (numbers.length === 0) {
    pushToast(app.session, {
      severity: 'note',
      text: `There is no request to the kernel among the ${which} messages.`,
    });
    return;
  }
  const make = () => {
    app.sequence.setState({ items: numbers.map((number) => ({ kind: 'row', number })), reads: left });
    showSequence(app);
  };
  const { length } = app.sequence.getState().items;
  if (length === 0) make();
  else {
    ask(app, {
      title: 'Replace the sequence',
      text: `The sequence has ${length} ${length === 1 ? 'request' : 'requests'}, which the ${which} ones take the place of.`,
      confirm: 'Replace it',
      danger: false,
      run: make,
    });
  }
}
