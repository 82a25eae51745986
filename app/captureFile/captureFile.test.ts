import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIRECTIONS, type Envelope } from '../contracts/index.ts';
import { policyParts, stringParts } from './customOptions.ts';
import {
  GAP_CAUSES,
  MemoryFile,
  memorySource,
  openCapture,
  PcapngWriter,
  plainEnvelope,
  type WriterOptions,
} from './index.ts';
import { captureBytes, type ReadFrame, readAll } from './testing/captures.ts';

const CORPUS = ['addr-a', 'conntrack-a', 'ethtool-a', 'nft-a', 'raw-audit-a', 'raw-uevent-a', 'ss-a', 'wg-a'] as const;

function write(frames: readonly ReadFrame[], options: Partial<WriterOptions> = {}): Uint8Array {
  const file = new MemoryFile();
  const writer = new PcapngWriter(file, { application: 'test', ...options });
  for (const frame of frames) writer.datagram(frame.envelope, frame.timeNs, frame.bytes, frame);
  writer.flush();
  return file.read(0, file.size);
}

/** A pcap file of these frames in another variant of the format. */
function writePcap(frames: readonly ReadFrame[], magic: number, littleEndian: boolean): Uint8Array {
  const extra = magic === 0xa1b2cd34 ? 8 : 0;
  const unit = magic === 0xa1b23c4d ? 1n : 1000n;
  const file = new MemoryFile();
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, magic, littleEndian);
  header.setUint16(4, 2, littleEndian);
  header.setUint16(6, 4, littleEndian);
  header.setUint32(16, 0x40000, littleEndian);
  header.setUint32(20, 253, littleEndian);
  file.write(new Uint8Array(header.buffer));
  for (const frame of frames) {
    const record = new DataView(new ArrayBuffer(16 + extra + 16));
    record.setUint32(0, Number(frame.timeNs / 1_000_000_000n), littleEndian);
    record.setUint32(4, Number((frame.timeNs % 1_000_000_000n) / unit), littleEndian);
    record.setUint32(8, 16 + frame.bytes.length, littleEndian);
    record.setUint32(12, 16 + frame.originalLength, littleEndian);
    record.setUint16(16 + extra, 4);
    record.setUint16(18 + extra, 824);
    record.setUint16(30 + extra, frame.envelope.protocol);
    file.write(new Uint8Array(record.buffer));
    file.write(frame.bytes);
  }
  return file.read(0, file.size);
}

const content = (frames: readonly ReadFrame[]) => frames.map(({ offset: _, ...rest }) => rest);

describe('pcap', () => {
  test('reads what tcpdump wrote', () => {
    const { frames, report } = readAll(captureBytes('addr-a'));
    expect(report).toEqual({ format: 'pcap', frames: 70, datagrams: 70, skipped: 0, broken: null });
    expect(frames[34].bytes.length).toBe(152);
    expect(frames[0].envelope).toEqual(plainEnvelope(0, true));
    expect(frames.every((frame) => frame.timeNs > 1_700_000_000_000_000_000n && frame.timeNs % 1000n === 0n)).toBe(
      true,
    );
  });

  test.each([
    [0xa1b2c3d4, true],
    [0xa1b2c3d4, false],
    [0xa1b23c4d, true],
    [0xa1b23c4d, false],
    [0xa1b2cd34, true],
    [0xa1b2cd34, false],
  ])('reads magic %i, little-endian %s', (magic, littleEndian) => {
    const original = readAll(captureBytes('ethtool-a')).frames;
    const again = readAll(writePcap(original, magic, littleEndian));
    // The file's byte order is not the datagrams': these stay those of the host they came from.
    expect(content(again.frames)).toEqual(content(original));
  });

  test('keeps nanoseconds exactly', () => {
    const [frame] = readAll(captureBytes('wg-a')).frames;
    const exact = { ...frame, timeNs: 4_294_967_295_999_999_999n };
    expect(readAll(writePcap([exact], 0xa1b23c4d, true)).frames[0].timeNs).toBe(exact.timeNs);
  });

  test('tells a frame that the snap length cut', () => {
    const [frame] = readAll(captureBytes('wg-a')).frames;
    const cut = { ...frame, bytes: frame.bytes.slice(0, 40), originalLength: frame.bytes.length };
    const [read] = readAll(writePcap([cut], 0xa1b2c3d4, true)).frames;
    expect([read.bytes.length, read.originalLength]).toEqual([40, 60]);
  });

  test('delivers everything before any break, and says where it is', () => {
    const whole = captureBytes('wg-a').slice(0, 1200);
    const starts = [24];
    for (const view = new DataView(whole.buffer); ; ) {
      const next = starts[starts.length - 1] + 16 + view.getUint32(starts[starts.length - 1] + 8, true);
      if (next > whole.length) break;
      starts.push(next);
    }
    expect(starts.length).toBeGreaterThan(5);
    for (let length = 24; length <= whole.length; length++) {
      const complete = starts.filter((start) => start <= length).length - 1;
      const { frames, report } = readAll(whole.slice(0, length));
      expect(frames.length).toBe(complete);
      if (starts.includes(length)) expect(report.broken).toBeNull();
      else expect(report.broken).toMatchObject({ offset: starts[complete], frame: complete + 1 });
    }
  });

  test('counts frames of other link layers', () => {
    const ethernet = captureBytes('wg-a');
    ethernet[20] = 1;
    ethernet[21] = 0;
    expect(readAll(ethernet).report).toMatchObject({ frames: 35, datagrams: 0, skipped: 35, broken: null });
  });
});

describe('other files', () => {
  test.each([
    ['', 'The file is empty.'],
    ['GIF89a, and some more bytes that are long enough', 'The file is no capture that nlscope reads.'],
    ['\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00', 'The file is cut off in its header: it has 10 bytes of at least 24.'],
    ['\x0a\x0d\x0d\x0a\x1c\x00\x00\x00', 'The file is cut off in its header: it has 8 bytes of at least 28.'],
    ['\xfd7zXZ\x00 and more', 'The file is compressed with xz.'],
  ])('refuses %j', (text, message) => {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    const opened = openCapture(memorySource(bytes));
    expect(opened).toMatchObject({ ok: false, error: { message } });
  });
});

const envelopes: fc.Arbitrary<Envelope> = fc.record({
  protocol: fc.integer({ min: 0, max: 31 }),
  direction: fc.constantFrom(...DIRECTIONS),
  group: fc.option(fc.integer({ min: 0, max: 0xffffffff })),
  nsid: fc.option(fc.integer({ min: 0, max: 0x7fffffff })),
  sourcePortid: fc.option(fc.integer({ min: 0, max: 0xffffffff })),
  destPortid: fc.option(fc.integer({ min: 0, max: 0xffffffff })),
  littleEndian: fc.boolean(),
});

/** A message of the envelope's byte order, so that the order can be seen in the bytes too. */
function message(envelope: Envelope, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + payload.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length, envelope.littleEndian);
  bytes.set(payload, 16);
  return bytes;
}

const readFrames: fc.Arbitrary<ReadFrame> = fc
  .record({
    envelope: envelopes,
    timeNs: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    payload: fc.uint8Array({ maxLength: 300 }),
    missing: fc.integer({ min: 0, max: 5000 }),
    continued: fc.boolean(),
    marks: fc.array(fc.nat(1000), { maxLength: 5 }),
    references: fc.array(fc.nat(1000), { maxLength: 5 }),
    comments: fc.uniqueArray(
      fc.record({
        message: fc.oneof(fc.constant(0), fc.nat(1000)),
        text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !text.endsWith('\0')),
      }),
      { maxLength: 4, selector: ({ message }) => message },
    ),
  })
  .map(({ payload, missing, ...rest }) => {
    const bytes = message(rest.envelope, payload);
    return { ...rest, bytes, originalLength: bytes.length + missing, offset: 0 };
  });

describe('pcapng', () => {
  test('reads back what was written, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(readFrames, { maxLength: 12 }), fc.boolean(), (frames, littleEndian) => {
        const file = write(frames, { littleEndian });
        const again = readAll(file);
        expect(content(again.frames)).toEqual(content(frames));
        expect(again.report.broken).toBeNull();
        for (const frame of again.frames) {
          expect(file.slice(frame.offset, frame.offset + frame.bytes.length)).toEqual(frame.bytes);
        }
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  test.each(CORPUS)('keeps %s', (name) => {
    const { frames } = readAll(captureBytes(name));
    expect(content(readAll(write(frames)).frames)).toEqual(content(frames));
  });

  test('returns where a datagram begins in the file', () => {
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    const { frames } = readAll(captureBytes('nft-a'));
    const offsets = frames.map((frame) => writer.datagram(frame.envelope, frame.timeNs, frame.bytes));
    expect(writer.size).toBeGreaterThan(0);
    writer.flush();
    expect(writer.size).toBe(file.size);
    frames.forEach((frame, i) => {
      expect(file.read(offsets[i], frame.bytes.length)).toEqual(frame.bytes);
    });
  });

  test('keeps gaps in their place, families, their policies and interface names', () => {
    const { frames } = readAll(captureBytes('wg-a'));
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'nlscope 9', os: 'Linux 6.18', hardware: 'x86_64' });
    const family = {
      id: 0x28,
      name: 'wireguard',
      version: 1,
      headerSize: 0,
      maxAttr: 9,
      groups: [{ id: 7, name: 'peers' }],
      operations: [
        { cmd: 0, flags: 0xe },
        { cmd: 1, flags: 0xb },
      ],
    };
    const policy = {
      attributes: [
        { policy: 0, number: 1, type: 4, min: 1n, max: 2n ** 32n - 1n, mask: 0xffn },
        { policy: 0, number: 2, type: 9, min: -(2n ** 63n), max: -1n },
        { policy: 0, number: 0x3fff, type: 10, minLength: 4, maxLength: 0xffff },
        { policy: 70000, number: 8, type: 13, nested: 70001 },
      ],
      operations: [
        { cmd: 0, do: null, dump: 0 },
        { cmd: 255, do: 70000, dump: null },
      ],
    };
    const gaps = GAP_CAUSES.map((cause, i) => ({
      cause,
      lost: i === 0 ? null : 2 ** 40 + i,
      protocol: i % 2 ? 0 : null,
      ...(i === 2 ? { netns: 'blue' } : {}),
    }));
    const interfaces = [
      { index: 3, name: 'veth0', nsid: null, timeNs: 6n },
      { index: 4, name: 'bréâk', nsid: 0, timeNs: 2n ** 60n },
      { index: 4, name: 'eth0', nsid: 1, timeNs: 7n, netns: 'blue' },
    ];
    const many = Array.from({ length: 450 }, (_, i): [number, string] => [i * 2, `flag-${i}`]);
    const strings = [
      { set: 4, device: null, nsid: null, names: [[0, 'tx-scatter-gather'] as const, [5, 'highdma'] as const] },
      { set: 2, device: { index: 9, name: 'réd' }, nsid: 3, names: many, netns: 'blue' },
    ];
    writer.facts({ families: [{ ...family, policy }], interfaces, strings }, 5n);
    frames.forEach((frame, i) => {
      if (i < gaps.length) writer.gap(gaps[i], 100n + BigInt(i));
      writer.datagram(frame.envelope, frame.timeNs, frame.bytes);
    });
    writer.finish(9n);
    const again = readAll(file.read(0, file.size));
    expect(again.gaps).toEqual(gaps.map((gap, i) => ({ after: i, gap, timeNs: 100n + BigInt(i) })));
    expect(again.reader.facts).toEqual({
      hosts: [
        {
          families: [family],
          policies: policyParts(policy).map((part) => ({ id: 0x28, policy: part })),
          interfaces,
          strings: strings.flatMap((known) => [...stringParts(known)]),
          owners: [],
        },
      ],
      comments: ['x86_64', 'Linux 6.18', 'nlscope 9'],
    });
    expect(again.frames.length).toBe(frames.length);
  });

  test('keeps the namespace of every datagram, in both byte orders', () => {
    const frames = readAll(captureBytes('addr-a')).frames.map((frame, i) => {
      const netns = [undefined, 'blue', 'nginx[820]', 'root@host/réd'][i % 4];
      const told: Partial<Envelope> = i % 8 < 4 ? { direction: 'notify', group: 1, littleEndian: i % 8 > 1 } : {};
      return { ...frame, envelope: { ...frame.envelope, ...told, ...(netns && { netns }) } };
    });
    const again = readAll(write(frames)).frames;
    expect(again.map(({ envelope }) => envelope)).toEqual(frames.map(({ envelope }) => envelope));
  });

  test('leaves what fits where the disk is full, and goes on when there is room', () => {
    const frames = readAll(captureBytes('wg-a')).frames.slice(0, 12);
    const file = new MemoryFile();
    let room = 2000;
    const sink = {
      write(bytes: Uint8Array) {
        if (file.size + bytes.length > room) throw new Error('full');
        file.write(bytes);
      },
    };
    const writer = new PcapngWriter(sink, { application: 'test' });
    frames.forEach(({ envelope, timeNs, bytes }, i) => {
      writer.datagram({ ...envelope, littleEndian: i % 2 === 0 }, timeNs, bytes);
    });
    const { size } = writer;
    expect(() => writer.flush()).toThrow('full');
    const held = readAll(file.read(0, file.size));
    expect(held.report.broken).toBeNull();
    expect(held.frames.length).toBeGreaterThan(0);
    expect(held.frames.length).toBeLessThan(frames.length);
    expect([writer.size, file.size + writer.unflushed.length]).toEqual([size, size]);
    room = Number.POSITIVE_INFINITY;
    writer.flush();
    expect(readAll(file.read(0, file.size)).frames.map(({ bytes }) => bytes)).toEqual(frames.map(({ bytes }) => bytes));
  });

  test('is valid up to the last whole block wherever it is cut', () => {
    const frames = readAll(captureBytes('wg-a')).frames.slice(0, 6);
    const whole = write(frames);
    let before = 0;
    for (let length = 12; length <= whole.length; length++) {
      const { frames: read, report } = readAll(whole.slice(0, length));
      expect(read.length).toBeGreaterThanOrEqual(before);
      expect(content(read)).toEqual(content(frames.slice(0, read.length)));
      expect(report.broken === null || report.broken.offset < length).toBe(true);
      before = read.length;
    }
    expect(before).toBe(6);
  });

  test('splits a datagram that Wireshark would refuse between its messages, and joins it again', () => {
    const envelope = plainEnvelope(12, true);
    const messages = Array.from({ length: 300 }, (_, i) => message(envelope, new Uint8Array(1984).fill(i)));
    const bytes = new Uint8Array(Buffer.concat(messages));
    const frame: ReadFrame = {
      envelope,
      timeNs: 1n,
      offset: 0,
      bytes,
      originalLength: bytes.length,
      continued: false,
      marks: [0, 131, 299],
      references: [131],
      comments: [
        { message: 0, text: 'a batch' },
        { message: 131, text: 'its second frame' },
        { message: 299, text: 'its last message' },
      ],
    };
    const { frames } = readAll(write([frame]));
    expect(frames.map((f) => f.bytes.length % 2000)).toEqual([0, 0, 0]);
    expect(frames.every((f) => f.bytes.length + 16 <= 262_144)).toBe(true);
    expect(frames.map((f) => f.continued)).toEqual([false, true, true]);
    expect(Buffer.concat(frames.map((f) => f.bytes)).equals(bytes)).toBe(true);
    expect(frames[0].comments[0]).toEqual({ message: 0, text: 'a batch' });
    expect(frames.flatMap(({ comments }) => comments.map(({ text }) => text))).toEqual([
      'a batch',
      'its second frame',
      'its last message',
    ]);
    const firsts = [0, frames[0].bytes.length / 2000, (frames[0].bytes.length + frames[1].bytes.length) / 2000];
    expect(frames.flatMap((f, i) => f.marks.map((m) => m + firsts[i]))).toEqual([0, 131, 299]);
    expect(frames.flatMap((f, i) => f.references.map((m) => m + firsts[i]))).toEqual([131]);
    expect(frames.flatMap((f, i) => f.comments.map(({ message }) => message + firsts[i]))).toEqual([0, 131, 299]);
    expect(readAll(write([frame], { longestFrame: Number.POSITIVE_INFINITY })).frames[0].bytes.length).toBe(600_000);
  });

  test('reads other writers: several interfaces, tick scales, simple and obsolete packets, unknown blocks', () => {
    const datagram = message(plainEnvelope(16, false), new Uint8Array([1, 2, 3, 4]));
    const packet = new Uint8Array(16 + datagram.length);
    packet.set([0, 4, 3, 56], 0);
    packet[15] = 16;
    packet.set(datagram, 16);
    const sll2 = new Uint8Array(20 + datagram.length);
    sll2.set([0, 16], 0);
    sll2.set([3, 56], 8);
    sll2.set(datagram, 20);
    const word = (...values: number[]) => values.flatMap((v) => [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255]);
    const block = (type: number, body: number[]) => {
      const padded = [...body, ...new Array(-body.length & 3).fill(0)];
      return [...word(type, padded.length + 12), ...padded, ...word(padded.length + 12)];
    };
    const resolution = (value: number) => [0, 9, 0, 1, value, 0, 0, 0];
    const offset = (seconds: number) => [0, 14, 0, 8, ...word(0, seconds), 0, 0, 0, 0];
    const enhanced = (from: number, high: number, low: number, bytes: Uint8Array) =>
      block(6, [...word(from, high, low, bytes.length, bytes.length + 9), ...bytes]);
    const file = new Uint8Array([
      ...block(0x0a0d0d0a, word(0x1a2b3c4d, 0x00010000, 0xffffffff, 0xffffffff)),
      ...block(1, [0, 253, 0, 0, ...word(0)]),
      ...block(1, [0, 253, 0, 0, ...word(0), ...resolution(0x80 | 10)]),
      ...block(1, [1, 20, 0, 0, ...word(0), ...resolution(3), ...offset(100)]),
      ...block(1, [0, 1, 0, 0, ...word(0)]),
      ...block(0xbad, word(32473, 1, 2, 3)),
      ...enhanced(0, 1, 5, packet),
      ...enhanced(1, 0, 1536, packet),
      ...enhanced(2, 0, 2500, sll2),
      ...enhanced(3, 0, 0, packet),
      ...enhanced(77, 0, 0, packet),
      ...block(2, [...word(0x0001_0000, 0, 2048, packet.length, packet.length), ...packet]),
      ...block(3, [...word(packet.length), ...packet]),
      ...block(5, [...word(0, 0, 3), 0, 5, 0, 8, ...word(0, 12), 0, 0, 0, 0]),
    ]);
    const { frames, gaps, report } = readAll(file);
    expect(report).toEqual({ format: 'pcapng', frames: 7, datagrams: 5, skipped: 2, broken: null });
    expect(frames.map((f) => f.timeNs)).toEqual([
      (2n ** 32n + 5n) * 1000n,
      1_500_000_000n,
      102_500_000_000n,
      2_000_000_000n,
      2_000_000_000n,
    ]);
    for (const frame of frames) {
      expect(frame.bytes).toEqual(datagram);
      expect(frame.envelope).toEqual(plainEnvelope(16, false));
    }
    expect(frames[0].originalLength).toBe(datagram.length + 9);
    expect(gaps).toEqual([{ after: 5, gap: { protocol: null, lost: 12, cause: 'file' }, timeNs: 3000n }]);
  });
});

describe('hostile files', () => {
  const seeds = [captureBytes('wg-a'), write(readAll(captureBytes('wg-a')).frames)];
  const marked = write(
    readAll(captureBytes('xfrm-a')).frames.map((frame) => ({
      ...frame,
      envelope: { ...frame.envelope, group: 1, nsid: 2, direction: 'notify' },
      marks: [0],
      references: [0],
      comments: [{ message: 3, text: 'x' }],
    })),
  );

  test('mutated captures neither throw nor deliver bytes from outside', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds, marked),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (seed, changes, cut) => {
          const bytes = seed.slice(0, seed.length - (cut % 200));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const opened = openCapture(memorySource(bytes));
          if (!opened.ok) return;
          const { value: reader } = opened;
          let entries = 0;
          for (let kind = reader.next(); kind !== 'end'; kind = reader.next()) {
            entries++;
            if (kind === 'gap') continue;
            const { frame } = reader;
            expect(frame.offset + frame.length).toBeLessThanOrEqual(bytes.length);
            expect(frame.length).toBeGreaterThanOrEqual(0);
            expect(frame.originalLength).toBeGreaterThanOrEqual(frame.length);
          }
          expect(entries).toBeLessThanOrEqual(bytes.length / 12);
        },
      ),
      { seed: 20, numRuns: 3000 },
    );
  });

  test('arbitrary bytes after a valid start end in a report', () => {
    const starts = seeds.map((seed) => seed.slice(0, 80));
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, noise) => {
        const bytes = new Uint8Array([...start, ...noise]);
        expect(readAll(bytes).frames.length).toBeLessThan(bytes.length);
      }),
      { seed: 20, numRuns: 2000 },
    );
  });
});
