import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostApi, MessageDetail } from '../../app/contracts/index.ts';
import { depthsOf } from '../widgets/hexLayout.ts';

/** One message as tree and bytes show it. */
export interface DetailModel {
  readonly number: number;
  readonly detail: MessageDetail;
  readonly bytes: Uint8Array;
  /** Tint of every byte. */
  readonly depths: Uint8Array;
}

export interface DetailState {
  /** The message shown; it stays until the next one is here, so that the panes do not flash. */
  readonly shown: DetailModel | null;
  /** The number asked for has no detail: it was evicted, or marks a gap. */
  readonly missing: boolean;
}

export type DetailStore = StoreApi<DetailState>;

/** Bytes of base64 text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Asks the host for a message; null when it has none of that number. */
export async function loadDetail(api: HostApi, number: number): Promise<DetailModel | null> {
  const detail = await api.detail(number);
  if (!detail) return null;
  const bytes = fromBase64(detail.bytes);
  return { number, detail, bytes, depths: depthsOf(detail.tree, bytes.length) };
}

/**
 * The detail of the selected message. `show` asks for one; answers that a later call has overtaken are dropped.
 */
export function createDetail(api: HostApi): { readonly store: DetailStore; show(number: number | null): void } {
  const store = createStore<DetailState>(() => ({ shown: null, missing: false }));
  let wanted: number | null = null;
  return {
    store,
    show(number) {
      wanted = number;
      if (number === null) {
        store.setState({ shown: null, missing: false });
        return;
      }
      loadDetail(api, number).then(
        (shown) => {
          if (wanted === number) store.setState({ shown, missing: shown === null });
        },
        () => {
          if (wanted === number) store.setState({ shown: null, missing: true });
        },
      );
    },
  };
}
