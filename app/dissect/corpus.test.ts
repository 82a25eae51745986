import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector, learnFamily, toHex } from './index.ts';
import { CORPUS, newFamilies, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);

describe.each(CORPUS)('%s', (file) => {
  const messages = readCorpus(file);
  const families = newFamilies();
  const context = bareContext(families);
  for (const { bytes, envelope } of messages) learnFamily(bytes, envelope, context, families);

  it('decodes without anything malformed', () => {
    const bad = messages.flatMap(({ number, bytes, envelope }) =>
      dissector
        .notes(bytes, envelope, context)
        .filter((n) => ['malformed', 'truncated', 'bad-length', 'too-deep'].includes(n.code))
        .map((n) => `#${number} ${n.code} ${n.text}`),
    );
    expect(bad).toEqual([]);
  });

  it('encodes from its values to the same bytes', () => {
    let covered = 0;
    for (const { number, bytes, envelope } of messages) {
      const values = dissector.values(bytes, envelope, context);
      if (values === null) continue;
      covered++;
      // Through JSON, as a file or the command line would carry it: nothing but plain values may be needed.
      const carried = JSON.parse(JSON.stringify(values));
      const encoded = encodeMessage(carried, { library, genl: families, littleEndian: true });
      expect(`#${number} ${toHex(encoded.bytes)}`).toBe(`#${number} ${toHex(bytes)}`);
      expect(encoded.problems).toEqual([]);
    }
    expect(covered).toBeGreaterThan(0);
  });
});

describe('extended acknowledgements of errors-rtnl', () => {
  const messages = readCorpus('errors-rtnl');
  const requests = new Map(
    messages.filter((m) => m.envelope.direction === 'request').map((m) => [seqOf(m.bytes), m.bytes]),
  );

  function seqOf(bytes: Uint8Array): number {
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  }

  it('carry the kernel’s words', () => {
    const errors: string[] = [];
    for (const { bytes, envelope } of messages) {
      if (envelope.direction !== 'reply') continue;
      const context = { ...bareContext(newFamilies()), request: () => requests.get(seqOf(bytes)) };
      const { error } = dissector.summarize(bytes, envelope, context);
      if (error !== null && error.message !== '') errors.push(`${error.errno}: ${error.message} [${error.attribute}]`);
    }
    expect(errors).toEqual(EXPECTED);
  });
});

// The words are those that `ip` and `tc` printed as "Error: …" for the same commands; this kernel gave no offsets with them.
const EXPECTED: string[] = [
  'EOPNOTSUPP: Unknown device type []',
  'EEXIST: ipv4: Address already assigned []',
  'EADDRNOTAVAIL: ipv4: Address not found []',
  'ENETUNREACH: Nexthop has invalid gateway []',
  'ENETDOWN: Device for nexthop is not up []',
  'EINVAL: Backward goto not supported []',
  'ENOENT: Neighbour entry not found []',
  'ENOENT: Specified qdisc kind is unknown []',
  'ENOENT: Cannot delete qdisc with handle of zero []',
  "EINVAL: Parent Qdisc doesn't exists []",
  'ENETDOWN: Nexthop device is not up []',
  'EINVAL: 8021q: link not specified []',
  'ERANGE: 8021q: Invalid VLAN id []',
];
