import { kernel } from '../kernel/index.ts';

/** What a row of a datagram is. */
export type MessageShape =
  /** An nlmsghdr and its payload. */
  | 'message'
  /** An nlmsghdr that promises more bytes than there are. */
  | 'cut'
  /** Bytes without an nlmsghdr: a uevent, text, garbage. */
  | 'raw';

/** By the kernel's number of the shape. */
const SHAPES: readonly MessageShape[] = ['raw', 'message', 'cut', 'raw'];

export type MessageVisitor = (start: number, length: number, shape: MessageShape) => void;

/**
 * Visits the messages of a datagram, which is `length` bytes from `start` of the view, as the kernel's `framing` tells
 * them apart: every byte that is not zero belongs to a visited row. Returns where the last row ends; bytes after it are
 * padding or the unused rest of the sender's buffer.
 */
export function forEachMessage(
  view: DataView,
  start: number,
  length: number,
  protocol: number,
  littleEndian: boolean,
  visit: MessageVisitor,
): number {
  const { calls, rows, layout } = kernel();
  const address = kernel().addressOf(view, start, length);
  const shift = start - address;
  // Who visits may ask for another datagram's messages: all are found before the first is visited.
  const found: number[] = [];
  calls.openDatagram(address, length, protocol, littleEndian ? 1 : 0);
  while (calls.isFinished() === 0) {
    const count = calls.outlineRows();
    for (let i = 0; i < count; i++) found.push(rows.starts[i] + shift, rows.lengths[i], rows.shapes[i]);
  }
  const end = kernel().word(layout.FRAMED_END) + shift;
  for (let i = 0; i < found.length; i += 3) visit(found[i], found[i + 1], SHAPES[found[i + 2]]);
  return end;
}
