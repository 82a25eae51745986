import type { SocketInfo } from '../../app/contracts/index.ts';
import { socketClause, socketGroups } from '../panes/sockets/socketTable.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { EVERY_NAMESPACE, type WatchedSocket, watchSockets } from '../stores/sockets.ts';
import { setGroups } from './capture.ts';
import { applyClause } from './filter.ts';

/** Looks at the machine's sockets again. */
export async function refreshSockets(app: App): Promise<void> {
  const { scope } = app.sockets.getState();
  const known = app.session.getState().info?.netns ?? [{ name: '', path: '' }];
  const wanted = known.filter(({ path }) => scope === EVERY_NAMESPACE || path === scope);
  const looks = await app.run(
    Promise.all(wanted.map(async ({ name, path }) => ({ netns: name, result: await app.api.sockets(path) }))),
  );
  if (!looks || app.sockets.getState().scope !== scope) return;
  const seen = looks.flatMap(({ netns, result }) => (result.ok ? { netns, sockets: result.value } : []));
  const failures = looks.flatMap(({ netns, result }) => (result.ok ? [] : { netns, error: result.error }));
  app.sockets.setState(({ list }) => ({ list: watchSockets(list ?? [], seen), failures }));
}

/** Shows the sockets in place of the messages, or the messages again. */
export function toggleSockets(app: App): void {
  app.ui.setState(({ view }) => ({ view: view === 'sockets' ? 'messages' : 'sockets' }));
}

/** Shows what a socket sent and what was sent to it. */
export function showMessagesOf(app: App, socket: WatchedSocket): void {
  const clause = socketClause(socket);
  if (clause === null) return;
  if (app.session.getState().state.view.total === 0) {
    pushToast(app.session, {
      severity: 'note',
      text: 'Nothing has been captured yet.',
      hint: 'Start a capture first. What programs and the kernel say to each other is heard by a tap.',
    });
    return;
  }
  app.ui.setState({ view: 'messages' });
  applyClause(app, clause, 'replace');
}

/** Has the capture listen to the same groups as a socket. */
export function listenLike(app: App, socket: SocketInfo): void {
  setGroups(app, socketGroups(socket), true);
}
