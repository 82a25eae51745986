import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { align4, mayLackHeader, NETLINK_AUDIT, NLMSG_HDRLEN, viewOf } from '../../app/wire/index.ts';
import { GrowingFile } from '../engine/fileBytes.ts';

/** Bytes of the headers of a pcap file, of a frame in it, and of a netlink frame (struct sockaddr_ll, cooked). */
const FILE_HEADER = 24;
const FRAME_HEADER = 16;
const COOKED_HEADER = 16;
/** Microseconds, the host's byte order, LINKTYPE_NETLINK. */
const MAGIC = 0xa1b2c3d4;
const LINKTYPE_NETLINK = 253;
/** Frames a second in the time stamps. */
const RATE = 50_000;
/** Bytes written at once. */
const PIECE = 1 << 20;
const BEGIN = 1_700_000_000;
const SEED = 0x6e6c7363;

/** A capture file made for a benchmark. */
export interface Corpus {
  readonly path: string;
  readonly messages: number;
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
 * Writes a pcap of `count` messages drawn at random from those of the folder's captures, each in a frame of its own;
 * times go on evenly. The same folder and count give the same bytes.
 * @throws Error where the folder holds no little-endian pcap of LINKTYPE_NETLINK
 */
export function makeCorpus(folder: string, count: number): Corpus {
  const pool = readdirSync(folder)
    .filter((name) => /\.pcap(\.gz)?$/.test(name))
    .sort()
    .flatMap((name) => messagesOf(join(folder, name)));
  if (pool.length === 0) throw new Error(`${folder} holds no pcap (.pcap, .pcap.gz) of netlink messages`);
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-bench-'));
  const path = join(directory, 'corpus.pcap');
  const file = new GrowingFile(path);
  const draw = drawer(pool.length);
  let piece: Uint8Array[] = [fileHeader()];
  let size = 0;
  const flush = (): void => {
    file.write(Buffer.concat(piece));
    piece = [];
    size = 0;
  };
  for (let i = 0; i < count; i++) {
    const { cooked, bytes } = pool[draw()];
    const frame = [frameHeader(i, cooked.length + bytes.length), cooked, bytes];
    piece.push(...frame);
    for (const part of frame) size += part.length;
    if (size > PIECE) flush();
  }
  flush();
  file.close();
  return { path, messages: count, bytes: statSync(path).size, remove: () => rmSync(directory, { recursive: true }) };
}

/** Numbers below `count` that look drawn at random, and are the same each time (an xorshift generator of 32 bits). */
function drawer(count: number): () => number {
  let state = SEED;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}

function frameHeader(frame: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(FRAME_HEADER));
  view.setUint32(0, BEGIN + Math.floor(frame / RATE), true);
  view.setUint32(4, (frame % RATE) * (1_000_000 / RATE), true);
  view.setUint32(8, length, true);
  view.setUint32(12, length, true);
  return new Uint8Array(view.buffer);
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

/** A message, and the cooked header of the frame it was in. */
interface Drawn {
  readonly cooked: Uint8Array;
  readonly bytes: Uint8Array;
}

function messagesOf(path: string): Drawn[] {
  const file = readFileSync(path);
  const data = new Uint8Array(path.endsWith('.gz') ? gunzipSync(file) : file);
  const view = viewOf(data);
  if (data.length < FILE_HEADER || view.getUint32(0, true) !== MAGIC) return [];
  if (view.getUint32(20, true) !== LINKTYPE_NETLINK) return [];
  const messages: Drawn[] = [];
  for (let at = FILE_HEADER; at + FRAME_HEADER + COOKED_HEADER <= data.length; ) {
    const start = at + FRAME_HEADER + COOKED_HEADER;
    const end = at + FRAME_HEADER + view.getUint32(at + 8, true);
    if (end > data.length) break;
    const cooked = data.subarray(at + FRAME_HEADER, start);
    const datagram = data.subarray(start, end);
    const protocol = view.getUint16(start - 2);
    // Lengths of audit records leave out their header, and uevents have none.
    const isOne = protocol === NETLINK_AUDIT || mayLackHeader(protocol);
    for (const bytes of isOne ? [datagram] : split(datagram)) messages.push({ cooked, bytes });
    at = end;
  }
  return messages;
}

/** The messages of a datagram, as far as it is any. */
function* split(datagram: Uint8Array): Iterable<Uint8Array> {
  const view = viewOf(datagram);
  for (let at = 0; at < datagram.length; ) {
    const left = datagram.length - at;
    const length = left < NLMSG_HDRLEN ? 0 : Math.min(left, view.getUint32(at, true));
    if (length < NLMSG_HDRLEN) return;
    yield datagram.subarray(at, at + length);
    at += align4(length);
  }
}
