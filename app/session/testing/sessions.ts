import { memorySource, openCapture, plainEnvelope } from '../../captureFile/index.ts';
import { captureBytes } from '../../captureFile/testing/captures.ts';
import type { Envelope } from '../../contracts/index.ts';
import { Hosts, loadCapture, MessageStore, type MessageWatcher } from '../index.ts';

export interface Session {
  readonly store: MessageStore;
  readonly hosts: Hosts;
}

/** A session that holds a capture. */
export function sessionOf(bytes: Uint8Array): Session {
  const source = memorySource(bytes);
  const opened = openCapture(source);
  if (!opened.ok) throw new Error(opened.error.message);
  const session = { store: new MessageStore(source), hosts: new Hosts() };
  loadCapture(opened.value, session);
  return session;
}

/** The store of a capture of the corpus. */
export function storeOf(name: string): MessageStore {
  return sessionOf(captureBytes(name)).store;
}

/** An nlmsghdr with a payload. */
export function message(
  header: { type: number; flags?: number; seq?: number; portid?: number; length?: number },
  payload: readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(16 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length ?? bytes.length, true);
  view.setUint16(4, header.type, true);
  view.setUint16(6, header.flags ?? 0, true);
  view.setUint32(8, header.seq ?? 0, true);
  view.setUint32(12, header.portid ?? 0, true);
  bytes.set(payload, 16);
  return bytes;
}

/** A store whose source is what is appended, with a short way to append. */
export function liveStore(watcher?: MessageWatcher): {
  store: MessageStore;
  append: (envelope: Partial<Envelope>, ...messages: Uint8Array[]) => number;
} {
  const data = new Uint8Array(1 << 20);
  let size = 0;
  const source = {
    get size() {
      return size;
    },
    read: (offset: number, length: number) => data.slice(offset, Math.min(offset + length, size)),
  };
  const store = new MessageStore(source, watcher);
  let time = 1_700_000_000_000_000_000n;
  const append = (envelope: Partial<Envelope>, ...messages: Uint8Array[]): number => {
    const bytes = new Uint8Array(Buffer.concat(messages));
    const offset = size;
    data.set(bytes, offset);
    size += bytes.length;
    time += 1000n;
    return store.appendDatagram({ ...UNTOLD, ...envelope }, time, offset, bytes);
  };
  return { store, append };
}

const UNTOLD = plainEnvelope(0, true);
