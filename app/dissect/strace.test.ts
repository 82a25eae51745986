import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import { createDissector, fromHex } from './index.ts';
import { readCorpus, readCorpusFile } from './testing/corpus.ts';
import { StraceComparison } from './testing/straceCompare.ts';
import { EXPLAINED, explanationOf } from './testing/straceDifferences.ts';
import { type StraceMessage, straceMessages, wordOf } from './testing/straceText.ts';
import { TracedCapture } from './testing/tracedCapture.ts';

/**
 * Captures with the decode of the same messages by strace 6.13 (-f -yy -v -x), made small by testing/pruneTrace.mjs, and
 * how many names and values of each are compared at least.
 */
const TRACES: readonly (readonly [file: string, names: number, values: number])[] = [
  ['addr-a-st', 6090, 5777],
  ['bridge-a-st', 47000, 48700],
  ['conntrack-a-st', 365, 500],
  ['errors-rtnl-st', 10616, 11045],
  ['ethtool-a-st', 4613, 2542],
  ['genl-ctrl-a-st', 2676, 1297],
  ['ipset-a-st', 550, 804],
  ['iptables-nft-a-st', 1917, 2866],
  ['link-attrs-a-st', 4357, 4083],
  ['link-kinds-a-st', 6544, 6646],
  ['monitor-events-st', 34175, 35212],
  ['neigh-a-st', 22038, 23417],
  ['nft-a-st', 1418, 2118],
  ['raw-audit-a', 73, 311],
  ['raw-connector', 10, 40],
  ['raw-crypto', 8, 32],
  ['raw-rdma-a', 48, 207],
  ['route-a-st', 5344, 4762],
  ['ss-a-st', 2200, 2100],
  ['tc-filter-a-st', 42942, 45988],
  ['tc-qdisc-a-st', 54416, 58075],
  ['wg-a-st', 267, 354],
  ['xfrm-a-st', 40, 170],
  ['ynl-st', 13724, 6616],
];

const dissector = createDissector(builtinLibrary());
const used = new Set<number>();

describe.each(TRACES)('%s', (file, names, values) => {
  it('reads as strace reads it', () => {
    const { comparison, unmatched } = compareTrace(file);
    const open = comparison.differences.filter((difference) => {
      const explanation = explanationOf(difference);
      used.add(explanation);
      return explanation < 0;
    });
    expect(open).toEqual([]);
    expect(unmatched).toEqual([]);
    expect(comparison.names).toBeGreaterThanOrEqual(names);
    expect(comparison.values).toBeGreaterThanOrEqual(values);
  });
});

it('needs every explanation', () => {
  expect(EXPLAINED.filter((_, i) => !used.has(i)).map(({ why }) => why)).toEqual([]);
});

describe('the comparison', () => {
  const trace = parseTrace(
    '1 0.0 sendto(3<NETLINK:[ROUTE:7]>, [{nlmsg_len=40, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=5, ' +
      'nlmsg_pid=0}, {ifi_family=AF_UNSPEC, ifi_type=ARPHRD_ETHER, ifi_index=0, ifi_flags=IFF_UP, ifi_change=0x1}, ' +
      '[{nla_len=8, nla_type=IFLA_MTU}, 1500]], 40, 0, NULL, 0) = 40',
  );
  const bytes = fromHex('28000000100001000500000000000000 00000100000000000100000001000000 08000400dc050000')!;

  it('finds nothing where both agree', () => {
    expect(differences(bytes)).toEqual([]);
  });

  it.each([
    ['flags of the header', 6, 'RTM_NEWLINK nlmsg_flags'],
    ['a member by name', 18, 'RTM_NEWLINK ifi_type'],
    ['a flag', 24, 'RTM_NEWLINK ifi_flags'],
    ['the type of an attribute', 34, 'RTM_NEWLINK IFLA_LINK.nla_type'],
    ['a value', 36, 'RTM_NEWLINK IFLA_MTU'],
  ])('finds another value of %s', (_, at, path) => {
    expect(differences(bytes.with(at, bytes[at] ^ (at === 34 ? 1 : 2)))).toContain(path);
  });

  function parseTrace(line: string): StraceMessage {
    return straceMessages(line)[0];
  }

  function differences(message: Uint8Array): string[] {
    const [sample] = readCorpus('addr-a');
    const envelope = { ...sample.envelope, direction: 'request' as const };
    const capture = new TracedCapture(dissector, [{ ...sample, bytes: message, envelope }]);
    const comparison = new StraceComparison(capture);
    const same = capture.take(trace)!;
    comparison.message(trace, same.decoded, same.envelope);
    return comparison.differences.map((difference) => difference.path);
  }
});

/** Compares all messages of a trace with the same messages of its capture. */
function compareTrace(file: string): { comparison: StraceComparison; unmatched: string[] } {
  const capture = new TracedCapture(dissector, readCorpus(`strace/${file}`));
  const comparison = new StraceComparison(capture);
  const unmatched: string[] = [];
  for (const message of straceMessages(readCorpusFile(`strace/${file}.strace`).toString('latin1'))) {
    if (!capture.holds(message.protocol)) continue;
    const same = capture.take(message);
    if (same === undefined) unmatched.push(headerText(message));
    else comparison.message(message, same.decoded, same.envelope);
  }
  return { comparison, unmatched };
}

function headerText({ header }: StraceMessage): string {
  return header.members.map(({ name }) => wordOf(header, name)).join(' ');
}
