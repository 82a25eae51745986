import { fail, ok, type Result } from '../contracts/index.ts';
import { openPcapng } from './pcapngReader.ts';
import { openPcap } from './pcapReader.ts';
import type { CaptureReader } from './reader.ts';
import { type ByteSource, SourceWindow } from './source.ts';

/** First bytes of what people try to open, and what to do about it. */
const OTHERS: readonly { readonly magic: number; readonly name: string; readonly hint: string }[] = [
  { magic: 0x1f8b, name: 'compressed with gzip', hint: 'Decompress it first: gunzip FILE.' },
  { magic: 0x28b5, name: 'compressed with zstd', hint: 'Decompress it first: zstd -d FILE.' },
  { magic: 0xfd37, name: 'compressed with xz', hint: 'Decompress it first: unxz FILE.' },
];

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
  const magic = start < 0 ? 0 : window.view.getUint16(start);
  const other = OTHERS.find((o) => o.magic === magic);
  if (other !== undefined) return fail(`The file is ${other.name}.`, { hint: other.hint });
  return fail('The file is neither pcap nor pcapng.', {
    hint: 'nlscope reads captures of tcpdump, tshark and itself.',
  });
}
