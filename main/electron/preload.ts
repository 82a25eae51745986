import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { ShellApi } from '../../app/contracts/index.ts';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';

// A MessagePort cannot cross the context bridge: it is posted to the page, which checks that the window itself sent it.
ipcRenderer.on(CHANNEL.port, (event) => {
  window.postMessage(CHANNEL.port, '*', [...event.ports]);
});

/** Hands on what the main process says on a channel. Returns what ends it. */
function listen(channel: string, handler: (text: string) => void): () => void {
  const listener = (_event: unknown, text: string): void => handler(text);
  ipcRenderer.on(channel, listener);
  return () => ipcRenderer.removeListener(channel, listener);
}

const shell: ShellApi = {
  edition: 'electron',
  pickOpen: () => ipcRenderer.invoke(CHANNEL.pickOpen) as Promise<string | null>,
  pickSave: (suggestedName) => ipcRenderer.invoke(CHANNEL.pickSave, suggestedName) as Promise<string | null>,
  saved: () => Promise.resolve(),
  copyText: (text) => ipcRenderer.invoke(CHANNEL.copyText, text) as Promise<void>,
  openExternal: (url) => {
    void ipcRenderer.invoke(CHANNEL.openExternal, url);
  },
  tellUnsaved: (what) => {
    void ipcRenderer.invoke(CHANNEL.unsaved, what);
  },
  pathOfDropped: (file) => Promise.resolve(webUtils.getPathForFile(file as File) || null),
  onCommand: (handler) => listen(CHANNEL.command, handler),
  onOpenFile: (handler) => listen(CHANNEL.openFile, handler),
  onSaveAndClose: (handler) =>
    listen(CHANNEL.saveAndClose, () => {
      void handler().then((saved) => saved && ipcRenderer.invoke(CHANNEL.saved));
    }),
  onUpload: () => () => {},
};

contextBridge.exposeInMainWorld('nlscopeShell', shell);
