import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostApi, RowPlace, ViewInfo } from '../../app/contracts/index.ts';
import { RowCache } from './rowCache.ts';

/** Where a row is to be put in the viewport: moved as little as needed, or its upper edge at `y` pixels. */
export type Placement = { readonly index: number; readonly y: number | 'nearest' | 'centre' };

/** The message list as its pane draws it. */
export interface ListState {
  /** Counts arrivals of rows: the pane draws anew. */
  readonly version: number;
  readonly rows: number;
  readonly generation: number;
  /** Row of the selected message, -1 when it is not in the view. */
  readonly selectedIndex: number;
  /** The list stays at its end while rows arrive. */
  readonly following: boolean;
  /** Rows in the view when it last stood at the end: what came since is new. */
  readonly seen: number;
  /** A wish of somebody that a row be shown; the pane fulfils each once. */
  readonly placement: Placement | null;
}

/** What rows tell beside themselves. */
export interface RowExtras {
  readonly fields: readonly string[];
  readonly colours: readonly string[];
}

/** Something on screen that should not move when the view is made anew. */
export interface ScrollAnchor {
  readonly number: number;
  /** Pixels from the viewport's top. */
  readonly y: number;
}

export interface MessageList {
  readonly store: StoreApi<ListState>;
  readonly cache: RowCache;
  /** Set by the pane: what should stay in place when rows are inserted or removed. */
  anchor: () => ScrollAnchor | null;
  /** Takes over what the host says of the view. `live`: rows are being captured. */
  setView(view: ViewInfo, live: boolean): void;
  /** Puts the selection on a row that is known by its index. */
  select(index: number, placement: Placement['y']): void;
  /** Finds the row of a message and puts the selection there, if it has one. */
  locate(number: number): Promise<RowPlace>;
  follow(following: boolean): void;
  /** Rows read differently than before: those on screen are asked for anew. */
  renew(): void;
}

/**
 * The list's window of rows, its selection and its scroll position, kept through changes of the view.
 * @param extras display filter fields that rows are to tell as well, when they are asked for, and filters that give colours
 */
export function createMessageList(
  api: HostApi,
  extras: () => RowExtras = () => ({ fields: [], colours: [] }),
): MessageList {
  const store = createStore<ListState>(() => ({
    version: 0,
    rows: 0,
    generation: -1,
    selectedIndex: -1,
    following: true,
    seen: 0,
    placement: null,
  }));
  const cache = new RowCache(
    (first, count) => {
      const { fields, colours } = extras();
      return api.rows(first, count, ...(fields.length + colours.length === 0 ? [] : [fields, colours]));
    },
    () => store.setState(({ version }) => ({ version: version + 1, rows: cache.total })),
  );

  /** What the host last said of the messages behind the rows. */
  let known = '';

  const grow = async (rows: number, live: boolean) => {
    const { following, generation } = store.getState();
    // The end is fetched before it is shown: rows appear filled.
    if (live && following && rows > 0) await cache.load(rows - 1);
    if (store.getState().generation !== generation) return;
    store.setState(({ seen }) => ({ rows: cache.total, seen: following ? cache.total : Math.min(seen, cache.total) }));
  };

  /** What the rows on screen are sorted by. */
  let shownOrder = '';

  const selected = (): { readonly number: number; readonly y: Placement['y'] } | null => {
    const row = cache.get(store.getState().selectedIndex);
    return row ? { number: row.number, y: 'centre' } : null;
  };

  const renew = async (view: ViewInfo, live: boolean) => {
    const order = view.sort ? `${view.sort.column} ${view.sort.descending}` : '';
    // In another order nothing is where it was: who has selected a message wants to see where it went, others the top.
    const anchor = order === shownOrder ? list.anchor() : selected();
    shownOrder = order;
    const following = live && store.getState().following;
    store.setState({ generation: view.generation, rows: view.rows, seen: view.rows, selectedIndex: -1, following });
    if (following) {
      await grow(view.rows, live);
      return;
    }
    if (!anchor || view.rows === 0) {
      store.setState({ placement: { index: 0, y: 0 }, following: live });
      return;
    }
    const found = await api.indexOf(anchor.number);
    if (store.getState().generation !== view.generation) return;
    store.setState({ placement: { index: Math.max(0, found.index), y: anchor.y } });
  };

  const list: MessageList = {
    store,
    cache,
    anchor: () => null,
    setView(view, live) {
      if (view.generation < cache.generation) return;
      const renewed = view.generation !== cache.generation;
      const news = `${view.total} ${view.shown} ${view.progress}`;
      cache.setView(view.generation, view.rows);
      if (news !== known) {
        known = news;
        // A reply that is tucked under its request adds no row, and yet changes one: what is on screen is asked for anew.
        cache.touch();
        store.setState(({ version }) => ({ version: version + 1 }));
      }
      void (renewed ? renew(view, live) : grow(view.rows, live)).catch(() => {});
    },
    select(index, y) {
      store.setState({ selectedIndex: index, placement: { index, y }, following: false });
    },
    async locate(number) {
      const { generation } = store.getState();
      const place = await api.indexOf(number);
      const { index, exact } = place;
      if (store.getState().generation !== generation) return place;
      store.setState({ selectedIndex: exact ? index : -1, following: false });
      if (index >= 0) store.setState({ placement: { index, y: 'nearest' } });
      return place;
    },
    renew() {
      cache.touch(true);
      store.setState(({ version }) => ({ version: version + 1 }));
    },
    follow(following) {
      store.setState((state) => (following ? { following, seen: state.rows } : { following }));
    },
  };
  return list;
}
