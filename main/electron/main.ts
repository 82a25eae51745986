import { app, BrowserWindow, dialog, protocol, session } from 'electron';
import { type EngineHandle, startEngine } from '../engine/host.ts';
import { showCapture } from '../engine/showCapture.ts';
import { STANDARD_INPUT, STANDARD_INPUT_NAME } from '../sources/pipe.ts';
import { captureArgument } from './argument.ts';
import { installMenu } from './menu.ts';
import { registerScheme, servePage } from './page.ts';
import { answerShell } from './shell.ts';
import { confine, openInWindow, openWindow } from './window.ts';

/** Entry of the desktop edition: the engine in its thread, one window, menus and dialogs. */

registerScheme();
app.enableSandbox();
app.setAboutPanelOptions({
  applicationName: 'nlscope',
  applicationVersion: app.getVersion(),
  copyright: 'Copyright (c) 2026 nlscope authors. MIT License.',
});

// Root's Chromium would need its sandbox switched off, which we never do for a user.
if (process.getuid?.() === 0) {
  process.stderr.write(
    'nlscope: not starting Electron as root; use `nlscope serve`, or start it as an ordinary user.\n',
  );
  app.exit(2);
} else if (app.requestSingleInstanceLock(givenCapture() === STANDARD_INPUT ? {} : { path: givenCapture() })) void run();
else if (givenCapture() === STANDARD_INPUT) {
  process.stderr.write(
    'nlscope: a window is open already, and it cannot read this standard input; close it, or use `nlscope serve -`.\n',
  );
  app.exit(2);
} else app.quit();

async function run(): Promise<void> {
  app.on('web-contents-created', (_event, contents) => confine(contents));
  await app.whenReady();
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  servePage(protocol);
  answerShell();
  installMenu(!app.isPackaged);

  const engine = startEngine({
    edition: 'electron',
    // A thread cannot start inside the archive: its entry is unpacked beside it.
    worker: new URL('../engine.js', import.meta.url.replace(/\.asar\//, '.asar.unpacked/')),
    onCrash: (reason) => process.stderr.write(`nlscope: the engine stopped: ${reason}\n`),
  });
  openWindow(engine);
  showFirst(engine, givenCapture());
  // The command line of a second start may have been changed on its way: what it names comes beside it.
  app.on('second-instance', (_event, _argv, _directory, data) => {
    const window = showWindow(engine);
    const path = (data as { path?: unknown } | undefined)?.path;
    if (typeof path === 'string') openInWindow(window, path);
  });
  app.on('window-all-closed', () => app.quit());
  closeEngineFirst(engine);
}

/** The capture that this process's command line names. */
function givenCapture(): string | null {
  return captureArgument(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd());
}

/** Shows the capture that nlscope was started with. There are no messages yet that could be lost. */
function showFirst(engine: EngineHandle, capture: string | null): void {
  if (capture === null) return;
  const title = `Cannot open ${capture === STANDARD_INPUT ? STANDARD_INPUT_NAME : capture}`;
  showCapture(engine, capture).then(
    (shown) => {
      if (!shown.ok) dialog.showErrorBox(title, shown.error.message);
    },
    (error: unknown) => dialog.showErrorBox(title, String(error)),
  );
}

function showWindow(engine: EngineHandle): BrowserWindow {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return openWindow(engine);
  if (window.isMinimized()) window.restore();
  window.focus();
  return window;
}

/** The engine flushes its spool and closes its sockets before the process ends. */
function closeEngineFirst(engine: EngineHandle): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    engine
      .close()
      .catch((error: unknown) => dialog.showErrorBox('nlscope did not close cleanly', String(error)))
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
}
