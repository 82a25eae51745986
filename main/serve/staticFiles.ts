import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MIME_TYPES: { readonly [extension: string]: string } = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Headers that every answer of the served edition carries. */
export const COMMON_HEADERS: { readonly [name: string]: string } = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * The Content-Security-Policy of a page. Scripts and styles come from this server alone; style elements made at run time
 * (the filter editor) need the nonce.
 * @param nonce base64 text, new for every page
 * @param host the Host header of the request: the only place the page's WebSocket may connect to; absent in Electron,
 * whose page talks through a MessagePort alone
 */
export function contentSecurityPolicy(nonce: string, host?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    host === undefined ? "connect-src 'none'" : `connect-src 'self' ws://${host} wss://${host}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The page with the nonce where its scripts look for it: <meta name="csp-nonce" content="…">, first in the head. */
export function withNonce(html: string, nonce: string): string {
  const bare = html.replace(/<meta\s+name="csp-nonce"[^>]*>\s*/gi, '');
  return bare.replace(/<head([^>]*)>/i, `<head$1>\n    <meta name="csp-nonce" content="${nonce}">`);
}

/** The file below `root` that a URL path names, or null when it would leave the folder. */
export function resolveBelow(root: string, urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const path = normalize(join(root, decoded));
  return path.startsWith(normalize(root) + sep) ? path : null;
}

/**
 * Sends the window's page with its policy and a nonce.
 * @param root folder of the built renderer
 * @returns false when the folder holds no page (the renderer has not been built)
 */
export async function sendPage(response: ServerResponse, root: string, host: string): Promise<boolean> {
  const html = await readFile(join(root, 'index.html'), 'utf8').catch(() => null);
  if (html === null) return false;
  const nonce = randomBytes(16).toString('base64');
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'Content-Type': MIME_TYPES['.html'],
    'Content-Security-Policy': contentSecurityPolicy(nonce, host),
    'Cache-Control': 'no-store',
  });
  response.end(withNonce(html, nonce));
  return true;
}

/** Sends a file of the built renderer; false when there is none of that name. */
export async function sendAsset(response: ServerResponse, root: string, urlPath: string): Promise<boolean> {
  const path = resolveBelow(root, urlPath);
  const info = path === null ? null : await stat(path).catch(() => null);
  if (path === null || info === null || !info.isFile()) return false;
  // File names under assets/ carry a hash of their content.
  const cache = urlPath.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'Content-Type': MIME_TYPES[extname(path)] ?? 'application/octet-stream',
    'Content-Length': info.size,
    'Cache-Control': cache,
  });
  await pipeline(createReadStream(path), response);
  return true;
}
