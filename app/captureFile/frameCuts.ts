import type { Envelope } from '../contracts/index.ts';
import { forEachMessage } from '../session/messages.ts';
import { viewOf } from '../wire/index.ts';

/** Where a piece of a datagram begins: its byte and the number of its first message, from 0. */
export interface FrameCut {
  readonly start: number;
  readonly firstMessage: number;
}

/**
 * Cuts a datagram between messages into pieces of at most `limit` bytes. A message that is longer by itself stays in
 * one piece.
 */
export function frameCuts(envelope: Envelope, bytes: Uint8Array, limit: number): readonly FrameCut[] {
  const cuts: FrameCut[] = [{ start: 0, firstMessage: 0 }];
  let messages = 0;
  let previousEnd = 0;
  let pieceStart = 0;
  forEachMessage(viewOf(bytes), 0, bytes.length, envelope.protocol, envelope.littleEndian, (start, length) => {
    if (start + length - pieceStart > limit && previousEnd > pieceStart) {
      pieceStart = start;
      cuts.push({ start, firstMessage: messages });
    }
    previousEnd = start + length;
    messages++;
  });
  return cuts;
}
