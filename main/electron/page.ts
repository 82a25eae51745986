import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { net, type Protocol, protocol } from 'electron';
import { contentSecurityPolicy, resolveBelow, withNonce } from '../serve/staticFiles.ts';

const SCHEME = 'nlscope';
/** Where the window's page lives: a scheme of our own, so that no file:// page and no server can pose as it. */
export const PAGE_ORIGIN = `${SCHEME}://app`;
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;

/** Must run before the app is ready: a standard, secure scheme gives the page an origin, storage and module scripts. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers the scheme from the built renderer. */
export function servePage(target: Protocol): void {
  const root = fileURLToPath(new URL('../../renderer', import.meta.url));
  target.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'app' || request.method !== 'GET') return new Response('not found', { status: 404 });
    if (url.pathname === '/' || url.pathname === '/index.html') return sendPage(root);
    const path = resolveBelow(root, url.pathname);
    if (path === null) return new Response('not found', { status: 404 });
    return net.fetch(pathToFileURL(path).href);
  });
}

async function sendPage(root: string): Promise<Response> {
  const nonce = randomBytes(16).toString('base64');
  const html = await readFile(join(root, 'index.html'), 'utf8');
  return new Response(withNonce(html, nonce), {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
