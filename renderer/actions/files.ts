import type { SaveSelection } from '../../app/contracts/index.ts';
import { bytes, captureName, count, plural } from '../format/format.ts';
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

/** Opens a capture the user opened before. */
export function openRecent(app: App, path: string): void {
  replacing(app, () => open(app, path));
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
  const report = await app.attempt(app.api.saveFile(path, which));
  if (!report) return;
  await app.run(app.shell.saved(path));
  const name = report.path.split('/').at(-1) ?? report.path;
  pushToast(app.session, {
    severity: 'note',
    text: `Saved ${plural(report.messages, 'message')} in ${count(report.datagrams)} datagrams to ${name}, ${bytes(report.bytes)}`,
  });
}

async function open(app: App, path: string): Promise<void> {
  app.list.follow(false);
  const report = await app.attempt(app.api.openFile(path));
  if (!report) return;
  if (report.broken !== '') {
    pushToast(app.session, {
      severity: 'warn',
      text: `The file is broken; ${plural(report.messages, 'message')} before the break are shown`,
      hint: report.broken,
    });
  }
  const recent = await app.run(app.api.recentFiles());
  if (recent) app.session.setState({ recent });
}

function replacing(app: App, work: () => Promise<void>): void {
  const { unsaved, view } = app.session.getState().state;
  if (!unsaved) {
    void work();
    return;
  }
  ask(app, {
    title: 'Open another capture',
    text: `${plural(view.total, 'message')} are not saved and will be lost.`,
    confirm: 'Open without saving',
    danger: true,
    run: () => void work(),
  });
}
