import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  AbandonedCapture,
  HostInfo,
  HostState,
  Inventory,
  Notice,
  RecentFile,
  SettingsState,
  Upload,
} from '../../app/contracts/index.ts';
import type { ConnectionState } from '../host/createHost.ts';

/** A notice on screen, with an id to dismiss it by. */
export interface Toast extends Notice {
  readonly id: number;
  /** What was tried ("open"): trying it again makes this a thing of the past. */
  readonly attempt?: string;
  /** What can be done about it there. */
  readonly action?: { readonly label: string; run(): void };
}

/** What the window knows of the host: pushed by it, or asked once and again when it says that it changed. */
export interface Session {
  readonly connection: ConnectionState;
  readonly info: HostInfo | null;
  readonly state: HostState;
  readonly inventory: Inventory | null;
  readonly recent: readonly RecentFile[];
  /** What an nlscope that was brought down left behind. */
  readonly abandoned: readonly AbandonedCapture[];
  /** The settings that the host keeps; null until they are known. */
  readonly settings: SettingsState | null;
  readonly toasts: readonly Toast[];
  /** A file on its way to the host, null when there is none. */
  readonly upload: Upload | null;
}

export type SessionStore = StoreApi<Session>;

/** The state before the host said anything. */
export const NO_STATE: HostState = {
  capture: 'idle',
  viewPaused: false,
  startedAt: '',
  firstTime: '',
  stoppedAt: '',
  fileName: '',
  unsaved: false,
  unsavedParts: [],
  references: { messages: 0, changes: 0 },
  comments: { messages: 0, changes: 0 },
  joined: [],
  tap: '',
  sources: [],
  files: null,
  names: 0,
  decoding: 0,
  settings: 0,
  job: null,
  view: { generation: 0, rows: 0, shown: 0, total: 0, marked: 0, filter: '', grouped: true, progress: 1 },
  counts: {},
  rate: 0,
  drops: { kernel: 0, queue: 0, store: 0 },
  spoolBytes: 0,
  indexBytes: 0,
  severities: { error: 0, warn: 0, note: 0, gap: 0 },
};

/** Whether the messages of `now` are others than those of `before`: cleared, or of another file or capture. */
export function isOtherCapture(before: HostState, now: HostState): boolean {
  if (now.view.total < before.view.total) return true;
  const replaced =
    (now.capture === 'file') !== (before.capture === 'file') ||
    (now.capture === 'file' && now.fileName !== before.fileName);
  // Saving gives a capture a name, too, but leaves its view as it is.
  return replaced && now.view.generation !== before.view.generation;
}

/** Toasts on screen at once; older ones make room. */
const MAX_TOASTS = 4;

export function createSession(): SessionStore {
  return createStore<Session>(() => ({
    connection: 'connecting',
    info: null,
    state: NO_STATE,
    inventory: null,
    recent: [],
    abandoned: [],
    settings: null,
    toasts: [],
    upload: null,
  }));
}

let nextToast = 1;

/** Shows a notice until it is dismissed. The same text twice in a row is shown once. */
export function pushToast(session: SessionStore, notice: Notice & Pick<Toast, 'attempt' | 'action'>): void {
  session.setState(({ toasts }) => {
    const others = toasts.filter((toast) => toast.text !== notice.text);
    return { toasts: [...others, { ...notice, id: nextToast++ }].slice(-MAX_TOASTS) };
  });
}

/** Takes away what was said of an earlier attempt. */
export function forgetAttempt(session: SessionStore, attempt: string): void {
  const { toasts } = session.getState();
  if (toasts.some((toast) => toast.attempt === attempt))
    session.setState({ toasts: toasts.filter((toast) => toast.attempt !== attempt) });
}

export function dismissToast(session: SessionStore, id: number): void {
  session.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
