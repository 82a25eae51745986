import { align4, GENL_HDRLEN, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN, readTextAt } from '../wire/index.ts';

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

/** As `ToldInterface`, the name by where it stands: the bytes up to the first zero from `start`, before `end`. */
export interface ToldPlace {
  index: number;
  start: number;
  end: number;
}

/** The interface that a message tells of at a place; the message is `length` bytes from `start` of the view. */
export function toldInterface(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
  place: NamingPlace,
): ToldInterface {
  const told = findInterface(view, start, length, littleEndian, place, { index: 0, start: 0, end: 0 });
  return { index: told.index, name: readTextAt(view, told.start, told.end) };
}

/**
 * Fills `told`. Every message that may tell of an interface passes here when a capture is indexed, so nothing else of
 * it is read.
 */
export function findInterface(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
  place: NamingPlace,
  told: ToldPlace,
): ToldPlace {
  const { member, nest } = place;
  const payload = start + NLMSG_HDRLEN;
  let at = payload + place.header;
  let end = start + length;
  let index = member >= 0 && at <= end ? view.getInt32(payload + member, littleEndian) : 0;
  let nameStart = 0;
  let nameEnd = 0;
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
      nameStart = value;
      nameEnd = at + size;
      if (index !== 0) break;
    } else if (member < 0 && number === place.index && size === NLA_HDRLEN + 4) {
      index = view.getInt32(value, littleEndian);
      if (nameEnd > nameStart && view.getUint8(nameStart) !== 0) break;
    }
    at += align4(size);
  }
  told.index = index;
  told.start = nameStart;
  told.end = nameEnd;
  return told;
}
