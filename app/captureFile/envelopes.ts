import type { Envelope } from '../contracts/index.ts';

/** Objects seen lately, so that a caller's own object finds its number without being taken apart. */
const RECENT = 4096;
/** Protocols whose latest object is found without a look-up. */
const LATEST = 32;

/** Keeps one object for every set of circumstances and numbers them from 0. */
export class EnvelopeTable {
  private readonly envelopes: Envelope[] = [];
  private readonly byContent = new Map<string, number>();
  private readonly byObject = new Map<Envelope, number>();
  /** By the last bits of the protocol. */
  private readonly latest: (Envelope | undefined)[] = new Array(LATEST).fill(undefined);
  private readonly latestIds = new Uint32Array(LATEST);

  get size(): number {
    return this.envelopes.length;
  }

  get(id: number): Envelope {
    return this.envelopes[id];
  }

  /** The number of these circumstances, a new one the first time. */
  intern(envelope: Envelope): number {
    const slot = envelope.protocol & (LATEST - 1);
    if (this.latest[slot] === envelope) return this.latestIds[slot];
    const id = this.numberOf(envelope);
    this.latest[slot] = envelope;
    this.latestIds[slot] = id;
    return id;
  }

  private numberOf(envelope: Envelope): number {
    const recent = this.byObject.get(envelope);
    if (recent !== undefined) return recent;
    const key = contentKey(envelope);
    let id = this.byContent.get(key);
    if (id === undefined) {
      id = this.envelopes.length;
      this.envelopes.push(envelope);
      this.byContent.set(key, id);
    }
    if (this.byObject.size >= RECENT) this.byObject.clear();
    this.byObject.set(envelope, id);
    return id;
  }
}

function contentKey(e: Envelope): string {
  return `${e.protocol},${e.direction},${e.group},${e.nsid},${e.sourcePortid},${e.destPortid},${e.littleEndian},${e.netns ?? ''},${e.host ?? ''}`;
}
