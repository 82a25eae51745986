import { align4, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';

/** struct ifinfomsg (linux/rtnetlink.h): 16 bytes, ifi_index at 4. */
const IFINFOMSG_LENGTH = 16;
const IFI_INDEX = 4;
/** linux/if_link.h. */
const IFLA_IFNAME = 3;

const decoder = new TextDecoder();

/**
 * Index and name of the interface that an RTM_NEWLINK tells of; null where it has no name. Every link message passes
 * here when a capture is indexed, so nothing else of it is read.
 */
export function linkName(message: Uint8Array, littleEndian: boolean): { index: number; name: string } | null {
  const view = viewOf(message);
  const end = message.length;
  let at = NLMSG_HDRLEN + IFINFOMSG_LENGTH;
  while (at + NLA_HDRLEN <= end) {
    const length = view.getUint16(at, littleEndian);
    if (length < NLA_HDRLEN || at + length > end) return null;
    if ((view.getUint16(at + 2, littleEndian) & NLA_TYPE_MASK) === IFLA_IFNAME) {
      const text = message.subarray(at + NLA_HDRLEN, at + length);
      const stop = text.indexOf(0);
      const name = decoder.decode(stop < 0 ? text : text.subarray(0, stop));
      return { index: view.getInt32(NLMSG_HDRLEN + IFI_INDEX, littleEndian), name };
    }
    at += align4(length);
  }
  return null;
}
