import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { BrowserWindow, clipboard, dialog, type IpcMainInvokeEvent, ipcMain, shell } from 'electron';
import { CAPTURE_SUFFIXES } from '../../app/contracts/index.ts';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';
import { PAGE_ORIGIN } from './page.ts';
import { closeSaved, tellUnsaved } from './window.ts';

const CAPTURE_FILES = [
  { name: 'Captures', extensions: [...CAPTURE_SUFFIXES] },
  { name: 'All files', extensions: ['*'] },
];

const SAVED_CAPTURES = { name: 'Captures (pcapng)', extensions: ['pcapng'] };

/** What is written that is no capture, by the suffix of its name. */
const EXPORTS: { readonly [suffix: string]: string } = {
  '.csv': 'Comma separated values',
  '.jsonl': 'JSON lines',
  '.txt': 'Text',
};

/** Links the window may open in the user's browser. */
const LINK_SCHEMES: ReadonlySet<string> = new Set(['https:', 'mailto:']);

const MAX_CLIPBOARD = 64 * 1024 * 1024;
const MAX_SENTENCE = 500;

/** Answers the preload script: file dialogs, clipboard, links. Only the top frame of our own page is answered. */
export function answerShell(): void {
  handle(CHANNEL.pickOpen, async (window) => {
    const options: Electron.OpenDialogOptions = {
      title: 'Open capture',
      properties: ['openFile'],
      filters: CAPTURE_FILES,
    };
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
    return canceled ? null : (filePaths[0] ?? null);
  });
  handle(CHANNEL.pickSave, async (window, suggestedName) => {
    const name = typeof suggestedName === 'string' ? suggestedName : 'capture.pcapng';
    const suffix = Object.hasOwn(EXPORTS, extname(name)) ? extname(name) : '.pcapng';
    const kind = EXPORTS[suffix];
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: kind === undefined ? 'Save capture' : 'Export messages',
      defaultPath: name,
      filters: [kind === undefined ? SAVED_CAPTURES : { name: kind, extensions: [suffix.slice(1)] }],
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    if (canceled || filePath === '') return null;
    if (extname(filePath) !== '') return filePath;
    const path = `${filePath}${suffix}`;
    // The dialog has asked about the name without the suffix.
    return !existsSync(path) || mayReplace(window, path) ? path : null;
  });
  handle(CHANNEL.copyText, (_window, text) => {
    if (typeof text === 'string' && text.length <= MAX_CLIPBOARD) clipboard.writeText(text);
  });
  handle(CHANNEL.unsaved, (window, what) => {
    if (typeof what === 'string' && what.length <= MAX_SENTENCE) tellUnsaved(window, what);
  });
  handle(CHANNEL.saved, closeSaved);
  handle(CHANNEL.openExternal, async (_window, url) => {
    if (typeof url === 'string' && URL.canParse(url) && LINK_SCHEMES.has(new URL(url).protocol)) {
      await shell.openExternal(url);
    }
  });
}

function mayReplace(window: BrowserWindow, path: string): boolean {
  const choice = dialog.showMessageBoxSync(window, {
    type: 'warning',
    message: `Replace ${basename(path)}?`,
    detail: 'A file of that name is there already.',
    buttons: ['Cancel', 'Replace'],
    defaultId: 0,
    cancelId: 0,
  });
  return choice === 1;
}

function handle(channel: string, answer: (window: BrowserWindow, argument: unknown) => unknown): void {
  ipcMain.handle(channel, (event, argument: unknown) => answer(trustedWindow(event), argument));
}

/** The window of a message, if its sender is the top frame of our own page. */
function trustedWindow(event: IpcMainInvokeEvent): BrowserWindow {
  const frame = event.senderFrame;
  const window = BrowserWindow.fromWebContents(event.sender);
  if (frame === null || frame.parent !== null || frame.origin !== PAGE_ORIGIN || window === null) {
    throw new Error('refused: not the nlscope window');
  }
  return window;
}
