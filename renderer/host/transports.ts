import type { Frame } from '../../app/contracts/index.ts';
import { CHANNEL } from '../../app/contracts/shellChannels.ts';
import type { Transport } from './createHost.ts';

/** Milliseconds before a lost WebSocket is tried again: doubles from the first to the last. */
const FIRST_RETRY = 250;
const LAST_RETRY = 5_000;

/**
 * Frames as JSON text over a WebSocket. A lost connection is opened again, sooner at first and then every five seconds.
 * @param url of the host's socket; the session cookie authenticates
 * @param open makes the socket; tests give their own
 */
export function webSocketTransport(
  url: string,
  open: (url: string) => WebSocket = (at) => new WebSocket(at),
): Transport {
  let socket: WebSocket | null = null;
  let delay = FIRST_RETRY;
  return {
    send(frame) {
      socket?.send(JSON.stringify(frame));
    },
    listen(handlers) {
      const connect = () => {
        const opened = open(url);
        opened.onopen = () => {
          socket = opened;
          delay = FIRST_RETRY;
          handlers.connected();
        };
        opened.onmessage = (event: MessageEvent<string>) => handlers.frame(JSON.parse(event.data) as Frame);
        opened.onclose = () => {
          socket = null;
          handlers.disconnected();
          setTimeout(connect, delay);
          delay = Math.min(delay * 2, LAST_RETRY);
        };
      };
      connect();
    },
  };
}

/**
 * Frames over the MessagePort that Electron's preload script posts to the window. The shell posts a new port when the
 * engine was restarted.
 */
export function portTransport(target: Window = window): Transport {
  let port: MessagePort | null = null;
  return {
    send(frame) {
      port?.postMessage(frame);
    },
    listen(handlers) {
      target.addEventListener('message', (event) => {
        const received = event.ports[0];
        // Only the window's own scripts may hand over a port.
        if (event.data !== CHANNEL.port || event.source !== target || !received) return;
        if (port) handlers.disconnected();
        port?.close();
        port = received;
        received.onmessage = (message: MessageEvent<Frame>) => handlers.frame(message.data);
        handlers.connected();
      });
    },
  };
}
