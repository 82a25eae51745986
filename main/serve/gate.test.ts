import { describe, expect, it } from 'vitest';
import { cookieValue, createGate, hostNameOf, isLoopback } from './gate.ts';

const gate = () => createGate({ cookieName: 'nlscope-4000', boundHost: '127.0.0.1' });
const request = (headers: { [name: string]: string }, method = 'GET') => ({ method, headers });

describe('token', () => {
  it('is traded once for a cookie that signs the browser in', () => {
    const door = gate();
    const token = door.issueToken();
    const header = door.redeem(token);
    expect(header).toMatch(/^nlscope-4000=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(door.redeem(token)).toBeNull();
    const cookie = header?.split(';')[0] ?? '';
    expect(door.isSignedIn({ cookie })).toBe(true);
    expect(door.isSignedIn({ cookie: `other=1; ${cookie}` })).toBe(true);
    expect(door.isSignedIn({ cookie: `${cookie}x` })).toBe(false);
    expect(gate().isSignedIn({ cookie })).toBe(false);
  });

  it('is refused when it is not one that was issued', () => {
    const door = gate();
    const token = door.issueToken();
    expect(door.redeem('')).toBeNull();
    expect(door.redeem(token.slice(0, -1))).toBeNull();
    expect(door.redeem(token)).not.toBeNull();
    expect(door.isSignedIn({ cookie: `nlscope-4000=${token}` })).toBe(false);
  });
});

describe('source', () => {
  const cases: [string, { [name: string]: string }, string, 'navigation' | 'same-origin', number | null][] = [
    ['own page', { host: '127.0.0.1:4000' }, 'GET', 'navigation', null],
    ['through a tunnel at another port', { host: 'localhost:9999' }, 'GET', 'navigation', null],
    ['IPv6', { host: '[::1]:4000' }, 'GET', 'navigation', null],
    ['a name that was rebound to this address', { host: 'evil.example:4000' }, 'GET', 'navigation', 421],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, 'GET', 'navigation', 421],
    ['no host', {}, 'GET', 'navigation', 421],
    ['own origin', { host: 'localhost:4000', origin: 'http://localhost:4000' }, 'POST', 'same-origin', null],
    ['https in front', { host: 'localhost', origin: 'https://localhost' }, 'POST', 'same-origin', null],
    ['other origin', { host: 'localhost:4000', origin: 'http://evil.example' }, 'POST', 'same-origin', 403],
    [
      'other port is another origin',
      { host: 'localhost:4000', origin: 'http://localhost:1' },
      'GET',
      'same-origin',
      403,
    ],
    ['opaque origin', { host: 'localhost:4000', origin: 'null' }, 'POST', 'same-origin', 403],
    ['post without origin', { host: 'localhost:4000' }, 'POST', 'same-origin', 403],
    ['asset without origin', { host: 'localhost:4000' }, 'GET', 'same-origin', null],
    ['upgrade without origin', { host: 'localhost:4000', upgrade: 'websocket' }, 'GET', 'same-origin', 403],
    ['asset from another site', { host: 'localhost:4000', 'sec-fetch-site': 'cross-site' }, 'GET', 'same-origin', 403],
    ['link clicked elsewhere', { host: 'localhost:4000', 'sec-fetch-site': 'cross-site' }, 'GET', 'navigation', null],
  ];
  it.each(cases)('%s', (_name, headers, method, demand, status) => {
    expect(gate().checkSource(request(headers, method), demand)?.status ?? null).toBe(status);
  });

  it('knows the names of a server that was opened to the network', () => {
    const door = createGate({ cookieName: 'c', boundHost: '192.0.2.7' });
    expect(door.checkSource(request({ host: '192.0.2.7:80' }), 'navigation')).toBeNull();
    expect(door.checkSource(request({ host: '192.0.2.8:80' }), 'navigation')?.status).toBe(421);
  });
});

it('reads host names and cookies as RFC 9110 and RFC 6265 write them', () => {
  expect(hostNameOf('LOCALHOST:80')).toBe('localhost');
  expect(hostNameOf('[::1]:80')).toBe('::1');
  expect(hostNameOf('a b')).toBeNull();
  expect(hostNameOf('localhost:80:80')).toBeNull();
  expect(cookieValue('a=1; b=x=y', 'b')).toBe('x=y');
  expect(cookieValue('ab=1', 'b')).toBeNull();
  expect(['127.0.0.1', '127.8.9.1', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '127.0.0.1.evil.example', '10.0.0.1', '::'].some(isLoopback)).toBe(false);
});
