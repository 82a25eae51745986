import { fileURLToPath } from 'node:url';
import { BrowserWindow, dialog, nativeTheme, type WebContents } from 'electron';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';
import type { EngineHandle } from '../engine/host.ts';
import { connectWindow } from './bridge.ts';
import { PAGE_URL } from './page.ts';
import { rememberBounds, restoreBounds } from './windowState.ts';

const MIN_SIZE = { minWidth: 960, minHeight: 600 };
/** The page's own background in both themes, so that a new window does not flash. */
const BACKGROUND = { dark: '#16181d', light: '#ffffff' };
const RECONNECT_MS = 500;
/** A window that crashes twice within this time would do so again. */
const CRASH_LOOP_MS = 10_000;

/** Opens the inspector's window, connected to the engine. */
export function openWindow(engine: EngineHandle): BrowserWindow {
  const { bounds, maximized } = restoreBounds();
  const window = new BrowserWindow({
    ...bounds,
    ...MIN_SIZE,
    show: false,
    title: 'nlscope',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  rememberBounds(window);
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  keepConnected(engine, window);
  askBeforeLosingMessages(window);
  reviveAfterCrash(window);
  // A window is shown when its page is: without one nothing would be seen at all.
  window.loadURL(PAGE_URL).catch((error: unknown) => {
    dialog.showErrorBox(
      'The window of nlscope cannot be shown',
      error instanceof Error ? error.message : String(error),
    );
    if (!window.isDestroyed()) window.destroy();
  });
  return window;
}

/** Each time the page has loaded it gets a port; when the engine's thread died, a port to the new one. */
function keepConnected(engine: EngineHandle, window: BrowserWindow): void {
  let disconnect = (): void => {};
  const connect = (): void => {
    disconnect();
    if (window.isDestroyed()) return;
    try {
      disconnect = connectWindow(engine, window.webContents, () => setTimeout(connect, RECONNECT_MS));
    } catch (error) {
      dialog.showErrorBox('nlscope cannot go on', error instanceof Error ? error.message : String(error));
    }
  };
  window.webContents.on('did-finish-load', connect);
  window.on('closed', () => disconnect());
}

/** A page whose process has crashed is loaded anew: the engine lives on, and the capture with it. */
function reviveAfterCrash(window: BrowserWindow): void {
  let crashedAt = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const again = Date.now() - crashedAt < CRASH_LOOP_MS;
    crashedAt = Date.now();
    if (again) dialog.showErrorBox('The window of nlscope crashed twice', `It is not opened again: ${reason}.`);
    else window.reload();
  });
}

const unsaved = new WeakMap<BrowserWindow, string>();

/** Windows whose user has answered the question at closing. */
const mayClose = new WeakSet<BrowserWindow>();

/** Takes from the page what closing its window would lose: the question names it. */
export function tellUnsaved(window: BrowserWindow, what: string): void {
  unsaved.set(window, what);
}

/** The page has saved what was unsaved: its window closes without another question. */
export function closeSaved(window: BrowserWindow): void {
  mayClose.add(window);
  window.close();
}

/**
 * The user decides whether messages are lost. The window asks for itself: Chromium heeds a page that objects only after
 * somebody has clicked or typed in it, and one that has crashed not at all.
 */
function askBeforeLosingMessages(window: BrowserWindow): void {
  /** Whether the window is to close now. To save, its page has to live on; it closes the window then. */
  const ask = (): boolean => {
    const canSave = !window.webContents.isCrashed();
    const choice = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: 'Close without saving?',
      detail: unsaved.get(window) || 'Captured messages, or what you wrote about them, are not in any file yet.',
      buttons: ['Go back', 'Close without saving', ...(canSave ? ['Save…'] : [])],
      defaultId: canSave ? 2 : 0,
      cancelId: 0,
    });
    if (choice === 2) window.webContents.send(CHANNEL.saveAndClose);
    return choice === 1;
  };
  window.on('close', (event) => {
    if (mayClose.has(window) || !unsaved.get(window)) return;
    if (ask()) mayClose.add(window);
    else event.preventDefault();
  });
  window.webContents.on('will-prevent-unload', (event) => {
    if (mayClose.has(window) || ask()) event.preventDefault();
  });
}

/** Has the page open a capture: it asks first when messages would be lost. */
export function openInWindow(window: BrowserWindow, path: string): void {
  const open = () => window.webContents.send(CHANNEL.openFile, path);
  if (window.webContents.isLoading()) window.webContents.once('did-finish-load', open);
  else open();
}

/** Runs a command of the page's command table, as a menu entry does. */
export function sendCommand(window: BrowserWindow | undefined, command: string): void {
  window?.webContents.send(CHANNEL.command, command);
}

/** No page but ours, no second window, no web view: whatever a page tries. */
export function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
