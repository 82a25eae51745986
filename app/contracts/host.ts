import type { ByteRange, Failure, Result, Severity } from './base.ts';
import type { DumpComparison } from './comparison.ts';
import type { DecodeOptions, DecodePreview, DecodeRuleInfo, SpecReport } from './decoding.ts';
import type { AttributeValue, MessageValue } from './message.ts';
import type { SocketInfo } from './process.ts';
import type { FamilyCode, FieldNode, MessageDetail, Note, RowPage } from './record.ts';
import type { SequenceAnswer, SequenceOptions, SequencePlan, SequenceRequests, SequenceSelection } from './sequence.ts';
import type { Profile, ProfileEdit, SettingsState } from './settings.ts';

/**
 * What the engine offers to a window, over Electron's MessagePort or a WebSocket alike. Every method is asynchronous;
 * arguments and results are plain JSON data. Errors a user can cause come back as Result; a rejected promise is a bug
 * or a lost connection.
 */
export interface HostApi {
  info(): Promise<HostInfo>;

  // ---- capture
  /** What this kernel has, asked anew: protocols, groups, generic netlink families. Sources are told apart by `locked`. */
  inventory(): Promise<Inventory>;
  /** Every netlink socket of a network namespace ("": our own), as `ss -f netlink` lists them. */
  sockets(netns: string): Promise<Result<SocketInfo[]>>;
  startCapture(options: CaptureOptions): Promise<Result<SubscriptionReport>>;
  stopCapture(): Promise<void>;
  /** While paused, messages still arrive and are kept; the view's total does not move. */
  pauseView(paused: boolean): Promise<void>;
  /** Joins and leaves groups while capturing (or changes what the next start uses). */
  subscribe(change: { add: GroupRef[]; remove: GroupRef[] }): Promise<Result<SubscriptionReport>>;
  /** Drops all messages of the session. */
  clear(): Promise<void>;

  // ---- files
  /** Opens a pcap or pcapng file of the host's file system in place of what is shown. */
  openFile(path: string): Promise<Result<OpenReport>>;
  /** Writes pcapng. `numbers`: only these; `displayed`: only what the filter shows; else all. */
  saveFile(path: string, which: SaveSelection): Promise<Result<SaveReport>>;
  /** Writes what messages say as text of a kind that other programs read, as `nlscope read` prints it. */
  exportFile(path: string, which: SaveSelection, format: ExportFormat): Promise<Result<ExportReport>>;
  recentFiles(): Promise<RecentFile[]>;
  /** Captures that were not saved when nlscope was brought down. `openFile` opens them by their paths. */
  abandonedCaptures(): Promise<AbandonedCapture[]>;
  /** Ends the job that the state tells of: of a capture that is being opened, what has been read stays. */
  stopJob(): Promise<void>;
  /** Removes one of them for good. */
  discardAbandoned(path: string): Promise<Result<null>>;

  // ---- the list
  /** Applies a display filter ("" = all). On an error the old filter stays in force. */
  setFilter(text: string): Promise<Result<ViewInfo, FilterError>>;
  /** Groups replies under their requests (default true). */
  setGrouping(grouped: boolean): Promise<ViewInfo>;
  /** Opens or closes a request: that of this number, or the one that the message of this number is tucked under. */
  expand(number: number, expanded: boolean): Promise<ViewInfo>;
  /**
   * Sorts the rows (answers stay with their requests), null: as they were captured. Equal ones keep their order; rows that
   * come later follow at the end. It holds through changes of filter and grouping. `stopJob` ends it, and with it the wish.
   */
  sort(by: RowSort | null): Promise<Result<ViewInfo>>;
  /**
   * @param fields display filter fields whose values the rows tell as well; names that nothing has are empty
   * @param colours display filters: each row tells which is the first that it passes; wrong ones pass nothing
   */
  rows(first: number, count: number, fields?: readonly string[], colours?: readonly string[]): Promise<RowPage>;
  /** Where a message stands in the view. */
  indexOf(number: number): Promise<RowPlace>;
  /**
   * The next/previous row from `from` (row index, exclusive) that has a severity, is marked or commented, or whose text contains, once
   * around. It looks for a moment only: whoever wants the search to go on asks again, and who does not has ended it.
   */
  find(query: FindQuery): Promise<Result<FindAnswer>>;
  mark(numbers: number[], marked: boolean): Promise<void>;
  /** Measures the times of a message and of those after it from that message on, or does so no more. Files keep it. */
  setReference(number: number, reference: boolean): Promise<Result<null>>;
  /** Measures all times from the first message again. */
  clearReferences(): Promise<void>;
  /** Writes a comment on a message, in place of the one before; "" takes it away. Files keep it. */
  setComment(number: number, text: string): Promise<Result<null>>;
  /** Messages that have a comment, by their numbers. */
  comments(first: number, count: number): Promise<{ total: number; items: CommentItem[] }>;
  /** The marked message that comes next before this one, else after it, shown or not; 0 when no other is marked. */
  nearestMark(number: number): Promise<number>;
  /**
   * What is worst in each slice of the view, for the overview strip: `buckets` values of '', 'gap', 'note', 'warn', 'error';
   * where it is none of the last three, "colour N" for the Nth of `colours` when a row of the slice passes it. Of long
   * views only some rows of each slice are asked.
   */
  overview(buckets: number, colours?: readonly string[]): Promise<string[]>;
  experts(first: number, count: number): Promise<{ total: number; items: ExpertItem[] }>;
  /**
   * What is counted of the messages: by family, type, netlink address and process, and by time. It counts for a moment
   * only: whoever wants it to go on asks again, and who does not has ended it.
   * @param displayed only of messages that the filter shows; the rate tells of both
   */
  statistics(displayed: boolean): Promise<StatisticsAnswer>;
  /** Counts to the end, and writes a table of it as comma separated values. */
  exportStatistics(
    path: string,
    displayed: boolean,
    table: StatisticsTableName,
  ): Promise<Result<{ readonly path: string; readonly bytes: number }>>;

  // ---- one message
  detail(number: number): Promise<MessageDetail | null>;
  copyAs(number: number, format: CopyFormat): Promise<Result<string>>;
  /** A part of a message's bytes. */
  copyBytes(number: number, range: ByteRange, format: BytesFormat): Promise<Result<string>>;
  /** What changed between two dumps, named by their requests; `stopJob` ends it. */
  compareDumps(a: number, b: number): Promise<Result<DumpComparison>>;

  // ---- display filter language
  /** @param macro the text is that of a macro of this name, and not a filter */
  checkFilter(text: string, macro?: string): Promise<FilterCheck>;
  completeFilter(text: string, offset: number): Promise<FilterCompletion>;

  // ---- settings
  /** What the user has arranged: the profile in force, and which others there are. */
  settings(): Promise<SettingsState>;
  /** Changes parts of a profile, and keeps them. Returns the revision of the settings then. */
  changeProfile(profile: string, values: Partial<Profile>): Promise<Result<number>>;
  /** Changes which profiles there are, and which is in force, in all windows of this host. */
  editProfiles(edit: ProfileEdit): Promise<Result<SettingsState>>;
  /** Writes a profile to a file that another window, of this host or another, can import. */
  exportProfile(path: string, profile: string): Promise<Result<{ readonly path: string; readonly bytes: number }>>;

  // ---- what decodes
  /** The user's decode-as rules, in their order. */
  decodeRules(): Promise<DecodeRuleInfo[]>;
  /**
   * Puts rules in force in place of those before, for what is shown too, and keeps them. A rule that is new and cannot
   * be used changes nothing.
   */
  setDecodeRules(rules: string[]): Promise<Result<null>>;
  /** What can be read otherwise at a field (its positions from the top of the tree), or in a message as a whole (none). */
  decodeOptions(number: number, path: number[]): Promise<Result<DecodeOptions>>;
  /** How a message would read with this rule beside those in force. */
  previewRule(number: number, rule: string): Promise<Result<DecodePreview>>;
  /** The user's own specs as they were last read. */
  specs(): Promise<SpecReport>;
  /** Reads them anew, also for what is shown. */
  reloadSpecs(): Promise<SpecReport>;

  // ---- craft
  operations(): Promise<OperationInfo[]>;
  /** The form of an operation: its fixed header and its top attribute space. */
  operationForm(id: string): Promise<OperationForm | null>;
  /** Attributes of a space named by an OperationForm or an AttributeInfo. */
  attributeSpace(id: string): Promise<AttributeSpaceInfo | null>;
  /** The interfaces of a network namespace (its path; "": our own) as they are now, by index. */
  interfaces(netns: string): Promise<Result<readonly InterfaceInfo[]>>;
  /** Bytes of a message being written, its tree, and what is wrong with it. */
  encode(message: MessageValue): Promise<EncodeReport>;
  decodeHex(protocol: string, hex: string): Promise<Result<DecodeReport>>;
  /** A captured message as values, to be edited and sent again. */
  messageValue(number: number): Promise<Result<MessageValue>>;
  send(request: SendRequest): Promise<Result<SendReport>>;
  /** Which of some messages are requests that a sequence can send again. */
  sequenceRequests(which: SequenceSelection): Promise<Result<SequenceRequests>>;
  /** What a sequence would send, and what becomes of the numbers in it. */
  planSequence(options: SequenceOptions): Promise<Result<SequencePlan>>;
  /** Sends one datagram of a plan, by its position, and waits for what answers it. Plans of long ago are forgotten. */
  sendSequence(plan: number, datagram: number): Promise<Result<SequenceAnswer[]>>;
}

/** Pushed by the host; throttled to what an eye can follow. */
export interface HostEvents {
  state: HostState;
  /** Something to tell the user that no call of theirs asked for (a source failed, a file shrank, a family appeared). */
  notice: Notice;
  /** The inventory changed (a generic netlink family came or went). */
  inventory: null;
}

export interface Notice {
  readonly severity: Severity;
  readonly text: string;
  readonly hint?: string;
}

export interface HostInfo {
  readonly version: string;
  readonly edition: 'electron' | 'served';
  readonly kernel: string;
  readonly hostname: string;
  readonly user: string;
  /** Effective capabilities of the process that owns the sockets, by name. */
  readonly capabilities: readonly string[];
  readonly netns: readonly NetnsInfo[];
}

export interface InterfaceInfo {
  readonly index: number;
  readonly name: string;
}

export interface NetnsInfo {
  /** "" is the host's own namespace; else a name under /run/netns. */
  readonly name: string;
  readonly path: string;
}

/** A multicast group by protocol and number; `name` for generic netlink groups, whose numbers are dynamic. */
export interface GroupRef {
  readonly protocol: number;
  readonly group: number;
  readonly genlFamily?: string;
  readonly name?: string;
}

export interface Inventory {
  readonly protocols: readonly ProtocolInfo[];
}

export interface ProtocolInfo {
  readonly protocol: number;
  /** NETLINK_ROUTE. */
  readonly name: string;
  /** "Route", "Kernel uevent". */
  readonly title: string;
  readonly family: string;
  /** Groups joined directly (all protocols but generic netlink). */
  readonly groups: readonly GroupInfo[];
  /** Generic netlink families of the running kernel. */
  readonly genlFamilies: readonly GenlFamilyInfo[];
  /** Why no socket of this protocol can be opened at all, or null. */
  readonly locked: Failure | null;
}

export interface GroupInfo {
  readonly ref: GroupRef;
  readonly name: string;
  readonly doc: string;
  /** Refused by the kernel when it was tried: why, or null (allowed, or not tried yet). */
  readonly locked: Failure | null;
  /** Shown only under "more groups" when false. */
  readonly common: boolean;
}

export interface GenlFamilyInfo {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly headerSize: number;
  readonly maxAttr: number;
  readonly groups: readonly GroupInfo[];
  readonly operations: readonly { readonly cmd: number; readonly name: string; readonly flags: number }[];
  /** True when a spec types this family's attributes. */
  readonly known: boolean;
}

/** Receive buffer of a capture that asks for none, in bytes; the kernel's own holds about a hundred messages. */
export const DEFAULT_RECEIVE_BUFFER = 32 << 20;

export interface CaptureOptions {
  readonly groups: readonly GroupRef[];
  /** Everything this kernel lets us hear, families that come later included; `groups` is then ignored. */
  readonly everything?: boolean;
  /** Path of a network namespace, "" for our own. */
  readonly netns?: string;
  /**
   * Network namespaces to capture in at once, in place of `netns`: "" for our own, a name under /run/netns, a process
   * id, or a path. Groups and a tap are meant for each of them.
   */
  readonly namespaces?: readonly string[];
  readonly allNsid?: boolean;
  /** Receive buffer in bytes, DEFAULT_RECEIVE_BUFFER when absent. */
  readonly receiveBuffer?: number;
  /** Also see what passes between other programs and the kernel, by an nlmon device made for it; no group is needed then. */
  readonly tap?: boolean;
  /** Writes the capture to files of the user's as well, one after another. The list then shows the latest file. */
  readonly ringBuffer?: RingBuffer;
  readonly autostop?: Autostop;
  /** Paths of pipes (FIFOs) that captures are read from as they arrive, beside groups and tap. */
  readonly pipes?: readonly string[];
  /** Hosts that are captured on as well, over ssh. */
  readonly remotes?: readonly RemoteSource[];
}

/**
 * A capture in several files, as dumpcap's option -b has it. The next file is begun as soon as one of the limits is
 * reached; without any limit there is one file.
 */
export interface RingBuffer {
  /** "/tmp/cap.pcapng" makes /tmp/cap_00001_20260131120000.pcapng and so on: number and local time of its beginning. */
  readonly path: string;
  /** Size of a file in kB of 1000 bytes. */
  readonly filesize?: number;
  /** Seconds that a file covers. */
  readonly duration?: number;
  /** Messages of a file. */
  readonly messages?: number;
  /** Files that are kept: the oldest is removed for a new one. All when absent. */
  readonly files?: number;
}

/** Limits at which a capture stops by itself, as dumpcap's option -a has them. */
export interface Autostop {
  /** Seconds since it began. */
  readonly duration?: number;
  /** kB of 1000 bytes that were written in all, files that have been removed included. */
  readonly filesize?: number;
  readonly messages?: number;
  /** Files of the ring buffer that have been filled. */
  readonly files?: number;
}

/** A host to capture on: what runs there is nlscope itself where it is installed, else tcpdump on an nlmon device. */
export interface RemoteSource {
  /** "user@host", as ssh(1) takes it. */
  readonly host: string;
  /** Command that runs there and writes a pcap or pcapng capture to its standard output, in place of ours. */
  readonly command?: string;
}

export interface SubscriptionReport {
  readonly joined: readonly GroupRef[];
  readonly refused: readonly { readonly ref: GroupRef; readonly error: Failure }[];
}

export interface HostState {
  readonly capture: 'idle' | 'capturing' | 'stopped' | 'file';
  readonly viewPaused: boolean;
  /** Nanoseconds since 1970 as digits, "" when never started. */
  readonly startedAt: string;
  /** Time of the first message likewise, "" while there is none. */
  readonly firstTime: string;
  readonly stoppedAt: string;
  readonly fileName: string;
  /** True when there are messages, or notes on messages, that no file on disk of the user's holds. */
  readonly unsaved: boolean;
  /** Which of these. */
  readonly unsavedParts: readonly ('messages' | NoteKind)[];
  readonly comments: CommentsState;
  /** Messages that times are measured from; `changes` grows when they become others. */
  readonly references: { readonly messages: number; readonly changes: number };
  /** Grows when rows may read differently than before: processes were found, or what columns ask for. */
  readonly names: number;
  /** Grows when everything reads anew: specs or decode-as rules changed. */
  readonly decoding: number;
  /** The revision of the settings. */
  readonly settings: number;
  readonly joined: readonly GroupRef[];
  /** Names of the nlmon devices that are read, with commas between; "" when there is none. */
  readonly tap: string;
  /** Where messages come from, what has ended by itself included. */
  readonly sources: readonly SourceState[];
  /** Files of the user's that the capture is written to; null when there is none. */
  readonly files: FilesState | null;
  /** A file that is being opened or saved, or dumps that are being compared, or a list that is being sorted; null when there is none. */
  readonly job: JobState | null;
  readonly view: ViewInfo;
  /** Messages per NETLINK_* number, per "protocol/group", and per "16/familyname". */
  readonly counts: { readonly [key: string]: number };
  /** Messages per second over the last second. */
  readonly rate: number;
  readonly drops: { readonly kernel: number; readonly queue: number; readonly store: number };
  /** Bytes of the spool file, and of the index in memory. */
  readonly spoolBytes: number;
  readonly indexBytes: number;
  readonly severities: { readonly error: number; readonly warn: number; readonly note: number; readonly gap: number };
}

/** What the user wrote about messages. */
export interface CommentsState {
  /** Messages that have a comment. */
  readonly messages: number;
  /** Grows when one was written, changed or taken away. */
  readonly changes: number;
}

/** What users add to messages: comments, marks, and the times that others are measured from. */
export type NoteKind = 'comments' | 'marks' | 'references';

/** UTF-16 units of a comment: in UTF-8 it fits into an option of a capture file. */
export const MAX_COMMENT = 16_000;

/** One source of a capture. */
export interface SourceState {
  readonly kind: 'namespace' | 'pipe' | 'remote';
  /** What messages from it have in nl.netns: "" for our own namespace. */
  readonly name: string;
  readonly tap: string;
  /** Messages that came from it, and their bytes. */
  readonly messages: number;
  readonly bytes: number;
  /** Messages that are known to be lost, and whether others were that nobody counted. */
  readonly lost: number;
  readonly uncounted: boolean;
  /** What went wrong with it: how often, and the latest in words ("" for nothing). */
  readonly errors: number;
  readonly error: string;
  /** Why it ended while the capture goes on, "" while it runs. */
  readonly ended: string;
}

export interface FilesState {
  /** The one that is written now. */
  readonly current: string;
  /** How many were begun, and how many are still there. */
  readonly begun: number;
  readonly kept: number;
}

export interface ViewInfo {
  readonly generation: number;
  /** Rows in the view (collapsed children not counted). */
  readonly rows: number;
  /** Messages that pass the filter. */
  readonly shown: number;
  /** Messages in the capture. */
  readonly total: number;
  readonly marked: number;
  readonly filter: string;
  readonly grouped: boolean;
  /** What the rows are sorted by; absent: as they were captured. */
  readonly sort?: RowSort;
  /** Share of the capture a running filter has examined, 1 when complete. */
  readonly progress: number;
}

/** An order of the list. */
export interface RowSort {
  /** A column of the list (number, time, family, type, info, …), or "field:" and a display filter field. */
  readonly column: string;
  readonly descending: boolean;
}

/** Work that takes a while. */
export interface JobState {
  readonly kind: 'open' | 'save' | 'compare' | 'sort';
  /** Name of the file, without its folder; or what is compared. */
  readonly name: string;
  /** Share that is done, 0..1. */
  readonly progress: number;
}

export interface OpenReport {
  readonly messages: number;
  readonly datagrams: number;
  /** Where and why reading stopped early, "" if it did not. */
  readonly broken: string;
  /** Why its end was not reached: a user asked for it, or another capture took its place; "" when it was. */
  readonly stopped: '' | 'asked' | 'replaced';
}
export interface SaveReport {
  readonly path: string;
  readonly messages: number;
  readonly datagrams: number;
  readonly bytes: number;
}
/** A line of values each, a JSON object on a line each, every field of each. */
export type ExportFormat = 'csv' | 'json' | 'text';
export interface ExportReport {
  readonly path: string;
  readonly messages: number;
  readonly bytes: number;
}
export type SaveSelection =
  | { readonly kind: 'all' | 'displayed' }
  | { readonly kind: 'numbers'; readonly numbers: number[] };
export interface RecentFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly openedAt: string;
}

/** The spool of an nlscope that ended without closing it. */
export interface AbandonedCapture {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written to, ISO 8601. */
  readonly writtenAt: string;
}

/** The row of a message. */
export interface RowPlace {
  /** Index in the view: its own, that of the request it is tucked under, or of the nearest row before it; -1: none. */
  readonly index: number;
  /** The row is its own. */
  readonly exact: boolean;
  /** The row is that of its request: once that is open, it has a row of its own. */
  readonly tucked: boolean;
}

export interface FindQuery {
  readonly kind: 'severity' | 'marked' | 'commented' | 'text' | 'bytes' | 'filter';
  /** Text, hex digits or a filter, by kind. */
  readonly text?: string;
  readonly from: number;
  readonly backwards?: boolean;
  /** Where the answer before said that the search goes on; absent: it begins. */
  readonly place?: FindPlace;
}

/** Where a search has come to, once around a list of this generation from a row and back to it. */
export interface FindPlace {
  readonly generation: number;
  /** The row that is looked at next. */
  readonly at: number;
  /** It has gone past the end of the list, and on from the other one. */
  readonly wrapped: boolean;
}

/** How far a search has come: `more`, a share of the list (0..1) is done; `changed`, the list is another one by now. */
export type FindAnswer =
  | { readonly kind: 'found'; readonly index: number; readonly wrapped: boolean }
  | { readonly kind: 'more'; readonly place: FindPlace; readonly progress: number }
  | { readonly kind: 'none' | 'changed' };

/** How far counting has come (a share, 0..1), or what was counted. */
export type StatisticsAnswer =
  | { readonly kind: 'more'; readonly progress: number }
  | { readonly kind: 'done'; readonly report: StatisticsReport };

/** What messages are counted by. */
export const STATISTICS_TABLES = ['families', 'types', 'addresses', 'processes'] as const;
export type StatisticsTableName = (typeof STATISTICS_TABLES)[number];

export interface StatisticsReport {
  /** All that was counted. */
  readonly total: Counted;
  /** By protocol, generic netlink by family; the most messages first, as in the tables below. */
  readonly families: StatisticsTable;
  /** By message type or generic netlink command. */
  readonly types: StatisticsTable;
  /** By netlink address of the program's socket, and by who had it. */
  readonly addresses: StatisticsTable;
  /** By the program that had those addresses. */
  readonly processes: StatisticsTable;
  readonly rate: RateReport;
}

export interface StatisticsTable {
  readonly entries: readonly StatisticsEntry[];
  /** Entries with fewer messages that are not told of. */
  readonly leftOut: number;
}

/** What is counted of some messages. */
export interface Counted {
  readonly messages: number;
  readonly bytes: number;
  readonly requests: number;
  readonly replies: number;
  readonly notifications: number;
  /** Requests that were refused; and refusals whose request is not in the capture. */
  readonly errors: number;
  /** Times from requests to what ended their transactions, in nanoseconds; null where none has ended. */
  readonly answers: AnswerTimes | null;
}

/** Of many times: `p95` is what 95 in a hundred do not exceed, to better than one percent. */
export interface AnswerTimes {
  readonly count: number;
  readonly min: number;
  readonly avg: number;
  readonly p95: number;
  readonly max: number;
}

/** A line of a table; what a table does not tell apart is empty. */
export interface StatisticsEntry extends Counted {
  /** "" where messages of several protocols are counted together. */
  readonly code: FamilyCode | '';
  /** NETLINK_ROUTE, or a generic netlink family: nlctrl. */
  readonly family: string;
  /** RTM_NEWLINK, CTRL_CMD_GETFAMILY. */
  readonly type: string;
  /** Netlink address of the program's socket, 0 where nothing tells it; null in other tables. */
  readonly portid: number | null;
  /** "ip[820]" of an address, "ip" of a process; "" where nobody has told. */
  readonly process: string;
  /** Addresses that a process had. */
  readonly addresses: number;
  /** Envelope.netns and Envelope.host, of an address. */
  readonly netns?: string;
  readonly host?: string;
  /** The display filter that shows these messages; "" when none can. */
  readonly filter: string;
}

/** Messages by the time at which they were captured, in bins that are equally wide. */
export interface RateReport {
  /** When the first bin begins, nanoseconds since 1970 as digits; "" when there is no message. */
  readonly start: string;
  /** Nanoseconds that a bin covers. */
  readonly width: number;
  /** Of each bin: messages, those that are counted in the tables, refused requests, and places where messages were lost. */
  readonly all: readonly number[];
  readonly shown: readonly number[];
  readonly errors: readonly number[];
  readonly gaps: readonly number[];
  /** Number of the first counted message of each bin, 0 for none. */
  readonly numbers: readonly number[];
}

/** A message that has a comment. */
export interface CommentItem {
  readonly number: number;
  readonly text: string;
  readonly summary: string;
}

export interface ExpertItem extends Note {
  readonly number: number;
  readonly summary: string;
}

/** Forms of bytes to be pasted elsewhere. */
export type BytesFormat = 'hex' | 'hexdump' | 'base64' | 'c';
export type CopyFormat = BytesFormat | 'summary' | 'json' | 'text';

/** A mistake in a display filter, with the characters it is about. */
export interface FilterError {
  readonly message: string;
  readonly hint?: string;
  /** Character offsets in the filter text. */
  readonly range: ByteRange;
  /** Text that, put in place of the range, sets it right, where that is known. */
  readonly replacement?: string;
  /** The macro in whose text it is, and where there; `range` is then where the filter uses it. */
  readonly macro?: { readonly name: string; readonly text: string; readonly range: ByteRange };
}
export type FilterCheck =
  | { readonly state: 'ok' }
  | { readonly state: 'incomplete'; readonly error: FilterError }
  | { readonly state: 'error'; readonly error: FilterError };

export interface FilterCompletion {
  /** Character offset where the completed word starts. */
  readonly from: number;
  readonly options: readonly CompletionOption[];
}
export interface CompletionOption {
  readonly label: string;
  readonly kind: 'field' | 'operator' | 'value' | 'function' | 'keyword' | 'macro';
  /** Type of a field, or count of a value seen. */
  readonly detail: string;
  readonly doc: string;
}

export interface OperationInfo {
  /** "rt-link/RTM_NEWLINK/do". */
  readonly id: string;
  readonly protocol: string;
  readonly family: string;
  readonly genlFamily?: string;
  /** RTM_NEWLINK, CTRL_CMD_GETFAMILY. */
  readonly name: string;
  readonly mode: 'do' | 'dump';
  readonly doc: string;
  /** Changes state in the kernel (NEW/DEL/SET…). */
  readonly mutating: boolean;
  readonly capability: string;
  /**
   * Members of the header by which its messages are told from others of their type: can_family is AF_CAN; absent where
   * nothing has to be.
   */
  readonly selects?: readonly { readonly member: string; readonly values: readonly (string | number)[] }[];
}

export interface OperationForm {
  readonly operation: OperationInfo;
  /** Message to start from: flags, zeroed header, no attributes. */
  readonly template: MessageValue;
  readonly header: { readonly name: string; readonly members: readonly MemberInfo[] } | null;
  /** Attribute space id of the top level, "" when the operation has none. */
  readonly space: string;
  /** Attributes the spec lists for this request; the space may know more. */
  readonly suggested: readonly string[];
  /** Flags that make sense for this operation. */
  readonly flags: readonly { readonly name: string; readonly doc: string }[];
}

export interface MemberInfo {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly enum: readonly EnumEntryInfo[];
  readonly isFlags: boolean;
  /** 'ifindex', 'hex', 'ipv4', 'mac', … how the value is shown and may be typed. */
  readonly hint: string;
  /** Follows from the rest of the message where no value is given: a length. */
  readonly isComputed?: true;
  readonly members?: readonly MemberInfo[];
}

export interface EnumEntryInfo {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

export interface AttributeInfo extends MemberInfo {
  readonly number: number;
  /** Attribute space of a nest; "" otherwise. */
  readonly space: string;
  /** For sub-messages: which sibling chooses the space, and which spaces there are by its value. */
  readonly selector?: {
    readonly attribute: string;
    readonly spaces: { readonly [value: string]: string };
    /** Members of the fixed header or struct that a value's payload begins with, where it has one. */
    readonly headers?: { readonly [value: string]: readonly MemberInfo[] };
  };
  readonly multi: boolean;
  readonly min?: string;
  readonly max?: string;
  readonly maxLength?: number;
}

export interface AttributeSpaceInfo {
  readonly id: string;
  readonly attributes: readonly AttributeInfo[];
}

export interface EncodeReport {
  /** Base64. */
  readonly bytes: string;
  readonly tree: readonly FieldNode[];
  readonly problems: readonly ValueProblem[];
}

/** What is wrong with a value in a MessageValue; the path holds member names and attribute indices. */
export interface ValueProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export interface DecodeReport {
  readonly messages: readonly {
    readonly summary: string;
    readonly tree: readonly FieldNode[];
    readonly notes: readonly Note[];
    readonly bytes: string;
    /** The message as values, to go on with in the form; absent or null when no spec covers it. */
    readonly value?: MessageValue | null;
  }[];
}

export interface SendRequest {
  /** Either values … */
  readonly message?: MessageValue;
  /** … or raw bytes (base64) of a whole datagram, sent as they are. */
  readonly bytes?: string;
  readonly protocol: string;
  readonly destPortid?: number;
  readonly groupMask?: number;
  readonly netns?: string;
  readonly extAck: boolean;
  readonly strictCheck: boolean;
  /** How long to wait for an answer, milliseconds. */
  readonly timeout?: number;
}

export interface SendReport {
  /** Message number of the request in the capture. */
  readonly number: number;
  readonly replies: readonly number[];
  readonly outcome: 'ack' | 'done' | 'reply' | 'error' | 'timeout' | 'sent';
  readonly errno: string;
  readonly message: string;
  readonly attribute: string;
  /** Where the offending attribute stands in the request. */
  readonly range: ByteRange | null;
  readonly latency: number | null;
}

/** What the window's frame (Electron's shell or a browser page) offers beside the host. */
export interface ShellApi {
  readonly edition: 'electron' | 'served';
  /** Lets the user choose a capture and returns a path that HostApi.openFile takes; null if they changed their mind. */
  pickOpen(): Promise<string | null>;
  /** Lets the user choose where to save; null if they changed their mind. */
  pickSave(suggestedName: string): Promise<string | null>;
  /** After saveFile or exportFile wrote `path`: the served edition hands the file to the browser's download; Electron does nothing. */
  saved(path: string): Promise<void>;
  copyText(text: string): Promise<void>;
  openExternal(url: string): void;
  /**
   * A browser `File` that was dropped on the window, as a path that HostApi.openFile takes; null if it has none, or its
   * user has stopped the upload.
   */
  pathOfDropped(file: object): Promise<string | null>;
  /** Tells what closing the window would lose, in a sentence for its question; "" for nothing. */
  tellUnsaved(what: string): void;
  /** Runs `handler` with a command id when a native menu entry is chosen. Returns a function that stops it. */
  onCommand(handler: (command: string) => void): () => void;
  /** Runs `handler` with a path that HostApi.openFile takes when the desktop wants a capture opened. Returns what stops it. */
  onOpenFile(handler: (path: string) => void): () => void;
  /**
   * Runs `handler` when the question at closing the window was answered with Save; the window closes when it says that all
   * is saved. Returns what stops it.
   */
  onSaveAndClose(handler: () => Promise<boolean>): () => void;
  /** Runs `handler` as a file goes to the host, and with null when it is there or was stopped. Returns what stops it. */
  onUpload(handler: (upload: Upload | null) => void): () => void;
}

/**
 * Suffixes of names that captures usually have, as dialogs for files offer them: pcap and pcapng, also compressed, hex
 * dumps and traces of strace. What a file is its content tells.
 */
export const CAPTURE_SUFFIXES = ['pcapng', 'pcap', 'cap', 'gz', 'zst', 'txt', 'hex', 'strace'] as const;

/** A file on its way from a browser to the host. */
export interface Upload {
  readonly name: string;
  /** Share that has been sent, 0..1. */
  readonly progress: number;
  stop(): void;
}

/** One frame of the wire between window and host, the same over both transports. */
export type Frame =
  | { readonly kind: 'call'; readonly id: number; readonly method: keyof HostApi; readonly args: readonly unknown[] }
  | { readonly kind: 'return'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'throw'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly name: keyof HostEvents; readonly data: unknown };

export type { AttributeValue, MessageValue };
