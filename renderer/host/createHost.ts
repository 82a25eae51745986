import type { Frame, HostApi, HostEvents } from '../../app/contracts/index.ts';

/** A two-way pipe of frames. It may come and go: a lost WebSocket is opened again. */
export interface Transport {
  send(frame: Frame): void;
  /** Called once by `createHost`. */
  listen(handlers: TransportHandlers): void;
}

export interface TransportHandlers {
  frame(frame: Frame): void;
  connected(): void;
  /** Everything that waits for an answer will never get one. */
  disconnected(): void;
}

export type ConnectionState = 'connecting' | 'connected' | 'lost';

export interface Host {
  readonly api: HostApi;
  /** Calls `handler` at every event of that name. Returns a function that stops it. */
  on<N extends keyof HostEvents>(name: N, handler: (data: HostEvents[N]) => void): () => void;
  onConnection(handler: (state: ConnectionState) => void): () => void;
}

/** A call that cannot be answered because the connection to the host is gone. */
export class ConnectionLost extends Error {
  constructor() {
    super('The connection to the nlscope host is lost');
    this.name = 'ConnectionLost';
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Speaks HostApi over a transport: every method call becomes a `call` frame with an id and resolves with the `return`
 * frame of that id, or rejects with the `throw` frame. Calls made before the first connection wait for it; a
 * disconnect rejects all that are open, and calls made while disconnected, with ConnectionLost.
 */
export function createHost(transport: Transport): Host {
  let state: ConnectionState = 'connecting';
  let nextId = 1;
  const pending = new Map<number, Pending>();
  const waiting: Frame[] = [];
  const listeners = new Map<string, Set<(data: never) => void>>();
  const connectionListeners = new Set<(state: ConnectionState) => void>();

  const enter = (next: ConnectionState) => {
    state = next;
    for (const handler of connectionListeners) handler(next);
  };
  const receive = (frame: Frame) => {
    switch (frame.kind) {
      case 'return':
        take(pending, frame.id)?.resolve(frame.value);
        break;
      case 'throw':
        take(pending, frame.id)?.reject(new Error(frame.message));
        break;
      case 'event':
        for (const handler of listeners.get(frame.name) ?? []) handler(frame.data as never);
        break;
      case 'call':
        break;
    }
  };
  transport.listen({
    frame: receive,
    connected() {
      enter('connected');
      for (const frame of waiting.splice(0)) transport.send(frame);
    },
    disconnected() {
      enter('lost');
      waiting.length = 0;
      for (const call of pending.values()) call.reject(new ConnectionLost());
      pending.clear();
    },
  });

  const call = (method: keyof HostApi, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (state === 'lost') {
        reject(new ConnectionLost());
        return;
      }
      const id = nextId++;
      pending.set(id, { resolve, reject });
      const frame: Frame = { kind: 'call', id, method, args };
      if (state === 'connected') transport.send(frame);
      else waiting.push(frame);
    });

  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  const method = (name: string) => {
    const known = methods.get(name);
    if (known) return known;
    const made = (...args: unknown[]) => call(name as keyof HostApi, args);
    methods.set(name, made);
    return made;
  };

  return {
    // `then` must stay undefined, or awaiting the api would call it.
    api: new Proxy({} as HostApi, {
      get: (_, name) => (typeof name === 'string' && name !== 'then' ? method(name) : undefined),
    }),
    on(name, handler) {
      const handlers = listeners.get(name) ?? new Set();
      listeners.set(name, handlers);
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    onConnection(handler) {
      connectionListeners.add(handler);
      handler(state);
      return () => connectionListeners.delete(handler);
    },
  };
}

function take(pending: Map<number, Pending>, id: number): Pending | undefined {
  const call = pending.get(id);
  pending.delete(id);
  return call;
}
