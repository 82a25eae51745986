import type { Result } from '../../app/contracts/index.ts';
import { ByteWriter, NETLINK_ROUTE } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';
import { dump } from './dump.ts';
import { forEachAttribute, readText, readUnsigned } from './messages.ts';

/** linux/rtnetlink.h, linux/if_link.h. */
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;
/** struct ifinfomsg: ifi_index is an int at offset 4. */
const IFINFOMSG_BYTES = 16;
const IFI_INDEX = 4;

function linkDumpBody(): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.zeros(IFINFOMSG_BYTES);
  const at = writer.beginAttribute(IFLA_EXT_MASK);
  writer.integer(RTEXT_FILTER_SKIP_STATS, 4);
  writer.endAttribute(at);
  return writer.finish();
}

/** Names of the interfaces of a network namespace ("" or absent: our own) by index, from an RTM_GETLINK dump. */
export async function interfaceNames(netns = ''): Promise<Result<Map<number, string>>> {
  const names = new Map<number, string>();
  const request = { protocol: NETLINK_ROUTE, type: RTM_GETLINK, body: linkDumpBody(), netns };
  const dumped = await dump(request, (bytes, { type, start, end }) => {
    if (type !== RTM_NEWLINK || end - start < IFINFOMSG_BYTES) return;
    const index = readUnsigned(bytes, start + IFI_INDEX, start + IFI_INDEX + 4);
    forEachAttribute(bytes, start + IFINFOMSG_BYTES, end, (attribute, from, to) => {
      if (attribute === IFLA_IFNAME) names.set(index, readText(bytes, from, to));
    });
  });
  return dumped.ok ? { ok: true, value: names } : dumped;
}
