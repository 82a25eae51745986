import { forEachAttribute, NLMSG_HDRLEN, readText, readU32 } from '../wire/index.ts';

/** nlmsg_type of NFT_MSG_NEWSET, with NFNL_SUBSYS_NFTABLES in its upper byte (linux/netfilter/nf_tables.h). */
export const NFT_NEWSET = 0x0a09;

/** Bytes of struct nfgenmsg. */
export const NFGENMSG_LEN = 4;

/** enum nft_set_flags: keys are ends of intervals. */
const NFT_SET_INTERVAL = 0x4;

/** How messages call a set. */
export interface NftSetName {
  /** nfgenmsg.nfgen_family. */
  readonly family: number;
  readonly table: string;
  readonly set: string;
  /** Its number within a batch, by which sets that the kernel names ("__set%d") are told apart; 0 where none is told. */
  readonly id: number;
}

/** What a set's definition says of its keys and of what they lead to. The kernel keeps this for nft alone. */
export interface NftSetTypes {
  /** Types by nft's numbers (`data-types` of the spec), 6 bits for each part of a concatenation; 0 unknown. */
  readonly keyType: number;
  readonly dataType: number;
  /** Bytes of each part of a key, where NFTA_SET_DESC_CONCAT tells them. */
  readonly partLengths: readonly number[];
  /** Keys are the ends of intervals: their numbers are in network order, whatever the type's own order is. */
  readonly isInterval: boolean;
  /** Keys and data of type integer are in the order of the host (NFTNL_UDATA_SET_KEYBYTEORDER and DATABYTEORDER). */
  readonly isKeyHost: boolean;
  readonly isDataHost: boolean;
}

/** NFTA_SET_*. */
const SET = { table: 1, name: 2, flags: 3, keyType: 4, dataType: 6, desc: 9, id: 10, userdata: 13 } as const;
/** NFTA_SET_ELEM_LIST_*. */
const LIST = { table: 1, set: 2, id: 4 } as const;
const NFTA_SET_DESC_CONCAT = 2;

/** Parts that a key has at most (NFT_REG32_COUNT). */
const MOST_PARTS = 16;

/** What user data of libnftnl says about byte order: BYTEORDER_HOST_ENDIAN. */
const HOST_ORDER = 1;

/**
 * What a message NFT_MSG_NEWSET, request or answer, says of a set's types.
 * @returns null when it is too short or names no set
 */
export function toldNftSet(
  bytes: Uint8Array,
  littleEndian: boolean,
): { readonly name: NftSetName; readonly types: NftSetTypes } | null {
  if (bytes.length < NLMSG_HDRLEN + NFGENMSG_LEN) return null;
  let [table, set, id, flags, keyType, dataType] = ['', '', 0, 0, 0, 0];
  let [isKeyHost, isDataHost] = [false, false];
  const partLengths: number[] = [];
  const visitParts = (_: number, start: number, end: number): void =>
    forEachAttribute(bytes, start, end, littleEndian, (_part, at, stop) => {
      if (partLengths.length < MOST_PARTS) partLengths.push(numberAt(bytes, at, stop));
    });
  forEachAttribute(bytes, NLMSG_HDRLEN + NFGENMSG_LEN, bytes.length, littleEndian, (number, start, end) => {
    if (number === SET.table) table = readText(bytes, start, end);
    else if (number === SET.name) set = readText(bytes, start, end);
    else if (number === SET.flags) flags = numberAt(bytes, start, end);
    else if (number === SET.keyType) keyType = numberAt(bytes, start, end);
    else if (number === SET.dataType) dataType = numberAt(bytes, start, end);
    else if (number === SET.id) id = numberAt(bytes, start, end);
    else if (number === SET.userdata) [isKeyHost, isDataHost] = hostOrders(bytes.subarray(start, end), littleEndian);
    else if (number === SET.desc)
      forEachAttribute(bytes, start, end, littleEndian, (inner, at, stop) => {
        if (inner === NFTA_SET_DESC_CONCAT) forEachAttribute(bytes, at, stop, littleEndian, visitParts);
      });
  });
  if (set === '') return null;
  return {
    name: { family: bytes[NLMSG_HDRLEN], table, set, id },
    types: { keyType, dataType, partLengths, isInterval: (flags & NFT_SET_INTERVAL) !== 0, isKeyHost, isDataHost },
  };
}

/** The set that a message about elements is about; null when it names none. */
export function namedNftSet(bytes: Uint8Array, littleEndian: boolean): NftSetName | null {
  if (bytes.length < NLMSG_HDRLEN + NFGENMSG_LEN) return null;
  let [table, set, id] = ['', '', 0];
  forEachAttribute(bytes, NLMSG_HDRLEN + NFGENMSG_LEN, bytes.length, littleEndian, (number, start, end) => {
    if (number === LIST.table) table = readText(bytes, start, end);
    else if (number === LIST.set) set = readText(bytes, start, end);
    else if (number === LIST.id) id = numberAt(bytes, start, end);
  });
  return set === '' ? null : { family: bytes[NLMSG_HDRLEN], table, set, id };
}

/** A 32-bit number of nf_tables, which are in network order; 0 where there are fewer bytes. */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  return end - start < 4 ? 0 : readU32(bytes, start, false);
}

/** Whether user data say that keys, and data, are in the order of the host: chains of type, length and value. */
function hostOrders(userdata: Uint8Array, littleEndian: boolean): [boolean, boolean] {
  const orders: [boolean, boolean] = [false, false];
  for (let at = 0; at + 2 <= userdata.length; at += 2 + userdata[at + 1]) {
    const type = userdata[at];
    if (type > 1 || userdata[at + 1] !== 4 || at + 6 > userdata.length) continue;
    orders[type] = readU32(userdata, at + 2, littleEndian) === HOST_ORDER;
  }
  return orders;
}
