import type { AttributeSpaceInfo, HostApi } from '../../app/contracts/index.ts';

/** Attribute spaces of the host, asked for once each. */
export interface SpaceCache {
  /** The space, null when the host knows none by that id, undefined while it is not here. */
  get(id: string): AttributeSpaceInfo | null | undefined;
  /** Asks for those that are neither here nor asked for. */
  load(ids: readonly string[]): void;
  /** Hears of every arrival; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Counts arrivals. */
  version(): number;
}

/** An empty cache. A request that fails (a lost connection) may be made again. */
export function createSpaceCache(host: Pick<HostApi, 'attributeSpace'>): SpaceCache {
  const spaces = new Map<string, AttributeSpaceInfo | null>();
  const asked = new Set<string>();
  const listeners = new Set<() => void>();
  let version = 0;
  const fetchSpace = async (id: string) => {
    try {
      spaces.set(id, await host.attributeSpace(id));
      version += 1;
      for (const listener of listeners) listener();
    } finally {
      asked.delete(id);
    }
  };
  return {
    get: (id) => spaces.get(id),
    load(ids) {
      for (const id of ids) {
        if (spaces.has(id) || asked.has(id)) continue;
        asked.add(id);
        fetchSpace(id).catch(() => undefined);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}
