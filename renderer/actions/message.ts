import { flushSync } from 'react-dom';
import type { ByteRange, BytesFormat, CopyFormat, FieldNode, MessageValue } from '../../app/contracts/index.ts';
import { focusPane } from '../panes/focus.ts';
import { nodeAt } from '../panes/tree/treeRows.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { ask } from './ask.ts';
import { goToMessage, selectedMessage } from './navigate.ts';

/** What a message can be copied as, in the order of the menu. */
export const COPY_FORMATS: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: 'summary', label: 'Summary line' },
  { format: 'text', label: 'Tree as text' },
  { format: 'json', label: 'JSON' },
  { format: 'hex', label: 'Hex' },
  { format: 'hexdump', label: 'Hex dump' },
  { format: 'base64', label: 'Base64' },
  { format: 'c', label: 'C array' },
];

/** Puts a message into the clipboard. */
export async function copyMessage(app: App, number: number, format: CopyFormat): Promise<void> {
  const text = await app.attempt(app.api.copyAs(number, format));
  if (text !== undefined) await copyText(app, text);
}

/** Puts a part of a message's bytes into the clipboard. */
export async function copyBytes(app: App, number: number, range: ByteRange, format: BytesFormat): Promise<void> {
  const text = await app.attempt(app.api.copyBytes(number, range, format));
  if (text !== undefined) await copyText(app, text);
}

/** Puts text into the clipboard, and says so if that fails. */
export async function copyText(app: App, text: string): Promise<void> {
  await app.run(app.shell.copyText(text));
}

/** Marks a message, or takes its mark away. */
export async function toggleMark(app: App, number: number, marked: boolean): Promise<void> {
  await app.run(app.api.mark([number], marked));
  app.list.cache.touch(true);
  app.list.store.setState(({ version }) => ({ version: version + 1 }));
}

/** Opens the compose drawer, empty or with the values of a message, and gives it the focus. */
export function compose(app: App, number: number | null): void {
  flushSync(() => app.ui.setState({ compose: number === null ? { kind: 'new' } : { kind: 'message', number } }));
  focusPane('compose');
}

/** Closes the compose drawer; the list has the focus then, or, where there is none, the button that opens the drawer. */
export function endCompose(app: App): void {
  flushSync(() => app.ui.setState({ compose: null }));
  if (!focusPane('list')) document.querySelector<HTMLElement>('[data-testid="compose-open"]')?.focus();
}

/** Sends a captured request again as it was, after asking. */
export async function resend(app: App, number: number): Promise<void> {
  const message = await app.attempt(app.api.messageValue(number));
  if (!message) return;
  ask(app, {
    title: `Send ${nameOf(message)} again`,
    text: `${message.protocol} ${nameOf(message)} of #${number} goes to the kernel of this host once more, as it was.`,
    confirm: 'Send again',
    danger: true,
    run: () => void send(app, message),
  });
}

async function send(app: App, message: MessageValue): Promise<void> {
  const request = { message, protocol: message.protocol, extAck: true, strictCheck: false };
  const report = await app.attempt(app.api.send(request));
  if (!report) return;
  if (report.outcome === 'error') {
    pushToast(app.session, { severity: 'error', text: `${report.errno} ${report.message}`.trim() });
  }
  await goToMessage(app, report.number);
}

/** Message type or generic netlink command, as the user knows it. */
function nameOf(message: MessageValue): string {
  return `${message.genl?.cmd ?? message.type ?? message.protocol}`;
}

/** The selected message, for commands that need one. */
export function withSelected(app: App, run: (number: number) => void): void {
  const number = selectedMessage(app);
  if (number !== null) run(number);
}

/** The field that is selected in the tree; null for none. */
export function selectedField(app: App): FieldNode | null {
  const { current } = app.selection.getState();
  const { shown } = app.detail.getState();
  if (current.kind !== 'field' || shown?.number !== current.number) return null;
  return nodeAt(shown.detail.tree, current.path);
}
