import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

const TOKEN_BYTES = 24;
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

/** What of a request the gate looks at. */
export interface GateRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request is turned away: an HTTP status and one sentence for the person who sees it. */
export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly reason: string;
}

/**
 * Decides who may talk to the served edition. A page of another site can make a browser send requests to this port, and
 * can point its own name at 127.0.0.1; so a request needs a cookie that only the printed link gives (SameSite=Strict,
 * HttpOnly), a Host that names this machine, and an Origin that equals the Host.
 */
export interface Gate {
  /** A new one-time token for a link. */
  issueToken(): string;
  /** Trades a token for the value of a Set-Cookie header; null when it is unknown or was used before. */
  redeem(token: string): string | null;
  /** Null when the request comes from where it should; else why not. Says nothing about the cookie. */
  checkSource(request: GateRequest, demand: 'navigation' | 'same-origin'): Refusal | null;
  /** True when the request carries the cookie of a redeemed token. */
  isSignedIn(headers: IncomingHttpHeaders): boolean;
}

/**
 * Makes the gate of one server.
 * @param options.cookieName cookies are shared by all ports of a host, so two servers need two names
 * @param options.boundHost the address the server listens on, as the user gave it; its names are accepted as Host
 */
export function createGate(options: { readonly cookieName: string; readonly boundHost: string }): Gate {
  const tokens = new Set<string>();
  const cookies = new Set<string>();
  const hostNames = acceptedHostNames(options.boundHost);

  return {
    issueToken() {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      tokens.add(token);
      return token;
    },
    redeem(token) {
      const known = findSecret(tokens, token);
      if (known === undefined) return null;
      tokens.delete(known);
      const value = randomBytes(TOKEN_BYTES).toString('base64url');
      cookies.add(value);
      return `${options.cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/`;
    },
    checkSource(request, demand) {
      const { headers } = request;
      const host = hostNameOf(headers.host);
      if (host === null || !hostNames.has(host)) {
        return { status: 421, reason: `This server does not answer for the host name "${headers.host ?? ''}".` };
      }
      const { origin } = headers;
      if (origin !== undefined && origin !== `http://${headers.host}` && origin !== `https://${headers.host}`) {
        return { status: 403, reason: 'Requests from other origins are refused.' };
      }
      if (demand === 'same-origin') {
        const site = headers['sec-fetch-site'];
        if (site !== undefined && site !== 'same-origin' && site !== 'none') {
          return { status: 403, reason: 'Requests from other sites are refused.' };
        }
        const reads = request.method === 'GET' || request.method === 'HEAD';
        if (origin === undefined && (!reads || headers.upgrade !== undefined)) {
          return { status: 403, reason: 'The request does not say which origin it comes from.' };
        }
      }
      return null;
    },
    isSignedIn(headers) {
      const value = cookieValue(headers.cookie, options.cookieName);
      return value !== null && findSecret(cookies, value) !== undefined;
    },
  };
}

/** True for addresses that only this machine can reach (127.0.0.0/8, ::1, localhost). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The host name of a Host header without its port, lower case and without brackets; null when there is none. */
export function hostNameOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return match === null ? null : (match[1] ?? match[2]).toLowerCase();
}

/** The value of one cookie in a Cookie header, null when it is absent. */
export function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}

// A server that the user opened to the network is reached by any of this machine's names and addresses; a loopback
// server by loopback names alone, at any port, because an SSH tunnel changes the port.
function acceptedHostNames(boundHost: string): Set<string> {
  const names = new Set([...LOOPBACK_NAMES, boundHost.toLowerCase()]);
  if (isLoopback(boundHost)) return names;
  names.add(hostname().toLowerCase());
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) names.add(address.toLowerCase());
  }
  return names;
}

function findSecret(known: ReadonlySet<string>, given: string): string | undefined {
  const bytes = Buffer.from(given);
  for (const secret of known) {
    const expected = Buffer.from(secret);
    if (expected.length === bytes.length && timingSafeEqual(expected, bytes)) return secret;
  }
  return undefined;
}
