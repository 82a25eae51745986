import { align4, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN } from '../../app/wire/index.ts';

/** struct ifinfomsg (linux/rtnetlink.h): 16 bytes, ifi_index at 4. */
const IFINFOMSG_LENGTH = 16;
const IFI_INDEX = 4;
/** linux/if_link.h. */
const IFLA_IFNAME = 3;

const decoder = new TextDecoder();

/**
 * Index and name of the interface that an RTM_NEWLINK tells of, which is `length` bytes from `start` of the view; null
 * where it has no name. Every link message passes here when a capture is indexed, so nothing else of it is read.
 */
export function linkName(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
): { index: number; name: string } | null {
  const end = start + length;
  let at = start + NLMSG_HDRLEN + IFINFOMSG_LENGTH;
  while (at + NLA_HDRLEN <= end) {
    const size = view.getUint16(at, littleEndian);
    if (size < NLA_HDRLEN || at + size > end) return null;
    if ((view.getUint16(at + 2, littleEndian) & NLA_TYPE_MASK) === IFLA_IFNAME) {
      const name = textAt(view, at + NLA_HDRLEN, at + size);
      return { index: view.getInt32(start + NLMSG_HDRLEN + IFI_INDEX, littleEndian), name };
    }
    at += align4(size);
  }
  return null;
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
