import { BatchCursor, RECORD_DATAGRAM } from '../../../native/batch.ts';

/** A record of a batch, copied out for a test to look at. */
export interface SeenRecord {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly timeNs: bigint;
  readonly sourcePortid: number;
  readonly group: number;
  readonly nsid: number;
  readonly lost: number;
  readonly errno: number;
}

/** Keeps every record of every batch. */
export class Collector {
  readonly records: SeenRecord[] = [];
  readonly #cursor = new BatchCursor();

  readonly onBatch = (batch: Uint8Array): void => {
    const cursor = this.#cursor.reset(batch);
    while (cursor.next()) {
      const { kind, originalLength, timeNs, sourcePortid, group, nsid, lost, errno } = cursor;
      const bytes = cursor.payload().slice();
      this.records.push({ kind, bytes, originalLength, timeNs, sourcePortid, group, nsid, lost, errno });
    }
  };

  get datagrams(): SeenRecord[] {
    return this.records.filter((record) => record.kind === RECORD_DATAGRAM);
  }

  /** Datagrams lost by all markers of a kind. */
  lost(kind: number): number {
    return this.records.reduce((sum, record) => (record.kind === kind ? sum + record.lost : sum), 0);
  }
}
