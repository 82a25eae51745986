import type { Result } from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/api.ts';
import {
  type ControlFacts,
  CTRL_ATTR_FAMILY_ID,
  CTRL_CMD_DELFAMILY,
  CTRL_CMD_DELMCAST_GRP,
  CTRL_CMD_GETFAMILY,
  CTRL_CMD_GETPOLICY,
  CTRL_CMD_NEWFAMILY,
  CTRL_CMD_NEWMCAST_GRP,
  GENL_ID_CTRL,
  readControl,
} from '../../app/dissect/genl.ts';
import { ByteWriter, NETLINK_GENERIC, NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from './batches.ts';
import { dump } from './dump.ts';
import type { MessageView } from './messages.ts';

/** linux/genetlink.h. */
const CTRL_VERSION = 2;

/** A family as a CTRL_CMD_NEWFAMILY message describes it; undefined for other messages and families without a name. */
export function parseFamily(bytes: Uint8Array, message: MessageView): GenlFamily | undefined {
  const facts = controlFacts(bytes, message);
  return facts?.command === CTRL_CMD_NEWFAMILY ? familyOf(facts) : undefined;
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
  const facts = controlFacts(bytes, message);
  if (facts === undefined) return undefined;
  const { command } = facts;
  const came = command === CTRL_CMD_NEWFAMILY || command === CTRL_CMD_NEWMCAST_GRP;
  if (!came && command !== CTRL_CMD_DELFAMILY && command !== CTRL_CMD_DELMCAST_GRP) return undefined;
  const family = familyOf(facts);
  if (family === undefined) return undefined;
  const groups = command === CTRL_CMD_DELFAMILY ? [] : family.groups;
  return { kind: came ? 'came' : 'went', name: family.name, groups };
}

/** What a message of nlctrl says; undefined for messages of others. */
function controlFacts(bytes: Uint8Array, { type, start, end }: MessageView): ControlFacts | undefined {
  if (type !== GENL_ID_CTRL) return undefined;
  return readControl(bytes.subarray(start - NLMSG_HDRLEN, end), HOST_LITTLE_ENDIAN);
}

function familyOf(facts: ControlFacts): GenlFamily | undefined {
  const { id = 0, name = '', version = 0, headerSize = 0, maxAttr = 0, groups, operations } = facts;
  return name === '' ? undefined : { id, name, version, headerSize, maxAttr, groups, operations };
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
