import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A test double of Electron's main-process module: just what main/electron uses, with the window's page living in the
 * test's own browser. Everything that would reach the page or the user goes to the test as a message of this process,
 * and comes back the same way.
 */

const PAGE = 'nlscope://app';
const tell = (message) => process.send?.(message);
const refused = (action) => {
  let prevented = false;
  action({ preventDefault: () => (prevented = true), url: 'https://example.org/' });
  return prevented;
};

/** As Electron starts a program of its own, and not one whose folder it is given. */
const packaged = process.env.NLSCOPE_DOUBLE_PACKAGED !== undefined;
if (packaged) process.argv.splice(1, 1);

class App extends EventEmitter {
  isPackaged = packaged;
  commandLine = { hasSwitch: (name) => process.argv.some((word) => word.startsWith(`--${name}`)) };
  whenReady = async () => {
    if (process.send === undefined) process.stderr.write('Electron gets ready\n');
  };
  enableSandbox = () => tell({ kind: 'sandbox' });
  setAboutPanelOptions = () => {};
  requestSingleInstanceLock = () => true;
  getVersion = () => '0.0.0-test';
  getPath = () => {
    userData ??= mkdtempSync(join(tmpdir(), 'nlscope-electron-'));
    return userData;
  };
  // Before it is ready: by exit(3), whatever Node has to say.
  exit = (code = 0) => process.reallyExit(code);
  quit() {
    let prevented = false;
    this.emit('will-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) this.exit(0);
  }
}

let userData;
export const app = new App();
process.exit = app.exit;

let schemeHandler = null;
export const protocol = {
  registerSchemesAsPrivileged: (schemes) => tell({ kind: 'schemes', schemes }),
  handle: (_scheme, handler) => {
    schemeHandler = handler;
  },
};

const downloads = new EventEmitter();
export const session = {
  defaultSession: {
    on: (event, handler) => downloads.on(event, handler),
    setPermissionRequestHandler: (handler) => {
      session.ask = handler;
    },
    setPermissionCheckHandler: (handler) => {
      session.check = handler;
    },
  },
};

export const net = {
  async fetch(url) {
    try {
      const path = fileURLToPath(url);
      return new Response(await readFile(path), { headers: { 'Content-Type': typeOf(path) } });
    } catch {
      return new Response('not found', { status: 404 });
    }
  },
};

function typeOf(path) {
  const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', woff2: 'font/woff2' };
  return types[path.split('.').at(-1)] ?? 'application/octet-stream';
}

const handlers = new Map();
export const ipcMain = { handle: (channel, handler) => handlers.set(channel, handler) };

class Port extends EventEmitter {
  id = 0;
  start() {}
  close() {
    this.emit('close');
  }
  postMessage(data) {
    tell({ kind: 'port-message', port: this.peer.id, data });
  }
}

const ports = new Map();
export class MessageChannelMain {
  constructor() {
    this.port1 = new Port();
    this.port2 = new Port();
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
    this.port2.id = ports.size + 1;
    ports.set(this.port2.id, this.port1);
  }
}

class WebContents extends EventEmitter {
  setWindowOpenHandler(handler) {
    this.windowOpen = handler;
  }
  postMessage(channel, _message, transfer) {
    tell({ kind: 'port', channel, port: transfer[0].id });
  }
  isLoading() {
    return false;
  }
  isCrashed() {
    return false;
  }
  send(channel, ...args) {
    tell({ kind: 'send', channel, args });
  }
}

const windows = [];
export class BrowserWindow extends EventEmitter {
  static getAllWindows = () => windows;
  static fromWebContents = (contents) => windows.find((w) => w.webContents === contents) ?? null;
  webContents = new WebContents();
  constructor(options) {
    super();
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
    tell({ kind: 'window', preferences: options.webPreferences, minWidth: options.minWidth });
  }
  async loadURL(url) {
    tell({ kind: 'load', url });
  }
  show() {}
  focus() {}
  restore() {}
  reload() {
    tell({ kind: 'reload' });
  }
  maximize() {}
  destroy() {}
  close() {
    tell({ kind: 'closed', stays: refused((event) => this.emit('close', event)) });
  }
  isMinimized = () => false;
  isMaximized = () => false;
  isDestroyed = () => false;
  getNormalBounds = () => ({ x: 0, y: 0, width: 1440, height: 900 });
}

let chosen = null;
/** The button of the next message box that is pressed, from 0. */
let answer = 0;
export const dialog = {
  showOpenDialog: async () => ({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] }),
  showSaveDialog: async () => {
    tell({ kind: 'save-dialog' });
    return { canceled: chosen === null, filePath: chosen ?? '' };
  },
  showMessageBoxSync: (_window, { message, detail, buttons }) => {
    tell({ kind: 'question', message, detail, buttons });
    return answer;
  },
  showMessageBox: async (_window, { message, detail }) => tell({ kind: 'message', message, detail }),
  showErrorBox: (title, content) => tell({ kind: 'error-box', title, content }),
};

let menu = null;
export const Menu = {
  buildFromTemplate: (template) => template,
  setApplicationMenu: (template) => {
    menu = template;
  },
};

export const clipboard = { writeText: (text) => tell({ kind: 'clipboard', text }) };
export const shell = { openExternal: async (url) => tell({ kind: 'external', url }) };
export const nativeTheme = { shouldUseDarkColors: true };
export const screen = { getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) };

const below = (entry) => (entry.submenu ? entry.submenu.flatMap(below) : [entry]);
const entries = () => (menu ?? []).flatMap(below).filter((entry) => entry.id !== undefined);

/** What the test may ask of this process. */
const answers = {
  async request({ url }) {
    const response = await schemeHandler(new Request(url));
    const body = Buffer.from(await response.arrayBuffer()).toString('base64');
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  },
  async invoke({ channel, args, origin = PAGE, parent = null }) {
    const sender = windows[0].webContents;
    return handlers.get(channel)({ sender, senderFrame: { origin, parent } }, ...args);
  },
  loaded: () => windows[0].webContents.emit('did-finish-load'),
  portMessage({ port, data }) {
    ports.get(port).emit('message', { data });
  },
  choose({ path }) {
    chosen = path;
  },
  /** The page objected to being closed: true when the window closes all the same. */
  objection({ button }) {
    answer = button;
    return refused((event) => windows[0].webContents.emit('will-prevent-unload', event));
  },
  /** The window is closed by its frame: true when it stays. */
  close({ button }) {
    answer = button;
    return refused((event) => windows[0].emit('close', event));
  },
  /** Another nlscope was started with this capture, and with others after it. */
  secondInstance: ({ path, others = [] }) => app.emit('second-instance', {}, [], '/', { paths: [path, ...others] }),
  /** The process of the window's page ended for this reason. */
  pageGone: ({ reason }) => windows[0].webContents.emit('render-process-gone', {}, { reason, exitCode: 1 }),
  menu: () => entries().map(({ id, label, accelerator = '' }) => ({ id, label, accelerator })),
  click: ({ command }) =>
    entries()
      .find((entry) => entry.id === command)
      .click({}, windows[0]),
  refusals: () => ({
    navigation: refused((event) => windows[0].webContents.emit('will-navigate', event)),
    redirect: refused((event) => windows[0].webContents.emit('will-redirect', event)),
    webview: refused((event) => windows[0].webContents.emit('will-attach-webview', event)),
    secondWindow: windows[0].webContents.windowOpen({ url: 'https://example.org/' }).action === 'deny',
    permission: !session.check() && refusedPermission(),
    download: refused((event) => downloads.emit('will-download', event)),
  }),
  closeAll: () => {
    windows.length = 0;
    app.emit('window-all-closed');
  },
};

function refusedPermission() {
  let allowed = true;
  session.ask({}, 'notifications', (answer) => {
    allowed = answer;
  });
  return !allowed;
}

process.on('message', async ({ id, ask, ...rest }) => {
  try {
    tell({ kind: 'answer', id, value: (await answers[ask](rest)) ?? null });
  } catch (error) {
    tell({ kind: 'answer', id, error: error.message });
  }
});
