import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PcapngWriter } from '../../app/captureFile/index.ts';
import {
  HexReader,
  LineSplitter,
  SNIFFED,
  StraceReader,
  type TextReader,
  textKind,
} from '../../app/captureFile/text/index.ts';
import { fail, ok, type Result } from '../../app/contracts/index.ts';
import { version } from '../../package.json';
import { decompress, gunzip, type MakeDecompressor, unzstd } from './decompress.ts';
import { FileSource, GrowingFile, reasonOf } from './fileBytes.ts';
import { type Advance, STOPPED } from './jobs.ts';
import { openFile } from './openDocument.ts';
import { nextTurn } from './turns.ts';

/** Bytes read between two looks at other work. */
const PIECE = 1 << 20;
/** Compressed inside of compressed is followed so far. */
export const MOST_LAYERS = 3;
/** Bytes that a file may grow to by decompression, unless the user says otherwise. */
export const MOST_DECOMPRESSED = 16 * 2 ** 30;

/** A capture as pcap or pcapng, whatever the file was. */
export interface PlainCapture {
  readonly source: FileSource;
  /** What a user should know about how it was read, a sentence each. */
  readonly notes: readonly string[];
}

export interface PlainCaptureOptions {
  /** Private folder on a disk that has room for a decompressed or converted copy; nothing stays there by name. */
  readonly directory: string;
  /** NETLINK_* number of hex dumps that do not tell theirs. */
  readonly protocol?: number;
  /** Bytes that decompression may make (default MOST_DECOMPRESSED). */
  readonly mostDecompressed?: number;
  /** Told how much of a file has been decompressed or converted, of how much; false ends it. */
  readonly advance?: Advance;
}

/**
 * Opens a capture of any kind that is read here, told by its content: pcap and pcapng as they are, gzip and zstd
 * decompressed, hex dumps and strace's output converted, each to a file of its own. What is neither of these comes back
 * as it is: openCapture says what is wrong with it.
 */
export async function plainCapture(path: string, options: PlainCaptureOptions): Promise<Result<PlainCapture>> {
  const opened = openFile(path);
  if (!opened.ok) return opened;
  let source = opened.value;
  const notes: string[] = [];
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const start = source.read(0, SNIFFED);
    const convert = converterFor(start, options);
    if (convert === null) break;
    const copy = join(options.directory, `plain-${++copies}`);
    try {
      const file = new GrowingFile(copy);
      try {
        await convert(source, file, notes);
      } finally {
        file.close();
      }
      source.close();
      source = new FileSource(copy);
    } catch (error) {
      source.close();
      return fail(`${path}: ${reasonOf(error)}`);
    } finally {
      // Open it stays readable; nobody has to remove it later.
      rmSync(copy, { force: true });
    }
  }
  return ok({ source, notes });
}

let copies = 0;

type Converter = (from: FileSource, to: GrowingFile, notes: string[]) => Promise<void>;

function converterFor(start: Uint8Array, options: PlainCaptureOptions): Converter | null {
  const limit = options.mostDecompressed ?? MOST_DECOMPRESSED;
  const compressed = decompressorFor(start);
  const advance = options.advance ?? (() => true);
  if (compressed !== null) return (from, to, notes) => decompress(from, to, notes, compressed, { limit, advance });
  const text = textReaderFor(start, options.protocol);
  return text === null ? null : (from, to, notes) => convertText(from, to, notes, text, advance);
}

/** What decompresses data that begins so; null when it is not compressed in a way that is known here. */
export function decompressorFor(start: Uint8Array): MakeDecompressor | null {
  if (start[0] === 0x1f && start[1] === 0x8b) return gunzip;
  // RFC 8878: frames begin with 0xFD2FB528, skippable ones with 0x184D2A50 to 0x184D2A5F, little-endian.
  return start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd ? unzstd : null;
}

/** What reads text that begins so; null when no datagrams are found in it. `protocol`: of hex that does not tell its. */
export function textReaderFor(start: Uint8Array, protocol?: number): TextReader | null {
  const kind = textKind(start);
  if (kind === null) return null;
  return kind === 'strace' ? new StraceReader() : new HexReader(protocol ?? null);
}

async function convertText(
  from: FileSource,
  to: GrowingFile,
  notes: string[],
  reader: TextReader,
  advance: Advance,
): Promise<void> {
  const longestFrame = Number.POSITIVE_INFINITY;
  const writer = new PcapngWriter(to, { application: `nlscope ${version}`, longestFrame });
  const splitter = new LineSplitter();
  const write = (found: ReturnType<TextReader['end']>) => {
    for (const { envelope, timeNs, bytes, originalLength, process } of found) {
      const comments = process === '' ? [] : [{ message: 0, text: `process ${process}` }];
      writer.datagram(envelope, timeNs, bytes, { originalLength, comments });
    }
  };
  for (let at = 0; at < from.size; at += PIECE) {
    if (!advance(at, from.size)) throw new Error(STOPPED);
    for (const line of splitter.push(from.read(at, PIECE))) write(reader.line(line));
    await nextTurn();
  }
  write(reader.line(splitter.rest()));
  write(reader.end());
  writer.flush();
  notes.push(...reader.notes);
}
