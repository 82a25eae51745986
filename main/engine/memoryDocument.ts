import { MemoryFile, memorySource } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import type { GenlFamily } from '../../app/dissect/index.ts';
import type { Decoding } from './decoding.ts';
import { Document } from './document.ts';

/** A document that holds one datagram. `families`: generic netlink families of the host it comes from. */
export function documentOf(
  bytes: Uint8Array,
  envelope: Envelope,
  decoding: Decoding,
  families: Iterable<GenlFamily> = [],
): Document {
  const document = new Document(memorySource(bytes), decoding);
  document.learnFacts({ host: envelope.host, families });
  document.store.appendDatagram(envelope, BigInt(Date.now()) * 1_000_000n, 0, bytes);
  document.learn();
  return document;
}

/** Messages that a command sends and receives, in memory. */
export class MemoryLog {
  readonly document: Document;
  readonly #file = new MemoryFile();

  constructor(decoding: Decoding) {
    this.document = new Document(this.#file, decoding);
  }

  /** Adds a datagram and returns its first row. */
  add(envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number): number {
    const offset = this.#file.size;
    this.#file.write(bytes);
    return this.document.store.appendDatagram(envelope, timeNs, offset, bytes, originalLength);
  }
}
