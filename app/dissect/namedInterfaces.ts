import { align4, GENL_HDRLEN, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN } from '../wire/index.ts';

/** Where messages have the index and the name of an interface side by side. */
export interface NamingPlace {
  /** Bytes between nlmsghdr and attributes. */
  readonly header: number;
  /** Where the index stands in these; -1: it is an attribute. */
  readonly member: number;
  /** The attribute inside which the others stand; 0: they are the message's own. */
  readonly nest: number;
  readonly index: number;
  readonly name: number;
}

/** RTM_NEWLINK: ifinfomsg.ifi_index (linux/rtnetlink.h) and IFLA_IFNAME (linux/if_link.h). */
export const LINK_NAMING: NamingPlace = { header: 16, member: 4, nest: 0, index: 0, name: 3 };

function attributes(index: number, name: number, nest = 0): NamingPlace {
  return { header: GENL_HDRLEN, member: -1, nest, index, name };
}

/** The header that begins every message of ethtool: ETHTOOL_A_*_HEADER with ETHTOOL_A_HEADER_DEV_INDEX and DEV_NAME. */
export const ETHTOOL_NAMING = attributes(1, 2, 1);

/** By generic netlink family: what its headers under linux/ call IFINDEX and IFNAME, or DEV_INDEX and DEV_NAME. */
export const GENL_NAMINGS: { readonly [family: string]: readonly NamingPlace[] } = {
  '802.15.4 MAC': [attributes(2, 1)],
  batadv: [attributes(3, 4), attributes(6, 7)],
  devlink: [attributes(6, 7)],
  ethtool: [ETHTOOL_NAMING],
  NET_DM: [attributes(0, 1, 4)],
  // ovs_header.dp_ifindex and OVS_DP_ATTR_NAME. An ovs_vport may be a device of another namespace.
  ovs_datapath: [{ header: GENL_HDRLEN + 4, member: GENL_HDRLEN, nest: 0, index: 0, name: 1 }],
  nl80211: [attributes(3, 4)],
  nl802154: [attributes(3, 4)],
  wireguard: [attributes(1, 2)],
};

/** An interface as a message tells of it: index 0 or name '' where it does not say. */
export interface ToldInterface {
  readonly index: number;
  readonly name: string;
}

const decoder = new TextDecoder();

/**
 * The interface that a message tells of at a place; the message is `length` bytes from `start` of the view. Every
 * message that may tell of one passes here when a capture is indexed, so nothing else of it is read.
 */
export function toldInterface(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
  place: NamingPlace,
): ToldInterface {
  const { member, nest } = place;
  const payload = start + NLMSG_HDRLEN;
  let at = payload + place.header;
  let end = start + length;
  let index = member >= 0 && at <= end ? view.getInt32(payload + member, littleEndian) : 0;
  let name = '';
  let isInside = nest === 0;
  while (at + NLA_HDRLEN <= end) {
    const size = view.getUint16(at, littleEndian);
    if (size < NLA_HDRLEN || at + size > end) break;
    const number = view.getUint16(at + 2, littleEndian) & NLA_TYPE_MASK;
    const value = at + NLA_HDRLEN;
    if (!isInside) {
      if (number === nest) {
        isInside = true;
        end = at + size;
        at = value;
        continue;
      }
    } else if (number === place.name) {
      name = textAt(view, value, at + size);
      if (index !== 0) break;
    } else if (member < 0 && number === place.index && size === NLA_HDRLEN + 4) {
      index = view.getInt32(value, littleEndian);
      if (name !== '') break;
    }
    at += align4(size);
  }
  return { index, name };
}

/** Text up to a zero byte. Names are nearly always ASCII, which takes no decoder. */
function textAt(view: DataView, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = view.getUint8(at);
    if (byte === 0) break;
    if (byte >= 0x80) return decoded(view, start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decoded(view: DataView, start: number, end: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  const stop = bytes.indexOf(0);
  return decoder.decode(stop < 0 ? bytes : bytes.subarray(0, stop));
}
