import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { ShellApi } from '../../app/contracts/index.ts';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';

// A MessagePort cannot cross the context bridge: it is posted to the page, which checks that the window itself sent it.
ipcRenderer.on(CHANNEL.port, (event) => {
  window.postMessage(CHANNEL.port, '*', [...event.ports]);
});

const shell: ShellApi = {
  edition: 'electron',
  pickOpen: () => ipcRenderer.invoke(CHANNEL.pickOpen) as Promise<string | null>,
  pickSave: (suggestedName) => ipcRenderer.invoke(CHANNEL.pickSave, suggestedName) as Promise<string | null>,
  saved: () => Promise.resolve(),
  copyText: (text) => ipcRenderer.invoke(CHANNEL.copyText, text) as Promise<void>,
  openExternal: (url) => {
    void ipcRenderer.invoke(CHANNEL.openExternal, url);
  },
  pathOfDropped: (file) => Promise.resolve(webUtils.getPathForFile(file as File) || null),
  onCommand(handler) {
    const listener = (_event: unknown, command: string): void => handler(command);
    ipcRenderer.on(CHANNEL.command, listener);
    return () => ipcRenderer.removeListener(CHANNEL.command, listener);
  },
};

contextBridge.exposeInMainWorld('nlscopeShell', shell);
