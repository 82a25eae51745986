import type { AbandonedCapture, ExportFormat, Result, SaveSelection } from '../../app/contracts/index.ts';
import { bytes, captureName, count, plural } from '../format/format.ts';
import { whatIsUnsaved } from '../format/unsaved.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { ask } from './ask.ts';

const OPEN = 'Open another capture';

/** Lets the user choose a capture and opens it. */
export function openFile(app: App): void {
  unlessUnsaved(app, OPEN, async () => {
    const path = await app.run(app.shell.pickOpen());
    if (path) await open(app, path);
  });
}

/** Opens a capture of the host's by its path. */
export function openPath(app: App, path: string): void {
  unlessUnsaved(app, OPEN, () => open(app, path));
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

/** Opens a file that was dropped on the window; of several the first. */
export function openDropped(app: App, [file, ...others]: readonly File[]): void {
  if (!file) return;
  unlessUnsaved(app, OPEN, async () => {
    const path = await app.run(app.shell.pathOfDropped(file));
    if (!path) return;
    await open(app, path);
    if (others.length === 0) return;
    pushToast(app.session, {
      attempt: 'open',
      severity: 'note',
      text: `One capture is shown at a time: ${file.name} of the ${others.length + 1} files that were dropped`,
      hint: `Not opened: ${others.map(({ name }) => name).join(', ')}.`,
    });
  });
}

/** Lets the user choose a place and writes messages there as pcapng. Returns whether they are there. */
export async function saveFile(app: App, which: SaveSelection): Promise<boolean> {
  const { fileName } = app.session.getState().state;
  const path = await app.run(app.shell.pickSave(savedName(fileName)));
  return path ? writeTo(app, path, which) : false;
}

/**
 * Lets the user choose a place and writes all messages there; a capture that runs ends first, so that all are in the file.
 * Returns whether they are.
 */
export async function saveAll(app: App): Promise<boolean> {
  const { fileName, capture } = app.session.getState().state;
  const path = await app.run(app.shell.pickSave(savedName(fileName)));
  if (!path) return false;
  if (capture === 'capturing') await app.run(app.api.stopCapture());
  return writeTo(app, path, { kind: 'all' });
}

/** What a capture is called once it is saved. */
function savedName(fileName: string): string {
  return fileName.replace(/\.(pcap|cap)$/, '.pcapng') || captureName();
}

async function writeTo(app: App, path: string, which: SaveSelection): Promise<boolean> {
  const report = await app.attempt(named(app, path, app.api.saveFile(path, which)), 'save');
  if (!report) return false;
  await app.run(app.shell.saved(path));
  await refreshFileLists(app);
  pushToast(app.session, {
    severity: 'note',
    text: `Saved ${plural(report.messages, 'message')} in ${count(report.datagrams)} datagrams to ${nameOf(report.path)}, ${bytes(report.bytes)}`,
  });
  return true;
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

/**
 * Goes on at once where nothing is unsaved; else the user decides whether it is saved first, is lost, or all stays as it is.
 * @param title what is about to happen: "Open another capture"
 */
export function unlessUnsaved(app: App, title: string, run: () => unknown): void {
  const { state } = app.session.getState();
  if (!state.unsaved) {
    run();
    return;
  }
  ask(app, {
    title,
    text: whatIsUnsaved(state),
    confirm: `${title.split(' ')[0]} without saving`,
    danger: true,
    save: {
      label: state.capture === 'capturing' ? 'Stop and save…' : 'Save…',
      run: () => void saveAll(app).then((saved) => saved && run()),
    },
    run,
  });
}
