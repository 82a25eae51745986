import { describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import { CORPUS, readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { MOST_IN_BLOCK } from '../../app/filter/index.ts';
import { CHUNK_ROWS } from '../../app/session/index.ts';
import { rowFilter } from '../cli/filterOption.ts';
import { createDecoding } from './decoding.ts';
import { openDocument } from './openDocument.ts';

const FILTERS = [
  'nl.protocol == NETLINK_ROUTE',
  'nl.flags & NLM_F_MULTI',
  'nl.flags has NLM_F_DUMP || nl.len > 500',
  '!(nl.type_number in {16, 20..24}) && nl.seq > 0',
  'nl.portid != 0 ^^ nl.len < 100',
  'not nl.len == 20',
  'nl.type == RTM_NEWLINK && link.mtu > 1000',
  'nl.dir == request || link.ifname contains "lo"',
  'nl.protocol == 0 && (nl.flags & 0x100 || !nl.seq == 1)',
  'nl.len <= 40 || nl.len >= 1000',
  'nl.flags & NLM_F_MULTI & 2 == 2 && nl.seq != 0',
  'link.ifname || ifinfomsg.ifi_index > 1',
  'not link.ifname == "lo"',
  'count(link.ifname) == 0',
  'all link.ifname != "lo" || link.ifname[0:1] == "l"',
  'nlctrl || nft || route && !link',
  'ctrl.family_name != "ethtool" && ifi_index == 0',
  'link.ifname == "lo" || link.ifname == "véth"',
  'link.ifname != "lo"',
  'all link.ifname == "lo"',
  'link.ifname ~ "^(eth|br)"',
  'link.mtu == 1500 || link.mtu > 65535',
  'all link.mtu != 1500',
  'link.address == 00:00:00:00:00:00',
  'link.address != 00:00:00:00:00:00',
  'addr.address == 10.0.0.0/8 || addr.local == ::1',
  'addr.flags has IFA_F_PERMANENT',
  'route.dst > 10.0.0.0',
  'nft.expr.name == "cmp"',
  'nft.chain.name != "input" && nft.table.name',
  'ctrl.family_id == 16 || ctrl.op.id > 3',
  'nl80211.wiphy == 0 || nl80211.ifname == "wlan0"',
  'IFLA_VLAN_ID > 1 || IFLA_BR_FORWARD_DELAY >= 0 || IFLA_INFO_KIND != "veth"',
  'IFLA_INET6_FLAGS > 0 && IFLA_QDISC == "noqueue"',
  'IFLA_EXT_MASK == 1',
  'TCA_KIND == "fq_codel" || TCA_HTB_RATE64 > 0',
  'RTAX_MTU > 0 || RTA_TABLE == 254',
  'all NDA_LLADDR != 00:00:00:00:00:00',
  'CTA_PROTO_NUM == 6 || CTA_TIMEOUT > 100',
];

/** A frame of a pcap with an RTM_NEWLINK about "lo" that is longer than a column of 16 bits tells. */
function longFrame(): Buffer {
  const name = Buffer.from('070003006c6f0000', 'hex');
  const aliases = [40_000, 40_000].map((size) => {
    const alias = Buffer.alloc(size);
    alias.writeUInt16LE(size, 0);
    alias.writeUInt16LE(20, 2);
    return alias;
  });
  const header = Buffer.alloc(32);
  const message = Buffer.concat([header, ...aliases, name]);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(16, 4);
  const cooked = Buffer.from('00040338000000000000000000000000', 'hex');
  const record = Buffer.alloc(16);
  record.writeUInt32LE(cooked.length + message.length, 8);
  record.writeUInt32LE(cooked.length + message.length, 12);
  return Buffer.concat([record, cooked, message]);
}

const captures = CORPUS.filter((_, i) => i % 10 === 0).map((file): [string, Buffer] => [
  file,
  Buffer.from(readCorpusFile(`${file}.pcap`)),
]);
const links = Buffer.from(readCorpusFile('link-kinds-a.pcap'));
captures.push(['link-kinds-a around a message of 80 kB', Buffer.concat([links, longFrame(), links.subarray(24)])]);

describe.each(captures)('filters over the columns of %s', (_, bytes) => {
  const decoding = createDecoding();
  const opened = openDocument(memorySource(new Uint8Array(bytes)), decoding);
  if (!opened.ok) throw new Error(opened.error.message);
  const { document, step } = opened.value;
  while (!step().finished);
  const { count } = document.store;

  it.each(FILTERS)('%s: say of many rows what they say of each', (text) => {
    const filter = rowFilter(document, decoding, text);
    const passing = Array.from({ length: count }, (_, row) => row).filter(filter.passes);
    // What it has learned in the first round counts in the second.
    for (let round = 0; round < 2; round++) {
      const narrowed: number[] = [];
      for (let base = 0; base < count; base += CHUNK_ROWS) {
        const picks = Uint16Array.from({ length: Math.min(CHUNK_ROWS, count - base) }, (_, place) => place);
        const kept = filter.narrow(base, picks, picks.length);
        narrowed.push(...picks.subarray(0, kept).map((place) => base + place));
      }
      expect(narrowed).toEqual(passing);
    }
  });
});

it('a chunk of the index is a block of the filter language', () => {
  expect(CHUNK_ROWS).toBeLessThanOrEqual(MOST_IN_BLOCK);
});
