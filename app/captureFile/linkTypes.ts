/**
 * The pseudo link layer that carries netlink in capture files: which protocol a frame belongs to, and where its
 * datagram begins. All fields are big-endian. Layouts: tcpdump.org's LINKTYPE_NETLINK, LINKTYPE_LINUX_SLL and
 * LINKTYPE_LINUX_SLL2.
 */
export const LINKTYPE_NETLINK = 253;
const LINKTYPE_LINUX_SLL = 113;
const LINKTYPE_LINUX_SLL2 = 276;

/** ARPHRD_NETLINK, linux/if_arp.h. */
const ARPHRD_NETLINK = 824;
/** PACKET_OUTGOING, linux/if_packet.h: what an nlmon device reports for every frame, whichever way it goes. */
const PACKET_OUTGOING = 4;

export interface LinkLayout {
  readonly length: number;
  readonly hardwareType: number;
  readonly protocol: number;
}

const COOKED: LinkLayout = { length: 16, hardwareType: 2, protocol: 14 };
const LAYOUTS: ReadonlyMap<number, LinkLayout> = new Map([
  [LINKTYPE_NETLINK, COOKED],
  [LINKTYPE_LINUX_SLL, COOKED],
  [LINKTYPE_LINUX_SLL2, { length: 20, hardwareType: 8, protocol: 0 }],
]);

/** Length of the cooked header this product writes. */
export const COOKED_LENGTH = COOKED.length;

/** Where the fields of this link type lie; undefined when it cannot carry netlink. */
export function linkLayout(linkType: number): LinkLayout | undefined {
  return LAYOUTS.get(linkType);
}

/** NETLINK_* number of a frame, or -1 when the frame is not netlink. `length` counts what was captured of it. */
export function netlinkProtocol(layout: LinkLayout, view: DataView, start: number, length: number): number {
  if (length < layout.length) return -1;
  if (view.getUint16(start + layout.hardwareType) !== ARPHRD_NETLINK) return -1;
  return view.getUint16(start + layout.protocol);
}

/** Writes a cooked header (COOKED_LENGTH bytes). */
export function writeCooked(view: DataView, start: number, protocol: number): void {
  view.setUint16(start, PACKET_OUTGOING);
  view.setUint16(start + 2, ARPHRD_NETLINK);
  view.setUint32(start + 4, 0);
  view.setUint32(start + 8, 0);
  view.setUint16(start + 12, 0);
  view.setUint16(start + 14, protocol);
}
