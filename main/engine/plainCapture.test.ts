import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainCapture } from './plainCapture.ts';
import { rawZstd } from './testing/zstd.ts';

const capture = readFileSync(fileURLToPath(new URL('../../e2e/captures/route-a.pcap', import.meta.url)));
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function read(
  bytes: Uint8Array,
  mostDecompressed?: number,
): Promise<{ bytes: Buffer; notes: readonly string[] }> {
  const path = join(directory, 'input');
  writeFileSync(path, bytes);
  const plain = await plainCapture(path, { directory, mostDecompressed });
  if (!plain.ok) throw new Error(plain.error.message);
  const { source, notes } = plain.value;
  const all = Buffer.from(source.read(0, source.size));
  source.close();
  expect(readdirSync(directory)).toEqual(['input']);
  return { bytes: all, notes };
}

describe('compressed captures', () => {
  it.each([
    ['not at all', capture],
    ['gzip', gzipSync(capture)],
    ['two gzip members', Buffer.concat([gzipSync(capture.subarray(0, 5000)), gzipSync(capture.subarray(5000))])],
    ['gzip twice', gzipSync(gzipSync(capture))],
    ['zstd', rawZstd(capture)],
  ])('%s', async (_name, bytes) => {
    const plain = await read(bytes);
    expect(plain.bytes.equals(capture)).toBe(true);
    expect(plain.notes).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync(capture)],
    ['zstd', rawZstd(capture)],
  ])('%s that ends early gives what came before, and says so', async (_name, bytes) => {
    const { bytes: part, notes } = await read(bytes.subarray(0, bytes.length - 2000));
    expect(part.length).toBeGreaterThan(0);
    expect(capture.subarray(0, part.length).equals(part)).toBe(true);
    expect(notes.join()).toContain('breaks off');
  });

  it('refuses to fill the disk', async () => {
    const bomb = gzipSync(Buffer.alloc(8 << 20));
    await expect(read(bomb, 1 << 20)).rejects.toThrow('larger than 1 MiB');
    expect(readdirSync(directory)).toEqual(['input']);
  });

  it('leaves what it does not know as it is', async () => {
    const text = Buffer.from('Dear captain,\nno netlink today.\n');
    expect((await read(text)).bytes.equals(text)).toBe(true);
  });
});
