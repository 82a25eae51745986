import type { Envelope } from '../../contracts/index.ts';

/** A datagram that was written as text. */
export interface TextDatagram {
  readonly envelope: Envelope;
  /** Nanoseconds since 1970; 0 where the text has no time. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
  /** Its length before the tool cut it, at least that of `bytes`. */
  readonly originalLength: number;
  /** Who called, as the text names it ("278 ip"); '' when it does not. */
  readonly process: string;
}

/** Reads text line by line; nothing throws on any input. */
export interface TextReader {
  /** Takes the next line, without its line end, and returns the datagrams that are complete by now. */
  line(text: string): readonly TextDatagram[];
  /** The datagrams that only the end of the text completes. */
  end(): readonly TextDatagram[];
  /** What of the text could not be used, a sentence each. */
  readonly notes: readonly string[];
}
