import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource, openCapture } from '../../app/captureFile/index.ts';

/** Path of a capture of e2e/captures, by name without suffix. */
export function capturePath(name: string): string {
  return fileURLToPath(new URL(`../captures/${name}.pcap`, import.meta.url));
}

/** What tshark reads in a capture: frames, netlink messages in them, and the headers of each frame. */
export interface TsharkReading {
  readonly frames: number;
  readonly messages: number;
  /** nlmsg_len and nlmsg_seq of a frame's messages. */
  readonly headers: readonly string[];
}

/**
 * Reads a capture with tshark. An error message repeats the header of the request it answers: that is no message; nor
 * is a header of length 0, which tshark sees in the zero bytes that some programs send after their message.
 */
export function tsharkReads(path: string): TsharkReading {
  const fields = ['netlink.hdr_len', 'netlink.error', 'netlink.hdr_seq'].flatMap((field) => ['-e', field]);
  const lines = execFileSync('tshark', ['-r', path, '-T', 'fields', '-E', 'separator=;', ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .slice(0, -1);
  const messages = lines.map((line) => {
    const [lengths, errors] = line.split(';').map((column) => column.split(',').filter(Boolean));
    return lengths.filter((length) => Number(length) >= 16).length - errors.length;
  });
  return {
    frames: lines.length,
    messages: messages.reduce((sum, count) => sum + count, 0),
    headers: lines.map((line) => line.replace(/;.*;/, ' ')),
  };
}

/** nlmsg_type of every message of a capture, in order, read by the capture reader. */
export function messageTypes(path: string): number[] {
  const opened = openCapture(memorySource(new Uint8Array(readFileSync(path))));
  if (!opened.ok) throw new Error(opened.error.message);
  const types: number[] = [];
  for (let kind = opened.value.next(); kind !== 'end'; kind = opened.value.next()) {
    const { view, start, length, envelope } = opened.value.frame;
    let at = 0;
    while (kind === 'datagram' && at + 16 <= length) {
      const messageLength = view.getUint32(start + at, envelope.littleEndian);
      types.push(view.getUint16(start + at + 4, envelope.littleEndian));
      at += Math.max(16, (messageLength + 3) & ~3);
    }
  }
  return types;
}
