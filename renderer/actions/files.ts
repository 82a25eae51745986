import type { AbandonedCapture, ExportFormat, Result, SaveSelection } from '../../app/contracts/index.ts';
import { bytes, captureName, count, plural } from '../format/format.ts';
import { whatIsUnsaved } from '../format/unsaved.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { ask } from './ask.ts';

/** Lets the user choose a capture and opens it. */
export function openFile(app: App): void {
  replacing(app, async () => {
    const path = await app.run(app.shell.pickOpen());
    if (path) await open(app, path);
  });
}

/** Opens a capture of the host's by its path. */
export function openPath(app: App, path: string): void {
  replacing(app, () => open(app, path));
}

/** Removes a capture that was left behind, after asking. */
export function discardAbandoned(app: App, capture: AbandonedCapture): void {
  ask(app, {
    title: 'Discard the capture',
    text: `${bytes(capture.bytes)} of messages that are saved nowhere else will be lost.`,
    confirm: 'Discard',
    danger: true,
    run: () => void removeAbandoned(app, capture.path),
  });
}

async function removeAbandoned(app: App, path: string): Promise<void> {
  await app.attempt(app.api.discardAbandoned(path));
  await refreshFileLists(app);
}

async function refreshFileLists(app: App): Promise<void> {
  const lists = await app.run(Promise.all([app.api.recentFiles(), app.api.abandonedCaptures()]));
  if (lists) app.session.setState({ recent: lists[0], abandoned: lists[1] });
}

/** Opens a file that was dropped on the window. */
export function openDropped(app: App, file: File): void {
  replacing(app, async () => {
    const path = await app.run(app.shell.pathOfDropped(file));
    if (path) await open(app, path);
  });
}

/** Lets the user choose a place and writes messages there as pcapng. */
export async function saveFile(app: App, which: SaveSelection): Promise<void> {
  const { fileName } = app.session.getState().state;
  const path = await app.run(app.shell.pickSave(fileName.replace(/\.(pcap|cap)$/, '.pcapng') || captureName()));
  if (!path) return;
  const report = await app.attempt(named(app, path, app.api.saveFile(path, which)), 'save');
  if (!report) return;
  await app.run(app.shell.saved(path));
  await refreshFileLists(app);
  pushToast(app.session, {
    severity: 'note',
    text: `Saved ${plural(report.messages, 'message')} in ${count(report.datagrams)} datagrams to ${nameOf(report.path)}, ${bytes(report.bytes)}`,
  });
}

const EXPORT_SUFFIXES: { readonly [format in ExportFormat]: string } = { csv: 'csv', json: 'jsonl', text: 'txt' };

/** Lets the user choose a place and writes there what the displayed messages say. */
export async function exportDisplayed(app: App, format: ExportFormat): Promise<void> {
  const { fileName } = app.session.getState().state;
  const name = fileStem(fileName || captureName());
  const path = await app.run(app.shell.pickSave(`${name}.${EXPORT_SUFFIXES[format]}`));
  if (!path) return;
  const report = await app.attempt(named(app, path, app.api.exportFile(path, { kind: 'displayed' }, format)), 'save');
  if (!report) return;
  await app.run(app.shell.saved(path));
  pushToast(app.session, {
    severity: 'note',
    text: `Exported ${plural(report.messages, 'message')} to ${nameOf(report.path)}, ${bytes(report.bytes)}`,
  });
}

async function open(app: App, path: string): Promise<void> {
  app.list.follow(false);
  app.ui.setState({ view: 'messages' });
  const report = await app.attempt(named(app, path, app.api.openFile(path)), 'open');
  if (!report || report.stopped === 'replaced') return;
  if (report.stopped === 'asked') {
    pushToast(app.session, {
      attempt: 'open',
      severity: 'note',
      text: `Opening was stopped; the first ${plural(report.messages, 'message')} are shown`,
    });
  }
  if (report.broken !== '') {
    pushToast(app.session, {
      attempt: 'open',
      severity: 'warn',
      text: `The file is broken; ${plural(report.messages, 'message')} before the break are shown`,
      hint: report.broken,
    });
  }
  await refreshFileLists(app);
}

/** What fails with a file that a browser gave, told by its name: the place it has on the host is none of its user's. */
async function named<T>({ shell }: App, path: string, work: Promise<Result<T>>): Promise<Result<T>> {
  const result = await work;
  if (result.ok || shell.edition !== 'served') return result;
  return { ok: false, error: { ...result.error, message: result.error.message.replaceAll(path, nameOf(path)) } };
}

/** A capture's name without what tells its kind. */
export function fileStem(name: string): string {
  return name.replace(/\.(pcapng|pcap|cap)$/, '');
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function replacing(app: App, work: () => Promise<void>): void {
  const { state } = app.session.getState();
  if (!state.unsaved) {
    void work();
    return;
  }
  ask(app, {
    title: 'Open another capture',
    text: whatIsUnsaved(state),
    confirm: 'Open without saving',
    danger: true,
    run: () => void work(),
  });
}
