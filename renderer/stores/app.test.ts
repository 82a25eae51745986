import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type FindAnswer, type FindQuery, ok, type Result } from '../../app/contracts/index.ts';
import { captureEverything, setGroups, startCapture } from '../actions/capture.ts';
import { openPath } from '../actions/files.ts';
import { find, stopFind } from '../actions/find.ts';
import { goToMessage, keepField, moveSelection, selectRow, travel } from '../actions/navigate.ts';
import { defaultOptions, refKey } from '../panes/families/familyTree.ts';
import { nodeByNames } from '../panes/tree/treeRows.ts';
import { createFakeHost, createFakeShell, type FakeHostOptions } from '../testing/fakeHost.ts';
import { createApp } from './app.ts';
import { DEFAULT_PREFERENCES } from './preferences.ts';
import { progressText } from './search.ts';
import { selectedNumber } from './selection.ts';

/** A window's model on a host of samples, with everything that was asked at the start answered. */
async function open(options: FakeHostOptions = {}) {
  const fake = createFakeHost(options);
  const app = createApp(
    fake.host,
    createFakeShell(),
    createStore(() => DEFAULT_PREFERENCES),
  );
  await vi.waitFor(() => {
    expect(app.session.getState().inventory).not.toBeNull();
    expect(app.list.store.getState().rows).toBe(fake.state().view.rows);
  });
  const number = () => selectedNumber(app.selection.getState().current);
  return { ...fake, app, number };
}

describe('selection', () => {
  it('moves over rows, fetches the message, and goes back', async () => {
    const { app, number } = await open({ rows: 1000 });
    await selectRow(app, 700);
    expect(number()).toBe(701);
    await vi.waitFor(() => expect(app.detail.getState().shown?.number).toBe(701));
    await selectRow(app, 3);
    travel(app, 'back');
    expect(number()).toBe(701);
    await vi.waitFor(() => expect(app.list.store.getState().selectedIndex).toBe(700));
  });

  it('ends at the rows that were reached last when keys outrun the host', async () => {
    const { app, number } = await open({ rows: 5000 });
    for (let presses = 0; presses < 40; presses++) moveSelection(app, 100);
    await vi.waitFor(() => expect(number()).toBe(3901));
    expect(app.list.store.getState().selectedIndex).toBe(3900);
  });

  it('follows a search from answer to answer, one search at a time, until it is stopped', async () => {
    const { app, host, number, state, update } = await open({ rows: 1000 });
    const waiting: ((answer: Result<FindAnswer>) => void)[] = [];
    const asked: FindQuery[] = [];
    host.api.find = (query) => {
      asked.push(query);
      return new Promise((resolve) => waiting.push(resolve));
    };
    const answer = async (value: FindAnswer) => {
      waiting.shift()?.(ok(value));
      await new Promise((resolve) => setTimeout(resolve));
    };
    const place = { generation: 1, at: 400, wrapped: false };
    const search = () => app.search.getState();

    void find(app, { kind: 'text', text: 'a' });
    await answer({ kind: 'more', place, progress: 0.4 });
    expect(progressText(search())).toBe('searching 40 %');
    expect(asked).toEqual([
      { kind: 'text', text: 'a', from: -1 },
      { kind: 'text', text: 'a', from: -1, place },
    ]);
    // A new one takes its place: the answer to the first leads nowhere.
    void find(app, { kind: 'text', text: 'b', backwards: true });
    await answer({ kind: 'found', index: 5, wrapped: false });
    expect(number()).toBeNull();
    await answer({ kind: 'found', index: 700, wrapped: true });
    expect([number(), search().progress, search().outcome]).toEqual([701, null, 'Went on from the end']);
    expect(asked).toHaveLength(3);

    void find(app, { kind: 'marked' });
    await answer({ kind: 'more', place, progress: 0.2 });
    expect([stopFind(app), stopFind(app)]).toEqual([true, false]);
    await answer({ kind: 'more', place, progress: 0.3 });
    expect([asked.length, number(), search().outcome]).toEqual([5, 701, 'Stopped']);

    void find(app, { kind: 'marked' });
    await answer({ kind: 'none' });
    expect(search().outcome).toBe('Nothing found');
    void find(app, { kind: 'marked' });
    await answer({ kind: 'changed' });
    expect(search().outcome).toContain('changed');
    update({ view: { ...state().view, generation: 2, rows: 5, shown: 5, total: 5 } });
    expect(search().outcome).toBe('');
  });

  it('keeps the same field when another message is shown', async () => {
    const { app } = await open({ rows: 40 });
    const stop = keepField(app);
    await goToMessage(app, 2);
    await vi.waitFor(() => expect(app.detail.getState().shown?.number).toBe(2));
    const mtu = nodeByNames(app.detail.getState().shown!.detail.tree, 'IFLA_MTU')!;
    app.select({ type: 'field', number: 2, path: mtu.path, namePath: mtu.namePath, range: mtu.node.range });
    await goToMessage(app, 22);
    await vi.waitFor(() =>
      expect(app.selection.getState().current).toMatchObject({ kind: 'field', number: 22, namePath: 'IFLA_MTU' }),
    );
    stop();
  });

  it('is dropped with the messages', async () => {
    const { app, number, updateView } = await open({ rows: 50 });
    await selectRow(app, 10);
    updateView({ generation: 2, rows: 0, shown: 0, total: 0 });
    expect(number()).toBeNull();
    expect(app.list.store.getState().selectedIndex).toBe(-1);
  });

  it('opens the request that the message it goes to is tucked under', async () => {
    const { app, host } = await open({ rows: 50 });
    let isOpen = false;
    vi.spyOn(host.api, 'indexOf').mockImplementation(async () =>
      isOpen ? { index: 7, exact: true, tucked: false } : { index: 4, exact: false, tucked: true },
    );
    const expand = vi.spyOn(host.api, 'expand').mockImplementation(async () => {
      isOpen = true;
      return { ...app.session.getState().state.view, generation: 2, rows: 55 };
    });
    await goToMessage(app, 9);
    expect(expand).toHaveBeenCalledWith(9, true);
    expect(app.list.store.getState()).toMatchObject({ selectedIndex: 7, rows: 55 });
    expect(app.session.getState().toasts).toEqual([]);
  });

  it('tells why a message that exists has no row', async () => {
    const { app, host } = await open({ rows: 50 });
    vi.spyOn(host.api, 'indexOf').mockResolvedValue({ index: 4, exact: false, tucked: false });
    await goToMessage(app, 9);
    expect(app.session.getState().toasts.at(-1)?.text).toContain('#9 is not in the list');
  });
});

describe('the list', () => {
  it('follows its end while capturing, and counts what is new when it does not', async () => {
    const { app, updateView } = await open({ rows: 100 });
    updateView({ rows: 130, shown: 130, total: 130 });
    await vi.waitFor(() => expect(app.list.store.getState()).toMatchObject({ rows: 130, seen: 130, following: true }));
    await selectRow(app, 5);
    updateView({ rows: 160, shown: 160, total: 160 });
    await vi.waitFor(() => expect(app.list.store.getState().rows).toBe(160));
    expect(app.list.store.getState()).toMatchObject({ seen: 130, following: false });
  });

  it('keeps the anchored message where it was when the view is made anew', async () => {
    const { app, updateView, host } = await open({ rows: 100, state: { capture: 'stopped' } });
    app.list.anchor = () => ({ number: 40, y: 72 });
    vi.spyOn(host.api, 'indexOf').mockResolvedValue({ index: 12, exact: true, tucked: false });
    updateView({ generation: 2, rows: 30, shown: 30 });
    await vi.waitFor(() => expect(app.list.store.getState().placement).toEqual({ index: 12, y: 72 }));
  });
});

describe('groups', () => {
  it('are joined at once while capturing, and remembered', async () => {
    const { app, state, host } = await open({ rows: 10 });
    const subscribe = vi.spyOn(host.api, 'subscribe');
    const ref = { protocol: 0, group: 9 };
    setGroups(app, [ref], true);
    expect(subscribe).toHaveBeenCalledWith({ add: [ref], remove: [] });
    await vi.waitFor(() => expect(state().joined.map(refKey)).toContain('0/9'));
    expect(app.preferences.getState().capture?.groups.map(refKey)).toContain('0/9');
  });

  it('are only remembered while nothing is captured', async () => {
    const { app, host } = await open({ rows: 0 });
    const subscribe = vi.spyOn(host.api, 'subscribe');
    setGroups(app, [{ protocol: 0, group: 1 }], false);
    expect(subscribe).not.toHaveBeenCalled();
    const start = vi.spyOn(host.api, 'startCapture');
    startCapture(app);
    const groups = start.mock.calls[0]![0].groups.map(refKey);
    expect(groups).toContain('0/2');
    expect(groups).not.toContain('0/1');
  });

  it('are asked for before a capture starts that nobody has chosen groups for', async () => {
    const fake = createFakeHost({ rows: 0 });
    const { api } = fake.host;
    const inventory = await api.inventory();
    let answer = () => {};
    vi.spyOn(api, 'inventory').mockImplementation(() => new Promise((resolve) => (answer = () => resolve(inventory))));
    const start = vi.spyOn(api, 'startCapture');
    const preferences = createStore(() => DEFAULT_PREFERENCES);
    const app = createApp(fake.host, createFakeShell(), preferences);
    captureEverything(app);
    expect(start).not.toHaveBeenCalled();
    answer();
    await vi.waitFor(() => expect(start).toHaveBeenCalled());
    expect(start.mock.calls[0]![0].groups.length).toBeGreaterThan(10);
    // What was chosen before everything comes back with it.
    expect(preferences.getState().capture?.groups.map(refKey)).toEqual(defaultOptions(inventory).groups.map(refKey));
  });

  it('that are refused are named with what is missing', async () => {
    const { app, host } = await open({ rows: 0 });
    const error = {
      message: 'readlog needs CAP_AUDIT_READ: EPERM.',
      capability: 'CAP_AUDIT_READ',
      hint: 'Run as root.',
    };
    const refused = [{ ref: { protocol: 9, group: 1 }, error }];
    vi.spyOn(host.api, 'startCapture').mockResolvedValue({ ok: true, value: { joined: [], refused } });
    startCapture(app);
    await vi.waitFor(() => expect(app.session.getState().toasts).toHaveLength(1));
    expect(app.session.getState().toasts[0]).toMatchObject({ severity: 'warn', hint: 'Run as root.' });
    expect(app.session.getState().toasts[0]!.text).toContain('CAP_AUDIT_READ');
  });
});

describe('what is said of a file', () => {
  const path = '/var/tmp/nlscope-host-a1/file-b2/mine.pcap';

  it('names it as its user does, and is forgotten with the next file', async () => {
    const { app, host } = await open({ rows: 0 });
    const openFile = vi.spyOn(host.api, 'openFile');
    openFile.mockResolvedValueOnce({ ok: false, error: { message: `${path}: The file is empty.` } });
    openPath(app, path);
    await vi.waitFor(() => expect(app.session.getState().toasts).toHaveLength(1));
    expect(app.session.getState().toasts[0]!.text).toBe('mine.pcap: The file is empty.');
    openFile.mockResolvedValueOnce({ ok: true, value: { messages: 1, datagrams: 1, broken: '', stopped: '' } });
    openPath(app, path);
    await vi.waitFor(() => expect(app.session.getState().toasts).toHaveLength(0));
  });
});
