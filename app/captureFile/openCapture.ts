import { fail, ok, type Result } from '../contracts/index.ts';
import { openPcapng } from './pcapngReader.ts';
import { openPcap } from './pcapReader.ts';
import type { CaptureReader } from './reader.ts';
import { type ByteSource, SourceWindow } from './source.ts';

const XZ_MAGIC = 0xfd37;

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
  return fail('The file is no capture that nlscope reads.', {
    hint: 'It reads pcap and pcapng (also compressed with gzip or zstd), hex dumps, and traces of strace.',
  });
}
