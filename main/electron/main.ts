import { resolve } from 'node:path';
import { app, BrowserWindow, dialog, protocol, session } from 'electron';
import { callEngine, type EngineHandle, startEngine } from '../engine/host.ts';
import { installMenu } from './menu.ts';
import { registerScheme, servePage } from './page.ts';
import { answerShell } from './shell.ts';
import { confine, openWindow } from './window.ts';

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
} else if (!app.requestSingleInstanceLock()) app.quit();
else void run();

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
    onCrash: (crash) => process.stderr.write(`nlscope: the engine stopped: ${crash.message}\n`),
  });
  openWindow(engine);
  openArgument(engine, process.argv, process.cwd());
  app.on('second-instance', (_event, argv, directory) => {
    showWindow(engine);
    openArgument(engine, argv, directory);
  });
  app.on('window-all-closed', () => app.quit());
  closeEngineFirst(engine);
}

/** Opens the capture that the command line names, if it names one. */
function openArgument(engine: EngineHandle, argv: readonly string[], directory: string): void {
  const given = argv.slice(app.isPackaged ? 1 : 2).find((argument) => !argument.startsWith('-'));
  if (given === undefined) return;
  callEngine(engine, 'openFile', resolve(directory, given)).then(
    (opened) => {
      if (!opened.ok) dialog.showErrorBox(`Cannot open ${given}`, opened.error.message);
    },
    (error: unknown) => dialog.showErrorBox(`Cannot open ${given}`, String(error)),
  );
}

function showWindow(engine: EngineHandle): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) openWindow(engine);
  else {
    if (window.isMinimized()) window.restore();
    window.focus();
  }
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
