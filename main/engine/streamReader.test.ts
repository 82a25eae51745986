import { constants, createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Gap, HostFacts } from '../../app/captureFile/index.ts';
import { captureBytes, readAll } from '../../app/captureFile/testing/captures.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import { toHex } from '../../app/dissect/index.ts';
import type { DatagramNotes } from './liveCapture.ts';
import { StreamReader } from './streamReader.ts';
import { damaged, isText, KINDS, pcapng } from './testing/captureKinds.ts';

/** More rounds by NLSCOPE_FAULTS. */
const ROUNDS = Number(process.env['NLSCOPE_FAULTS'] ?? 12);

interface Heard {
  readonly envelope: Envelope;
  readonly timeNs: bigint;
  readonly hex: string;
  readonly notes: DatagramNotes | undefined;
}

class Collector {
  readonly datagrams: Heard[] = [];
  readonly gaps: Gap[] = [];
  readonly known: HostFacts[] = [];
  datagram(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, _originalLength: number, notes?: DatagramNotes) {
    this.datagrams.push({ envelope, timeNs, hex: toHex(bytes), notes });
  }
  gap(gap: Gap) {
    this.gaps.push(gap);
  }
  batch() {}
  failure() {}
  facts(facts: HostFacts) {
    this.known.push(facts);
  }
}

const pcap = captureBytes('route-a');
const { frames } = readAll(pcap);

async function read(bytes: Uint8Array, longestPiece = bytes.length) {
  const heard = new Collector();
  const reader = new StreamReader(heard, 0);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(Math.random() * longestPiece);
    await reader.push(bytes.slice(at, at + length));
    at += length;
  }
  return { heard, end: await reader.end() };
}

/** Of text that is cut, the last row may be cut in the middle. */
function certainOf(kind: string, datagrams: readonly Heard[]): readonly Heard[] {
  return isText(kind) ? datagrams.slice(0, -1) : datagrams;
}

describe('a capture that comes in pieces', () => {
  it.each(KINDS)('of %s is read as in one piece', async (kind, bytes) => {
    const whole = await read(bytes);
    expect(whole.end).toMatchObject({ broken: '', began: true });
    expect(whole.heard.datagrams.length).toBeGreaterThan(10);
    for (const longest of [1, 7, 100, 5000]) {
      const { heard, end } = await read(bytes.subarray(0, longest === 1 ? 4000 : bytes.length), longest);
      if (longest === 1) {
        const certain = certainOf(kind, heard.datagrams);
        expect(certain).toEqual(whole.heard.datagrams.slice(0, certain.length));
        continue;
      }
      expect(end).toEqual(whole.end);
      expect(heard.datagrams).toEqual(whole.heard.datagrams);
      expect(heard.gaps).toEqual(whole.heard.gaps);
    }
  });

  it('is what the reader of files reads', async () => {
    for (const littleEndian of [true, false]) {
      const bytes = pcapng(littleEndian);
      const file = readAll(bytes);
      const { heard } = await read(bytes, 300);
      expect(heard.datagrams.map(({ hex }) => hex)).toEqual(file.frames.map((frame) => toHex(frame.bytes)));
      expect(heard.datagrams.map(({ envelope }) => envelope)).toEqual(file.frames.map(({ envelope }) => envelope));
      expect(heard.datagrams.map(({ timeNs }) => timeNs)).toEqual(file.frames.map(({ timeNs }) => timeNs));
      expect(heard.gaps).toEqual([{ protocol: 0, lost: 3, cause: 'kernel' }]);
      expect(heard.datagrams[6].notes).toMatchObject({ marks: [0], comments: [{ message: 0, text: 'this one' }] });
      expect(heard.known.flatMap(({ families = [] }) => [...families])).toEqual(file.reader.facts.hosts[0].families);
      expect(heard.known.flatMap(({ interfaces = [] }) => [...interfaces])).toEqual(
        file.reader.facts.hosts[0].interfaces,
      );
    }
  });

  it('hands on each datagram with its last byte, and not before', async () => {
    const heard = new Collector();
    const reader = new StreamReader(heard);
    let at = 0;
    for (const [i, { offset, bytes }] of frames.slice(0, 30).entries()) {
      const end = offset + bytes.length;
      await reader.push(pcap.slice(at, end - 1));
      expect(heard.datagrams).toHaveLength(i);
      await reader.push(pcap.slice(end - 1, end));
      expect(heard.datagrams).toHaveLength(i + 1);
      at = end;
    }
  });

  it('is handed on at once when a compressor flushes what it has', async () => {
    const heard = new Collector();
    const reader = new StreamReader(heard);
    const gzip = createGzip();
    const pieces: Uint8Array[] = [];
    gzip.on('data', (piece) => pieces.push(piece));
    gzip.write(pcap.subarray(0, frames[9].offset + frames[9].bytes.length));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, () => resolve()));
    for (const piece of pieces) await reader.push(piece);
    expect(heard.datagrams).toHaveLength(10);
  });
});

describe('a capture that breaks off', () => {
  it.each(KINDS)('of %s: what came before is read, and the break is told', async (kind, bytes) => {
    const whole = (await read(bytes)).heard.datagrams;
    for (let round = 0; round < ROUNDS; round++) {
      const cut = 30 + Math.floor(Math.random() * (bytes.length - 30));
      const { heard, end } = await read(bytes.subarray(0, cut), 2000);
      expect(heard.datagrams.length).toBeLessThanOrEqual(whole.length);
      const certain = certainOf(kind, heard.datagrams);
      expect(certain, `cut at ${cut}`).toEqual(whole.slice(0, certain.length));
      if (kind.includes('zstd') || isText(kind)) continue;
      const isBetween = kind.startsWith('pcap') && readAll(bytes.slice(0, cut)).report.broken === null;
      expect(end.broken === '', `cut at ${cut}: ${end.broken}`).toBe(isBetween);
    }
  });

  it.each(KINDS)('of %s with flipped bits neither throws nor hangs', async (_kind, bytes) => {
    for (let round = 0; round < ROUNDS; round++) {
      const broken = damaged(bytes);
      const { heard } = await read(broken, 3000);
      expect(heard.datagrams.every(({ hex }) => hex.length <= 2 * broken.length * 1100)).toBe(true);
    }
  });

  it('with a block of a length that nobody writes is given up at once', async () => {
    const bytes = pcapng(true);
    const heard = new Collector();
    const reader = new StreamReader(heard);
    await reader.push(bytes);
    const count = heard.datagrams.length;
    await reader.push(new Uint8Array([6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    expect(reader.isBroken).toBe(true);
    expect((await reader.end()).broken).toMatch(/^a block of 4294967292 bytes/);
    expect(heard.datagrams).toHaveLength(count);
  });

  it.each([
    ['nothing', new Uint8Array(0), /nothing came/],
    ['something else', new TextEncoder().encode('GIF89a and more than enough bytes\0\0\0\0\0'), /no capture/],
    ['the beginning of a header', pcap.slice(0, 10), /cut off in its header: it has 10 bytes of at least 24/],
  ])('because it is %s is told as what it is', async (_what, bytes, words) => {
    const { end } = await read(bytes);
    expect(end).toMatchObject({ began: false, broken: expect.stringMatching(words) });
  });
});
