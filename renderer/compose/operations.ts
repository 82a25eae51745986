import type { MessageValue, NetnsInfo, OperationForm, OperationInfo } from '../../app/contracts/index.ts';

/** Operations of one family, in the order the specs give them. */
export interface OperationGroup {
  /** "rt-link" or the generic netlink family. */
  readonly family: string;
  readonly protocol: string;
  readonly operations: readonly OperationInfo[];
}

/**
 * Operations whose name, family, mode or doc holds every word of `text`, grouped by family. Families in which a name
 * begins with the text come first.
 */
export function findOperations(operations: readonly OperationInfo[], text: string): OperationGroup[] {
  const words = text
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  const groups = new Map<string, OperationInfo[]>();
  for (const operation of operations) {
    const { name, family, genlFamily = '', mode, protocol, doc } = operation;
    const where = `${name} ${family} ${genlFamily} ${mode} ${protocol} ${doc}`.toLowerCase();
    if (!words.every((word) => where.includes(word))) continue;
    const list = groups.get(family);
    if (list === undefined) groups.set(family, [operation]);
    else list.push(operation);
  }
  const found = [...groups].map(([family, list]) => ({ family, protocol: list[0]!.protocol, operations: list }));
  const hits = (group: OperationGroup) => group.operations.some(({ name }) => namesMatch(name, words));
  return words.length === 0 ? found : [...found.filter(hits), ...found.filter((group) => !hits(group))];
}

function namesMatch(name: string, words: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/**
 * The operation a message is a request of, by protocol, family, name, the dump flags, and what its header says where
 * several have the name; null when no spec has it.
 */
export function operationOf(message: MessageValue, operations: readonly OperationInfo[]): OperationInfo | null {
  const name = message.genl === undefined ? message.type : message.genl.cmd;
  const mode = isDump(message) ? 'dump' : 'do';
  const same = operations.filter(
    (operation) =>
      operation.protocol === message.protocol &&
      operation.name === name &&
      (message.genlFamily === undefined || (operation.genlFamily ?? operation.family) === message.genlFamily),
  );
  const told = same.filter(({ selects }) => selects?.every((rule) => isChosen(message, rule)) === true);
  const fitting = told.length > 0 ? told : same;
  return fitting.find((operation) => operation.mode === mode) ?? fitting[0] ?? null;
}

function isChosen(
  { header }: MessageValue,
  { member, values }: NonNullable<OperationInfo['selects']>[number],
): boolean {
  const value = header?.[member];
  return (typeof value === 'string' || typeof value === 'number') && values.includes(value);
}

function isDump(message: MessageValue): boolean {
  return (
    message.flags.includes('NLM_F_DUMP') ||
    (message.flags.includes('NLM_F_ROOT') && message.flags.includes('NLM_F_MATCH'))
  );
}

/**
 * The message to go on with when another operation is chosen: the new operation's own, with the attributes and header
 * written so far where both read the same attributes.
 */
export function switchOperation(
  message: MessageValue | null,
  before: OperationForm | null,
  next: OperationForm,
): MessageValue {
  if (message === null || before === null || before.space !== next.space || next.space === '') return next.template;
  const header =
    before.header?.name === next.header?.name ? (message.header ?? next.template.header) : next.template.header;
  return { ...next.template, attributes: message.attributes, ...(header === undefined ? {} : { header }) };
}

/** A request worth starting from. */
export interface Preset {
  readonly title: string;
  readonly operation: OperationInfo;
}

/** First requests for people who look around: by operation name and mode, most harmless first. */
const PRESETS: readonly (readonly [title: string, name: string, mode: OperationInfo['mode']])[] = [
  ['List links', 'RTM_GETLINK', 'dump'],
  ['List addresses', 'RTM_GETADDR', 'dump'],
  ['List routes', 'RTM_GETROUTE', 'dump'],
  ['List neighbours', 'RTM_GETNEIGH', 'dump'],
  ['List rules', 'RTM_GETRULE', 'dump'],
  ['List queueing disciplines', 'RTM_GETQDISC', 'dump'],
  ['List generic netlink families', 'CTRL_CMD_GETFAMILY', 'dump'],
  ['Create a link', 'RTM_NEWLINK', 'do'],
  ['Add an address', 'RTM_NEWADDR', 'do'],
];

/** The presets that this host has operations for. */
export function presetsOf(operations: readonly OperationInfo[]): Preset[] {
  return PRESETS.flatMap(([title, name, mode]) => {
    const operation = operations.find((candidate) => candidate.name === name && candidate.mode === mode);
    return operation === undefined ? [] : [{ title, operation }];
  });
}

/** "NLM_F_REQUEST" as "REQUEST". */
export function shortFlag(name: string): string {
  return name.replace(/^NLM_F_/, '');
}

/** The namespace a request goes to, as it is named to people. */
export function netnsTitle(netns: NetnsInfo | undefined): string {
  return netns === undefined || netns.name === '' ? "this host's namespace" : `namespace ${netns.name}`;
}

/** What a request that changes something does, where, and what it needs. Null for requests that only ask. */
export interface SendWarning {
  /** "NETLINK_ROUTE RTM_NEWLINK creates or changes". */
  readonly what: string;
  readonly where: string;
  /** CAP_NET_ADMIN, '' where none is needed. */
  readonly capability: string;
  /** The host's own namespace is meant: everything that runs on it feels the change. */
  readonly ownHost: boolean;
}

export function sendWarning(operation: OperationInfo | null, netns: NetnsInfo | undefined): SendWarning | null {
  if (operation === null || !operation.mutating) return null;
  const family =
    operation.genlFamily === undefined ? operation.protocol : `${operation.genlFamily} (${operation.protocol})`;
  return {
    what: `${family} ${operation.name} ${effectOf(operation.name)}`,
    where: netnsTitle(netns),
    capability: operation.capability,
    ownHost: netns === undefined || netns.name === '',
  };
}

/** The warning for a request that no spec describes: it may do anything. */
export function unknownWarning(protocol: string, netns: NetnsInfo | undefined): SendWarning {
  return {
    what: `A ${protocol} message that no spec describes may change something`,
    where: netnsTitle(netns),
    capability: '',
    ownHost: netns === undefined || netns.name === '',
  };
}

const EFFECTS: readonly (readonly [pattern: RegExp, effect: string])[] = [
  [/(^|_)(NEW|ADD|CREATE)/, 'creates or changes something'],
  [/(^|_)(DEL|DESTROY|REMOVE|FLUSH)/, 'deletes something'],
  [/(^|_)SET/, 'changes something'],
];

function effectOf(name: string): string {
  return EFFECTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'may change something';
}
