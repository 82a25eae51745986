import { describe, expect, it, vi } from 'vitest';
import { MemoryFile, memorySource, openCapture, PcapngWriter } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import { readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { createDecoding } from './decoding.ts';
import { Document } from './document.ts';
import { openDocument } from './openDocument.ts';

const decoding = createDecoding();
const NLCTRL = 16;

interface Datagram {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** The generic netlink datagrams of a capture. */
function datagramsOf(file: string): Datagram[] {
  const opened = openCapture(memorySource(readCorpusFile(`${file}.pcap`)));
  if (!opened.ok) throw new Error(opened.error.message);
  const { frame } = opened.value;
  const found: Datagram[] = [];
  for (let kind = opened.value.next(); kind !== 'end'; kind = opened.value.next()) {
    if (kind !== 'datagram' || frame.envelope.protocol !== 16) continue;
    const bytes = new Uint8Array(frame.view.buffer, frame.view.byteOffset + frame.start, frame.length).slice();
    found.push({ envelope: frame.envelope, bytes });
  }
  return found;
}

function documentOf(datagrams: readonly Datagram[]): Document {
  const file = new MemoryFile();
  const writer = new PcapngWriter(file, { application: 'test' });
  for (const [i, { envelope, bytes }] of datagrams.entries()) writer.datagram(envelope, BigInt(i), bytes);
  writer.finish(BigInt(datagrams.length));
  const opened = openDocument(file, decoding);
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return opened.value.document;
}

/** Index and name that messages of a type carry, as `values` has them. */
function carried(document: Document, index: string, name: string): Map<number, string> {
  const found = new Map<number, string>();
  for (let row = 0; row < document.store.count; row++) {
    if (document.store.envelope(row).direction === 'request') continue;
    const attributes = document.values(row)?.attributes ?? [];
    const told = (wanted: string) => attributes.find((attribute) => attribute.name === wanted)?.value;
    const [number, text] = [told(index), told(name)];
    if (typeof number === 'number' && typeof text === 'string') found.set(number, text);
  }
  return found;
}

const isControl = ({ bytes }: Datagram): boolean => bytes[4] + bytes[5] * 256 === NLCTRL;

describe.each([
  ['wifi-a', 'NL80211_ATTR_IFINDEX', 'NL80211_ATTR_IFNAME'],
  ['wg-a', 'WGDEVICE_A_IFINDEX', 'WGDEVICE_A_IFNAME'],
])('%s without its route messages', (file, index, name) => {
  const datagrams = datagramsOf(file);
  const document = documentOf(datagrams);
  const names = carried(document, index, name);

  it('names its interfaces all the same', () => {
    expect(names.size).toBeGreaterThan(0);
    for (const [number, text] of names) expect(document.hosts.of(undefined).interfaces.lookup(number)).toBe(text);
    expect([...document.hosts.of(undefined).interfaces.all()].length).toBeGreaterThanOrEqual(names.size);
  });

  it('names them where their family is told last', () => {
    const late = documentOf([...datagrams.filter((each) => !isControl(each)), ...datagrams.filter(isControl)]);
    for (const [number, text] of names) expect(late.hosts.of(undefined).interfaces.lookup(number)).toBe(text);
  });

  it('names none where no message tells the family', () => {
    expect([
      ...documentOf(datagrams.filter((each) => !isControl(each)))
        .hosts.of(undefined)
        .interfaces.all(),
    ]).toEqual([]);
  });
});

it('looks through what came before once for each family, however often captures of several kernels follow each other', () => {
  // Each kernel has ids of its own, and what is one family's here is another's there.
  const kernels = ['wifi-a', 'wg-a', 'ethtool-a', 'genl-ctrl-a'].map(datagramsOf);
  const readsOf = (rounds: number): number => {
    const file = new MemoryFile();
    const document = new Document(file, decoding);
    const bytesOf = vi.spyOn(document.store, 'bytes');
    for (const datagrams of Array.from({ length: rounds }, () => kernels).flat()) {
      for (const { envelope, bytes } of datagrams) {
        file.write(bytes);
        document.store.appendDatagram(envelope, 1n, file.size - bytes.length, bytes);
      }
      document.learn();
    }
    return bytesOf.mock.calls.length;
  };
  expect(readsOf(40)).toBeLessThan(5 * readsOf(10));
});
