/** Names of the messages between Electron's main process and its preload script. */
export const CHANNEL = {
  /** main → preload: a MessagePort to the engine. */
  port: 'nlscope:port',
  /** main → preload: a menu entry was chosen; carries the command's id. */
  command: 'nlscope:command',
  /** main → preload: a capture is to be opened; carries its path. */
  openFile: 'nlscope:open-file',
  /** main → preload: what is unsaved is to be saved, and the window closed then. */
  saveAndClose: 'nlscope:save-and-close',
  /** preload → main: it is saved, the window may close. */
  saved: 'nlscope:saved',
  pickOpen: 'nlscope:pick-open',
  pickSave: 'nlscope:pick-save',
  /** preload → main: what closing the window would lose. */
  unsaved: 'nlscope:unsaved',
  copyText: 'nlscope:copy-text',
  openExternal: 'nlscope:open-external',
} as const;
