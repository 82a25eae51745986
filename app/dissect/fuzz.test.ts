import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector, learnFamily } from './index.ts';
import { CORPUS, newFamilies, readCorpus, seeded } from './testing/corpus.ts';

/** How many mutated messages to decode; the issue's own number is 2,000,000 (NLSCOPE_FUZZ=2000000). */
const COUNT = Number(process.env['NLSCOPE_FUZZ'] ?? 200_000);
/** Changes which mutations are tried: parts of a long run use different seeds. */
const SEED = Number(process.env['NLSCOPE_FUZZ_SEED'] ?? 1);

const library = builtinLibrary();
const dissector = createDissector(library);
/** The messages of each capture, with the families that it tells of: ids differ from one to the next. */
const messages = CORPUS.flatMap((file) => {
  const families = newFamilies();
  const context = bareContext(families);
  const read = readCorpus(file);
  for (const { bytes, envelope } of read) learnFamily(bytes, envelope, context, families);
  return read.map((message) => ({ ...message, families }));
});

/** Flips bits, overwrites lengths and types, cuts, grows and splices. */
function mutate(original: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let bytes = Uint8Array.from(original);
  const pick = (limit: number): number => Math.floor(random() * limit);
  for (let changes = 1 + pick(4); changes > 0; changes--) {
    if (bytes.length === 0) return bytes;
    switch (pick(7)) {
      case 0:
        bytes[pick(bytes.length)] ^= 1 << pick(8);
        break;
      case 1:
        bytes[pick(bytes.length)] = pick(256);
        break;
      case 2: {
        const at = pick(bytes.length) & ~3;
        const length = [0, 1, 3, 4, 5, 0xff, 0xffff, bytes.length][pick(8)];
        if (at + 2 <= bytes.length) new DataView(bytes.buffer).setUint16(at, length, true);
        break;
      }
      case 3:
        bytes = bytes.slice(0, pick(bytes.length + 1));
        break;
      case 4: {
        const grown = new Uint8Array(bytes.length + pick(64));
        grown.set(bytes);
        bytes = grown;
        break;
      }
      case 5: {
        const at = pick(bytes.length);
        bytes.set(other.subarray(0, Math.min(other.length, bytes.length - at)), at);
        break;
      }
      default: {
        const at = (16 + pick(bytes.length)) & ~3;
        if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint16(at + 2, pick(65536), true);
      }
    }
  }
  return bytes;
}

/** Every node lies inside the message and inside its parent. */
function checkRanges(nodes: readonly FieldNode[], start: number, end: number): void {
  for (const node of nodes) {
    if (node.range.start < start || node.range.end > end || node.range.start > node.range.end) {
      throw new Error(`${node.name} covers ${node.range.start}..${node.range.end} outside ${start}..${end}`);
    }
    checkRanges(node.children, node.range.start, node.range.end);
  }
}

describe('mutated messages', () => {
  it(`decode without an exception, ${COUNT} of them from seed ${SEED}`, { timeout: 1_800_000 }, () => {
    const random = seeded(SEED);
    let noted = 0;
    const reached = new Map<string, number>();
    for (let i = 0; i < COUNT; i++) {
      const origin = messages[Math.floor(random() * messages.length)];
      const other = messages[Math.floor(random() * messages.length)];
      const bytes = mutate(origin.bytes, other.bytes, random);
      const protocol = random() < 0.02 ? Math.floor(random() * 32) : origin.envelope.protocol;
      const envelope = { ...origin.envelope, protocol, littleEndian: random() < 0.98 };
      const { families } = origin;
      const context = { ...bareContext(families), request: () => other.bytes };
      try {
        const found = dissector.dissect(bytes, envelope, context);
        checkRanges(found.tree, 0, bytes.length);
        if (i % 16 === 0) JSON.stringify(found);
        const [family] = found.summary.type.split('_');
        reached.set(family, (reached.get(family) ?? 0) + 1);
        if (found.notes.length > 0) noted++;
        if (i % 8 === 0) {
          const values = dissector.values(bytes, envelope, context);
          if (values !== null) {
            encodeMessage(values, { library, genl: families, littleEndian: envelope.littleEndian });
          }
        }
      } catch (error) {
        const where = `${origin.file} message ${origin.number}, mutation ${i}, protocol ${protocol}`;
        throw new Error(`${where}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
      }
    }
    // Mutations that nothing notices would mean that the decoder looks at nothing.
    expect(noted).toBeGreaterThan(COUNT / 4);
    // Families whose id is told in the captures are decoded as such.
    const told = [
      'ETHTOOL',
      'DEVLINK',
      'OVPN',
      'OVS',
      'NFSD',
      'VDPA',
      'KSMBD',
      'MPTCP',
      'HANDSHAKE',
      'NL80211',
      'DRBD',
    ];
    expect(told.filter((family) => (reached.get(family) ?? 0) < COUNT / 20_000)).toEqual([]);
  });
});
