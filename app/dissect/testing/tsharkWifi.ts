import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LINKTYPE_IEEE802_11 = 105;

/** A field of tshark's: its bytes in the frame, and what it shows. */
export interface TsharkField {
  readonly name: string;
  readonly size: number;
  readonly at: number;
  readonly show: string;
}

/** What tshark finds in 802.11 frames whose fields' names begin as given; null for a frame that it calls malformed. */
export function tsharkFrames(frames: readonly Uint8Array[], ...prefixes: string[]): (readonly TsharkField[] | null)[] {
  const folder = mkdtempSync(join(tmpdir(), 'wifi-tshark-'));
  try {
    const file = join(folder, 'frames.pcap');
    writeFileSync(file, pcap(frames));
    const output = execFileSync('tshark', ['-r', file, '-T', 'pdml'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    });
    const packets = output.split('<packet>').slice(1);
    return packets.map((packet) => (packet.includes('_ws.malformed') ? null : fieldsOf(packet, prefixes)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pcap(frames: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(LINKTYPE_IEEE802_11, 20);
  const records = frames.map((bytes) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, ...records]);
}

function fieldsOf(packet: string, prefixes: readonly string[]): TsharkField[] {
  const pattern = /<field name="([^"]*)"[^>]*? size="(\d+)" pos="(\d+)" show="([^"]*)"/g;
  return [...packet.matchAll(pattern)]
    .map(([, name = '', size, at, show = '']) => ({ name, size: Number(size), at: Number(at), show }))
    .filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
}
