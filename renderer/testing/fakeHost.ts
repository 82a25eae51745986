import type {
  AbandonedCapture,
  GroupRef,
  HostApi,
  HostEvents,
  HostState,
  Profile,
  Row,
  SettingsState,
  ShellApi,
  ViewInfo,
} from '../../app/contracts/index.ts';
import { ok } from '../../app/contracts/index.ts';
import { DEFAULT_PROFILE } from '../../app/settings/profile.ts';
import type { Host } from '../host/createHost.ts';
import { defaultOptions, refKey } from '../panes/families/familyTree.ts';
import { NO_STATE } from '../stores/session.ts';
import {
  failureDetail,
  linkDetail,
  SAMPLE_INVENTORY,
  SAMPLE_ROWS,
  SAMPLE_SOCKETS,
  SAMPLE_STATISTICS,
} from './samples.ts';

export interface FakeHostOptions {
  /** Rows in the capture: the samples over and over. */
  readonly rows?: number;
  readonly state?: Partial<HostState>;
}

/** A host of samples, without sockets or files: enough for every pane to have something true to show. */
export function createFakeHost({ rows = SAMPLE_ROWS.length, state: initial = {} }: FakeHostOptions = {}) {
  const listeners = new Map<string, Set<(data: never) => void>>();
  const emit = <N extends keyof HostEvents>(name: N, data: HostEvents[N]) => {
    for (const listener of listeners.get(name) ?? []) listener(data as never);
  };
  let abandoned: AbandonedCapture[] = [
    { path: '/var/tmp/nlscope-host-a1/spool-b2/capture-1.pcapng', bytes: 1_264_000, writtenAt: '2026-01-18T10:00:00Z' },
  ];
  let state: HostState = {
    ...NO_STATE,
    capture: rows > 0 ? 'capturing' : 'idle',
    startedAt: `${Date.now() - 252_000}000000`,
    unsaved: rows > 0,
    unsavedParts: rows > 0 ? ['messages'] : [],
    joined: rows > 0 ? defaultOptions(SAMPLE_INVENTORY).groups : [],
    tap: '',
    sources: [],
    files: null,
    counts: { '0': 12_480, '0/1': 2_114, '0/2': 186, '12': 3_305, '16': 2_411, '16/ethtool': 638, '4': 301, '15': 24 },
    rate: rows > 0 ? 118 : 0,
    drops: { kernel: rows > 0 ? 412 : 0, queue: 0, store: 0 },
    spoolBytes: rows * 400,
    severities: rows > 0 ? { error: 9, warn: 2, note: 31, gap: 1 } : NO_STATE.severities,
    view: { ...NO_STATE.view, generation: 1, rows, shown: rows, total: rows },
    ...initial,
  };
  const update = (change: Partial<HostState>) => {
    state = { ...state, ...change };
    emit('state', state);
  };
  const updateView = (change: Partial<ViewInfo>): ViewInfo => {
    update({ view: { ...state.view, ...change } });
    return state.view;
  };
  const rowAt = (index: number): Row => {
    const sample = SAMPLE_ROWS[index % SAMPLE_ROWS.length]!;
    return {
      ...sample,
      number: index + 1,
      time: `${BigInt(sample.time) + BigInt(index) * 1_000_000n}`,
      marked: marks.has(index + 1),
      comment: comments.get(index + 1),
    };
  };
  const profiles = new Map<string, Partial<Profile>>([['Default', {}]]);
  let profile = 'Default';
  const settings = (): SettingsState => ({
    revision: state.settings,
    path: '~/.config/nlscope/settings.json',
    stored: true,
    profile,
    values: { ...DEFAULT_PROFILE, ...profiles.get(profile) },
    profiles: [...profiles.keys()],
    problems: [],
  });
  const marks = new Set<number>();
  const comments = new Map<number, string>();
  let rules: readonly string[] = [];
  const refuse = async () => ({ ok: false as const, error: { message: 'The samples cannot do this.' } });

  const api: HostApi = {
    settings: async () => settings(),
    changeProfile: async (name, values) => {
      profiles.set(name, { ...profiles.get(name), ...values });
      update({ settings: state.settings + 1 });
      return ok(state.settings);
    },
    editProfiles: async (edit) => {
      if (edit.kind === 'add') profiles.set(edit.name, edit.values ?? { ...profiles.get(edit.of ?? profile) });
      if (edit.kind === 'switch' || edit.kind === 'add') profile = edit.name;
      update({ settings: state.settings + 1 });
      return ok(settings());
    },
    exportProfile: refuse,
    info: async () => ({
      version: '0.1.0',
      edition: 'served',
      kernel: '6.12.0',
      hostname: 'lab',
      user: 'user',
      capabilities: [],
      netns: [
        { name: '', path: '' },
        { name: 'lab', path: '/run/netns/lab' },
      ],
    }),
    inventory: async () => SAMPLE_INVENTORY,
    interfaces: async () => ({ ok: true, value: [{ index: 1, name: 'lo' }] }),
    sockets: async () => ({ ok: true, value: [...SAMPLE_SOCKETS] }),
    startCapture: async ({ groups }) => {
      update({ capture: 'capturing', joined: groups, startedAt: `${Date.now()}000000` });
      return { ok: true, value: { joined: groups, refused: [] } };
    },
    stopCapture: async () => update({ capture: 'stopped', rate: 0 }),
    pauseView: async (paused) => update({ viewPaused: paused }),
    subscribe: async ({ add, remove }) => {
      const gone = new Set(remove.map(refKey));
      const joined: GroupRef[] = [...state.joined.filter((ref) => !gone.has(refKey(ref))), ...add];
      update({ joined });
      return { ok: true, value: { joined: add, refused: [] } };
    },
    clear: async () => {
      updateView({ generation: state.view.generation + 1, rows: 0, shown: 0, total: 0 });
    },
    openFile: refuse,
    saveFile: refuse,
    exportFile: refuse,
    compareDumps: refuse,
    recentFiles: async () => [
      { path: '/tmp/wifi-a.pcap', name: 'wifi-a.pcap', bytes: 209_400, openedAt: new Date().toISOString() },
      { path: '/tmp/route-5000.pcap', name: 'route-5000.pcap', bytes: 1_400_000, openedAt: '2026-01-18T10:00:00Z' },
    ],
    abandonedCaptures: async () => abandoned,
    stopJob: async () => update({ job: null }),
    discardAbandoned: async (path) => {
      abandoned = abandoned.filter((capture) => capture.path !== path);
      return { ok: true, value: null };
    },
    setFilter: async (filter) => {
      const shown = filter.includes('nothing') ? 0 : state.view.total;
      return { ok: true, value: updateView({ filter, generation: state.view.generation + 1, rows: shown, shown }) };
    },
    sort: async (sort) => ({
      ok: true,
      value: updateView({ sort: sort ?? undefined, generation: state.view.generation + 1 }),
    }),
    setGrouping: async (grouped) => updateView({ grouped }),
    expand: async () => updateView({}),
    rows: async (first, count) => {
      const { generation, rows: total } = state.view;
      const length = Math.max(0, Math.min(count, total - first));
      return { generation, first, total, rows: Array.from({ length }, (_, at) => rowAt(first + at)) };
    },
    indexOf: async (number) => ({
      index: Math.min(number, state.view.rows) - 1,
      exact: number <= state.view.rows,
      tucked: false,
    }),
    find: async ({ from, backwards }) => {
      const index = from + (backwards ? -1 : 1);
      const wrapped = index < 0 || index >= state.view.rows;
      return ok({ kind: 'found', index: (index + state.view.rows) % state.view.rows, wrapped });
    },
    mark: async (numbers, marked) => {
      for (const number of numbers) marked ? marks.add(number) : marks.delete(number);
      updateView({ marked: marks.size });
    },
    nearestMark: async (number) => [...marks].filter((mark) => mark !== number).at(-1) ?? 0,
    setReference: async () => ({ ok: true, value: null }),
    clearReferences: async () => {},
    setComment: async (number, text) => {
      if (text === '') comments.delete(number);
      else comments.set(number, text);
      update({ comments: { messages: comments.size, changes: state.comments.changes + 1 } });
      return { ok: true, value: null };
    },
    comments: async () => ({
      total: comments.size,
      items: [...comments].map(([number, text]) => ({ number, text, summary: rowAt(number - 1).type })),
    }),
    overview: async (buckets) =>
      Array.from({ length: buckets }, (_, at) =>
        at % 61 === 40 ? 'error' : at % 97 === 70 ? 'gap' : at % 7 === 0 ? 'note' : '',
      ),
    experts: async () => ({
      total: 1,
      items: [
        {
          number: 15,
          severity: 'error',
          code: 'errno',
          text: 'ENODEV: no device matches name',
          range: null,
          summary: 'ETHTOOL_MSG_LINKINFO_GET',
        },
      ],
    }),
    exportStatistics: refuse,
    statistics: async () => ({ kind: 'done', report: SAMPLE_STATISTICS }),
    detail: async (number) => {
      const sample = SAMPLE_ROWS[(number - 1) % SAMPLE_ROWS.length]!;
      if (sample.kind === 'gap') return null;
      if (sample.error) return failureDetail(number, number, number + 1);
      const isReply = SAMPLE_ROWS[(number - 2 + SAMPLE_ROWS.length) % SAMPLE_ROWS.length]?.error && number > 1;
      return isReply ? failureDetail(number, number - 1, number) : linkDetail(number);
    },
    copyBytes: async (number, { start, end }, format) => ({
      ok: true,
      value: `${format} of ${number} ${start}..${end}`,
    }),
    copyAs: async (number, format) => ({ ok: true, value: `${format} of ${number}` }),
    checkFilter: async () => ({ state: 'ok' }),
    completeFilter: async (_, offset) => ({ from: offset, options: [] }),
    decodeRules: async () => rules.map((rule) => ({ rule, problem: '' })),
    setDecodeRules: async (next) => {
      rules = next;
      update({ decoding: state.decoding + 1 });
      return { ok: true, value: null };
    },
    decodeOptions: refuse,
    previewRule: refuse,
    specs: async () => ({ folders: [], loaded: [], problems: [] }),
    reloadSpecs: async () => ({ folders: [], loaded: [], problems: [] }),
    operations: async () => [],
    operationForm: async () => null,
    attributeSpace: async () => null,
    encode: async () => ({ bytes: '', tree: [], problems: [] }),
    decodeHex: refuse,
    messageValue: refuse,
    send: refuse,
    sequenceRequests: refuse,
    planSequence: refuse,
    sendSequence: refuse,
  };

  const host: Host = {
    api,
    on(name, handler) {
      const handlers = listeners.get(name) ?? new Set();
      listeners.set(name, handlers);
      handlers.add(handler);
      if (name === 'state') queueMicrotask(() => emit('state', state));
      return () => handlers.delete(handler);
    },
    onConnection(handler) {
      handler('connected');
      return () => {};
    },
  };
  return { host, emit, update, updateView, state: () => state };
}

/** A shell that remembers what was copied and picks nothing. */
export function createFakeShell(): ShellApi & { readonly copied: string[] } {
  const copied: string[] = [];
  return {
    copied,
    edition: 'served',
    pickOpen: async () => null,
    pickSave: async () => null,
    saved: async () => {},
    tellUnsaved() {},
    copyText: async (text) => {
      copied.push(text);
    },
    openExternal: () => {},
    pathOfDropped: async () => null,
    onCommand: () => () => {},
    onOpenFile: () => () => {},
    onSaveAndClose: () => () => {},
    onUpload: () => () => {},
  };
}
