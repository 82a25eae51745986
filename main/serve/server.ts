import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { type EngineHandle, startEngine } from '../engine/host.ts';
import { showCapture } from '../engine/showCapture.ts';
import { bridge } from './bridge.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { createGate, type Gate, isLoopback, type Refusal } from './gate.ts';
import { COMMON_HEADERS, sendAsset, sendPage } from './staticFiles.ts';

const MAX_FRAME_BYTES = 32 * 1024 * 1024;

export interface ServeOptions {
  /** Address to listen on, 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** Listens on an address that others can reach, although nothing is encrypted. */
  readonly insecureRemote?: boolean;
  /** Folder of the built window; the default is the one beside the bundle. */
  readonly renderer?: string;
  /** URL of the built engine entry. */
  readonly worker?: URL;
  /** A capture to show at once: path of a file or of a pipe, or "-" for what comes through standard input. */
  readonly capture?: string;
  /** Told in a sentence how the engine's thread ended without being asked to. */
  readonly onCrash?: (reason: string) => void;
}

export interface RunningServer {
  /** http://127.0.0.1:41234/ */
  readonly origin: string;
  /** A private folder that is removed with the server. */
  readonly directory: string;
  /** A link that signs one browser in, once. */
  issueLink(): string;
  close(): Promise<void>;
}

/** Why a server does not listen on other addresses unless it is told that this is known. */
export const REMOTE_WARNING =
  'anyone who reaches that address could read the connection, take it over and, with the rights nlscope has, change ' +
  "this machine's network";

/**
 * Starts the served edition: the window's files, uploads and downloads over HTTP, and the engine over a WebSocket.
 * Rejects when the file cannot be opened, when the address is not loopback (unless that was asked for by name) or cannot be listened on.
 */
export async function startServer(options: ServeOptions = {}): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host) && options.insecureRemote !== true) {
    throw new Error(
      `refusing to listen on ${host}: ${REMOTE_WARNING}; use an SSH tunnel (ssh -L), or --insecure-remote`,
    );
  }
  const server = createServer();
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;

  const engine = startEngine({ edition: 'served', worker: options.worker, onCrash: options.onCrash });
  if (options.capture !== undefined) {
    const shown = await showCapture(engine, options.capture);
    if (!shown.ok) {
      server.close();
      await engine.close();
      throw new Error(shown.error.message);
    }
  }
  const gate = createGate({ cookieName: `nlscope-${port}`, boundHost: host });
  const exchange = createExchange(engine.directory);
  const renderer = options.renderer ?? fileURLToPath(new URL('../renderer', import.meta.url));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });

  server.on('request', (request, response) => {
    answer({ gate, exchange, renderer }, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'The request could not be answered.');
    });
  });
  server.on('upgrade', (request, stream, head) => {
    const refusal = refuseUpgrade(gate, request);
    if (refusal !== null) refuseStream(stream, refusal);
    else sockets.handleUpgrade(request, stream, head, (socket) => connect(engine, exchange, socket));
  });

  return {
    origin,
    directory: engine.directory,
    issueLink: () => `${origin}?token=${gate.issueToken()}`,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'nlscope is closing');
      server.close();
      server.closeIdleConnections();
      await engine.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
    },
  };
}

function connect(engine: EngineHandle, exchange: Exchange, socket: Parameters<typeof bridge>[0]): void {
  try {
    bridge(socket, engine.connect(), exchange.knows);
  } catch {
    socket.close(1011, 'engine cannot start');
  }
}

interface Parts {
  readonly gate: Gate;
  readonly exchange: Exchange;
  readonly renderer: string;
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { gate } = parts;
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://unused');
  const navigates = url.pathname === '/';
  const checked = { method, headers: request.headers };
  const refusal = gate.checkSource(checked, navigates ? 'navigation' : 'same-origin');
  if (refusal !== null) return sendText(response, refusal.status, refusal.reason);

  const token = navigates && method === 'GET' ? url.searchParams.get('token') : null;
  if (token !== null) {
    const cookie = gate.redeem(token);
    if (cookie !== null || gate.isSignedIn(request.headers)) return sendForward(response, cookie);
    return sendText(response, 401, 'This link was used before. Ask nlscope for a new one.');
  }
  if (!gate.isSignedIn(request.headers)) {
    return sendText(response, 401, 'Open the link that nlscope printed when it started.');
  }
  await route(parts, method, url, request, response);
}

async function route(
  parts: Parts,
  method: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { exchange, renderer } = parts;
  const found = async (sent: Promise<boolean>) => {
    if (!(await sent)) sendText(response, 404, 'Not found.');
  };
  switch (`${method} ${url.pathname}`) {
    case 'GET /':
      if (!(await sendPage(response, renderer, request.headers.host ?? ''))) {
        sendText(response, 503, 'The window has not been built: run npm run build.');
      }
      return;
    case 'POST /upload': {
      const stored = await exchange.receive(request, url.searchParams.get('name') ?? '');
      if ('path' in stored) return sendJson(response, stored);
      response.shouldKeepAlive = false;
      return sendText(response, stored.status, stored.reason);
    }
    case 'POST /reserve':
      return sendJson(response, { path: await exchange.reserve(url.searchParams.get('name') ?? '') });
    case 'GET /download':
      return found(exchange.send(response, url.searchParams.get('path') ?? ''));
    default:
      if (method === 'GET' || method === 'HEAD') return found(sendAsset(response, renderer, url.pathname));
      sendText(response, 405, 'Method not allowed.');
  }
}

function refuseUpgrade(gate: Gate, request: IncomingMessage): Refusal | null {
  const { pathname } = new URL(request.url ?? '/', 'http://unused');
  if (pathname !== '/socket') return { status: 403, reason: 'No WebSocket is served here.' };
  const refusal = gate.checkSource({ method: 'GET', headers: request.headers }, 'same-origin');
  if (refusal !== null) return refusal;
  return gate.isSignedIn(request.headers) ? null : { status: 401, reason: 'Not signed in.' };
}

function refuseStream(stream: Duplex, refusal: Refusal): void {
  stream.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

// A redirect would keep the "cross-site" mark of a link clicked in another page, and browsers then hold back a strict
// cookie; a page that moves on by itself is a same-site navigation.
function sendForward(response: ServerResponse, cookie: string | null): void {
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
    ...(cookie === null ? {} : { 'Set-Cookie': cookie }),
  });
  response.end('<!doctype html><title>nlscope</title><meta http-equiv="refresh" content="0; url=/">');
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(`${text}\n`);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { ...COMMON_HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
