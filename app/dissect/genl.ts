import type { Envelope } from '../contracts/index.ts';
import type { FamilyPolicy, PolicyAttribute, PolicyOperation } from '../specs/policySpec.ts';
import {
  forEachAttribute,
  GENL_HDRLEN,
  NETLINK_GENERIC,
  NLMSG_HDRLEN,
  readSigned64,
  readText,
  readU16,
  readUnsigned,
  readUnsigned64,
} from '../wire/index.ts';
import type { DecodeContext, GenlFamilies, GenlFamily, PolicyDump } from './api.ts';
import { isRequestMessage } from './messageKind.ts';

/** nlctrl's own family id never changes (linux/genetlink.h GENL_ID_CTRL). */
export const GENL_ID_CTRL = 16;

/** Commands of nlctrl and its attributes (linux/genetlink.h). */
export const CTRL_CMD_NEWFAMILY = 1;
export const CTRL_CMD_DELFAMILY = 2;
export const CTRL_CMD_GETFAMILY = 3;
export const CTRL_CMD_NEWMCAST_GRP = 7;
export const CTRL_CMD_DELMCAST_GRP = 8;
export const CTRL_CMD_GETPOLICY = 10;
export const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_HDRSIZE = 4;
const CTRL_ATTR_MAXATTR = 5;
const CTRL_ATTR_OPS = 6;
const CTRL_ATTR_MCAST_GROUPS = 7;
const CTRL_ATTR_POLICY = 8;
const CTRL_ATTR_OP_POLICY = 9;
const CTRL_ATTR_OP = 10;
const CTRL_ATTR_OP_ID = 1;
const CTRL_ATTR_OP_FLAGS = 2;
const CTRL_ATTR_MCAST_GRP_NAME = 1;
const CTRL_ATTR_MCAST_GRP_ID = 2;
const CTRL_ATTR_POLICY_DO = 1;
const CTRL_ATTR_POLICY_DUMP = 2;

/** linux/netlink.h, enum netlink_policy_type_attr. */
const NL_POLICY_TYPE_ATTR_TYPE = 1;
const NL_POLICY_TYPE_ATTR_MIN_VALUE_S = 2;
const NL_POLICY_TYPE_ATTR_MAX_VALUE_S = 3;
const NL_POLICY_TYPE_ATTR_MIN_VALUE_U = 4;
const NL_POLICY_TYPE_ATTR_MAX_VALUE_U = 5;
const NL_POLICY_TYPE_ATTR_MIN_LENGTH = 6;
const NL_POLICY_TYPE_ATTR_MAX_LENGTH = 7;
const NL_POLICY_TYPE_ATTR_POLICY_IDX = 8;
const NL_POLICY_TYPE_ATTR_BITFIELD32_MASK = 10;
const NL_POLICY_TYPE_ATTR_MASK = 12;

/** Policies with nests that are kept of a dump; nl80211 has some fifty. */
const MOST_POLICIES = 1024;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a message of nlctrl says of a family; what it does not say is undefined, lists are empty. */
export interface ControlFacts {
  /** CTRL_CMD_*. */
  readonly command: number;
  readonly id: number | undefined;
  readonly name: string | undefined;
  readonly version: number | undefined;
  readonly headerSize: number | undefined;
  readonly maxAttr: number | undefined;
  readonly groups: GenlFamily['groups'];
  readonly operations: GenlFamily['operations'];
  readonly policy: FamilyPolicy;
  /** The one command whose policy is asked for. */
  readonly askedCommand: number | undefined;
}

/**
 * Reads a message of nlctrl without its spec: whoever follows families has to read thousands of them.
 * @param message with its nlmsghdr
 * @returns undefined where it is too short for a genlmsghdr
 */
export function readControl(message: Uint8Array, littleEndian: boolean): ControlFacts | undefined {
  if (message.length < NLMSG_HDRLEN + GENL_HDRLEN) return undefined;
  const groups: GenlFamily['groups'][number][] = [];
  const operations: GenlFamily['operations'][number][] = [];
  const policy = { attributes: [] as PolicyAttribute[], operations: [] as PolicyOperation[] };
  const facts: Mutable<ControlFacts> = {
    command: message[NLMSG_HDRLEN],
    id: undefined,
    name: undefined,
    version: undefined,
    headerSize: undefined,
    maxAttr: undefined,
    groups,
    operations,
    policy,
    askedCommand: undefined,
  };
  const le = littleEndian;
  forEachAttribute(message, NLMSG_HDRLEN + GENL_HDRLEN, message.length, le, (number, start, end) => {
    switch (number) {
      case CTRL_ATTR_FAMILY_ID:
        facts.id = readUnsigned(message, start, end, le);
        break;
      case CTRL_ATTR_FAMILY_NAME:
        facts.name = readText(message, start, end);
        break;
      case CTRL_ATTR_VERSION:
        facts.version = readUnsigned(message, start, end, le);
        break;
      case CTRL_ATTR_HDRSIZE:
        facts.headerSize = readUnsigned(message, start, end, le);
        break;
      case CTRL_ATTR_MAXATTR:
        facts.maxAttr = readUnsigned(message, start, end, le);
        break;
      case CTRL_ATTR_OPS:
        forEachAttribute(message, start, end, le, (_, from, to) =>
          operations.push(readOperation(message, from, to, le)),
        );
        break;
      case CTRL_ATTR_MCAST_GROUPS:
        forEachAttribute(message, start, end, le, (_, from, to) => groups.push(readGroup(message, from, to, le)));
        break;
      case CTRL_ATTR_POLICY:
        forEachAttribute(message, start, end, le, (policyNumber, from, to) =>
          forEachAttribute(message, from, to, le, (attribute, a, b) =>
            policy.attributes.push(readPolicyAttribute(message, policyNumber, attribute, a, b, le)),
          ),
        );
        break;
      case CTRL_ATTR_OP_POLICY:
        forEachAttribute(message, start, end, le, (cmd, from, to) =>
          policy.operations.push(readPolicyOperation(message, cmd, from, to, le)),
        );
        break;
      case CTRL_ATTR_OP:
        facts.askedCommand = readUnsigned(message, start, end, le);
        break;
      default:
    }
  });
  return facts;
}

function readOperation(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): GenlFamily['operations'][number] {
  let cmd = 0;
  let flags = 0;
  forEachAttribute(bytes, start, end, littleEndian, (number, from, to) => {
    if (number === CTRL_ATTR_OP_ID) cmd = readUnsigned(bytes, from, to, littleEndian);
    if (number === CTRL_ATTR_OP_FLAGS) flags = readUnsigned(bytes, from, to, littleEndian);
  });
  return { cmd, flags };
}

function readGroup(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): GenlFamily['groups'][number] {
  let id = 0;
  let name = '';
  forEachAttribute(bytes, start, end, littleEndian, (number, from, to) => {
    if (number === CTRL_ATTR_MCAST_GRP_ID) id = readUnsigned(bytes, from, to, littleEndian);
    if (number === CTRL_ATTR_MCAST_GRP_NAME) name = readText(bytes, from, to);
  });
  return { id, name };
}

function readPolicyOperation(
  bytes: Uint8Array,
  cmd: number,
  start: number,
  end: number,
  littleEndian: boolean,
): PolicyOperation {
  const found: Mutable<PolicyOperation> = { cmd, do: null, dump: null };
  forEachAttribute(bytes, start, end, littleEndian, (number, from, to) => {
    if (number === CTRL_ATTR_POLICY_DO) found.do = readUnsigned(bytes, from, to, littleEndian);
    if (number === CTRL_ATTR_POLICY_DUMP) found.dump = readUnsigned(bytes, from, to, littleEndian);
  });
  return found;
}

function readPolicyAttribute(
  bytes: Uint8Array,
  policy: number,
  attribute: number,
  start: number,
  end: number,
  littleEndian: boolean,
): PolicyAttribute {
  const found: Mutable<PolicyAttribute> = { policy, number: attribute, type: 0 };
  forEachAttribute(bytes, start, end, littleEndian, (number, from, to) => {
    switch (number) {
      case NL_POLICY_TYPE_ATTR_TYPE:
        found.type = readUnsigned(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
        found.min = readUnsigned64(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MIN_VALUE_S:
        found.min = readSigned64(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
        found.max = readUnsigned64(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MAX_VALUE_S:
        found.max = readSigned64(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MIN_LENGTH:
        found.minLength = readUnsigned(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
        found.maxLength = readUnsigned(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_POLICY_IDX:
        found.nested = readUnsigned(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_MASK:
        found.mask = readUnsigned64(bytes, from, to, littleEndian);
        break;
      case NL_POLICY_TYPE_ATTR_BITFIELD32_MASK:
        found.mask = BigInt(readUnsigned(bytes, from, to, littleEndian));
        break;
      default:
    }
  });
  return found;
}

/**
 * Remembers what a message of nlctrl says of a family (CTRL_CMD_NEWFAMILY, DELFAMILY, a new multicast group, and the
 * policies that CTRL_CMD_GETPOLICY answers with). Requests and messages of others teach nothing.
 * @param message with its nlmsghdr
 * @param context tells the request that it answers, if it was seen
 * @returns true when the map changed
 */
export function learnFamily(
  message: Uint8Array,
  envelope: Envelope,
  context: Pick<DecodeContext, 'request'>,
  families: GenlFamilies,
): boolean {
  const facts = toldFacts(message, envelope);
  return facts !== undefined && learnFacts(facts, envelope, context, families);
}

/** What a message says that is nlctrl's and no request; undefined for all others. */
export function toldFacts(
  message: Uint8Array,
  { protocol, direction, littleEndian }: Envelope,
): ControlFacts | undefined {
  if (protocol !== NETLINK_GENERIC || !isControl(message, littleEndian)) return undefined;
  if (isRequestMessage(direction, readU16(message, 6, littleEndian))) return undefined;
  return readControl(message, littleEndian);
}

/** As `learnFamily`, of a message that has been read. */
export function learnFacts(
  facts: ControlFacts,
  { littleEndian }: Pick<Envelope, 'littleEndian'>,
  context: Pick<DecodeContext, 'request'>,
  families: GenlFamilies,
): boolean {
  const { command, id, name, groups, operations } = facts;
  if (id === undefined) return false;
  if (command === CTRL_CMD_GETPOLICY) {
    return learnPolicy(id, facts.policy, askedBy(context, littleEndian), families);
  }
  if (command === CTRL_CMD_DELFAMILY) return families.forget(id);
  if ((command !== CTRL_CMD_NEWFAMILY && command !== CTRL_CMD_NEWMCAST_GRP) || !name) return false;
  const before = families.byId(id);
  const old = before?.name === name ? before : undefined;
  // A new group comes alone.
  const others = command === CTRL_CMD_NEWFAMILY || groups.length === 0 ? [] : (old?.groups ?? []);
  const kept = others.filter((other) => !groups.some((group) => group.id === other.id));
  return families.learn({
    id,
    name,
    version: facts.version ?? old?.version ?? 1,
    headerSize: facts.headerSize ?? old?.headerSize ?? 0,
    maxAttr: facts.maxAttr ?? old?.maxAttr ?? 0,
    groups: groups.length > 0 ? [...kept, ...groups] : (old?.groups ?? []),
    operations: operations.length > 0 ? operations : (old?.operations ?? []),
  });
}

function isControl(message: Uint8Array, littleEndian: boolean): boolean {
  return message.length >= NLMSG_HDRLEN && readU16(message, 4, littleEndian) === GENL_ID_CTRL;
}

/** The request of nlctrl that a message answers. */
function askedBy(context: Pick<DecodeContext, 'request'>, littleEndian: boolean): ControlFacts | undefined {
  const request = context.request();
  return request === undefined || !isControl(request, littleEndian) ? undefined : readControl(request, littleEndian);
}

/** A policy of one command alone counts its policies anew, so that its numbers would not fit to the family's own. */
function learnPolicy(
  id: number,
  policy: FamilyPolicy,
  request: ControlFacts | undefined,
  families: GenlFamilies,
): boolean {
  if (request?.askedCommand !== undefined) return false;
  if (families.byId(id) === undefined) {
    if (request?.name === undefined) return false;
    families.learn({ id, name: request.name, version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
  }
  return families.learnPolicy(id, policy);
}

/** A policy dump of which nothing is known. */
export function emptyDump(): PolicyDump {
  return { operations: new Map(), nests: new Map() };
}

/**
 * Adds what a message of a dump of CTRL_CMD_GETPOLICY says of how policies hang together (linux/genetlink.h). Such a
 * message tells one attribute of one policy by numbers; which set it is follows from the messages before it.
 */
export function addToDump(known: PolicyDump, { operations, attributes }: FamilyPolicy): void {
  for (const { cmd, do: ofDo, dump } of operations) {
    known.operations.set(
      cmd,
      [ofDo, dump].filter((policy) => policy !== null),
    );
  }
  for (const { policy, number, nested } of attributes) {
    if (nested === undefined || known.nests.size >= MOST_POLICIES) continue;
    const nests = known.nests.get(policy) ?? new Map<number, number>();
    nests.set(number, nested);
    known.nests.set(policy, nests);
  }
}
