/** Numbers of the pcapng format (draft-ietf-opsawg-pcapng): block types and option codes. */
export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
/** The obsolete packet block. */
export const BLOCK_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_INTERFACE_STATISTICS = 5;
export const BLOCK_ENHANCED_PACKET = 6;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Name of the interface that stands for a network namespace, "" for the one of who captured. */
export function interfaceName(netns: string): string {
  return netns === '' ? 'netlink' : `netlink@${netns}`;
}

/** The network namespace that an interface of this name stands for; undefined for other names. */
export function netnsOfInterface(name: string): string | undefined {
  return /^netlink@(.+)$/s.exec(name)?.[1];
}

export const OPT_COMMENT = 1;
export const SHB_HARDWARE = 2;
export const SHB_OS = 3;
export const SHB_USERAPPL = 4;
export const IF_NAME = 2;
export const IF_DESCRIPTION = 3;
export const IF_TSRESOL = 9;
export const IF_OS = 12;
export const IF_TSOFFSET = 14;
export const EPB_FLAGS = 2;
export const ISB_IFDROP = 5;
export const ISB_OSDROP = 7;
