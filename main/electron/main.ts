import { basename } from 'node:path';
import { app, BrowserWindow, dialog, protocol, session } from 'electron';
import { type EngineHandle, startEngine } from '../engine/host.ts';
import { PROFILE_VARIABLE } from '../engine/settings.ts';
import { showCapture } from '../engine/showCapture.ts';
import { STANDARD_INPUT, STANDARD_INPUT_NAME } from '../sources/pipe.ts';
import { captureArguments, profileArgument } from './argument.ts';
import { commandOf, runInstead } from './command.ts';
import { installMenu } from './menu.ts';
import { registerScheme, servePage } from './page.ts';
import { answerShell } from './shell.ts';
import { unpacked } from './unpacked.ts';
import { confine, openInWindow, openWindow } from './window.ts';

/** Entry of the desktop edition: the command line, or the engine in its thread, one window, menus and dialogs. */

const words = process.argv.slice(app.isPackaged ? 1 : 2);
const command = commandOf(words);
const captures = captureArguments(words, process.cwd());
const capture = captures[0] ?? null;
if (command === null) start();
else await runInstead(command);

function start(): void {
  registerScheme();
  app.enableSandbox();
  app.setAboutPanelOptions({
    applicationName: 'nlscope',
    applicationVersion: app.getVersion(),
    copyright: 'Copyright (c) 2026 nlscope authors. MIT License.',
  });
  const reason = whyNoWindow();
  if (reason !== null) {
    process.stderr.write(`nlscope: ${reason}\n`);
    app.exit(2);
  } else if (app.requestSingleInstanceLock(capture === STANDARD_INPUT ? {} : { paths: captures })) void run();
  else if (capture === STANDARD_INPUT) {
    process.stderr.write(
      'nlscope: a window is open already, and it cannot read this standard input; close it, or use `nlscope serve -`.\n',
    );
    app.exit(2);
  } else app.quit();
}

/** Why this process cannot open a window, and what to do instead; null where it can. */
function whyNoWindow(): string | null {
  // Root's Chromium would need its sandbox switched off, which we never do for a user.
  if (process.getuid?.() === 0) {
    return 'not starting Electron as root; use `nlscope serve`, or start it as an ordinary user.';
  }
  const { DISPLAY, WAYLAND_DISPLAY, XDG_SESSION_TYPE } = process.env;
  if (DISPLAY || WAYLAND_DISPLAY || XDG_SESSION_TYPE === 'wayland' || app.commandLine.hasSwitch('ozone-platform')) {
    return null;
  }
  return 'there is no display; `nlscope serve` opens the window in a browser, `nlscope --help` lists the commands.';
}

async function run(): Promise<void> {
  app.on('web-contents-created', (_event, contents) => confine(contents));
  await app.whenReady();
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  // What is saved is written by the engine, where the user said.
  session.defaultSession.on('will-download', (event) => event.preventDefault());
  servePage(protocol);
  answerShell();
  installMenu(!app.isPackaged);

  // The engine's thread finds it in the environment, as the served edition's does.
  const profile = profileArgument(words);
  if (profile !== undefined) process.env[PROFILE_VARIABLE] = profile;
  const engine = startEngine({
    edition: 'electron',
    worker: unpacked('../engine.js', import.meta.url),
    onCrash: (reason) => process.stderr.write(`nlscope: the engine stopped: ${reason}\n`),
  });
  tellOthers(openWindow(engine), captures);
  showFirst(engine, capture);
  // The command line of a second start may have been changed on its way: what it names comes beside it.
  app.on('second-instance', (_event, _argv, _directory, data) => {
    const window = showWindow(engine);
    const given = (data as { paths?: unknown } | undefined)?.paths;
    const paths = Array.isArray(given) ? given.filter((path) => typeof path === 'string') : [];
    const [path] = paths;
    if (path !== undefined) openInWindow(window, path);
    tellOthers(window, paths);
  });
  app.on('window-all-closed', () => app.quit());
  closeEngineFirst(engine);
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

/** As many names as a message box tells before it only counts. */
const MOST_NAMES = 8;

/** Tells which captures are not opened, where a desktop or a command line named several: a window shows one. */
function tellOthers(window: BrowserWindow, [first, ...others]: readonly string[]): void {
  if (first === undefined || others.length === 0) return;
  const named = others.slice(0, MOST_NAMES).map((path) => basename(path));
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
  const options = {
    type: 'info' as const,
    message: 'nlscope shows one capture at a time',
    detail: `${basename(first)} is opened. Not opened: ${named.join(', ')}${more}. Open them one after another, or compare two with "nlscope diff".`,
  };
  dialog.showMessageBox(window, options).catch(() => {});
}

function showWindow(engine: EngineHandle): BrowserWindow {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return openWindow(engine);
  if (window.isMinimized()) window.restore();
  window.focus();
  return window;
}

/** The engine flushes its spool and closes its sockets before the process ends, however often it is asked to. */
function closeEngineFirst(engine: EngineHandle): void {
  let state: 'runs' | 'closes' | 'closed' = 'runs';
  app.on('will-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closes') return;
    state = 'closes';
    engine
      .close()
      .catch((error: unknown) => dialog.showErrorBox('nlscope did not close cleanly', String(error)))
      .finally(() => {
        state = 'closed';
        app.quit();
      });
  });
}
