import type {
  Failure,
  GenlFamilyInfo,
  GroupInfo,
  GroupRef,
  Inventory,
  ProtocolInfo,
} from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/api.ts';
import { NETLINK_GENERIC, protocolByNumber } from '../../app/wire/index.ts';
import { listGenlFamilies } from './genlFamilies.ts';
import { isCommonGenlGroup, type KnownGroup, knownGroups, numberedGroup } from './groups.ts';
import { type NetlinkSocket, openNetlink } from './netlinkSocket.ts';

/** What the specs know of generic netlink families. */
export interface GenlKnowledge {
  /** True when a spec types the family's attributes. */
  isKnown(family: string): boolean;
  /** Name of a command (ETHTOOL_MSG_RINGS_GET); undefined when no spec names it. */
  operationName(family: string, cmd: number): string | undefined;
}

const NO_KNOWLEDGE: GenlKnowledge = { isKnown: () => false, operationName: () => undefined };

/** linux/netlink.h, MAX_LINKS: protocols are 0..31. */
const PROTOCOL_COUNT = 32;
/** The kernel gives every protocol at least so many groups, used or not. */
const FEWEST_GROUPS = 32;
/** Above what the headers number today, where newer kernels add theirs. */
const MOST_GROUPS = 256;

/** Refusals that mean that the kernel has no such protocol or group, rather than that we may not. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EINVAL', 'ENOENT']);

/** Joins and leaves: why the kernel refuses, null when it does not, 'absent' when there is no such group. */
function tryGroup(socket: NetlinkSocket, group: number, genlFamily?: string): Failure | null | 'absent' {
  const joined = socket.join(group, genlFamily);
  if (joined.ok) {
    socket.leave(group);
    return null;
  }
  return ABSENT.has(joined.error.errno) ? 'absent' : joined.error;
}

/** A group with the kernel's answer; nothing when the kernel does not have it. */
function groupInfo(
  socket: NetlinkSocket,
  ref: GroupRef,
  about: { readonly name: string; readonly doc: string; readonly common: boolean },
): GroupInfo[] {
  const answer = tryGroup(socket, ref.group, ref.genlFamily);
  return answer === 'absent' ? [] : [{ ref, name: about.name, doc: about.doc, common: about.common, locked: answer }];
}

/** Groups beyond the table: those of a newer kernel, or all of a protocol whose users choose them. */
function candidateGroups(protocol: number): readonly KnownGroup[] {
  const known = knownGroups(protocol);
  if (known === undefined) return Array.from({ length: FEWEST_GROUPS }, (_, index) => numberedGroup(index + 1));
  const last = known.at(-1)?.group ?? 0;
  if (last < FEWEST_GROUPS) return known;
  return [...known, ...Array.from({ length: MOST_GROUPS - last }, (_, index) => numberedGroup(last + 1 + index))];
}

function protocolGroups(socket: NetlinkSocket): GroupInfo[] {
  const { protocol } = socket;
  return candidateGroups(protocol).flatMap((known) => groupInfo(socket, { protocol, group: known.group }, known));
}

function familyInfo(socket: NetlinkSocket, family: GenlFamily, knowledge: GenlKnowledge): GenlFamilyInfo {
  const { id, name, version, headerSize, maxAttr } = family;
  const groups = family.groups.flatMap((group) =>
    groupInfo(
      socket,
      { protocol: NETLINK_GENERIC, group: group.id, genlFamily: name, name: group.name },
      {
        name: group.name,
        doc: `Group ${group.name} of the generic netlink family ${name}.`,
        common: isCommonGenlGroup(name, group.name),
      },
    ),
  );
  const operations = family.operations.map(({ cmd, flags }) => ({
    cmd,
    name: knowledge.operationName(name, cmd) ?? `command ${cmd}`,
    flags,
  }));
  return { id, name, version, headerSize, maxAttr, groups, operations, known: knowledge.isKnown(name) };
}

async function genlInfos(socket: NetlinkSocket, netns: string, knowledge: GenlKnowledge): Promise<GenlFamilyInfo[]> {
  const families = await listGenlFamilies(netns);
  if (!families.ok) return [];
  return families.value
    .map((family) => familyInfo(socket, family, knowledge))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function protocolInfo(
  protocol: number,
  netns: string,
  knowledge: GenlKnowledge,
): Promise<ProtocolInfo | undefined> {
  const { name, title, code: family } = protocolByNumber(protocol);
  const about = { protocol, name, title, family };
  const opened = openNetlink({ protocol, netns });
  if (!opened.ok) {
    if (ABSENT.has(opened.error.errno) && opened.error.capability === undefined) return undefined;
    return { ...about, groups: [], genlFamilies: [], locked: opened.error };
  }
  const socket = opened.value;
  try {
    const genlFamilies = protocol === NETLINK_GENERIC ? await genlInfos(socket, netns, knowledge) : [];
    return { ...about, groups: protocolGroups(socket), genlFamilies, locked: null };
  } finally {
    socket.close();
  }
}

/**
 * What this kernel has, found by trying: which of the 32 protocols open, which groups can be joined, which generic
 * netlink families are registered. `netns`: path of the namespace to look from, "" for our own.
 */
export async function takeInventory(netns = '', knowledge: GenlKnowledge = NO_KNOWLEDGE): Promise<Inventory> {
  const protocols: ProtocolInfo[] = [];
  for (let protocol = 0; protocol < PROTOCOL_COUNT; protocol++) {
    const info = await protocolInfo(protocol, netns, knowledge);
    if (info !== undefined) protocols.push(info);
  }
  return { protocols };
}
