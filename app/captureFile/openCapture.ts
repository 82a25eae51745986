import { fail, ok, type Result } from '../contracts/index.ts';
import { openPcapng } from './pcapngReader.ts';
import { openPcap } from './pcapReader.ts';
import type { CaptureReader } from './reader.ts';
import { type ByteSource, SourceWindow } from './source.ts';

const XZ_MAGIC = 0xfd37;

/** Beginnings of pcap and pcapng, read big-endian, and the bytes that the header of each has at least. */
const HEADERS: ReadonlyMap<number, number> = new Map([
  ...[0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1].map((magic) => [magic, 24] as const),
  [0x0a0d0d0a, 28],
]);

/**
 * Reader of a pcap or pcapng capture, whichever the source holds (both byte orders, micro- and nanoseconds). Fails
 * when it is neither.
 */
export function openCapture(source: ByteSource): Result<CaptureReader> {
  const window = new SourceWindow(source);
  const reader = openPcap(window) ?? openPcapng(window);
  if (reader !== null) return ok(reader);
  if (source.size === 0) return fail('The file is empty.');
  const start = window.seek(0, 2);
  if (start >= 0 && window.view.getUint16(start) === XZ_MAGIC) {
    return fail('The file is compressed with xz.', { hint: 'Decompress it first: unxz FILE.' });
  }
  const head = window.seek(0, 4);
  const needed = head < 0 ? undefined : HEADERS.get(window.view.getUint32(head));
  if (needed !== undefined && source.size < needed) {
    return fail(`The file is cut off in its header: it has ${source.size} bytes of at least ${needed}.`, {
      hint: 'Copy it once more from where it was captured.',
    });
  }
  return fail('The file is no capture that nlscope reads.', {
    hint: 'It reads pcap and pcapng (also compressed with gzip or zstd), hex dumps, and traces of strace.',
  });
}
