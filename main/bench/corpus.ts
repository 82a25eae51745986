import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { GrowingFile } from '../engine/fileBytes.ts';

/** Bytes of the headers of a pcap file and of a frame in it. */
const FILE_HEADER = 24;
const FRAME_HEADER = 16;
/** Microseconds, the host's byte order, LINKTYPE_NETLINK. */
const MAGIC = 0xa1b2c3d4;
const LINKTYPE_NETLINK = 253;
/**
 * Frames longer than this are left out: no answer to a dump is, and a single nft batch would outweigh thousands of
 * others.
 */
const LONGEST = 32_768;
/** Frames a second in the time stamps. */
const RATE = 50_000;
/** Bytes written at once. */
const PIECE = 1 << 20;
const BEGIN = 1_700_000_000;

/** A capture file made for a benchmark. */
export interface Corpus {
  readonly path: string;
  readonly frames: number;
  readonly bytes: number;
  remove(): void;
}

/** The captures of the repository that every checkout has. */
export function repositoryCaptures(from = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
    const captures = join(folder, 'e2e', 'captures');
    if (existsSync(captures)) return captures;
  }
  throw new Error('no e2e/captures above this program: name a folder of captures with --corpus');
}

/**
 * Writes a pcap of `count` frames that follow each other in the folder's captures, over and over, so that requests keep
 * their answers; times go on evenly. The same folder and count give the same bytes.
 * @throws Error where the folder holds no little-endian pcap of LINKTYPE_NETLINK
 */
export function makeCorpus(folder: string, count: number): Corpus {
  const pool = readdirSync(folder)
    .filter((name) => /\.pcap(\.gz)?$/.test(name))
    .sort()
    .flatMap((name) => framesOf(join(folder, name)));
  if (pool.length === 0) throw new Error(`${folder} holds no pcap (.pcap, .pcap.gz) of netlink messages`);
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-bench-'));
  const path = join(directory, 'corpus.pcap');
  const file = new GrowingFile(path);
  let piece: Uint8Array[] = [fileHeader()];
  let size = 0;
  const flush = (): void => {
    file.write(Buffer.concat(piece));
    piece = [];
    size = 0;
  };
  for (let i = 0; i < count; i++) {
    const frame = pool[i % pool.length];
    const view = new DataView(frame.buffer, frame.byteOffset, FRAME_HEADER);
    view.setUint32(0, BEGIN + Math.floor(i / RATE), true);
    view.setUint32(4, (i % RATE) * (1_000_000 / RATE), true);
    piece.push(frame.slice());
    size += frame.length;
    if (size > PIECE) flush();
  }
  flush();
  file.close();
  return { path, frames: count, bytes: statSync(path).size, remove: () => rmSync(directory, { recursive: true }) };
}

function fileHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER));
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, LINKTYPE_NETLINK, true);
  return new Uint8Array(view.buffer);
}

/** Frames with their headers. */
function framesOf(path: string): Uint8Array[] {
  const file = readFileSync(path);
  const data = new Uint8Array(path.endsWith('.gz') ? gunzipSync(file) : file);
  const view = new DataView(data.buffer);
  if (data.length < FILE_HEADER || view.getUint32(0, true) !== MAGIC) return [];
  if (view.getUint32(20, true) !== LINKTYPE_NETLINK) return [];
  const frames: Uint8Array[] = [];
  for (let at = FILE_HEADER; at + FRAME_HEADER <= data.length; ) {
    const end = at + FRAME_HEADER + view.getUint32(at + 8, true);
    if (end > data.length) break;
    if (end - at <= LONGEST + FRAME_HEADER) frames.push(data.slice(at, end));
    at = end;
  }
  return frames;
}
