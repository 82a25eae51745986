import type { Result } from '../../app/contracts/index.ts';
import {
  ByteWriter,
  GENL_HDRLEN,
  NETLINK_GENERIC,
  NLA_F_NESTED,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLMSG_HDRLEN,
} from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from './batches.ts';
import { requestMessage } from './dump.ts';
import { forEachMessage } from './messages.ts';
import { netlinkRequest } from './request.ts';

/** linux/ethtool_netlink.h. */
const ETHTOOL_MSG_STRSET_GET = 1;
const ETHTOOL_GENL_VERSION = 1;
const ETHTOOL_A_STRSET_HEADER = 1;
const ETHTOOL_A_STRSET_STRINGSETS = 2;
const ETHTOOL_A_STRINGSETS_STRINGSET = 1;
const ETHTOOL_A_STRINGSET_ID = 1;

/** What asks for string sets, after the nlmsghdr. */
function requestBody(sets: readonly number[]): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
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
  return writer.finish();
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
  const ask = (seq: number, flags: number, sets: readonly number[]): void =>
    writer.bytes(requestMessage(seq, family, flags, requestBody(sets)));
  for (const [i, set] of shared.entries()) ask(first + i, NLM_F_ACK, [set]);
  // Those of all devices.
  if (ofDevices.length > 0) ask(first + shared.length, NLM_F_DUMP, ofDevices);
  const asked = await netlinkRequest({ protocol: NETLINK_GENERIC, netns }, writer.finish());
  if (!asked.ok) return asked;
  for (const { bytes } of asked.value.replies) {
    forEachMessage(bytes, ({ type, start, end }) => {
      if (type === family && end - start > GENL_HDRLEN) visit(bytes.subarray(start - NLMSG_HDRLEN, end));
    });
  }
  return { ok: true, value: null };
}
