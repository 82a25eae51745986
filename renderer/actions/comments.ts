import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';

/** Opens the dialog in which a message is commented. */
export async function editComment(app: App, number: number): Promise<void> {
  const detail = await app.run(app.api.detail(number));
  if (detail) app.ui.setState({ dialog: { kind: 'comment', number, text: detail.comment, type: detail.type } });
}

/** Writes a comment on a message; without a word in it there is none. Resolves to whether that was done. */
export async function setComment(app: App, number: number, text: string): Promise<boolean> {
  const done = await app.attempt(app.api.setComment(number, text.trim()));
  return done !== undefined;
}

/** Takes the comment of a message away, and offers to bring it back. */
export async function removeComment(app: App, number: number): Promise<void> {
  const detail = await app.run(app.api.detail(number));
  if (!detail || detail.comment === '' || !(await setComment(app, number, ''))) return;
  pushToast(app.session, {
    severity: 'note',
    text: `The comment on #${number} was removed`,
    action: { label: 'Undo', run: () => void setComment(app, number, detail.comment) },
  });
}
