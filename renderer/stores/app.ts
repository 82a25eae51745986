import { createContext, useContext } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, HostApi, Result, ShellApi, ViewInfo } from '../../app/contracts/index.ts';
import { ConnectionLost, type Host } from '../host/createHost.ts';
import { fieldsOf } from './columnChoice.ts';
import { type CompareStore, createCompare, forgetComparison } from './compare.ts';
import { createDetail, type DetailStore } from './detail.ts';
import { createMessageList, type MessageList } from './list.ts';
import { createPreferences, type PreferencesStore, rulesOf } from './preferences.ts';
import { createSearch, forgetSearch, type SearchStore } from './search.ts';
import {
  NOTHING_SELECTED,
  reduceSelection,
  type SelectionAction,
  type SelectionState,
  selectedNumber,
} from './selection.ts';
import { createSequence, type SequenceStore, withoutCapture } from './sequence.ts';
import { createSession, forgetAttempt, isOtherCapture, pushToast, type SessionStore, type Toast } from './session.ts';
import { linkSettings, type SettingsLink } from './settings.ts';
import { createSockets, type SocketsStore } from './sockets.ts';
import { createStatistics, type StatisticsStore } from './statistics.ts';
import { createUi, type UiStore } from './ui.ts';

/** What the filter box offers to the rest of the window. */
export interface FilterBoxControl {
  focus(): void;
  /** Puts a filter into the box, and applies it if told so. */
  setText(text: string, apply: boolean): void;
}

/** What the window offers to do about a failure; undefined for nothing. */
export type HelpWith = (failure: Failure) => Toast['action'];

/** The window's model: everything that panes read and actions change. One per window. */
export interface App {
  readonly host: Host;
  readonly api: HostApi;
  readonly shell: ShellApi;
  readonly session: SessionStore;
  readonly preferences: PreferencesStore;
  readonly ui: UiStore;
  readonly selection: StoreApi<SelectionState>;
  readonly detail: DetailStore;
  readonly list: MessageList;
  readonly search: SearchStore;
  readonly sockets: SocketsStore;
  readonly compare: CompareStore;
  readonly statistics: StatisticsStore;
  readonly sequence: SequenceStore;
  /** The filter box, while it is mounted. */
  filterBox: FilterBoxControl | null;
  select(action: SelectionAction): void;
  /** Asks anew for the message that is shown: it reads otherwise. */
  renewDetail(): void;
  /** Takes over the profile that the host has in force. */
  pullSettings(): Promise<void>;
  /** Takes over what a call answered about the view, before the host's next state says so. */
  applyView(view: ViewInfo): void;
  /**
   * Resolves to the value, or tells the user what failed and resolves to undefined.
   * @param what "open": what was said of the attempt before this one is taken away
   * @param help what is offered beside the words
   */
  attempt<T>(work: Promise<Result<T>>, what?: string, help?: HelpWith): Promise<T | undefined>;
  /** As `attempt`, for calls that fail only with the connection. */
  run<T>(work: Promise<T>): Promise<T | undefined>;
}

/** Builds the model on a host and starts to listen to its events. */
export function createApp(host: Host, shell: ShellApi, preferences: PreferencesStore = createPreferences()): App {
  const { api } = host;
  const session = createSession();
  const selection = createStore<SelectionState>(() => NOTHING_SELECTED);
  const detail = createDetail(api);
  const list = createMessageList(api, () => ({
    fields: fieldsOf(preferences.getState().columns),
    colours: rulesOf(preferences.getState()).map(({ filter }) => filter),
  }));

  const app: App = {
    host,
    api,
    shell,
    session,
    preferences,
    ui: createUi(),
    selection,
    detail: detail.store,
    list,
    search: createSearch(),
    sockets: createSockets(),
    compare: createCompare(preferences),
    statistics: createStatistics(),
    sequence: createSequence(),
    filterBox: null,
    select(action) {
      const before = selectedNumber(selection.getState().current);
      selection.setState((state) => reduceSelection(state, action), true);
      const now = selectedNumber(selection.getState().current);
      if (now !== before) detail.show(now);
      // Who goes to a message wants to see it.
      if (now !== null) app.ui.setState({ view: 'messages' });
    },
    renewDetail() {
      detail.show(selectedNumber(selection.getState().current));
    },
    pullSettings() {
      return settings.pull();
    },
    applyView(view) {
      const { state } = session.getState();
      session.setState({ state: { ...state, view } });
      list.setView(view, isLive(app));
    },
    async attempt(work, what, help) {
      if (what !== undefined) forgetAttempt(session, what);
      const result = await app.run(work);
      if (!result) return undefined;
      if (result.ok) return result.value;
      const { message: text, hint } = result.error;
      pushToast(session, { severity: 'error', text, hint, attempt: what, action: help?.(result.error) });
      return undefined;
    },
    async run(work) {
      try {
        return await work;
      } catch (error) {
        // A lost connection has its own banner.
        if (!(error instanceof ConnectionLost)) {
          pushToast(session, { severity: 'error', text: error instanceof Error ? error.message : String(error) });
        }
        return undefined;
      }
    },
  };
  const settings = linkSettings(app);
  listen(app, settings);
  return app;
}

/** Whether messages are arriving into the view right now. */
function isLive(app: App): boolean {
  const { state } = app.session.getState();
  return state.capture === 'capturing' && !state.viewPaused;
}

function listen(app: App, settings: SettingsLink): void {
  const { host, api, session, selection, list } = app;
  const ask = async () => {
    const [info, inventory, recent, abandoned] = await Promise.all([
      api.info(),
      api.inventory(),
      api.recentFiles(),
      api.abandonedCaptures(),
    ]);
    session.setState({ info, inventory, recent, abandoned });
  };
  host.onConnection((connection) => {
    session.setState({ connection });
    if (connection !== 'connected') return;
    void settings.pull();
    void app.run(ask());
  });
  app.shell.onUpload((upload) => session.setState({ upload }));
  host.on('state', (state) => {
    const before = session.getState().state;
    session.setState({ state });
    if (isOtherCapture(before, state)) {
      app.select({ type: 'clear' });
      forgetSearch(app.search);
      forgetComparison(app.compare);
      app.statistics.setState({ report: null, selected: null });
      app.sequence.setState(withoutCapture);
      list.cache.forgetSources();
      list.store.setState({ selectedIndex: -1 });
    }
    if (state.view.marked !== before.view.marked) list.cache.touch(true);
    if (state.references.changes !== before.references.changes) list.renew();
    if (state.comments.changes !== before.comments.changes) {
      list.renew();
      app.renewDetail();
    }
    if (state.names !== before.names || state.decoding !== before.decoding) list.renew();
    if (state.decoding !== before.decoding) app.renewDetail();
    list.setView(state.view, isLive(app));
    if (state.settings !== before.settings) {
      settings.follow(state.settings);
      // Macros may stand for something else.
      if (app.preferences.getState().colourRules.some(({ filter }) => filter.includes('$'))) list.renew();
    }
  });
  host.on('inventory', () => {
    void app.run(api.inventory()).then((inventory) => inventory && session.setState({ inventory }));
  });
  host.on('notice', (notice) => pushToast(session, notice));

  app.preferences.subscribe((now, before) => {
    const known = fieldsOf(before.columns);
    const hasNewField = now.columns !== before.columns && fieldsOf(now.columns).some((field) => !known.includes(field));
    if (hasNewField || rulesOf(now) !== rulesOf(before)) list.renew();
  });

  // The selected message keeps its row when the view changes around it.
  list.store.subscribe((now, before) => {
    const number = selectedNumber(selection.getState().current);
    if (now.generation === before.generation || number === null) return;
    void app.run(api.indexOf(number)).then((found) => {
      if (found && list.store.getState().generation === now.generation) {
        list.store.setState({ selectedIndex: found.exact ? found.index : -1 });
      }
    });
  });
}

export const AppContext = createContext<App | null>(null);

/** The window's model, inside the window. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp is called outside of the window');
  return app;
}
