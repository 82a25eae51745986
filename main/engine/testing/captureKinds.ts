import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MemoryFile, PcapngWriter } from '../../../app/captureFile/index.ts';
import { captureBytes, readAll } from '../../../app/captureFile/testing/captures.ts';
import { toHex } from '../../../app/dissect/index.ts';
import { rawZstd } from './zstd.ts';

const pcap = captureBytes('route-a');
const { frames } = readAll(pcap);

/** The same capture as pcapng, for a host of this byte order, with a family, a gap, a mark and a comment. */
export function pcapng(littleEndian: boolean): Uint8Array {
  const file = new MemoryFile();
  const writer = new PcapngWriter(file, { application: 'test', littleEndian });
  const family = { id: 29, name: 'demo', version: 1, headerSize: 0, maxAttr: 3, groups: [], operations: [] };
  writer.facts({ families: [family], interfaces: [{ index: 7, name: 'eth7', nsid: null, timeNs: 1n }] }, 1n);
  frames.forEach(({ envelope, timeNs, bytes }, i) => {
    if (i === 5) writer.gap({ protocol: 0, lost: 3, cause: 'kernel' }, timeNs);
    const extras = i === 6 ? { marks: [0], comments: [{ message: 0, text: 'this one' }] } : {};
    writer.datagram(
      { ...envelope, littleEndian, group: i % 3, netns: i % 2 ? 'blue' : undefined },
      timeNs,
      bytes,
      extras,
    );
  });
  writer.finish(2n);
  return file.read(0, file.size);
}

/** A pcap whose headers are in the other byte order. */
function swapped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const swap = (at: number, width: 2 | 4) => copy.subarray(at, at + width).reverse();
  for (const at of [0, 8, 12, 16, 20]) swap(at, 4);
  for (const at of [4, 6]) swap(at, 2);
  for (let at = 24; at + 16 <= copy.length; ) {
    const length = view.getUint32(at + 8, true);
    for (let field = 0; field < 16; field += 4) swap(at + field, 4);
    at += 16 + length;
  }
  return copy;
}

const hexDump = new TextEncoder().encode(
  frames
    .slice(0, 20)
    .map(({ bytes }) => `${toHex(bytes)}\n\n`)
    .join(''),
);
const strace = new Uint8Array(
  gunzipSync(readFileSync(fileURLToPath(new URL('../../../e2e/captures/raw-audit-a.strace.gz', import.meta.url)))),
);

/** One capture in every form that is read, by name; the last two are others. */
export const KINDS: readonly [string, Uint8Array][] = [
  ['pcap, little-endian', pcap],
  ['pcap, big-endian', swapped(pcap)],
  ['pcapng, little-endian', pcapng(true)],
  ['pcapng, big-endian', pcapng(false)],
  ['gzip', gzipSync(pcap)],
  ['gzip of pcapng in zstd', rawZstd(gzipSync(pcapng(true)))],
  ['zstd', rawZstd(pcap)],
  ['a hex dump', hexDump],
  ['a trace of strace', strace],
];

/** True for a kind of text. */
export function isText(kind: string): boolean {
  return kind.startsWith('a ');
}

/** A copy with some bits flipped at random. */
export function damaged(bytes: Uint8Array): Uint8Array {
  const broken = bytes.slice();
  for (let flips = 1 + Math.floor(Math.random() * 3); flips > 0; flips--) {
    broken[Math.floor(Math.random() * broken.length)] ^= 1 << Math.floor(Math.random() * 8);
  }
  return broken;
}
