import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
let renderer: string;
let cookie: string;

beforeAll(async () => {
  renderer = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
  mkdirSync(join(renderer, 'assets'));
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><html><head><title>x</title></head></html>');
  writeFileSync(join(renderer, 'assets', 'a.js'), 'export {};');
  server = await startServer({ renderer, worker: new URL('./testing/echoEngine.mjs', import.meta.url) });
  cookie = await signIn();
});
afterAll(async () => {
  await server.close();
  rmSync(renderer, { recursive: true });
});

async function signIn(): Promise<string> {
  const answer = await fetch(server.issueLink());
  expect(answer.status).toBe(200);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0];
}

function get(path: string, headers: { [name: string]: string } = { cookie }): Promise<Response> {
  return fetch(new URL(path, server.origin), { headers });
}

function post(path: string, body: string, headers: { [name: string]: string } = {}): Promise<Response> {
  const origin = server.origin.slice(0, -1);
  return fetch(new URL(path, server.origin), { method: 'POST', body, headers: { cookie, origin, ...headers } });
}

// fetch sets Host by itself; the plain client lets a test lie.
function statusWithHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(server.origin, { headers: { host, cookie } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function open(headers: { [name: string]: string }): Promise<WebSocket> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}socket`, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

describe('files of the window', () => {
  it('come only after signing in', async () => {
    expect((await get('/', {})).status).toBe(401);
    expect((await get('/assets/a.js', {})).status).toBe(401);
    expect((await get('/assets/a.js')).status).toBe(200);
  });

  it('a link works once', async () => {
    const link = server.issueLink();
    expect((await fetch(link)).status).toBe(200);
    expect((await fetch(link)).status).toBe(401);
  });

  it('the page carries a policy without unsafe sources, and its nonce', async () => {
    const page = await get('/');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(await page.text()).toContain(`<head>\n    <meta name="csp-nonce" content="${nonce}">`);
    const again = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(again).not.toBe(policy);
  });

  it('stay inside their folder', async () => {
    expect((await get('/..%2f..%2fetc%2fpasswd')).status).toBe(404);
    expect((await get('/%00')).status).toBe(404);
    expect((await get('/%zz')).status).toBe(404);
    expect((await get('/assets')).status).toBe(404);
  });

  it('are refused under a foreign host name', async () => {
    expect(await statusWithHost('evil.example')).toBe(421);
    expect(await statusWithHost('localhost:1')).toBe(200);
  });
});

describe('exchange of files', () => {
  it('stores an upload privately and hands it back', async () => {
    const { path } = (await (await post('/upload?name=..%2Fa%20b.pcap', 'bytes')).json()) as { path: string };
    expect(path.startsWith(server.directory)).toBe(true);
    expect(path.endsWith('/a b.pcap')).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('bytes');
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(server.directory).mode & 0o077).toBe(0);
    const back = await get(`/download?path=${encodeURIComponent(path)}`);
    expect(back.headers.get('content-disposition')).toContain('filename="a b.pcap"');
    expect(await back.text()).toBe('bytes');
  });

  it('gives out no other file', async () => {
    expect((await get('/download?path=/etc/passwd')).status).toBe(404);
    const { path } = (await (await post('/reserve?name=x.pcapng', '')).json()) as { path: string };
    expect((await get(`/download?path=${encodeURIComponent(path)}`)).status).toBe(404);
    writeFileSync(path, 'saved');
    expect((await get(`/download?path=${encodeURIComponent(path)}`)).status).toBe(200);
  });

  it('takes nothing from other origins', async () => {
    expect((await post('/upload?name=x', 'y', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/upload?name=x', 'y', { cookie: '' })).status).toBe(401);
  });
});

describe('socket', () => {
  it('is refused without cookie, origin, or with another origin', async () => {
    const origin = server.origin.slice(0, -1);
    await expect(open({ origin })).rejects.toThrow('401');
    await expect(open({ cookie })).rejects.toThrow('403');
    await expect(open({ cookie, origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(open({ cookie, origin, host: 'evil.example' })).rejects.toThrow('421');
    (await open({ cookie, origin })).close();
  });

  it('carries calls, answers and events, and saves only where a download was reserved', async () => {
    const socket = await open({ cookie, origin: server.origin.slice(0, -1) });
    const frames: unknown[] = [];
    const arrived = (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => (frames.length >= count ? resolve() : socket.once('message', check));
        check();
      });
    socket.on('message', (data) => frames.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ kind: 'call', id: 7, method: 'setFilter', args: ['x'] }));
    await arrived(1);
    expect(frames[0]).toEqual({ kind: 'return', id: 7, value: { method: 'setFilter', args: ['x'] } });

    const forbidden = [
      ['saveFile', { kind: 'all' }],
      ['exportFile', { kind: 'all' }, 'csv'],
      ['exportStatistics', false, 'types'],
    ] as const;
    for (const [at, [method, ...others]] of forbidden.entries()) {
      socket.send(JSON.stringify({ kind: 'call', id: 8 + at, method, args: ['/etc/x', ...others] }));
      await arrived(2 + at);
      expect(frames[1 + at]).toMatchObject({ kind: 'return', id: 8 + at, value: { ok: false } });
    }
    const { path } = (await (await post('/reserve?name=x.pcapng', '')).json()) as { path: string };
    socket.send(JSON.stringify({ kind: 'call', id: 11, method: 'saveFile', args: [path, { kind: 'all' }] }));
    await arrived(5);
    expect(frames[4]).toMatchObject({ id: 11, value: { method: 'saveFile' } });

    socket.send(JSON.stringify({ kind: 'call', id: 12, method: 'stopCapture', args: [] }));
    await arrived(9);
    expect(frames.slice(5, 8)).toEqual(Array(3).fill({ kind: 'event', name: 'inventory', data: null }));
    socket.close();
  });

  it('survives arguments nested too deep to be passed on', async () => {
    const socket = await open({ cookie, origin: server.origin.slice(0, -1) });
    const answer = new Promise((resolve) => socket.on('message', (data) => resolve(JSON.parse(String(data)))));
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    socket.send(`{"kind":"call","id":1,"method":"setFilter","args":[${deep}]}`);
    expect(await answer).toMatchObject({ kind: 'throw', id: 1 });
    socket.close();
  });

  it('closes on what is no call, and when the engine dies; the next window finds a new engine', async () => {
    const headers = { cookie, origin: server.origin.slice(0, -1) };
    const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));
    const wrong = await open(headers);
    wrong.send('{"kind":"call","id":1,"method":"constructor","args":[]}');
    expect(await closed(wrong)).toBe(1008);
    const unlucky = await open(headers);
    unlucky.send('{"kind":"call","id":1,"method":"clear","args":[]}');
    expect(await closed(unlucky)).toBe(1011);
    const next = await open(headers);
    const answer = new Promise((resolve) => next.on('message', (data) => resolve(JSON.parse(String(data)))));
    next.send('{"kind":"call","id":2,"method":"info","args":[]}');
    expect(await answer).toMatchObject({ kind: 'return', id: 2 });
    next.close();
  });
});

it('does not listen where others can reach it unless that is asked for by name', async () => {
  await expect(startServer({ host: '0.0.0.0', renderer })).rejects.toThrow('--insecure-remote');
});
