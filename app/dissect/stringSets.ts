import { GENL_HDRLEN, NLMSG_HDRLEN } from '../wire/index.ts';
import type { StringSetPart } from './api.ts';
import type { DecodeState, Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { ETHTOOL_NAMING, type ToldInterface, toldInterface } from './namedInterfaces.ts';

/** linux/ethtool_netlink.h: messages of the kernel that name bits. */
const ETHTOOL_MSG_STRSET_GET_REPLY = 1;
const ETHTOOL_MSG_FEATURES_GET_REPLY = 11;
const ETHTOOL_MSG_FEATURES_SET_REPLY = 12;
const ETHTOOL_MSG_FEATURES_NTF = 13;
const ETHTOOL_MSG_PRIVFLAGS_GET_REPLY = 14;
const ETHTOOL_MSG_PRIVFLAGS_NTF = 15;

/** linux/ethtool.h: the string sets that every device has of its own (ethnl_strset `info_template.per_dev`). */
const PER_DEVICE: ReadonlySet<number> = new Set([
  0, // ETH_SS_TEST
  1, // ETH_SS_STATS
  2, // ETH_SS_PRIV_FLAGS
  7, // ETH_SS_PHY_STATS
]);

/** Messages of ethtool that list bits one by one, with their names, unless they were asked for bitmaps. */
const LISTS: ReadonlySet<number> = new Set([
  ETHTOOL_MSG_FEATURES_GET_REPLY,
  ETHTOOL_MSG_FEATURES_SET_REPLY,
  ETHTOOL_MSG_FEATURES_NTF,
  ETHTOOL_MSG_PRIVFLAGS_GET_REPLY,
  ETHTOOL_MSG_PRIVFLAGS_NTF,
]);

/** Commands of the kernel's ethtool whose messages may name strings. */
export const STRING_COMMANDS: readonly number[] = [ETHTOOL_MSG_STRSET_GET_REPLY, ...LISTS];

/** Whether a message of the kernel's ethtool may name strings, by its command alone. */
export function mayNameStrings(view: DataView, start: number, length: number): boolean {
  return length > NLMSG_HDRLEN + GENL_HDRLEN && STRING_COMMANDS.includes(view.getUint8(start + NLMSG_HDRLEN));
}

/** Whether each device has strings of its own in a set. */
export function isPerDevice(set: number): boolean {
  return PER_DEVICE.has(set);
}

/** The device that a message of ethtool is about. */
export function ethtoolDevice({ view, bytes, littleEndian }: DecodeState): ToldInterface {
  return toldInterface(view, 0, bytes.length, littleEndian, ETHTOOL_NAMING);
}

/**
 * What a message of ethtool says of string sets: all of ETHTOOL_MSG_STRSET_GET_REPLY that name the bits of a bitmap in
 * its spec, and the names in bitsets that list their bits one by one.
 */
export function toldStrings(decoded: DecodedMessage): StringSetPart[] {
  const { message, fields, state } = decoded;
  if (message === undefined || decoded.isRequest || decoded.genlFamily !== 'ethtool') return [];
  const told = ethtoolDevice(state);
  const parts: StringSetPart[] = [];
  const put = (set: number, names: StringSetPart['names']): void => {
    if (names.length > 0) parts.push({ set, device: isPerDevice(set) ? told : null, names });
  };
  for (const field of fields) {
    if (field.name === 'ETHTOOL_A_STRSET_STRINGSETS') {
      for (const set of field.children) {
        const id = set.child('ETHTOOL_A_STRINGSET_ID')?.raw;
        if (typeof id === 'number' && message.spec.strings.has(id)) put(id, namesIn(set));
      }
      continue;
    }
    const set = field.space?.byName.get('ETHTOOL_A_BITSET_VALUE')?.strings ?? -1;
    const bits = set < 0 ? undefined : field.child('ETHTOOL_A_BITSET_BITS');
    if (bits !== undefined) put(set, namesOf(bits.children, 'ETHTOOL_A_BITSET_BIT_INDEX', 'ETHTOOL_A_BITSET_BIT_NAME'));
  }
  return parts;
}

function namesIn(set: Field): StringSetPart['names'] {
  const strings = set.children.filter(({ name }) => name === 'ETHTOOL_A_STRINGSET_STRINGS');
  return strings.flatMap(({ children }) => namesOf(children, 'ETHTOOL_A_STRING_INDEX', 'ETHTOOL_A_STRING_VALUE'));
}

function namesOf(items: readonly Field[], index: string, name: string): [number, string][] {
  return items.flatMap((item): [number, string][] => {
    const at = item.child(index)?.raw;
    const text = item.child(name)?.raw;
    return typeof at === 'number' && typeof text === 'string' && text !== '' ? [[at, text]] : [];
  });
}
