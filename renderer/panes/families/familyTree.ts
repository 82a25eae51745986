import type {
  CaptureOptions,
  Failure,
  GenlFamilyInfo,
  GroupInfo,
  GroupRef,
  Inventory,
  ProtocolInfo,
} from '../../../app/contracts/index.ts';
import { plural } from '../../format/format.ts';

/** One line of the families panel. */
export interface FamilyRow {
  /** Stable identity: "0", "0/link", "16:nl80211", "16:nl80211/scan". */
  readonly key: string;
  readonly kind: 'protocol' | 'genlFamily' | 'group' | 'more';
  readonly level: 0 | 1 | 2;
  readonly label: string;
  /** Family code of a protocol, "" elsewhere. */
  readonly code: string;
  readonly doc: string;
  /** null: there is nothing to check (no groups). */
  readonly checked: boolean | 'mixed' | null;
  /** null: no count is kept for this line. */
  readonly messages: number | null;
  readonly locked: Failure | null;
  readonly expandable: boolean;
  readonly open: boolean;
  /** Groups that a click joins or leaves. */
  readonly refs: readonly GroupRef[];
}

export interface FamilyTreeInput {
  readonly inventory: Inventory;
  /** Keys (`refKey`) of the groups that are joined or will be. */
  readonly chosen: ReadonlySet<string>;
  readonly counts: { readonly [key: string]: number };
  /** Keys of lines that the user opened or closed. */
  readonly openness: ReadonlyMap<string, boolean>;
  /** Only lines that contain this; everything is open then. */
  readonly search: string;
}

/** What tells a group from another: generic netlink groups by name, because their numbers change. */
export function refKey(ref: GroupRef): string {
  return ref.genlFamily ? `${ref.protocol}:${ref.genlFamily}/${ref.name ?? ref.group}` : `${ref.protocol}/${ref.group}`;
}

/** Groups that a capture with these options hears: all that are not refused, or those chosen that still exist. */
export function chosenGroups(inventory: Inventory | null, options: CaptureOptions): readonly GroupRef[] {
  if (!inventory) return options.everything ? [] : options.groups;
  const all = openGroups(inventory);
  if (options.everything) return all.map((group) => group.ref);
  const wanted = new Set(options.groups.map(refKey));
  return all.filter((group) => wanted.has(refKey(group.ref))).map((group) => group.ref);
}

/** What is captured before anyone chose: the common groups of every protocol that answers. */
export function defaultOptions(inventory: Inventory | null): CaptureOptions {
  const groups = inventory ? openGroups(inventory).filter((group) => group.common) : [];
  return { groups: groups.map((group) => group.ref) };
}

/** "5 protocols · 14 groups" as its two numbers. */
export function countChosen(refs: readonly GroupRef[]): { readonly protocols: number; readonly groups: number } {
  return { protocols: new Set(refs.map((ref) => ref.protocol)).size, groups: refs.length };
}

/** What is locked of a protocol ("Audit", "2 groups of Route"), and why. One entry per protocol. */
export interface LockedPart {
  readonly title: string;
  readonly error: Failure;
}

/** Everything that is locked, with the capability that would unlock it. */
export function lockedReasons(inventory: Inventory): readonly LockedPart[] {
  return inventory.protocols.flatMap((protocol): LockedPart[] => {
    const groups = groupsOf(protocol);
    const whole = protocol.locked ?? sharedLock(groups);
    if (whole) return [{ title: protocol.title, error: whole }];
    const locked = groups.filter((group) => group.locked !== null);
    if (locked.length === 0) return [];
    return [{ title: `${plural(locked.length, 'group')} of ${protocol.title}`, error: locked[0]!.locked! }];
  });
}

/** Codes in the order of the panel: what most people look at first. */
const ORDER = ['RT', 'NF', 'GENL', 'DIAG', 'UEV', 'XFRM', 'AUD', 'USER', 'OTHER'];
/** Protocols with these codes start open. */
const OPEN_AT_FIRST: ReadonlySet<string> = new Set(['RT', 'NF', 'GENL']);

/** The lines of the panel from top to bottom. */
export function familyRows(input: FamilyTreeInput): FamilyRow[] {
  const place = ({ family }: ProtocolInfo) => (ORDER.includes(family) ? ORDER.indexOf(family) : ORDER.length);
  const ordered = input.inventory.protocols.toSorted((one, other) => place(one) - place(other));
  return ordered.flatMap((protocol) => protocolRows(protocol, input));
}

/** What a key does: goes to another line, opens or closes this one, or acts on it (joins, leaves, shows more). */
export type FamilyMove =
  | { readonly kind: 'go'; readonly line: number }
  | { readonly kind: 'open'; readonly open: boolean }
  | { readonly kind: 'act' };

/** Keys of the panel: arrows and j/k move, Right opens, Left closes or goes to the parent, Space and Enter act. */
export function familyKey(rows: readonly FamilyRow[], current: number, key: string): FamilyMove | null {
  const row = rows[current];
  if (!row) return null;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return { kind: 'go', line: current + 1 };
    case 'ArrowUp':
    case 'k':
      return { kind: 'go', line: current - 1 };
    case 'Home':
      return { kind: 'go', line: 0 };
    case 'End':
      return { kind: 'go', line: rows.length - 1 };
    case 'ArrowRight':
      return row.expandable && !row.open ? { kind: 'open', open: true } : { kind: 'go', line: current + 1 };
    case 'ArrowLeft':
      return row.open ? { kind: 'open', open: false } : { kind: 'go', line: parentLine(rows, current) };
    case ' ':
    case 'Enter':
      return { kind: 'act' };
    default:
      return null;
  }
}

function parentLine(rows: readonly FamilyRow[], line: number): number {
  let parent = line - 1;
  while (parent >= 0 && rows[parent]!.level >= rows[line]!.level) parent--;
  return Math.max(0, parent);
}

function protocolRows(protocol: ProtocolInfo, input: FamilyTreeInput): FamilyRow[] {
  const key = `${protocol.protocol}`;
  const locked = protocol.locked ?? sharedLock(groupsOf(protocol));
  const children =
    protocol.genlFamilies.length > 0
      ? limited(
          protocol.genlFamilies,
          `${key}+`,
          'families',
          isCommonFamily,
          input,
          (family) => genlRows(family, input),
          1,
        )
      : limited(
          protocol.groups,
          `${key}+`,
          'groups',
          (group) => group.common,
          input,
          (group) => groupRow(group, 1, input),
          1,
        );
  const matches = includes(`${protocol.title} ${protocol.name}`, input.search);
  if (input.search !== '' && children.length === 0 && !matches) return [];
  const expandable = groupsOf(protocol).length > 1 && protocol.locked === null;
  const open = expandable && isOpen(key, locked === null && OPEN_AT_FIRST.has(protocol.family), input);
  const row: FamilyRow = {
    key,
    kind: 'protocol',
    level: 0,
    label: protocol.title,
    code: protocol.family,
    doc: protocol.name,
    ...stateOf(groupsOf(protocol), input),
    messages: input.counts[key] ?? 0,
    locked,
    expandable,
    open,
  };
  return open ? [row, ...children] : [row];
}

function genlRows(family: GenlFamilyInfo, input: FamilyTreeInput): FamilyRow[] {
  const key = `16:${family.name}`;
  const groups = family.groups
    .map((group) => groupRow(group, 2, input))
    .filter((row) => includes(row.label, input.search));
  if (input.search !== '' && groups.length === 0 && !includes(family.name, input.search)) return [];
  const expandable = family.groups.length > 0;
  const open = expandable && isOpen(key, false, input);
  const row: FamilyRow = {
    key,
    kind: 'genlFamily',
    level: 1,
    label: family.name,
    code: '',
    doc: `generic netlink family ${family.name}, id ${family.id}, version ${family.version}`,
    ...stateOf(family.groups, input),
    messages: input.counts[`16/${family.name}`] ?? 0,
    locked: sharedLock(family.groups),
    expandable,
    open,
  };
  return open ? [row, ...groups] : [row];
}

function groupRow(group: GroupInfo, level: 1 | 2, { chosen, counts }: FamilyTreeInput): FamilyRow {
  return {
    key: refKey(group.ref),
    kind: 'group',
    level,
    label: group.name,
    code: '',
    doc: group.doc,
    checked: chosen.has(refKey(group.ref)),
    messages: counts[`${group.ref.protocol}/${group.ref.group}`] ?? 0,
    locked: group.locked,
    expandable: false,
    open: false,
    refs: [group.ref],
  };
}

/** The common ones, and "27 more groups" for the rest until that line is opened. */
function limited<T>(
  items: readonly T[],
  key: string,
  noun: string,
  isCommon: (item: T) => boolean,
  input: FamilyTreeInput,
  rowsOf: (item: T) => FamilyRow | FamilyRow[],
  level: 1,
): FamilyRow[] {
  const rows = (some: readonly T[]) =>
    some.flatMap(rowsOf).filter((row) => row.kind !== 'group' || includes(row.label, input.search));
  const rest = items.filter((item) => !isCommon(item));
  if (input.search !== '' || rest.length === 0 || rest.length === items.length) return rows(items);
  const open = input.openness.get(key) ?? false;
  const more: FamilyRow = {
    key,
    kind: 'more',
    level,
    label: open
      ? `fewer ${noun}`
      : `${rest.length} more ${rest.length === 1 ? noun.replace(/ies$/, 'y').replace(/s$/, '') : noun}`,
    code: '',
    doc: '',
    checked: null,
    messages: null,
    locked: null,
    expandable: true,
    open,
    refs: [],
  };
  return [...rows(items.filter(isCommon)), ...(open ? rows(rest) : []), more];
}

function isCommonFamily(family: GenlFamilyInfo): boolean {
  return family.groups.some((group) => group.common);
}

function groupsOf(protocol: ProtocolInfo): readonly GroupInfo[] {
  return [...protocol.groups, ...protocol.genlFamilies.flatMap((family) => family.groups)];
}

function openGroups(inventory: Inventory): GroupInfo[] {
  const open = inventory.protocols.filter((protocol) => protocol.locked === null);
  return open.flatMap(groupsOf).filter((group) => group.locked === null);
}

function sharedLock(groups: readonly GroupInfo[]): Failure | null {
  return groups.length > 0 && groups.every((group) => group.locked !== null) ? groups[0]!.locked : null;
}

/** The box of a line with several groups, and what a click on it joins: all common ones that are allowed, else all. */
function stateOf(groups: readonly GroupInfo[], { chosen }: FamilyTreeInput): Pick<FamilyRow, 'checked' | 'refs'> {
  const open = groups.filter((group) => group.locked === null);
  if (groups.length === 0) return { checked: null, refs: [] };
  const on = open.filter((group) => chosen.has(refKey(group.ref))).length;
  const checked = on === 0 ? false : on === open.length ? true : 'mixed';
  const common = open.filter((group) => group.common);
  const joinable = checked === true || common.length === 0 ? open : common;
  const all = checked === 'mixed' && joinable.every((group) => chosen.has(refKey(group.ref))) ? open : joinable;
  return { checked, refs: all.map((group) => group.ref) };
}

function isOpen(key: string, byDefault: boolean, { openness, search }: FamilyTreeInput): boolean {
  return search !== '' || (openness.get(key) ?? byDefault);
}

function includes(text: string, search: string): boolean {
  return text.toLowerCase().includes(search.toLowerCase());
}
