import { hostname, release, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Gap, HostFacts } from '../../app/captureFile/index.ts';
import type {
  AbandonedCapture,
  AttributeSpaceInfo,
  Autostop,
  ByteRange,
  BytesFormat,
  CaptureOptions,
  CommentItem,
  CopyFormat,
  DecodeOptions,
  DecodePreview,
  DecodeReport,
  DecodeRuleInfo,
  DumpComparison,
  EncodeReport,
  Envelope,
  ExpertItem,
  ExportFormat,
  ExportReport,
  Failure,
  FilesState,
  FilterCheck,
  FilterCompletion,
  FilterError,
  FindAnswer,
  FindQuery,
  GroupRef,
  HostApi,
  HostEvents,
  HostInfo,
  HostState,
  InterfaceInfo,
  Inventory,
  MessageDetail,
  MessageValue,
  OpenReport,
  OperationForm,
  OperationInfo,
  Profile,
  ProfileEdit,
  RecentFile,
  Result,
  RingBuffer,
  RowPage,
  RowPlace,
  RowSort,
  SaveReport,
  SaveSelection,
  SendReport,
  SendRequest,
  SequenceAnswer,
  SequenceOptions,
  SequencePlan,
  SequenceRequests,
  SequenceSelection,
  SettingsState,
  SocketInfo,
  SourceState,
  SpecReport,
  StatisticsAnswer,
  StatisticsTableName,
  SubscriptionReport,
  ViewInfo,
} from '../../app/contracts/index.ts';
import { fail, ok } from '../../app/contracts/index.ts';
import { checkFilter, checkMacro, completeFilter } from '../../app/filter/index.ts';
import type { LoadReport } from '../../app/session/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { version } from '../../package.json';
import { effectiveCapabilities } from '../sources/capabilities.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import { takeInventory } from '../sources/inventory.ts';
import { realtimeNs } from '../sources/netlinkSocket.ts';
import { listNamespaces, type Netns, OWN_NETNS, resolveNamespaces, resolveNetns } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import { abandonedCaptures, abandonedFileNotes, discardAbandoned, discardFileNotes, spoolPath } from './abandoned.ts';
import { Attribution } from './attribution.ts';
import { CaptureFileError, CaptureFiles, reachedLimit } from './captureFiles.ts';
import { CaptureSources, type StreamSource } from './captureSources.ts';
import { compareDumpsOf } from './compareDumps.ts';
import { decodeReport, encodeReport, type SendTargets, sendAndRecord, valueOfRow } from './craftService.ts';
import { decodeOptions, previewRule } from './decodeAs.ts';
import { ownDecoding } from './decoding.ts';
import { BYTES_FORMATS, commentItems, copyText, expertItems, isMessage, messageDetail } from './detail.ts';
import { exportDocument } from './exportDocument.ts';
import { exportProfile } from './exportProfile.ts';
import { exportStatistics } from './exportStatistics.ts';
import { reasonOf } from './fileBytes.ts';
import { attributeSpace, operationForm, operationList } from './forms.ts';
import { genlKnowledge } from './genlKnowledge.ts';
import type { EngineStart } from './host.ts';
import { type Job, Jobs } from './jobs.ts';
import { Listing } from './listing.ts';
import { type DatagramNotes, openGroups, type StreamSink } from './liveCapture.ts';
import { type NoteChange, NotesJournal, putBackNotes } from './notesJournal.ts';
import { describeBreak } from './openDocument.ts';
import { OwnReading } from './ownReading.ts';
import { RateMeter } from './rateMeter.ts';
import { RecentFiles } from './recentFiles.ts';
import { newRecording, openRecording, type Recording } from './recording.ts';
import { rowPage } from './rows.ts';
import { saveDocument, wantedRows } from './saveDocument.ts';
import { findRow, nearestMark, overview } from './search.ts';
import { seenValues } from './seenValues.ts';
import { type PreparedSequence, prepareSequence, requestsAmong, sendDatagram } from './sequences.ts';
import { SettingsFile } from './settingsFile.ts';
import { sortRows } from './sortRows.ts';
import { notesPath } from './spool.ts';
import { pipeSource, remoteSource } from './streamSources.ts';
import { Throttle } from './throttle.ts';
import { nextTurn } from './turns.ts';
import { UnsavedNotes } from './unsavedNotes.ts';
import { Watch } from './watch.ts';

/** Plans of sequences that may still be sent. */
const MOST_SEQUENCES = 8;
/** State events reach a window at most so often. */
const STATE_INTERVAL_MS = 100;
/** While capturing, rate and drops are told and the spool is flushed so often even when nothing arrives. */
const HEARTBEAT_MS = 500;
/** Work on the list that is done in one turn of the event loop. */
const WORK_MS = 8;
/** Pause between two steps of making ready what is not needed yet. */
const PREPARE_MS = 20;
/** A window that asked for messages so lately is being used: what it will ask for next must not wait. */
const LOOKING_MS = 500;
/** Slices of the expert's work meanwhile, and the pause between two of them. */
const EXPERT_MS = 3;
const EXPERT_REST_MS = 15;
/** A filter by processes is applied anew at most so often while processes are being found. */
const REFILTER_MS = 1000;
/** Display filters that read who owns an address. */
const OWNER_FIELDS = /\b(nl\.(comm|process|pid|command|user|container|cgroup|provenance)|process|comm|pid)\b/;
/** An inventory is asked for anew when it is older, or when a family came or went. */
const INVENTORY_AGE_MS = 5000;

/** A function that pushes events to one window. */
export type Push = <Name extends keyof HostEvents>(name: Name, data: HostEvents[Name]) => void;

/**
 * The engine: one capture with its list, shared by all windows. It lives in a thread of its own; everything that can
 * take long is done in turns, so that stopping and looking never wait behind data.
 */
export class Engine implements HostApi {
  readonly #start: EngineStart;
  readonly #own = new OwnReading(() => this.#specFilesChanged());
  readonly #settings = new SettingsFile(() => this.#settingsChanged());
  readonly #recent = new RecentFiles();
  readonly #windows = new Set<Push>();
  readonly #ownPortids = new Set<number>();
  readonly #rate = new RateMeter();
  readonly #stateEvents = new Throttle(STATE_INTERVAL_MS, () => this.#pushState());
  readonly #sink: StreamSink = {
    datagram: (...datagram) => this.#record(...datagram),
    gap: (gap, timeNs) => this.#recordGap(gap, timeNs),
    batch: () => this.#afterBatch(),
    failure: (failure) => this.#notice('error', failure.message, failure.hint),
    facts: (facts) => this.#learnFacts(facts),
  };
  readonly #jobs = new Jobs(() => this.#changed());
  readonly #attribution = new Attribution(() => this.#namesChanged());
  readonly #refilter = new Throttle(REFILTER_MS, () => {
    if (this.#closed) return;
    this.#listing.filterAgain();
    this.#work();
  });
  #spools = 0;
  #recording: Recording;
  /** A capture that is being opened. */
  #opening: Recording | null = null;
  #listing: Listing;
  #live: CaptureSources | null = null;
  /** Our own namespace, and the others that are captured. */
  readonly #watch: Watch;
  readonly #watching: Promise<void>;
  #watches: Watch[] = [];
  #files: CaptureFiles | null = null;
  #autostop: Autostop = {};
  /** Messages of the recordings before this one, of one capture. */
  #earlierMessages = 0;
  #earlierBytes = 0;
  /** Sources and files of the capture that ended last. */
  #ended: SourceState[] = [];
  #lastFiles: FilesState | null = null;
  /** Ends the capture after its time. */
  #timer: NodeJS.Timeout | null = null;
  /** A limit has been reached: what comes until capturing has ended is no part of it. */
  #isFull = false;
  /** Groups that the next capture joins, while there is none. */
  #wanted: GroupRef[] = [];
  #capture: HostState['capture'] = 'idle';
  #names = 0;
  /** The listing whose fields are being made ready, see `#findFields`. */
  #finding: Listing | null = null;
  #rereadings = 0;
  #drops = { kernel: 0, queue: 0 };
  #viewPaused = false;
  #startedAt = '';
  #stoppedAt = '';
  #fileName = '';
  /** Rows that a file of the user's holds. */
  #savedRows = 0;
  /** Changes of comments. */
  #comments = 0;
  /** Changes of what times are measured from. */
  #references = 0;
  #unsavedNotes = new UnsavedNotes();
  /** The abandoned capture that is shown: it is kept until it has been saved. */
  #abandonedPath = '';
  /** Why the spool could not be written, until capturing has ended for it. */
  #diskFailure: unknown = null;
  /** Datagrams that came since then, and those of such failures before. */
  #unstored = 0;
  #dropped = 0;
  #inventory: { readonly at: number; readonly value: Promise<Inventory> } | null = null;
  #working = false;
  /** Which making of the list is sorted, or being sorted. */
  #sorting = -1;
  #examining = false;
  /** Rows that windows wait for: so many answers are being made. */
  #answering = 0;
  /** When a window last asked for messages (performance.now). */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The list for which filters are ready, and whether that is under way. */
  #prepared: Listing | null = null;
  /** Sequences whose plans were told, the oldest first. */
  readonly #sequences = new Map<number, PreparedSequence>();
  #lastSequence = 0;
  #preparing = false;
  #closed = false;
  #heartbeat: NodeJS.Timeout | null = null;

  constructor(start: EngineStart) {
    this.#start = start;
    this.#recording = newRecording(this.#spoolPath(), ownDecoding(this.#own.decoding));
    this.#listing = this.#newListing(1);
    this.#settings.watch();
    this.#watch = this.#newWatch(OWN_NETNS);
    this.#watching = this.#watch.start();
  }

  /** Begins to push events to a window. Returns a function that ends it. */
  attach(push: Push): () => void {
    this.#windows.add(push);
    push('state', this.#state());
    this.#prepare();
    const complaints = [...this.#own.complaints, ...this.#settings.state.problems];
    for (const text of complaints) push('notice', { severity: 'warn', text });
    const { crash } = this.#start;
    if (crash !== null) {
      push('notice', {
        severity: 'error',
        text: `The engine stopped and was started again: ${crash}.`,
        hint: 'If it was capturing, that has ended. What had been captured is kept: open it or discard it on the start page.',
      });
    }
    return () => this.#windows.delete(push);
  }

  /** Stops capturing and closes all files. */
  async close(): Promise<void> {
    await this.stopCapture();
    this.#closed = true;
    this.#stateEvents.cancel();
    this.#refilter.cancel();
    this.#own.close();
    this.#settings.close();
    for (const watch of [this.#watch, ...this.#watches]) watch.close();
    this.#attribution.close();
    this.#recording.close();
  }

  async info(): Promise<HostInfo> {
    return {
      version,
      edition: this.#start.edition,
      kernel: `Linux ${release()}`,
      hostname: hostname(),
      user: userInfo().username,
      capabilities: effectiveCapabilities(),
      netns: listNamespaces(),
    };
  }

  // ---- capture

  inventory(): Promise<Inventory> {
    if (this.#inventory === null || Date.now() - this.#inventory.at > INVENTORY_AGE_MS) {
      const value = takeInventory('', genlKnowledge(this.#own.decoding.library));
      this.#inventory = { at: Date.now(), value };
    }
    return this.#inventory.value;
  }

  async startCapture(options: CaptureOptions): Promise<Result<SubscriptionReport>> {
    const { groups, everything = false, allNsid, receiveBuffer, tap = false } = options;
    const namespaces = resolveNamespaces(options.namespaces ?? [options.netns ?? '']);
    if (!namespaces.ok) return namespaces;
    const streams: StreamSource[] = [
      ...(options.pipes ?? []).map((path) => pipeSource(path)),
      ...(options.remotes ?? []).map((remote) => remoteSource({ ...remote, args: remoteArgs(options), batch: true })),
    ];
    if (groups.length === 0 && !everything && !tap && streams.length === 0) {
      return fail('No group is chosen.', {
        hint: 'Choose groups in the Families panel, or a tap in the capture options.',
      });
    }
    const listens = groups.length > 0 || everything || tap;
    const plans: { readonly netns: Netns; readonly groups: readonly GroupRef[] }[] = [];
    for (const netns of listens ? namespaces.value : []) {
      plans.push({ netns, groups: everything ? openGroups(await this.#inventoryOf(netns)) : groups });
    }
    let files: CaptureFiles | null = null;
    try {
      if (options.ringBuffer !== undefined) files = this.#newFiles(options.ringBuffer, options.autostop);
    } catch (error) {
      return fail(`The capture files cannot be written: ${reasonOf(error)}.`);
    }
    const live = new CaptureSources(
      {
        namespaces: plans.map(({ netns }) => netns),
        streams,
        allNsid,
        receiveBuffer,
        tap,
        follows: everything,
        onVanished: ({ path }) => this.#stopWatching(path),
        onAllEnded: () => setImmediate(() => void this.#stopEnded(live)),
      },
      this.#sink,
    );
    const noTap = live.start();
    const reports = plans.map((plan) => live.join(plan.groups, plan.netns));
    const report = { joined: live.joined, refused: reports.flatMap(({ refused }) => refused) };
    if (noTap !== null || (report.joined.length === 0 && report.refused.length > 0 && !tap && streams.length === 0)) {
      live.close();
      files?.close();
      return { ok: false, error: noTap ?? report.refused[0].error };
    }
    this.#stopLive();
    if (this.#capture === 'file') this.#show(newRecording(this.#spoolPath(), ownDecoding(this.#own.decoding)));
    this.#live = live;
    this.#files = files;
    this.#autostop = options.autostop ?? {};
    this.#isFull = false;
    this.#earlierMessages = -messagesOf(this.#recording);
    this.#earlierBytes = -this.#recording.spoolBytes;
    this.#wanted = [...report.joined];
    this.#capture = 'capturing';
    this.#startedAt = nowNs();
    this.#stoppedAt = '';
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    const { duration } = this.#autostop;
    if (duration !== undefined) this.#timer = setTimeout(() => this.#stopAt(`${duration} s`), duration * 1000);
    this.#attribution.watch(plans.map(({ netns }) => netns));
    await this.#watchNamespaces(plans.map(({ netns }) => netns));
    this.#changed();
    return ok(report);
  }

  async stopCapture(): Promise<void> {
    if (this.#live === null) return;
    this.#stopLive();
    this.#capture = 'stopped';
    this.#stoppedAt = nowNs();
    this.#changed();
  }

  async pauseView(paused: boolean): Promise<void> {
    this.#viewPaused = paused;
    this.#listing.view.setPaused(paused);
    this.#work();
  }

  async subscribe(change: { add: GroupRef[]; remove: GroupRef[] }): Promise<Result<SubscriptionReport>> {
    if (this.#live === null) {
      const gone = new Set([...change.remove, ...change.add].map(keyOfGroup));
      this.#wanted = [...this.#wanted.filter((ref) => !gone.has(keyOfGroup(ref))), ...change.add];
      this.#changed();
      return ok({ joined: change.add, refused: [] });
    }
    this.#live.leave(change.remove);
    const report = this.#live.join(change.add);
    this.#wanted = this.#live.joined;
    this.#changed();
    return ok(report);
  }

  async clear(): Promise<void> {
    this.#earlierMessages += messagesOf(this.#recording);
    this.#earlierBytes += this.#recording.spoolBytes;
    this.#show(newRecording(this.#spoolPath(), ownDecoding(this.#own.decoding)));
    if (this.#live === null) this.#capture = 'idle';
    this.#startedAt = this.#live === null ? '' : nowNs();
    this.#stoppedAt = '';
  }

  sockets(netns: string): Promise<Result<SocketInfo[]>> {
    return this.#attribution.sockets(netns);
  }

  // ---- files

  openFile(path: string): Promise<Result<OpenReport>> {
    return this.#jobs.run('open', basename(path), (job) => this.#open(path, job));
  }

  async #open(path: string, job: Job): Promise<Result<OpenReport>> {
    const abandoned = (await this.abandonedCaptures()).some((capture) => capture.path === path);
    const opened = await openRecording(path, this.#spoolPath(), ownDecoding(this.#own.decoding), job.advance);
    if (!opened.ok) return opened;
    const { recording, notes, size, step } = opened.value;
    if (this.#closed) {
      recording.close();
      return fail('nlscope is closing.');
    }
    for (const note of notes) this.#notice('note', `${basename(path)}: ${note}`);
    this.#stopLive();
    this.#show(recording);
    this.#capture = 'file';
    this.#fileName = path;
    this.#startedAt = '';
    this.#stoppedAt = '';
    if (abandoned) {
      this.#abandonedPath = path;
      recording.notes = new NotesJournal(notesPath(path));
    } else this.#savedRows = Number.POSITIVE_INFINITY;
    return recording.use(async () => {
      const report = await this.#load(recording, step, ({ offset }) => job.advance(offset, size));
      const { store } = recording.document;
      const isShown = this.#recording === recording;
      if (isShown && abandoned) this.#putBackNotes(notesPath(path));
      if (isShown && !abandoned) {
        this.#savedRows = store.count;
        this.#recent.add(path);
        // Where it was stopped, the messages that the notes are about may be missing.
        if (report.finished) this.#putBackFileNotes(path);
      }
      this.#work();
      const stopped = report.finished ? '' : isShown ? 'asked' : 'replaced';
      const messages = store.count - store.gapCount;
      return ok({ messages, datagrams: store.datagramCount, broken: describeBreak(report), stopped });
    });
  }

  /** Loads the capture that is shown to its end, until another is shown, or as long as `goesOn` says. */
  async #load(
    recording: Recording,
    step: () => LoadReport,
    goesOn: (report: LoadReport) => boolean,
  ): Promise<LoadReport> {
    this.#opening = recording;
    try {
      let report = step();
      this.#listing.view.step(WORK_MS);
      // Whoever waits for the capture sees its beginning as soon as it is there.
      this.#stateEvents.now();
      while (goesOn(report) && !report.finished && this.#recording === recording) {
        this.#work();
        do await nextTurn();
        while (this.#answering > 0);
        report = step();
      }
      return report;
    } finally {
      if (this.#opening === recording) this.#opening = null;
      // Where it was stopped, some of what was loaded waits for more.
      if (this.#recording === recording) recording.document.learn();
    }
  }

  async saveFile(path: string, which: SaveSelection): Promise<Result<SaveReport>> {
    const recording = this.#recording;
    const notes = this.#unsavedNotes;
    let rows = 0;
    const saved = await recording.use(() =>
      this.#jobs.run('save', basename(path), async (job) => {
        rows = recording.document.store.count;
        notes.saveBegins();
        const written = await saveDocument(this.#listing, path, which, job.advance);
        notes.saveEnds(written.ok && which.kind === 'all');
        return written;
      }),
    );
    if (!saved.ok) return saved;
    this.#recent.add(path);
    if (which.kind === 'all' && recording === this.#recording) {
      this.#savedRows = rows;
      this.#fileName = path;
      if (this.#abandonedPath !== '') await this.discardAbandoned(this.#abandonedPath);
      this.#journal(() => recording.savedAs(path, notes.kinds.length > 0));
    }
    this.#changed();
    return saved;
  }

  async stopJob(): Promise<void> {
    this.#jobs.stop();
  }

  async exportFile(path: string, which: SaveSelection, format: ExportFormat): Promise<Result<ExportReport>> {
    return this.#recording.use(() =>
      this.#jobs.run('save', basename(path), (job) => exportDocument(this.#listing, path, which, format, job.advance)),
    );
  }

  async recentFiles(): Promise<RecentFile[]> {
    return this.#recent.list();
  }

  async abandonedCaptures(): Promise<AbandonedCapture[]> {
    return abandonedCaptures(this.#start.lost);
  }

  async discardAbandoned(path: string): Promise<Result<null>> {
    const discarded = discardAbandoned(path, this.#start.lost);
    if (path === this.#abandonedPath) {
      this.#abandonedPath = '';
      this.#recording.notes = null;
    }
    return discarded;
  }

  // ---- the list

  async setFilter(text: string): Promise<Result<ViewInfo, FilterError>> {
    const applied = this.#listing.setFilter(text);
    if (!applied.ok) return applied;
    return { ok: true, value: this.#viewAfterWork() };
  }

  async setGrouping(grouped: boolean): Promise<ViewInfo> {
    this.#listing.view.setGrouped(grouped);
    return this.#viewAfterWork();
  }

  async expand(number: number, expanded: boolean): Promise<ViewInfo> {
    const { view } = this.#listing;
    view.setExpanded(view.parentOf(number - 1), expanded);
    return this.#viewAfterWork();
  }

  async sort(by: RowSort | null): Promise<Result<ViewInfo>> {
    const listing = this.#listing;
    const { view } = listing;
    listing.sort = by;
    this.#changed();
    if (by === null) {
      if (view.sortedCount > 0) view.sort(null);
      return ok(listing.info());
    }
    // What is still being placed is sorted when it is all there.
    if (view.progress < 1 || this.#opening !== null) {
      if (view.sortedCount > 0) view.sort(null);
      this.#sorting = -1;
      this.#work();
      return ok(listing.info());
    }
    const sorted = await this.#sortListing(listing, by);
    return sorted.ok ? ok(listing.info()) : sorted;
  }

  /** Puts the rows in the order that is wanted. What is wanted meanwhile takes its place; what fails is wanted no more. */
  async #sortListing(listing: Listing, by: RowSort): Promise<Result<null>> {
    const sorted = await this.#recording.use(() =>
      this.#jobs.run('sort', by.column, (job) =>
        sortRows(listing, this.#ownPortids, by, (done, whole) => listing.sort === by && job.advance(done, whole)),
      ),
    );
    // Another wish that has taken its place is no failure.
    if (listing.sort !== by) return ok(null);
    if (!sorted.ok) listing.sort = null;
    this.#work();
    return sorted;
  }

  async rows(first: number, count: number, fields?: readonly string[], colours?: readonly string[]): Promise<RowPage> {
    this.#lookedAt = performance.now();
    this.#answering++;
    try {
      return await this.#recording.use(() =>
        rowPage(this.#listing, this.#ownPortids, first, count, {
          fields,
          colours,
          late: () => void this.#findFields(),
        }),
      );
    } finally {
      this.#answering--;
    }
  }

  /** Makes ready, in turns, what the fields of columns are looked up in; windows ask for their rows anew then. */
  async #findFields(): Promise<void> {
    const listing = this.#listing;
    if (this.#finding === listing) return;
    this.#finding = listing;
    do await nextTurn();
    while (!this.#closed && this.#listing === listing && listing.prepare());
    if (this.#finding === listing) this.#finding = null;
    if (this.#closed || this.#listing !== listing) return;
    this.#names++;
    this.#changed();
  }

  async indexOf(number: number): Promise<RowPlace> {
    const { store } = this.#listing.document;
    if (store.count === 0 || number < 1) return { index: -1, exact: false, tucked: false };
    return this.#listing.view.indexOf(Math.min(number, store.count) - 1);
  }

  find(query: FindQuery): Promise<Result<FindAnswer>> {
    this.#lookedAt = performance.now();
    return this.#recording.use(() => findRow(this.#listing, query));
  }

  async mark(numbers: number[], marked: boolean): Promise<void> {
    const { store } = this.#listing.document;
    const turned = numbers.flatMap((number) => {
      const row = number - 1;
      if (row < 0 || row >= store.count || store.isMarked(row) === marked) return [];
      store.setMarked(row, marked);
      this.#unsavedNotes.markTurned(row);
      return [row];
    });
    this.#note(turned, { mark: marked });
    this.#changed();
  }

  nearestMark(number: number): Promise<number> {
    const { store } = this.#listing.document;
    return this.#recording.use(async () => (await nearestMark(store, number - 1)) + 1);
  }

  async setReference(number: number, reference: boolean): Promise<Result<null>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    if (document.store.isReference(number - 1) === reference) return ok(null);
    document.store.setReference(number - 1, reference);
    this.#referencesTurned([number - 1], reference);
    return ok(null);
  }

  async clearReferences(): Promise<void> {
    const { store } = this.#listing.document;
    const rows = store.referenceRows();
    store.clearReferences();
    this.#referencesTurned(rows, false);
  }

  #referencesTurned(rows: readonly number[], reference: boolean): void {
    for (const row of rows) this.#unsavedNotes.referenceTurned(row);
    this.#note(rows, { reference });
    this.#references++;
    this.#changed();
  }

  async setComment(number: number, text: string): Promise<Result<null>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    const { store } = document;
    if (store.comment(number - 1) === text) return ok(null);
    store.setComment(number - 1, text);
    this.#unsavedNotes.commentChanged();
    this.#note([number - 1], { comment: text });
    this.#comments++;
    this.#changed();
    return ok(null);
  }

  /** Writes down what the user says of messages: after a crash the spool and its journal are all there is. */
  #note(rows: readonly number[], change: Omit<NoteChange, 'row' | 'time'>): void {
    const { store } = this.#recording.document;
    this.#write(rows.map((row) => ({ row, time: `${store.timeNs(row)}`, ...change })));
  }

  /** Adds to the journal of what is shown; false where it could not. */
  #write(changes: readonly NoteChange[]): boolean {
    const { notes } = this.#recording;
    return changes.length === 0 || (notes !== null && this.#journal(() => notes.add(changes)));
  }

  /** Writes to the journal of what is shown. Where that fails it is told, and there is none any more. */
  #journal(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      this.#recording.notes = null;
      this.#notice(
        'warn',
        `What you write about messages is in memory only: ${reasonOf(error)}.`,
        'A crash would lose it. Saving the capture keeps it.',
      );
      return false;
    }
  }

  #putBackNotes(path: string): NoteChange[] {
    const changes = putBackNotes(path, this.#recording.document.store);
    if (changes.length > 0) {
      this.#comments++;
      this.#references++;
    }
    return changes;
  }

  /** Brings back what was said of a file's messages when nlscope was brought down, as far as the file does not hold it. */
  #putBackFileNotes(path: string): void {
    const journals = abandonedFileNotes(resolve(path), this.#start.lost);
    const changes = journals.flatMap((journal) => this.#putBackNotes(journal));
    for (const { row, mark, reference, comment } of changes) {
      if (mark !== undefined) this.#unsavedNotes.markTurned(row);
      if (reference !== undefined) this.#unsavedNotes.referenceTurned(row);
      if (comment !== undefined) this.#unsavedNotes.commentChanged();
    }
    // They stay where they are until all is written down anew.
    if (this.#write(changes)) discardFileNotes(journals);
    const messages = new Set(changes.map(({ row }) => row)).size;
    if (messages === 0) return;
    const which = messages === 1 ? 'a message' : `${messages.toLocaleString('en')} messages`;
    this.#notice(
      'note',
      `What you had noted about ${which} of ${basename(path)} when nlscope was brought down is here again.`,
      'The file does not hold it: save the capture to keep it, or open the file again without saving to drop it.',
    );
  }

  async comments(first: number, count: number): Promise<{ total: number; items: CommentItem[] }> {
    return commentItems(this.#listing.document, first, count);
  }

  overview(buckets: number, colours?: readonly string[]): Promise<string[]> {
    return this.#recording.use(() => overview(this.#listing, buckets, colours));
  }

  async experts(first: number, count: number): Promise<{ total: number; items: ExpertItem[] }> {
    const { document, experts } = this.#listing;
    return { total: experts.count, items: expertItems(document, experts, first, count) };
  }

  statistics(displayed: boolean): Promise<StatisticsAnswer> {
    return this.#recording.use(() => this.#listing.statistics(displayed).answer(this.#names));
  }

  async exportStatistics(
    path: string,
    displayed: boolean,
    table: StatisticsTableName,
  ): Promise<Result<{ path: string; bytes: number }>> {
    const count = () => this.statistics(displayed);
    return this.#jobs.run('save', basename(path), (job) => exportStatistics(count, path, table, job.advance));
  }

  // ---- one message

  async detail(number: number): Promise<MessageDetail | null> {
    this.#lookedAt = performance.now();
    return messageDetail(this.#listing.document, number - 1);
  }

  async copyAs(number: number, format: CopyFormat): Promise<Result<string>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    return ok(copyText(document, number - 1, format));
  }

  async copyBytes(number: number, { start, end }: ByteRange, format: BytesFormat): Promise<Result<string>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    return ok(BYTES_FORMATS[format](document.store.bytes(number - 1).subarray(start, end)));
  }

  compareDumps(a: number, b: number): Promise<Result<DumpComparison>> {
    const { document } = this.#listing;
    return this.#recording.use(() =>
      this.#jobs.run('compare', `#${a} and #${b}`, (job) => compareDumpsOf(document, a - 1, b - 1, job.advance)),
    );
  }

  // ---- display filter language

  async checkFilter(text: string, macro?: string): Promise<FilterCheck> {
    const { registry } = this.#listing;
    return macro === undefined ? checkFilter(text, registry) : checkMacro(macro, text, registry);
  }

  async completeFilter(text: string, offset: number): Promise<FilterCompletion> {
    const { document, registry } = this.#listing;
    return completeFilter(text, offset, registry, (field) => seenValues(document, field));
  }

  // ---- settings

  async settings(): Promise<SettingsState> {
    return this.#settings.state;
  }

  async changeProfile(profile: string, values: Partial<Profile>): Promise<Result<number>> {
    return this.#settings.change(profile, values);
  }

  async editProfiles(edit: ProfileEdit): Promise<Result<SettingsState>> {
    return this.#settings.edit(edit);
  }

  async exportProfile(path: string, profile: string): Promise<Result<{ path: string; bytes: number }>> {
    const values = this.#settings.valuesOf(profile);
    return values === null ? fail(`There is no profile "${profile}" any more.`) : exportProfile(path, profile, values);
  }

  // ---- what decodes

  async decodeRules(): Promise<DecodeRuleInfo[]> {
    return this.#own.ruleInfos();
  }

  async setDecodeRules(rules: string[]): Promise<Result<null>> {
    const before = this.#own.rules;
    const set = this.#own.setRules(rules);
    if (this.#own.rules !== before) this.#reread();
    return set;
  }

  async decodeOptions(number: number, path: number[]): Promise<Result<DecodeOptions>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    return ok(decodeOptions(document, number - 1, path));
  }

  async previewRule(number: number, rule: string): Promise<Result<DecodePreview>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    return previewRule(document, number - 1, this.#own.rules, rule);
  }

  async specs(): Promise<SpecReport> {
    return this.#own.specs;
  }

  async reloadSpecs(): Promise<SpecReport> {
    const report = this.#own.reload();
    this.#inventory = null;
    for (const watch of [this.#watch, ...this.#watches]) watch.readBy(this.#own.decoding);
    this.#reread();
    for (const push of this.#windows) push('inventory', null);
    return report;
  }

  // ---- craft

  async operations(): Promise<OperationInfo[]> {
    return operationList(this.#own.decoding.library);
  }

  async operationForm(id: string): Promise<OperationForm | null> {
    return operationForm(this.#own.decoding.library, id);
  }

  async attributeSpace(id: string): Promise<AttributeSpaceInfo | null> {
    return attributeSpace(this.#own.decoding.library, id);
  }

  async interfaces(netns: string): Promise<Result<readonly InterfaceInfo[]>> {
    const place = resolveNetns(netns);
    if (!place.ok) return place;
    const names = await interfaceNames(place.value.path);
    return names.ok ? ok(Array.from(names.value, ([index, name]) => ({ index, name }))) : names;
  }

  async encode(message: MessageValue): Promise<EncodeReport> {
    return encodeReport(message, this.#own.decoding, this.#watch.families);
  }

  async decodeHex(protocol: string, hex: string): Promise<Result<DecodeReport>> {
    return decodeReport(protocol, hex, this.#own.decoding, this.#watch.families);
  }

  async messageValue(number: number): Promise<Result<MessageValue>> {
    const { document } = this.#listing;
    if (!isMessage(document, number - 1)) return noSuchMessage(number);
    return valueOfRow(document, number - 1);
  }

  async send(request: SendRequest): Promise<Result<SendReport>> {
    return this.#sending((targets) => sendAndRecord(request, targets));
  }

  /** Does what sends messages of ours, which the recording takes in. */
  async #sending<T>(work: (targets: SendTargets) => Promise<T>): Promise<T> {
    await this.#watching;
    const recording = this.#recording;
    if (this.#capture !== 'file') this.#watch.teach(recording.document);
    if (this.#capture === 'idle') this.#capture = 'stopped';
    return recording.use(() =>
      work({
        decoding: this.#own.decoding,
        families: this.#watch.families,
        recording,
        onRecorded: (portid) => {
          if (portid !== null) this.#ownPortids.add(portid);
          this.#attempt(() => recording.flush());
          this.#work();
        },
      }),
    );
  }

  async sequenceRequests(which: SequenceSelection): Promise<Result<SequenceRequests>> {
    const listing = this.#listing;
    const { document } = listing;
    return this.#recording.use(async () => {
      if (which.kind === 'marked') return requestsAmong(document, (row) => document.store.isMarked(row));
      return requestsAmong(document, await wantedRows(listing, which, nextTurn));
    });
  }

  async planSequence(options: SequenceOptions): Promise<Result<SequencePlan>> {
    const { document } = this.#listing;
    const id = ++this.#lastSequence;
    const prepared = await this.#recording.use(() => prepareSequence(id, options, document, this.#own.decoding));
    if (!prepared.ok) return prepared;
    this.#sequences.set(id, prepared.value);
    const [oldest] = this.#sequences.keys();
    if (this.#sequences.size > MOST_SEQUENCES && oldest !== undefined) this.#sequences.delete(oldest);
    return ok(prepared.value.plan);
  }

  async sendSequence(plan: number, datagram: number): Promise<Result<SequenceAnswer[]>> {
    const sequence = this.#sequences.get(plan);
    if (sequence === undefined) return fail('The sequence was made too long ago: make it anew.');
    if (sequence.plan.blocked !== '') return fail(sequence.plan.blocked);
    return this.#sending(({ decoding, recording, onRecorded }) =>
      sendDatagram(sequence, datagram, recording, decoding, onRecorded),
    );
  }

  // ---- what arrives

  #record(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number, notes?: DatagramNotes): void {
    if (this.#isFull) return;
    const recording = this.#recording;
    const { store } = recording.document;
    const before = store.count;
    const add = () => recording.add(envelope, timeNs, bytes, originalLength, notes);
    if (this.#diskFailure !== null || !this.#attempt(add)) {
      this.#unstored++;
      return;
    }
    const messages = store.count - before;
    if (this.#files !== null)
      this.#attempt(() => this.#files?.datagram(envelope, timeNs, bytes, originalLength, messages, notes));
    this.#checkLimits();
  }

  #recordGap(gap: Gap, timeNs: bigint): void {
    if (this.#isFull) return;
    this.#attempt(() => {
      this.#recording.addGap(gap, timeNs);
      this.#files?.gap(gap, timeNs);
    });
  }

  #learnFacts(facts: HostFacts): void {
    this.#recording.document.learnFacts(facts);
    this.#attempt(() => {
      this.#recording.addFacts(realtimeNs());
      this.#files?.facts(facts);
    });
  }

  #newFiles(ring: RingBuffer, autostop: Autostop = {}): CaptureFiles {
    let made: CaptureFiles | null = null;
    made = new CaptureFiles(ring, {
      facts: () => {
        // What is known of the capture before this one is no part of it.
        if (this.#files === null || this.#files !== made) return [];
        return this.#recording.document.facts();
      },
      now: realtimeNs,
      mostFiles: autostop.files,
      onSwitch: () => this.#nextFile(),
    });
    return made;
  }

  /** The list begins anew with every file: what a ring buffer removes cannot stay in it. */
  #nextFile(): void {
    const before = this.#recording;
    this.#earlierMessages += messagesOf(before);
    this.#earlierBytes += before.spoolBytes;
    const next = newRecording(this.#spoolPath(), ownDecoding(this.#own.decoding));
    for (const { families: _, ...known } of before.document.facts()) next.document.learnFacts(known);
    this.#show(next);
  }

  #checkLimits(): void {
    const { messages, filesize, files } = this.#autostop;
    if (this.#isFull || (messages === undefined && filesize === undefined && files === undefined)) return;
    const limit = reachedLimit(this.#autostop, {
      messages: this.#earlierMessages + messagesOf(this.#recording),
      bytes: this.#files?.bytes ?? this.#earlierBytes + this.#recording.spoolBytes,
      filled: this.#files?.filled ?? 0,
    });
    if (limit === null) return;
    // In the middle of a batch: the sockets are closed in the next turn.
    this.#isFull = true;
    setImmediate(() => this.#stopAt(limit));
  }

  #stopAt(limit: string): void {
    if (this.#live === null) return;
    this.#isFull = true;
    void this.stopCapture();
    this.#notice('note', `Capturing stopped by itself: ${limit}, as it was told.`);
  }

  /** The last source of a capture has ended by itself. */
  async #stopEnded(live: CaptureSources): Promise<void> {
    if (this.#live === live) await this.stopCapture();
  }

  #afterBatch(): void {
    if (this.#recording.document.learn()) this.#namesChanged();
    this.#attribution.observe(this.#recording.document);
    // What a window may have been told of survives the end of this process.
    this.#attempt(() => this.#flush());
    this.#work();
  }

  #flush(): void {
    this.#recording.flush();
    this.#files?.flush();
    this.#checkLimits();
  }

  /**
   * Writes to the spool; false when that fails, as it does when the disk is full. Then capturing ends in the next turn
   * (this one may be in the middle of a batch) and what is there stays.
   */
  #attempt(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      if (this.#diskFailure === null) setImmediate(() => void this.#stopForDisk());
      this.#diskFailure ??= error;
      return false;
    }
  }

  async #stopForDisk(): Promise<void> {
    const capturing = this.#live !== null;
    const recording = this.#recording;
    // What could not be written is not tried again: the file stays as it is.
    if (this.#diskFailure instanceof CaptureFileError) this.#files?.close();
    await this.stopCapture();
    const failure = this.#diskFailure;
    const what =
      failure instanceof CaptureFileError ? failure.message : `the spool cannot be written: ${reasonOf(failure)}`;
    const text = capturing ? `Capturing stopped: ${what}.` : `${what[0].toUpperCase()}${what.slice(1)}.`;
    this.#diskFailure = null;
    if (this.#unstored > 0) {
      const gap: Gap = { protocol: null, lost: this.#unstored, cause: 'store' };
      try {
        recording.addGap(gap, realtimeNs());
      } catch {
        recording.document.store.appendGap(gap, realtimeNs());
      }
    }
    this.#dropped += this.#unstored;
    this.#unstored = 0;
    this.#work();
    const { store } = recording.document;
    this.#notice(
      'error',
      text,
      `The ${store.count - store.gapCount} messages of the list are kept: save them to another disk, or make room in ${this.#start.directory}.`,
    );
  }

  #beat(): void {
    this.#attempt(() => this.#flush());
    this.#changed();
  }

  // ---- what is shown

  /** Shows another recording in place of the current one, with the same filter and grouping. */
  #show(recording: Recording): void {
    const before = this.#listing;
    this.#recording.close();
    this.#recording = recording;
    this.#listing = this.#newListing(before.view.generation + 1);
    this.#listing.view.setGrouped(before.view.grouped);
    this.#listing.filterAs(before);
    this.#listing.view.setPaused(this.#viewPaused);
    this.#drops = { kernel: 0, queue: 0 };
    this.#fileName = '';
    this.#savedRows = 0;
    this.#unsavedNotes = new UnsavedNotes();
    this.#abandonedPath = '';
    this.#dropped = 0;
    if (this.#live !== null) this.#teach();
    this.#work();
  }

  /** Shows the same recording anew, as the specs and rules that are now in force read it. */
  #reread(): void {
    this.#recording.document.readBy(ownDecoding(this.#own.decoding));
    this.#tellFilter((listing) => listing.reread());
    this.#rereadings++;
    this.#work();
  }

  /** Tells when a change puts the filter out of force, or brings it back. */
  #tellFilter(change: (listing: Listing) => Result<null, FilterError>): void {
    const { filter, suspended } = this.#listing;
    const applied = change(this.#listing);
    if (!applied.ok) this.#notice('warn', `The filter ${filter} is no longer in force: ${applied.error.message}`);
    else if (suspended !== '' && this.#listing.suspended === '') {
      this.#notice('note', `The filter ${suspended} is in force again.`);
    }
  }

  #newListing(generation: number): Listing {
    return new Listing(this.#recording.document, generation, () => this.#settings.macros);
  }

  #settingsChanged(): void {
    if (this.#closed) return;
    this.#tellFilter((listing) => listing.macrosChanged());
    for (const text of this.#settings.state.problems) this.#notice('warn', text);
    this.#work();
    this.#changed();
  }

  async #specFilesChanged(): Promise<void> {
    if (this.#closed) return;
    const { problems, loaded } = await this.reloadSpecs();
    const files = loaded.length === 1 ? '1 spec is' : `${loaded.length} specs are`;
    this.#notice('note', `Your specs changed: ${files} in force.`);
    for (const text of problems) this.#notice('warn', text);
  }

  #viewAfterWork(): ViewInfo {
    this.#listing.view.step(WORK_MS);
    this.#work();
    return this.#listing.info();
  }

  /** Works on the list until it is complete, one slice in a turn. */
  #work(): void {
    this.#changed();
    if (this.#working || this.#closed) return;
    this.#working = true;
    setImmediate(() => {
      this.#working = false;
      if (this.#closed) return;
      if (this.#listing.view.step(WORK_MS)) this.#work();
      else {
        this.#sortAgain();
        this.#examine();
      }
    });
  }

  /** A list that was made anew is sorted as it was before, once it is all there. */
  #sortAgain(): void {
    const listing = this.#listing;
    const { sort, view } = listing;
    if (sort === null || view.sortedCount > 0 || this.#sorting === view.restarts || this.#opening !== null) return;
    this.#sorting = view.restarts;
    void this.#sortListing(listing, sort);
  }

  /** Lets the expert look at the messages of the list, one slice in a turn. */
  #examine(): void {
    // The expert can wait until the capture is complete.
    if (this.#examining || this.#opening !== null) return;
    this.#examining = true;
    // Live, errors are told as they come.
    const isLooking = this.#live === null && performance.now() - this.#lookedAt < LOOKING_MS;
    const turn = () => {
      this.#examining = false;
      if (this.#closed || this.#opening !== null) return;
      const isMore = this.#listing.step(isLooking ? EXPERT_MS : WORK_MS);
      this.#changed();
      if (isMore) this.#examine();
      else this.#prepare();
    };
    if (isLooking) setTimeout(turn, EXPERT_REST_MS);
    else setImmediate(turn);
  }

  /** While there is nothing else to do, makes ready what the first filter would have to wait for. */
  #prepare(): void {
    const listing = this.#listing;
    if (this.#prepared === listing || this.#preparing) return;
    this.#preparing = true;
    setTimeout(() => {
      this.#preparing = false;
      // What works now comes back here when it is done.
      if (this.#closed || this.#working || this.#examining || this.#opening !== null) return;
      if (!listing.prepare()) this.#prepared = listing;
      this.#prepare();
    }, PREPARE_MS).unref();
  }

  #stopLive(): void {
    const live = this.#live;
    if (live === null) return;
    live.close();
    this.#live = null;
    this.#attribution.rest();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#finishFiles();
    this.#ended = live.states;
    const { kernel, queue } = live.drops;
    this.#drops = { kernel: this.#drops.kernel + kernel, queue: this.#drops.queue + queue };
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }

  /** Completes the files of the user's. When that fails, what they hold up to there stays readable. */
  #finishFiles(): void {
    const files = this.#files;
    this.#files = null;
    this.#lastFiles = files?.state ?? null;
    try {
      files?.finish();
    } catch (error) {
      this.#notice('error', `The capture file is not complete: ${reasonOf(error)}.`);
    }
  }

  // ---- what the host has

  #inventoryOf({ path }: Netns): Promise<Inventory> {
    return path === '' ? this.inventory() : takeInventory(path, genlKnowledge(this.#own.decoding.library));
  }

  #newWatch(netns: Netns): Watch {
    return new Watch(netns, this.#own.decoding, {
      familiesChanged: () => {
        this.#inventory = null;
        for (const push of this.#windows) push('inventory', null);
        if (this.#live !== null) this.#teach();
      },
      interfaceNamed: (known) => {
        if (this.#live !== null) this.#recording.document.learnFacts({ host: OWN_HOST, interfaces: [known] });
      },
      stringsKnown: (strings) => {
        if (this.#live !== null) this.#recording.document.learnFacts({ host: OWN_HOST, strings });
      },
    });
  }

  /** Keeps up with the namespaces that are captured, and teaches the recording what they have. */
  async #watchNamespaces(namespaces: readonly Netns[]): Promise<void> {
    for (const watch of this.#watches) watch.close();
    const watches = namespaces.filter(({ path }) => path !== '').map((netns) => this.#newWatch(netns));
    this.#watches = watches;
    await Promise.all([this.#watching, ...watches.map((watch) => watch.start())]);
    if (this.#live !== null) this.#teach();
  }

  /** Our sockets would keep a namespace alive. */
  #stopWatching(path: string): void {
    for (const watch of this.#watches.filter(({ netns }) => netns.path === path)) watch.close();
    this.#watches = this.#watches.filter(({ netns }) => netns.path !== path);
  }

  #teach(): void {
    const recording = this.#recording;
    for (const watch of [this.#watch, ...this.#watches]) watch.teach(recording.document);
    this.#attempt(() => recording.addFacts(realtimeNs()));
    this.#attempt(() => {
      for (const { owners: _, ...known } of recording.document.facts()) this.#files?.facts(known);
    });
  }

  /** Processes were found: rows read differently, and a filter by processes may pass more of them. */
  #namesChanged(): void {
    this.#names++;
    if (this.#listing.filterHas(OWNER_FIELDS)) this.#refilter.request();
    this.#changed();
  }

  // ---- what windows are told

  #changed(): void {
    if (!this.#closed) this.#stateEvents.request();
  }

  #pushState(): void {
    if (this.#windows.size === 0) return;
    const state = this.#state();
    for (const push of this.#windows) push('state', state);
  }

  #notice(severity: 'error' | 'warn' | 'note', text: string, hint?: string): void {
    for (const push of this.#windows) push('notice', { severity, text, hint });
  }

  #state(): HostState {
    const { store } = this.#listing.document;
    const live = this.#live?.drops ?? { kernel: 0, queue: 0 };
    const unsavedParts = [
      ...(store.count > this.#savedRows && this.#files === null ? (['messages'] as const) : []),
      ...this.#unsavedNotes.kinds,
    ];
    const rate = this.#rate.sample(performance.now(), store.count);
    return {
      capture: this.#capture,
      viewPaused: this.#viewPaused,
      startedAt: this.#startedAt,
      firstTime: store.count === 0 ? '' : store.timeNs(0).toString(),
      stoppedAt: this.#stoppedAt,
      fileName: this.#fileName === '' ? '' : basename(this.#fileName),
      unsaved: unsavedParts.length > 0,
      unsavedParts,
      references: { messages: store.referenceCount, changes: this.#references },
      comments: { messages: store.commentedCount, changes: this.#comments },
      names: this.#names,
      decoding: this.#rereadings,
      settings: this.#settings.state.revision,
      joined: this.#live?.joined ?? this.#wanted,
      tap: this.#live?.tapNames.join(', ') ?? '',
      sources: this.#live?.states ?? this.#ended,
      files: this.#files?.state ?? this.#lastFiles,
      job: this.#jobs.state,
      view: this.#listing.info(),
      counts: this.#counts(),
      rate: this.#live === null ? 0 : rate,
      drops: {
        kernel: this.#drops.kernel + live.kernel,
        queue: this.#drops.queue + live.queue,
        store: this.#dropped + this.#unstored,
      },
      spoolBytes: this.#recording.spoolBytes,
      indexBytes: store.indexBytes,
      severities: { ...this.#listing.severities, gap: store.gapCount },
    };
  }

  #counts(): { [key: string]: number } {
    const { store, hosts } = this.#listing.document;
    const { protocols, groups, genlFamilies } = store.counts();
    const counts: { [key: string]: number } = {};
    for (const [protocol, count] of protocols) counts[protocol] = count;
    for (const [protocol, byGroup] of groups) {
      for (const [group, count] of byGroup) counts[`${protocol}/${group}`] = count;
    }
    for (const { host, id, count } of genlFamilies) {
      const family = hosts.of(host).families.byId(id);
      if (family === undefined) continue;
      const key = `${NETLINK_GENERIC}/${family.name}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
    return counts;
  }

  #spoolPath(): string {
    this.#spools++;
    return spoolPath(this.#start.directory, this.#spools);
  }
}

/** What `nlscope capture` is told on another host for the same choice. */
function remoteArgs({ groups, everything, tap, namespaces = [] }: CaptureOptions): string[] {
  const named = groups.map(({ protocol, group, genlFamily, name }) =>
    genlFamily === undefined ? `${protocol}/${group}` : `${protocol}/${genlFamily}/${name}`,
  );
  return [
    ...(everything ? ['--all'] : named.flatMap((name) => ['--group', name])),
    ...namespaces.filter((name) => name !== '').flatMap((name) => ['--netns', name]),
    ...(tap ? ['--tap'] : []),
  ];
}

function keyOfGroup({ protocol, group }: GroupRef): string {
  return `${protocol}/${group}`;
}

function messagesOf({ document: { store } }: Recording): number {
  return store.count - store.gapCount;
}

function nowNs(): string {
  return (BigInt(Date.now()) * 1_000_000n).toString();
}

function noSuchMessage<T>(number: number): Result<T, Failure> {
  return fail(`There is no message ${number}.`);
}
