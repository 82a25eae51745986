import type { Envelope } from '../contracts/index.ts';
import { ContentReader, decodeEnvelope } from './customOptions.ts';
import { placed, plainEnvelope } from './reader.ts';

const SLOTS = 1024;

interface Slot {
  readonly protocol: number;
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly continued: boolean;
}

/** Gives the same object for the same circumstances, without taking an option apart that has been seen before. */
export class EnvelopeCache {
  /** Whether the option last looked up says that its frame carries on a datagram. */
  continued = false;
  /** By protocol and byte order. */
  private readonly plain: (Envelope | undefined)[] = [];
  private readonly slots: (Slot | undefined)[] = new Array(SLOTS);
  private readonly netns: string | undefined;
  private readonly host: string | undefined;

  /** `netns`, `host`: where all of them were captured. */
  constructor(netns?: string, host?: string) {
    this.netns = netns;
    this.host = host;
  }

  /** Envelope of a frame that tells nothing but its protocol. */
  plainOf(protocol: number, littleEndian: boolean): Envelope {
    const key = protocol * 2 + (littleEndian ? 1 : 0);
    let envelope = this.plain[key];
    if (envelope === undefined) {
      envelope = plainEnvelope(protocol, littleEndian, this.netns, this.host);
      this.plain[key] = envelope;
    }
    return envelope;
  }

  /** Envelope of an option of kind E; null when it cannot be read. Sets `continued`. */
  fromOption(view: DataView, start: number, length: number, protocol: number): Envelope | null {
    let hash = protocol;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + view.getUint8(start + i)) | 0;
    const index = hash & (SLOTS - 1);
    let slot = this.slots[index];
    if (slot === undefined || slot.protocol !== protocol || !sameBytes(slot.bytes, view, start, length)) {
      const decoded = decodeEnvelope(new ContentReader(view, start, length), protocol);
      if (decoded === null) return null;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + start, length).slice();
      const envelope = placed(decoded.envelope, this.netns, this.host);
      slot = { protocol, bytes, envelope, continued: decoded.continued };
      this.slots[index] = slot;
    }
    this.continued = slot.continued;
    return slot.envelope;
  }
}

function sameBytes(bytes: Uint8Array, view: DataView, start: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== view.getUint8(start + i)) return false;
  return true;
}
