import type { Result } from '../../app/contracts/index.ts';
import {
  ByteWriter,
  GENL_HDRLEN,
  NETLINK_GENERIC,
  NLA_F_NESTED,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
} from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from './batches.ts';
import { forEachMessage } from './messages.ts';
import { netlinkRequest } from './request.ts';

/** linux/ethtool_netlink.h. */
const ETHTOOL_MSG_STRSET_GET = 1;
const ETHTOOL_GENL_VERSION = 1;
const ETHTOOL_A_STRSET_HEADER = 1;
const ETHTOOL_A_STRSET_STRINGSETS = 2;
const ETHTOOL_A_STRINGSETS_STRINGSET = 1;
const ETHTOOL_A_STRINGSET_ID = 1;

/** Asks for string sets, those of all devices with NLM_F_DUMP. */
function request(writer: ByteWriter, family: number, flags: number, seq: number, sets: readonly number[]): void {
  const start = writer.length;
  writer.zeros(4);
  writer.integer(family, 2);
  writer.integer(NLM_F_REQUEST | flags, 2);
  writer.integer(seq, 4);
  writer.integer(0, 4);
  writer.integer(ETHTOOL_MSG_STRSET_GET, 1);
  writer.integer(ETHTOOL_GENL_VERSION, 1);
  writer.integer(0, 2);
  // It must be there, though it names no device.
  writer.endAttribute(writer.beginAttribute(NLA_F_NESTED | ETHTOOL_A_STRSET_HEADER));
  const list = writer.beginAttribute(NLA_F_NESTED | ETHTOOL_A_STRSET_STRINGSETS);
  for (const set of sets) {
    const item = writer.beginAttribute(NLA_F_NESTED | ETHTOOL_A_STRINGSETS_STRINGSET);
    const id = writer.beginAttribute(ETHTOOL_A_STRINGSET_ID);
    writer.integer(set, 4);
    writer.endAttribute(id);
    writer.endAttribute(item);
  }
  writer.endAttribute(list);
  writer.patch(start, writer.length - start, 4);
}

/**
 * Visits the messages by which the kernel tells string sets (ETH_SS_*) in a network namespace ("" is our own). A kernel
 * refuses sets that it does not know, so each is asked for alone; those that devices have of their own come in one dump.
 * @param family id of the generic netlink family "ethtool"
 */
export async function askStringSets(
  family: number,
  shared: readonly number[],
  ofDevices: readonly number[],
  netns: string,
  visit: (message: Uint8Array) => void,
): Promise<Result<null>> {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  const first = Math.floor(Math.random() * 2 ** 31);
  for (const [i, set] of shared.entries()) request(writer, family, NLM_F_ACK, first + i, [set]);
  if (ofDevices.length > 0) request(writer, family, NLM_F_DUMP, first + shared.length, ofDevices);
  const asked = await netlinkRequest({ protocol: NETLINK_GENERIC, netns }, writer.finish());
  if (!asked.ok) return asked;
  for (const { bytes } of asked.value.replies) {
    forEachMessage(bytes, ({ type, start, end }) => {
      if (type === family && end - start > GENL_HDRLEN) visit(bytes.subarray(start - NLMSG_HDRLEN, end));
    });
  }
  return { ok: true, value: null };
}
