import type { Result } from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/api.ts';
import { ByteWriter, GENL_HDRLEN, NETLINK_GENERIC } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from './batches.ts';
import { dump } from './dump.ts';
import { forEachAttribute, type MessageView, readText, readUnsigned } from './messages.ts';

/** linux/genetlink.h. */
const GENL_ID_CTRL = 16;
const CTRL_CMD_NEWFAMILY = 1;
const CTRL_CMD_DELFAMILY = 2;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_CMD_NEWMCAST_GRP = 7;
const CTRL_CMD_DELMCAST_GRP = 8;
const CTRL_CMD_GETPOLICY = 10;
const CTRL_VERSION = 2;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_HDRSIZE = 4;
const CTRL_ATTR_MAXATTR = 5;
const CTRL_ATTR_OPS = 6;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_OP_ID = 1;
const CTRL_ATTR_OP_FLAGS = 2;
const CTRL_ATTR_MCAST_GRP_NAME = 1;
const CTRL_ATTR_MCAST_GRP_ID = 2;

function parseOperation(bytes: Uint8Array, start: number, end: number): GenlFamily['operations'][number] {
  let cmd = 0;
  let flags = 0;
  forEachAttribute(bytes, start, end, (type, from, to) => {
    if (type === CTRL_ATTR_OP_ID) cmd = readUnsigned(bytes, from, to);
    if (type === CTRL_ATTR_OP_FLAGS) flags = readUnsigned(bytes, from, to);
  });
  return { cmd, flags };
}

function parseGroup(bytes: Uint8Array, start: number, end: number): GenlFamily['groups'][number] {
  let id = 0;
  let name = '';
  forEachAttribute(bytes, start, end, (type, from, to) => {
    if (type === CTRL_ATTR_MCAST_GRP_ID) id = readUnsigned(bytes, from, to);
    if (type === CTRL_ATTR_MCAST_GRP_NAME) name = readText(bytes, from, to);
  });
  return { id, name };
}

/** CTRL_CMD_* of a message of nlctrl, -1 for other messages. */
function controlCommand(bytes: Uint8Array, { type, start, end }: MessageView): number {
  return type === GENL_ID_CTRL && end - start >= GENL_HDRLEN ? bytes[start] : -1;
}

/** A family as a CTRL_CMD_NEWFAMILY message describes it; undefined for other messages and families without a name. */
export function parseFamily(bytes: Uint8Array, message: MessageView): GenlFamily | undefined {
  return controlCommand(bytes, message) === CTRL_CMD_NEWFAMILY ? readFamily(bytes, message) : undefined;
}

/** A family or one of its groups that came or went. */
export interface FamilyChange {
  readonly kind: 'came' | 'went';
  readonly name: string;
  /** Groups that the message tells of; none when a whole family went. */
  readonly groups: GenlFamily['groups'];
}

/** What a notification of nlctrl tells; undefined for other messages. */
export function familyChange(bytes: Uint8Array, message: MessageView): FamilyChange | undefined {
  const command = controlCommand(bytes, message);
  const came = command === CTRL_CMD_NEWFAMILY || command === CTRL_CMD_NEWMCAST_GRP;
  if (!came && command !== CTRL_CMD_DELFAMILY && command !== CTRL_CMD_DELMCAST_GRP) return undefined;
  const family = readFamily(bytes, message);
  if (family === undefined) return undefined;
  const groups = command === CTRL_CMD_DELFAMILY ? [] : family.groups;
  return { kind: came ? 'came' : 'went', name: family.name, groups };
}

function readFamily(bytes: Uint8Array, { start, end }: MessageView): GenlFamily | undefined {
  const numbers = new Map<number, number>();
  let name = '';
  const groups: GenlFamily['groups'][number][] = [];
  const operations: GenlFamily['operations'][number][] = [];
  forEachAttribute(bytes, start + GENL_HDRLEN, end, (attribute, from, to) => {
    switch (attribute) {
      case CTRL_ATTR_FAMILY_NAME:
        name = readText(bytes, from, to);
        break;
      case CTRL_ATTR_OPS:
        forEachAttribute(bytes, from, to, (_, a, b) => operations.push(parseOperation(bytes, a, b)));
        break;
      case CTRL_ATTR_MCAST_GROUPS:
        forEachAttribute(bytes, from, to, (_, a, b) => groups.push(parseGroup(bytes, a, b)));
        break;
      default:
        numbers.set(attribute, readUnsigned(bytes, from, to));
    }
  });
  if (name === '') return undefined;
  return {
    id: numbers.get(CTRL_ATTR_FAMILY_ID) ?? 0,
    name,
    version: numbers.get(CTRL_ATTR_VERSION) ?? 0,
    headerSize: numbers.get(CTRL_ATTR_HDRSIZE) ?? 0,
    maxAttr: numbers.get(CTRL_ATTR_MAXATTR) ?? 0,
    groups,
    operations,
  };
}

/** The generic netlink families of a running kernel, as a namespace sees them, from a CTRL_CMD_GETFAMILY dump. */
export async function listGenlFamilies(netns = ''): Promise<Result<GenlFamily[]>> {
  const families: GenlFamily[] = [];
  const body = Uint8Array.of(CTRL_CMD_GETFAMILY, CTRL_VERSION, 0, 0);
  const dumped = await dump({ protocol: NETLINK_GENERIC, type: GENL_ID_CTRL, body, netns }, (bytes, message) => {
    const family = parseFamily(bytes, message);
    if (family !== undefined) families.push(family);
  });
  return dumped.ok ? { ok: true, value: families } : dumped;
}

/** Asks what the kernel accepts for a family (a CTRL_CMD_GETPOLICY dump) and visits the answers. */
export async function dumpPolicy(
  id: number,
  netns: string,
  visit: (datagram: Uint8Array, message: MessageView) => void,
): Promise<Result<unknown>> {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.bytes(Uint8Array.of(CTRL_CMD_GETPOLICY, CTRL_VERSION, 0, 0));
  const attribute = writer.beginAttribute(CTRL_ATTR_FAMILY_ID);
  writer.integer(id, 2);
  writer.endAttribute(attribute);
  return dump({ protocol: NETLINK_GENERIC, type: GENL_ID_CTRL, body: writer.finish(), netns }, visit);
}
