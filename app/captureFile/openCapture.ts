import { fail, ok, type Result } from '../contracts/index.ts';
import { BLOCK_SECTION } from './pcapngFormat.ts';
import { openPcapng } from './pcapngReader.ts';
import { openPcap, pcapHeaderLength } from './pcapReader.ts';
import type { CaptureReader } from './reader.ts';
import { type ByteSource, SourceWindow } from './source.ts';

const XZ_MAGIC = 0xfd37;

/** Bytes of a section header block of pcapng without options. */
const SECTION_HEADER = 28;

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
  const needed = headerLength(window);
  if (source.size < needed) {
    return fail(`The file is cut off in its header: it has ${source.size} bytes of at least ${needed}.`, {
      hint: 'Copy it once more from where it was captured.',
    });
  }
  return fail('The file is no capture that nlscope reads.', {
    hint: 'It reads pcap and pcapng (also compressed with gzip or zstd), hex dumps, and traces of strace.',
  });
}

/** Bytes of the header that a source begins like; 0 for none. */
function headerLength(window: SourceWindow): number {
  const start = window.seek(0, 4);
  const isSection = start >= 0 && window.view.getUint32(start) === BLOCK_SECTION;
  return isSection ? SECTION_HEADER : pcapHeaderLength(window);
}
